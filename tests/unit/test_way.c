/* diag/way on invented facts: every place in sshd's order, its sign read off the candidates. */
#include "diag/way.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

static struct ka_way way;

static const struct ka_way_line *line_of(const char *what)
{
	for (size_t i = 0; i < way.count; i++)
		if (strcmp(way.line[i].what, what) == 0)
			return &way.line[i];
	fail_msg("no line %s", what);
	return NULL;
}

static void walk(void)
{
	factsample_primary();
	ka_way_make(&factsample.facts, &factsample.out, &way);
}

static void sshd_says(const char *text)
{
	assert_true(ka_sshdconf_parse(ka_span_of(text), &factsample.facts.sshd));
}

static void way__nothing_wrong__every_place_in_order(void **state)
{
	static const char *const order[] = { "sshd", "account", "allow lists", "method", "revoked keys", "home", FILE1, FILE2, "key store", "PAM" };

	(void)state;
	factsample_hit(factsample_there(0), 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	sshd_says("pubkeyauthentication yes\nauthenticationmethods any\nrevokedkeys none\nusepam yes\n");
	factsample.facts.files.home.mode = 040700;
	factsample.facts.sources.is_asked = true;
	factsample.facts.pam.is_known = true;
	walk();
	assert_int_equal(way.count, KA_ARRAY_LEN(order));
	for (size_t i = 0; i < way.count; i++) {
		assert_string_equal(way.line[i].what, order[i]);
		assert_int_equal(way.line[i].state, KA_WAY_OK);
		assert_int_equal(way.line[i].reason, KA_REASON_NONE);
	}
	assert_string_equal(line_of("sshd")->text, "PubkeyAuthentication yes");
	assert_string_equal(line_of("method")->text, "publickey alone is enough");
	assert_string_equal(line_of("allow lists")->text, "none is set");
	assert_string_equal(line_of("home")->text, "/home/alice");
	assert_true(line_of("home")->has_stat);
	assert_string_equal(line_of(FILE1)->text, "1 key");
	assert_int_equal(line_of(FILE1)->file, 0);
	assert_string_equal(line_of(FILE2)->text, "is not there");
	assert_int_equal(line_of("PAM")->file, -1);
}

static void way__lists_and_files_set__are_shown(void **state)
{
	(void)state;
	sshd_says("allowusers alice\nallowusers bob@10.*\ndenygroups bad\ntrustedusercakeys /etc/ssh/ca.pub\nauthenticationmethods publickey,password\n"
		  "revokedkeys /etc/ssh/revoked\nusepam no\n");
	walk();
	assert_string_equal(line_of("allow lists")->text, "AllowUsers alice bob@10.*, DenyGroups bad");
	assert_string_equal(line_of("trusted CAs")->text, "TrustedUserCAKeys /etc/ssh/ca.pub");
	assert_string_equal(line_of("method")->text, "AuthenticationMethods publickey,password");
	assert_string_equal(line_of("revoked keys")->text, "RevokedKeys /etc/ssh/revoked");
	assert_string_equal(line_of("PAM")->text, "UsePAM no");
}

static void way__a_bad_mode__stands_at_its_file_alone(void **state)
{
	struct ka_userfile *f = factsample_there(0);

	(void)state;
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample_bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, FILE1, 0100666);
	walk();
	for (size_t i = 0; i < way.count; i++)
		assert_true(way.line[i].file == 0 ? way.line[i].state == KA_WAY_BAD : way.line[i].state < KA_WAY_WARN);
	assert_int_equal(line_of(FILE1)->reason, KA_REASON_PERM_WORLD_WRITABLE);
	f->perm_reason = KA_REASON_NONE;
	f->scan.hits_count = 0;
	factsample_hit(f, 0, KA_REASON_KEY_TYPE_UNKNOWN, KA_KEYSCAN_WHOLE); /* a family of the store too */
	walk();
	assert_int_equal(line_of(FILE1)->reason, KA_REASON_KEY_TYPE_UNKNOWN);
	assert_int_equal(line_of("key store")->state, KA_WAY_UNKNOWN);
	factsample_bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, "/home/alice", 040777);
	walk();
	assert_int_equal(line_of("home")->state, KA_WAY_BAD);
	assert_int_equal(line_of("home")->reason, KA_REASON_PERM_WORLD_WRITABLE);
}

