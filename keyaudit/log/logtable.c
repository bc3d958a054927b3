/*
 * Rows for people. Texts of the trail are escaped when they are written; a foreign file may hold anything, so a
 * value that is not plain is escaped here as well. Nothing else reaches the terminal.
 */
#include "keyaudit/log/logtable.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/cursor.h"
#include "base/err.h"
#include "base/text.h"
#include "keyaudit/log/logquery.h"

#include "base/poison.h"

#define GAP 2           /* blanks between columns */
#define FP_SHOWN 8      /* characters of a fingerprint, without "SHA256:" */
#define CELL_TEXT 256   /* longest cell; a user name is no longer */
#define SHORT_TIME 14   /* 08-23 10:15:42 */

/* head, and how narrow the column may become, for an address as any of IPv4 is; 0: never narrower than its widest cell */
static const struct { const char *head; size_t least; } columns[KA_LOGTABLE_COLUMNS] = {
	[KA_LOGTABLE_TIME] = { "TIME (UTC)", 0 }, [KA_LOGTABLE_USER] = { "USER", 6 }, [KA_LOGTABLE_FROM] = { "FROM", 15 },
	[KA_LOGTABLE_KEY] = { "KEY", 8 }, [KA_LOGTABLE_EVENT] = { "EVENT", 8 }, [KA_LOGTABLE_SOURCE] = { "SOURCE", 6 },
	[KA_LOGTABLE_REASON] = { "REASON", 10 }, [KA_LOGTABLE_REF] = { "REF", 0 },
};

/* what happened, in one word */
static const struct { const char *action, *word; enum ka_out_colour colour; } words[] = {
	{ "ssh-login-accepted", "accepted", KA_OUT_GOOD }, { "ssh-login-denied", "denied", KA_OUT_BAD },
	{ "ssh-key-offered", "offered", KA_OUT_WARN }, { "ssh-key-refused", "refused", KA_OUT_BAD },
	{ "ssh-key-refused-summary", "flood", KA_OUT_BAD }, { "spool-tampered", "tampered", KA_OUT_BAD },
	{ "sshd-unavailable", "no sshd", KA_OUT_BAD }, { "config-unsafe", "unsafe", KA_OUT_WARN },
	{ "trail-genesis", "new file", KA_OUT_PLAIN }, { "trail-rotate", "end of file", KA_OUT_PLAIN },
	{ "trail-recovery", "torn line", KA_OUT_WARN }, { "sink-failing", "sink fails", KA_OUT_WARN }, { "sink-works", "sink works", KA_OUT_GOOD },
	{ "serial-forgotten", "forgotten", KA_OUT_WARN },
	{ "store-degraded", "store away", KA_OUT_WARN }, { "store-rejected", "store bad", KA_OUT_BAD }, { "store-recovered", "store back", KA_OUT_GOOD },
	{ "data-unusable", "data bad", KA_OUT_BAD }, { "data-usable", "data good", KA_OUT_GOOD },
	{ "config-changed", "new config", KA_OUT_PLAIN }, { "trail-seal", "seal", KA_OUT_PLAIN },
	{ "trail-gap", "gap", KA_OUT_WARN }, { "diagnosis-failed", "no diagnosis", KA_OUT_WARN },
};

void ka_logtable_init(struct ka_logtable *t, FILE *to, enum ka_out_when when, size_t wanted)
{
	struct winsize w = { 0 };

	memset(t, 0, sizeof(*t));
	ka_out_init(&t->out, to, when);
	t->columns = wanted;
	if (wanted == 0 && isatty(fileno(to)) == 1 && ioctl(fileno(to), TIOCGWINSZ, &w) == 0)
		t->columns = w.ws_col;
	for (size_t c = 0; c < KA_LOGTABLE_COLUMNS; c++)
		t->width[c] = strlen(columns[c].head);
	t->source = t->width[KA_LOGTABLE_SOURCE];
	t->from = t->width[KA_LOGTABLE_FROM];
	t->width[KA_LOGTABLE_SOURCE] = 0;
}

static void put(struct ka_buf *b, const char *text)
{
	struct ka_span s = ka_span_of(text);

	/* what is plain was escaped by the writer: doing it twice would double its backslashes */
	if (ka_text_is_plain(s) && s.len <= CELL_TEXT)
		ka_buf_span(b, s);
	else
		ka_text_escape(b, s, 0, CELL_TEXT);
}

static void put_time(struct ka_buf *b, const char *at)
{
	struct ka_span s = ka_span_of(at);

	if (s.len < 19) {
		put(b, at);
		return;
	}
	ka_text_escape(b, ka_span_sub(s, 0, 10), 0, CELL_TEXT);
	ka_buf_char(b, ' ');
	ka_text_escape(b, ka_span_sub(s, 11, 8), 0, CELL_TEXT);
	ka_buf_char(b, 'Z');
}

