/* keyaudit/mend/fixact: all of it or nothing, and nothing that has changed since it was looked at. */
#include "keyaudit/mend/fixact.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "keyaudit/mend/fixdo.h"
#include "keyaudit/mend/fixnotes.h"
#include "tests/unit/lib/fixplace.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

/* bob's file, world-writable: a chown and a chmod, both needed */
static void plan_both(void)
{
	struct ka_fixops *ops = fixplace_ops();

	fixplace_file(FIXPLACE_KEY " a\n", 0666, BOB);
	ka_fixop_chown(ops, FIXPLACE_FILE, true);
	ka_fixop_chmod(ops, FIXPLACE_FILE, true, 07755, 0);
	assert_int_equal(fixplace_plan(), KA_FIXTURN_READY);
}

static void plan_edit(const char *text)
{
	const struct ka_fixop_edit edit = { .line = 1, .column = 1, .old = "fromm", .new = "from" };

	fixplace_file(text, 0640, ALICE);
	ka_fixop_edit(fixplace_ops(), FIXPLACE_FILE, &edit, 1);
	assert_int_equal(fixplace_plan(), KA_FIXTURN_READY);
}

static void act__chown_and_chmod__both_with_their_note(void **state)
{
	(void)state;
	plan_both();
	assert_int_equal(fixplace_act(), KA_FIXTURN_DONE);
	assert_int_equal(fixplace_mode(FIXPLACE_FILE), S_IFREG | 0644);
	assert_int_equal(fixplace_owner(FIXPLACE_FILE), ALICE);
	assert_int_equal(fixplace.log.note.count, 2);
	assert_int_equal(fixplace.log.note.op[0].old_uid, BOB);
	assert_int_equal(fixplace.log.note.op[0].old_gid, BOB);
	assert_int_equal(fixplace.log.note.op[0].new_uid, ALICE);
	assert_int_equal(fixplace.log.note.op[0].new_gid, ALICE);
	assert_int_equal(fixplace.log.note.op[1].old_mode, 0666);
	assert_int_equal(fixplace.log.note.op[1].new_mode, 0644);
}

static void act__an_edit__a_new_file_with_the_old_mode(void **state)
{
	(void)state;
	plan_edit("fromm=\"x\" " FIXPLACE_KEY "\n# c\n");
	assert_int_equal(fixplace_act(), KA_FIXTURN_DONE);
	assert_string_equal(fixplace_text(FIXPLACE_FILE), "from=\"x\" " FIXPLACE_KEY "\n# c\n");
	assert_int_equal(fixplace_mode(FIXPLACE_FILE), S_IFREG | 0640);
	assert_int_equal(fixplace_owner(FIXPLACE_FILE), ALICE);
	assert_int_equal(fixplace.log.note.op[0].old.len, strlen("fromm=\"x\" " FIXPLACE_KEY "\n# c\n"));
}

static void act__a_private_key__is_never_copied_into_a_note(void **state)
{
	(void)state;
	plan_edit("fromm=\"x\" " FIXPLACE_KEY "\n-----BEGIN OPENSSH PRIVATE KEY-----\n");
	assert_int_equal(fixplace_act(), KA_FIXTURN_FAILED);
	assert_non_null(strstr(fixplace.turn.why, "private key"));
	assert_int_equal(fixplace.log.note.count, 0);
	assert_int_equal(strncmp(fixplace_text(FIXPLACE_FILE), "fromm", 5), 0);
}

/* a group that she cannot give to the new file: the old one stays, and nothing beside it */
static void act__an_edit_that_would_lose_the_group__nothing_happens(void **state)
{
	const struct dirent *e;
	unsigned n = 0;
	DIR *d;

	(void)state;
	plan_edit("fromm=\"x\" " FIXPLACE_KEY "\n");
	assert_int_equal(lchown(FIXPLACE_FILE, ALICE, BOB), 0);
	assert_int_equal(fixplace_plan(), KA_FIXTURN_READY);
	assert_int_equal(fixplace_act(), KA_FIXTURN_FAILED);
	assert_int_equal(fixplace.turn.errnum, EPERM);
	assert_int_equal(fixplace.log.note.count, 0);
	assert_int_equal(strncmp(fixplace_text(FIXPLACE_FILE), "fromm", 5), 0);
	d = opendir(FIXPLACE_SSH);
	while (d != NULL && (e = readdir(d)) != NULL)
		n += e->d_name[0] != '.' || strncmp(e->d_name, ".keyaudit", 9) == 0;
	closedir(d);
	assert_int_equal(n, 1);
}

