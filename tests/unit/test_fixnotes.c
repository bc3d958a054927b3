/* keyaudit/mend/fixnotes: root's own files, and no others. */
#include "keyaudit/mend/fixnotes.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/fixplace.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

#define UNDO FIXPLACE_STATE "/private/undo"

static struct ka_fixnote note, back;
static char why[512];
static char *text;
static int dir;

static int begin(void **state)
{
	fixplace_setup(state);
	memset(&note, 0, sizeof(note));
	memcpy(note.user, "alice", 6);
	text = NULL;
	dir = -1;
	return 0;
}

static int end(void **state)
{
	free(text);
	if (dir >= 0)
		close(dir);
	return fixplace_teardown(state);
}

static void open_dir(void)
{
	if (!trustroot_has_uids())
		skip();
	dir = ka_fixnotes_open(FIXPLACE_STATE, true, why, sizeof(why));
	assert_true(dir >= 0);
	assert_int_equal(ka_fixnotes_new_id(dir, note.id), KA_ERR_OK);
	assert_int_equal(ka_fixnotes_save(dir, &note), KA_ERR_OK);
}

static enum ka_err load(void)
{
	free(text);
	return ka_fixnotes_load(dir, note.id, &back, &text);
}

static const char *path_of_note(void)
{
	static char path[256];
	struct ka_buf b;

	ka_buf_init_array(&b, path);
	ka_buf_text(&b, UNDO "/");
	ka_buf_text(&b, note.id);
	return path;
}

static void save__load_list_drop__one_note(void **state)
{
	char ids[4][KA_FIXNOTE_ID_MAX];

	(void)state;
	open_dir();
	assert_int_equal(fixplace_mode(UNDO), S_IFDIR | 0700);
	assert_int_equal(fixplace_mode(path_of_note()), S_IFREG | 0600);
	assert_int_equal(load(), KA_ERR_OK);
	assert_string_equal(back.user, "alice");
	assert_int_equal(ka_fixnotes_list(dir, ids, 4), 1);
	assert_string_equal(ids[0], note.id);
	ka_fixnotes_drop(dir, note.id);
	assert_int_equal(ka_fixnotes_list(dir, ids, 4), 0);
	assert_int_equal(load(), KA_ERR_SYS);
	assert_int_equal(errno, ENOENT);
}

static void list__more_notes_than_room__sorted_and_cut(void **state)
{
	char ids[4][KA_FIXNOTE_ID_MAX] = { "", "x" };

	(void)state;
	open_dir();
	for (char c = 'd'; c >= 'a'; c--) {
		memcpy(note.id, "aaaaaaaa", 9);
		note.id[0] = c;
		assert_int_equal(ka_fixnotes_save(dir, &note), KA_ERR_OK);
	}
	trustroot_file(UNDO "/not.an.id", 0600, 0, "");
	assert_int_equal(ka_fixnotes_list(dir, ids, 1), 1);
	assert_string_equal(ids[1], "x");
	ka_fixnotes_drop(dir, "../undo/not.an.id");
	assert_int_equal(fixplace_mode(UNDO "/not.an.id"), S_IFREG | 0600);
	assert_int_equal(ka_fixnotes_list(dir, ids, 4), 4);
	for (size_t i = 1; i < 4; i++)
		assert_true(strcmp(ids[i - 1], ids[i]) < 0);
}

/* whoever only looks makes nothing */
static void open__without_making__says_what_is_missing(void **state)
{
	(void)state;
	if (!trustroot_has_uids())
		skip();
	assert_int_equal(ka_fixnotes_open(FIXPLACE_STATE, false, why, sizeof(why)), -1);
	assert_string_equal(why, FIXPLACE_STATE "/private is missing; mend it with: systemd-tmpfiles --create keyaudit.conf");
	assert_int_equal(fixplace_mode(FIXPLACE_STATE "/private"), 0);
	trustroot_dir(FIXPLACE_STATE "/private", 0700, 0);
	assert_int_equal(ka_fixnotes_open(FIXPLACE_STATE, false, why, sizeof(why)), -1);
	assert_non_null(strstr(why, "/private/undo is missing"));
	assert_int_equal(ka_fixnotes_open("/var/lib/none", true, why, sizeof(why)), -1);
	assert_non_null(strstr(why, "is missing, or somebody else may write there"));
}

