/*
 * keyaudit/cacheforget: what is forgotten, what stays in force, and that it stands in the trail before. The directory of
 * serials is the real path, in a root of the test's own; who runs it and the trail are the test's.
 */
#include "keyaudit/cache/cacheforget.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/paths.h"
#include "keyaudit/case/caseevent.h"
#include "keyaudit/cmd.h"
#include "store/entry.h"
#include "store/revoked.h"
#include "store/revokedkeep.h"
#include "store/serial.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

#define HASH "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define NAME_50 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define NAME_200 NAME_50 NAME_50 NAME_50 NAME_50
#define NOTHING "keyaudit cache: 0 serials forgotten: nothing is remembered of that\n"

static bool is_root, cannot_open, is_wrong; /* is_wrong: told when the streams are no longer caught */
static enum ka_err trail_says;
static unsigned events;
static unsigned long event_count;
static size_t there_at_the_event;
static char event[1024], opened[128];
static void (*at_the_event)(void);
static struct ka_serialdir dir = { .fd = -1 };
static int holder = -1;

static size_t count_of(const char *source);

/* these stand before the ones of libc and in the archive */
uid_t geteuid(void)
{
	return is_root ? (uid_t)syscall(SYS_geteuid) : 1000;
}

enum ka_err ka_caseevent_open(struct ka_writer *w, const char *provider, const char *conf_path, char *why, size_t size)
{
	w->provider = provider;
	snprintf(opened, sizeof(opened), "%s %s", provider, conf_path);
	snprintf(why, size, "/run/keyaudit is not there; mend it");
	return cannot_open ? KA_ERR_SYS : KA_ERR_OK;
}

enum ka_err ka_caseevent_health(struct ka_writer *w, enum ka_action_event action, const struct ka_conn *conn, unsigned long count,
				const char *text)
{
	is_wrong |= strcmp(w->provider, "keyaudit-cache") != 0 || action != KA_EVENT_SERIAL_FORGOTTEN || conn != NULL;
	events++;
	event_count = count;
	snprintf(event, sizeof(event), "%s", text);
	there_at_the_event = count_of("corp");
	if (at_the_event != NULL)
		at_the_event();
	return trail_says;
}

static void mkdirs(const char *path)
{
	char part[256];

	for (size_t i = 1; path[i] != '\0'; i++)
		if (path[i] == '/' && ka_span_copy(ka_span_sub(ka_span_of(path), 0, i), part, sizeof(part)))
			trustroot_dir(part, 0755, 0);
	trustroot_dir(path, 0700, 0);
}

static const char *name_of(const char *user)
{
	static char name[KA_ENTRY_HEX];

	ka_entry_name("corp", user, NULL, name);
	return name;
}

static void remember(const char *source, const char *what, uint64_t serial)
{
	static const uint8_t sha[64] = { 1 };
	const struct ka_serial_new n = { .source = source, .what = what, .serial = serial, .sha512 = sha, .now = 1790000000 };
	struct ka_serial_kept kept;

	assert_int_equal(ka_serial_remember(&dir, &n, &kept), KA_ERR_OK);
}

static bool knows(const char *source, const char *what)
{
	struct ka_serial_memory m;
	enum ka_serial_answer answer;

	is_wrong |= ka_serial_read(&dir, source, what, &answer, &m) != KA_ERR_OK;
	return !is_wrong && answer == KA_SERIAL_KNOWN;
}

static void put_revoked(void)
{
	static const char head[] = "ka1 revoked serial=7 sha512=";
	char text[512], sha[129];

	memset(sha, 'a', 128);
	sha[128] = '\0';
	assert_true(snprintf(text, sizeof(text), "%s%s at=1790000000 expires=4000000000 count=1\n" HASH "\n", head, sha) > 0);
	trustroot_file(KA_PATH_SERIALS "/corp.revoked", 0600, 0, text);
}

/* the list's serial and expiry, and whether it still refuses the key */
static struct ka_revoked revoked(bool *refuses)
{
	static struct ka_revoked r;

	assert_int_equal(ka_revoked_open(&dir, "corp", &r), KA_ERR_OK);
	assert_int_equal(r.state, KA_REVOKED_OPEN);
	*refuses = ka_revoked_judge(&r, "SHA256:" HASH) == KA_REASON_REVOKED_STORE;
	ka_revoked_close(&r);
	return r;
}

