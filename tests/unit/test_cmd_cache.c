/*
 * keyaudit cache: its words, its statuses and what it says. The cache is the real path, in a root of the test's own; changing
 * it, forgetting and becoming the fetcher's user have their own tests, and are the test's here.
 */
#include "keyaudit/cmd.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/clock.h"
#include "base/paths.h"
#include "keyaudit/cache/cacheedit.h"
#include "keyaudit/cache/cacheforget.h"
#include "keyaudit/cache/fetchuser.h"
#include "tests/unit/lib/cacheplace.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

#define GOOD_CONF "[lookup]\nsources = local\n[source local]\ntype = file\npath = /etc/keys/%u\n"
#define SEE "; see keyaudit cache --help\n"
#define NO_CONF "keyaudit cache: without the configuration max_stale and formats are not known: "

static enum ka_fetchuser_answer who;
static unsigned asked_who, edits, forgets;
static struct ka_cacheedit became; /* what an edit comes to */
static enum ka_err edit_says;
static bool cleared, is_wrong; /* is_wrong: told when the streams are no longer caught */
static char seen[256];
static int forget_says;

/* these stand before the ones in the archive */
enum ka_fetchuser_answer ka_fetchuser_become(bool with_command_group)
{
	asked_who++;
	is_wrong |= !with_command_group; /* what is written is read by the command */
	return who;
}

int ka_fetchuser_say(const char *verb, enum ka_fetchuser_answer a)
{
	fprintf(stderr, "%s %d\n", verb, (int)a);
	return KA_EXIT_NOPERM;
}

static enum ka_err edited(int cache, uid_t owner, struct ka_cacheedit *e)
{
	const int64_t now = ka_clock_wall_us() / 1000000;
	struct stat st, real;

	edits++;
	is_wrong |= owner != 0 || fstat(cache, &st) != 0 || stat(KA_PATH_CACHE, &real) != 0 || st.st_ino != real.st_ino;
	is_wrong |= now < e->now || now > e->now + 600;
	snprintf(seen, sizeof(seen), "%s %s", e->source != NULL ? e->source : "-", e->user != NULL ? e->user : "-");
	e->done = became.done;
	e->busy = became.busy;
	e->failed = became.failed;
	return edit_says;
}

enum ka_err ka_cacheedit_clear(int cache, uid_t owner, struct ka_cacheedit *e)
{
	cleared = true;
	return edited(cache, owner, e);
}

enum ka_err ka_cacheedit_expire(int cache, uid_t owner, struct ka_cacheedit *e)
{
	cleared = false;
	return edited(cache, owner, e);
}

int ka_cacheforget_run(const char *conf, const char *source, const char *user)
{
	forgets++;
	snprintf(seen, sizeof(seen), "%s %s %s", conf, source, user != NULL ? user : "-");
	return forget_says;
}

static void mkdirs(const char *path, mode_t mode)
{
	char part[256];

	for (size_t i = 1; path[i] != '\0'; i++)
		if (path[i] == '/' && ka_span_copy(ka_span_sub(ka_span_of(path), 0, i), part, sizeof(part)))
			trustroot_dir(part, 0755, 0);
	trustroot_dir(path, mode, 0);
}

/* the entry of a user of "corp"; everybody's last one is taken away again by setup() */
static const char *entry_path(const char *user)
{
	static char path[512];
	char name[KA_ENTRY_HEX];

	ka_entry_name("corp", user, NULL, name);
	assert_true(snprintf(path, sizeof(path), KA_PATH_CACHE "/corp/%s", name) > 0);
	return path;
}

static void put(const char *user)
{
	const int64_t now = ka_clock_wall_us() / 1000000;
	struct ka_entry e = cacheplace_entry("corp", user, 0, true);

	e.fetched = e.confirmed = now - 5;
	e.fresh = now + 3000;
	e.swr = now + 4000;
	e.stale = now + 5000;
	mkdirs(KA_PATH_CACHE "/corp", 0750);
	cacheplace_put_as(entry_path(user), &e);
}

static int setup(void **state)
{
	static const char *const users[] = { "alice", "bob", "a\x1b[2Jb\n\xff" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(users); i++)
		unlink(entry_path(users[i]));
	rmdir(KA_PATH_CACHE "/corp");
	mkdirs(KA_PATH_CACHE, 02750);
	mkdirs(KA_PATH_CONF_DIR, 0755);
	trustroot_file(KA_PATH_CONF, 0644, 0, GOOD_CONF);
	who = KA_FETCHUSER_IS;
	asked_who = edits = forgets = 0;
	is_wrong = false;
	became = (struct ka_cacheedit){ .done = 1 };
	edit_says = KA_ERR_OK;
	forget_says = KA_EXIT_FINE;
	seen[0] = '\0';
	return 0;
}

