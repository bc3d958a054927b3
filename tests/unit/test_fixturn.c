/* keyaudit/mend/fixturn: what is planned, what a person must vouch for, and what is left to people. */
#include "keyaudit/mend/fixturn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/fixplace.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

static void close_file(void)
{
	ka_fixop_chmod(fixplace_ops(), FIXPLACE_FILE, true, 07755, 0);
}

static void give_and_set(void)
{
	struct ka_fixops *ops = fixplace_ops();

	ka_fixop_chown(ops, FIXPLACE_FILE, true);
	ka_fixop_chmod(ops, FIXPLACE_FILE, true, 0, 0600);
}

static void is(enum ka_fixturn_state state, enum ka_fixplan_answer answer)
{
	enum ka_fixturn_state got = fixplace_plan();

	if (got != state || fixplace.turn.answer != answer)
		fail_msg("state %d, %s", (int)got, ka_fixplan_id(fixplace.turn.answer));
}

static void plan__open_files__need_somebody_who_vouches(void **state)
{
	(void)state;
	close_file();
	is(KA_FIXTURN_NOTHING, KA_FIXPLAN_FINE); /* 0600: it is so already */
	fixplace_file("# c\n" FIXPLACE_KEY " mallory\n", 0666, ALICE);
	is(KA_FIXTURN_READY, KA_FIXPLAN_FINE);
	assert_true(fixplace.turn.needs_trust);
	assert_int_equal(fixplace.turn.files_count, 1);
	assert_int_equal(fixplace.turn.file[0]->look.keys.keys, 1);
	assert_string_equal(fixplace.turn.file[0]->look.keys.row[0].comment, "mallory");
	assert_ptr_equal(fixplace.turn.finding, &fixplace.d.findings[0]);
	ka_fixturn_free(&fixplace.turn);
	assert_int_equal(fixplace.turn.count + fixplace.turn.files_count, 0);
	fixplace_file(FIXPLACE_KEY "\n", 0022, ALICE); /* what she may not read herself nobody can look through */
	is(KA_FIXTURN_BY_HAND, KA_FIXPLAN_GONE);
}

/* every file that sshd reads below it once, and no other; one that cannot be listed ends it */
static void plan__open_directories__each_key_file_once(void **state)
{
	(void)state;
	ka_fixop_chmod(fixplace_ops(), FIXPLACE_SSH, true, 07755, 0);
	if (!trustroot_has_uids())
		skip();
	assert_int_equal(chmod(FIXPLACE_SSH, 0777), 0);
	trustroot_file(FIXPLACE_SSH "/authorized_keys2", 0600, ALICE, FIXPLACE_KEY "\n");
	trustroot_file("/etc/keys", 0644, 0, FIXPLACE_KEY "\n");
	assert_true(ka_span_copy(ka_span_of(FIXPLACE_FILE), fixplace.d.key_files[1], sizeof(fixplace.d.key_files[1])));
	assert_true(ka_span_copy(ka_span_of("/etc/keys"), fixplace.d.key_files[2], sizeof(fixplace.d.key_files[2])));
	assert_true(ka_span_copy(ka_span_of(FIXPLACE_SSH "/authorized_keys2"), fixplace.d.key_files[3], sizeof(fixplace.d.key_files[3])));
	fixplace.d.key_files_count = 4;
	is(KA_FIXTURN_READY, KA_FIXPLAN_FINE);
	assert_int_equal(fixplace.turn.files_count, 2);
	assert_string_equal(fixplace.turn.file[1]->path, FIXPLACE_SSH "/authorized_keys2");
	assert_int_equal(unlink(FIXPLACE_FILE), 0);
	assert_int_equal(symlink("/home/bob/keys", FIXPLACE_FILE), 0);
	is(KA_FIXTURN_BY_HAND, KA_FIXPLAN_LINK);
}

/* an open directory: the files below it that sshd reads */
static void plan__open_directories__list_what_lies_in_them(void **state)
{
	(void)state;
	ka_fixop_chmod(fixplace_ops(), FIXPLACE_SSH, true, 07755, 0);
	assert_int_equal(chmod(FIXPLACE_SSH, 0777), 0);
	is(KA_FIXTURN_READY, KA_FIXPLAN_FINE);
	assert_true(fixplace.turn.needs_trust);
	assert_string_equal(fixplace.turn.file[0]->path, FIXPLACE_FILE);
	assert_int_equal(unlink(FIXPLACE_FILE), 0);
	is(KA_FIXTURN_READY, KA_FIXPLAN_FINE); /* nothing there to vouch for */
	assert_false(fixplace.turn.needs_trust);
	assert_int_equal(symlink("/home/bob/keys", FIXPLACE_FILE), 0);
	is(KA_FIXTURN_BY_HAND, KA_FIXPLAN_LINK);
	assert_int_equal(unlink(FIXPLACE_FILE), 0);
	assert_int_equal(mkfifo(FIXPLACE_FILE, 0600), 0);
	is(KA_FIXTURN_BY_HAND, KA_FIXPLAN_KIND);
}

static void plan__two_changes__the_second_sees_the_first(void **state)
{
	(void)state;
	fixplace_file(FIXPLACE_KEY "\n", 0400, 0);
	give_and_set();
	is(KA_FIXTURN_READY, KA_FIXPLAN_FINE);
	assert_false(fixplace.turn.needs_trust); /* root's and closed: only root could have written it */
	fixplace_file(FIXPLACE_KEY "\n", 0644, BOB);
	is(KA_FIXTURN_READY, KA_FIXPLAN_FINE);
	assert_true(fixplace.turn.needs_trust);
	assert_int_equal(fixplace.turn.files_count, 1); /* looked at once for both */
}

