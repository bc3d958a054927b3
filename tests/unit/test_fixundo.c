/* keyaudit/mend/fixundo: back to what it was, as long as it is what we left. */
#include "keyaudit/mend/fixundo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "keyaudit/mend/fixplan.h"
#include "tests/unit/lib/fixplace.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

static struct ka_fixundo_result result;

static bool undo(size_t i)
{
	ka_fixundo_op(&fixplace.log.note.op[i], &fixplace.world, &result);
	return result.is_done;
}

static void edit(void)
{
	const struct ka_fixop_edit what = { .line = 1, .column = 1, .old = "fromm", .new = "from" };

	fixplace_file("fromm=\"x\" " FIXPLACE_KEY "\n", 0640, ALICE);
	ka_fixop_edit(fixplace_ops(), FIXPLACE_FILE, &what, 1);
	assert_int_equal(fixplace_plan(), KA_FIXTURN_READY);
	assert_int_equal(fixplace_act(), KA_FIXTURN_DONE);
}

static void modes_and_owners__newest_first__are_back(void **state)
{
	(void)state;
	fixplace_given();
	assert_true(undo(1));
	assert_true(undo(0));
	assert_int_equal(fixplace_mode(FIXPLACE_FILE), S_IFREG | 0666);
	assert_int_equal(fixplace_owner(FIXPLACE_FILE), BOB);
	assert_false(undo(0)); /* and not a second time */
}

/* an edit puts another file in the place of the one that was closed before, and undoing it yet another */
static void changes_before_an_edit__follow_the_file(void **state)
{
	struct ka_fixnote *note = &fixplace.log.note;
	const struct ka_fixop_edit what = { .line = 1, .column = 1, .old = "ssh-e", .new = "ssh-E" };
	struct ka_fixundo_result put_back;

	(void)state;
	fixplace_file(FIXPLACE_KEY " a\n", 0666, ALICE);
	ka_fixop_chmod(fixplace_ops(), FIXPLACE_FILE, true, 07755, 0);
	assert_int_equal(fixplace_plan(), KA_FIXTURN_READY);
	assert_int_equal(fixplace_act(), KA_FIXTURN_DONE);
	ka_fixop_edit(fixplace_ops(), FIXPLACE_FILE, &what, 1);
	assert_int_equal(fixplace_plan(), KA_FIXTURN_READY);
	assert_int_equal(fixplace_act(), KA_FIXTURN_DONE);
	assert_int_equal(note->count, 2);
	assert_true(note->op[1].was_ino == note->op[0].ino && note->op[1].ino != note->op[0].ino);
	assert_true(undo(1));
	put_back = result;
	assert_false(undo(0)); /* another file */
	ka_fixundo_follow(note, 1, &result); /* what was not put back leads nobody on */
	assert_true(note->op[1].was_ino == note->op[0].ino);
	ka_fixundo_follow(note, 1, &put_back);
	assert_true(undo(0));
	assert_int_equal(fixplace_mode(FIXPLACE_FILE), S_IFREG | 0666);
	assert_string_equal(fixplace_text(FIXPLACE_FILE), FIXPLACE_KEY " a\n");
}

static void content__is_back(void **state)
{
	(void)state;
	edit();
	assert_true(undo(0));
	assert_string_equal(fixplace_text(FIXPLACE_FILE), "fromm=\"x\" " FIXPLACE_KEY "\n");
	assert_int_equal(fixplace_mode(FIXPLACE_FILE), S_IFREG | 0640);
}