static int run(const char *const *args)
{
	int status = caught_verb(ka_cmd_cache, "cache", args);

	assert_false(is_wrong);
	return status;
}

#define RUN(...) run((const char *const[]){ __VA_ARGS__, NULL })
#define SAID(out, err) \
	do { \
		assert_string_equal(caught_out, out); \
		assert_string_equal(caught_err, err); \
	} while (0)

/* ---- words ---- */

static void usage__no_verb_or_another__is_asked_for(void **state)
{
	(void)state;
	assert_int_equal(RUN(NULL), KA_EXIT_USAGE);
	SAID("", "keyaudit cache: status, expire, clear or forget-serial?" SEE);
	assert_int_equal(RUN("--json"), KA_EXIT_USAGE);
	assert_int_equal(RUN("purge", "corp", "alice"), KA_EXIT_USAGE);
	SAID("", "keyaudit cache: status, expire, clear or forget-serial? \"purge\"" SEE);
	assert_int_equal(RUN("pu\x1b[2J\nrge\xff"), KA_EXIT_USAGE);
	SAID("", "keyaudit cache: status, expire, clear or forget-serial? \"pu\\x1b[2J\\x0arge\\xff\"" SEE);
	assert_int_equal(RUN(""), KA_EXIT_USAGE);
	assert_int_equal(RUN("clea"), KA_EXIT_USAGE);
	assert_int_equal(edits + forgets + asked_who, 0);
}

static void usage__options__are_named_when_wrong(void **state)
{
	(void)state;
	assert_int_equal(RUN("status", "--all"), KA_EXIT_USAGE);
	SAID("", "keyaudit cache: no such option: \"--all\"" SEE);
	assert_int_equal(RUN("status", "-"), KA_EXIT_USAGE);
	assert_int_equal(RUN("clear", "-c"), KA_EXIT_USAGE);
	SAID("", "keyaudit cache: a value is missing behind \"-c\"" SEE);
	assert_int_equal(RUN("clear", "corp", "alice", "bob"), KA_EXIT_USAGE);
	SAID("", "keyaudit cache: one argument too many: \"bob\"" SEE);
	assert_int_equal(RUN("clear", "corp", "alice", "\x1b[2J"), KA_EXIT_USAGE);
	assert_true(caught_is_plain(caught_err));
	assert_int_equal(RUN("forget-serial"), KA_EXIT_USAGE);
	SAID("", "keyaudit cache: forget-serial wants a source" SEE);
	assert_int_equal(edits + forgets + asked_who, 0);
}

static void usage__names__are_judged_before_anything_is_done(void **state)
{
	static const char *const sources[] = { "", ".", "..", "../corp", "a/b", "a b", "corp\n", "\x1b[2J", "\xff", "ä",
					       "abcdefghijklmnopqrstuvwxyzabcdef" };
	static const char *const users[] = { "", ".", "../x", "a/b", "a b", ":", ":all", ":Index", "alice\n", "\x1b[2J", "\xff", "ä" };
	static const char *const verbs[] = { "status", "expire", "clear", "forget-serial" };

	(void)state;
	for (size_t v = 0; v < KA_ARRAY_LEN(verbs); v++) {
		for (size_t i = 0; i < KA_ARRAY_LEN(sources); i++) {
			assert_int_equal(RUN(verbs[v], sources[i]), KA_EXIT_USAGE);
			assert_ptr_equal(strstr(caught_err, "keyaudit cache: no source can be called \""), caught_err);
			assert_true(caught_is_plain(caught_err));
		}
		for (size_t i = 0; i < KA_ARRAY_LEN(users); i++) {
			assert_int_equal(RUN(verbs[v], "corp", users[i]), KA_EXIT_USAGE);
			assert_ptr_equal(strstr(caught_err, "keyaudit cache: no user can be called \""), caught_err);
			assert_true(caught_is_plain(caught_err));
		}
	}
	assert_int_equal(RUN("clear", "corp", "a\x1b\n"), KA_EXIT_USAGE);
	SAID("", "keyaudit cache: no user can be called \"a\\x1b\\x0a\"" SEE);
	assert_int_equal(edits + forgets + asked_who, 0);
}