/* a secret of root's that was moved into ~/.ssh would be given away with the file */
static void plan__roots_file__must_be_nothing_but_keys(void **state)
{
	static const char *const secrets[] = { "root:$y$hash:1::::::\n", FIXPLACE_KEY "\nroot:$y$hash:1::::::\n", "", "# only a comment\n",
					       FIXPLACE_KEY "\n-----BEGIN OPENSSH PRIVATE KEY-----\n" };

	(void)state;
	for (size_t i = 0; i < 2 * KA_ARRAY_LEN(secrets); i++) {
		fixplace_file(secrets[i / 2], i % 2 == 0 ? 0600 : 0644, 0); /* with 0644 there is a second change, which is fine */
		give_and_set();
		if (fixplace_plan() != KA_FIXTURN_BY_HAND || fixplace.turn.answer != KA_FIXPLAN_NOT_KEYS)
			fail_msg("secret %zu", i);
	}
}

/* given away is only a file that is not the user's, and by a chown */
static void plan__nothing_given_away__content_does_not_matter(void **state)
{
	(void)state;
	ka_fixop_chown(fixplace_ops(), FIXPLACE_FILE, true);
	if (!trustroot_has_uids())
		skip();
	fixplace_file("no key\n", 0600, ALICE);
	assert_int_equal(lchown(FIXPLACE_FILE, ALICE, BOB), 0);
	is(KA_FIXTURN_READY, KA_FIXPLAN_FINE);
	ka_fixop_chown(fixplace_ops(), FIXPLACE_SSH, true);
	assert_int_equal(lchown(FIXPLACE_SSH, 0, 0), 0);
	is(KA_FIXTURN_READY, KA_FIXPLAN_FINE);
	assert_int_equal(lchown(FIXPLACE_SSH, ALICE, ALICE), 0);
	trustroot_file("/etc/keys", 0666, 0, "no key\n");
	assert_int_equal(chmod("/etc/keys", 0666), 0);
	ka_fixop_chmod(fixplace_ops(), "/etc/keys", false, 07755, 0);
	is(KA_FIXTURN_READY, KA_FIXPLAN_FINE);
	assert_true(fixplace.turn.needs_trust);
}

static void plan__hard_links_large_files_and_devices__are_left_alone(void **state)
{
	(void)state;
	give_and_set();
	if (!trustroot_has_uids())
		skip();
	assert_int_equal(unlink(FIXPLACE_FILE), 0);
	assert_int_equal(link("/etc/shadow", FIXPLACE_FILE), 0);
	is(KA_FIXTURN_BY_HAND, KA_FIXPLAN_LINKS);
	assert_int_equal(unlink(FIXPLACE_FILE), 0);
	fixplace_file("", 0600, 0);
	assert_int_equal(truncate(FIXPLACE_FILE, KA_FIX_FILE_MAX + 1), 0);
	is(KA_FIXTURN_BY_HAND, KA_FIXPLAN_LARGE);
	assert_int_equal(unlink(FIXPLACE_FILE), 0);
	assert_int_equal(mkfifo(FIXPLACE_FILE, 0666), 0);
	is(KA_FIXTURN_BY_HAND, KA_FIXPLAN_KIND);
	assert_int_equal(unlink(FIXPLACE_FILE), 0);
	is(KA_FIXTURN_BY_HAND, KA_FIXPLAN_GONE);
	assert_int_equal(rmdir(FIXPLACE_SSH), 0);
	assert_int_equal(symlink("/etc", FIXPLACE_SSH), 0);
	is(KA_FIXTURN_BY_HAND, KA_FIXPLAN_LINK);
	assert_int_equal(unlink(FIXPLACE_SSH), 0);
}

static void plan__too_many_keys_to_look_through__by_hand(void **state)
{
	static char text[(KA_FIXKEYS_MAX + 1) * sizeof(FIXPLACE_KEY "\n")];

	(void)state;
	for (size_t i = 0, at = 0; i <= KA_FIXKEYS_MAX; i++, at += sizeof(FIXPLACE_KEY))
		memcpy(text + at, FIXPLACE_KEY "\n", sizeof(FIXPLACE_KEY "\n"));
	fixplace_file(text, 0666, ALICE);
	close_file();
	is(KA_FIXTURN_BY_HAND, KA_FIXPLAN_LARGE);
	fixplace_file(text, 0600, 0); /* nor is it given away unseen */
	give_and_set();
	is(KA_FIXTURN_BY_HAND, KA_FIXPLAN_LARGE);
	text[KA_FIXKEYS_MAX * (sizeof(FIXPLACE_KEY "\n") - 1)] = '\0';
	fixplace_file(text, 0600, 0);
	is(KA_FIXTURN_READY, KA_FIXPLAN_FINE);
}

static void plan__a_fix_without_ops__is_by_hand(void **state)
{
	(void)state;
	fixplace_ops();
	is(KA_FIXTURN_BY_HAND, KA_FIXPLAN_FINE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXPLACE_TEST(plan__open_files__need_somebody_who_vouches), FIXPLACE_TEST(plan__open_directories__list_what_lies_in_them),
		FIXPLACE_TEST(plan__two_changes__the_second_sees_the_first), FIXPLACE_TEST(plan__roots_file__must_be_nothing_but_keys),
		FIXPLACE_TEST(plan__open_directories__each_key_file_once), FIXPLACE_TEST(plan__nothing_given_away__content_does_not_matter),
		FIXPLACE_TEST(plan__hard_links_large_files_and_devices__are_left_alone),
		FIXPLACE_TEST(plan__too_many_keys_to_look_through__by_hand), FIXPLACE_TEST(plan__a_fix_without_ops__is_by_hand),
	};

	return trustroot_run(tests, fixplace_group);
}
