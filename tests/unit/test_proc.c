/* base/proc: lines of /proc/PID/stat as hostile text, living and dead processes, and the two ids of 32 digits. */
#include "base/proc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

/* fields 3 to 22, and some behind them */
#define FIELDS(state, ppid, start) " " state " " ppid " 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 " start " 2 3 4\n"

static bool parse(const char *line, struct ka_proc_stat *out)
{
	return ka_proc_parse_stat(ka_span_of(line), out);
}

static void parse__good__has_its_five_facts(void **state)
{
	static const struct { const char *line; pid_t pid, ppid; const char *comm; uint64_t start; } rows[] = {
		{ "1 (sshd)" FIELDS("S", "0", "77"), 1, 0, "sshd", 77 },
		{ "2147483647 (x)" FIELDS("R", "2147483647", "18446744073709551615"), INT32_MAX, INT32_MAX, "x", UINT64_MAX },
		{ "5 ()" FIELDS("S", "1", "0"), 5, 1, "", 0 },
		/* a process chooses its name */
		{ "5 (a) R 1 1)" FIELDS("S", "9", "8"), 5, 9, "a) R 1 1", 8 },
		{ "5 (()" FIELDS("S", "9", "8"), 5, 9, "(", 8 },
		{ "5 ()))" FIELDS("S", "9", "8"), 5, 9, "))", 8 },
		{ "5 (a b\tc)" FIELDS("S", "9", "8"), 5, 9, "a b\tc", 8 },
		{ "5 (\x1b[2J\xff)" FIELDS("S", "9", "8"), 5, 9, "\x1b[2J\xff", 8 },
		/* of the kernel's own, with what it works on */
		{ "5 (kworker/u256:11-events_freezable_power_)" FIELDS("I", "2", "8"), 5, 2, "kworker/u256:11-events_freezable_power_", 8 },
		{ "5 (123456789012345678901234567890123456789012345678901234567890123)" FIELDS("I", "2", "8"), 5, 2,
		  "123456789012345678901234567890123456789012345678901234567890123", 8 },
		{ "5 (x)" " S 9 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 8", 5, 9, "x", 8 }, /* nothing behind field 22 */
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct ka_proc_stat s;

		if (!parse(rows[i].line, &s))
			fail_msg("refused: %s", rows[i].line);
		assert_int_equal(s.pid, rows[i].pid);
		assert_int_equal(s.ppid, rows[i].ppid);
		assert_string_equal(s.comm, rows[i].comm);
		assert_true(s.start == rows[i].start);
		assert_true(s.state == 'S' || s.state == 'R' || s.state == 'I');
	}
}

static void parse__not_such_a_line__is_refused(void **state)
{
	static const char *const bad[] = {
		"", "\n", "(", ")", "()", "1", "1 ", "1 (", "1 (x", "1 x)", "1 (x)", "1 (x) ", "1 (x) S", ") (" FIELDS("S", "1", "1"),
		"(x)" FIELDS("S", "1", "1"), " (x)" FIELDS("S", "1", "1"), "x (x)" FIELDS("S", "1", "1"), "-1 (x)" FIELDS("S", "1", "1"),
		"1x(x)" FIELDS("S", "1", "1"), "1(x)" FIELDS("S", "1", "1"), "1  (x)" FIELDS("S", "1", "1"),
		"2147483648 (x)" FIELDS("S", "1", "1"), "99999999999999999999 (x)" FIELDS("S", "1", "1"),
		"1 (x)" FIELDS("S", "-1", "1"), "1 (x)" FIELDS("S", "2147483648", "1"), "1 (x)" FIELDS("S", "x", "1"),
		"1 (x)" FIELDS("S", "1", "-1"), "1 (x)" FIELDS("S", "1", "x"), "1 (x)" FIELDS("S", "1", "18446744073709551616"),
		"1 (x)" FIELDS("SS", "1", "1"), "1 (x)S 1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 8 9 10\n",
		"1 (x) S 9 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0\n", "1 (x) S 9 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 \n",
		"1 (1234567890123456789012345678901234567890123456789012345678901234)" FIELDS("S", "1", "1"),
	};
	static const char nul[] = "1 (a\0b)" FIELDS("S", "1", "1");
	struct ka_proc_stat s;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++)
		if (parse(bad[i], &s))
			fail_msg("taken: %s", bad[i]);
	assert_false(ka_proc_parse_stat((struct ka_span){ (const uint8_t *)nul, sizeof(nul) - 1 }, &s));
	assert_false(ka_proc_parse_stat((struct ka_span){ NULL, 0 }, &s));
}

static void parse__mutations__stay_within_the_line(void **state)
{
	static const char good[] = "4711 (sshd)" FIELDS("S", "1", "123456");
	size_t len = sizeof(good) - 1;

	(void)state;
	for (size_t n = 0; n <= len; n++) {
		uint8_t *line = malloc(n > 0 ? n : 1); /* to the byte, for the address sanitizer */
		struct ka_proc_stat s;

		assert_non_null(line);
		for (size_t bit = 0; bit <= 8 * n; bit++) {
			memcpy(line, good, n);
			if (bit < 8 * n)
				line[bit / 8] ^= (uint8_t)(1u << bit % 8);
			if (ka_proc_parse_stat((struct ka_span){ line, n }, &s))
				assert_true(strlen(s.comm) < sizeof(s.comm) && s.pid >= 0 && s.ppid >= 0);
		}
		free(line);
	}
}

