/* Lines of revoked keys. It must never tell a key from another by less than all of it. */
#include "revoke/revokedkeys.h"

#include "base/text.h"
#include "key/keyb64.h"
#include "key/keyfpr.h"

#include "base/poison.h"

#define FINGERPRINT "SHA256:"
#define TAIL_BYTES 15 /* whole groups of three before the last, which may be shorter */

/* the key, once for all lines */
struct wanted {
	const struct ka_revokedkeys_key *key;
	struct ka_span tail; /* how the base64 of it ends: few lines are decoded */
	char tail_text[32];
};

/* without blanks and a CR at the end; false behind the last line that holds something */
static bool next(struct ka_cursor *c, size_t *number, struct ka_span *line)
{
	do {
		if (!ka_cursor_line(c, line, NULL))
			return false;
		(*number)++;
		if (line->len > 0 && line->p[line->len - 1] == '\r')
			*line = ka_span_sub(*line, 0, line->len - 1);
		*line = ka_text_trim(*line);
	} while (line->len == 0 || line->p[0] == '#');
	return true;
}

static const char *check_key(struct ka_span line, struct ka_revokedkeys_work *w)
{
	ka_keyline_parse(line, w->blob, &w->line);
	if (w->line.reason != KA_REASON_NONE)
		return ka_reason_meaning(w->line.reason);
	return w->line.options_text.len > 0 ? "options stand in front of the key" : NULL;
}

static const char *check_line(struct ka_span line, struct ka_revokedkeys_work *w)
{
	struct ka_span rest = line, word;

	if (ka_text_word(&rest, &word) && ka_span_starts(word, FINGERPRINT))
		return ka_keyfpr_is_valid(word) ? NULL : "that is no fingerprint as ssh-keygen -l shows it";
	return check_key(line, w);
}

bool ka_revokedkeys_read(struct ka_span text, struct ka_revokedkeys_work *w, struct ka_revokedkeys *out)
{
	struct ka_cursor c;
	struct ka_span line;
	size_t number = 0;

	*out = (struct ka_revokedkeys){ .text = text };
	ka_cursor_init(&c, text.p, text.len);
	while (out->wrong == NULL && next(&c, &number, &line)) {
		out->wrong = check_line(line, w);
		out->entries++;
	}
	out->wrong_line = out->wrong != NULL ? number : 0;
	return out->wrong == NULL;
}

static void want(const struct ka_revokedkeys_key *key, struct wanted *out)
{
	size_t last = key->plain.len - (key->plain.len % 3 != 0 ? key->plain.len % 3 : 3);
	size_t from = last >= TAIL_BYTES ? last - TAIL_BYTES : 0;
	struct ka_buf b;

	ka_buf_init_array(&b, out->tail_text);
	ka_keyb64_encode(&b, ka_span_sub(key->plain, from, key->plain.len));
	out->key = key;
	out->tail = ka_buf_as_span(&b);
}

static bool ends_in(struct ka_span s, struct ka_span tail)
{
	return s.len >= tail.len && ka_span_equal(ka_span_sub(s, s.len - tail.len, tail.len), tail);
}

static bool is_that(struct ka_span blob, const struct wanted *wanted)
{
	return ka_span_equal(blob, wanted->key->plain);
}

static bool is_plain_of(struct ka_span blob, const struct wanted *wanted, struct ka_revokedkeys_work *w)
{
	const struct ka_span any = { NULL, 0 };
	struct ka_keyblob *key = &w->line.key;
	struct ka_buf b;

	if (ka_keyblob_parse(blob, any, key) != KA_REASON_NONE)
		return false;
	ka_buf_init(&b, w->plain, sizeof(w->plain));
	ka_keyblob_plain(key, &b);
	return !b.overflow && is_that(ka_buf_as_span(&b), wanted);
}

/* the line has passed check_line() */
static enum ka_revokedkeys_answer ask_line(struct ka_span line, const struct wanted *wanted, struct ka_revokedkeys_work *w)
{
	struct ka_span word, base64;
	bool is_cert = false;
	size_t len = 0;

	if (!ka_text_word(&line, &word))
		return KA_REVOKEDKEYS_UNKNOWN;
	if (ka_span_starts(word, FINGERPRINT))
		return ka_span_is(word, wanted->key->fp) ? KA_REVOKEDKEYS_FINGERPRINT : KA_REVOKEDKEYS_FINE;
	if (ka_keytype_find(word, &is_cert) == NULL || !ka_text_word(&line, &base64))
		return KA_REVOKEDKEYS_UNKNOWN;
	if (!is_cert && !ends_in(base64, wanted->tail))
		return KA_REVOKEDKEYS_FINE;
	if (!ka_keyb64_decode(base64, w->blob, sizeof(w->blob), &len))
		return KA_REVOKEDKEYS_UNKNOWN;
	if (is_cert ? is_plain_of((struct ka_span){ w->blob, len }, wanted, w) : is_that((struct ka_span){ w->blob, len }, wanted))
		return KA_REVOKEDKEYS_KEY;
	return KA_REVOKEDKEYS_FINE;
}

enum ka_revokedkeys_answer ka_revokedkeys_ask(const struct ka_revokedkeys *r, const struct ka_revokedkeys_key *key,
					      struct ka_revokedkeys_work *w)
{
	enum ka_revokedkeys_answer answer = KA_REVOKEDKEYS_FINE;
	struct ka_span line;
	struct wanted wanted;
	struct ka_cursor c;
	size_t number = 0;

	if (r->wrong != NULL || key->plain.len == 0)
		return KA_REVOKEDKEYS_UNKNOWN;
	want(key, &wanted);
	ka_cursor_init(&c, r->text.p, r->text.len);
	while (answer == KA_REVOKEDKEYS_FINE && next(&c, &number, &line))
		answer = ask_line(line, &wanted, w);
	return answer;
}
