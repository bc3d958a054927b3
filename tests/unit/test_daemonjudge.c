/* diag/daemonjudge: what sshd -t says, where sshd listens, and what it has read. */
#include "diag/daemonjudge.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "diag/sshdplaces.h"

#include "base/poison.h"

#define put(array, text) assert_true(ka_span_copy(ka_span_of(text), (array), sizeof(array)))

static struct ka_daemon d;
static struct ka_sshdconf conf;
static struct ka_sshdplaces places;
static const struct ka_daemonjudge j = { .daemon = &d, .conf = &conf, .places = &places };
static struct ka_evidence e;
static struct ka_fix fix;

static uint32_t keep(const char *text)
{
	uint32_t at = (uint32_t)places.text_len;

	assert_true(ka_span_copy(ka_span_of(text), places.text + at, sizeof(places.text) - at));
	places.text_len += strlen(text) + 1;
	return at;
}

/* a daemon that listens on 22, as its configuration says */
static int make(void **state)
{
	(void)state;
	memset(&d, 0, sizeof(d));
	d.unit = "ssh";
	d.listener = (struct ka_listener){ .is_asked = true, .is_found = true, .pid = 387, .started_us = 50000000 };
	d.ports.is_known = true;
	d.ports.count = 2;
	d.ports.ports[0] = (struct ka_port){ .number = 80 };
	d.ports.ports[1] = (struct ka_port){ .number = 22, .is_sshds = true };
	assert_true(ka_sshdconf_parse(ka_span_of("usepam yes\nlistenaddress [::]:22\nlistenaddress 0.0.0.0:22\n"), &conf));
	ka_sshdplaces_init(&places);
	places.files_count = 2;
	places.files[0] = (struct ka_sshdplace_file){ .path = keep("/etc/ssh/sshd_config"), .changed_us = 10000000 };
	places.files[1] = (struct ka_sshdplace_file){ .path = keep("/etc/ssh/x.conf"), .from = places.files[0].path, .from_line = 12,
						      .changed_us = 20000000 };
	return 0;
}

static enum ka_daemonjudge_state explain(void)
{
	enum ka_daemonjudge_state state = ka_daemonjudge_state(&j);

	memset(&e, 0, sizeof(e));
	memset(&fix, 0, sizeof(fix));
	ka_daemonjudge_explain(&j, state, &e, &fix);
	return state;
}

/* sshd -T says nothing, and sshd -t this */
static void says(const char *text)
{
	ka_sshdconf_default(&conf);
	d.listener.is_found = false;
	d.is_tested = true;
	d.test_status = 255;
	put(d.test, text);
	assert_int_equal(explain(), KA_DAEMONJUDGE_DEAD);
}

static void state__it_runs_or_cannot_be_seen(void **state)
{
	(void)state;
	assert_int_equal(ka_daemonjudge_state(&j), KA_DAEMONJUDGE_RUNS);
	d.listener.is_asked = false;
	assert_int_equal(ka_daemonjudge_state(&j), KA_DAEMONJUDGE_UNKNOWN);
	d.listener.is_asked = true;
	d.listener.is_found = false; /* somebody listens: a socket unit */
	assert_int_equal(ka_daemonjudge_state(&j), KA_DAEMONJUDGE_UNKNOWN);
	d.ports.count = 0;
	assert_int_equal(ka_daemonjudge_state(&j), KA_DAEMONJUDGE_SILENT);
	d.is_tested = true;
	assert_int_equal(ka_daemonjudge_state(&j), KA_DAEMONJUDGE_SILENT);
	d.test_status = 255; /* the configuration is known from before */
	assert_int_equal(ka_daemonjudge_state(&j), KA_DAEMONJUDGE_DEAD);
	d.is_tested = false;
	d.test_status = 0;
	d.ports.is_known = false;
	assert_int_equal(ka_daemonjudge_state(&j), KA_DAEMONJUDGE_UNKNOWN);
	d.ports.is_known = true;
	d.listener.has_other = true;
	assert_int_equal(ka_daemonjudge_state(&j), KA_DAEMONJUDGE_UNKNOWN);
	d.listener.is_found = true; /* without sockets that we can see */
	assert_int_equal(ka_daemonjudge_state(&j), KA_DAEMONJUDGE_RUNS);
	ka_sshdconf_default(&conf);
	assert_int_equal(ka_daemonjudge_state(&j), KA_DAEMONJUDGE_UNKNOWN);
	d.is_tested = true; /* and finds nothing */
	assert_int_equal(ka_daemonjudge_state(&j), KA_DAEMONJUDGE_UNKNOWN);
}

