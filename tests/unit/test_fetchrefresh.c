/* authkeys-fetch/fetchrefresh, in a root of our own, with stores that answer as told: who is asked, how often, and what is said. */
#include "authkeys-cmd/fetch/fetchrefresh.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "authkeys-cmd/fetch/fetchone.h"
#include "authkeys-cmd/fetch/fetchpace.h"
#include "authkeys-cmd/fetch/fetchusers.h"
#include "base/limits.h"
#include "base/paths.h"
#include "keyaudit/case/removal.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/confsample.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

#define F KA_FETCHONE_FAILED

static const enum ka_fetchone_answer *script; /* the answers in their order; the last one stays */
static struct ka_lasttry failure;
static char asked[4096];
static enum ka_fetchone_when when[256];
static unsigned asks, rests, jitters, opened, closed;
static char *names[] = { (char[]){ "alice" }, (char[]){ "bob" }, (char[]){ "carol" } };
static unsigned breaker_after = UINT_MAX; /* asks, until the answer is that nobody is asked */
static size_t users_count, left_out;
static enum ka_err users_err, open_err;

/* these stand before those in the archive: no network, no clock, no users of this machine */
enum ka_fetchone_answer ka_fetchone(struct ka_fetchhttp *http, const struct ka_fetchone *one, struct ka_lasttry *why)
{
	enum ka_fetchone_answer answer = *script;
	size_t n = strlen(asked);

	(void)http;
	snprintf(asked + n, sizeof(asked) - n, "%s:%s ", one->source->name, one->user);
	if (asks < KA_ARRAY_LEN(when))
		when[asks] = one->when;
	if (one->out_fd != -1 || one->fp[0] != '\0' || strcmp(one->cache, KA_PATH_CACHE) != 0)
		_exit(96);
	asks++;
	if (script[1] != (enum ka_fetchone_answer)-1)
		script++;
	if (answer == KA_FETCHONE_FAILED) {
		*why = failure;
		if (asks > breaker_after)
			why->reason = KA_REASON_STORE_BREAKER_OPEN;
	}
	return answer;
}

uint32_t ka_fetchpace_backoff_ms(unsigned failures, uint64_t chance)
{
	(void)failures;
	(void)chance;
	rests++;
	return 0;
}

uint32_t ka_fetchpace_jitter_ms(uint32_t most, uint64_t chance)
{
	(void)chance;
	jitters++;
	return most == KA_FETCH_NUDGE_MS ? 0 : 1000000;
}

enum ka_err ka_fetchusers_list(const char *cache, const struct ka_conf_source *s, struct ka_fetchusers *out)
{
	(void)cache;
	(void)s;
	*out = (struct ka_fetchusers){ .names = names, .count = users_count, .left_out = left_out };
	return users_err;
}

void ka_fetchusers_free(struct ka_fetchusers *u)
{
	u->names = NULL;
}

enum ka_err ka_fetchhttp_open(struct ka_fetchhttp *h)
{
	(void)h;
	opened++;
	return open_err;
}

void ka_fetchhttp_close(struct ka_fetchhttp *h)
{
	(void)h;
	closed++;
}

static void configure(const char *more)
{
	confsample_begin();
	confsample_file("f", "[lookup]\nsources = local corp spare\n[source local]\ntype = file\npath = /k/%u\n"
			     "[source spare]\ntype = http\nformat = lines\nurl = https://b.test/%u\n[source corp]\ntype = http\nformat = lines\n");
	confsample_file("g", more);
	ka_conf_finish(&confsample, &confsample_errors);
	if (confsample_errors.count > 0)
		fail_msg("%s", confsample_errors.first);
}

static int plain(void **state)
{
	static const enum ka_fetchone_answer all_found[] = { KA_FETCHONE_FOUND, (enum ka_fetchone_answer)-1 };

	(void)state;
	script = all_found;
	asks = rests = jitters = opened = closed = 0;
	asked[0] = '\0';
	users_count = 2;
	left_out = 0;
	users_err = open_err = KA_ERR_OK;
	failure = (struct ka_lasttry){ .reason = KA_REASON_STORE_TIMEOUT, .at = 1000, .until = 1000 + KA_FETCH_OFF_MS / 1000 };
	configure("[source corp]\nurl = https://a.test/%u\n");
	return 0;
}

static int refresh(const char *only, bool now)
{
	int status;

	caught_begin();
	status = ka_fetchrefresh_all(&confsample, only, now);
	caught_end();
	assert_int_equal(opened, closed);
	return status;
}