static size_t count_of(const char *source)
{
	size_t n = knows(source, name_of("alice")) ? 1 : 0;

	n += knows(source, name_of("bob")) ? 1 : 0;
	return n + (knows(source, KA_SERIALDIR_INDEX) ? 1 : 0);
}

static int setup(void **state)
{
	(void)state;
	is_root = true;
	cannot_open = is_wrong = false;
	trail_says = KA_ERR_OK;
	events = 0;
	event[0] = opened[0] = '\0';
	at_the_event = NULL;
	if (holder >= 0)
		close(holder);
	holder = -1;
	mkdirs(KA_PATH_SERIALS);
	ka_serialdir_close(&dir);
	assert_int_equal(ka_serialdir_open(KA_PATH_SERIALS, &dir), KA_ERR_OK);
	remember("corp", name_of("alice"), 42);
	remember("corp", name_of("bob"), 7);
	remember("corp", KA_SERIALDIR_INDEX, 9);
	remember("corp.eu", KA_SERIALDIR_INDEX, 9);
	assert_true(access(KA_PATH_SERIALS "/corp." KA_SERIALDIR_BEGUN, F_OK) == 0 || ka_serialdir_begin(&dir, "corp"));
	put_revoked();
	return 0;
}

static int forget(const char *source, const char *user)
{
	int status;

	errno = EIO; /* somebody's of long ago */
	caught_begin();
	status = ka_cacheforget_run("/etc/test.conf", source, user);
	caught_end();
	assert_false(is_wrong);
	return status;
}

static void nothing_has_changed(void)
{
	bool refuses;

	assert_int_equal(count_of("corp"), 3);
	assert_int_equal(revoked(&refuses).memory.serial, 7);
	assert_true(refuses);
	assert_string_equal(caught_out, "");
}

/* the event ends with who is behind sudo, when the kernel knows */
static void event_is(const char *text)
{
	const size_t len = strlen(text);

	assert_int_equal(events, 1);
	assert_memory_equal(event, text, len);
	if (event[len] != '\0')
		assert_ptr_equal(strstr(event, ", by login uid "), event + len);
}

/* ---- refused ---- */

static void forget__not_root__nothing_is_said_or_done(void **state)
{
	(void)state;
	is_root = false;
	assert_int_equal(forget("corp", NULL), KA_EXIT_NOPERM);
	assert_string_equal(caught_err, "keyaudit cache: only root forgets serials\n");
	is_root = true;
	assert_int_equal(events, 0);
	nothing_has_changed();
}

static void forget__no_source_can_be_called_so__is_usage(void **state)
{
	static const char *const bad[] = { "", ".", "../corp", "corp/x", "-corp", "co\x1b[2Jrp", "corp\n", "\xff", NAME_200 };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++)
		for (int user = 0; user < 2; user++) {
			assert_int_equal(forget(bad[i], user ? "alice" : NULL), KA_EXIT_USAGE);
			assert_string_equal(caught_err, "keyaudit cache: no source can be called so\n");
		}
	assert_int_equal(events, 0);
	nothing_has_changed();
}

static void forget__nothing_is_remembered__is_no_event(void **state)
{
	(void)state;
	assert_int_equal(forget("corp", "carol"), KA_EXIT_UNKNOWN);
	assert_string_equal(caught_err, NOTHING);
	nothing_has_changed();
	assert_int_equal(forget("nowhere", NULL), KA_EXIT_UNKNOWN);
	assert_string_equal(caught_err, NOTHING);
	assert_int_equal(forget("cor", NULL), KA_EXIT_UNKNOWN);
	/* a note that something was known once is no serial */
	assert_true(ka_serialdir_begin(&dir, "empty"));
	assert_int_equal(forget("empty", NULL), KA_EXIT_UNKNOWN);
	assert_int_equal(unlink(KA_PATH_SERIALS "/empty." KA_SERIALDIR_BEGUN), 0);
	assert_int_equal(events, 0);
	assert_string_equal(opened, "");
}