static void put_from(struct ka_buf *b, const json_t *event)
{
	const char *ip = ka_logquery_at(event, "source.ip");
	json_int_t port = json_integer_value(json_object_get(json_object_get(event, "source"), "port"));
	bool is_v6 = strchr(ip, ':') != NULL;

	if (ip[0] == '\0')
		return;
	ka_buf_text(b, is_v6 && port > 0 ? "[" : "");
	put(b, ip);
	ka_buf_text(b, is_v6 && port > 0 ? "]" : "");
	if (port > 0) {
		ka_buf_char(b, ':');
		ka_buf_i64(b, port);
	}
}

/* "ssh-ed25519" -> "ed25519", "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com" -> "sk-ecdsa-256-cert" */
static void put_type(struct ka_buf *b, const char *type)
{
	static const struct { const char *in, *out; } swaps[] = {
		{ "ssh-", "" }, { "ecdsa-sha2-nistp", "ecdsa-" }, { "-v01", "" },
	};
	struct ka_span s = ka_span_of(type);

	s = ka_span_sub(s, 0, ka_span_find(s, '@'));
	while (s.len > 0) {
		size_t taken = 1;

		for (size_t i = 0; i < KA_ARRAY_LEN(swaps) && taken == 1; i++)
			if (ka_span_starts(s, swaps[i].in)) {
				taken = strlen(swaps[i].in);
				ka_buf_text(b, swaps[i].out);
			}
		if (taken == 1)
			ka_buf_put(b, s.p, 1);
		s = ka_span_sub(s, taken, s.len);
	}
}

static void put_key(struct ka_buf *b, const json_t *event)
{
	struct ka_span fp = ka_span_of(ka_logquery_at(event, "keyaudit.key.fingerprint"));
	char type[KA_LOGTABLE_CELL_MAX];
	struct ka_buf t;

	ka_buf_init_array(&t, type);
	put_type(&t, ka_logquery_at(event, "keyaudit.key.type"));
	put(b, type);
	if (ka_span_starts(fp, "SHA256:"))
		fp = ka_span_sub(fp, 7, fp.len);
	ka_buf_text(b, t.len > 0 && fp.len > 0 ? " " : "");
	if (fp.len > 0)
		ka_text_escape(b, ka_span_sub(fp, 0, FP_SHOWN), 0, CELL_TEXT);
}

static size_t word_of(const char *action)
{
	size_t i = 0;

	while (i < KA_ARRAY_LEN(words) && strcmp(words[i].action, action) != 0)
		i++;
	return i;
}

static void put_event(struct ka_buf *b, const json_t *event)
{
	const char *action = ka_logquery_at(event, "event.action");
	size_t i = word_of(action);
	json_int_t count = json_integer_value(json_object_get(json_object_get(event, "keyaudit"), "count"));

	put(b, i < KA_ARRAY_LEN(words) ? words[i].word : action);
	if (count > 1) {
		ka_buf_text(b, " x");
		ka_buf_i64(b, count);
	}
}

static bool is_ordinary(struct ka_span answer)
{
	return ka_span_is(answer, "found") || ka_span_is(answer, "no-keys");
}

static bool has_served(struct ka_span evidence)
{
	struct ka_span word;

	while (ka_text_word(&evidence, &word))
		if (ka_span_starts(word, "served="))
			return true;
	return false;
}

/* which source served the key, else the first that has something to explain */
static void put_source(struct ka_buf *b, const json_t *event)
{
	struct ka_span name, answer, rest, best = { NULL, 0 }, said = { NULL, 0 };
	bool found = false;

	for (size_t i = 0; !found && ka_logquery_source(event, i, &name, &answer, &rest); i++) {
		found = has_served(rest);
		if (found || (best.len == 0 && !is_ordinary(answer))) {
			best = name;
			said = answer;
		}
	}
	ka_text_escape(b, best, 0, CELL_TEXT / 2);
	if (best.len > 0 && !is_ordinary(said)) {
		ka_buf_char(b, ' ');
		ka_text_escape(b, said, 0, CELL_TEXT / 2 - 1);
	}
}

/* is there more than one source, or one that could not simply answer? */
static bool has_sources(const json_t *event)
{
	struct ka_span name, answer, rest;
	size_t i = 0;

	for (; ka_logquery_source(event, i, &name, &answer, &rest); i++)
		if (!is_ordinary(answer))
			return true;
	return i > 1;
}