static void silent__restart(void **state)
{
	(void)state;
	d.listener.is_found = false;
	d.ports.count = 1;
	assert_int_equal(explain(), KA_DAEMONJUDGE_SILENT);
	assert_string_equal(e.detail, "ListenAddress [::]:22 0.0.0.0:22");
	assert_int_equal(fix.commands, 1);
	assert_string_equal(fix.command[0], "systemctl restart ssh");
}

static void elsewhere__reload(void **state)
{
	(void)state;
	d.ports.ports[1].number = 2222;
	d.ports.ports[2] = d.ports.ports[1];
	d.ports.count = 3;
	d.unit = "sshd";
	assert_int_equal(explain(), KA_DAEMONJUDGE_ELSEWHERE);
	assert_string_equal(e.note, "the sshd that runs listens on port 2222");
	assert_string_equal(fix.command[0], "sshd -t");
	assert_string_equal(fix.command[1], "systemctl reload sshd");
}

static void dead__separation_directory(void **state)
{
	(void)state;
	says("Missing privilege separation directory: /run/sshd\r\n");
	assert_string_equal(e.path, "/run/sshd");
	assert_string_equal(fix.command[0], "install -d -m 0755 -- /run/sshd");
	assert_string_equal(fix.command[1], "systemctl restart ssh");
	says("Missing privilege separation directory: /run/\x1b[2J\n");
	assert_int_equal(fix.commands, 0);
}

static void dead__host_keys(void **state)
{
	(void)state;
	says("@@@@@@@@@@\n@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @\n@@@@@@@@@@\n"
	     "Permissions 0644 for '/etc/ssh/ssh_host_rsa_key' are too open.\r\nIt is required ...\r\n"
	     "Permissions 0666 for '/etc/ssh/it's' are too open.\nUnable to load host key: /etc/ssh/ssh_host_rsa_key\r\n"
	     "sshd: no hostkeys available -- exiting.\n");
	assert_string_equal(e.detail, "sshd: no hostkeys available -- exiting.");
	assert_string_equal(e.path, "/etc/ssh/ssh_host_rsa_key");
	assert_string_equal(fix.command[0], "chmod 600 -- /etc/ssh/ssh_host_rsa_key '/etc/ssh/it'\\''s'");
	assert_string_equal(fix.command[1], "systemctl restart ssh");
	says("Unable to load host key: /etc/ssh/ssh_host_rsa_key\nsshd: no hostkeys available -- exiting.\n");
	assert_string_equal(fix.command[0], "ssh-keygen -A");
	says("sshd: no hostkeys available -- exiting.\n");
	assert_string_equal(fix.command[0], "ssh-keygen -A");
	d.is_open[2] = true; /* of its usual ones sshd does not say what is wrong */
	says("sshd: no hostkeys available -- exiting.\n");
	assert_string_equal(fix.command[0], "chmod 600 -- /etc/ssh/ssh_host_ed25519_key");
	assert_string_equal(e.path, "/etc/ssh/ssh_host_ed25519_key");
	says("Unable to load host key: /srv/key\nsshd: no hostkeys available -- exiting.\n");
	assert_int_equal(fix.commands, 0); /* -A makes none there */
	assert_string_not_equal(fix.advice, "");
}

static void dead__a_bad_line(void **state)
{
	(void)state;
	says("/etc/ssh/sshd_config: line 17: Bad configuration option: Pubkey\n/etc/ssh/sshd_config: terminating, 1 bad configuration options\n");
	assert_string_equal(e.path, "/etc/ssh/sshd_config");
	assert_int_equal(e.line, 17);
	assert_string_equal(e.detail, "/etc/ssh/sshd_config: line 17: Bad configuration option: Pubkey");
	says("/etc/ssh/a b line 3: Missing yes/no argument.\n");
	assert_string_equal(e.path, "/etc/ssh/a b");
	assert_int_equal(e.line, 3);
	says("the line of nobody\n");
	assert_int_equal(e.line, 0);
	assert_string_equal(e.detail, "the line of nobody");
	says("Disabled method\r\nAuthenticationMethods cannot be satisfied\r\n\n");
	assert_string_equal(e.detail, "AuthenticationMethods cannot be satisfied"); /* the last word */
	says("\n\n");
	assert_string_equal(e.detail, "");
}

