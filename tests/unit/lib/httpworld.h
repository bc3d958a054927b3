/*
 * A cache, a key store and a serial memory for tests of source/sourcehttp: what they have is in `w`, and who was asked is
 * counted. Included once: its functions stand before the ones in the archive.
 */
#ifndef KA_TESTS_HTTPWORLD_H
#define KA_TESTS_HTTPWORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "source/sourcehttp.h"
#include "store/cachedir.h"
#include "store/question.h"
#include "store/signedindex.h"

enum { NOW = 1792000000 };

/* what cache, network and memory have; all of these functions stand before the ones in the archive */
static struct {
	enum ka_cachedir_answer cached;
	struct ka_entry entry;
	bool has_try;
	struct ka_lasttry last;
	struct ka_sourcefetch fetch;
	bool knows, has_index;
	const char *index; /* its body: "" is a good one, else see ka_sourcesigned_check() below */
	enum ka_signedindex_answer in_index;
	int budget;
} w;
static struct ka_conf_source s;
static struct ka_source_query query;
static struct ka_sourcehttp_env env;
static struct ka_sourcehttp *h;
static unsigned asked, wanted, taken_times, checked, spent;
static char taken[64], asked_with[160];

enum ka_cachedir_answer ka_cachedir_read(const char *cache, const char *source, const char *user, const char *name, const char *url,
					 void *storage, size_t size, struct ka_entry *out)
{
	assert_string_equal(cache, "/var/cache/keyaudit");
	assert_string_equal(source, "corp");
	assert_true(strlen(name) == 64 && strlen(url) == 64 && storage != NULL && size > KA_ENTRY_MAX);
	if (strcmp(user, KA_QUESTION_INDEX) == 0) {
		*out = (struct ka_entry){ .is_found = true, .body = ka_span_of(w.index != NULL ? w.index : "") };
		return w.has_index ? KA_CACHEDIR_FOUND : KA_CACHEDIR_ABSENT;
	}
	assert_string_equal(user, "alice");
	*out = w.entry;
	return w.cached;
}

bool ka_cachedir_lasttry(const char *cache, const char *source, const char *name, struct ka_lasttry *out)
{
	(void)cache;
	(void)source;
	(void)name;
	*out = w.last;
	return w.has_try;
}

void ka_sourcefetch_run(const struct ka_sourcefetch_who *who, int deadline_ms, void *storage, struct ka_sourcefetch *out)
{
	struct ka_buf b;

	assert_ptr_equal(storage, h->fetched);
	assert_int_equal(deadline_ms, w.budget);
	ka_buf_init_array(&b, asked_with);
	ka_buf_text(&b, who->source);
	ka_buf_char(&b, ' ');
	ka_buf_text(&b, who->user);
	ka_buf_char(&b, ' ');
	ka_buf_text(&b, who->fp);
	ka_buf_char(&b, ' ');
	ka_buf_text(&b, who->key);
	*out = w.fetch;
	asked++;
}

void ka_sourcefetch_want(const char *source, const char *user)
{
	assert_string_equal(source, "corp");
	assert_string_equal(user, "alice");
	wanted++;
}

/* "good": keys behind a header with serial 42; "none": a document without keys; another word is its reason */
enum ka_reason ka_sourcesigned_check(const struct ka_sourcesigned_ask *ask, struct ka_span bytes, struct ka_sourcesigned *out)
{
	enum ka_reason reason;

	assert_int_equal(ask->now, NOW);
	assert_int_equal(ask->may_remember, env.may_remember);
	out->not_kept = false;
	out->doc.head.serial = 42;
	out->doc.lines = ka_span_is(bytes, "none") ? 0 : 1;
	out->doc.body = ka_span_of("verified");
	reason = ka_reason_find((const char *)bytes.p, bytes.len);
	if (ask->kind == KA_SIGNEDDOC_KEYS) {
		assert_string_equal(ask->user, "alice");
		checked++;
	}
	return reason;
}

bool ka_sourcesigned_spend(const struct ka_sourcesigned_ask *ask, struct ka_sourcesigned *out)
{
	assert_ptr_equal(ask->source, &s);
	assert_ptr_equal(out, &h->check);
	assert_int_equal(strlen(ask->what), 64);
	spent++;
	return true;
}

