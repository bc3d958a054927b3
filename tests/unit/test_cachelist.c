/* keyaudit/cachelist, cacheedit, cacheshow: a cache with everything in it that its owner could put there. */
#include "keyaudit/cachelist.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/fd.h"
#include "keyaudit/cacheedit.h"
#include "keyaudit/cacheshow.h"
#include "store/question.h"
#include "tests/unit/lib/verbplace.h"

#include "base/poison.h"

#define NOW 1795370513
#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP4c0dsOHq5vBNwtKeroAvBjRTyCtcz7jgy5OCu3feNl\n"

static int cache = -1;
static uid_t owner;
static struct ka_cachelist list;
static struct ka_conf conf;

static int setup(void **state)
{
	(void)state;
	ka_cachelist_free(&list);
	verbplace_clear();
	verbplace_shell("mkdir -m 0750 cache cache/corp");
	if (cache >= 0)
		close(cache);
	assert_int_equal(ka_cachelist_open("cache", &cache, &owner), KA_ERR_OK);
	return 0;
}

/* the file of an entry */
static const char *file_of(const char *source, const char *user, const char *suffix)
{
	static char path[256];
	char name[KA_ENTRY_HEX];

	ka_entry_name(source, user, NULL, name);
	assert_true(snprintf(path, sizeof(path), "cache/%s/%s%s", source, name, suffix) > 0);
	return path;
}

static void put_as(const char *path, const struct ka_entry *e)
{
	static char text[8192];
	struct ka_buf b;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);

	ka_buf_init_array(&b, text);
	ka_entry_write(e, &b);
	assert_true(fd >= 0);
	assert_int_equal(ka_fd_write_all(fd, b.p, b.len), KA_ERR_OK);
	close(fd);
}

/* an entry that was fetched @age seconds ago, fresh for 300 s, served while it is refreshed for 600 s */
static struct ka_entry entry_of(const char *source, const char *user, int64_t age, bool is_found)
{
	struct ka_entry e = {
		.body = is_found ? ka_span_of("# comment\n" KEY KEY) : (struct ka_span){ NULL, 0 }, .is_found = is_found, .status = is_found ? 200 : 404,
		.mirror = 1, .fetched = NOW - age, .confirmed = NOW - age, .fresh = NOW - age + 300, .swr = NOW - age + 600, .stale = NOW - age + 86400,
		.serial = 42,
	};

	assert_true(ka_span_copy(ka_span_of(source), e.source, sizeof(e.source)));
	assert_true(ka_span_copy(ka_span_of(user), e.user, sizeof(e.user)));
	return e;
}

static void put(const char *user, int64_t age, bool is_found)
{
	struct ka_entry e = entry_of("corp", user, age, is_found);

	put_as(file_of("corp", user, ""), &e);
}

static void look_for(const char *source, const char *user, const struct ka_conf *c)
{
	struct ka_cachelist_want want = { .source = source, .user = user, .conf = c, .now = NOW };

	ka_cachelist_free(&list);
	assert_int_equal(ka_cachelist_read(cache, owner, &want, &list), KA_ERR_OK);
}

static const struct ka_cachelist_row *row(const char *user)
{
	for (size_t i = 0; i < list.count; i++)
		if (list.rows[i].user != NULL && strcmp(list.rows[i].user, user) == 0)
			return &list.rows[i];
	fail_msg("no row of %s", user);
	return NULL;
}

static void status__ages__are_their_states(void **state)
{
	(void)state;
	put("fresh", 10, true);
	put("swr", 400, true);
	put("stale", 700, true);
	put("dead", 90000, true);
	put("nokeys", 10, false);
	put("future", -100, true);
	look_for(NULL, NULL, NULL);
	assert_int_equal(list.count, 6);
	assert_string_equal(ka_cacheshow_state(row("fresh")), "fresh");
	assert_string_equal(ka_cacheshow_state(row("swr")), "swr");
	assert_string_equal(ka_cacheshow_state(row("stale")), "stale");
	assert_string_equal(ka_cacheshow_state(row("dead")), "dead");
	assert_string_equal(ka_cacheshow_state(row("nokeys")), "fresh");
	assert_string_equal(ka_cacheshow_state(row("future")), "stale");
	assert_false(row("nokeys")->is_found);
	assert_int_equal(row("fresh")->keys, 2);
	assert_int_equal(row("fresh")->serial, 42);
	assert_false(row("fresh")->is_known);
}

