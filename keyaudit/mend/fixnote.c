/* Undo notes as text. Whatever is not exactly as we write it is no note. */
#include "keyaudit/mend/fixnote.h"

#include <sodium.h>
#include <string.h>

#include "base/text.h"

#include "base/poison.h"

#define SUM_HEAD "sum "
#define SUM_LINE (sizeof(SUM_HEAD) - 1 + 64 + 1)

static const char *const kinds[] = { [KA_FIXOP_CHMOD] = "chmod", [KA_FIXOP_CHOWN] = "chown", [KA_FIXOP_RENAME] = "rename", [KA_FIXOP_EDIT] = "edit" };

bool ka_fixnote_is_id(const char *text)
{
	size_t n = 0;

	for (; text[n] != '\0'; n++)
		if (n == KA_FIXNOTE_ID_MAX || (!ka_text_is_lower((uint8_t)text[n]) && !(text[n] >= '2' && text[n] <= '7')))
			return false;
	return n == KA_FIXNOTE_ID_MAX - 1;
}

static void put_word(struct ka_buf *b, const char *text)
{
	ka_buf_char(b, ' ');
	ka_text_percent(b, ka_span_of(text));
}

static void put_number(struct ka_buf *b, uint64_t n)
{
	ka_buf_char(b, ' ');
	ka_buf_u64(b, n);
}

static void put_sum(struct ka_buf *b, const uint8_t sum[static 32])
{
	char hex[65];

	ka_text_hex(sum, 32, hex, sizeof(hex));
	ka_buf_text(b, hex);
}

static void put_op(struct ka_buf *b, const struct ka_fixnote_op *op)
{
	ka_buf_text(b, "op ");
	ka_buf_text(b, kinds[op->kind]);
	put_number(b, op->as_user);
	put_number(b, op->is_key_file);
	put_word(b, op->path);
	put_word(b, op->target);
	put_number(b, op->dev);
	put_number(b, op->ino);
	put_number(b, op->was_ino);
	ka_buf_char(b, ' ');
	ka_buf_octal(b, op->old_mode, 4);
	ka_buf_char(b, ' ');
	ka_buf_octal(b, op->new_mode, 4);
	put_number(b, op->old_uid);
	put_number(b, op->old_gid);
	put_number(b, op->new_uid);
	put_number(b, op->new_gid);
	ka_buf_char(b, ' ');
	if (op->has_sum)
		put_sum(b, op->sum);
	else
		ka_buf_char(b, '-');
	put_number(b, op->old.len);
	ka_buf_char(b, '\n');
}

bool ka_fixnote_write(const struct ka_fixnote *note, struct ka_buf *out)
{
	size_t from = out->len;
	uint8_t sum[32];

	ka_buf_text(out, "keyaudit-undo 1\nid");
	put_word(out, note->id);
	ka_buf_text(out, "\nuser");
	put_word(out, note->user);
	ka_buf_text(out, "\nat ");
	ka_buf_i64(out, note->at_sec);
	ka_buf_char(out, '\n');
	for (size_t i = 0; i < note->count; i++)
		put_op(out, &note->op[i]);
	ka_buf_text(out, "end\n");
	for (size_t i = 0; i < note->count; i++)
		ka_buf_span(out, note->op[i].old);
	if (out->overflow)
		return false;
	crypto_hash_sha256(sum, (const uint8_t *)out->p + from, out->len - from);
	ka_buf_text(out, SUM_HEAD);
	put_sum(out, sum);
	ka_buf_char(out, '\n');
	return !out->overflow;
}

/* ---- reading ---- */

static bool is_sum_right(struct ka_span text)
{
	uint8_t sum[32];
	char want[SUM_LINE + 1];
	struct ka_buf b;

	if (text.len < SUM_LINE)
		return false;
	crypto_hash_sha256(sum, text.p, text.len - SUM_LINE);
	ka_buf_init_array(&b, want);
	ka_buf_text(&b, SUM_HEAD);
	put_sum(&b, sum);
	ka_buf_char(&b, '\n');
	return ka_span_equal(ka_span_sub(text, text.len - SUM_LINE, SUM_LINE), ka_buf_as_span(&b));
}

static bool take_number(struct ka_span *rest, uint64_t max, uint64_t *out)
{
	struct ka_span word;

	return ka_text_word(rest, &word) && ka_text_to_u64(word, max, out);
}

static bool take_id(struct ka_span *rest, uint32_t *out)
{
	uint64_t n;

	if (!take_number(rest, UINT32_MAX - 1, &n))
		return false;
	*out = (uint32_t)n;
	return true;
}

static bool take_flag(struct ka_span *rest, bool *out)
{
	uint64_t n;

	if (!take_number(rest, 1, &n))
		return false;
	*out = n == 1;
	return true;
}

/* permission bits without set-user-ID and its kind: we never change what has them */
static bool take_mode(struct ka_span *rest, unsigned *out)
{
	struct ka_span word;

	*out = 0;
	if (!ka_text_word(rest, &word) || word.len != 4)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		if (word.p[i] < '0' || word.p[i] > '7')
			return false;
		*out = *out << 3 | (unsigned)(word.p[i] - '0');
	}
	return *out <= 0777;
}

