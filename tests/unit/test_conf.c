/* conf: the default, last file wins, every field moved once, and what a whole configuration needs. */
#include "conf/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/near.h"
#include "base/paths.h"
#include "conf/conferr.h"
#include "conf/confrow.h"
#include "conf/confvalue.h"
#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

static void default__alone__is_the_documented_one(void **state)
{
	(void)state;
	confsample_begin();
	assert_int_equal(confsample_errors.count, 0);
	assert_string_equal(confsample.types, "ssh-ed25519 sk-ssh-ed25519@openssh.com ecdsa-sha2-nistp256 ecdsa-sha2-nistp384 "
					"ecdsa-sha2-nistp521 sk-ecdsa-sha2-nistp256@openssh.com ssh-rsa");
	assert_string_equal(confsample.options, "restrict from expiry-time no-*");
	assert_string_equal(confsample.force_options, "");
	assert_string_equal(confsample.require_options, "");
	assert_string_equal(confsample.sk_application, "ssh:*");
	assert_string_equal(confsample.enforce_exempt, "");
	assert_int_equal(confsample.rsa_min_bits, 2048);
	assert_int_equal(confsample.rsa_max_bits, 8192);
	assert_string_equal(confsample.trail, KA_PATH_TRAIL);
	assert_true(confsample.sink_trail && confsample.sink_syslog);
	assert_int_equal(confsample.sshd_log, KA_CONF_LOG_JOURNAL);
	assert_string_equal(confsample.sshd_log_file, "");
	assert_int_equal(confsample.flood_limit, 10);
	assert_int_equal(confsample.min_free_mib, 64);
	assert_string_equal(confsample.sshd_config, "/etc/ssh/sshd_config");
	assert_string_equal(confsample.sshd_program, "/usr/sbin/sshd");
	assert_int_equal(confsample.strict_modes, KA_CONF_STRICT_AUTO);
	assert_int_equal(confsample.severities_count + confsample.levels_count, 0);
	assert_int_equal(confsample.sources_known + confsample.sources_count, 0);
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++)
		assert_int_equal(confsample.at[k].line, 0);
}

static void default__every_row__shows_as_its_own_text(void **state)
{
	char text[KA_CONF_TEXT_MAX];
	struct ka_conferr e;
	struct ka_buf b;

	(void)state;
	confsample_begin();
	ka_conferr_begin(&e, "f", 1);
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++) {
		const struct ka_confrow *row = ka_confrow_at((enum ka_conf_key)k);

		if (row->section == KA_CONF_SECTION_SOURCE || ka_confrow_default(row) == NULL || ka_confrow_is_prefix(row))
			continue;
		assert_ptr_equal(ka_confrow_at(ka_confrow_key(row)), row);
		for (int by_hand = 0; by_hand < 2; by_hand++) { /* a default is what setting it would make of it */
			ka_buf_init_array(&b, text);
			ka_confvalue_show(&confsample, row, &b);
			assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
			assert_string_equal(text, ka_confrow_default(row));
			assert_true(ka_confvalue_set(&confsample, &confsample, row, ka_span_of(ka_confrow_default(row)), &e));
		}
	}
}

/* a configuration that differs from the default in every field; each line is one key of conf.def */
static const char flipped[] = "# every key\n"
			      "[lookup]\n"
			      "sources = zwei eins\n"
			      "[source eins]\n"
			      "type = file\n"
			      "path = /srv/keys/%u\t/srv/more/%U/\n"
			      "owner = user\n"
			      "[source zwei]\n"
			      "type=file\n"
			      "path = %h/.ssh/vetted\n"
			      "[policy]\n"
			      "types = ssh-ed25519  ssh-rsa\n"
			      "rsa_min_bits = 3072\n"
			      "rsa_max_bits = 16384\n"
			      "options = from\n"
			      "force_options = restrict,from=\"10.0.0.0/8\"\n"
			      "require_options = from\n"
			      "sk_application = ssh:work* ssh:x\n"
			      "enforce_exempt = root breakglass\n"
			      "severity.key.rsa-e-small = reject\n"
			      "severity.key.rsa-odd-size = off\n"
			      "[audit]\n"
			      "trail = /srv/trail.jsonl\n"
			      "sinks = syslog\n"
			      "sshd_log = /var/log/auth.log\n"
			      "flood_limit = 0\n"
			      "min_free = 2GiB\n"
			      "level.key.not-listed = alert\n"
			      "[sshd]\n"
			      "config = /srv/sshd_config\n"
			      "program = /opt/sbin/sshd\n"
			      "strict_modes = upstream\n";