static void dead__a_file_that_cannot_be_opened(void **state)
{
	(void)state;
	places.files[1].is_closed = true;
	places.files[1].errnum = ENOENT;
	says("/etc/ssh/x.conf: No such file or directory\n");
	assert_string_equal(e.path, "/etc/ssh/x.conf");
	assert_int_equal(e.errnum, ENOENT);
	assert_string_equal(e.note, "named by the Include in /etc/ssh/sshd_config line 12");
	assert_string_equal(e.detail, "/etc/ssh/x.conf: No such file or directory");
}

static void doomed__it_runs_and_would_not_start_again(void **state)
{
	(void)state;
	says("sshd: something else\n");
	d.listener.is_found = true;
	assert_int_equal(explain(), KA_DAEMONJUDGE_DOOMED);
	assert_string_equal(e.detail, "sshd: something else");
	assert_true(strstr(e.note, "would not start again") != NULL);
}

static void age__by_the_last_reading(void **state)
{
	size_t file;

	(void)state;
	assert_int_equal(ka_daemonjudge_age(&j, &file), KA_DAEMONJUDGE_FRESH);
	d.loaded_us = 60000000;
	places.files[1].changed_us = 60000001;
	assert_int_equal(ka_daemonjudge_age(&j, &file), KA_DAEMONJUDGE_STALE);
	assert_int_equal(file, 1);
	memset(&e, 0, sizeof(e));
	memset(&fix, 0, sizeof(fix));
	ka_daemonjudge_explain_age(&j, &e, &fix);
	assert_string_equal(e.path, "/etc/ssh/x.conf");
	assert_string_equal(e.note, "changed at 1970-01-01T00:01:00Z, and sshd has read its configuration at 1970-01-01T00:01:00Z");
	assert_string_equal(fix.command[0], "sshd -t");
	assert_string_equal(fix.command[1], "systemctl reload ssh");
	d.loaded_us = 60000001; /* reloaded: not stale any more */
	assert_int_equal(ka_daemonjudge_age(&j, &file), KA_DAEMONJUDGE_FRESH);
	memset(&e, 0, sizeof(e));
	ka_daemonjudge_explain_age(&j, &e, &fix);
	assert_string_equal(e.path, "");
}

static void age__without_a_pidfile(void **state)
{
	size_t file;

	(void)state;
	places.files[0].changed_us = 51000000; /* within a second of the start */
	assert_int_equal(ka_daemonjudge_age(&j, &file), KA_DAEMONJUDGE_FRESH);
	places.files[0].changed_us = 51000001;
	assert_int_equal(ka_daemonjudge_age(&j, &file), KA_DAEMONJUDGE_UNTOLD);
	assert_int_equal(file, 0);
	d.listener.started_us = 0;
	assert_int_equal(ka_daemonjudge_age(&j, &file), KA_DAEMONJUDGE_FRESH);
	d.listener.started_us = 50000000;
	d.listener.is_found = false;
	assert_int_equal(ka_daemonjudge_age(&j, &file), KA_DAEMONJUDGE_FRESH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(state__it_runs_or_cannot_be_seen, make),
		cmocka_unit_test_setup(silent__restart, make),
		cmocka_unit_test_setup(elsewhere__reload, make),
		cmocka_unit_test_setup(dead__separation_directory, make),
		cmocka_unit_test_setup(dead__host_keys, make),
		cmocka_unit_test_setup(dead__a_bad_line, make),
		cmocka_unit_test_setup(dead__a_file_that_cannot_be_opened, make),
		cmocka_unit_test_setup(doomed__it_runs_and_would_not_start_again, make),
		cmocka_unit_test_setup(age__by_the_last_reading, make),
		cmocka_unit_test_setup(age__without_a_pidfile, make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
