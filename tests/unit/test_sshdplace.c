/* diag/sshdplace: which place gives a value, and which one loses. */
#include "diag/sshdplace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "diag/facts.h"
#include "diag/sshdplaces.h"
#include "tests/unit/lib/placesample.h"

#include "base/poison.h"

static struct ka_facts *facts;

/* a line of @path; @match: the line of its block, 0 for none */
static void have(const char *path, unsigned line, unsigned match, const char *keyword, const char *value)
{
	placesample_line(&facts->places, path, line, match, keyword, value);
}

static int make(void **state)
{
	(void)state;
	facts = calloc(1, sizeof(*facts));
	if (facts == NULL)
		return -1;
	ka_sshdplaces_init(&facts->places);
	facts->places.files_count = 1;
	return 0;
}

static int drop(void **state)
{
	(void)state;
	free(facts);
	return 0;
}

/* "PATH:LINE", with a "?" when it is not certain; "-" when there is none */
static const char *find(const char *keyword, const char *value)
{
	static char said[128];
	struct ka_sshdplace at;

	if (!ka_sshdplace_find(&facts->places, keyword, ka_span_of(value), &at))
		return "-";
	snprintf(said, sizeof(said), "%s:%u%s", at.path, at.line, at.is_certain ? "" : "?");
	return said;
}

/* the loser against who gives @value */
static const char *lose(const char *keyword, const char *value)
{
	static char said[128];
	struct ka_sshdplace at, loser;

	assert_true(ka_sshdplace_find(&facts->places, keyword, ka_span_of(value), &at));
	if (!ka_sshdplace_shadowed(&facts->places, keyword, &at, &loser))
		return "-";
	snprintf(said, sizeof(said), "%s:%u", loser.path, loser.line);
	return said;
}

static void find__the_first_one_wins(void **state)
{
	(void)state;
	have("/c/10.conf", 3, 0, "PubkeyAuthentication", "no");
	have("/c/main", 9, 0, "pubkeyauthentication", "yes");
	assert_string_equal(find("PUBKEYAUTHENTICATION", "no"), "/c/10.conf:3");
	assert_string_equal(lose("PubkeyAuthentication", "no"), "/c/main:9");
	assert_string_equal(find("UsePAM", "yes"), "-");
}

static void find__same_value_twice__nothing_is_shadowed(void **state)
{
	(void)state;
	have("/c/10.conf", 3, 0, "PubkeyAuthentication", "no");
	have("/c/main", 9, 0, "PubkeyAuthentication", "NO");
	assert_string_equal(find("PubkeyAuthentication", "no"), "/c/10.conf:3");
	assert_string_equal(lose("PubkeyAuthentication", "no"), "-");
}

static void find__a_match_block_beats_what_stands_before(void **state)
{
	(void)state;
	have("/c/main", 1, 0, "PubkeyAuthentication", "yes");
	have("/c/main", 6, 5, "PubkeyAuthentication", "yes");
	have("/c/main", 8, 7, "PubkeyAuthentication", "no");
	have("/c/main", 9, 7, "PubkeyAuthentication", "yes");
	assert_string_equal(find("PubkeyAuthentication", "no"), "/c/main:8");
	assert_string_equal(lose("PubkeyAuthentication", "no"), "/c/main:1");
	facts->places.lines[0].keyword = placesample_keep(&facts->places, "Other");
	assert_string_equal(lose("PubkeyAuthentication", "no"), "/c/main:9"); /* later in its own block */
	assert_string_equal(find("PubkeyAuthentication", "yes"), "/c/main:6");
	assert_string_equal(lose("PubkeyAuthentication", "yes"), "-"); /* other blocks are no losers: perhaps they do not apply */
}

/* a later line outside gives nothing, whatever it says */
static void find__a_later_line__is_not_it(void **state)
{
	(void)state;
	have("/c/main", 1, 0, "PubkeyAuthentication", "yes");
	have("/c/main", 2, 0, "PubkeyAuthentication", "no");
	have("/c/main", 8, 7, "PubkeyAuthentication", "no");
	assert_string_equal(find("PubkeyAuthentication", "no"), "/c/main:8");
}

static void find__a_value_in_another_form(void **state)
{
	(void)state;
	have("/c/main", 1, 0, "LoginGraceTime", "2m");
	have("/c/main", 2, 0, "PubkeyAcceptedAlgorithms", "+ssh-rsa");
	have("/c/main", 4, 3, "pubkeyacceptedalgorithms", "-ssh-dss");
	have("/c/main", 5, 3, "ChrootDirectory", "%h");
	assert_string_equal(find("LoginGraceTime", "120"), "/c/main:1");
	assert_string_equal(find("PubkeyAcceptedKeyTypes", "ssh-ed25519,ssh-rsa"), "/c/main:2?");
	assert_string_equal(lose("PubkeyAcceptedAlgorithms", "x"), "-"); /* what is not certain accuses nobody */
	assert_string_equal(find("ChrootDirectory", "none"), "/c/main:5?");
}

