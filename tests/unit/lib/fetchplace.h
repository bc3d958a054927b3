/*
 * A cache of the test's own, and one lookup for alice in it, with stores that answer as told (fakehttp.h). To be included by
 * one file of a test.
 */
#ifndef KA_TESTS_FETCHPLACE_H
#define KA_TESTS_FETCHPLACE_H

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/unit/lib/fakehttp.h"

#include "authkeys-cmd/fetch/fetchone.h"
#include "authkeys-cmd/fetch/fetchstore.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "store/cachedir.h"
#include "store/question.h"
#include "tests/unit/lib/fetchsource.h"

#define FETCHPLACE __attribute__((unused)) static

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP4c0dsOHq5vBNwtKeroAvBjRTyCtcz7jgy5OCu3feNl"
#define A "https://a.test/alice"
#define B "https://b.test/alice"
#define URL_A "url = https://a.test/%u"
#define URL_AB URL_A " https://b.test/%u"

static char cache[] = "/tmp/ka-fetchone.XXXXXX";
static const struct ka_conf_source *source;
static char name[KA_ENTRY_HEX], said[KA_ENTRY_MAX + 1];
static char stored[KA_ENTRY_MAX + 1];
static struct ka_entry entry; /* what was said */
static struct ka_lasttry why;
static enum ka_fetchone_when when;
static const char *except = "";

FETCHPLACE void empty_cache(void)
{
	char path[256];
	struct ka_buf b;
	KA_AUTOCLOSEDIR DIR *dir = NULL;
	const struct dirent *e;

	ka_buf_init_array(&b, path);
	ka_buf_text(&b, cache);
	ka_buf_text(&b, "/corp");
	dir = opendir(path);
	while (dir != NULL && (e = readdir(dir)) != NULL)
		unlinkat(dirfd(dir), e->d_name, 0);
}

FETCHPLACE void use(const char *lines)
{
	empty_cache();
	source = fetchsource(lines);
	ka_entry_name("corp", "alice", NULL, name);
	when = KA_FETCHONE_ON_MISS;
	except = "";
}

/* ask for alice; what it came to, and what was said is in @entry when it is one */
FETCHPLACE const char *ask_in(int deadline_ms)
{
	static const char *const texts[] = { [KA_FETCHONE_FOUND] = "found", [KA_FETCHONE_NO_KEYS] = "no-keys", [KA_FETCHONE_SAME] = "same",
					     [KA_FETCHONE_NOT_NEEDED] = "not needed" };
	enum ka_fetchone_answer answer;
	struct ka_fetchhttp http;
	int ends[2];
	size_t len;
	bool is_entry;
	struct stat null, out;

	assert_int_equal(pipe(ends), 0);
	answer = ka_fetchone(&http,
			     &(struct ka_fetchone){ .cache = cache, .source = source, .user = "alice", .fp = "", .key = "", .except = except, .deadline_ms = deadline_ms,
						    .when = when, .out_fd = ends[1] },
			     &why);
	/* who waits for the end has it: the pipe is shut, and its number is no other file of ours */
	assert_true(stat("/dev/null", &null) == 0 && fstat(ends[1], &out) == 0 && null.st_rdev == out.st_rdev);
	assert_int_equal(ka_fd_read_all(ends[0], said, sizeof(said), &len), KA_ERR_OK);
	close(ends[0]);
	close(ends[1]);
	is_entry = ka_entry_parse((struct ka_span){ (uint8_t *)said, len }, &entry);
	if (answer == KA_FETCHONE_FAILED) {
		struct ka_lasttry t;

		assert_true(ka_lasttry_parse((struct ka_span){ (uint8_t *)said, len }, &t));
		assert_true(t.reason == why.reason && t.until == why.until);
		return ka_reason_id(why.reason);
	}
	assert_true(is_entry);
	return texts[answer];
}

FETCHPLACE const char *ask(void)
{
	return ask_in(2000);
}

/* the entry in the cache */
FETCHPLACE const struct ka_entry *kept(void)
{
	static struct ka_entry e;
	char hash[KA_ENTRY_HEX];

	ka_question_hash(source, source->url, hash);
	return ka_cachedir_read(cache, "corp", "alice", name, hash, stored, sizeof(stored), &e) == KA_CACHEDIR_FOUND ? &e : NULL;
}

/* make the kept entry older by @sec */
FETCHPLACE void age(int64_t sec)
{
	static char text[KA_ENTRY_MAX];
	struct ka_fetchstore store;
	struct ka_entry e = *kept();
	struct ka_buf b;

	e.fetched -= sec;
	e.confirmed -= sec;
	e.fresh -= sec;
	e.swr -= sec;
	e.stale -= sec;
	ka_buf_init_array(&b, text);
	ka_entry_write(&e, &b);
	assert_int_equal(ka_fetchstore_open(cache, "corp", &store), KA_ERR_OK);
	assert_int_equal(ka_fetchstore_put(&store, name, ka_buf_as_span(&b)), KA_ERR_OK);
	ka_fetchstore_close(&store);
}

FETCHPLACE bool noted(struct ka_lasttry *t)
{
	return ka_cachedir_lasttry(cache, "corp", name, t);
}

FETCHPLACE int set_up(void **state)
{
	(void)state;
	umask(0027);
	assert_non_null(mkdtemp(cache));
	return chmod(cache, 02750);
}

FETCHPLACE int tear_down(void **state)
{
	char path[256];
	struct ka_buf b;

	(void)state;
	empty_cache();
	ka_buf_init_array(&b, path);
	ka_buf_text(&b, cache);
	ka_buf_text(&b, "/corp");
	rmdir(path);
	return rmdir(cache);
}

#define ANSWERS(...) fake_answers((const struct fakehttp[]){ __VA_ARGS__, { .url = NULL } })

#endif
