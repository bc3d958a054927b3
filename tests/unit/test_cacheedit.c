/*
 * keyaudit/cacheedit: what goes, what gets old and what stays, in a cache with everything in it that its owner could put
 * there. Who else is at work in it: test_cacheedit_lock.c.
 */
#include "keyaudit/cache/cacheedit.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "keyaudit/cache/cachelist.h"
#include "store/question.h"
#include "tests/unit/lib/editplace.h"
#include "tests/unit/lib/verbplace.h"

#include "base/poison.h"

#define TRY "ka1 fail at=1795370500 reason=store.timeout status=0 mirror=1 until=1795370530\n"

static unsigned syncs;

/* before the one of libc: a slow disk is nobody's fault here */
int fsync(int fd)
{
	assert_true(fd >= 0);
	syncs++;
	return 0;
}

static int setup(void **state)
{
	(void)state;
	verbplace_clear();
	verbplace_shell("mkdir -m 0750 cache cache/corp");
	if (cache >= 0)
		close(cache);
	syncs = 0;
	assert_int_equal(ka_cachelist_open("cache", &cache, &owner), KA_ERR_OK);
	return 0;
}

static int teardown(void **state)
{
	close(cache);
	return verbplace_end(state);
}

static bool has(const char *user, const char *suffix)
{
	return verbplace_has(cacheplace_file("corp", user, suffix));
}

/* borrowed until the next one is read */
static struct ka_entry get(const char *user)
{
	struct ka_entry e = { .serial = 0 };
	size_t len = 0;
	const char *text = verbplace_get(cacheplace_file("corp", user, ""), &len);

	assert_non_null(text);
	assert_true(ka_entry_parse((struct ka_span){ (const uint8_t *)text, len }, &e));
	return e;
}

/* ---- making it old ---- */