static void content__that_was_changed_since__stays(void **state)
{
	FILE *f;

	(void)state;
	edit();
	f = fopen(FIXPLACE_FILE, "a");
	assert_non_null(f);
	assert_true(fputs("# mine\n", f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_false(undo(0));
	assert_true(result.why[0] != '\0');
	assert_non_null(strstr(fixplace_text(FIXPLACE_FILE), "# mine\n"));
}

static void left_alone__what_is_not_as_we_left_it(void **state)
{
	(void)state;
	fixplace_given();
	assert_int_equal(chmod(FIXPLACE_FILE, 0600), 0);
	assert_false(undo(1));
	assert_string_equal(result.why, "its mode has been changed since");
	assert_int_equal(fixplace_mode(FIXPLACE_FILE), S_IFREG | 0600);
	fixplace_given();
	assert_int_equal(lchown(FIXPLACE_FILE, BOB, BOB), 0);
	assert_false(undo(fixplace.log.note.count - 1)); /* no longer alice's to change */
	assert_int_equal(fixplace_mode(FIXPLACE_FILE), S_IFREG | 0644);
}

static void left_alone__another_file_of_that_name(void **state)
{
	(void)state;
	fixplace_given();
	assert_int_equal(rename(FIXPLACE_FILE, "/home/alice/kept"), 0); /* or the inode could come again */
	fixplace_file(FIXPLACE_KEY " other\n", 0644, ALICE);
	assert_false(undo(1));
	assert_non_null(strstr(result.why, "another file"));
	assert_int_equal(fixplace_mode(FIXPLACE_FILE), S_IFREG | 0644);
	assert_int_equal(unlink(FIXPLACE_FILE), 0);
	assert_int_equal(symlink("/home/alice/kept", FIXPLACE_FILE), 0);
	assert_false(undo(1));
	assert_int_equal(unlink(FIXPLACE_FILE), 0);
	assert_int_equal(link("/etc/shadow", FIXPLACE_FILE), 0);
	assert_false(undo(1));
	assert_false(undo(0));
	assert_int_equal(fixplace_mode("/etc/shadow"), S_IFREG | 0600);
	assert_int_equal(unlink(FIXPLACE_FILE), 0);
}

/* each thing that the note says of the object, by itself */
static void left_alone__one_number_differs(void **state)
{
	struct ka_fixnote_op *op = fixplace.log.note.op;

	(void)state;
	fixplace_given();
	op[1].dev++;
	assert_false(undo(1));
	assert_string_equal(result.why, "another file is there now (device or inode)");
	op[1].dev--;
	op[1].ino++;
	assert_false(undo(1));
	assert_string_equal(result.why, "another file is there now (device or inode)");
	op[1].ino--;
	op[1].new_uid = op[1].new_gid = 0; /* of a mode the owner says nothing */
	assert_true(undo(1));
	assert_int_equal(chmod(FIXPLACE_FILE, op[0].new_mode), 0);
	op[0].new_uid++;
	assert_false(undo(0));
	assert_string_equal(result.why, "its owner has been changed since");
	op[0].new_uid--;
	op[0].new_gid++;
	assert_false(undo(0));
	assert_string_equal(result.why, "its owner has been changed since");
	op[0].new_gid--;
	op[0].new_mode ^= 0100;
	assert_false(undo(0));
	assert_string_equal(result.why, "its mode has been changed since");
	op[0].new_mode ^= 0100;
	assert_true(undo(0));
}

/* a note that asks for more than --fix would: the rules are the same */
static void forged__asks_for_what_is_not_allowed__is_refused(void **state)
{
	struct ka_fixnote_op *op = &fixplace.log.note.op[0];
	struct stat st;

	(void)state;
	fixplace_given();
	assert_int_equal(stat("/etc/shadow", &st), 0);
	*op = (struct ka_fixnote_op){ .kind = KA_FIXOP_CHOWN, .is_key_file = true, .dev = st.st_dev, .ino = st.st_ino, .old_mode = 0600, .new_mode = 0600,
				      .old_uid = ALICE, .old_gid = ALICE };
	assert_true(ka_span_copy(ka_span_of("/etc/shadow"), op->path, sizeof(op->path)));
	op->new_uid = op->new_gid = 0;
	assert_false(undo(0));
	assert_string_equal(result.why, ka_fixplan_why(KA_FIXPLAN_NOT_OURS));
	assert_int_equal(fixplace_owner("/etc/shadow"), 0);
	op->kind = KA_FIXOP_CHMOD;
	op->old_mode = 0666;
	op->as_user = true;
	assert_false(undo(0));
	assert_int_equal(fixplace_mode("/etc/shadow"), S_IFREG | 0600);
}

static void a_name__goes_back_unless_it_is_taken(void **state)
{
	/* a directory that is gone: the file must not come into the one above it */
	static const char *const elsewhere[] = { FIXPLACE_HOME "/none/authorized_key", FIXPLACE_SSH "/none/authorized_key", FIXPLACE_HOME "/authorized_key",
						 FIXPLACE_SSH "/../authorized_key" };
	struct ka_fixnote_op *op = &fixplace.log.note.op[0];

	(void)state;
	assert_true(!trustroot_has_uids() || rename(FIXPLACE_FILE, FIXPLACE_SSH "/authorized_key") == 0);
	ka_fixop_rename(fixplace_ops(), FIXPLACE_SSH "/authorized_key", FIXPLACE_FILE);
	assert_int_equal(fixplace_plan(), KA_FIXTURN_READY);
	assert_int_equal(fixplace_act(), KA_FIXTURN_DONE);
	trustroot_file(FIXPLACE_SSH "/authorized_key", 0600, ALICE, "new\n");
	assert_false(undo(0));
	assert_string_equal(result.why, "there is a file of the old name again");
	assert_int_equal(unlink(FIXPLACE_SSH "/authorized_key"), 0);
	for (size_t i = 0; i < KA_ARRAY_LEN(elsewhere); i++) {
		assert_true(ka_span_copy(ka_span_of(elsewhere[i]), op->path, sizeof(op->path)));
		if (undo(0))
			fail_msg("%s", elsewhere[i]);
		assert_string_equal(result.why, "the directory of the old name is another one, or cannot be gone to");
		assert_string_equal(fixplace_text(FIXPLACE_FILE), FIXPLACE_KEY " a\n");
	}
	assert_true(ka_span_copy(ka_span_of(FIXPLACE_SSH "/authorized_key"), op->path, sizeof(op->path)));
	assert_int_equal(chmod(FIXPLACE_FILE, 0640), 0); /* of a name neither mode nor group matter */
	assert_int_equal(lchown(FIXPLACE_FILE, ALICE, BOB), 0);
	assert_true(undo(0));
	assert_string_equal(fixplace_text(FIXPLACE_SSH "/authorized_key"), FIXPLACE_KEY " a\n");
	assert_int_equal(fixplace_mode(FIXPLACE_FILE), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXPLACE_TEST(modes_and_owners__newest_first__are_back), FIXPLACE_TEST(content__is_back),
		FIXPLACE_TEST(changes_before_an_edit__follow_the_file),
		FIXPLACE_TEST(content__that_was_changed_since__stays), FIXPLACE_TEST(left_alone__what_is_not_as_we_left_it),
		FIXPLACE_TEST(left_alone__one_number_differs),
		FIXPLACE_TEST(left_alone__another_file_of_that_name), FIXPLACE_TEST(forged__asks_for_what_is_not_allowed__is_refused),
		FIXPLACE_TEST(a_name__goes_back_unless_it_is_taken),
	};

	return trustroot_run(tests, fixplace_group);
}
