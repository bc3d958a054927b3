/* pam_keyaudit/pamwitness: which process is the monitor, in each flow of sshd. */
#include "pam_keyaudit/pamwitness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

#define SELF 500
#define PARENT 400

static const struct row {
	const char *name, *self, *parent, *grandparent;
	bool is_pam;
	pid_t m;
} table[] = {
	{ "account after a key, 9.2", "sshd", "sshd", "systemd", false, SELF },
	{ "password, 9.2, sshd started from a shell", "sshd", "sshd", "bash", false, SELF },
	{ "keyboard-interactive, 9.2", "sshd", "sshd", "sshd", true, PARENT },
	{ "keyboard-interactive, title cut short", "sshd", "sshd", "sshd", false, PARENT },
	{ "keyboard-interactive, 9.8", "sshd-session", "sshd-session", "sshd", true, PARENT },
	{ "keyboard-interactive, 9.8, title cut short", "sshd-session", "sshd-session", "sshd", false, PARENT },
	{ "password, 9.8: the parent is the listener", "sshd-session", "sshd", "systemd", false, SELF },
	{ "a title does not make the 9.8 listener the monitor", "sshd-session", "sshd", "systemd", true, SELF },
	{ "sshd -i", "sshd", "systemd", "", false, SELF },
	{ "sshd -i, keyboard-interactive", "sshd", "sshd", "systemd", true, PARENT },
	{ "a title cannot make init the monitor", "sshd", "systemd", "", true, SELF },
	{ "hidden /proc", "", "", "", true, SELF },
	{ "parent hidden only", "sshd", "", "", true, SELF },
};

static struct ka_pamwitness_facts facts_of(const struct row *r)
{
	struct ka_pamwitness_facts f = {
		.self = { .pid = SELF, .ppid = PARENT, .start = 55 }, .parent = { .pid = PARENT, .start = 44 },
		.title_is_pam = r->is_pam,
	};

	memcpy(f.self.comm, r->self, strlen(r->self));
	memcpy(f.parent.comm, r->parent, strlen(r->parent));
	memcpy(f.grandparent_comm, r->grandparent, strlen(r->grandparent));
	return f;
}

static void choose__each_flow__names_the_monitor(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(table); i++) {
		struct ka_pamwitness_facts f = facts_of(&table[i]);
		struct ka_conn c = ka_pamwitness_choose(&f);

		if (c.m != table[i].m || c.start != (c.m == SELF ? 55u : 44u))
			fail_msg("%s: %d.%u", table[i].name, (int)c.m, (unsigned)c.start);
	}
}

static void choose__orphan__is_itself(void **state)
{
	struct row r = { "", "sshd", "sshd", "sshd", true, SELF };
	struct ka_pamwitness_facts f = facts_of(&r);

	(void)state;
	f.parent.pid = 1;
	assert_int_equal(ka_pamwitness_choose(&f).m, SELF);
}

static bool title(const char *bytes, size_t n)
{
	return ka_pamwitness_title_is_pam((struct ka_span){ (const uint8_t *)bytes, n });
}

static void title__only_its_end_counts(void **state)
{
	(void)state;
	assert_true(title("sshd: alice [pam]", 17));
	assert_true(title("sshd: alice [pam]\0\0\0\0", 21));
	assert_true(title("sshd-session: unknown [pam]  \0", 30));
	assert_false(title("sshd: alice [priv]\0", 19));
	assert_false(title("sshd: alice [pam] [priv]", 24));
	assert_false(title("sshd: alice[pam]", 16));
	assert_false(title("sshd\0-D\0 [pam]", 14));
	assert_false(title("[pam]", 5));
	assert_false(title("", 0));
	assert_false(title(NULL, 0));
}

static void find__a_test_program__is_itself(void **state)
{
	struct ka_conn c = ka_pamwitness_find();
	struct ka_proc_stat me;

	(void)state;
	assert_true(ka_proc_stat(getpid(), &me));
	assert_int_equal(c.m, getpid());
	assert_true(c.start == me.start);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(choose__each_flow__names_the_monitor),
		cmocka_unit_test(choose__orphan__is_itself),
		cmocka_unit_test(title__only_its_end_counts),
		cmocka_unit_test(find__a_test_program__is_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