#define ANSWERS(...) script = (const enum ka_fetchone_answer[]){ __VA_ARGS__, (enum ka_fetchone_answer)-1 }

static void all__every_http_source__its_users_and_one_line(void **state)
{
	(void)state;
	assert_int_equal(refresh("", false), 0);
	assert_string_equal(asked, "corp:alice corp:bob spare:alice spare:bob ");
	assert_string_equal(caught_out, "corp: 2 users: 2 new, 0 unchanged, 0 without keys, 0 still fresh, 0 failed\n"
					"spare: 2 users: 2 new, 0 unchanged, 0 without keys, 0 still fresh, 0 failed\n");
	assert_string_equal(caught_err, ""); /* no progress where nobody looks */
	for (unsigned i = 0; i < asks; i++)
		assert_int_equal(when[i], KA_FETCHONE_IF_NEEDED);
	assert_int_equal(jitters, 0);
}

static void all__one_named__the_others_are_left_alone(void **state)
{
	(void)state;
	assert_int_equal(refresh("spare", true), 0);
	assert_string_equal(asked, "spare:alice spare:bob ");
	assert_int_equal(when[0], KA_FETCHONE_ALWAYS); /* also what is fresh, after a wait of its own */
	assert_int_equal(jitters, 1);
	assert_int_equal(refresh("local", false), 2); /* no store */
	assert_string_equal(caught_err, "authkeys-fetch: [lookup] sources names no http source local\n");
	assert_int_equal(refresh("a\x1b[2J\nb", false), 2);
	assert_string_equal(caught_err, "authkeys-fetch: [lookup] sources names no http source a\\x1b[2J\\x0ab\n");
	open_err = KA_ERR_NOMEM;
	opened = closed = 0;
	caught_begin();
	assert_int_equal(ka_fetchrefresh_all(&confsample, "", false), 1);
	caught_end();
	assert_int_equal(closed, 0);
}

static void all__each_answer__is_counted(void **state)
{
	(void)state;
	users_count = 3;
	left_out = 7;
	ANSWERS(KA_FETCHONE_SAME, KA_FETCHONE_NO_KEYS, KA_FETCHONE_NOT_NEEDED);
	assert_int_equal(refresh("corp", false), 0);
	assert_string_equal(caught_out, "corp: 3 users: 0 new, 1 unchanged, 1 without keys, 1 still fresh, 0 failed; 7 users beyond the limit were left out\n");
	users_count = 0;
	left_out = 0;
	users_err = KA_ERR_SYS;
	configure("[source corp]\nurl = https://a.test/%u\nusers = /etc/users\n");
	assert_int_equal(refresh("corp", false), 1);
	assert_non_null(strstr(caught_out, "; users = /etc/users cannot be read"));
}

/* an answer about one user says nothing of the others */
static void all__refused_for_one__the_others_are_asked(void **state)
{
	(void)state;
	users_count = 3;
	failure.reason = KA_REASON_STORE_BAD_ANSWER;
	ANSWERS(KA_FETCHONE_FAILED, KA_FETCHONE_FOUND);
	assert_int_equal(refresh("corp", false), 1);
	assert_string_equal(asked, "corp:alice corp:bob corp:carol ");
	assert_int_equal(rests, 0);
	assert_non_null(strstr(caught_out, "2 new, 0 unchanged, 0 without keys, 0 still fresh, 1 failed; the last failure: store.bad-answer\n"));
}

/* only an administrator's word ends that, so the words are said */
static void all__lower_serial__the_cure_is_said(void **state)
{
	(void)state;
	failure.reason = KA_REASON_STORE_SERIAL_LOWER;
	configure("[source corp]\nformat = json\nkey = key\nserial = rev\nurl = https://a.test/%u\n");
	ANSWERS(KA_FETCHONE_FAILED, KA_FETCHONE_FOUND);
	assert_int_equal(refresh("corp", false), 1);
	assert_non_null(strstr(caught_out, "; the last failure: store.serial-lower (if the store was restored from a backup: keyaudit cache clear corp)\n"));
	plain(NULL);
	failure.reason = KA_REASON_STORE_SERIAL_LOWER;
	configure("[source corp]\nformat = signed\nsigners = /s\nurl = https://a.test/%u\n");
	ANSWERS(KA_FETCHONE_FAILED, KA_FETCHONE_FOUND);
	assert_int_equal(refresh("corp", false), 1);
	assert_non_null(strstr(caught_out, "publish with a higher serial; if the signer was replaced: keyaudit cache forget-serial "
					   "corp && keyaudit cache clear corp)\n"));
}

