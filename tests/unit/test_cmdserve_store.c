/* authkeys-cmd/cmdserve: what a store says and how it ends in the record: labels, and what was noticed on the way. */
#include "authkeys-cmd/cmdserve.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/serveplace.h"

#include "base/poison.h"

/* what each source has, by the name of its path */
static struct answer {
	const char *path, *bytes;
} answers[KA_SOURCES_MAX];

/* these stand before those in the archive */
enum ka_err ka_sourcefile_read(const struct ka_conf_source *source, const struct ka_source_query *query,
			       ka_sourcefile_take *take, void *ctx, struct ka_sourcefile_out *out)
{
	(void)query;
	for (size_t i = 0; i < KA_ARRAY_LEN(answers); i++)
		if (answers[i].path != NULL && strcmp(answers[i].path, source->path) == 0) {
			*out = (struct ka_sourcefile_out){ .answer = KA_SOURCE_FOUND };
			take(ctx, answers[i].path, ka_span_of(answers[i].bytes));
		}
	return KA_ERR_OK;
}

/* what every store answers that has a path, and what was noticed on the way: of a mirror, of the entry before */
static enum ka_source_answer store_says;
static enum ka_reason store_why, noticed;

/* the entry of a store is what stands at the path of its source */
void ka_sourcehttp_read(const struct ka_conf_source *source, const struct ka_source_query *query, const struct ka_sourcehttp_env *env,
			void (*take)(void *ctx, struct ka_span bytes), void *ctx, struct ka_sourcehttp *h)
{
	(void)query;
	(void)env;
	memset(h->cached, 0, 4096); /* where the last one's lines stood */
	for (size_t i = 0; i < KA_ARRAY_LEN(answers); i++)
		if (answers[i].path != NULL && strcmp(answers[i].path, source->path) == 0) {
			size_t len = strlen(answers[i].bytes);

			h->answer = store_says;
			h->reason = store_why;
			h->notice = noticed;
			h->evidence = ka_source_evidence_none();
			memcpy(h->cached, answers[i].bytes, len);
			if (store_says == KA_SOURCE_FOUND || store_says == KA_SOURCE_STALE)
				take(ctx, (struct ka_span){ (const uint8_t *)h->cached, len });
		}
}

void ka_sourcerevoked_open(const struct ka_conf *c, const struct ka_sourcehttp_env *env, struct ka_sourcehttp *scratch, struct ka_sourcerevoked *r)
{
	(void)c;
	(void)env;
	(void)scratch;
	(void)r;
}

enum ka_reason ka_sourcerevoked_may_serve(const struct ka_sourcerevoked *r, const struct ka_conf_source *s, int64_t now)
{
	(void)r;
	(void)s;
	(void)now;
	return KA_REASON_NONE;
}

enum ka_reason ka_sourcerevoked_notice(const struct ka_sourcerevoked *r, const struct ka_conf_source *s)
{
	(void)r;
	(void)s;
	return KA_REASON_NONE;
}

/* what a list of revoked keys says of any key */
static enum ka_reason revoked;

enum ka_reason ka_sourcerevoked_judge(const struct ka_sourcerevoked *r, const char *fp)
{
	(void)r;
	(void)fp;
	return revoked;
}

static struct ka_cmdstore store;

static void add(const char *name, const char *path, const char *bytes)
{
	answers[serveplace_source(name, path)] = (struct answer){ path, bytes };
}

static int setup(void **state)
{
	(void)state;
	serveplace_clear();
	memset(answers, 0, sizeof(answers));
	memset(&store, 0, sizeof(store));
	revoked = store_why = noticed = KA_REASON_NONE;
	store_says = KA_SOURCE_FOUND;
	return 0;
}

/* the source that was added last is a store; @label: the path to what it calls a key, "" for none */
static void as_store(enum ka_conf_format format, const char *label)
{
	struct ka_conf_source *source = &conf.sources[conf.sources_count - 1];

	source->kind = KA_CONF_KIND_HTTP;
	source->format = format;
	source->label = label;
	source->url = source->headers = source->body = "";
	serve.store = &store;
	serve.attempt = &attempt;
	attempt.fd = -1;
}