static void status__source_and_user__only_these(void **state)
{
	struct ka_entry e = entry_of("other.eu", "alice", 1, true);

	(void)state;
	verbplace_shell("mkdir -m 0750 cache/other.eu");
	put_as(file_of("other.eu", "alice", ""), &e);
	put("alice", 1, true);
	put("bob", 1, true);
	look_for(NULL, NULL, NULL);
	assert_int_equal(list.count, 3);
	look_for("corp", NULL, NULL);
	assert_int_equal(list.count, 2);
	look_for("corp", "bob", NULL);
	assert_int_equal(list.count, 1);
	look_for("corp", "carol", NULL);
	assert_int_equal(list.count, 0);
	look_for("nowhere", NULL, NULL);
	assert_int_equal(list.count, 0);
}

static void status__failure_alone__is_a_row(void **state)
{
	static const char line[] = "ka1 fail at=1795370500 reason=store.timeout status=0 mirror=1 until=1795370530\n";

	(void)state;
	put("bob", 1, true);
	verbplace_put(file_of("corp", "bob", ".try"), line);
	verbplace_put(file_of("corp", "alice", ".try"), line);
	look_for("corp", NULL, NULL);
	assert_int_equal(list.count, 2);
	assert_true(row("bob")->has_try);
	assert_int_equal(row("bob")->last.reason, KA_REASON_STORE_TIMEOUT);
	assert_null(list.rows[1].user);
	assert_string_equal(ka_cacheshow_state(&list.rows[1]), "none");
	look_for("corp", "alice", NULL);
	assert_int_equal(list.count, 1);
	assert_string_equal(list.rows[0].user, "alice");
}

static void status__what_is_no_entry__is_invalid_and_never_read(void **state)
{
	struct ka_entry e = entry_of("corp", "alice", 1, true);
	char command[1024];

	(void)state;
	verbplace_put(file_of("corp", "torn", ""), "ka1 entry source=corp user=torn");
	put_as(file_of("corp", "bob", ""), &e); /* alice's, under bob's name */
	e = entry_of("other", "carol", 1, true);
	put_as(file_of("corp", "carol", ""), &e); /* another source's */
	put("linked", 1, true);
	assert_int_equal(link(file_of("corp", "linked", ""), "cache/outside"), 0);
	put("writable", 1, true);
	assert_int_equal(chmod(file_of("corp", "writable", ""), 0660), 0);
	assert_true(snprintf(command, sizeof(command), "mkfifo '%s'", file_of("corp", "fifo", "")) > 0);
	verbplace_shell(command);
	assert_int_equal(symlink("/etc/shadow", file_of("corp", "symlink", "")), 0);
	assert_int_equal(mkdir(file_of("corp", "folder", ""), 0700), 0);
	verbplace_shell("touch cache/corp/x cache/corp/breaker.1");
	look_for("corp", NULL, NULL);
	assert_int_equal(list.count, 8);
	for (size_t i = 0; i < list.count; i++) {
		assert_string_equal(ka_cacheshow_state(&list.rows[i]), "invalid");
		assert_null(list.rows[i].user);
	}
}

static void status__foreign_folders__are_not_entered(void **state)
{
	(void)state;
	put("alice", 1, true);
	verbplace_shell("mkdir real && cp cache/corp/* real && ln -s ../real cache/link && ln -s /etc cache/etc && touch cache/file");
	verbplace_shell("mkdir -m 0770 cache/open && cp real/* cache/open && mkdir cache/.hidden");
	look_for(NULL, NULL, NULL);
	assert_int_equal(list.count, 1);
	verbplace_shell("chmod 0770 cache");
	close(cache);
	assert_int_equal(ka_cachelist_open("cache", &cache, &owner), KA_ERR_SYNTAX);
	assert_int_equal(ka_cachelist_open("cache/link", &cache, &owner), KA_ERR_SYS);
}

static void configure(const char *format, const char *url)
{
	struct ka_conf_errors errors = { .count = 0 };
	char text[512];

	ka_conf_default(&conf);
	assert_true(snprintf(text, sizeof(text), "[lookup]\nsources = corp\n[source corp]\ntype = http\nformat = %s\n%smax_stale = 1h\nurl = %s\n",
			     format, strcmp(format, "signed") == 0 ? "signers = /etc/s\n" : "", url) > 0);
	ka_conf_read(&conf, "test", ka_span_of(text), &errors);
	ka_conf_finish(&conf, &errors);
	if (errors.count > 0)
		fail_msg("%s", errors.first);
}

