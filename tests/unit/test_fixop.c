/* diag/fixop: a list of changes holds the whole fix or nothing of it. And what the makers of fixes write there. */
#include "diag/fixop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

static struct ka_fixops ops;

static int none(void **state)
{
	(void)state;
	memset(&ops, 0xa5, sizeof(ops));
	ka_fixop_none(&ops);
	return 0;
}

static void settle__commands_without_an_op__leave_none(void **state)
{
	(void)state;
	ka_fixop_chmod(&ops, "/a", true, 07755, 0);
	ka_fixop_settle(&ops, 2);
	assert_int_equal(ops.count, 0);
	ka_fixop_chown(&ops, "/a", true);
	ka_fixop_chmod(&ops, "/a", true, 0, 0600);
	ka_fixop_settle(&ops, 2);
	assert_int_equal(ops.count, 2);
	assert_int_equal(ops.op[0].kind, KA_FIXOP_CHOWN);
	assert_false(ops.op[0].as_user);
	assert_true(ops.op[1].as_user);
	ka_fixop_settle(&ops, 0);
	assert_int_equal(ops.count, 0);
}

static void add__what_does_not_fit__is_missed_by_settle(void **state)
{
	static char path[KA_TEXT_PATH_MAX + 1], word[KA_FIXOP_WORD_MAX + 1];
	const struct ka_fixop_edit edit = { .line = 1, .column = 1, .old = word, .new = "" };

	(void)state;
	memset(path, 'a', sizeof(path) - 1);
	memset(word, 'a', sizeof(word) - 1);
	ka_fixop_chmod(&ops, path, true, 0, 0600);
	ka_fixop_rename(&ops, "/a", path);
	ka_fixop_edit(&ops, "/a", &edit, 1);
	ka_fixop_settle(&ops, 3);
	assert_int_equal(ops.count, 0);
	for (int i = 0; i <= KA_FIXOP_MAX; i++)
		ka_fixop_chmod(&ops, "/a", true, 0, 0600);
	ka_fixop_settle(&ops, KA_FIXOP_MAX + 1);
	assert_int_equal(ops.count, 0);
}

/* ---- what the makers write ---- */

static const struct ka_fixops *perm(enum ka_reason reason, const char *path, unsigned mode, uid_t owner)
{
	struct ka_userfile *f;

	factsample_plain(NULL);
	f = factsample_there(0);
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample_bad_perm(f, reason, path, mode);
	f->perm.uid = owner;
	assert_int_equal(factsample_primary(), reason);
	return &factsample.fix.ops;
}

