/* keyaudit/cachelist: a cache with everything in it that its owner could put there. */
#include "keyaudit/cache/cachelist.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "keyaudit/cache/cacheshow.h"
#include "store/question.h"
#include "tests/unit/lib/cacheplace.h"
#include "tests/unit/lib/verbplace.h"

#include "base/poison.h"

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

static void look_for(const char *source, const char *user, const struct ka_conf *c)
{
	struct ka_cachelist_want want = { .source = source, .user = user, .conf = c, .now = CACHEPLACE_NOW };

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
	cacheplace_put("fresh", 10, true);
	cacheplace_put("swr", 400, true);
	cacheplace_put("stale", 700, true);
	cacheplace_put("dead", 90000, true);
	cacheplace_put("nokeys", 10, false);
	cacheplace_put("future", -100, true);
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
	struct ka_entry e = cacheplace_entry("other.eu", "alice", 1, true);

	(void)state;
	verbplace_shell("mkdir -m 0750 cache/other.eu");
	cacheplace_put_as(cacheplace_file("other.eu", "alice", ""), &e);
	cacheplace_put("alice", 1, true);
	cacheplace_put("bob", 1, true);
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
	cacheplace_put("bob", 1, true);
	verbplace_put(cacheplace_file("corp", "bob", ".try"), line);
	verbplace_put(cacheplace_file("corp", "alice", ".try"), line);
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
	struct ka_entry e = cacheplace_entry("corp", "alice", 1, true);
	char command[1024];

	(void)state;
	verbplace_put(cacheplace_file("corp", "torn", ""), "ka1 entry source=corp user=torn");
	cacheplace_put_as(cacheplace_file("corp", "bob", ""), &e); /* alice's, under bob's name */
	e = cacheplace_entry("other", "carol", 1, true);
	cacheplace_put_as(cacheplace_file("corp", "carol", ""), &e); /* another source's */
	cacheplace_put("linked", 1, true);
	assert_int_equal(link(cacheplace_file("corp", "linked", ""), "cache/outside"), 0);
	cacheplace_put("writable", 1, true);
	assert_int_equal(chmod(cacheplace_file("corp", "writable", ""), 0660), 0);
	assert_true(snprintf(command, sizeof(command), "mkfifo '%s'", cacheplace_file("corp", "fifo", "")) > 0);
	verbplace_shell(command);
	assert_int_equal(symlink("/etc/shadow", cacheplace_file("corp", "symlink", "")), 0);
	assert_int_equal(mkdir(cacheplace_file("corp", "folder", ""), 0700), 0);
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
	cacheplace_put("alice", 1, true);
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
	struct ka_entry e = cacheplace_entry("corp", "alice", 5000, true);

	(void)state;
	configure("signed", "https://keys.example.com/%u.keys");
	ka_question_hash(&conf.sources[0], conf.sources[0].url, e.url);
	cacheplace_put_as(cacheplace_file("corp", "alice", ""), &e);
	look_for("corp", NULL, NULL);
	assert_string_equal(ka_cacheshow_state(row("alice")), "stale");
	look_for("corp", NULL, &conf); /* max_stale = 1h */
	assert_true(row("alice")->is_known);
	assert_string_equal(ka_cacheshow_state(row("alice")), "dead");
	e = cacheplace_entry("corp", "alice", 5, true);
	ka_question_hash(&conf.sources[0], conf.sources[0].url, e.url);
	e.body = ka_span_of("# keyaudit-keys-v1\n# user: alice\n# hosts: *\n# serial: 77\n# issued: 2026-11-22T10:00:00Z\n# expires: 2026-11-29T10:00:00Z\n"
			    CACHEPLACE_KEY "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n");
	cacheplace_put_as(cacheplace_file("corp", "alice", ""), &e);
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
	struct ka_entry e = cacheplace_entry("corp", "alice", 5, true);
	char name[KA_ENTRY_HEX], path[256];

	(void)state;
	configure("lines", "https://keys.example.com/%u/%f");
	ka_entry_name("corp", "alice", "SHA256:x", name);
	assert_true(snprintf(path, sizeof(path), "cache/corp/%s", name) > 0);
	cacheplace_put_as(path, &e);
	look_for("corp", "alice", &conf);
	assert_int_equal(list.count, 1);
	assert_false(list.rows[0].is_invalid);
	look_for("corp", NULL, NULL); /* without the configuration nobody knows */
	assert_true(list.rows[0].is_invalid);
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
	};
	int failed = cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);

	ka_cachelist_free(&list);
	return failed;
}