static void read__every_field_flipped__every_field_moves(void **state)
{
	(void)state;
	assert_string_equal(confsample_whole_error(flipped), "");
	assert_int_equal(confsample.sources_count, 2);
	assert_string_equal(confsample.lookup, "zwei eins");
	assert_string_equal(confsample.sources[0].name, "zwei");
	assert_string_equal(confsample.sources[0].path, "%h/.ssh/vetted");
	assert_int_equal(confsample.sources[0].owner, KA_CONF_OWNER_ROOT);
	assert_string_equal(confsample.sources[1].name, "eins");
	assert_string_equal(confsample.sources[1].path, "/srv/keys/%u /srv/more/%U/");
	assert_int_equal(confsample.sources[1].owner, KA_CONF_OWNER_USER);
	assert_int_equal(confsample.sources[0].kind, KA_CONF_KIND_FILE);
	assert_string_equal(confsample.types, "ssh-ed25519 ssh-rsa");
	assert_int_equal(confsample.rsa_min_bits, 3072);
	assert_int_equal(confsample.rsa_max_bits, 16384);
	assert_string_equal(confsample.options, "from");
	assert_string_equal(confsample.force_options, "restrict,from=\"10.0.0.0/8\"");
	assert_string_equal(confsample.require_options, "from");
	assert_string_equal(confsample.sk_application, "ssh:work* ssh:x");
	assert_string_equal(confsample.enforce_exempt, "root breakglass");
	assert_int_equal(confsample.severities_count, 2);
	assert_int_equal(confsample.severities[0].reason, KA_REASON_KEY_RSA_E_SMALL);
	assert_int_equal(confsample.severities[0].value, KA_ACTION_REJECT);
	assert_int_equal(confsample.severities[1].reason, KA_REASON_KEY_RSA_ODD_SIZE);
	assert_int_equal(confsample.severities[1].value, KA_ACTION_OFF);
	assert_string_equal(confsample.trail, "/srv/trail.jsonl");
	assert_true(!confsample.sink_trail && confsample.sink_syslog);
	assert_int_equal(confsample.sshd_log, KA_CONF_LOG_FILE);
	assert_string_equal(confsample.sshd_log_file, "/var/log/auth.log");
	assert_int_equal(confsample.flood_limit, 0);
	assert_int_equal(confsample.min_free_mib, 2048);
	assert_int_equal(confsample.levels_count, 1);
	assert_int_equal(confsample.levels[0].reason, KA_REASON_KEY_NOT_LISTED);
	assert_int_equal(confsample.levels[0].value, KA_LEVEL_ALERT);
	assert_string_equal(confsample.sshd_config, "/srv/sshd_config");
	assert_string_equal(confsample.sshd_program, "/opt/sbin/sshd");
	assert_int_equal(confsample.strict_modes, KA_CONF_STRICT_UPSTREAM);
}

/* the flipped text above must name every row: a key added to conf.def without a line there fails here */
static void read__every_field_flipped__has_every_key_and_its_line(void **state)
{
	(void)state;
	assert_string_equal(confsample_whole_error(flipped), "");
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++) {
		const struct ka_confrow *row = ka_confrow_at((enum ka_conf_key)k);
		struct ka_conf_at at = confsample.at[k];

		if (row->type == KA_CONFROW_SEVERITY)
			at = confsample.severities[0].at;
		else if (row->type == KA_CONFROW_LEVEL)
			at = confsample.levels[0].at;
		else if (row->section == KA_CONF_SECTION_SOURCE)
			at = confsample.sources[1].key_at[k - KA_CONF_KEY_SOURCE_TYPE];
		if (at.line == 0)
			fail_msg("%s is not flipped", ka_confrow_name(row));
		assert_string_equal(ka_conf_file(&confsample, at), "f");
	}
	assert_int_equal(confsample.at[KA_CONF_KEY_SOURCES].line, 3);
	assert_int_equal(confsample.sources[1].at.line, 4);
	assert_int_equal(confsample.at[KA_CONF_KEY_STRICT_MODES].line, 32);
}