static void forget__no_directory__says_how_to_mend_it(void **state)
{
	(void)state;
	assert_int_equal(rename(KA_PATH_SERIALS, KA_PATH_STATE "/away"), 0);
	assert_int_equal(forget("corp", NULL), KA_EXIT_UNDECIDED);
	assert_string_equal(caught_err, "keyaudit cache: " KA_PATH_SERIALS " cannot be opened; mend: systemd-tmpfiles --create keyaudit.conf (ENOENT)\n");
	assert_int_equal(rename(KA_PATH_STATE "/away", KA_PATH_SERIALS), 0);
	assert_int_equal(chmod(KA_PATH_SERIALS, 0770), 0);
	assert_int_equal(forget("corp", NULL), KA_EXIT_UNDECIDED);
	assert_non_null(strstr(caught_err, "(EPERM)"));
	assert_int_equal(chmod(KA_PATH_SERIALS, 0700), 0);
	assert_int_equal(events, 0);
	nothing_has_changed();
}

/* ---- the trail comes first ---- */

static void forget__trail_cannot_be_opened__nothing_is_forgotten(void **state)
{
	(void)state;
	cannot_open = true;
	assert_int_equal(forget("corp", NULL), KA_EXIT_UNDECIDED);
	assert_string_equal(caught_err, "keyaudit cache: /run/keyaudit is not there; mend it\n");
	assert_string_equal(opened, "keyaudit-cache /etc/test.conf");
	assert_int_equal(events, 0);
	nothing_has_changed();
}

static void forget__trail_cannot_be_written__nothing_is_forgotten(void **state)
{
	static const enum ka_err faults[] = { KA_ERR_TIMEOUT, KA_ERR_SYS, KA_ERR_NOMEM, KA_ERR_LIMIT };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(faults); i++) {
		trail_says = faults[i];
		assert_int_equal(forget("corp", i % 2 == 0 ? NULL : "alice"), KA_EXIT_TEMPORARY);
		assert_string_equal(caught_err, "keyaudit cache: the trail cannot be written, so nothing was forgotten\n");
		nothing_has_changed();
	}
}

