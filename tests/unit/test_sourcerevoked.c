/*
 * source/sourcerevoked: a list that came into the cache is in force before the first key is judged, it counts for every
 * source, and what cannot be read is never "not revoked". Whether a list may be believed is sourcesigned's business.
 */
#include "source/sourcerevoked.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/paths.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "store/question.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

enum { NOW = 1792000000, EXPIRES = NOW + 1000 };

#define FP1 "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define FP2 "SHA256:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA"

static unsigned checked;
static uint64_t serial;
static enum ka_reason check_says;
static struct ka_sourcehttp *scratch;
static struct ka_sourcerevoked *r;
static struct ka_conf *conf;
static struct ka_sourcehttp_env env;

enum ka_reason ka_sourcesigned_check(const struct ka_sourcesigned_ask *ask, struct ka_span bytes, struct ka_sourcesigned *out)
{
	assert_int_equal(ask->kind, KA_SIGNEDDOC_REVOKED);
	assert_non_null(ask->memory);
	assert_null(ask->user);
	checked++;
	out->doc = (struct ka_signeddoc){ .kind = KA_SIGNEDDOC_REVOKED, .body = bytes, .head = { .serial = serial, .expires = EXPIRES } };
	crypto_hash_sha512(out->check.sha512, bytes.p, bytes.len);
	return check_says;
}

bool ka_sourcesigned_knows(const char *source, const char *what)
{
	(void)source;
	(void)what;
	return true;
}

static const char *list_path(const char *source)
{
	static char path[256];
	char name[KA_ENTRY_HEX];
	struct ka_buf b;

	ka_entry_name(source, KA_QUESTION_REVOKED, NULL, name);
	ka_buf_init_array(&b, path);
	ka_buf_text(&b, KA_PATH_CACHE "/");
	ka_buf_text(&b, source);
	ka_buf_char(&b, '/');
	ka_buf_text(&b, name);
	return path;
}

static void set_time(const char *path, int64_t sec)
{
	const struct timespec t[2] = { { .tv_sec = sec }, { .tv_sec = sec } };

	assert_int_equal(utimensat(AT_FDCWD, path, t, AT_SYMLINK_NOFOLLOW), 0);
}

/* the fetcher has brought a list; @at: when */
static void bring(size_t i, const char *lines, int64_t at)
{
	static char text[8192];
	const struct ka_conf_source *s = &conf->sources[i];
	struct ka_entry e = { .is_found = true, .status = 200, .mirror = 1, .body = ka_span_of(lines), .user = KA_QUESTION_REVOKED };
	struct ka_buf b;

	assert_true(ka_span_copy(ka_span_of(s->name), e.source, sizeof(e.source)));
	ka_question_hash(s, s->revoked_url, e.url);
	ka_buf_init_array(&b, text);
	ka_entry_write(&e, &b);
	unlink(list_path(s->name));
	trustroot_file(list_path(s->name), 0640, 0, text);
	set_time(list_path(s->name), at);
}

static void set_source(size_t i, const char *name)
{
	struct ka_conf_source *s = &conf->sources[i];

	*s = (struct ka_conf_source){ .kind = KA_CONF_KIND_HTTP, .url = "https://h/%u", .revoked_url = "https://h/revoked",
				      .format = KA_CONF_FORMAT_SIGNED, .index_url = "", .body = "", .headers = "", .line_prefix = "",
				      .items = "", .key = "", .where = "", .expires = "", .label = "", .serial = "", .key_options = "",
				      .host_id = "", .not_found = "", .unix_socket = "", .accept = "", .method = "GET", .max_age_sec = 300 };
	assert_true(ka_span_copy(ka_span_of(name), s->name, sizeof(s->name)));
}

static int make(void **state)
{
	static const char *const files[] = { KA_PATH_SERIALS "/corp.revoked", KA_PATH_SERIALS "/corp.begun", KA_PATH_SERIALS "/b.revoked",
					     KA_PATH_SERIALS "/b.begun" };

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(files[i]);
	mkdir(KA_PATH_SERIALS, 0700);
	chmod(KA_PATH_SERIALS, 0700);
	unlink(list_path("corp"));
	unlink(list_path("b"));
	set_source(0, "corp");
	set_source(1, "b");
	conf->sources_count = 1;
	env = (struct ka_sourcehttp_env){ .now = NOW, .may_ask = true, .may_remember = true };
	checked = 0;
	serial = 7;
	check_says = KA_REASON_NONE;
	return 0;
}

static int make_root(void **state)
{
	(void)state;
	trustroot_dir("/var", 0755, 0);
	trustroot_dir("/var/lib", 0755, 0);
	trustroot_dir("/var/lib/keyaudit", 0755, 0);
	trustroot_dir(KA_PATH_SERIALS, 0700, 0);
	trustroot_dir("/var/cache", 0755, 0);
	trustroot_dir(KA_PATH_CACHE, 0750, 0);
	trustroot_dir(KA_PATH_CACHE "/corp", 0750, 0);
	trustroot_dir(KA_PATH_CACHE "/b", 0750, 0);
	return 0;
}