/* a store that is down is tried so often, and then left alone with all the rest */
static void all__store_is_down__a_few_tries_and_an_end(void **state)
{
	(void)state;
	ANSWERS(KA_FETCHONE_FAILED);
	assert_int_equal(refresh("corp", false), 1);
	assert_int_equal(asks, KA_FETCH_REFRESH_TRIES + 1);
	assert_int_equal(rests, KA_FETCH_REFRESH_TRIES);
	assert_null(strstr(asked, "bob"));
	assert_non_null(strstr(caught_out, "1 failed; the last failure: store.timeout; the store is down, the rest waits for the next time\n"));
	assert_int_equal(when[0], KA_FETCHONE_IF_NEEDED);
	assert_int_equal(when[1], KA_FETCHONE_ALWAYS); /* the time that its failure set is not waited for again */
	plain(NULL);
	ANSWERS(F, F, F, F, F, KA_FETCHONE_FOUND); /* back at the last try, and good for the next user from there on */
	assert_int_equal(refresh("corp", false), 0);
	assert_int_equal(asks, KA_FETCH_REFRESH_TRIES + 2);
	plain(NULL);
	ANSWERS(F, KA_FETCHONE_FOUND, F, F, F, F, F, KA_FETCHONE_FOUND); /* failures in a row are counted, not all of them */
	assert_int_equal(refresh("corp", false), 0);
	assert_int_equal(asks, 8);
}

static void all__list_is_down__the_users_wait_only_where_it_is_the_same_server(void **state)
{
	(void)state;
	configure("[source corp]\nformat = signed\nsigners = /s\nurl = https://a.test/%u\nrevoked_url = https://b.test/revoked\n");
	ANSWERS(F, F, F, F, F, F, KA_FETCHONE_FOUND);
	assert_int_equal(refresh("corp", false), 1);
	assert_non_null(strstr(asked, "corp::revoked corp:alice corp:bob "));
	assert_non_null(strstr(caught_out, "2 new, 0 unchanged, 0 without keys, 0 still fresh, 1 failed; the last failure: store.timeout\n"));
	plain(NULL);
	configure("[source corp]\nformat = signed\nsigners = /s\nurl = https://a.test/%u\nrevoked_url = https://a.test/revoked\n");
	ANSWERS(F, F, F, F, F, F, KA_FETCHONE_FOUND);
	assert_int_equal(refresh("corp", false), 1);
	assert_null(strstr(asked, "alice"));
}

/* the mirrors' breakers open at our own tries: what these ran into is said, not that */
static void all__breaker_opened_meanwhile__the_first_cause_is_said(void **state)
{
	(void)state;
	breaker_after = 2;
	ANSWERS(KA_FETCHONE_FAILED);
	assert_int_equal(refresh("corp", false), 1);
	assert_int_equal(asks, KA_FETCH_REFRESH_TRIES + 1);
	assert_non_null(strstr(caught_out, "1 failed; the last failure: store.timeout; "));
	plain(NULL);
	breaker_after = 0; /* it was open before we came */
	ANSWERS(KA_FETCHONE_FAILED);
	assert_int_equal(refresh("corp", false), 1);
	assert_non_null(strstr(caught_out, "1 failed; the last failure: store.breaker-open; "));
	breaker_after = UINT_MAX;
}

/* who said when to come again is not asked before */
static void all__store_says_later__is_believed(void **state)
{
	(void)state;
	for (int more = 0; more <= 1; more++) {
		plain(NULL);
		failure.until = failure.at + KA_FETCH_OFF_MS / 1000 + more;
		ANSWERS(KA_FETCHONE_FAILED);
		assert_int_equal(refresh("corp", false), 1);
		assert_int_equal(asks, more ? 1 : KA_FETCH_REFRESH_TRIES + 1);
	}
}

static void all__lists_first__and_no_users_where_keys_are_asked_for(void **state)
{
	(void)state;
	configure("[source corp]\nurl = https://a.test/%u?k=%f\n");
	assert_int_equal(refresh("corp", false), 0);
	assert_string_equal(asked, "");
	assert_non_null(strstr(caught_out, "corp: 0 users: "));
}

#define IN_PLACE(name) KA_PATH_WANTED "/" name