/* no room for its note, or for what it keeps: nothing is changed */
static void act__without_room_for_a_note__nothing_happens(void **state)
{
	(void)state;
	plan_both();
	fixplace.log.note.count = KA_FIXNOTE_OPS_MAX;
	assert_int_equal(fixplace_act(), KA_FIXTURN_FAILED);
	assert_int_equal(fixplace_owner(FIXPLACE_FILE), BOB);
	assert_int_equal(fixplace_mode(FIXPLACE_FILE), S_IFREG | 0666);
	fixplace.log.note.count = 0;
	plan_edit("fromm=\"x\" " FIXPLACE_KEY "\n");
	fixplace.log.kept_count = KA_FIXNOTE_OPS_MAX;
	assert_int_equal(fixplace_act(), KA_FIXTURN_FAILED);
	assert_int_equal(strncmp(fixplace_text(FIXPLACE_FILE), "fromm", 5), 0);
	ka_fixact_forget(&fixplace.log);
	assert_int_equal(fixplace.log.kept_count, 0);
	assert_int_equal(fixplace.log.note.count, 0);
}

/* ---- between the question and the answer ---- */

static void is_refused(const char *what)
{
	if (fixplace_act() != KA_FIXTURN_FAILED)
		fail_msg("%s: done", what);
	assert_int_equal(fixplace.log.note.count, 0);
	assert_int_equal(fixplace_owner("/etc/shadow"), 0);
	assert_int_equal(fixplace_mode("/etc/shadow"), S_IFREG | 0600);
}

static void swapped__the_file_for_a_link__nothing_happens(void **state)
{
	(void)state;
	plan_both();
	assert_int_equal(unlink(FIXPLACE_FILE), 0);
	assert_int_equal(symlink("/etc/shadow", FIXPLACE_FILE), 0);
	is_refused("a symbolic link");
	plan_both();
	assert_int_equal(unlink(FIXPLACE_FILE), 0);
	assert_int_equal(link("/etc/shadow", FIXPLACE_FILE), 0);
	is_refused("a hard link");
	assert_int_equal(unlink(FIXPLACE_FILE), 0);
}

static void swapped__a_second_name__nothing_happens(void **state)
{
	(void)state;
	plan_both();
	assert_int_equal(link(FIXPLACE_FILE, "/home/alice/second"), 0);
	is_refused("a second name");
	assert_int_equal(fixplace_owner(FIXPLACE_FILE), BOB);
}

static void swapped__the_directory__nothing_happens(void **state)
{
	(void)state;
	plan_both();
	assert_int_equal(rename(FIXPLACE_SSH, "/home/alice/old"), 0);
	assert_int_equal(symlink("/etc", FIXPLACE_SSH), 0);
	is_refused("~/.ssh is a link now");
	assert_int_equal(unlink(FIXPLACE_SSH), 0);
	trustroot_dir(FIXPLACE_SSH, 0700, ALICE);
	assert_int_equal(rename("/home/alice/old/authorized_keys", FIXPLACE_FILE), 0);
	is_refused("the same file in another directory");
	assert_int_equal(fixplace_owner(FIXPLACE_FILE), BOB);
}

/* ~/.ssh is open: whoever may write there puts another file under the name whose keys were listed */
static void swapped__a_file_in_an_open_directory__nothing_happens(void **state)
{
	(void)state;
	ka_fixop_chmod(fixplace_ops(), FIXPLACE_SSH, true, 07755, 0);
	if (!trustroot_has_uids())
		skip();
	assert_int_equal(chmod(FIXPLACE_SSH, 0777), 0);
	assert_int_equal(fixplace_plan(), KA_FIXTURN_READY);
	assert_true(fixplace.turn.needs_trust);
	assert_int_equal(rename(FIXPLACE_FILE, "/home/alice/kept"), 0);
	fixplace_file(FIXPLACE_KEY " mallory\n", 0600, ALICE);
	is_refused("another key file");
	assert_int_equal(fixplace_mode(FIXPLACE_SSH), S_IFDIR | 0777);
	assert_int_equal(chmod(FIXPLACE_SSH, 0700), 0);
}

static struct timespec changed_at(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_ctim;
}

/* refused before anything was done: not even done and put back */
static void is_untouched(const char *what, const char *path)
{
	struct timespec before = changed_at(path), after;

	is_refused(what);
	after = changed_at(path);
	assert_true(before.tv_sec == after.tv_sec && before.tv_nsec == after.tv_nsec);
}

