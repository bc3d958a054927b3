/* authkeys-fetch/fetchone: what is said, kept and left alone, with stores that answer as told. */
#include "authkeys-cmd/fetch/fetchone.h"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "base/text.h"
#include "tests/unit/lib/fetchplace.h"

#include "base/poison.h"

static void found__is_said_and_kept(void **state)
{
	(void)state;
	use(URL_A);
	ANSWERS({ .url = A, .status = 200, .head = "ETag: \"1\"\nCache-Control: max-age=120\n", .body = KEY "\n" });
	assert_string_equal(ask(), "found");
	assert_true(ka_span_is(entry.body, KEY "\n"));
	assert_true(entry.status == 200 && entry.mirror == 1 && entry.fresh - entry.fetched == 120 && entry.confirmed == entry.fetched);
	assert_non_null(kept());
	assert_string_equal(kept()->etag, "\"1\"");
	assert_true(ka_span_equal(kept()->body, entry.body));
}

static void found__a_moment_ago__is_not_asked_again(void **state)
{
	(void)state;
	use(URL_A);
	ANSWERS({ .url = A, .status = 200, .body = KEY "\n" });
	assert_string_equal(ask(), "found");
	assert_string_equal(ask(), "not needed");
	assert_true(ka_span_is(entry.body, KEY "\n"));
	assert_int_equal(fake_asked, 1);
	/* who misses what is fresh has no use for it */
	age(KA_FETCH_MOMENT_SEC + 1);
	assert_string_equal(ask(), "found");
	age(KA_FETCH_MOMENT_SEC + 1);
	when = KA_FETCHONE_IF_NEEDED;
	assert_string_equal(ask(), "not needed");
	when = KA_FETCHONE_ALWAYS;
	assert_string_equal(ask(), "found");
	assert_int_equal(fake_asked, 3);
	/* fresh still, but no longer when the timer comes again */
	when = KA_FETCHONE_IF_NEEDED;
	age(kept()->fresh - kept()->confirmed - KA_FETCH_AHEAD_SEC);
	assert_string_equal(ask(), "found");
	assert_int_equal(fake_asked, 4);
}

static void same__is_confirmed_and_keeps_its_body(void **state)
{
	int64_t fetched;

	(void)state;
	use(URL_A);
	ANSWERS({ .url = A, .status = 200, .head = "ETag: \"1\"\n", .body = KEY "\n", .times = 1 }, { .url = A, .status = 304 });
	assert_string_equal(ask(), "found");
	assert_string_equal(fake_etag, "");
	age(1000);
	fetched = kept()->fetched;
	assert_string_equal(ask(), "same");
	assert_string_equal(fake_etag, "\"1\"");
	assert_true(ka_span_is(entry.body, KEY "\n"));
	assert_true(entry.fetched == fetched && entry.confirmed > fetched + 900 && entry.status == 200);
	assert_true(kept()->confirmed == entry.confirmed);
	assert_string_equal(kept()->etag, "\"1\"");
}

static void no_keys__empties_the_entry_at_once(void **state)
{
	(void)state;
	use(URL_A);
	ANSWERS({ .url = A, .status = 200, .body = KEY "\n", .times = 1 },
		{ .url = A, .status = 404, .head = "Cache-Control: no-store\nETag: \"x\"\n", .body = "gone" });
	assert_string_equal(ask(), "found");
	age(1000);
	assert_string_equal(ask(), "no-keys");
	assert_false(entry.is_found);
	assert_false(kept()->is_found);
	assert_true(kept()->fresh - kept()->confirmed == KA_FETCH_NEGATIVE_SEC);
	assert_string_equal(kept()->etag, "");
}

static void failure__leaves_the_entry_and_is_noted(void **state)
{
	struct ka_lasttry t;

	(void)state;
	use(URL_A);
	ANSWERS({ .url = A, .status = 200, .body = KEY "\n", .times = 1 }, { .url = A, .status = 200, .body = "<html>", .times = 1 },
		{ .url = A, .status = 200, .body = KEY "\n" });
	assert_string_equal(ask(), "found");
	age(1000);
	assert_string_equal(ask(), "store.bad-answer");
	assert_true(why.status == 200 && why.mirror == 1 && why.until - why.at == 30);
	assert_true(ka_span_is(kept()->body, KEY "\n"));
	assert_true(noted(&t) && t.reason == KA_REASON_STORE_BAD_ANSWER);
	/* nobody asks before the time, but who must */
	assert_string_equal(ask(), "store.bad-answer");
	assert_int_equal(fake_asked, 2);
	when = KA_FETCHONE_ALWAYS;
	assert_string_equal(ask(), "found");
	assert_false(noted(&t));
}

