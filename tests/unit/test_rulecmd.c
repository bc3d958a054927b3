/* diag/rulecmd on invented facts: what keeps sshd from running its command, and what the log says of its end. */
#include "diag/rulecmd.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "key/keyb64.h"
#include "tests/unit/lib/cmdsample.h"

#include "base/poison.h"

#define COMMAND CMDSAMPLE
#define USER CMDSAMPLE_USER
#define with cmdsample_with

static struct ka_said said;

static void says(const char *message)
{
	assert_true(ka_said_make(ka_span_of(message), true, 1, &said));
	factsample.subject.said = &said;
	factsample.subject.said_count = 1;
}

static void command__fine__lets_the_key_in(void **state)
{
	(void)state;
	assert_int_equal(with(COMMAND " -u %u -k %k" USER), KA_REASON_NONE);
	assert_true(factsample.would_login);
	assert_int_equal(with("none" USER), KA_REASON_NONE); /* there is none */
}

static void user__unset_or_missing__is_blocked(void **state)
{
	(void)state;
	assert_int_equal(with(COMMAND " -u %u"), KA_REASON_CMD_USER_UNSET);
	assert_false(factsample.would_login);
	factsample.facts.cmd.is_user_missing = true;
	assert_int_equal(with(COMMAND " -u %u" USER), KA_REASON_CMD_USER_MISSING);
	assert_string_equal(factsample.evidence.note, "there is no user _keyaudit");
	assert_string_equal(factsample.fix.command[0], "systemd-sysusers");
	assert_int_equal(with(COMMAND " -u %u\nauthorizedkeyscommanduser nosuch"), KA_REASON_CMD_USER_MISSING);
	assert_int_equal(factsample.fix.commands, 0);
}

static void token__unknown_to_this_release__is_blocked(void **state)
{
	(void)state;
	assert_int_equal(with(COMMAND " -c 100%% -C %C" USER), KA_REASON_CMD_BAD_TOKEN);
	assert_string_equal(factsample.evidence.note, "this sshd does not know %C");
	put(factsample.facts.version, "OpenSSH_9.6p1 Ubuntu-3ubuntu13");
	assert_int_equal(with(COMMAND " -c 100%% -C %C" USER), KA_REASON_NONE);
	assert_int_equal(with(COMMAND " -x %i" USER), KA_REASON_CMD_BAD_TOKEN);
	assert_int_equal(with(COMMAND " -x 100%" USER), KA_REASON_CMD_BAD_TOKEN);
}

static void program__not_there__is_blocked(void **state)
{
	(void)state;
	factsample.facts.cmd.errnum = ENOENT;
	assert_int_equal(with(COMMAND USER), KA_REASON_CMD_MISSING);
	assert_string_equal(factsample.evidence.path, COMMAND);
	assert_int_equal(factsample.evidence.errnum, ENOENT);
	assert_int_equal(factsample.fix.commands, 0);
	factsample.facts.cmd.errnum = EACCES;
	put(factsample.facts.cmd.blocked, "/usr/libexec/keyaudit");
	factsample.facts.cmd.blocked_mode = S_IFDIR | 0700;
	assert_int_equal(with(COMMAND USER), KA_REASON_CMD_MISSING);
	assert_string_equal(factsample.evidence.path, "/usr/libexec/keyaudit");
	assert_string_equal(factsample.fix.command[0], "chmod 755 -- /usr/libexec/keyaudit");
}