static void mend__modes_and_owners__table(void **state)
{
	static const struct { enum ka_reason reason; const char *path; unsigned mode; uid_t owner; size_t count; bool user, file; } rows[] = {
		{ KA_REASON_PERM_WORLD_WRITABLE, FILE1, S_IFREG | 0666, 1001, 1, true, false },
		{ KA_REASON_PERM_GROUP_WRITABLE, "/home/alice", S_IFDIR | 0775, 1001, 1, true, false },
		{ KA_REASON_PERM_WORLD_WRITABLE, FILE1, S_IFREG | 0666, 1002, 2, false, true },
		{ KA_REASON_PERM_WRONG_OWNER, FILE1, S_IFREG | 0644, 1002, 1, false, true },
		{ KA_REASON_PERM_WRONG_OWNER, "/home/alice/.ssh", S_IFDIR | 0755, 1002, 1, false, false },
		{ KA_REASON_PERM_WORLD_WRITABLE, "/var/keys/alice", S_IFREG | 0666, 1001, 1, false, false },
		{ KA_REASON_PERM_ABOVE_HOME, "/var/keys", S_IFDIR | 0775, 0, 1, false, false },
		{ KA_REASON_PERM_ABOVE_HOME, "/var/keys", S_IFDIR | 0775, 1001, 0, false, false }, /* chown root: has no op */
		{ KA_REASON_PERM_WORLD_WRITABLE, "/home/alice/a\nb", S_IFREG | 0666, 1001, 0, false, false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		const struct ka_fixops *o = perm(rows[i].reason, rows[i].path, rows[i].mode, rows[i].owner);

		if (o->count != rows[i].count || (o->count > 0 && (o->op[0].as_user != rows[i].user || o->op[0].is_key_file != rows[i].file ||
								  strcmp(o->op[0].path, rows[i].path) != 0)))
			fail_msg("row %zu: %zu ops for %zu commands", i, o->count, factsample.fix.commands);
		if (o->count == 2 || (o->count == 1 && o->op[0].kind == KA_FIXOP_CHMOD))
			assert_int_equal((rows[i].mode & o->op[o->count - 1].keep) | o->op[o->count - 1].set, rows[i].mode & 0755);
	}
}

static void mend__a_wrong_name__is_a_rename(void **state)
{
	factsample_plain(state);
	factsample_near("/home/alice/.ssh/authorized_key");
	assert_int_equal(factsample_primary(), KA_REASON_FILE_WRONG_NAME);
	assert_int_equal(factsample.fix.ops.count, 1);
	assert_int_equal(factsample.fix.ops.op[0].kind, KA_FIXOP_RENAME);
	assert_string_equal(factsample.fix.ops.op[0].target, FILE1);
}

static const struct ka_fixop *line(enum ka_reason reason, enum ka_keyscan_what what, unsigned column, const char *detail)
{
	factsample_line(reason, what, column, detail, "from");
	assert_int_equal(factsample.fix.ops.count, 1);
	assert_int_equal(factsample.fix.ops.op[0].kind, KA_FIXOP_EDIT);
	assert_int_equal(factsample.fix.ops.op[0].line, what >= KA_KEYSCAN_UTF16_MARKED && what <= KA_KEYSCAN_UTF16BE ? 0 : 3);
	return &factsample.fix.ops.op[0];
}

static void mend__lines__the_same_as_the_script(void **state)
{
	static const struct { enum ka_reason reason; enum ka_keyscan_what what; unsigned column; const char *detail, *old, *new; unsigned at; } rows[] = {
		{ KA_REASON_OPTION_UNKNOWN, KA_KEYSCAN_PLAIN, 10, "fromm", "fromm", "from", 10 },
		{ KA_REASON_KEY_TYPE_MISMATCH, KA_KEYSCAN_TYPE_WORD, 1, "ssh-rsa", "ssh-rsa", "ssh-ed25519", 1 },
		{ KA_REASON_KEY_TYPE_UNKNOWN, KA_KEYSCAN_TYPE_MISSING, 1, "", "", "ssh-ed25519 ", 1 },
		{ KA_REASON_LINE_JOINED, KA_KEYSCAN_GLUED, 81, "", "", "\n", 81 },
		{ KA_REASON_LINE_NOT_ASCII, KA_KEYSCAN_BOM, 1, "", "\xef\xbb\xbf", "", 1 },
		{ KA_REASON_LINE_NOT_ASCII, KA_KEYSCAN_NBSP, 5, "", "\xc2\xa0", " ", 0 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		const struct ka_fixop *op = line(rows[i].reason, rows[i].what, rows[i].column, rows[i].detail);

		if (strcmp(op->old, rows[i].old) != 0 || strcmp(op->new, rows[i].new) != 0 || op->column != rows[i].at)
			fail_msg("row %zu: '%s' '%s' at %u", i, op->old, op->new, op->column);
		assert_int_equal(op->code, KA_FIXOP_CODE_KEEP);
	}
	assert_int_equal(line(KA_REASON_LINE_NOT_ASCII, KA_KEYSCAN_UTF16LE, 1, "")->code, KA_FIXOP_CODE_UTF16LE);
	assert_int_equal(factsample.fix.commands, 3);
}

static void mend__a_link__is_by_hand(void **state)
{
	struct ka_userfile *f;

	factsample_plain(state);
	f = factsample_there(0);
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	f->is_link = 1;
	put(f->real, "/tmp/keys/ak");
	factsample_bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, "/tmp", S_IFDIR | 01777);
	factsample_primary();
	assert_int_equal(factsample.fix.ops.count, 0);
}

#define T(name) cmocka_unit_test_setup(name, none)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(settle__commands_without_an_op__leave_none),
		T(add__what_does_not_fit__is_missed_by_settle),
		T(mend__modes_and_owners__table),
		T(mend__a_wrong_name__is_a_rename),
		T(mend__lines__the_same_as_the_script),
		T(mend__a_link__is_by_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