static void denial__does_not_keep_the_next_one_away(void **state)
{
	(void)state;
	use(URL_A);
	ANSWERS({ .url = A, .status = 403 });
	assert_string_equal(ask(), "store.denied");
	assert_string_equal(ask(), "store.denied");
	assert_int_equal(fake_asked, 2);
}

static void no_store__is_served_and_nothing_is_left(void **state)
{
	(void)state;
	use(URL_A);
	ANSWERS({ .url = A, .status = 200, .body = KEY "\n", .times = 1 },
		{ .url = A, .status = 200, .head = "Cache-Control: no-store\n", .body = KEY " new\n" });
	assert_string_equal(ask(), "found");
	age(1000);
	assert_string_equal(ask(), "found");
	assert_true(ka_span_is(entry.body, KEY " new\n"));
	assert_null(kept());
}

static void lock__another_s_request__is_waited_for(void **state)
{
	struct ka_fetchstore store;
	int lock;
	bool waited;

	(void)state;
	use(URL_A);
	ANSWERS({ .url = A, .status = 200, .body = KEY "\n" });
	assert_int_equal(ka_fetchstore_open(cache, "corp", &store), KA_ERR_OK);
	assert_int_equal(ka_fetchstore_lock(&store, name, 0, &lock, &waited), KA_FETCHSTORE_LOCKED);
	assert_string_equal(ask_in(50), "store.timeout");
	assert_int_equal(fake_asked, 0);
	/* what hung is for whoever asked to tell */
	assert_false(noted(&(struct ka_lasttry){ 0 }));
	close(lock);
	ka_fetchstore_close(&store);
	assert_string_equal(ask(), "found");
}

/* @pid has a file of that name open: it is about to lock it */
static bool has_open(pid_t pid, const char *suffix)
{
	char folder[64], link[512], number[KA_TEXT_U64_MAX];
	KA_AUTOCLOSEDIR DIR *dir = NULL;
	const struct dirent *e;
	struct ka_buf b;
	ssize_t n;

	ka_text_u64((uint64_t)pid, number);
	ka_buf_init_array(&b, folder);
	ka_buf_text(&b, "/proc/");
	ka_buf_text(&b, number);
	ka_buf_text(&b, "/fd");
	dir = opendir(folder);
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		n = readlinkat(dirfd(dir), e->d_name, link, sizeof(link));
		if (n > (ssize_t)strlen(suffix) && memcmp(link + n - strlen(suffix), suffix, strlen(suffix)) == 0)
			return true;
	}
	return false;
}

/* another process asks, until this one waits for it; then it has been denied */
_Noreturn static void be_denied(int ready)
{
	const struct ka_lasttry t = { .at = time(NULL), .until = time(NULL), .reason = KA_REASON_STORE_DENIED, .status = 403, .mirror = 1 };
	struct ka_fetchstore store;
	int lock;
	bool waited;

	if (ka_fetchstore_open(cache, "corp", &store) != KA_ERR_OK ||
	    ka_fetchstore_lock(&store, name, 0, &lock, &waited) != KA_FETCHSTORE_LOCKED || write(ready, "", 1) != 1)
		_exit(1);
	for (unsigned i = 0; i < 500 && !has_open(getppid(), ".lock"); i++)
		poll(NULL, 0, 10);
	poll(NULL, 0, 50);
	ka_fetchstore_note(&store, name, &t);
	_exit(0);
}

/* N look-ups at once make one request, also when it comes to nothing that keeps the next one away */
static void lock__another_s_denial__is_this_one_s_too(void **state)
{
	char byte;
	int ready[2];
	pid_t pid;

	(void)state;
	use(URL_A);
	ANSWERS({ .url = A, .status = 403 });
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0)
		be_denied(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_string_equal(ask_in(10000), "store.denied");
	assert_int_equal(fake_asked, 0);
	assert_string_equal(ask(), "store.denied");
	assert_int_equal(fake_asked, 1);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(ready[0]);
	close(ready[1]);
}

/* what whoever asks has refused is neither an answer nor a measure */
static void except__that_body__is_no_answer_and_no_entry(void **state)
{
	char sha256[KA_ENTRY_HEX];
	struct ka_lasttry t;

	(void)state;
	use(URL_AB);
	ANSWERS({ .url = A, .status = 200, .head = "ETag: \"1\"\n", .body = KEY " wrong\n" }, { .url = B, .status = 200, .body = KEY " right\n" });
	assert_string_equal(ask(), "found");
	assert_true(ka_span_is(kept()->body, KEY " wrong\n"));
	ka_entry_sha256(kept()->body, sha256);
	except = sha256;
	assert_string_equal(ask(), "found");
	assert_string_equal(fake_etag, "");
	assert_true(ka_span_is(kept()->body, KEY " right\n"));
	/* another one is in nobody's way */
	assert_string_equal(ask(), "not needed");
	/* and where there is no other one, it is refused and stays away for a while */
	use(URL_A);
	ANSWERS({ .url = A, .status = 200, .body = KEY " wrong\n" });
	except = sha256;
	assert_string_equal(ask(), "store.serial-reused");
	assert_null(kept());
	assert_true(noted(&t) && t.until - t.at == 30);
}