static void usage__help__is_on_stdout_whatever_else_is_said(void **state)
{
	(void)state;
	assert_int_equal(RUN("--help"), KA_EXIT_FINE);
	assert_ptr_equal(strstr(caught_out, "usage: keyaudit cache status [SOURCE [USER]] [--json] [-c FILE]\n"), caught_out);
	assert_non_null(strstr(caught_out, "examples:\n"));
	assert_string_equal(caught_err, "");
	assert_int_equal(RUN("clear", "corp", "-h"), KA_EXIT_FINE);
	assert_int_equal(edits + asked_who, 0);
}

/* ---- status ---- */

static void status__empty__is_fine_unless_somebody_was_asked_for(void **state)
{
	(void)state;
	assert_int_equal(RUN("status"), KA_EXIT_FINE);
	SAID("0 entries: nothing lies there\n", "");
	assert_int_equal(RUN("status", "corp"), KA_EXIT_UNKNOWN);
	assert_int_equal(RUN("status", "corp", "alice"), KA_EXIT_UNKNOWN);
	assert_int_equal(RUN("status", "--json", "corp", "alice"), KA_EXIT_UNKNOWN);
	SAID("", "");
	assert_int_equal(asked_who, 0); /* looking changes nobody */
}

static void status__entries__those_that_were_asked_for(void **state)
{
	json_t *o;

	(void)state;
	put("alice");
	put("bob");
	assert_int_equal(RUN("status"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_out, "\n2 entries: 2 fresh\n"));
	assert_int_equal(RUN("status", "corp", "bob"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_out, "\ncorp    bob   fresh  "));
	assert_non_null(strstr(caught_out, "\n1 entry: 1 fresh\n"));
	assert_int_equal(RUN("--json", "status", "corp", "alice"), KA_EXIT_FINE);
	o = json_loads(caught_out, JSON_REJECT_DUPLICATES, NULL);
	assert_string_equal(json_string_value(json_object_get(o, "schema")), "keyaudit.cache/1");
	assert_string_equal(json_string_value(json_object_get(o, "user")), "alice");
	json_decref(o);
}

static void status__torn_entry__is_a_finding(void **state)
{
	(void)state;
	put("alice");
	put("bob");
	trustroot_file(entry_path("bob"), 0640, 0, "ka1 entry source=corp user=bob");
	assert_int_equal(RUN("status"), KA_EXIT_FINDINGS);
	assert_non_null(strstr(caught_out, "\n2 entries: 1 fresh, 1 invalid\n"));
	assert_int_equal(RUN("status", "--json"), KA_EXIT_FINDINGS);
	assert_int_equal(RUN("status", "corp", "alice"), KA_EXIT_FINE);
}

static void status__hostile_user_in_an_entry__is_escaped(void **state)
{
	(void)state;
	put("a\x1b[2Jb\n\xff");
	assert_int_equal(RUN("status"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_out, "a\\x1b[2Jb\\x0a\\xff"));
	assert_true(caught_is_plain(caught_out));
	assert_int_equal(RUN("status", "--json"), KA_EXIT_FINE);
	assert_true(caught_is_plain(caught_out));
}

static void status__configuration_cannot_be_had__is_said_and_goes_on(void **state)
{
	(void)state;
	put("alice");
	trustroot_file("/etc/wrong.conf", 0644, 0, "[lookup]\nsour\x1b[2Jces = x\n");
	assert_int_equal(RUN("status", "-c", "/etc/wrong.conf"), KA_EXIT_FINE);
	assert_ptr_equal(strstr(caught_err, NO_CONF), caught_err);
	assert_non_null(strstr(caught_err, "/etc/wrong.conf"));
	assert_true(caught_is_plain(caught_err));
	assert_non_null(strstr(caught_out, "1 entry: 1 fresh\n"));
	trustroot_file("/etc/wrong.conf", 0666, 0, GOOD_CONF);
	assert_int_equal(RUN("status", "-c", "/etc/wrong.conf"), KA_EXIT_FINE);
	assert_ptr_equal(strstr(caught_err, NO_CONF), caught_err);
	/* switched off is no fault of the configuration */
	trustroot_file(KA_PATH_DISABLED, 0644, 0, "");
	assert_int_equal(RUN("status"), KA_EXIT_FINE);
	assert_string_equal(caught_err, "");
	assert_int_equal(unlink(KA_PATH_DISABLED), 0);
}

/* ---- the folder ---- */

static bool drop_rights(void)
{
	return !trustroot_has_uids() || caught_as_nobody();
}

