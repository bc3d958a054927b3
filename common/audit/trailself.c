/*
 * The trail's records about itself. The order of a genesis's members is fixed, since it is read back by its bytes: a
 * text of a stranger's cannot stand for them, having a backslash before each quote.
 */
#include "audit/trailself.h"

#include <string.h>

#include <sodium.h>

#include "audit/jsonout.h"
#include "base/clock.h"
#include "base/text.h"

#include "base/poison.h"

static const char *const begin_texts[KA_TRAIL_BEGIN_COUNT] = {
	[KA_TRAIL_FIRST] = "first",
	[KA_TRAIL_ROTATED] = "rotated",
	[KA_TRAIL_RENAMED] = "renamed",
	[KA_TRAIL_UNCHAINED] = "unchained",
	[KA_TRAIL_DAMAGED] = "damaged",
};

/* "keyaudit-trail/1" NUL chain le64(seq) */
static void put_id(const struct ka_trailself *s, struct ka_buf *b)
{
	static const char domain[] = "keyaudit-trail/1";
	uint8_t body[sizeof(domain) + KA_TRAILSELF_CHAIN - 1 + 8], sum[16];
	char id[KA_EVENT_ID_MAX];

	memcpy(body, domain, sizeof(domain));
	memcpy(body + sizeof(domain), s->chain, KA_TRAILSELF_CHAIN - 1);
	for (size_t i = 0; i < 8; i++)
		body[sizeof(body) - 8 + i] = (uint8_t)(s->seq >> (8 * i));
	crypto_generichash(sum, sizeof(sum), body, sizeof(body), NULL, 0);
	ka_text_base32(sum, sizeof(sum), id, sizeof(id));
	ka_jsonout_plain(b, "id", id);
}

static void one_word(struct ka_buf *b, const char *key, const char *word)
{
	ka_jsonout_array(b, key);
	ka_jsonout_plain(b, NULL, word);
	ka_jsonout_array_end(b);
}

/* all up to the members of keyaudit.trail behind the chain's id */
static void open_line(const struct ka_trailself *s, const char *action, const char *message, unsigned severity, struct ka_buf *b)
{
	char at[KA_CLOCK_TEXT_MAX];

	ka_clock_text(s->at_us, at);
	ka_jsonout_object(b, NULL);
	ka_jsonout_plain(b, "@timestamp", at);
	ka_jsonout_object(b, "ecs");
	ka_jsonout_plain(b, "version", "9.4.0");
	ka_jsonout_object_end(b);
	ka_jsonout_plain(b, "message", message);
	ka_jsonout_object(b, "event");
	ka_jsonout_plain(b, "kind", "event");
	one_word(b, "category", "host");
	one_word(b, "type", "info");
	ka_jsonout_plain(b, "action", action);
	ka_jsonout_plain(b, "module", "keyaudit");
	ka_jsonout_plain(b, "dataset", "keyaudit.audit");
	ka_jsonout_plain(b, "provider", "keyaudit");
	put_id(s, b);
	ka_jsonout_u64(b, "severity", severity);
	ka_jsonout_object_end(b);
	ka_eventjson_put_host(s->host, b);
	ka_jsonout_object(b, "keyaudit");
	ka_jsonout_u64(b, "schema", 1);
	ka_jsonout_object(b, "trail");
	ka_jsonout_plain(b, "chain", s->chain);
}

static void close_line(struct ka_buf *b)
{
	ka_jsonout_object_end(b); /* trail; the other two are ended by the chain */
	ka_jsonout_object_end(b);
	ka_jsonout_object_end(b);
	ka_buf_char(b, '\n');
}

static void put_fragment(const struct ka_trailfragment *f, struct ka_buf *b)
{
	ka_jsonout_object(b, "fragment");
	ka_jsonout_u64(b, "bytes", f->bytes);
	ka_jsonout_plain(b, "hash", f->hash);
	ka_jsonout_object_end(b);
}

static bool goes_on(const struct ka_trailorigin *o)
{
	return o->begin == KA_TRAIL_ROTATED || o->begin == KA_TRAIL_RENAMED;
}

static void say_genesis(const struct ka_trailself *s, const struct ka_trailorigin *o, struct ka_buf *b)
{
	static const char *const texts[KA_TRAIL_BEGIN_COUNT] = {
		[KA_TRAIL_FIRST] = "trail begins",
		[KA_TRAIL_ROTATED] = "trail goes on in a new file at number ",
		[KA_TRAIL_RENAMED] = "trail goes on in a new file at number ",
		[KA_TRAIL_UNCHAINED] = "trail begins its chain",
		[KA_TRAIL_DAMAGED] = "trail begins a new chain, since no intact line was found",
	};

	ka_buf_text(b, texts[o->begin]);
	if (goes_on(o))
		ka_buf_u64(b, s->seq);
	if (o->file[0] == '\0')
		return;
	ka_buf_text(b, o->begin == KA_TRAIL_DAMAGED ? " at the end of " : ", behind ");
	ka_text_escape(b, ka_span_of(o->file), 0, KA_TRAIL_NAME_MAX);
}