static void plan_open_directory(void)
{
	ka_fixop_chmod(fixplace_ops(), FIXPLACE_SSH, true, 07755, 0);
	if (!trustroot_has_uids())
		skip();
	fixplace_file(FIXPLACE_KEY " a\n", 0600, ALICE);
	assert_int_equal(chmod(FIXPLACE_SSH, 0777), 0);
	assert_int_equal(fixplace_plan(), KA_FIXTURN_READY);
	assert_true(fixplace.turn.needs_trust);
}

/* what somebody must vouch for stands in a file that the change itself does not touch */
static void vouched__and_swapped_or_changed__nothing_is_begun(void **state)
{
	int fd;

	(void)state;
	plan_open_directory();
	assert_int_equal(rename(FIXPLACE_FILE, "/home/alice/kept"), 0);
	fixplace_file(FIXPLACE_KEY " a\n", 0600, ALICE);
	is_untouched("another file", FIXPLACE_SSH);
	assert_string_equal(fixplace.turn.why, ka_fixdo_why(KA_FIXDO_CHANGED));
	plan_open_directory();
	fd = open(FIXPLACE_FILE, O_WRONLY | O_CLOEXEC);
	assert_int_equal(write(fd, "SSH", 3), 3);
	close(fd);
	is_untouched("another text", FIXPLACE_SSH);
	assert_string_equal(fixplace.turn.why, "its content has changed since its keys were listed");
	plan_open_directory();
	assert_int_equal(fixplace_act(), KA_FIXTURN_DONE);
	assert_int_equal(fixplace_mode(FIXPLACE_SSH), S_IFDIR | 0755);
}

/* the question was about another mode */
static void changed__the_mode__is_asked_anew(void **state)
{
	(void)state;
	plan_open_directory();
	assert_int_equal(chmod(FIXPLACE_SSH, 0770), 0);
	is_untouched("another mode", FIXPLACE_SSH);
	assert_int_equal(fixplace_mode(FIXPLACE_SSH), S_IFDIR | 0770);
	assert_int_equal(chmod(FIXPLACE_SSH, 0700), 0);
}

static void swapped__the_home__nothing_happens(void **state)
{
	(void)state;
	plan_both();
	assert_int_equal(rename(FIXPLACE_HOME, "/home/old"), 0);
	trustroot_dir(FIXPLACE_HOME, 0700, ALICE);
	trustroot_dir(FIXPLACE_SSH, 0700, ALICE);
	fixplace_file(FIXPLACE_KEY " a\n", 0666, BOB);
	is_refused("another home");
	assert_int_equal(fixplace_owner(FIXPLACE_FILE), BOB);
	assert_int_equal(unlink("/home/old/.ssh/authorized_keys") | rmdir("/home/old/.ssh") | rmdir("/home/old"), 0);
}