static void find__on_the_command_line(void **state)
{
	struct ka_sshdplace at;

	(void)state;
	have("", 0, 0, "PubkeyAuthentication", "no");
	have("/c/main", 1, 0, "PubkeyAuthentication", "yes");
	assert_true(ka_sshdplace_find(&facts->places, "PubkeyAuthentication", ka_span_of("no"), &at));
	assert_true(at.is_command_line);
	assert_string_equal(lose("PubkeyAuthentication", "no"), "/c/main:1");
}

static void find__lists_that_add_up(void **state)
{
	(void)state;
	have("/c/main", 1, 0, "DenyUsers", "bob carol");
	have("/c/main", 2, 0, "DenyUsers", "alice@127.* dave");
	have("/c/main", 4, 3, "AllowUsers", "eve");
	have("/c/main", 5, 0, "AllowUsers", "alice");
	assert_string_equal(find("denyusers", "alice@127.*"), "/c/main:2");
	assert_string_equal(find("denyusers", "dave"), "/c/main:2");
	assert_string_equal(lose("DenyUsers", "carol"), "-"); /* the other line counts as well */
	assert_string_equal(find("AllowUsers", "eve"), "/c/main:4");
	assert_string_equal(lose("AllowUsers", "eve"), "/c/main:5");
}

static void put_effective(const char *text)
{
	assert_true(ka_sshdconf_parse(ka_span_of(text), &facts->sshd));
}

static void evidence__place_and_what_stands_there(void **state)
{
	struct ka_evidence e = { .line = 0 };

	(void)state;
	put_effective("pubkeyauthentication no\nauthenticationmethods password\nusepam yes\n");
	have("/c/10.conf", 3, 0, "PubkeyAuthentication", "no");
	have("/c/main", 8, 7, "AuthenticationMethods", "password");
	ka_sshdplace_evidence(facts, "PubkeyAuthentication", &e);
	assert_string_equal(e.path, "/c/10.conf");
	assert_int_equal(e.line, 3);
	assert_string_equal(e.detail, "PubkeyAuthentication no");
	assert_string_equal(e.note, "");
	memset(&e, 0, sizeof(e));
	ka_sshdplace_evidence(facts, "AuthenticationMethods", &e);
	assert_string_equal(e.note, "in the Match block that begins at line 7");
	memset(&e, 0, sizeof(e));
	ka_sshdplace_evidence(facts, "UsePAM", &e);
	assert_string_equal(e.path, "");
	assert_string_equal(e.detail, "UsePAM yes");
	assert_string_equal(e.note, "sshd's default");
	memset(&e, 0, sizeof(e));
	facts->places.is_cut = true; /* perhaps it stands where we could not look */
	ka_sshdplace_evidence(facts, "UsePAM", &e);
	assert_string_equal(e.note, "");
	ka_sshdplace_evidence(facts, "Banner", &e);
	assert_string_equal(e.detail, "UsePAM yes"); /* what is not known stays as it was */
}

static void evidence__command_line_and_a_note_of_the_rules_own(void **state)
{
	struct ka_evidence e = { .line = 0 };

	(void)state;
	put_effective("usepam yes\npermitrootlogin no\n");
	have("", 0, 0, "PermitRootLogin", "no");
	ka_sshdplace_evidence(facts, "PermitRootLogin", &e);
	assert_string_equal(e.path, "");
	assert_string_equal(e.note, "on the command line of the sshd that listens");
	assert_true(ka_span_copy(ka_span_of("mine"), e.note, sizeof(e.note)));
	ka_sshdplace_evidence(facts, "PermitRootLogin", &e);
	assert_string_equal(e.note, "mine");
}

static void evidence__of_one_pattern(void **state)
{
	struct ka_evidence e = { .line = 0 };

	(void)state;
	put_effective("usepam yes\ndenyusers bob\ndenyusers alice\n");
	have("/c/main", 1, 0, "DenyUsers", "bob");
	have("/c/main", 2, 0, "DenyUsers", "x alice");
	ka_sshdplace_evidence_of(facts, "DenyUsers", ka_span_of("alice"), &e);
	assert_int_equal(e.line, 2);
	assert_string_equal(e.detail, "DenyUsers alice");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(find__the_first_one_wins, make, drop),
		cmocka_unit_test_setup_teardown(find__same_value_twice__nothing_is_shadowed, make, drop),
		cmocka_unit_test_setup_teardown(find__a_match_block_beats_what_stands_before, make, drop),
		cmocka_unit_test_setup_teardown(find__a_later_line__is_not_it, make, drop),
		cmocka_unit_test_setup_teardown(find__a_value_in_another_form, make, drop),
		cmocka_unit_test_setup_teardown(find__on_the_command_line, make, drop),
		cmocka_unit_test_setup_teardown(find__lists_that_add_up, make, drop),
		cmocka_unit_test_setup_teardown(evidence__place_and_what_stands_there, make, drop),
		cmocka_unit_test_setup_teardown(evidence__command_line_and_a_note_of_the_rules_own, make, drop),
		cmocka_unit_test_setup_teardown(evidence__of_one_pattern, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
