/* source/sourceask: who is asked for which type, what counts as not asked, and the lists that are about every source. */
#include "source/sourceask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "source/sourcecommand.h"

#include "base/poison.h"

/* all of these stand before the ones in the archive */
static char asked[64], taken[64];
static enum ka_source_answer says;
static enum ka_reason says_why, list_says, source_says;
static bool needs_key;

static struct ka_span bytes(const char *text)
{
	return ka_span_of(text);
}

enum ka_err ka_sourcefile_read(const struct ka_conf_source *source, const struct ka_source_query *query,
			       ka_sourcefile_take *take, void *ctx, struct ka_sourcefile_out *out)
{
	(void)query;
	assert_true(ka_span_copy(ka_span_of(source->path), asked, sizeof(asked)));
	out->answer = says;
	out->reason = says_why;
	take(ctx, source->path, bytes("F"));
	return KA_ERR_OK;
}

bool ka_sourcecommand_needs_key(const struct ka_conf_source *source)
{
	(void)source;
	return needs_key;
}

enum ka_err ka_sourcecommand_read(const struct ka_conf_source *source, const struct ka_source_query *query,
				  ka_sourcefile_take *take, void *ctx, struct ka_sourcefile_out *out,
				  struct ka_source_evidence *evidence)
{
	(void)query;
	assert_true(ka_span_copy(ka_span_of(source->command), asked, sizeof(asked)));
	out->answer = says;
	evidence->status = 3;
	take(ctx, source->command, bytes("C"));
	return KA_ERR_OK;
}

void ka_sourcehttp_read(const struct ka_conf_source *s, const struct ka_source_query *query, const struct ka_sourcehttp_env *env,
			void (*take)(void *ctx, struct ka_span bytes), void *ctx, struct ka_sourcehttp *h)
{
	(void)query;
	assert_true(ka_span_copy(ka_span_of(s->url), asked, sizeof(asked)));
	assert_false(env->may_remember);
	assert_int_equal(env->now, 1792000000);
	assert_int_equal(env->budget_ms(env->ctx), 2500);
	h->answer = says;
	h->reason = says_why;
	h->evidence = ka_source_evidence_none();
	h->evidence.age_sec = 7;
	if (says == KA_SOURCE_FOUND || says == KA_SOURCE_STALE)
		take(ctx, bytes("H"));
}

void ka_sourcerevoked_open(const struct ka_conf *c, const struct ka_sourcehttp_env *env, struct ka_sourcehttp *h, struct ka_sourcerevoked *out)
{
	(void)env;
	(void)h;
	out->count = c->sources_count;
}

void ka_sourcerevoked_close(struct ka_sourcerevoked *r)
{
	r->count = 0;
}

enum ka_reason ka_sourcerevoked_judge(const struct ka_sourcerevoked *r, const char *fp)
{
	assert_true(r->count > 0 && strcmp(fp, "SHA256:x") == 0);
	return list_says;
}

enum ka_reason ka_sourcerevoked_may_serve(const struct ka_sourcerevoked *r, const struct ka_conf_source *s, int64_t now)
{
	(void)r;
	(void)s;
	(void)now;
	return source_says;
}

static const struct ka_conf_source file = { .name = "f", .kind = KA_CONF_KIND_FILE, .path = "/k", .command = "", .url = "" };
static const struct ka_conf_source program = { .name = "c", .kind = KA_CONF_KIND_COMMAND, .path = "", .command = "/x", .url = "" };
static const struct ka_conf_source store = { .name = "h", .kind = KA_CONF_KIND_HTTP, .path = "", .command = "", .url = "https://h/%u", .headers = "", .body = "" };
static struct ka_conf conf;
static struct ka_sourceask *a;

static void take(void *ctx, const char *path, struct ka_span text)
{
	struct ka_buf b;

	assert_ptr_equal(ctx, &conf);
	ka_buf_init_array(&b, taken);
	ka_buf_text(&b, path);
	ka_buf_char(&b, '=');
	ka_buf_span(&b, text);
}

static const char *offered_fp;

static void ask(const struct ka_conf_source *source, bool may_ask, const char *key)
{
	const struct ka_source_query query = { .user = "alice", .key = key, .fp = offered_fp };

	asked[0] = taken[0] = '\0';
	a->may_ask = may_ask;
	a->now_sec = 1792000000;
	ka_sourceask_open(&conf, a);
	assert_int_equal(ka_sourceask_read(a, source, &query, take, &conf), KA_ERR_OK);
	ka_sourceask_close(a);
}