/* a line of this key with something before and behind it */
static const char *line_with(const struct ka_keysample *s, const char *front, const char *comment)
{
	static char text[4][4096];
	static unsigned turn;
	char *t = text[turn++ % KA_ARRAY_LEN(text)];
	const char *base64 = strchr(s->line, ' ') + 1;

	assert_true(snprintf(t, sizeof(text[0]), "%s%.*s %s\n", front, (int)(base64 - s->line) + (int)strcspn(base64, " \n"), s->line, comment) > 0);
	return t;
}

static void label__json_store__of_the_offered_key(void **state)
{
	char text[8192];

	(void)state;
	assert_true(snprintf(text, sizeof(text), "%s%s%s", line_with(&other, "", "Bob"), line_with(&good, "", "root@example.org Ann%20M"),
			     line_with(&good, "", "later")) > 0);
	add("a", "/a", text);
	as_store(KA_CONF_FORMAT_JSON, "title");
	run(&good);
	assert_true(ka_span_is(record.label, "Ann%20M"));
	assert_int_equal(serve.served, 2);
	assert_null(strstr(printed, "Ann")); /* never to sshd */
	setup(state);
	add("a", "/a", text);
	as_store(KA_CONF_FORMAT_JSON, "title");
	run(NULL); /* of no key in particular */
	assert_int_equal(record.label.len, 0);
}

static void label__refused_key__has_it_too(void **state)
{
	(void)state;
	add("a", "/a", line_with(&weak, "", "old%20laptop"));
	as_store(KA_CONF_FORMAT_JSON, "title");
	run(&weak);
	assert_string_equal(printed, "");
	assert_string_equal(record.reasons, "key.rsa-too-short");
	assert_true(ka_span_is(record.label, "old%20laptop"));
	setup(state);
	add("a", "/a", line_with(&good, "", "stolen"));
	as_store(KA_CONF_FORMAT_JSON, "title");
	revoked = KA_REASON_REVOKED_STORE;
	store.revoked.count = 1;
	run(&good);
	assert_string_equal(printed, "");
	assert_true(ka_span_is(record.label, "stolen"));
}

/* two stores and two names: that of the first line that was served, else of the first one that was not */
static void label__several_lines__the_served_one_wins(void **state)
{
	char text[8192];

	(void)state;
	assert_true(snprintf(text, sizeof(text), "%s%s", line_with(&good, "command=\"x\" ", "first"), line_with(&good, "command=\"y\" ", "second")) > 0);
	add("a", "/a", text);
	as_store(KA_CONF_FORMAT_JSON, "title");
	run(&good);
	assert_int_equal(serve.served, 0);
	assert_true(ka_span_is(record.label, "first"));
	add("b", "/b", line_with(&good, "", "third"));
	as_store(KA_CONF_FORMAT_JSON, "title");
	add("c", "/c", line_with(&good, "", "fourth"));
	as_store(KA_CONF_FORMAT_JSON, "title");
	memset(&record, 0, sizeof(record));
	run(&good);
	assert_int_equal(serve.served, 2);
	assert_true(ka_span_is(record.label, "third")); /* though the lines of the next one stand where its own stood */
}

static void label__file_or_store_without_one__comments_are_not_recorded(void **state)
{
	static const struct { bool is_store; enum ka_conf_format format; const char *label; } rows[] = {
		{ false, KA_CONF_FORMAT_JSON, "title" }, { true, KA_CONF_FORMAT_LINES, "title" }, { true, KA_CONF_FORMAT_SIGNED, "title" },
		{ true, KA_CONF_FORMAT_JSON, "" },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		setup(state);
		add("a", "/a", line_with(&good, "", "ann@example.org"));
		if (rows[i].is_store)
			as_store(rows[i].format, rows[i].label);
		run(&good);
		assert_int_equal(serve.served, 1);
		assert_int_equal(record.label.len, 0);
	}
	/* a file behind a store that has none for the key */
	setup(state);
	add("a", "/a", line_with(&good, "", "ann@example.org -"));
	as_store(KA_CONF_FORMAT_JSON, "title");
	add("b", "/b", line_with(&good, "", "ann@example.org"));
	run(&good);
	assert_int_equal(serve.served, 2);
	assert_int_equal(record.label.len, 0);
}