static void cache__is_not_as_it_must_be__is_undecided_and_says_what(void **state)
{
	static const char *const verbs[] = { "status", "expire", "clear" };

	(void)state;
	for (size_t v = 0; v < KA_ARRAY_LEN(verbs); v++) {
		assert_int_equal(rmdir(KA_PATH_CACHE), 0);
		assert_int_equal(RUN(verbs[v]), KA_EXIT_UNDECIDED);
		SAID("", "keyaudit cache: " KA_PATH_CACHE " cannot be opened (ENOENT); mend: systemd-tmpfiles --create keyaudit.conf\n");
		assert_int_equal(symlink("/etc", KA_PATH_CACHE), 0);
		assert_int_equal(RUN(verbs[v]), KA_EXIT_UNDECIDED);
		assert_int_equal(unlink(KA_PATH_CACHE), 0);
		mkdirs(KA_PATH_CACHE, 0777);
		assert_int_equal(RUN(verbs[v]), KA_EXIT_UNDECIDED);
		SAID("", "keyaudit cache: others than its owner may write in " KA_PATH_CACHE "; mend: systemd-tmpfiles --create keyaudit.conf\n");
		assert_int_equal(chmod(KA_PATH_CACHE, 02750), 0);
	}
	assert_int_equal(edits, 0);
}

static void cache__no_permission__is_said(void **state)
{
	static const char *const args[] = { "status", NULL };

	(void)state;
	if (!trustroot_has_uids()) {
		print_message("skipped: not root\n");
		skip();
	}
	assert_int_equal(caught_verb_of(drop_rights, ka_cmd_cache, "cache", args), KA_EXIT_NOPERM);
	SAID("", "keyaudit cache: permission denied: " KA_PATH_CACHE "\n");
}

static void edit__cache_of_somebody_else__is_left_alone(void **state)
{
	(void)state;
	if (!trustroot_has_uids()) {
		print_message("skipped: not root\n");
		skip();
	}
	assert_int_equal(chown(KA_PATH_CACHE, 61120, 0), 0);
	assert_int_equal(RUN("clear"), KA_EXIT_UNDECIDED);
	SAID("", "keyaudit cache: " KA_PATH_CACHE " does not belong to _keyfetch; mend: systemd-tmpfiles --create keyaudit.conf\n");
	assert_int_equal(RUN("expire"), KA_EXIT_UNDECIDED);
	assert_int_equal(edits, 0);
	assert_int_equal(chown(KA_PATH_CACHE, 0, 0), 0);
}

/* ---- expire, clear ---- */

static void edit__words__reach_it(void **state)
{
	(void)state;
	assert_int_equal(RUN("expire"), KA_EXIT_FINE);
	SAID("1 entry made old\n", "");
	assert_string_equal(seen, "- -");
	assert_false(cleared);
	became.done = 0;
	assert_int_equal(RUN("clear", "corp"), KA_EXIT_FINE);
	SAID("0 entries taken away\n", "");
	assert_string_equal(seen, "corp -");
	assert_true(cleared);
	became.done = 2;
	assert_int_equal(RUN("expire", "corp", ":index"), KA_EXIT_FINE);
	SAID("2 entries made old\n", "");
	assert_string_equal(seen, "corp :index");
	assert_int_equal(RUN("clear", "corp", ":revoked"), KA_EXIT_FINE);
	assert_string_equal(seen, "corp :revoked");
	assert_int_equal(edits, 4);
	assert_int_equal(asked_who, 4);
}

static void edit__busy_or_failed__each_its_status(void **state)
{
	(void)state;
	became = (struct ka_cacheedit){ .done = 3, .busy = 2 };
	assert_int_equal(RUN("clear"), KA_EXIT_TEMPORARY);
	SAID("3 entries taken away\n", "keyaudit cache: 2 left alone: somebody is asking for them right now; try again\n");
	became.failed = 1; /* trying again does not help there */
	assert_int_equal(RUN("expire"), KA_EXIT_UNDECIDED);
	SAID("3 entries made old\n", "keyaudit cache: 2 left alone: somebody is asking for them right now; try again\n"
				    "keyaudit cache: 1 could not be written\n");
	edit_says = KA_ERR_NOMEM;
	assert_int_equal(RUN("expire"), KA_EXIT_UNDECIDED);
	assert_string_equal(caught_out, "");
}

static void edit__json__is_one_object(void **state)
{
	(void)state;
	became = (struct ka_cacheedit){ .done = 3, .busy = 2, .failed = 1 };
	assert_int_equal(RUN("clear", "--json", "corp"), KA_EXIT_UNDECIDED);
	assert_string_equal(caught_out, "{\"schema\":\"keyaudit.cache-edit/1\",\"action\":\"clear\",\"done\":3,\"busy\":2,\"failed\":1}\n");
	became = (struct ka_cacheedit){ .done = SIZE_MAX };
	assert_int_equal(RUN("expire", "--json"), KA_EXIT_FINE);
	SAID("{\"schema\":\"keyaudit.cache-edit/1\",\"action\":\"expire\",\"done\":18446744073709551615,\"busy\":0,\"failed\":0}\n", "");
}