static void put_previous(const struct ka_trailorigin *o, struct ka_buf *b)
{
	if (o->file[0] == '\0')
		return;
	ka_jsonout_object(b, "previous");
	ka_jsonout_text(b, "file", ka_span_of(o->file), KA_TRAIL_NAME_MAX);
	if (goes_on(o)) {
		ka_jsonout_u64(b, "seq", o->seq);
		ka_jsonout_plain(b, "hash", o->hash);
	} else {
		ka_jsonout_i64(b, "bytes", o->bytes);
		ka_jsonout_plain(b, "sha256", o->sha256);
	}
	ka_jsonout_object_end(b);
}

void ka_trailself_genesis(const struct ka_trailself *s, const struct ka_trailorigin *o, struct ka_buf *out)
{
	char said[2 * KA_TRAIL_NAME_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, said);
	say_genesis(s, o, &b);
	open_line(s, "trail-genesis", said, o->begin == KA_TRAIL_DAMAGED ? 6 : 2, out);
	ka_jsonout_i64(out, "base", o->base);
	ka_jsonout_plain(out, "begin", begin_texts[o->begin]);
	put_previous(o, out);
	if (o->fragment.is_there)
		put_fragment(&o->fragment, out);
	close_line(out);
}

void ka_trailself_rotate(const struct ka_trailself *s, const char *file, struct ka_buf *out)
{
	char said[2 * KA_TRAIL_NAME_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, said);
	ka_buf_text(&b, "trail rotated: this file becomes ");
	ka_text_escape(&b, ka_span_of(file), 0, KA_TRAIL_NAME_MAX);
	open_line(s, "trail-rotate", said, 2, out);
	ka_jsonout_text(out, "file", ka_span_of(file), KA_TRAIL_NAME_MAX);
	close_line(out);
}

void ka_trailself_recovery(const struct ka_trailself *s, const struct ka_trailfragment *f, struct ka_buf *out)
{
	char said[128];
	struct ka_buf b;

	ka_buf_init_array(&b, said);
	ka_buf_text(&b, "trail recovered: a line was not written to its end, ");
	ka_buf_u64(&b, f->bytes);
	ka_buf_text(&b, " bytes of it are kept");
	open_line(s, "trail-recovery", said, 4, out);
	put_fragment(f, out);
	close_line(out);
}

static bool take_text(struct ka_span *rest, const char *text)
{
	if (!ka_span_starts(*rest, text))
		return false;
	*rest = ka_span_sub(*rest, strlen(text), rest->len);
	return true;
}

/* up to the next quote */
static struct ka_span take_word(struct ka_span *rest)
{
	size_t n = ka_span_find(*rest, '"');
	struct ka_span word = ka_span_sub(*rest, 0, n);

	*rest = ka_span_sub(*rest, n, rest->len);
	return word;
}

static bool take_number(struct ka_span *rest, int64_t *out)
{
	size_t n = 0;
	uint64_t v;

	while (n < rest->len && ka_text_is_digit(rest->p[n]))
		n++;
	if (!ka_text_to_u64(ka_span_sub(*rest, 0, n), INT64_MAX, &v))
		return false;
	*out = (int64_t)v;
	*rest = ka_span_sub(*rest, n, rest->len);
	return true;
}

static bool take_begin(struct ka_span word, enum ka_trailself_begin *out)
{
	for (unsigned i = 0; i < KA_TRAIL_BEGIN_COUNT; i++)
		if (ka_span_is(word, begin_texts[i])) {
			*out = (enum ka_trailself_begin)i;
			return true;
		}
	return false;
}

/* a name in the trail's folder, as we write it: nothing that JSON or ourselves would have escaped */
static bool is_name(struct ka_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ka_text_is_alnum(s.p[i]) && strchr("-._+:@", s.p[i]) == NULL)
			return false;
	return s.len > 0 && s.p[0] != '.';
}

bool ka_trailself_origin(struct ka_span line, struct ka_trailorigin *out)
{
	static const char action[] = "\"action\":\"trail-genesis\"", head[] = "\"keyaudit\":{\"schema\":1,\"trail\":{\"chain\":\"";
	struct ka_chain_link link;
	const uint8_t *at = memmem(line.p, line.len, head, sizeof(head) - 1);
	struct ka_span rest, name;

	memset(out, 0, sizeof(*out));
	if (at == NULL || memmem(line.p, line.len, action, sizeof(action) - 1) == NULL || !ka_chain_parse(line, &link))
		return false;
	rest = ka_span_sub(line, (size_t)(at - line.p) + sizeof(head) - 1, line.len);
	if (!ka_span_copy(take_word(&rest), out->chain, sizeof(out->chain)) || strlen(out->chain) != KA_TRAILSELF_CHAIN - 1 ||
	    !take_text(&rest, "\",\"base\":") || !take_number(&rest, &out->base) || !take_text(&rest, ",\"begin\":\"") ||
	    !take_begin(take_word(&rest), &out->begin) || !take_text(&rest, "\""))
		return false;
	if (take_text(&rest, ",\"previous\":{\"file\":\"")) {
		name = take_word(&rest);
		if (is_name(name))
			(void)ka_span_copy(name, out->file, sizeof(out->file));
	}
	return true;
}