bool ka_sourcesigned_knows(const char *source, const char *what)
{
	assert_string_equal(source, "corp");
	assert_int_equal(strlen(what), 64);
	return w.knows;
}

enum ka_signedindex_answer ka_signedindex_find(const struct ka_signeddoc *doc, const char *user, struct ka_signedindex_entry *out)
{
	(void)doc;
	(void)out;
	assert_string_equal(user, "alice");
	return w.in_index;
}

static int budget(void *ctx)
{
	assert_ptr_equal(ctx, &w);
	return w.budget;
}

static void take(void *ctx, struct ka_span bytes)
{
	assert_ptr_equal(ctx, &taken);
	assert_true(ka_span_copy(bytes, taken, sizeof(taken)));
	taken_times++;
}

/* an entry that was fetched half an hour ago and confirmed 1000 s ago; its times are set by the tests */
static struct ka_entry entry(const char *body)
{
	return (struct ka_entry){ .is_found = true, .status = 200, .mirror = 2, .serial = 7, .fetched = NOW - 1800,
				  .confirmed = NOW - 1000, .body = ka_span_of(body) };
}

enum age { FRESH, SWR, STALE, DEAD };

static void hold(const char *body, enum age age)
{
	w.cached = KA_CACHEDIR_FOUND;
	w.entry = entry(body);
	w.entry.fresh = age == FRESH ? NOW + 1 : NOW;
	w.entry.swr = age == SWR ? NOW + 1 : NOW;
	w.entry.stale = age == DEAD ? NOW : NOW + 1;
}

static void hold_nothing_there(enum age age)
{
	hold("", age);
	w.entry.is_found = false;
	w.entry.status = 404;
}

static void store_says(const char *body)
{
	w.fetch.has_entry = true;
	w.fetch.entry = entry(body);
	w.fetch.entry.confirmed = NOW;
	w.fetch.entry.mirror = 1;
	w.fetch.entry.serial = 8;
}

static void store_says_nothing_there(void)
{
	store_says("");
	w.fetch.entry.is_found = false;
	w.fetch.entry.status = 404;
}

static void store_fails(enum ka_reason reason, unsigned status)
{
	w.fetch.has_entry = false;
	w.fetch.fail = (struct ka_lasttry){ .at = NOW, .until = NOW + 30, .reason = reason, .status = status, .mirror = status > 0 };
}

static int clear(void **state)
{
	(void)state;
	memset(&w, 0, sizeof(w));
	w.cached = KA_CACHEDIR_ABSENT;
	w.budget = 2500;
	store_fails(KA_REASON_STORE_TIMEOUT, 0);
	s = (struct ka_conf_source){ .name = "corp", .kind = KA_CONF_KIND_HTTP, .url = "https://h/%u", .format = KA_CONF_FORMAT_LINES,
				     .body = "", .headers = "", .index_url = "", .line_prefix = "", .items = "", .key = "", .where = "",
				     .expires = "", .label = "", .serial = "", .key_options = "", .host_id = "", .not_found = "",
				     .unix_socket = "", .accept = "", .method = "GET", .max_stale_sec = 86400 };
	query = (struct ka_source_query){ .user = "alice", .fp = "SHA256:x", .key = "AAAA" };
	env = (struct ka_sourcehttp_env){ .now = NOW, .budget_ms = budget, .ctx = &w, .may_ask = true, .may_remember = true };
	return 0;
}

/* "ANSWER REASON BODY", and who was asked */
static const char *read_(void)
{
	static char said[160];
	struct ka_buf b;

	asked = wanted = taken_times = checked = spent = 0;
	taken[0] = '\0';
	ka_sourcehttp_read(&s, &query, &env, take, &taken, h);
	assert_int_equal(taken_times, taken[0] != '\0');
	ka_buf_init_array(&b, said);
	ka_buf_text(&b, ka_answer_text(h->answer));
	ka_buf_char(&b, ' ');
	ka_buf_text(&b, ka_reason_id(h->reason));
	ka_buf_char(&b, ' ');
	ka_buf_text(&b, taken);
	return said;
}

#define SAYS(want, requests)                         \
	do {                                         \
		assert_string_equal(read_(), (want)); \
		assert_int_equal(asked, (requests));  \
	} while (0)

#endif