static bool there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static int wanted(void)
{
	int status;

	caught_begin();
	status = ka_fetchrefresh_wanted(&confsample);
	caught_end();
	return status;
}

static void wanted__no_place__says_how_to_mend_it(void **state)
{
	(void)state;
	rmdir(KA_PATH_WANTED);
	assert_int_equal(wanted(), 1);
	assert_string_equal(caught_err, "authkeys-fetch: " KA_PATH_WANTED " cannot be read; mend: systemd-tmpfiles --create keyaudit.conf\n");
	assert_int_equal(opened, 0);
}

/* whoever may write there may leave any name; all of them go, and only users of our sources are asked for */
static void wanted__markers__each_is_taken_away(void **state)
{
	static const char *const strange[] = {
		IN_PLACE("corp"), IN_PLACE("corp:"), IN_PLACE(":alice"), IN_PLACE("other:alice"), IN_PLACE("local:alice"), IN_PLACE("corp:a b"),
		IN_PLACE("corp:..x"), IN_PLACE("corp:\x1b[2J\n"), IN_PLACE("corpx:alice"), IN_PLACE("cor:alice"), IN_PLACE("corp:a:b"), IN_PLACE("corp:-x"),
		IN_PLACE("corp::index"), IN_PLACE("corp::revoked"),
	};

	(void)state;
	trustroot_dir(KA_PATH_WANTED, 0730, 0);
	for (size_t i = 0; i < KA_ARRAY_LEN(strange); i++)
		trustroot_file(strange[i], 0600, 0, "");
	trustroot_dir(IN_PLACE("spare:alice"), 0700, 0); /* an empty folder is a marker too */
	assert_int_equal(symlink("/etc", IN_PLACE("link")), 0);
	assert_int_equal(wanted(), 0);
	assert_string_equal(asked, "spare:alice ");
	for (size_t i = 0; i < KA_ARRAY_LEN(strange); i++)
		if (there(strange[i]))
			fail_msg("%s", strange[i]);
	assert_false(there(IN_PLACE("spare:alice")) || there(IN_PLACE("link")));
	asked[0] = '\0';
	trustroot_file(IN_PLACE("corp:alice"), 0600, 0, "");
	trustroot_file(IN_PLACE("corp:bob"), 0600, 0, "");
	assert_int_equal(wanted(), 0);
	assert_non_null(strstr(asked, "corp:alice "));
	assert_non_null(strstr(asked, "corp:bob "));
	assert_int_equal(strlen(asked), strlen("corp:alice corp:bob "));
	assert_int_equal(when[asks - 1], KA_FETCHONE_IF_NEEDED);
}

/* what cannot be taken away is not asked for either: it would be so again and again */
static void wanted__full_folder__is_passed_over(void **state)
{
	(void)state;
	trustroot_dir(KA_PATH_WANTED, 0730, 0);
	trustroot_dir(IN_PLACE("corp:alice"), 0700, 0);
	trustroot_file(IN_PLACE("corp:alice/x"), 0600, 0, "");
	assert_int_equal(wanted(), 0);
	assert_string_equal(asked, "");
	assert_true(there(IN_PLACE("corp:alice")));
}

static int begin(void **state)
{
	(void)state;
	trustroot_dir("/var", 0755, 0);
	trustroot_dir("/var/lib", 0755, 0);
	trustroot_dir(KA_PATH_STATE, 0755, 0);
	return 0;
}

#define IN_ROOT(f) cmocka_unit_test_setup(f, plain)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOT(all__every_http_source__its_users_and_one_line),
		IN_ROOT(all__one_named__the_others_are_left_alone),
		IN_ROOT(all__each_answer__is_counted),
		IN_ROOT(all__refused_for_one__the_others_are_asked),
		IN_ROOT(all__lower_serial__the_cure_is_said),
		IN_ROOT(all__store_is_down__a_few_tries_and_an_end),
		IN_ROOT(all__list_is_down__the_users_wait_only_where_it_is_the_same_server),
		IN_ROOT(all__breaker_opened_meanwhile__the_first_cause_is_said),
		IN_ROOT(all__store_says_later__is_believed),
		IN_ROOT(all__lists_first__and_no_users_where_keys_are_asked_for),
		IN_ROOT(wanted__no_place__says_how_to_mend_it),
		IN_ROOT(wanted__markers__each_is_taken_away),
		IN_ROOT(wanted__full_folder__is_passed_over),
	};

	return trustroot_run(tests, begin);
}