static void status__configuration__bound_question_and_document(void **state)
{
	struct ka_entry e = entry_of("corp", "alice", 5000, true);

	(void)state;
	configure("signed", "https://keys.example.com/%u.keys");
	ka_question_hash(&conf.sources[0], conf.sources[0].url, e.url);
	put_as(file_of("corp", "alice", ""), &e);
	look_for("corp", NULL, NULL);
	assert_string_equal(ka_cacheshow_state(row("alice")), "stale");
	look_for("corp", NULL, &conf); /* max_stale = 1h */
	assert_true(row("alice")->is_known);
	assert_string_equal(ka_cacheshow_state(row("alice")), "dead");
	e = entry_of("corp", "alice", 5, true);
	ka_question_hash(&conf.sources[0], conf.sources[0].url, e.url);
	e.body = ka_span_of("# keyaudit-keys-v1\n# user: alice\n# hosts: *\n# serial: 77\n# issued: 2026-11-22T10:00:00Z\n# expires: 2026-11-29T10:00:00Z\n"
			    KEY "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n");
	put_as(file_of("corp", "alice", ""), &e);
	look_for("corp", NULL, &conf);
	assert_string_equal(ka_cacheshow_state(row("alice")), "fresh");
	assert_int_equal(row("alice")->serial, 77);
	assert_int_equal(row("alice")->keys, 1);
	assert_int_equal(row("alice")->expires, 1795946400);
	configure("signed", "https://elsewhere.example.com/%u.keys");
	look_for("corp", NULL, &conf);
	assert_true(row("alice")->is_other_question);
	assert_string_equal(ka_cacheshow_state(row("alice")), "dead");
}

static void status__offered_key_in_the_question__any_name_is_good(void **state)
{
	struct ka_entry e = entry_of("corp", "alice", 5, true);
	char name[KA_ENTRY_HEX], path[256];

	(void)state;
	configure("lines", "https://keys.example.com/%u/%f");
	ka_entry_name("corp", "alice", "SHA256:x", name);
	assert_true(snprintf(path, sizeof(path), "cache/corp/%s", name) > 0);
	put_as(path, &e);
	look_for("corp", "alice", &conf);
	assert_int_equal(list.count, 1);
	assert_false(list.rows[0].is_invalid);
	look_for("corp", NULL, NULL); /* without the configuration nobody knows */
	assert_true(list.rows[0].is_invalid);
}

static void show__hostile_user__is_escaped(void **state)
{
	struct ka_entry e = entry_of("corp", "a\x1b[2Jb\n", 5, true);
	json_t *o;

	(void)state;
	put_as(file_of("corp", e.user, ""), &e);
	look_for("corp", NULL, NULL);
	assert_int_equal(list.count, 1);
	{
		int saved = dup(1), fd = open("out", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		struct ka_out out;

		fflush(stdout);
		dup2(fd, 1);
		close(fd);
		ka_out_init(&out, stdout, KA_OUT_NEVER);
		ka_cacheshow_table(&out, &list, NOW);
		ka_cacheshow_json(&list, NOW);
		fflush(stdout);
		dup2(saved, 1);
		close(saved);
	}
	assert_null(strchr(verbplace_get("out", NULL), '\x1b'));
	o = json_loads(strchr(verbplace_get("out", NULL), '{'), JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, NULL);
	assert_non_null(o);
	assert_string_equal(json_string_value(json_object_get(o, "user")), "a\\x1b[2Jb\\x0a");
	json_decref(o);
}

static void age__in_its_unit(void **state)
{
	static const struct {
		int64_t sec;
		const char *text;
	} cases[] = { { 0, "0s" }, { 119, "119s" }, { 120, "2m" }, { 7199, "119m" }, { 7200, "2h" }, { 172800, "2d" }, { -1, "-" } };
	char text[KA_CACHESHOW_AGE];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(cases); i++) {
		ka_cacheshow_age(cases[i].sec, text);
		assert_string_equal(text, cases[i].text);
	}
}

/* ---- changing it ---- */