static void read__each_type__is_asked_in_its_way(void **state)
{
	(void)state;
	says = KA_SOURCE_FOUND;
	ask(&file, false, NULL);
	assert_string_equal(taken, "/k=F");
	assert_int_equal(a->evidence.status, -1);
	ask(&program, true, NULL);
	assert_string_equal(taken, "/x=C");
	assert_int_equal(a->evidence.status, 3);
	ask(&store, true, NULL);
	assert_string_equal(taken, "=H");
	assert_int_equal(a->out.answer, KA_SOURCE_FOUND);
	assert_int_equal(a->out.files, 1);
	assert_int_equal(a->evidence.age_sec, 7);
	assert_false(a->is_unasked);
}

static void read__program_that_may_not_or_cannot_be_asked__is_not_run(void **state)
{
	(void)state;
	says = KA_SOURCE_FOUND;
	ask(&program, false, "AAAA");
	assert_string_equal(asked, "");
	assert_true(a->is_unasked);
	needs_key = true;
	ask(&program, true, NULL);
	assert_string_equal(asked, "");
	assert_true(a->is_unasked);
	ask(&program, true, "AAAA");
	assert_string_equal(asked, "/x");
	assert_false(a->is_unasked);
	needs_key = false;
}

/* without the network: what is at hand is an answer, nothing at hand is none */
static void read__store_without_the_network__only_what_is_at_hand(void **state)
{
	(void)state;
	says = KA_SOURCE_STALE;
	ask(&store, false, NULL);
	assert_string_equal(taken, "=H");
	assert_false(a->is_unasked);
	says = KA_SOURCE_UNAVAILABLE;
	says_why = KA_REASON_STORE_UNREACHABLE;
	ask(&store, false, NULL);
	assert_true(a->is_unasked);
	ask(&store, true, NULL);
	assert_false(a->is_unasked);
	assert_int_equal(a->out.reason, KA_REASON_STORE_UNREACHABLE);
	says_why = KA_REASON_NONE;
}

static void read__store_that_is_told_of_the_key__is_not_asked_without_one(void **state)
{
	static const struct ka_conf_source by_fp = { .name = "h", .kind = KA_CONF_KIND_HTTP, .path = "", .command = "", .url = "https://h/%u/%f", .headers = "", .body = "" };
	static const struct ka_conf_source by_key = { .name = "h", .kind = KA_CONF_KIND_HTTP, .path = "", .command = "", .url = "https://h/%u/%k", .headers = "", .body = "" };

	(void)state;
	says = KA_SOURCE_FOUND;
	ask(&by_fp, true, NULL);
	assert_string_equal(asked, "");
	assert_true(a->is_unasked);
	assert_int_equal(a->out.answer, KA_SOURCE_UNAVAILABLE);
	offered_fp = "SHA256:x";
	ask(&by_key, true, NULL);
	assert_true(a->is_unasked);
	ask(&by_fp, true, NULL);
	assert_string_equal(asked, "https://h/%u/%f");
	assert_false(a->is_unasked);
	ask(&by_key, true, "AAAA");
	assert_string_equal(asked, "https://h/%u/%k");
	assert_false(a->is_unasked);
	offered_fp = NULL;
}

static void read__store_whose_list_is_not_current__is_refused_unasked(void **state)
{
	(void)state;
	says = KA_SOURCE_FOUND;
	source_says = KA_REASON_STORE_REVOKED_STALE;
	ask(&store, true, NULL);
	assert_string_equal(asked, "");
	assert_int_equal(a->out.answer, KA_SOURCE_REFUSED);
	assert_int_equal(a->out.reason, KA_REASON_STORE_REVOKED_STALE);
	source_says = KA_REASON_NONE;
}

static void revoked__lists_of_stores__are_asked_for_every_key(void **state)
{
	(void)state;
	list_says = KA_REASON_REVOKED_STORE;
	conf.sources_count = 0;
	ka_sourceask_open(&conf, a);
	assert_int_equal(ka_sourceask_revoked(a, "SHA256:x"), KA_REASON_NONE);
	ka_sourceask_close(a);
	conf.sources_count = 1;
	ka_sourceask_open(&conf, a);
	assert_int_equal(ka_sourceask_revoked(a, "SHA256:x"), KA_REASON_REVOKED_STORE);
	ka_sourceask_close(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__each_type__is_asked_in_its_way),
		cmocka_unit_test(read__program_that_may_not_or_cannot_be_asked__is_not_run),
		cmocka_unit_test(read__store_without_the_network__only_what_is_at_hand),
		cmocka_unit_test(read__store_that_is_told_of_the_key__is_not_asked_without_one),
		cmocka_unit_test(read__store_whose_list_is_not_current__is_refused_unasked),
		cmocka_unit_test(revoked__lists_of_stores__are_asked_for_every_key),
	};
	int failed;

	a = calloc(1, sizeof(*a));
	if (a == NULL)
		return 1;
	conf.deadline_ms = 2500;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(a);
	return failed;
}