static void cache__that_cannot_be_had__is_done_without(void **state)
{
	(void)state;
	use(URL_A);
	ANSWERS({ .url = A, .status = 200, .body = KEY "\n" });
	assert_int_equal(chmod(cache, 0777), 0);
	assert_string_equal(ask(), "found");
	assert_int_equal(chmod(cache, 02750), 0);
	assert_null(kept());
}

static void cache__a_torn_entry__is_replaced(void **state)
{
	char path[256];
	struct ka_buf b;

	(void)state;
	use(URL_A);
	ANSWERS({ .url = A, .status = 200, .head = "ETag: \"1\"\n", .body = KEY "\n" });
	assert_string_equal(ask(), "found");
	ka_buf_init_array(&b, path);
	ka_buf_text(&b, cache);
	ka_buf_text(&b, "/corp/");
	ka_buf_text(&b, name);
	assert_int_equal(truncate(path, 300), 0);
	assert_null(kept());
	assert_string_equal(ask(), "found");
	assert_string_equal(fake_etag, ""); /* a validator of what nobody holds would get a 304 */
	assert_non_null(kept());
}

/* no file can grow, as on a disk that is full; what the store said then */
static const char *ask_on_a_full_disk(void)
{
	const char *said_then;
	struct rlimit was;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &was);
	setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 16, was.rlim_max });
	said_then = ask();
	setrlimit(RLIMIT_FSIZE, &was);
	return said_then;
}

/* what was taken away must not come back when the store is down, whatever the disk is like */
static void full_disk__what_is_no_longer_true__goes_all_the_same(void **state)
{
	(void)state;
	use(URL_A);
	ANSWERS({ .url = A, .status = 200, .body = KEY "\n", .times = 1 }, { .url = A, .status = 404 });
	assert_string_equal(ask(), "found");
	age(1000);
	assert_string_equal(ask_on_a_full_disk(), "no-keys");
	assert_null(kept());
	use(URL_A);
	ANSWERS({ .url = A, .status = 200, .body = KEY "\n" KEY " more\n", .times = 1 }, { .url = A, .status = 200, .body = KEY "\n" });
	assert_string_equal(ask(), "found");
	age(1000);
	assert_string_equal(ask_on_a_full_disk(), "found");
	assert_null(kept());
}

static void full_disk__what_is_still_true__stays(void **state)
{
	(void)state;
	use(URL_A);
	ANSWERS({ .url = A, .status = 200, .head = "ETag: \"1\"\n", .body = KEY "\n", .times = 2 }, { .url = A, .status = 304, .times = 1 },
		{ .url = A, .status = 500 });
	assert_string_equal(ask(), "found");
	age(1000);
	assert_string_equal(ask_on_a_full_disk(), "found");
	assert_true(ka_span_is(kept()->body, KEY "\n"));
	assert_string_equal(ask_on_a_full_disk(), "same");
	assert_true(ka_span_is(kept()->body, KEY "\n"));
	assert_string_equal(ask_on_a_full_disk(), "store.http-status");
	assert_true(ka_span_is(kept()->body, KEY "\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found__is_said_and_kept),
		cmocka_unit_test(found__a_moment_ago__is_not_asked_again),
		cmocka_unit_test(same__is_confirmed_and_keeps_its_body),
		cmocka_unit_test(no_keys__empties_the_entry_at_once),
		cmocka_unit_test(failure__leaves_the_entry_and_is_noted),
		cmocka_unit_test(denial__does_not_keep_the_next_one_away),
		cmocka_unit_test(no_store__is_served_and_nothing_is_left),
		cmocka_unit_test(lock__another_s_request__is_waited_for),
		cmocka_unit_test(lock__another_s_denial__is_this_one_s_too),
		cmocka_unit_test(except__that_body__is_no_answer_and_no_entry),
		cmocka_unit_test(cache__that_cannot_be_had__is_done_without),
		cmocka_unit_test(cache__a_torn_entry__is_replaced),
		cmocka_unit_test(full_disk__what_is_no_longer_true__goes_all_the_same),
		cmocka_unit_test(full_disk__what_is_still_true__stays),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
