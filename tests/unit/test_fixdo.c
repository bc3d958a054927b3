/* keyaudit/mend/fixdo: on the descriptor, a moment after it was judged, and not without a note. */
#include "keyaudit/mend/fixdo.h"

#include <errno.h>
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

static struct ka_fixwalk walk;
static struct ka_fixop op;
static struct ka_fixdo_result result;
static bool may;
static void (*attack)(void); /* while the note is written: the last moment there is */

static bool ready(void *ctx, const struct ka_fixdo_result *r)
{
	(void)ctx;
	(void)r;
	if (attack != NULL)
		attack();
	return may;
}

static int begin(void **state)
{
	memset(&op, 0, sizeof(op));
	walk.fd = walk.dir = -1;
	may = true;
	attack = NULL;
	return fixplace_setup(state);
}

static int end(void **state)
{
	ka_fixwalk_close(&walk);
	return fixplace_teardown(state);
}

static uint32_t run(enum ka_fixop_kind kind, bool as_user)
{
	struct ka_fixdo what = { .op = &op, .world = &fixplace.world, .walk = &walk, .mode = 0640, .uid = ALICE, .gid = ALICE, .ready = ready };

	if (!trustroot_has_uids())
		skip();
	op.kind = kind;
	op.as_user = as_user;
	ka_fixwalk_close(&walk);
	assert_true(ka_fixworld_take("alice", &fixplace.world));
	assert_true(ka_fixwalk_open(FIXPLACE_FILE, NULL, &walk));
	ka_fixdo_run(&what, &result);
	return result.answer;
}

static void swap_for_shadow(void)
{
	assert_int_equal(rename(FIXPLACE_FILE, "/home/alice/away"), 0);
	assert_int_equal(symlink("/etc/shadow", FIXPLACE_FILE), 0);
}

static void change_mode(void)
{
	assert_int_equal(chmod(FIXPLACE_FILE, 0606), 0);
}

static void mode__by_the_user(void **state)
{
	(void)state;
	assert_int_equal(run(KA_FIXOP_CHMOD, true), KA_FIXDO_DONE);
	assert_int_equal(fixplace_mode(FIXPLACE_FILE), S_IFREG | 0640);
	assert_int_equal(result.after.mode, S_IFREG | 0640);
	fixplace_file("x\n", 0666, BOB);
	assert_int_equal(run(KA_FIXOP_CHMOD, true), KA_FIXDO_FAILED); /* hers are the rights, and no more */
	assert_int_equal(result.errnum, EPERM);
	assert_int_equal(fixplace_mode(FIXPLACE_FILE), S_IFREG | 0666);
	assert_int_equal(run(KA_FIXOP_CHMOD, false), KA_FIXDO_DONE);
}

static void swapped_at_the_last_moment__it_is_the_judged_object_or_nothing(void **state)
{
	static const struct { enum ka_fixop_kind kind; bool as_user; } rows[] = { { KA_FIXOP_CHMOD, true }, { KA_FIXOP_CHMOD, false }, { KA_FIXOP_CHOWN, false } };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		fixplace_file("x\n", 0666, rows[i].as_user ? ALICE : BOB);
		attack = swap_for_shadow;
		run(rows[i].kind, rows[i].as_user); /* a rename changes the ctime: refused, but the descriptor alone would do */
		assert_int_equal(fixplace_mode("/etc/shadow"), S_IFREG | 0600);
		assert_int_equal(fixplace_owner("/etc/shadow"), 0);
		unlink("/home/alice/away");
		fixplace_file("x\n", 0666, BOB);
		attack = change_mode;
		assert_int_equal(run(rows[i].kind, rows[i].as_user), KA_FIXDO_CHANGED);
		assert_int_equal(fixplace_owner(FIXPLACE_FILE), BOB);
	}
}

static void no_note__no_change(void **state)
{
	(void)state;
	may = false;
	assert_int_equal(run(KA_FIXOP_CHMOD, true), KA_FIXDO_NO_NOTE);
	assert_int_equal(fixplace_mode(FIXPLACE_FILE), S_IFREG | 0600);
	assert_int_equal(run(KA_FIXOP_CHOWN, false), KA_FIXDO_NO_NOTE);
}

static void owner__by_root(void **state)
{
	(void)state;
	fixplace_file("x\n", 0600, BOB);
	assert_int_equal(run(KA_FIXOP_CHOWN, false), KA_FIXDO_DONE);
	assert_int_equal(fixplace_owner(FIXPLACE_FILE), ALICE);
}

static void why__each_answer_has_words(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < KA_FIXDO_ANSWERS; i++)
		assert_int_equal(ka_fixdo_why(i)[0] == '\0', i == KA_FIXDO_DONE);
	assert_string_equal(ka_fixdo_why(1000), "");
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(mode__by_the_user), T(swapped_at_the_last_moment__it_is_the_judged_object_or_nothing), T(no_note__no_change), T(owner__by_root),
		T(why__each_answer_has_words),
	};

	return trustroot_run(tests, fixplace_group);
}