static void expire__entry__is_old_and_otherwise_what_it_was(void **state)
{
	struct ka_entry before = cacheplace_entry("corp", "alice", 10, true), after;
	struct ka_cacheedit e;
	struct stat st;

	(void)state;
	before.confirmed = NOW - 5;
	assert_true(ka_span_copy(ka_span_of("\"a-b\""), before.etag, sizeof(before.etag)));
	assert_true(ka_span_copy(ka_span_of("Sun, 22 Nov 2026 10:00:00 GMT"), before.modified, sizeof(before.modified)));
	ka_entry_sha256(ka_span_of("url"), before.url);
	cacheplace_put_as(cacheplace_file("corp", "alice", ""), &before);
	umask(077); /* whoever runs it may have any */
	e = run(ka_cacheedit_expire, "corp", NULL);
	umask(022);
	DID(e, 1, 0, 0);
	assert_int_equal(syncs, 1);
	after = get("alice");
	assert_int_equal(after.fresh, NOW);
	assert_int_equal(after.swr, NOW);
	assert_int_equal(after.stale, before.stale);
	assert_int_equal(after.fetched, before.fetched);
	assert_int_equal(after.confirmed, before.confirmed);
	assert_int_equal(after.serial, 42);
	assert_int_equal(after.status, 200);
	assert_true(after.is_found && ka_span_equal(after.body, before.body));
	assert_string_equal(after.etag, before.etag);
	assert_string_equal(after.modified, before.modified);
	assert_string_equal(after.url, before.url);
	assert_int_equal(stat(cacheplace_file("corp", "alice", ""), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_false(has("alice", ".new"));
}

/* still served while it is refreshed: that would keep the next one off the store */
static void expire__old_but_served_meanwhile__no_more(void **state)
{
	(void)state;
	cacheplace_put("alice", 400, true);
	DID(run(ka_cacheedit_expire, NULL, NULL), 1, 0, 0);
	assert_int_equal(get("alice").fresh, NOW - 100);
	assert_int_equal(get("alice").swr, NOW);
}

static void expire__what_was_old__is_not_written_again(void **state)
{
	struct stat before, after;

	(void)state;
	cacheplace_put("alice", 600, true); /* both ends have just come */
	verbplace_put(cacheplace_file("corp", "alice", ".try"), TRY);
	assert_int_equal(stat(cacheplace_file("corp", "alice", ""), &before), 0);
	DID(run(ka_cacheedit_expire, "corp", NULL), 0, 0, 0);
	assert_int_equal(stat(cacheplace_file("corp", "alice", ""), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_false(has("alice", ".try"));
	cacheplace_put("bob", 10, true);
	DID(run(ka_cacheedit_expire, "corp", NULL), 1, 0, 0);
	DID(run(ka_cacheedit_expire, "corp", NULL), 0, 0, 0);
}

static void expire__no_keys_torn_and_notes__go(void **state)
{
	(void)state;
	cacheplace_put("alice", 10, true);
	cacheplace_put("nokeys", 10, false);
	verbplace_put(cacheplace_file("corp", "torn", ""), "ka1 entry source=corp user=torn");
	verbplace_put(cacheplace_file("corp", "alice", ".try"), TRY);
	verbplace_put(cacheplace_file("corp", "bob", ".try"), TRY);
	verbplace_shell("touch cache/corp/breaker.2");
	DID(run(ka_cacheedit_expire, "corp", NULL), 3, 0, 0);
	assert_true(has("alice", ""));
	assert_false(has("nokeys", "") || has("torn", ""));
	assert_false(has("alice", ".try") || has("bob", ".try") || verbplace_has("cache/corp/breaker.2"));
}

static void expire__one_user__only_hers(void **state)
{
	(void)state;
	cacheplace_put("alice", 10, true);
	cacheplace_put("bob", 10, true);
	verbplace_put(cacheplace_file("corp", "alice", ".try"), TRY);
	verbplace_put(cacheplace_file("corp", "bob", ".try"), TRY);
	verbplace_put(cacheplace_file("corp", "carol", ".try"), TRY);
	verbplace_shell("touch cache/corp/breaker.1");
	DID(run(ka_cacheedit_expire, NULL, "alice"), 1, 0, 0);
	assert_int_equal(get("alice").fresh, NOW);
	assert_int_equal(get("bob").fresh, NOW + 290);
	assert_false(has("alice", ".try"));
	assert_true(has("bob", ".try") && has("carol", ".try") && verbplace_has("cache/corp/breaker.1"));
	/* of carol there is nothing but a failure, which would keep her off the network */
	DID(run(ka_cacheedit_expire, "corp", "carol"), 0, 0, 0);
	assert_false(has("carol", ".try"));
}

static void expire__the_longest_entry__is_whole(void **state)
{
	struct ka_entry e = cacheplace_entry("corp", KA_QUESTION_INDEX, 10, true);
	char *body = test_malloc(KA_STORE_BULK_MAX);

	(void)state;
	memset(body, 'k', KA_STORE_BULK_MAX);
	e.body = (struct ka_span){ (const uint8_t *)body, KA_STORE_BULK_MAX };
	cacheplace_put_as(cacheplace_file("corp", KA_QUESTION_INDEX, ""), &e);
	DID(run(ka_cacheedit_expire, "corp", KA_QUESTION_INDEX), 1, 0, 0);
	e = get(KA_QUESTION_INDEX);
	assert_int_equal(e.fresh, NOW);
	assert_int_equal(e.body.len, KA_STORE_BULK_MAX);
	test_free(body);
}

static void expire__group__is_kept_for_the_command(void **state)
{
	struct stat st;

	(void)state;
	if (geteuid() != 0) {
		print_message("skipped: not root\n");
		skip();
	}
	cacheplace_put("alice", 10, true);
	assert_int_equal(chown(cacheplace_file("corp", "alice", ""), (uid_t)-1, 61100), 0);
	DID(run(ka_cacheedit_expire, "corp", NULL), 1, 0, 0);
	assert_int_equal(stat(cacheplace_file("corp", "alice", ""), &st), 0);
	assert_int_equal(st.st_gid, 61100);
	assert_int_equal(st.st_mode & 07777, 0640);
}

/* left behind by one that was killed, or laid there: never written through */
static void expire__half_written_or_a_link_in_its_place__is_written_anew(void **state)
{
	(void)state;
	verbplace_put("outside", "untouched");
	cacheplace_put("alice", 10, true);
	cacheplace_put("bob", 10, true);
	assert_int_equal(symlink("../../outside", cacheplace_file("corp", "alice", ".new")), 0);
	verbplace_put(cacheplace_file("corp", "bob", ".new"), "half");
	DID(run(ka_cacheedit_expire, "corp", NULL), 2, 0, 0);
	assert_string_equal(verbplace_get("outside", NULL), "untouched");
	assert_int_equal(get("alice").fresh, NOW);
	assert_int_equal(get("bob").fresh, NOW);
	assert_false(has("alice", ".new") || has("bob", ".new"));
}

static void expire__cannot_be_written__is_said_and_stays_as_it_was(void **state)
{
	(void)state;
	cacheplace_put("alice", 10, true);
	cacheplace_put("bob", 10, true);
	assert_int_equal(mkdir(cacheplace_file("corp", "alice", ".new"), 0700), 0);
	DID(run(ka_cacheedit_expire, "corp", NULL), 1, 0, 1);
	assert_int_equal(get("alice").fresh, NOW + 290);
	assert_int_equal(get("bob").fresh, NOW);
}

/* ---- taking it away ---- */

static void clear__one_user__only_hers(void **state)
{
	(void)state;
	cacheplace_put("alice", 10, true);
	cacheplace_put("bob", 10, true);
	verbplace_put(cacheplace_file("corp", "alice", ".try"), TRY);
	verbplace_put(cacheplace_file("corp", "bob", ".try"), TRY);
	verbplace_shell("touch cache/corp/breaker.1");
	DID(run(ka_cacheedit_clear, "corp", "alice"), 1, 0, 0);
	assert_false(has("alice", "") || has("alice", ".try"));
	assert_true(has("bob", "") && has("bob", ".try") && verbplace_has("cache/corp/breaker.1"));
	/* a torn one goes by its name */
	verbplace_put(cacheplace_file("corp", "alice", ""), "torn");
	DID(run(ka_cacheedit_clear, "corp", "alice"), 1, 0, 0);
	assert_false(has("alice", ""));
}

/* a source that asks with the offered key has several entries of a user, under names that only they can tell */
static void clear__user_under_another_name__goes_by_what_is_in_it(void **state)
{
	struct ka_entry e = cacheplace_entry("corp", "alice", 10, true);
	char name[KA_ENTRY_HEX], path[256], torn[256];

	(void)state;
	ka_entry_name("corp", "alice", "SHA256:x", name);
	assert_true(snprintf(path, sizeof(path), "cache/corp/%s", name) > 0);
	cacheplace_put_as(path, &e);
	ka_entry_name("corp", "alice", "SHA256:y", name);
	assert_true(snprintf(torn, sizeof(torn), "cache/corp/%s", name) > 0);
	verbplace_put(torn, "torn: nobody knows whose");
	DID(run(ka_cacheedit_clear, "corp", "alic"), 0, 0, 0);
	DID(run(ka_cacheedit_clear, "corp", "alicex"), 0, 0, 0);
	assert_true(verbplace_has(path));
	DID(run(ka_cacheedit_clear, "corp", "alice"), 1, 0, 0);
	assert_false(verbplace_has(path));
	assert_true(verbplace_has(torn));
}

static void clear__one_source__not_its_neighbours(void **state)
{
	struct ka_entry other = cacheplace_entry("corp.eu", "alice", 1, true);

	(void)state;
	verbplace_shell("mkdir -m 0750 cache/corp.eu && touch cache/corp.eu/breaker.1");
	cacheplace_put_as(cacheplace_file("corp.eu", "alice", ""), &other);
	cacheplace_put("alice", 10, true);
	DID(run(ka_cacheedit_clear, "nowhere", NULL), 0, 0, 0);
	DID(run(ka_cacheedit_clear, "../cache/corp", NULL), 0, 0, 0);
	DID(run(ka_cacheedit_clear, "corp", NULL), 1, 0, 0);
	assert_true(verbplace_has(cacheplace_file("corp.eu", "alice", "")) && verbplace_has("cache/corp.eu/breaker.1"));
	DID(run(ka_cacheedit_clear, NULL, "alice"), 1, 0, 0);
	assert_false(verbplace_has(cacheplace_file("corp.eu", "alice", "")));
}

static void clear__all__nothing_but_locks_and_strangers_stays(void **state)
{
	struct ka_entry other = cacheplace_entry("other", "alice", 1, true);

	(void)state;
	verbplace_shell("mkdir -m 0750 cache/other && mkdir real && ln -s ../real cache/link");
	verbplace_shell("mkdir -m 0770 cache/open && mkdir cache/.hidden \"cache/$(printf 'a\\033[2Jb\\n\\377')\"");
	cacheplace_put_as(cacheplace_file("other", "alice", ""), &other);
	cacheplace_put("alice", 10, true);
	cacheplace_put("bob", 10, false);
	verbplace_shell("cp cache/corp/* real; cp cache/corp/* cache/open; cp cache/corp/* cache/.hidden; for d in cache/a*; do cp cache/corp/* \"$d\"; done");
	verbplace_shell("touch cache/corp/breaker.1 cache/corp/README cache/corp/xbreaker.1");
	verbplace_put(cacheplace_file("corp", "carol", ".new"), "somebody is at work");
	verbplace_put(cacheplace_file("corp", "carol", ".try"), TRY);
	DID(run(ka_cacheedit_clear, NULL, NULL), 3, 0, 0);
	assert_true(has("alice", ".lock") && has("carol", ".new"));
	assert_false(has("alice", "") || has("bob", "") || has("carol", ".try"));
	verbplace_shell("test -e cache/corp/README && test -e cache/corp/xbreaker.1 && test ! -e cache/corp/breaker.1");
	verbplace_shell("for d in real cache/open cache/.hidden cache/a*; do test $(ls \"$d\" | wc -l) = 2 || exit 1; done");
}

/* links, fifos and folders under the name of an entry: the name goes, nothing behind it is touched, nobody waits */
static void edit__no_files__are_taken_away_unread(void **state)
{
	char command[1024];

	(void)state;
	for (int i = 0; i < 2; i++) {
		act *what = i == 0 ? ka_cacheedit_clear : ka_cacheedit_expire;

		verbplace_put("outside", "untouched");
		assert_int_equal(symlink("../../outside", cacheplace_file("corp", "link", "")), 0);
		assert_true(snprintf(command, sizeof(command), "mkfifo '%s'", cacheplace_file("corp", "fifo", "")) > 0);
		verbplace_shell(command);
		assert_int_equal(i == 0 ? mkdir(cacheplace_file("corp", "folder", ""), 0700) : 0, 0);
		DID(run(what, "corp", NULL), 2, 0, 1); /* nobody takes a folder for an entry */
		assert_string_equal(verbplace_get("outside", NULL), "untouched");
		assert_true(verbplace_has(cacheplace_file("corp", "folder", "")));
		assert_int_equal(access(cacheplace_file("corp", "link", ""), F_OK), -1);
	}
}

static void edit__folder_of_another_owner__is_not_entered(void **state)
{
	struct ka_cacheedit e = { .now = NOW };

	(void)state;
	cacheplace_put("alice", 10, true);
	assert_int_equal(ka_cacheedit_clear(cache, owner + 1, &e), KA_ERR_OK);
	DID(e, 0, 0, 0);
	assert_true(has("alice", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(expire__entry__is_old_and_otherwise_what_it_was, setup),
		cmocka_unit_test_setup(expire__old_but_served_meanwhile__no_more, setup),
		cmocka_unit_test_setup(expire__what_was_old__is_not_written_again, setup),
		cmocka_unit_test_setup(expire__no_keys_torn_and_notes__go, setup),
		cmocka_unit_test_setup(expire__one_user__only_hers, setup),
		cmocka_unit_test_setup(expire__the_longest_entry__is_whole, setup),
		cmocka_unit_test_setup(expire__group__is_kept_for_the_command, setup),
		cmocka_unit_test_setup(expire__half_written_or_a_link_in_its_place__is_written_anew, setup),
		cmocka_unit_test_setup(expire__cannot_be_written__is_said_and_stays_as_it_was, setup),
		cmocka_unit_test_setup(clear__one_user__only_hers, setup),
		cmocka_unit_test_setup(clear__user_under_another_name__goes_by_what_is_in_it, setup),
		cmocka_unit_test_setup(clear__one_source__not_its_neighbours, setup),
		cmocka_unit_test_setup(clear__all__nothing_but_locks_and_strangers_stays, setup),
		cmocka_unit_test_setup(edit__no_files__are_taken_away_unread, setup),
		cmocka_unit_test_setup(edit__folder_of_another_owner__is_not_entered, setup),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, teardown);
}