static bool take_text(struct ka_span *rest, char *out, size_t size)
{
	struct ka_span word;
	size_t len;

	return ka_text_word(rest, &word) && ka_text_unpercent(word, out, size, &len);
}

static bool take_kind(struct ka_span *rest, enum ka_fixop_kind *out)
{
	struct ka_span word;

	if (!ka_text_word(rest, &word))
		return false;
	for (unsigned i = 0; i < KA_FIXOP_KINDS; i++) {
		*out = (enum ka_fixop_kind)i;
		if (ka_span_is(word, kinds[i]))
			return true;
	}
	return false;
}

static int nibble(uint8_t c)
{
	return ka_text_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool take_sum(struct ka_span *rest, struct ka_fixnote_op *op)
{
	struct ka_span word;

	if (!ka_text_word(rest, &word))
		return false;
	op->has_sum = !ka_span_is(word, "-");
	if (!op->has_sum)
		return true;
	for (size_t i = 0; i < word.len && word.len == 64; i++)
		if (nibble(word.p[i]) < 0)
			return false;
	for (size_t i = 0; i < 32 && word.len == 64; i++)
		op->sum[i] = (uint8_t)(nibble(word.p[2 * i]) << 4 | nibble(word.p[2 * i + 1]));
	return word.len == 64;
}

static bool read_op(struct ka_span rest, struct ka_fixnote_op *op)
{
	uint64_t len;

	if (!take_kind(&rest, &op->kind) || !take_flag(&rest, &op->as_user) || !take_flag(&rest, &op->is_key_file) ||
	    !take_text(&rest, op->path, sizeof(op->path)) || !take_text(&rest, op->target, sizeof(op->target)) ||
	    !take_number(&rest, UINT64_MAX, &op->dev) || !take_number(&rest, UINT64_MAX, &op->ino) ||
	    !take_number(&rest, UINT64_MAX, &op->was_ino) || !take_mode(&rest, &op->old_mode) || !take_mode(&rest, &op->new_mode) || !take_id(&rest, &op->old_uid) || !take_id(&rest, &op->old_gid) ||
	    !take_id(&rest, &op->new_uid) || !take_id(&rest, &op->new_gid) || !take_sum(&rest, op) ||
	    !take_number(&rest, KA_FIX_FILE_MAX, &len) || ka_text_trim(rest).len > 0)
		return false;
	op->old.len = (size_t)len;
	return op->path[0] == '/' && (op->kind == KA_FIXOP_RENAME) == (op->target[0] == '/') && op->has_sum == (op->kind == KA_FIXOP_EDIT) && (op->kind == KA_FIXOP_EDIT || op->was_ino == 0) &&
	       (op->kind == KA_FIXOP_EDIT || len == 0) && (op->kind == KA_FIXOP_CHMOD || op->as_user == (op->kind != KA_FIXOP_CHOWN));
}

static bool take_line(struct ka_cursor *c, const char *word, struct ka_span *value)
{
	struct ka_span line, name;

	if (!ka_cursor_line(c, &line, NULL) || !ka_text_word(&line, &name) || !ka_span_is(name, word))
		return false;
	*value = ka_text_trim(line);
	return true;
}

static bool read_head(struct ka_cursor *c, struct ka_fixnote *out)
{
	struct ka_span value;
	uint64_t at = 0;
	size_t len;

	if (!take_line(c, "keyaudit-undo", &value) || !ka_span_is(value, "1") || !take_line(c, "id", &value) ||
	    !ka_span_copy(value, out->id, sizeof(out->id)) || !ka_fixnote_is_id(out->id) || !take_line(c, "user", &value) ||
	    !ka_text_unpercent(value, out->user, sizeof(out->user), &len) || !take_line(c, "at", &value) ||
	    !ka_text_to_u64(value, INT64_MAX, &at))
		return false;
	out->at_sec = (int64_t)at;
	return true;
}

/* every old content, one behind the other, and nothing else */
static bool read_contents(struct ka_cursor *c, struct ka_fixnote *out)
{
	for (size_t i = 0; i < out->count; i++)
		if (!ka_cursor_take(c, out->op[i].old.len, &out->op[i].old))
			return false;
	return ka_cursor_left(c) == 0;
}

enum ka_err ka_fixnote_read(struct ka_span text, struct ka_fixnote *out)
{
	struct ka_cursor c;
	struct ka_span line, word;

	memset(out, 0, sizeof(*out));
	if (!is_sum_right(text))
		return KA_ERR_SYNTAX;
	ka_cursor_init(&c, text.p, text.len - SUM_LINE);
	if (!read_head(&c, out))
		return KA_ERR_SYNTAX;
	while (ka_cursor_line(&c, &line, NULL)) {
		if (ka_span_is(line, "end"))
			return read_contents(&c, out) ? KA_ERR_OK : KA_ERR_SYNTAX;
		if (out->count == KA_FIXNOTE_OPS_MAX || !ka_text_word(&line, &word) || !ka_span_is(word, "op") ||
		    !read_op(line, &out->op[out->count++]))
			return KA_ERR_SYNTAX;
	}
	return KA_ERR_SYNTAX;
}