static void hold_the_lock(void)
{
	holder = open(KA_PATH_SERIALS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	is_wrong |= holder < 0 || flock(holder, LOCK_EX | LOCK_NB) != 0;
}

static void forget__could_not_be_done__is_said_as_well(void **state)
{
	(void)state;
	at_the_event = hold_the_lock;
	assert_int_equal(forget("corp", "alice"), KA_EXIT_UNDECIDED);
	assert_ptr_equal(strstr(caught_err, "keyaudit cache: it is in the trail, and could not be done; try again"), caught_err);
	assert_int_equal(events, 1);
	nothing_has_changed();
}

/* ---- done ---- */

static void forget__user__only_hers(void **state)
{
	bool refuses;

	(void)state;
	assert_int_equal(forget("corp", "alice"), KA_EXIT_FINE);
	assert_string_equal(caught_out, "1 serial forgotten; the next document counts, whatever its serial\n");
	assert_string_equal(caught_err, "");
	event_is("source corp, user alice");
	assert_int_equal(event_count, 1);
	assert_int_equal(there_at_the_event, 3);
	assert_false(knows("corp", name_of("alice")));
	assert_true(knows("corp", name_of("bob")) && knows("corp", KA_SERIALDIR_INDEX));
	assert_int_equal(revoked(&refuses).memory.serial, 7);
	assert_int_equal(forget("corp", "alice"), KA_EXIT_UNKNOWN);
}

static void forget__index__only_that(void **state)
{
	(void)state;
	assert_int_equal(forget("corp", ":index"), KA_EXIT_FINE);
	event_is("source corp, user :index");
	assert_false(knows("corp", KA_SERIALDIR_INDEX));
	assert_true(knows("corp", name_of("alice")) && knows("corp", name_of("bob")) && knows("corp.eu", KA_SERIALDIR_INDEX));
}

/* it must let no revoked key back in */
static void forget__revoked__serial_goes_and_entries_stay_in_force(void **state)
{
	bool refuses;

	(void)state;
	assert_int_equal(forget("corp", ":revoked"), KA_EXIT_FINE);
	event_is("source corp, user :revoked");
	assert_int_equal(revoked(&refuses).memory.serial, 0);
	assert_true(refuses);
	assert_int_equal(count_of("corp"), 3);
}

/* the list's file is there for its entries; there is no serial in it any more */
static void forget__revoked_twice__the_second_forgets_nothing(void **state)
{
	bool refuses;

	(void)state;
	assert_int_equal(forget("corp", ":revoked"), KA_EXIT_FINE);
	assert_string_equal(caught_out, "1 serial forgotten; the next document counts, whatever its serial\n");
	assert_int_equal(forget("corp", ":revoked"), KA_EXIT_UNKNOWN);
	assert_string_equal(caught_err, NOTHING);
	assert_string_equal(caught_out, "");
	assert_int_equal(events, 1);
	assert_int_equal(forget("corp", NULL), KA_EXIT_FINE);
	assert_string_equal(caught_out, "3 serials forgotten; the next document counts, whatever its serial\n");
	assert_int_equal(forget("corp", NULL), KA_EXIT_UNKNOWN);
	assert_int_equal(events, 2);
	assert_int_equal(revoked(&refuses).memory.serial, 0);
	assert_true(refuses);
}

/* what it holds cannot be told, so it is not called nothing */
static void forget__revoked_list_is_broken__is_said(void **state)
{
	(void)state;
	assert_int_equal(truncate(KA_PATH_SERIALS "/corp.revoked", 20), 0);
	assert_int_equal(forget("corp", ":revoked"), KA_EXIT_UNDECIDED);
	assert_ptr_equal(strstr(caught_err, "keyaudit cache: it is in the trail, and could not be done; try again"), caught_err);
	assert_int_equal(unlink(KA_PATH_SERIALS "/corp.revoked"), 0);
}

static void forget__source__all_of_it_and_not_its_neighbour(void **state)
{
	struct ka_revoked r;
	bool refuses;

	(void)state;
	assert_int_equal(forget("corp", NULL), KA_EXIT_FINE);
	assert_string_equal(caught_out, "4 serials forgotten; the next document counts, whatever its serial\n");
	assert_string_equal(caught_err, "");
	event_is("source corp, all users");
	assert_int_equal(event_count, 4); /* two users, the index, the revoked list */
	assert_int_equal(there_at_the_event, 3);
	assert_int_equal(count_of("corp"), 0);
	assert_int_equal(access(KA_PATH_SERIALS "/corp." KA_SERIALDIR_BEGUN, F_OK), -1);
	assert_true(knows("corp.eu", KA_SERIALDIR_INDEX));
	r = revoked(&refuses);
	assert_int_equal(r.memory.serial, 0);
	assert_true(refuses);
}

static void forget__long_user__is_cut_in_the_event_alone(void **state)
{
	char user[256], text[256];

	(void)state;
	memset(user, 'u', 255);
	user[255] = '\0';
	remember("corp", name_of(user), 3);
	assert_int_equal(forget("corp", user), KA_EXIT_FINE);
	assert_true(snprintf(text, sizeof(text), "source corp, user %.128s", user) > 0);
	event_is(text);
	assert_false(knows("corp", name_of(user)));
}

static int begin(void **state)
{
	(void)state;
	is_root = true;
	trustroot_proc();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(forget__not_root__nothing_is_said_or_done, setup),
		cmocka_unit_test_setup(forget__no_source_can_be_called_so__is_usage, setup),
		cmocka_unit_test_setup(forget__nothing_is_remembered__is_no_event, setup),
		cmocka_unit_test_setup(forget__no_directory__says_how_to_mend_it, setup),
		cmocka_unit_test_setup(forget__trail_cannot_be_opened__nothing_is_forgotten, setup),
		cmocka_unit_test_setup(forget__trail_cannot_be_written__nothing_is_forgotten, setup),
		cmocka_unit_test_setup(forget__could_not_be_done__is_said_as_well, setup),
		cmocka_unit_test_setup(forget__user__only_hers, setup),
		cmocka_unit_test_setup(forget__index__only_that, setup),
		cmocka_unit_test_setup(forget__revoked__serial_goes_and_entries_stay_in_force, setup),
		cmocka_unit_test_setup(forget__revoked_twice__the_second_forgets_nothing, setup),
		cmocka_unit_test_setup(forget__revoked_list_is_broken__is_said, setup),
		cmocka_unit_test_setup(forget__source__all_of_it_and_not_its_neighbour, setup),
		cmocka_unit_test_setup(forget__long_user__is_cut_in_the_event_alone, setup),
	};

	is_root = true;
	return trustroot_run(tests, begin);
}