/* what a key with this fingerprint comes to in a run of its own */
static const char *judge(const char *fp)
{
	enum ka_reason reason;

	ka_sourcerevoked_open(conf, &env, scratch, r);
	reason = ka_sourcerevoked_judge(r, fp);
	ka_sourcerevoked_close(r);
	assert_int_equal(r->count, 0);
	return ka_reason_id(reason);
}

static void list__none_configured__nothing_is_looked_at(void **state)
{
	(void)state;
	conf->sources[0].revoked_url = "";
	bring(0, FP1 "\n", NOW);
	assert_string_equal(judge(FP1), "-");
	conf->sources[0].revoked_url = "https://h/revoked";
	conf->sources[0].kind = KA_CONF_KIND_FILE;
	assert_string_equal(judge(FP1), "-");
	assert_int_equal(checked, 0);
}

static void list__brought__in_force_at_once_and_verified_once(void **state)
{
	(void)state;
	assert_string_equal(judge(FP1), "-");
	bring(0, FP1 "\n", NOW - 10);
	assert_string_equal(judge(FP1), "revoked.store");
	assert_string_equal(judge(FP2), "-");
	assert_string_equal(judge(FP1), "revoked.store");
	assert_int_equal(checked, 1); /* unchanged: not again */
	serial = 8;
	set_time(KA_PATH_SERIALS "/corp.revoked", NOW - 5);
	bring(0, FP2 "\n", NOW);
	assert_string_equal(judge(FP2), "revoked.store");
	assert_string_equal(judge(FP1), "-");
	assert_int_equal(checked, 2);
	set_time(KA_PATH_SERIALS "/corp.revoked", NOW - 5); /* confirmed by the store, and the same list: looked at once */
	bring(0, FP2 "\n", NOW);
	assert_string_equal(judge(FP2), "revoked.store");
	assert_string_equal(judge(FP2), "revoked.store");
	assert_int_equal(checked, 3);
}

/* a clock that runs ahead, and is then set right, must not hide for as long what comes now */
static void list__of_an_hour_before__is_news_all_the_same(void **state)
{
	(void)state;
	bring(0, FP1 "\n", NOW + 3600);
	assert_string_equal(judge(FP1), "revoked.store");
	assert_string_equal(judge(FP1), "revoked.store");
	assert_int_equal(checked, 1);
	serial = 8;
	bring(0, FP1 "\n" FP2 "\n", NOW);
	assert_string_equal(judge(FP2), "revoked.store");
	assert_string_equal(judge(FP2), "revoked.store");
	assert_int_equal(checked, 2);
	unlink(list_path("corp")); /* nothing there is no news */
	assert_string_equal(judge(FP2), "revoked.store");
	assert_int_equal(checked, 2);
}

/* the cache is the fetcher's: it may withhold, and nothing else */
static void list__gone_or_not_believed__the_old_one_stays(void **state)
{
	(void)state;
	bring(0, FP1 "\n", NOW - 10);
	assert_string_equal(judge(FP1), "revoked.store");
	unlink(list_path("corp"));
	assert_string_equal(judge(FP1), "revoked.store");
	check_says = KA_REASON_STORE_SIGNATURE_BAD;
	serial = 9;
	set_time(KA_PATH_SERIALS "/corp.revoked", NOW - 5);
	bring(0, FP2 "\n", NOW);
	assert_string_equal(judge(FP1), "revoked.store");
	assert_string_equal(judge(FP2), "-");
	check_says = KA_REASON_NONE;
	serial = 6; /* an older one */
	assert_string_equal(judge(FP1), "revoked.store");
	assert_string_equal(judge(FP2), "-");
	conf->sources[0].revoked_url = "https://other/revoked"; /* what lies there answers another question */
	serial = 9;
	assert_string_equal(judge(FP1), "revoked.store");
}

static const char *notice(void)
{
	enum ka_reason reason;

	ka_sourcerevoked_open(conf, &env, scratch, r);
	reason = ka_sourcerevoked_notice(r, &conf->sources[0]);
	assert_int_equal(ka_sourcerevoked_notice(r, &conf->sources[1]), KA_REASON_NONE);
	ka_sourcerevoked_close(r);
	return ka_reason_id(reason);
}

/* the fetcher cannot tell which of two lists with one serial counts; so it is said here */
static void list__refused_for_its_serial__is_told(void **state)
{
	(void)state;
	bring(0, FP1 "\n", NOW - 10);
	assert_string_equal(notice(), "-");
	for (size_t i = 0; i < 2; i++) {
		check_says = i == 0 ? KA_REASON_STORE_SERIAL_REUSED : KA_REASON_STORE_SERIAL_LOWER;
		set_time(KA_PATH_SERIALS "/corp.revoked", NOW - 5);
		bring(0, FP2 "\n", NOW);
		assert_string_equal(notice(), ka_reason_id(check_says));
		assert_string_equal(judge(FP1), "revoked.store");
		assert_string_equal(judge(FP2), "-");
	}
	check_says = KA_REASON_STORE_EXPIRED; /* the fetcher's business */
	assert_string_equal(notice(), "-");
}

