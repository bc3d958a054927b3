/* diag/sshdlist: the verdicts are those of OpenSSH, each line of the table seen on a real sshd or read in match.c. */
#include "diag/sshdlist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static void user__table__as_sshd_matches(void **state)
{
	static const struct {
		const char *pattern, *user, *address;
		bool use_dns;
		enum ka_sshdlist_answer answer;
	} table[] = {
		{ "alice", "alice", "", false, KA_SSHDLIST_YES },
		{ "alice", "Alice", "", false, KA_SSHDLIST_NO },
		{ "al*", "alice", "", false, KA_SSHDLIST_YES },
		{ "?lice", "alice", "", false, KA_SSHDLIST_YES },
		{ "?alice", "alice", "", false, KA_SSHDLIST_NO },
		{ "alice*", "alice", "", false, KA_SSHDLIST_YES },
		{ "", "alice", "", false, KA_SSHDLIST_NO },
		{ "!bob", "alice", "", false, KA_SSHDLIST_NO }, /* no negation of names: it is a letter */
		{ "!alice", "alice", "", false, KA_SSHDLIST_NO },
		{ "alice,bob", "alice", "", false, KA_SSHDLIST_NO }, /* no list either */
		{ "alice@192.0.2.7", "alice", "192.0.2.7", false, KA_SSHDLIST_YES },
		{ "alice@192.0.2.8", "alice", "192.0.2.7", false, KA_SSHDLIST_NO },
		{ "alice@192.0.2.0/24", "alice", "192.0.2.7", false, KA_SSHDLIST_YES },
		{ "alice@192.0.2.0/29", "alice", "192.0.2.9", false, KA_SSHDLIST_NO },
		{ "*@192.0.2.*", "alice", "192.0.2.7", false, KA_SSHDLIST_YES },
		{ "alice@2001:db8::/32", "alice", "2001:db8::7", false, KA_SSHDLIST_YES },
		{ "alice@2001:db8::/32", "alice", "192.0.2.7", false, KA_SSHDLIST_NO },
		{ "alice@192.0.2.0/24,!192.0.2.7", "alice", "192.0.2.7", false, KA_SSHDLIST_NO },
		{ "alice@192.0.2.0/24,!192.0.2.8", "alice", "192.0.2.7", false, KA_SSHDLIST_YES },
		{ "alice@!192.0.2.8", "alice", "192.0.2.7", false, KA_SSHDLIST_NO }, /* nothing but a "!" admits nobody */
		{ "bob@192.0.2.7", "alice", "192.0.2.7", false, KA_SSHDLIST_NO },
		/* of these nobody can tell */
		{ "alice@192.0.2.7", "alice", "", false, KA_SSHDLIST_UNKNOWN },
		{ "bob@192.0.2.7", "alice", "", false, KA_SSHDLIST_NO },
		{ "alice@192.0.2.1/24", "alice", "192.0.2.7", false, KA_SSHDLIST_UNKNOWN },
		{ "alice@*.example.org", "alice", "192.0.2.7", false, KA_SSHDLIST_NO },
		{ "alice@*.example.org", "alice", "192.0.2.7", true, KA_SSHDLIST_UNKNOWN },
		{ "alice@192.0.2.0/24", "alice", "192.0.2.7", true, KA_SSHDLIST_YES },
		{ "alice@198.51.100.0/24", "alice", "192.0.2.7", true, KA_SSHDLIST_NO },
		{ "alice@*,!bad.example.org", "alice", "192.0.2.7", true, KA_SSHDLIST_UNKNOWN },
		/* where releases split at another "@" */
		{ "a@corp@192.0.2.7", "a@corp", "192.0.2.7", false, KA_SSHDLIST_UNKNOWN },
		{ "b@corp@192.0.2.7", "a@corp", "192.0.2.7", false, KA_SSHDLIST_NO },
		{ "a@corp", "a@corp", "192.0.2.7", false, KA_SSHDLIST_NO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct ka_sshdlist_who who = { table[i].user, table[i].address, table[i].use_dns };

		if (ka_sshdlist_user(ka_span_of(table[i].pattern), &who) != table[i].answer)
			fail_msg("%s against %s from \"%s\"", table[i].pattern, table[i].user, table[i].address);
	}
}

/* a matcher that tries every split needs longer than the world has */
static void user__hostile_stars__ends(void **state)
{
	char pattern[257], user[257];
	const struct ka_sshdlist_who who = { user, "192.0.2.7", false };

	(void)state;
	for (size_t i = 0; i < 256; i++) {
		pattern[i] = i % 2 == 0 ? '*' : 'a';
		user[i] = 'a';
	}
	pattern[256] = user[256] = '\0';
	assert_int_equal(ka_sshdlist_user(ka_span_of(pattern), &who), KA_SSHDLIST_YES);
	pattern[255] = 'b';
	assert_int_equal(ka_sshdlist_user(ka_span_of(pattern), &who), KA_SSHDLIST_NO);
}

static void group__table__as_sshd_matches(void **state)
{
	(void)state;
	assert_true(ka_sshdlist_group(ka_span_of("staff"), "staff"));
	assert_true(ka_sshdlist_group(ka_span_of("domain users"), "domain users"));
	assert_true(ka_sshdlist_group(ka_span_of("st?ff*"), "staff2"));
	assert_false(ka_sshdlist_group(ka_span_of("staff"), "Staff"));
	assert_false(ka_sshdlist_group(ka_span_of("!staff"), "wheel"));
}

static void list__negated_entry__ends_it(void **state)
{
	(void)state;
	assert_true(ka_sshdlist_has(ka_span_of("rsa-sha2-512,ssh-ed25519"), "ssh-ed25519"));
	assert_false(ka_sshdlist_has(ka_span_of("rsa-sha2-512,ssh-ed25519"), "ssh-ed2551"));
	assert_true(ka_sshdlist_has(ka_span_of("ssh-*"), "ssh-ed25519"));
	assert_false(ka_sshdlist_has(ka_span_of("ssh-*,!ssh-ed25519"), "ssh-ed25519"));
	assert_true(ka_sshdlist_has(ka_span_of("ssh-*,!ssh-rsa"), "ssh-ed25519"));
	assert_false(ka_sshdlist_has(ka_span_of(""), "ssh-ed25519"));
}

static void wanted__one_plain_group__that_one(void **state)
{
	static struct ka_sshdconf c;
	static const struct { const char *text, *wanted; bool asks; } table[] = {
		{ "allowgroups staff\n", "staff", true },
		{ "allowgroups domain users\n", "domain users", true },
		{ "allowgroups staff\nallowgroups wheel\n", "", true },
		{ "allowgroups st*\n", "", true },
		{ "denygroups staff\n", "", true },
		{ "allowusers alice\n", "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char text[128] = "usepam yes\n";

		assert_true(ka_span_copy(ka_span_of(table[i].text), text + 11, sizeof(text) - 11));
		assert_true(ka_sshdconf_parse(ka_span_of(text), &c));
		assert_true(ka_span_is(ka_sshdlist_wanted(&c), table[i].wanted));
		assert_int_equal(ka_sshdlist_asks_groups(&c), table[i].asks);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(user__table__as_sshd_matches),
		cmocka_unit_test(user__hostile_stars__ends),
		cmocka_unit_test(group__table__as_sshd_matches),
		cmocka_unit_test(list__negated_entry__ends_it),
		cmocka_unit_test(wanted__one_plain_group__that_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
