/* keyaudit/mend/fixnote: what was written is read, and nothing else is. */
#include "keyaudit/mend/fixnote.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

#include "base/poison.h"

static struct ka_fixnote note, back;
static char text[16384];
static struct ka_buf b;

static void put_path(char *to, const char *path)
{
	assert_true(ka_span_copy(ka_span_of(path), to, KA_TEXT_PATH_MAX));
}

/* a chmod, a chown and an edit, with a path that needs care */
static int plain(void **state)
{
	(void)state;
	memset(&note, 0, sizeof(note));
	memcpy(note.id, "abcdefgh", 9);
	memcpy(note.user, "al ice", 7);
	note.at_sec = 1700000000;
	note.count = 4;
	note.op[0] = (struct ka_fixnote_op){ .kind = KA_FIXOP_CHOWN, .is_key_file = true, .dev = 1, .ino = UINT64_MAX, .old_mode = 0600, .new_mode = 0600,
					     .old_uid = 0, .new_uid = 1001, .new_gid = 1001 };
	note.op[1] = (struct ka_fixnote_op){ .kind = KA_FIXOP_CHMOD, .as_user = true, .old_mode = 0666, .new_mode = 0644 };
	note.op[2] = (struct ka_fixnote_op){ .kind = KA_FIXOP_EDIT, .as_user = true, .is_key_file = true, .has_sum = true, .was_ino = 77, .sum = { 1, 2, 255 },
					     .old = { (const uint8_t *)"old\nend\n", 8 } };
	note.op[3] = (struct ka_fixnote_op){ .kind = KA_FIXOP_RENAME, .as_user = true };
	for (int i = 0; i < 4; i++)
		put_path(note.op[i].path, i == 1 ? "/home/al ice/a\nop chmod\xff%'\"" : "/home/al ice/x");
	put_path(note.op[3].target, "/home/al ice/y");
	ka_buf_init_array(&b, text);
	assert_true(ka_fixnote_write(&note, &b));
	return 0;
}

static void write__and_read__the_same(void **state)
{
	(void)state;
	assert_int_equal(ka_fixnote_read(ka_buf_as_span(&b), &back), KA_ERR_OK);
	assert_int_equal(back.count, 4);
	assert_string_equal(back.user, "al ice");
	assert_int_equal(back.at_sec, 1700000000);
	assert_true(back.op[0].ino == UINT64_MAX);
	assert_int_equal(back.op[2].was_ino, 77);
	for (int i = 0; i < 4; i++) {
		assert_string_equal(back.op[i].path, note.op[i].path);
		assert_string_equal(back.op[i].target, note.op[i].target);
		assert_int_equal(back.op[i].kind, note.op[i].kind);
		assert_int_equal(back.op[i].old_mode, note.op[i].old_mode);
		assert_int_equal(back.op[i].new_uid, note.op[i].new_uid);
		assert_memory_equal(back.op[i].sum, note.op[i].sum, 32);
		assert_true(ka_span_equal(back.op[i].old, note.op[i].old));
	}
}

static void read__one_byte_changed_or_lost__is_no_note(void **state)
{
	(void)state;
	for (size_t i = 0; i < b.len; i++) {
		text[i] = (char)(text[i] ^ 1);
		if (ka_fixnote_read(ka_buf_as_span(&b), &back) != KA_ERR_SYNTAX)
			fail_msg("byte %zu", i);
		text[i] = (char)(text[i] ^ 1);
		if (ka_fixnote_read((struct ka_span){ (const uint8_t *)text, i }, &back) != KA_ERR_SYNTAX)
			fail_msg("cut at %zu", i);
	}
	ka_buf_char(&b, '\n');
	assert_int_equal(ka_fixnote_read(ka_buf_as_span(&b), &back), KA_ERR_SYNTAX);
}

/* a note with a right sum that was never ours: whoever wrote it is root, and still gets nothing out of range */
static enum ka_err forged(const char *body)
{
	uint8_t sum[32];
	char hex[65];
	int n = snprintf(text, sizeof(text), "%s", body);

	crypto_hash_sha256(sum, (const uint8_t *)text, (unsigned long long)n);
	ka_text_hex(sum, 32, hex, sizeof(hex));
	n += snprintf(text + n, sizeof(text) - (size_t)n, "sum %s\n", hex);
	return ka_fixnote_read((struct ka_span){ (const uint8_t *)text, (size_t)n }, &back);
}