static void expire__entry__is_old_and_still_whole(void **state)
{
	struct ka_cacheedit e = { .source = "corp", .now = NOW };
	struct stat st;

	(void)state;
	put("alice", 10, true);
	put("swr", 400, true);
	put("stale", 700, true);
	put("nokeys", 10, false);
	verbplace_put(file_of("corp", "alice", ".try"), "x");
	verbplace_put(file_of("corp", "bob", ".try"), "x");
	verbplace_put(file_of("corp", "torn", ""), "torn");
	verbplace_shell("touch cache/corp/breaker.2");
	assert_int_equal(ka_cacheedit_expire(cache, owner, &e), KA_ERR_OK);
	assert_int_equal(e.done, 4); /* alice, swr, and nokeys and torn, which are gone */
	assert_int_equal(e.busy + e.failed, 0);
	look_for("corp", NULL, NULL);
	assert_int_equal(list.count, 3);
	assert_string_equal(ka_cacheshow_state(row("alice")), "stale");
	assert_string_equal(ka_cacheshow_state(row("swr")), "stale");
	assert_int_equal(row("alice")->keys, 2);
	assert_false(row("alice")->has_try);
	assert_int_equal(stat(file_of("corp", "alice", ""), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_false(verbplace_has(file_of("corp", "bob", ".try")) || verbplace_has("cache/corp/breaker.2"));
	e.done = 0;
	assert_int_equal(ka_cacheedit_expire(cache, owner, &e), KA_ERR_OK);
	assert_int_equal(e.done, 0);
}

static void clear__one_user__only_hers(void **state)
{
	struct ka_cacheedit e = { .source = "corp", .user = "alice", .now = NOW };

	(void)state;
	put("alice", 10, true);
	put("bob", 10, true);
	verbplace_put(file_of("corp", "alice", ".try"), "x");
	verbplace_shell("touch cache/corp/breaker.1");
	assert_int_equal(ka_cacheedit_clear(cache, owner, &e), KA_ERR_OK);
	assert_int_equal(e.done, 1);
	assert_false(verbplace_has(file_of("corp", "alice", "")) || verbplace_has(file_of("corp", "alice", ".try")));
	assert_true(verbplace_has(file_of("corp", "bob", "")) && verbplace_has("cache/corp/breaker.1"));
	/* a torn one goes by its name */
	verbplace_put(file_of("corp", "alice", ""), "torn");
	assert_int_equal(ka_cacheedit_clear(cache, owner, &e), KA_ERR_OK);
	assert_false(verbplace_has(file_of("corp", "alice", "")));
}

static void clear__all__nothing_but_locks_and_strangers_stays(void **state)
{
	struct ka_cacheedit e = { .now = NOW };
	struct ka_entry other = entry_of("other", "alice", 1, true);

	(void)state;
	verbplace_shell("mkdir -m 0750 cache/other && mkdir real && ln -s ../real cache/link");
	put_as(file_of("other", "alice", ""), &other);
	put("alice", 10, true);
	put("bob", 10, false);
	verbplace_shell("cp cache/corp/* real; touch cache/corp/breaker.1 cache/corp/README");
	assert_int_equal(ka_cacheedit_clear(cache, owner, &e), KA_ERR_OK);
	assert_int_equal(e.done, 3);
	look_for(NULL, NULL, NULL);
	assert_int_equal(list.count, 0);
	verbplace_shell("test $(ls real | wc -l) = 2 && test -e cache/corp/README && test ! -e cache/corp/breaker.1");
}

static void edit__somebody_is_asking__left_alone(void **state)
{
	struct ka_cacheedit e = { .source = "corp", .now = NOW };
	int fd;

	(void)state;
	put("alice", 10, true);
	fd = open(file_of("corp", "alice", ".lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0 && flock(fd, LOCK_EX) == 0);
	assert_int_equal(ka_cacheedit_clear(cache, owner, &e), KA_ERR_OK);
	assert_int_equal(e.busy, 1);
	assert_int_equal(e.done, 0);
	close(fd);
	look_for("corp", NULL, NULL);
	assert_string_equal(ka_cacheshow_state(row("alice")), "fresh");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(status__ages__are_their_states, setup),
		cmocka_unit_test_setup(status__source_and_user__only_these, setup),
		cmocka_unit_test_setup(status__failure_alone__is_a_row, setup),
		cmocka_unit_test_setup(status__what_is_no_entry__is_invalid_and_never_read, setup),
		cmocka_unit_test_setup(status__foreign_folders__are_not_entered, setup),
		cmocka_unit_test_setup(status__configuration__bound_question_and_document, setup),
		cmocka_unit_test_setup(status__offered_key_in_the_question__any_name_is_good, setup),
		cmocka_unit_test_setup(show__hostile_user__is_escaped, setup),
		cmocka_unit_test_setup(age__in_its_unit, setup),
		cmocka_unit_test_setup(expire__entry__is_old_and_still_whole, setup),
		cmocka_unit_test_setup(clear__one_user__only_hers, setup),
		cmocka_unit_test_setup(clear__all__nothing_but_locks_and_strangers_stays, setup),
		cmocka_unit_test_setup(edit__somebody_is_asking__left_alone, setup),
	};
	int failed = cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);

	ka_cachelist_free(&list);
	return failed;
}