static void edit__not_that_user__nothing_is_opened(void **state)
{
	(void)state;
	who = KA_FETCHUSER_MAY_NOT;
	assert_int_equal(RUN("clear"), KA_EXIT_NOPERM);
	SAID("", "cache 1\n");
	assert_int_equal(RUN("expire", "corp"), KA_EXIT_NOPERM);
	assert_int_equal(edits, 0);
}

/* ---- forget-serial ---- */

static void forget__words_and_status__are_passed_on(void **state)
{
	(void)state;
	assert_int_equal(RUN("forget-serial", "corp"), KA_EXIT_FINE);
	assert_string_equal(seen, KA_PATH_CONF " corp -");
	forget_says = KA_EXIT_UNKNOWN;
	assert_int_equal(RUN("-c", "/etc/other.conf", "forget-serial", "corp", ":revoked"), KA_EXIT_UNKNOWN);
	assert_string_equal(seen, "/etc/other.conf corp :revoked");
	assert_int_equal(forgets, 2);
	assert_int_equal(asked_who, 0); /* it stays root: the fetcher's user cannot write there */
}

/* ---- the verdicts ---- */

static void verdicts__status_and_clear__only_these(void **state)
{
	(void)state;
	mkdirs(KA_PATH_VERDICTS, 0700);
	assert_int_equal(RUN("status", "--verdicts"), KA_EXIT_FINE);
	SAID("0 verdicts kept, with room for 65536\n", "");
	assert_int_equal(RUN("--verdicts", "--json", "clear"), KA_EXIT_FINE);
	SAID("{\"schema\":\"keyaudit.cache-edit/1\",\"action\":\"clear\",\"done\":0,\"busy\":0,\"failed\":0}\n", "");
	assert_int_equal(RUN("expire", "--verdicts"), KA_EXIT_USAGE);
	SAID("", "keyaudit cache: verdicts are only looked at (status) or taken away (clear)" SEE);
	assert_int_equal(RUN("forget-serial", "--verdicts"), KA_EXIT_USAGE);
	assert_int_equal(RUN("clear", "corp", "--verdicts"), KA_EXIT_USAGE);
	SAID("", "keyaudit cache: verdicts belong to no source \"corp\"" SEE);
	assert_int_equal(RUN("--verdicts"), KA_EXIT_USAGE);
	assert_int_equal(edits + forgets + asked_who, 0);
	assert_int_equal(rmdir(KA_PATH_VERDICTS), 0);
	assert_int_equal(RUN("status", "--verdicts"), KA_EXIT_UNDECIDED);
	SAID("", "keyaudit cache: " KA_PATH_VERDICTS ": ENOENT; mend: systemd-tmpfiles --create keyaudit.conf\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(usage__no_verb_or_another__is_asked_for, setup),
		cmocka_unit_test_setup(usage__options__are_named_when_wrong, setup),
		cmocka_unit_test_setup(usage__names__are_judged_before_anything_is_done, setup),
		cmocka_unit_test_setup(usage__help__is_on_stdout_whatever_else_is_said, setup),
		cmocka_unit_test_setup(status__empty__is_fine_unless_somebody_was_asked_for, setup),
		cmocka_unit_test_setup(status__entries__those_that_were_asked_for, setup),
		cmocka_unit_test_setup(status__torn_entry__is_a_finding, setup),
		cmocka_unit_test_setup(status__hostile_user_in_an_entry__is_escaped, setup),
		cmocka_unit_test_setup(status__configuration_cannot_be_had__is_said_and_goes_on, setup),
		cmocka_unit_test_setup(cache__is_not_as_it_must_be__is_undecided_and_says_what, setup),
		cmocka_unit_test_setup(cache__no_permission__is_said, setup),
		cmocka_unit_test_setup(edit__cache_of_somebody_else__is_left_alone, setup),
		cmocka_unit_test_setup(edit__words__reach_it, setup),
		cmocka_unit_test_setup(edit__busy_or_failed__each_its_status, setup),
		cmocka_unit_test_setup(edit__json__is_one_object, setup),
		cmocka_unit_test_setup(edit__not_that_user__nothing_is_opened, setup),
		cmocka_unit_test_setup(verdicts__status_and_clear__only_these, setup),
		cmocka_unit_test_setup(forget__words_and_status__are_passed_on, setup),
	};

	return trustroot_run(tests, NULL);
}