static void load__names_that_are_no_id__never_reach_a_file(void **state)
{
	static const char *const bad[] = { "../../../etc/passwd", "", ".", "/etc/passwd", "abcdefgh/x" };

	(void)state;
	open_dir();
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		free(text);
		assert_int_equal(ka_fixnotes_load(dir, bad[i], &back, &text), KA_ERR_SYS);
		assert_int_equal(errno, ENOENT);
	}
}

static void load__what_others_could_have_written__is_not_believed(void **state)
{
	(void)state;
	open_dir();
	assert_int_equal(chmod(path_of_note(), 0620), 0);
	assert_int_equal(load(), KA_ERR_SYS);
	assert_int_equal(errno, EPERM);
	assert_int_equal(chmod(path_of_note(), 0600), 0);
	assert_int_equal(lchown(path_of_note(), ALICE, 0), 0);
	assert_int_equal(load(), KA_ERR_SYS);
	assert_int_equal(lchown(path_of_note(), 0, 0), 0);
	assert_int_equal(load(), KA_ERR_OK);
	assert_int_equal(link(path_of_note(), "/home/alice/hard"), 0);
	assert_int_equal(load(), KA_ERR_SYS);
	assert_int_equal(unlink("/home/alice/hard"), 0);
	assert_int_equal(rename(path_of_note(), UNDO "/x"), 0);
	assert_int_equal(symlink("x", path_of_note()), 0);
	assert_int_equal(load(), KA_ERR_SYS);
	assert_int_equal(unlink(path_of_note()), 0);
	assert_int_equal(mkfifo(path_of_note(), 0600), 0);
	assert_int_equal(load(), KA_ERR_SYS);
	assert_int_equal(unlink(path_of_note()), 0);
	trustroot_file(path_of_note(), 0600, 0, "keyaudit-undo 1\n");
	assert_int_equal(load(), KA_ERR_SYNTAX);
}

/* a note under another one's name */
static void load__another_id__is_damaged(void **state)
{
	(void)state;
	open_dir();
	assert_int_equal(rename(path_of_note(), UNDO "/abcdefgh"), 0);
	memcpy(note.id, "abcdefgh", 9);
	assert_int_equal(load(), KA_ERR_SYNTAX);
}

static void open__folders_that_others_may_enter__are_refused(void **state)
{
	(void)state;
	open_dir();
	close(dir);
	assert_int_equal(chmod(UNDO, 0710), 0);
	dir = ka_fixnotes_open(FIXPLACE_STATE, true, why, sizeof(why));
	assert_int_equal(dir, -1);
	assert_non_null(strstr(why, "/private/undo must be root's"));
	assert_int_equal(chmod(UNDO, 0700), 0);
	assert_int_equal(lchown(FIXPLACE_STATE "/private", ALICE, 0), 0);
	assert_int_equal(ka_fixnotes_open(FIXPLACE_STATE, true, why, sizeof(why)), -1);
	assert_int_equal(lchown(FIXPLACE_STATE "/private", 0, 0), 0);
	assert_int_equal(chmod(FIXPLACE_STATE, 0777), 0);
	assert_int_equal(ka_fixnotes_open(FIXPLACE_STATE, true, why, sizeof(why)), -1);
	assert_int_equal(chmod(FIXPLACE_STATE, 0755), 0);
	dir = ka_fixnotes_open(FIXPLACE_STATE, false, why, sizeof(why));
	assert_true(dir >= 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(list__more_notes_than_room__sorted_and_cut), T(open__without_making__says_what_is_missing),
		T(save__load_list_drop__one_note), T(load__names_that_are_no_id__never_reach_a_file),
		T(load__what_others_could_have_written__is_not_believed), T(load__another_id__is_damaged),
		T(open__folders_that_others_may_enter__are_refused),
	};

	return trustroot_run(tests, fixplace_group);
}