static void program__open_way__is_blocked_and_mended(void **state)
{
	(void)state;
	factsample.facts.cmd.way.facts[1].mode = S_IFDIR | 0757;
	assert_int_equal(with(COMMAND USER), KA_REASON_CMD_UNSAFE_PATH);
	assert_string_equal(factsample.evidence.path, "/usr/libexec/keyaudit");
	assert_int_equal(factsample.fix.commands, 2);
	assert_string_equal(factsample.fix.command[0], "chown root:root /usr/libexec/keyaudit");
	assert_string_equal(factsample.fix.command[1], "chmod go-w /usr/libexec/keyaudit");
	factsample.facts.cmd.way.facts[0].uid = 61100;
	assert_int_equal(with(COMMAND USER), KA_REASON_CMD_UNSAFE_PATH);
	assert_string_equal(factsample.evidence.path, COMMAND);
	assert_int_equal(factsample.evidence.uid, 61100);
}

static void program__not_executable__is_blocked(void **state)
{
	(void)state;
	factsample.facts.cmd.is_executable = false;
	assert_int_equal(with(COMMAND USER), KA_REASON_CMD_NOT_EXECUTABLE);
	assert_string_equal(factsample.fix.command[0], "chmod 755 " COMMAND);
	factsample.facts.cmd.is_looked = false;
	assert_int_equal(with(COMMAND USER), KA_REASON_NONE); /* nobody could look */
}

