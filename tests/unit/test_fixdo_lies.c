/* keyaudit/mend/fixdo: a child that ends early or answers with what no child of ours would. It is played here. */
#include "keyaudit/mend/fixdo.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "keyaudit/mend/fixhand.h"

#include "base/poison.h"

static struct ka_fixdo_result answer[2], out;
static unsigned heard, most, sent, ends, asked;
static bool is_ready, can_send;
static enum ka_err start_err;
static int given[3];

/* these stand before those in the archive */
enum ka_err ka_fixhand_start(const struct ka_fixhand_who *who, ka_fixhand_work *work, const void *job, const int *fds, size_t count,
			     struct ka_fixhand *hand)
{
	(void)who;
	(void)work;
	(void)job;
	assert_int_equal(count, 3);
	memcpy(given, fds, sizeof(given));
	memset(hand, 0, sizeof(*hand));
	errno = EMFILE;
	return start_err;
}

bool ka_fixhand_receive(const struct ka_fixhand *hand, void *to, size_t n)
{
	(void)hand;
	assert_int_equal(n, sizeof(out));
	if (heard == most)
		return false;
	memcpy(to, &answer[heard++], n);
	return true;
}

bool ka_fixhand_send(const struct ka_fixhand *hand, const void *from, size_t n)
{
	(void)hand;
	assert_int_equal(n, 1);
	assert_memory_equal(from, "y", 1);
	sent++;
	return can_send;
}

void ka_fixhand_end(struct ka_fixhand *hand)
{
	(void)hand;
	ends++;
}

static bool ready(void *ctx, const struct ka_fixdo_result *result)
{
	(void)ctx;
	(void)result;
	asked++;
	return is_ready;
}

static int begin(void **state)
{
	(void)state;
	memset(answer, 0, sizeof(answer));
	heard = sent = ends = asked = 0;
	most = 2;
	is_ready = can_send = true;
	start_err = KA_ERR_OK;
	return 0;
}

static uint32_t run(enum ka_fixop_kind kind)
{
	static const struct ka_fixworld world = { .user = "alice" };
	static struct ka_fixop op;
	const struct ka_fixwalk walk = { .fd = 10, .dir = 11, .it = { .mode = S_IFREG | 0600, .ino = 7 } };
	const struct ka_fixdo what = { .op = &op, .world = &world, .walk = &walk, .to_dir = 12, .to_name = "x", .ready = ready };

	op.kind = kind;
	op.as_user = kind == KA_FIXOP_CHMOD; /* a name or a content is the user's business, whatever the change says */
	ka_fixdo_run(&what, &out);
	return out.answer;
}

static void edit__asks_twice(void **state)
{
	(void)state;
	answer[0].after.ino = 8;
	answer[1].after.ino = 9;
	assert_int_equal(run(KA_FIXOP_EDIT), KA_FIXDO_DONE);
	assert_int_equal(asked, 1);
	assert_int_equal(sent, 1);
	assert_int_equal(heard, 2);
	assert_int_equal(out.after.ino, 9);
	assert_int_equal(given[2], -1);
	begin(state);
	answer[0].answer = KA_FIXDO_MISSING; /* nothing to make ready */
	assert_int_equal(run(KA_FIXOP_EDIT), KA_FIXDO_MISSING);
	assert_int_equal(asked + sent, 0);
	begin(state);
	is_ready = false;
	assert_int_equal(run(KA_FIXOP_EDIT), KA_FIXDO_NO_NOTE);
	assert_int_equal(sent, 0);
	assert_int_equal(ends, 1);
}

static void others__ask_before_there_is_a_child(void **state)
{
	(void)state;
	assert_int_equal(run(KA_FIXOP_RENAME), KA_FIXDO_DONE);
	assert_int_equal(given[0], 10);
	assert_int_equal(given[1], 11);
	assert_int_equal(given[2], 12);
	assert_int_equal(asked, 1);
	assert_int_equal(heard, 1);
	assert_int_equal(run(KA_FIXOP_CHMOD), KA_FIXDO_DONE);
	assert_int_equal(given[2], -1);
	begin(state);
	is_ready = false;
	assert_int_equal(run(KA_FIXOP_RENAME), KA_FIXDO_NO_NOTE);
	assert_int_equal(ends, 0);
}

static void child__that_lies_or_ends__nobody_knows(void **state)
{
	(void)state;
	for (most = 0; most < 2; most++) {
		heard = 0;
		assert_int_equal(run(KA_FIXOP_EDIT), KA_FIXDO_HUNG);
	}
	begin(state);
	can_send = false;
	assert_int_equal(run(KA_FIXOP_EDIT), KA_FIXDO_HUNG);
	begin(state);
	answer[0].answer = KA_FIXDO_ANSWERS;
	assert_int_equal(run(KA_FIXOP_CHMOD), KA_FIXDO_HUNG);
	begin(state);
	answer[0].answer = KA_FIXDO_FAILED;
	answer[0].errnum = 4095;
	assert_int_equal(run(KA_FIXOP_CHMOD), KA_FIXDO_FAILED);
	assert_int_equal(out.errnum, 4095);
	begin(state);
	answer[0].errnum = 4096;
	assert_int_equal(run(KA_FIXOP_CHMOD), KA_FIXDO_HUNG);
	assert_int_equal(out.errnum, 0);
	begin(state);
	start_err = KA_ERR_SYS;
	assert_int_equal(run(KA_FIXOP_CHMOD), KA_FIXDO_FAILED);
	assert_int_equal(out.errnum, EMFILE);
	assert_int_equal(heard, 0);
	assert_int_equal(ends, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(edit__asks_twice, begin),
		cmocka_unit_test_setup(others__ask_before_there_is_a_child, begin),
		cmocka_unit_test_setup(child__that_lies_or_ends__nobody_knows, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