static void list__tool__puts_none_in_force(void **state)
{
	(void)state;
	env.may_remember = false;
	bring(0, FP1 "\n", NOW - 10);
	assert_string_equal(judge(FP1), "-");
	assert_int_equal(checked, 0);
}

static void list__of_one_source__counts_for_all(void **state)
{
	(void)state;
	conf->sources_count = 2;
	bring(1, FP2 "\n", NOW - 10);
	assert_string_equal(judge(FP2), "revoked.store");
	assert_string_equal(judge(FP1), "-");
	bring(0, FP1 "\n", NOW - 10);
	assert_string_equal(judge(FP1), "revoked.store");
	assert_string_equal(judge(FP2), "revoked.store");
}

static void list__cannot_be_read__nobody_can_tell(void **state)
{
	(void)state;
	trustroot_file(KA_PATH_SERIALS "/corp.revoked", 0600, 0, "ka1 revoked");
	assert_string_equal(judge(FP1), "store.cache-invalid");
	unlink(KA_PATH_SERIALS "/corp.revoked");
	assert_string_equal(judge(FP1), "-");
	chmod(KA_PATH_SERIALS, 0777);
	assert_string_equal(judge(FP1), "store.cache-invalid");
	chmod(KA_PATH_SERIALS, 0700);
	assert_int_equal(rmdir(KA_PATH_SERIALS), 0);
	assert_string_equal(judge(FP1), "store.cache-invalid");
}

static const char *may_serve(int64_t now)
{
	enum ka_reason reason;

	ka_sourcerevoked_open(conf, &env, scratch, r);
	reason = ka_sourcerevoked_may_serve(r, &conf->sources[0], now);
	ka_sourcerevoked_close(r);
	return ka_reason_id(reason);
}

static void source__that_demands_a_current_list__serves_with_one_only(void **state)
{
	(void)state;
	assert_string_equal(may_serve(NOW), "-"); /* it does not demand it */
	conf->sources[0].require_revoked_list = true;
	assert_string_equal(may_serve(NOW), "store.revoked-stale");
	bring(0, FP1 "\n", NOW - 10);
	assert_string_equal(may_serve(NOW), "-");
	assert_string_equal(may_serve(EXPIRES), "store.revoked-stale");
	assert_string_equal(judge(FP1), "revoked.store"); /* expired or not */
	conf->sources_count = 2; /* another source's list is not this one's */
	conf->sources[1].require_revoked_list = true;
	assert_string_equal(may_serve(NOW), "-");
	ka_sourcerevoked_open(conf, &env, scratch, r);
	assert_int_equal(ka_sourcerevoked_may_serve(r, &conf->sources[1], NOW), KA_REASON_STORE_REVOKED_STALE);
	ka_sourcerevoked_close(r);
}

static bool is_due(void)
{
	bool due;

	ka_sourcerevoked_open(conf, &env, scratch, r);
	due = r->refresh_later[0];
	assert_ptr_equal(r->source[0], &conf->sources[0]);
	ka_sourcerevoked_close(r);
	return due;
}

static void refresh__no_longer_fresh__is_due_where_a_login_may_ask(void **state)
{
	(void)state;
	assert_true(is_due()); /* none is there */
	bring(0, FP1 "\n", NOW - 299);
	assert_false(is_due());
	set_time(list_path("corp"), NOW - 300);
	assert_true(is_due());
	set_time(list_path("corp"), NOW + 1); /* from before the clock was set back: nobody knows how old it is */
	assert_true(is_due());
	set_time(list_path("corp"), NOW - 300);
	conf->sources[0].fetch = KA_CONF_FETCH_TIMER;
	assert_false(is_due());
	conf->sources[0].fetch = KA_CONF_FETCH_ON_MISS;
	env.may_ask = false;
	assert_false(is_due());
}

int main(void)
{
#define T(test) cmocka_unit_test_setup(test, make)
	const struct CMUnitTest tests[] = {
		T(list__none_configured__nothing_is_looked_at),
		T(list__brought__in_force_at_once_and_verified_once),
		T(list__of_an_hour_before__is_news_all_the_same),
		T(list__gone_or_not_believed__the_old_one_stays),
		T(list__refused_for_its_serial__is_told),
		T(list__tool__puts_none_in_force),
		T(list__of_one_source__counts_for_all),
		T(list__cannot_be_read__nobody_can_tell),
		T(source__that_demands_a_current_list__serves_with_one_only),
		T(refresh__no_longer_fresh__is_due_where_a_login_may_ask),
	};
	int failed;

	scratch = calloc(1, sizeof(*scratch));
	r = calloc(1, sizeof(*r));
	conf = calloc(1, sizeof(*conf));
	failed = scratch != NULL && r != NULL && conf != NULL ? trustroot_run(tests, make_root) : 1;
	free(scratch);
	free(r);
	free(conf);
	return failed;
}