static void changed__the_content__is_not_what_was_vouched_for(void **state)
{
	int fd;

	(void)state;
	plan_both();
	fd = open(FIXPLACE_FILE, O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_int_equal(write(fd, FIXPLACE_KEY " mallory\n", strlen(FIXPLACE_KEY " mallory\n")), strlen(FIXPLACE_KEY " mallory\n"));
	close(fd);
	is_refused("one more key");
	assert_int_equal(fixplace_owner(FIXPLACE_FILE), BOB);
	plan_edit("fromm=\"x\" " FIXPLACE_KEY "\n");
	fd = open(FIXPLACE_FILE, O_WRONLY | O_CLOEXEC);
	assert_int_equal(write(fd, "FROMM", 5), 5);
	close(fd);
	is_refused("an edit of another text");
}

/* a descriptor that is open for writing outlives the mode: what was begun is put back */
static void held__open_for_writing__is_put_back(void **state)
{
	int fd;

	(void)state;
	plan_both();
	fd = open(FIXPLACE_FILE, O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_int_equal(fixplace_act(), KA_FIXTURN_FAILED);
	assert_non_null(strstr(fixplace.turn.why, "open for writing"));
	assert_int_equal(fixplace_owner(FIXPLACE_FILE), BOB);
	assert_int_equal(fixplace_mode(FIXPLACE_FILE), S_IFREG | 0666);
	assert_int_equal(fixplace.log.note.count, 0);
	close(fd);
	assert_int_equal(fixplace_plan(), KA_FIXTURN_READY);
	assert_int_equal(fixplace_act(), KA_FIXTURN_DONE);
}

static void rename__onto_a_name_that_came_up__takes_nothing(void **state)
{
	(void)state;
	fixplace_file(FIXPLACE_KEY "\n", 0600, ALICE);
	assert_int_equal(rename(FIXPLACE_FILE, FIXPLACE_SSH "/authorized_key"), 0);
	ka_fixop_rename(fixplace_ops(), FIXPLACE_SSH "/authorized_key", FIXPLACE_FILE);
	assert_int_equal(fixplace_plan(), KA_FIXTURN_READY);
	fixplace_file("other\n", 0600, ALICE);
	is_refused("the name is taken");
	assert_string_equal(fixplace_text(FIXPLACE_FILE), "other\n");
	assert_int_equal(unlink(FIXPLACE_FILE), 0);
	assert_int_equal(fixplace_plan(), KA_FIXTURN_READY);
	assert_int_equal(fixplace_act(), KA_FIXTURN_DONE);
	assert_string_equal(fixplace_text(FIXPLACE_FILE), FIXPLACE_KEY "\n");
}

/* the new name stands beside the old one and nowhere else */
static void rename__to_another_directory__nothing_happens(void **state)
{
	static const char *const targets[] = { "/home/alice/authorized_keys", "/home/alice/none/authorized_keys", "/etc/authorized_keys",
						FIXPLACE_SSH "/none/authorized_keys" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(targets); i++) {
		ka_fixop_rename(fixplace_ops(), FIXPLACE_FILE, targets[i]);
		if (fixplace_plan() != KA_FIXTURN_READY)
			continue;
		is_refused(targets[i]);
		assert_int_equal(fixplace_mode(targets[i]), 0);
		assert_string_equal(fixplace.turn.why, "the directory of the new name is another one, or cannot be gone to");
	}
	assert_string_equal(fixplace_text(FIXPLACE_FILE), FIXPLACE_KEY " a\n");
}

/* others could have written it: looked through, it is renamed, and what was listed stands under the new name */
static void rename__of_an_open_file__as_it_was_vouched_for(void **state)
{
	(void)state;
	fixplace_file(FIXPLACE_KEY "\n", 0666, ALICE);
	assert_int_equal(rename(FIXPLACE_FILE, FIXPLACE_SSH "/authorized_key"), 0);
	ka_fixop_rename(fixplace_ops(), FIXPLACE_SSH "/authorized_key", FIXPLACE_FILE);
	assert_int_equal(fixplace_plan(), KA_FIXTURN_READY);
	assert_true(fixplace.turn.needs_trust);
	assert_int_equal(fixplace_act(), KA_FIXTURN_DONE);
	assert_string_equal(fixplace_text(FIXPLACE_FILE), FIXPLACE_KEY "\n");
	assert_string_equal(fixplace.log.note.op[0].path, FIXPLACE_SSH "/authorized_key");
	assert_string_equal(fixplace.log.note.op[0].target, FIXPLACE_FILE);
}

static void note__cannot_be_written__nothing_is_changed(void **state)
{
	(void)state;
	plan_both();
	fixplace.log.dir = open("/etc", O_PATH | O_CLOEXEC); /* not a place that fsync(2) takes */
	memcpy(fixplace.log.note.id, "abcdefgh", 9);
	is_refused("no note");
	assert_int_equal(fixplace_owner(FIXPLACE_FILE), BOB);
	unlink("/etc/abcdefgh");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXPLACE_TEST(act__chown_and_chmod__both_with_their_note), FIXPLACE_TEST(act__an_edit__a_new_file_with_the_old_mode),
		FIXPLACE_TEST(act__a_private_key__is_never_copied_into_a_note), FIXPLACE_TEST(swapped__the_file_for_a_link__nothing_happens),
		FIXPLACE_TEST(swapped__a_second_name__nothing_happens), FIXPLACE_TEST(swapped__the_directory__nothing_happens),
		FIXPLACE_TEST(act__an_edit_that_would_lose_the_group__nothing_happens),
		FIXPLACE_TEST(act__without_room_for_a_note__nothing_happens),
		FIXPLACE_TEST(vouched__and_swapped_or_changed__nothing_is_begun), FIXPLACE_TEST(changed__the_mode__is_asked_anew),
		FIXPLACE_TEST(rename__to_another_directory__nothing_happens), FIXPLACE_TEST(rename__of_an_open_file__as_it_was_vouched_for),
		FIXPLACE_TEST(swapped__the_home__nothing_happens),
		FIXPLACE_TEST(swapped__a_file_in_an_open_directory__nothing_happens), FIXPLACE_TEST(changed__the_content__is_not_what_was_vouched_for),
		FIXPLACE_TEST(held__open_for_writing__is_put_back), FIXPLACE_TEST(rename__onto_a_name_that_came_up__takes_nothing),
		FIXPLACE_TEST(note__cannot_be_written__nothing_is_changed),
	};

	return trustroot_run(tests, fixplace_group);
}