static void read__second_file__wins_key_by_key(void **state)
{
	const struct ka_conf_at *key_at = confsample.sources[0].key_at;

	(void)state;
	confsample_begin();
	confsample_file("a", CONFSAMPLE_LOCAL "owner = user\n"
			     "[policy]\nseverity.key.rsa-e-small = off\nrsa_min_bits = 3072\nrsa_max_bits = 4096\n");
	confsample_file("b", "[source local]\npath = /b/%u\n"
			     "[policy]\nseverity.key.rsa-e-small = reject\nrsa_min_bits = 4096\n");
	ka_conf_finish(&confsample, &confsample_errors);
	assert_int_equal(confsample_errors.count, 0);
	assert_int_equal(confsample.rsa_min_bits, 4096);
	assert_int_equal(confsample.rsa_max_bits, 4096);
	assert_int_equal(confsample.severities_count, 1);
	assert_int_equal(confsample.severities[0].value, KA_ACTION_REJECT);
	assert_string_equal(confsample.sources[0].path, "/b/%u");
	assert_int_equal(confsample.sources[0].owner, KA_CONF_OWNER_USER);
	assert_string_equal(ka_conf_file(&confsample, key_at[KA_CONF_KEY_SOURCE_PATH - KA_CONF_KEY_SOURCE_TYPE]), "b");
	assert_string_equal(ka_conf_file(&confsample, key_at[0]), "a");
	assert_string_equal(ka_conf_file(&confsample, confsample.at[KA_CONF_KEY_RSA_MIN_BITS]), "b");
	assert_string_equal(ka_conf_file(&confsample, confsample.at[KA_CONF_KEY_TYPES]), "default");
}

static void read__empty_lists__mean_none(void **state)
{
	(void)state;
	assert_string_equal(confsample_first_error("[policy]\noptions =\nforce_options =\n"
						   "require_options =\nenforce_exempt =\n"), "");
	assert_string_equal(confsample.options, "");
	assert_string_equal(confsample_first_error("; c\n\t\n  # indented comment\n[policy] \ntypes=ssh-rsa\t \n"), "");
	assert_string_equal(confsample.types, "ssh-rsa");
	assert_string_equal(confsample_first_error("[policy]\nforce_options = environment=\"A= # b\",restrict\n"), "");
	assert_string_equal(confsample.force_options, "environment=\"A= # b\",restrict");
}

static void finish__incomplete__says_what_is_missing(void **state)
{
	(void)state;
	assert_string_equal(confsample_whole_error(""),
			    "f:1: no source is named, so no key could be served; add \"sources = local\" to [lookup], "
			    "and a [source local]");
	assert_string_equal(confsample_whole_error("[lookup]\nsources = locl\n[source local]\ntype = file\npath = /x\n"),
			    "f:2: sources: \"locl\" has no [source] section; did you mean \"local\"?");
	assert_string_equal(confsample_whole_error("[lookup]\nsources = a\n[source a]\npath = /x\n"),
			    "f:3: [source a] has no type; add \"type = file\"");
	assert_string_equal(confsample_whole_error("[lookup]\nsources = a\n[source a]\ntype = file\n"),
			    "f:3: [source a] has no path; add \"path = /etc/keyaudit/keys.d/%u\"");
	assert_string_equal(confsample_whole_error(CONFSAMPLE_LOCAL "[policy]\nrsa_min_bits = 9000\n"),
			    "f:7: rsa_min_bits (9000) is above rsa_max_bits (8192)");
	assert_string_equal(confsample_whole_error(CONFSAMPLE_LOCAL "[policy]\nrsa_max_bits = 1024\n"),
			    "f:7: rsa_min_bits (2048) is above rsa_max_bits (1024)");
	confsample_begin();
	ka_conf_finish(&confsample, &confsample_errors);
	assert_int_equal(confsample_errors.count, 1);
}

static void finish__source_that_is_not_asked__stays_behind(void **state)
{
	(void)state;
	assert_string_equal(confsample_whole_error("[source spare]\ntype = file\npath = /s\n" CONFSAMPLE_LOCAL), "");
	assert_int_equal(confsample.sources_count, 1);
	assert_int_equal(confsample.sources_known, 2);
	assert_string_equal(confsample.sources[0].name, "local");
	assert_string_equal(confsample.sources[1].name, "spare");
}

static void near__slips__are_forgiven_by_length(void **state)
{
	struct ka_near n;

	(void)state;
	ka_near_init(&n, ka_span_of("paht"));
	ka_near_try(&n, "owner");
	ka_near_try(&n, "path");
	assert_string_equal(n.best, "path");
	ka_near_init(&n, ka_span_of("xyz"));
	ka_near_try(&n, "url");
	assert_null(n.best);
	ka_near_init(&n, ka_span_of("severitykeyrsa"));
	ka_near_try(&n, "path");
	assert_null(n.best);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finish__incomplete__says_what_is_missing),
		cmocka_unit_test(finish__source_that_is_not_asked__stays_behind),
		cmocka_unit_test(default__alone__is_the_documented_one),
		cmocka_unit_test(default__every_row__shows_as_its_own_text),
		cmocka_unit_test(read__every_field_flipped__every_field_moves),
		cmocka_unit_test(read__every_field_flipped__has_every_key_and_its_line),
		cmocka_unit_test(read__second_file__wins_key_by_key),
		cmocka_unit_test(read__empty_lists__mean_none),
		cmocka_unit_test(near__slips__are_forgiven_by_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