/* files come first: the command is not asked about a key that they hold */
static void command__broken_and_the_key_is_in_a_file__is_no_cause(void **state)
{
	(void)state;
	factsample.facts.cmd.errnum = ENOENT;
	factsample_hit(factsample_there(0), 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	assert_int_equal(with(COMMAND USER), KA_REASON_NONE);
	assert_true(factsample.would_login);
	assert_true(factsample_has(KA_REASON_CMD_MISSING));
}

/* no record, and nothing in the log: what is there to be seen is the likeliest cause */
static void command__broken_and_nobody_recorded_anything__is_named(void **state)
{
	(void)state;
	factsample.subject.offers_count = factsample.facts.offers_count = 0;
	factsample.facts.cmd.errnum = ENOENT;
	assert_int_equal(with(COMMAND USER), KA_REASON_CMD_MISSING);
	says("Could not stat AuthorizedKeysCommand \"" COMMAND "\": No such file or directory");
	assert_int_equal(with(COMMAND USER), KA_REASON_CMD_MISSING);
	assert_int_equal(factsample.out.count, 1);
	assert_string_equal(factsample.evidence.path, COMMAND);
}

/* it ran: whatever is wrong with it now was not so then */
static void command__has_left_a_record__is_no_cause(void **state)
{
	(void)state;
	factsample.facts.cmd.errnum = ENOENT;
	factsample.facts.sources.key[0].is_listed = false;
	factsample.offers[0].said = KA_OFFER_NONE;
	assert_int_equal(with(COMMAND USER), KA_REASON_FILE_MISSING);
	assert_true(factsample_has(KA_REASON_CMD_MISSING));
}

static void end__with_a_status_or_a_signal__what_it_served_is_void(void **state)
{
	(void)state;
	factsample.offers[0].said = KA_OFFER_SERVED;
	factsample.offers[0].runs = 1;
	assert_int_equal(with(COMMAND USER), KA_REASON_SIG_MISSING);
	says("AuthorizedKeysCommand " COMMAND " -u %u failed, status 3");
	assert_int_equal(with(COMMAND USER), KA_REASON_CMD_FAILED);
	assert_string_equal(factsample.evidence.note, "sshd ignored what it printed: status 3");
	says("AuthorizedKeysCommand " COMMAND " -u %u exited on signal 11");
	assert_int_equal(with(COMMAND USER), KA_REASON_CMD_KILLED);
	assert_string_equal(factsample.evidence.note, "sshd ignored what it printed: signal 11");
}

/* what sshd says is whole, so no argument was too long */
static void end__status_127__is_the_program(void **state)
{
	(void)state;
	factsample.subject.offers_count = factsample.facts.offers_count = 0;
	says("AuthorizedKeysCommand " COMMAND " -u %u -k %k failed, status 127");
	assert_int_equal(with(COMMAND USER), KA_REASON_CMD_NOT_EXECUTABLE);
	factsample.facts.cmd.is_executable = false;
	assert_int_equal(with(COMMAND USER), KA_REASON_CMD_NOT_EXECUTABLE);
}

/* a line that ends where sshd cuts, inside of a certificate with a key id of five letters and @names bytes of names */
static void says_cut(uint32_t names)
{
	char line[KA_SSHDSAY_LINE_MAX + 1], blob[600], text[700];
	struct ka_buf b, l, t;

	ka_buf_init_array(&b, blob);
	ka_buf_string(&b, ka_span_of("ssh-ed25519-cert-v01@openssh.com"));
	ka_buf_string(&b, ka_span_of("0123456789abcdef0123456789abcdef"));
	ka_buf_string(&b, ka_span_of("0123456789abcdef0123456789abcdef"));
	ka_buf_be64(&b, 7);
	ka_buf_be32(&b, 1);
	ka_buf_string(&b, ka_span_of("alice"));
	ka_buf_be32(&b, names);
	while (b.len < 450)
		ka_buf_char(&b, 'a');
	ka_buf_init_array(&l, line);
	ka_buf_text(&l, "AuthorizedKeysCommand /usr/bin/keys alice ");
	ka_buf_init_array(&t, text);
	ka_keyb64_encode(&t, ka_buf_as_span(&b));
	ka_buf_span(&l, ka_span_sub(ka_buf_as_span(&t), 0, KA_SSHDSAY_LINE_MAX - l.len));
	ka_buf_char(&l, '\0');
	says(line);
}

static void end__cut_off__is_the_argument_when_its_front_says_so(void **state)
{
	(void)state;
	factsample.subject.offers_count = factsample.facts.offers_count = 0;
	factsample.facts.asks_us = false;
	says_cut(104304);
	assert_int_equal(with("/usr/bin/keys %u %k" USER), KA_REASON_CMD_ARGUMENT_TOO_LONG);
	assert_string_equal(factsample.evidence.note,
			    "the certificate alone is an argument of at least 139252 bytes, and the kernel takes less than 131072");
	assert_string_equal(factsample.evidence.detail, "/usr/bin/keys %u %k");
	assert_string_equal(factsample.fix.advice, "Issue a smaller certificate");
	assert_false(factsample_has(KA_REASON_CMD_FAILED));
	says_cut(90000); /* it fits, as far as anybody can see */
	assert_int_equal(with("/usr/bin/keys %u %k" USER), KA_REASON_CMD_FAILED);
	assert_string_equal(factsample.evidence.note, "sshd ignored what it printed: the end of sshd's line is cut off");
}

static void end__time_ran_out_behind_a_slow_source__is_the_commands(void **state)
{
	(void)state;
	factsample.facts.sources.key[0].is_listed = false;
	factsample.offers[0].said = KA_OFFER_REFUSED;
	says("Timeout before authentication for connection from 192.0.2.7 to 192.0.2.1, pid = 77");
	assert_int_equal(with(COMMAND USER), KA_REASON_CONN_GRACE_TIMEOUT);
	factsample.offers[0].reasons[0] = KA_REASON_STORE_TIMEOUT;
	factsample.offers[0].reasons_count = 1;
	assert_int_equal(with(COMMAND USER), KA_REASON_CMD_TIMEOUT);
}

/* a source that did not answer when the doctor asked it, with this long to do so */
static void hangs(const char *source, unsigned deadline_ms)
{
	struct ka_conf *conf = &factsample.facts.command.conf;

	factsample.facts.sources.key[0].is_listed = false;
	factsample.facts.sources.trouble = KA_REASON_STORE_TIMEOUT;
	put(factsample.facts.sources.trouble_source, source);
	conf->sources_count = 2;
	put(conf->sources[0].name, "local");
	put(conf->sources[1].name, "slow");
	conf->sources[1].kind = KA_CONF_KIND_COMMAND;
	conf->sources[1].deadline_ms = deadline_ms;
}

static void source__is_waited_for_longer_than_sshd_waits__is_the_commands(void **state)
{
	(void)state;
	hangs("slow", 9000);
	assert_int_equal(with(COMMAND USER "\nlogingracetime 120"), KA_REASON_STORE_TIMEOUT);
	assert_int_equal(with(COMMAND USER "\nlogingracetime 10"), KA_REASON_STORE_TIMEOUT);
	assert_int_equal(with(COMMAND USER "\nlogingracetime 0"), KA_REASON_STORE_TIMEOUT); /* sshd waits for ever */
	assert_int_equal(with(COMMAND USER "\nlogingracetime 9"), KA_REASON_CMD_TIMEOUT);
	assert_true(factsample_has(KA_REASON_STORE_TIMEOUT));
	assert_string_equal(factsample.evidence.note, "the time for logging in runs out before there is an answer of slow");
	assert_false(factsample.would_login);
	/* a store on the network has the time of all of them */
	factsample.facts.command.conf.sources[1].kind = KA_CONF_KIND_HTTP;
	factsample.facts.command.conf.deadline_ms = 2500;
	assert_int_equal(with(COMMAND USER "\nlogingracetime 9"), KA_REASON_STORE_TIMEOUT);
	assert_int_equal(with(COMMAND USER "\nlogingracetime 2"), KA_REASON_CMD_TIMEOUT);
	put(factsample.facts.sources.trouble_source, "gone");
	assert_int_equal(with(COMMAND USER "\nlogingracetime 2"), KA_REASON_STORE_TIMEOUT);
}

static void source__is_waited_for_and_the_command_spoke__is_the_sources(void **state)
{
	(void)state;
	hangs("slow", 9000);
	factsample.offers[0].said = KA_OFFER_NONE;
	factsample.offers[0].reasons[0] = KA_REASON_STORE_TIMEOUT;
	factsample.offers[0].reasons_count = 1;
	assert_int_equal(with(COMMAND USER "\nlogingracetime 9"), KA_REASON_STORE_TIMEOUT);
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	factsample.offers[0].reasons_count = 0;
	factsample.facts.asks_us = false;
	assert_int_not_equal(with(COMMAND USER "\nlogingracetime 9"), KA_REASON_CMD_TIMEOUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(command__fine__lets_the_key_in, cmdsample_begin),
		cmocka_unit_test_setup(user__unset_or_missing__is_blocked, cmdsample_begin),
		cmocka_unit_test_setup(token__unknown_to_this_release__is_blocked, cmdsample_begin),
		cmocka_unit_test_setup(program__not_there__is_blocked, cmdsample_begin),
		cmocka_unit_test_setup(program__open_way__is_blocked_and_mended, cmdsample_begin),
		cmocka_unit_test_setup(program__not_executable__is_blocked, cmdsample_begin),
		cmocka_unit_test_setup(command__broken_and_the_key_is_in_a_file__is_no_cause, cmdsample_begin),
		cmocka_unit_test_setup(command__broken_and_nobody_recorded_anything__is_named, cmdsample_begin),
		cmocka_unit_test_setup(command__has_left_a_record__is_no_cause, cmdsample_begin),
		cmocka_unit_test_setup(end__with_a_status_or_a_signal__what_it_served_is_void, cmdsample_begin),
		cmocka_unit_test_setup(end__status_127__is_the_program, cmdsample_begin),
		cmocka_unit_test_setup(end__cut_off__is_the_argument_when_its_front_says_so, cmdsample_begin),
		cmocka_unit_test_setup(end__time_ran_out_behind_a_slow_source__is_the_commands, cmdsample_begin),
		cmocka_unit_test_setup(source__is_waited_for_longer_than_sshd_waits__is_the_commands, cmdsample_begin),
		cmocka_unit_test_setup(source__is_waited_for_and_the_command_spoke__is_the_sources, cmdsample_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
