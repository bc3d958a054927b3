/* keyaudit/pidns: the note of the namespace. With real namespaces: tests/e2e/360-pidns.sh. */
#include "keyaudit/case/pidns.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/paths.h"
#include "tests/unit/lib/runplace.h"

#include "base/poison.h"

#define BOOT "0123456789abcdef0123456789abcdef"
#define OTHER_BOOT "fedcba9876543210fedcba9876543210"

static const struct ka_pidns ours = { BOOT, 4, 4026531836 }, theirs = { BOOT, 4, 4026532200 };

static enum ka_pidns_answer settle(const struct ka_pidns *as)
{
	runplace.why[0] = '\0';
	return ka_pidns_settle_as(&runplace.r, as, runplace.why, sizeof(runplace.why));
}

static void settle__first_comer__keeps_the_other_away(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(settle(&ours), KA_PIDNS_OURS);
	assert_int_equal(fstatat(runplace.r.run, "pidns", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(settle(&ours), KA_PIDNS_OURS);
	assert_int_equal(settle(&theirs), KA_PIDNS_OTHER);
	/* what, where, and how to mend it */
	assert_non_null(strstr(runplace.why, KA_PATH_RUN " belongs to another pid namespace: pid:[4026531836] stands in " KA_PATH_PIDNS));
	assert_non_null(strstr(runplace.why, "here is pid:[4026532200]"));
	assert_non_null(strstr(runplace.why, KA_RUNDIR_MEND));
	assert_non_null(strstr(runplace.why, "rm " KA_PATH_PIDNS));
	assert_int_equal(settle(&ours), KA_PIDNS_OURS); /* nothing was changed by that */
}

static void settle__same_number_on_another_device__is_another(void **state)
{
	struct ka_pidns near = ours;

	(void)state;
	near.dev++;
	assert_int_equal(settle(&ours), KA_PIDNS_OURS);
	assert_int_equal(settle(&near), KA_PIDNS_OTHER);
}

static void settle__note_of_another_boot__is_written_anew(void **state)
{
	const struct ka_pidns before = { OTHER_BOOT, 4, 4026532200 };

	(void)state;
	assert_int_equal(settle(&before), KA_PIDNS_OURS);
	assert_int_equal(settle(&ours), KA_PIDNS_OURS);
	assert_int_equal(settle(&theirs), KA_PIDNS_OTHER);
}

/* killed between any two steps, or nothing but a name after a power cut: whatever is no whole note is none */
static void settle__half_a_note__is_none(void **state)
{
	static const char whole[] = "ka1 pidns boot=" BOOT " dev=4 ino=4026532200\n";
	char half[sizeof(whole)];

	(void)state;
	runplace_put(runplace.r.run, "pidns", whole);
	assert_int_equal(settle(&ours), KA_PIDNS_OTHER);
	for (size_t n = 0; n + 1 < sizeof(whole); n++) {
		memcpy(half, whole, n);
		half[n] = '\0';
		runplace_put(runplace.r.run, "pidns", half);
		runplace_put(runplace.r.run, "pidns.new", half); /* left behind */
		assert_int_equal(settle(&ours), KA_PIDNS_OURS);
		assert_int_equal(settle(&theirs), KA_PIDNS_OTHER);
		assert_false(runplace_has(runplace.r.run, "pidns.new"));
	}
	runplace_put(runplace.r.run, "pidns", "ka1 pidns boot=" BOOT " dev=4 ino=4026532200 x=1\n");
	assert_int_equal(settle(&ours), KA_PIDNS_OURS);
}

/* no room, no right to write: the audit goes on without a note */
static void settle__no_note_to_be_written__is_not_refused(void **state)
{
	(void)state;
	assert_int_equal(mkdirat(runplace.r.run, "pidns.new", 0700), 0);
	assert_int_equal(settle(&ours), KA_PIDNS_UNNOTED);
	assert_int_equal(settle(&theirs), KA_PIDNS_UNNOTED);
	assert_int_equal(unlinkat(runplace.r.run, "pidns.new", AT_REMOVEDIR), 0);
	assert_int_equal(settle(&ours), KA_PIDNS_OURS);
}

static void settle__a_link__is_not_followed(void **state)
{
	(void)state;
	assert_int_equal(settle(&theirs), KA_PIDNS_OURS);
	assert_int_equal(renameat(runplace.r.run, "pidns", runplace.r.run, "elsewhere"), 0);
	assert_int_equal(symlinkat("elsewhere", runplace.r.run, "pidns"), 0);
	assert_int_equal(settle(&ours), KA_PIDNS_OURS); /* in its place, not through it */
	assert_int_equal(settle(&theirs), KA_PIDNS_OTHER);
}

static void look__our_own__and_nothing_is_written(void **state)
{
	struct ka_pidns self;

	(void)state;
	assert_true(ka_pidns_self(&self));
	assert_int_equal(strlen(self.boot), 32);
	assert_true(self.ino != 0);
	assert_int_equal(ka_pidns_look(&runplace.r, runplace.why, sizeof(runplace.why)), KA_PIDNS_UNNOTED);
	assert_false(runplace_has(runplace.r.run, "pidns"));
	assert_int_equal(ka_pidns_settle(&runplace.r, runplace.why, sizeof(runplace.why)), KA_PIDNS_OURS);
	assert_int_equal(ka_pidns_look(&runplace.r, runplace.why, sizeof(runplace.why)), KA_PIDNS_OURS);
	self.ino++;
	runplace_put(runplace.r.run, "pidns", "");
	assert_int_equal(settle(&self), KA_PIDNS_OURS);
	assert_int_equal(ka_pidns_look(&runplace.r, runplace.why, sizeof(runplace.why)), KA_PIDNS_OTHER);
	assert_non_null(strstr(runplace.why, "rm " KA_PATH_PIDNS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUNPLACE_TEST(settle__first_comer__keeps_the_other_away),
		RUNPLACE_TEST(settle__same_number_on_another_device__is_another),
		RUNPLACE_TEST(settle__note_of_another_boot__is_written_anew),
		RUNPLACE_TEST(settle__half_a_note__is_none),
		RUNPLACE_TEST(settle__no_note_to_be_written__is_not_refused),
		RUNPLACE_TEST(settle__a_link__is_not_followed),
		RUNPLACE_TEST(look__our_own__and_nothing_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