/* whoever writes into the cache may have written anything */
static void label__hostile__is_a_bounded_word_or_none(void **state)
{
	char text[4096], longest[KA_LABEL_WORD_MAX + 8];
	const char *base64 = strchr(good.line, ' ') + 1;

	for (size_t n = KA_LABEL_MAX; n <= KA_LABEL_MAX + 1; n++) {
		setup(state);
		for (size_t i = 0; i < n; i++)
			memcpy(longest + 3 * i, "%1b", 4);
		add("a", "/a", line_with(&good, "", longest));
		as_store(KA_CONF_FORMAT_JSON, "title");
		run(&good);
		assert_int_equal(serve.served, 1);
		assert_int_equal(record.label.len, n == KA_LABEL_MAX ? 3 * n : 0);
	}
	/* somebody else's key that is called by the text of the offered one */
	setup(state);
	assert_true(snprintf(text, sizeof(text), "%.*s", (int)strcspn(base64, " \n"), base64) > 0);
	add("a", "/a", line_with(&weak, "unknown ", text));
	as_store(KA_CONF_FORMAT_JSON, "title");
	run(&good);
	assert_int_equal(serve.served, 0);
	assert_int_equal(record.label.len, 0);
}

static void ask_store(void **state, enum ka_source_answer says, enum ka_reason why, enum ka_reason notice, const struct ka_keysample *offered)
{
	static char text[4096];

	setup(state);
	assert_true(ka_span_copy(ka_span_of(line_with(&good, "", "Ann")), text, sizeof(text)));
	add("a", "/a", text);
	as_store(KA_CONF_FORMAT_LINES, "");
	store_says = says;
	store_why = why;
	noticed = notice;
	run(offered);
}

/* the store has answered: what another mirror did, or what lay in the cache before, is why no key is refused */
static void notice__a_store_that_answered__beside_the_source_only(void **state)
{
	ask_store(state, KA_SOURCE_FOUND, KA_REASON_STORE_SIGNATURE_BAD, KA_REASON_STORE_SIGNATURE_BAD, &other);
	assert_string_equal(record.reasons, "");
	assert_int_equal(strncmp(record.src, "a:found:store.signature-bad", 27), 0);
	ask_store(state, KA_SOURCE_FOUND, KA_REASON_STORE_CACHE_INVALID, KA_REASON_STORE_CACHE_INVALID, &good);
	assert_int_equal(serve.served, 1);
	assert_string_equal(record.reasons, "");
	ask_store(state, KA_SOURCE_NO_KEYS, KA_REASON_STORE_NO_KEYS, KA_REASON_STORE_TLS, &good);
	assert_string_equal(record.reasons, "");
	assert_int_equal(strncmp(record.src, "a:no-keys:store.no-keys", 23), 0);
	assert_non_null(strstr(record.src, "cause=store.tls"));
}

/* it has not, or with something old: the key may well be listed */
static void notice__a_store_that_did_not_answer__is_a_reason(void **state)
{
	ask_store(state, KA_SOURCE_STALE, KA_REASON_STORE_STALE_SERVED, KA_REASON_STORE_UNREACHABLE, &other);
	assert_string_equal(record.reasons, "store.unreachable,store.stale-served");
	ask_store(state, KA_SOURCE_UNAVAILABLE, KA_REASON_STORE_TIMEOUT, KA_REASON_STORE_CACHE_INVALID, &good);
	assert_string_equal(record.reasons, "store.cache-invalid,store.timeout");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(label__json_store__of_the_offered_key, setup),
		cmocka_unit_test_setup(label__refused_key__has_it_too, setup),
		cmocka_unit_test_setup(label__several_lines__the_served_one_wins, setup),
		cmocka_unit_test_setup(label__file_or_store_without_one__comments_are_not_recorded, setup),
		cmocka_unit_test_setup(label__hostile__is_a_bounded_word_or_none, setup),
		cmocka_unit_test(notice__a_store_that_answered__beside_the_source_only),
		cmocka_unit_test(notice__a_store_that_did_not_answer__is_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