void ka_logtable_cell(const json_t *event, enum ka_logtable_column c, char out[static KA_LOGTABLE_CELL_MAX])
{
	static const char *const paths[KA_LOGTABLE_COLUMNS] = {
		[KA_LOGTABLE_USER] = "user.name", [KA_LOGTABLE_REASON] = "event.code", [KA_LOGTABLE_REF] = "keyaudit.ref",
	};
	struct ka_buf b;

	ka_buf_init(&b, out, KA_LOGTABLE_CELL_MAX);
	if (c == KA_LOGTABLE_TIME)
		put_time(&b, ka_logquery_at(event, "@timestamp"));
	else if (c == KA_LOGTABLE_FROM)
		put_from(&b, event);
	else if (c == KA_LOGTABLE_KEY)
		put_key(&b, event);
	else if (c == KA_LOGTABLE_EVENT)
		put_event(&b, event);
	else if (c == KA_LOGTABLE_SOURCE)
		put_source(&b, event);
	else
		put(&b, ka_logquery_at(event, paths[c]));
	if (b.len == 0)
		ka_buf_char(&b, '-');
}

/* the client's address alone */
static void put_bare(const json_t *event, char out[static KA_LOGTABLE_CELL_MAX])
{
	struct ka_buf b;

	ka_buf_init(&b, out, KA_LOGTABLE_CELL_MAX);
	put(&b, ka_logquery_at(event, "source.ip"));
	if (b.len == 0)
		ka_buf_char(&b, '-');
}

/* The time of this host's zone, or as in any other cell when it is none. */
static bool put_local(const char *at, char out[static KA_LOGTABLE_CELL_MAX])
{
	static const struct { size_t at, len; } parts[] = { { 0, 4 }, { 5, 2 }, { 8, 2 }, { 11, 2 }, { 14, 2 }, { 17, 2 } };
	uint64_t v[KA_ARRAY_LEN(parts)];
	struct tm tm;
	time_t t;

	for (size_t i = 0; i < KA_ARRAY_LEN(parts); i++)
		if (!ka_text_to_u64(ka_span_sub(ka_span_of(at), parts[i].at, parts[i].len), 9999, &v[i]))
			return false;
	t = (time_t)ka_clock_from_civil((int64_t)v[0], (int)v[1], (int)v[2], (int)v[3], (int)v[4], (int)v[5]);
	return localtime_r(&t, &tm) != NULL && strftime(out, KA_LOGTABLE_CELL_MAX, "%Y-%m-%d %H:%M:%S", &tm) > 0;
}

/* 2026-08-23 10:15:42Z without what is told otherwise; anything else stays */
static void shorten_time(char cell[static KA_LOGTABLE_CELL_MAX])
{
	size_t n = strlen(cell);

	if (n < 19 || n > 20 || cell[4] != '-' || cell[10] != ' ')
		return;
	memmove(cell, cell + 5, SHORT_TIME);
	cell[SHORT_TIME] = '\0';
}

static void cell_of(const struct ka_logtable *t, const json_t *event, enum ka_logtable_column c, char out[static KA_LOGTABLE_CELL_MAX])
{
	if (c == KA_LOGTABLE_FROM && t->has_no_ports)
		put_bare(event, out);
	else if (c != KA_LOGTABLE_TIME || !t->local || !put_local(ka_logquery_at(event, "@timestamp"), out))
		ka_logtable_cell(event, c, out);
	if (c == KA_LOGTABLE_TIME && t->has_no_year)
		shorten_time(out);
}

static size_t width_of(const struct ka_logtable *t, const char *cell)
{
	return ka_out_width(&t->out, KA_OUT_PLAIN, ka_span_of(cell));
}

void ka_logtable_measure(struct ka_logtable *t, const json_t *event)
{
	char cell[KA_LOGTABLE_CELL_MAX];
	size_t n;

	put_bare(event, cell);
	n = width_of(t, cell);
	t->from = n > t->from ? n : t->from;
	for (unsigned c = 0; c < KA_LOGTABLE_COLUMNS; c++) {
		cell_of(t, event, (enum ka_logtable_column)c, cell);
		n = width_of(t, cell);
		if (c == KA_LOGTABLE_SOURCE)
			t->source = n > t->source ? n : t->source;
		if (n > t->width[c] && t->width[c] > 0)
			t->width[c] = n;
	}
	if (t->width[KA_LOGTABLE_SOURCE] == 0 && !t->has_head && has_sources(event))
		t->width[KA_LOGTABLE_SOURCE] = t->source;
}

static size_t row_width(const struct ka_logtable *t)
{
	size_t sum = 0;

	for (size_t c = 0; c < KA_LOGTABLE_COLUMNS; c++)
		sum += t->width[c] > 0 ? t->width[c] + GAP : 0;
	return sum - GAP;
}

/* may it be cut now? The reason is what people look for and is asked last; an address is worth more than a key */
static bool may_give(const struct ka_logtable *t, size_t c, bool from_reason)
{
	return columns[c].least > 0 && t->width[c] > columns[c].least && (c == KA_LOGTABLE_REASON) == from_reason &&
	       (c != KA_LOGTABLE_FROM || t->width[KA_LOGTABLE_KEY] == 0);
}