static void way__a_line_of_the_log__stands_at_its_place(void **state)
{
	static struct ka_said said;

	(void)state;
	assert_true(ka_said_make(ka_span_of("User alice from 192.0.2.7 not allowed because not listed in AllowUsers"), true, 0, &said));
	factsample.subject.said = &said;
	factsample.subject.said_count = 1;
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	walk();
	assert_int_equal(line_of("allow lists")->state, KA_WAY_BAD);
	assert_int_equal(line_of("allow lists")->reason, KA_REASON_SSHD_USER_NOT_ALLOWED);
	assert_int_equal(line_of("account")->state, KA_WAY_OK);
	factsample.subject.reached = KA_STEP_SESSION; /* it did not decide */
	walk();
	assert_int_equal(line_of("allow lists")->state, KA_WAY_WARN);
}

/* the store is broken, and the key comes in by a file */
static void way__login_not_refused__nothing_has_failed(void **state)
{
	(void)state;
	factsample_hit(factsample_there(0), 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	factsample.facts.command.load.reason = KA_REASON_CONF_INVALID;
	walk();
	assert_int_equal(line_of("key store")->state, KA_WAY_WARN);
	assert_int_equal(line_of("key store")->reason, KA_REASON_CONF_INVALID);
	factsample.facts.files.files[0].scan.hits_count = 0;
	walk();
	assert_int_equal(line_of("key store")->state, KA_WAY_BAD);
}

/* nothing of what nobody looked at is called right */
static void way__not_looked_at__is_not_right(void **state)
{
	static const char *const places[] = { "sshd", "allow lists", "method", "revoked keys", "home", "key store", "PAM" };

	(void)state;
	memset(&factsample.facts.sshd, 0, sizeof(factsample.facts.sshd));
	factsample.facts.has_files = false;
	factsample.facts.asks_us = true;
	walk();
	for (size_t i = 0; i < KA_ARRAY_LEN(places); i++)
		if (line_of(places[i])->state != KA_WAY_UNKNOWN)
			fail_msg("%s: %s", places[i], line_of(places[i])->text);
	assert_string_equal(line_of("home")->text, "was not looked at: /home/alice");
	factsample.facts.has_files = true;
	factsample_there(0)->is_read = 0;
	walk();
	assert_int_equal(line_of(FILE1)->state, KA_WAY_UNKNOWN);
	assert_int_equal(line_of(FILE2)->state, KA_WAY_OK);
}

static void way__no_such_user__has_no_uid_and_no_home(void **state)
{
	(void)state;
	factsample.facts.account = KA_FACTS_ACCOUNT_UNKNOWN;
	walk();
	assert_int_equal(line_of("account")->state, KA_WAY_BAD);
	assert_string_equal(line_of("account")->text, "there is none of this name");
	assert_int_equal(line_of("home")->state, KA_WAY_UNKNOWN);
	assert_false(line_of("home")->has_stat);
}

static void way__more_places_than_fit__ends(void **state)
{
	char path[64];

	(void)state;
	factsample.facts.files.count = KA_USERFILES_MAX;
	for (size_t i = 0; i < KA_USERFILES_MAX; i++) {
		assert_true(snprintf(path, sizeof(path), "/k/%zu", i) > 0);
		put(factsample.facts.files.files[i].path, path);
	}
	memset(factsample.facts.files.files[0].path, 'x', sizeof(factsample.facts.files.files[0].path) - 1);
	walk();
	assert_true(way.count <= KA_WAY_LINES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(way__nothing_wrong__every_place_in_order, factsample_plain),
		cmocka_unit_test_setup(way__lists_and_files_set__are_shown, factsample_plain),
		cmocka_unit_test_setup(way__a_bad_mode__stands_at_its_file_alone, factsample_plain),
		cmocka_unit_test_setup(way__a_line_of_the_log__stands_at_its_place, factsample_plain),
		cmocka_unit_test_setup(way__login_not_refused__nothing_has_failed, factsample_plain),
		cmocka_unit_test_setup(way__not_looked_at__is_not_right, factsample_plain),
		cmocka_unit_test_setup(way__no_such_user__has_no_uid_and_no_home, factsample_plain),
		cmocka_unit_test_setup(way__more_places_than_fit__ends, factsample_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
