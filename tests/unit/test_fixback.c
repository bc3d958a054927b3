/* keyaudit/mend/fixback: a whole note, newest change first; gone when all of it is put back, kept when not. */
#include "keyaudit/mend/fixback.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "keyaudit/screen/exit.h"
#include "tests/unit/lib/fixplace.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

static const struct ka_fixrun_how how = { .yes = true, .state = FIXPLACE_STATE };

/* what it says is not looked at here */
static int quiet(int (*run)(const struct ka_fixrun_how *, const char *), const char *id)
{
	int out = dup(1), err = dup(2), null = open("/dev/null", O_WRONLY | O_CLOEXEC), status;

	fflush(stdout);
	dup2(null, 1);
	dup2(null, 2);
	status = run(&how, id);
	fflush(stdout);
	dup2(out, 1);
	dup2(err, 2);
	close(out);
	close(err);
	close(null);
	return status;
}

static int list(const struct ka_fixrun_how *h, const char *id)
{
	(void)id;
	return ka_fixback_list(h);
}

static const char *fixed(void)
{
	fixplace_given();
	return fixplace.log.note.id;
}

static void run__a_whole_note__is_put_back_and_gone(void **state)
{
	const char *id = fixed();

	(void)state;
	assert_int_equal(quiet(list, NULL), KA_EXIT_FINE);
	assert_int_equal(quiet(ka_fixback_run, id), KA_EXIT_FINE);
	assert_int_equal(fixplace_mode(FIXPLACE_FILE), S_IFREG | 0666);
	assert_int_equal(fixplace_owner(FIXPLACE_FILE), BOB);
	assert_int_equal(quiet(ka_fixback_run, id), KA_EXIT_UNKNOWN);
}

static void run__something_is_left_alone__and_the_note_stays(void **state)
{
	const char *id = fixed();

	(void)state;
	assert_int_equal(chmod(FIXPLACE_FILE, 0600), 0);
	assert_int_equal(quiet(ka_fixback_run, id), KA_EXIT_FINDINGS);
	assert_int_equal(fixplace_mode(FIXPLACE_FILE), S_IFREG | 0600);
	assert_int_equal(fixplace_owner(FIXPLACE_FILE), ALICE); /* its mode is not the one that the owner got */
	assert_int_equal(chmod(FIXPLACE_FILE, 0644), 0);
	assert_int_equal(quiet(ka_fixback_run, id), KA_EXIT_FINE);
	assert_int_equal(fixplace_owner(FIXPLACE_FILE), BOB);
}

static void run__a_tampered_note__is_not_believed(void **state)
{
	const char *id = fixed();
	char path[256];
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), FIXPLACE_STATE "/private/undo/%s", id);
	f = fopen(path, "r+");
	assert_non_null(f);
	assert_int_equal(fseek(f, 60, SEEK_SET), 0);
	assert_true(fputc('9', f) != EOF);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(quiet(ka_fixback_run, id), KA_EXIT_UNDECIDED);
	assert_int_equal(quiet(list, NULL), KA_EXIT_FINE);
	assert_int_equal(fixplace_owner(FIXPLACE_FILE), ALICE);
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(quiet(ka_fixback_run, id), KA_EXIT_UNDECIDED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXPLACE_TEST(run__a_whole_note__is_put_back_and_gone), FIXPLACE_TEST(run__something_is_left_alone__and_the_note_stays),
		FIXPLACE_TEST(run__a_tampered_note__is_not_believed),
	};

	return trustroot_run(tests, fixplace_group);
}