/* one character of the widest column that may give one */
static bool take_one(struct ka_logtable *t, bool from_reason)
{
	size_t widest = KA_LOGTABLE_COLUMNS;

	for (size_t c = 0; c < KA_LOGTABLE_COLUMNS; c++)
		if (may_give(t, c, from_reason) && (widest == KA_LOGTABLE_COLUMNS || t->width[c] > t->width[widest]))
			widest = c;
	if (widest == KA_LOGTABLE_COLUMNS)
		return false;
	t->width[widest]--;
	return true;
}

/* Before a name or an address is cut: the rows of a screen are of one year, but for one day of it. */
static void drop_year(struct ka_logtable *t)
{
	if (row_width(t) <= t->columns || t->width[KA_LOGTABLE_TIME] <= SHORT_TIME)
		return;
	t->has_no_year = true;
	t->width[KA_LOGTABLE_TIME] = SHORT_TIME;
}

void ka_logtable_fit(struct ka_logtable *t)
{
	struct ka_logtable whole;

	if (t->columns > 0 && row_width(t) > t->columns && !t->has_no_ports) {
		t->has_no_ports = true;
		t->width[KA_LOGTABLE_FROM] = t->from < t->width[KA_LOGTABLE_FROM] ? t->from : t->width[KA_LOGTABLE_FROM];
	}
	whole = *t;
	while (t->columns > 0 && row_width(t) > t->columns) {
		if (take_one(t, false))
			continue;
		if (t->width[KA_LOGTABLE_KEY] > 0) {
			*t = whole; /* without the keys the others may be as wide as they were */
			t->width[KA_LOGTABLE_KEY] = 0;
			drop_year(t);
		} else if (!take_one(t, true)) {
			return;
		}
	}
}

/* as we print them: one byte is one column then */
static bool is_address(struct ka_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ka_text_is_alnum(s.p[i]) && memchr(".:[]%", s.p[i], 5) == NULL)
			return false;
	return true;
}

/* The begin and the end of an address say which one it is: both halves of the room are theirs. */
static void cut_middle(struct ka_buf *b, struct ka_span text, size_t room, const char *mark)
{
	size_t end = room / 2;

	ka_buf_span(b, ka_span_sub(text, 0, room - end));
	ka_buf_text(b, mark);
	ka_buf_span(b, ka_span_sub(text, text.len - end, text.len));
}

/* @text in column @c: cut with a mark, or filled up with blanks unless it stands last */
static void print_cell(const struct ka_logtable *t, const char *text, unsigned c, enum ka_out_colour colour)
{
	char cell[KA_LOGTABLE_CELL_MAX + 4];
	const char *mark = t->out.utf8 ? "\xe2\x80\xa6" : "~";
	struct ka_span whole = ka_span_of(text);
	size_t width = t->width[c], n = ka_out_width(&t->out, colour, whole);
	struct ka_buf b;

	if (width == 0)
		return; /* the terminal has no room for this column */
	ka_buf_init_array(&b, cell);
	if (n > width && c == KA_LOGTABLE_FROM && is_address(whole)) {
		cut_middle(&b, whole, width - 1, mark);
	} else {
		if (n > width)
			whole.len = ka_out_fitting(&t->out, colour, whole, (unsigned)width - 1);
		ka_buf_span(&b, whole);
		ka_buf_text(&b, n > width ? mark : "");
	}
	ka_out_text(&t->out, colour, cell);
	for (size_t i = ka_out_width(&t->out, colour, ka_buf_as_span(&b)); c != KA_LOGTABLE_COLUMNS - 1 && i < width + GAP; i++)
		fputc(' ', t->out.to);
}

void ka_logtable_head(struct ka_logtable *t)
{
	t->has_head = true;
	for (unsigned c = 0; c < KA_LOGTABLE_COLUMNS; c++)
		print_cell(t, c == KA_LOGTABLE_TIME && t->local ? "TIME" : columns[c].head, c, KA_OUT_DIM);
	fputc('\n', t->out.to);
}

void ka_logtable_row(const struct ka_logtable *t, const json_t *event)
{
	size_t word = word_of(ka_logquery_at(event, "event.action"));

	for (unsigned c = 0; c < KA_LOGTABLE_COLUMNS; c++) {
		char cell[KA_LOGTABLE_CELL_MAX];
		enum ka_out_colour colour = KA_OUT_PLAIN;

		if (c == KA_LOGTABLE_EVENT && word < KA_ARRAY_LEN(words))
			colour = words[word].colour;
		cell_of(t, event, (enum ka_logtable_column)c, cell);
		print_cell(t, cell, c, colour);
	}
	fputc('\n', t->out.to);
}