static void stat__nobody__is_false(void **state)
{
	static const pid_t nobody[] = { 0, -1, INT32_MIN, INT32_MAX };
	struct ka_proc_stat s;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(nobody); i++) {
		memset(&s, 0xa5, sizeof(s));
		assert_false(ka_proc_stat(nobody[i], &s));
		assert_true(s.pid == 0 && s.start == 0 && s.comm[0] == '\0');
	}
}

/* a child that calls itself like the rest of a stat line; asked while it lives, while nobody has waited, and when it is gone */
static void stat__child_with_a_hostile_name__is_seen_and_goes(void **state)
{
	static const char name[] = ") R 1 1 (\n";
	struct ka_proc_stat s, me;
	int ready[2];
	pid_t child;
	char c = 0;

	(void)state;
	assert_true(ka_proc_stat(getpid(), &me));
	assert_int_equal(me.pid, getpid());
	assert_int_equal(me.ppid, getppid());
	assert_true(me.start > 0);
	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (prctl(PR_SET_NAME, name) != 0 || write(ready[1], &c, 1) != 1)
			_exit(1);
		pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_true(ka_proc_stat(child, &s));
	assert_int_equal(s.pid, child);
	assert_int_equal(s.ppid, getpid());
	assert_true(s.start >= me.start);
	assert_int_equal(strncmp(s.comm, ") R 1 1 (", 9), 0); /* the kernel writes the newline as it likes */
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitid(P_PID, (id_t)child, &(siginfo_t){ 0 }, WEXITED | WNOWAIT), 0);
	assert_true(ka_proc_stat(child, &s));
	assert_int_equal(s.state, 'Z');
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_false(ka_proc_stat(child, &s));
	close(ready[0]);
	close(ready[1]);
}

static void boot_id__is_the_kernels(void **state)
{
	char id[33], text[64] = "";
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
	size_t n = 0;

	(void)state;
	assert_non_null(f);
	assert_non_null(fgets(text, sizeof(text), f));
	fclose(f);
	assert_true(ka_proc_boot_id(id));
	assert_int_equal(strlen(id), 32);
	for (const char *p = text; *p != '\0' && *p != '\n'; p++)
		if (*p != '-')
			assert_int_equal(id[n++], *p);
	assert_int_equal(n, 32);
}

/* ---- in a root of our own, where /etc/machine-id is what we write; there is no /proc ---- */

#define ZEROS "00000000000000000000000000000000"

static void machine_id__table(void **state)
{
	static const struct { const char *text, *id; } rows[] = {
		{ "0123456789abcdef0123456789abcdef\n", "0123456789abcdef0123456789abcdef" },
		{ "0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef" },
		{ "0123456789ABCDEF0123456789ABCDEF\n", "0123456789abcdef0123456789abcdef" },
		{ "01234567-89ab-cdef-0123-456789abcdef\n", "0123456789abcdef0123456789abcdef" },
		{ "", NULL }, { "\n", NULL }, { "uninitialized\n", NULL },
		{ "0123456789abcdef0123456789abcde\n", NULL }, { "0123456789abcdef0123456789abcdef0\n", NULL },
		{ "0123456789abcdef0123456789abcdeg\n", NULL }, { " 0123456789abcdef0123456789abcdef\n", NULL },
		{ "0123456789abcdef0123456789abcdef \n", NULL }, { "0123456789abcdef0123456789abcdef\r\n", NULL },
		{ "\xff\xfe", NULL },
		{ "0123456789abcdef0123456789abcdef--------------------------------", "0123456789abcdef0123456789abcdef" },
		{ "0123456789abcdef0123456789abcdef---------------------------------", NULL }, /* 65 bytes */
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		char id[34];

		memset(id, '#', sizeof(id));
		trustroot_file("/etc/machine-id", 0444, 0, rows[i].text);
		assert_int_equal(ka_proc_machine_id(id), rows[i].id != NULL);
		assert_string_equal(id, rows[i].id != NULL ? rows[i].id : ZEROS);
		assert_int_equal(id[33], '#');
	}
}

static void ids__no_such_file__are_zeros(void **state)
{
	struct ka_proc_stat s;
	char id[33] = "x";

	(void)state;
	(void)unlink("/etc/machine-id");
	assert_false(ka_proc_machine_id(id));
	assert_string_equal(id, ZEROS);
	id[0] = 'x';
	assert_false(ka_proc_boot_id(id));
	assert_string_equal(id, ZEROS);
	assert_false(ka_proc_stat(getpid(), &s));
}

static int make_etc(void **state)
{
	(void)state;
	trustroot_dir("/etc", 0755, 0);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__good__has_its_five_facts),
		cmocka_unit_test(parse__not_such_a_line__is_refused),
		cmocka_unit_test(parse__mutations__stay_within_the_line),
		cmocka_unit_test(stat__nobody__is_false),
		cmocka_unit_test(stat__child_with_a_hostile_name__is_seen_and_goes),
		cmocka_unit_test(boot_id__is_the_kernels),
	};
	const struct CMUnitTest in_a_root[] = {
		cmocka_unit_test(machine_id__table),
		cmocka_unit_test(ids__no_such_file__are_zeros),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return failed != 0 ? failed : trustroot_run(in_a_root, make_etc);
}