#define HEAD "keyaudit-undo 1\nid abcdefgh\nuser alice\nat 5\n"
#define WAS "0 "
#define OP(kind, user, path, target, modes, ids, sum, len) HEAD "op " kind " " user " 0 " path " " target " 1 2 " WAS modes " " ids " " sum " " len "\nend\n"

static void read__forged__table(void **state)
{
	static const struct { const char *body; enum ka_err err; } rows[] = {
		{ OP("chmod", "1", "/a", "-", "0644 0600", "1 1 1 1", "-", "0"), KA_ERR_OK },
		{ HEAD "end\n", KA_ERR_OK },
		{ HEAD "op chmod 1 0 /a - 1 2 3 0644 0600 1 1 1 1 - 0\nend\n", KA_ERR_SYNTAX }, /* nothing was replaced */
		{ HEAD "op chmod 1 0 /a - 1 2 0644 0600 1 1 1 1 - 0\nend\n", KA_ERR_SYNTAX },
		{ OP("chmod", "1", "/a", "-", "4755 0600", "1 1 1 1", "-", "0"), KA_ERR_SYNTAX }, /* set-user-ID */
		{ OP("chmod", "1", "/a", "-", "644 0600", "1 1 1 1", "-", "0"), KA_ERR_SYNTAX },
		{ OP("chmod", "1", "/a", "-", "0648 0600", "1 1 1 1", "-", "0"), KA_ERR_SYNTAX },
		{ OP("chmod", "1", "a", "-", "0644 0600", "1 1 1 1", "-", "0"), KA_ERR_SYNTAX },
		{ OP("chmod", "1", "/a", "/b", "0644 0600", "1 1 1 1", "-", "0"), KA_ERR_SYNTAX },
		{ OP("chmod", "2", "/a", "-", "0644 0600", "1 1 1 1", "-", "0"), KA_ERR_SYNTAX },
		{ OP("chown", "1", "/a", "-", "0644 0644", "1 1 1 1", "-", "0"), KA_ERR_SYNTAX }, /* no user can */
		{ OP("chown", "0", "/a", "-", "0644 0644", "1 4294967295 1 1", "-", "0"), KA_ERR_SYNTAX },
		{ OP("rename", "1", "/a", "-", "0644 0644", "1 1 1 1", "-", "0"), KA_ERR_SYNTAX },
		{ OP("rename", "0", "/a", "/b", "0644 0644", "1 1 1 1", "-", "0"), KA_ERR_SYNTAX },
		{ OP("edit", "1", "/a", "-", "0644 0644", "1 1 1 1", "-", "0"), KA_ERR_SYNTAX },
		{ OP("chmod", "1", "/a", "-", "0644 0600", "1 1 1 1", "-", "3"), KA_ERR_SYNTAX },
		{ OP("unlink", "1", "/a", "-", "0644 0600", "1 1 1 1", "-", "0"), KA_ERR_SYNTAX },
		{ OP("chmod", "1", "/a%00b", "-", "0644 0600", "1 1 1 1", "-", "0"), KA_ERR_SYNTAX },
		{ OP("chmod", "1", "/a", "-", "0644 0600", "1 1 1 1", "-", "0") "x", KA_ERR_SYNTAX },
		{ "keyaudit-undo 2\nid abcdefgh\nuser alice\nat 5\nend\n", KA_ERR_SYNTAX },
		{ "keyaudit-undo 1\nid ../../et\nuser alice\nat 5\nend\n", KA_ERR_SYNTAX },
		{ HEAD, KA_ERR_SYNTAX },
		{ "", KA_ERR_SYNTAX },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		if (forged(rows[i].body) != rows[i].err)
			fail_msg("row %zu", i);
}

static void id__eight_of_base32__table(void **state)
{
	static const char *const bad[] = { "", "abcdefg", "abcdefghi", "ABCDEFGH", "abcdefg1", "../../et", "abcdefg/", "abcdefg " };

	(void)state;
	assert_true(ka_fixnote_is_id("abcd2567"));
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++)
		assert_false(ka_fixnote_is_id(bad[i]));
}

static void write__too_long__is_said(void **state)
{
	char small[64];

	(void)state;
	ka_buf_init_array(&b, small);
	assert_false(ka_fixnote_write(&note, &b));
}

#define T(name) cmocka_unit_test_setup(name, plain)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(write__and_read__the_same), T(read__one_byte_changed_or_lost__is_no_note), T(read__forged__table), T(id__eight_of_base32__table),
		T(write__too_long__is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
