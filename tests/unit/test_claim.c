/* keyaudit/claim: who gets a claim, what is in it, and what is left of it. Deaths at each step: test_watchgate. */
#include "keyaudit/case/claim.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/proc.h"
#include "keyaudit/case/case.h"
#include "tests/unit/lib/runplace.h"

#include "base/poison.h"

static const struct ka_conn dead = RUNPLACE_DEAD;

static void take__nothing_there__is_nothing(void **state)
{
	struct ka_claim claim;

	(void)state;
	assert_int_equal(runplace_take(&dead, &claim), KA_CLAIM_NOTHING);
	assert_false(runplace_has(runplace.r.claimed, "2147483646.77"));
}

static void take__records_under_both_names__are_one_claim(void **state)
{
	struct ka_case *c = ka_case_new(&dead);
	struct ka_claim claim;

	(void)state;
	runplace_put(runplace.r.spool, "2147483646.77", RUNPLACE_RECORD);
	runplace_put(runplace.r.spool, "2147483646.0", RUNPLACE_RECORD);
	runplace_put(runplace.r.phase, "2147483646.77", "ka1 phase at=1 up=1 pid=5 phase=auth service=sshd user=alice rhost=- conn=- info=-\n");
	assert_int_equal(runplace_take(&dead, &claim), KA_CLAIM_TAKEN);
	assert_int_equal(claim.tries, 1);
	assert_false(runplace_has(runplace.r.spool, "2147483646.77") || runplace_has(runplace.r.spool, "2147483646.0"));
	assert_true(runplace_has(runplace.r.phase, "2147483646.77") && ka_claim_is_begun(&runplace.r, &dead));
	assert_int_equal(ka_case_read_claim(&runplace.r, &claim, c), KA_ERR_OK);
	assert_int_equal(c->attempts, 2);
	assert_true(c->auth && !c->tampered && !c->tampered_hidden);
	assert_int_equal(ka_claim_finish(&runplace.r, &dead, false), KA_ERR_OK);
	assert_false(runplace_has(runplace.r.claimed, "2147483646.77") || runplace_has(runplace.r.phase, "2147483646.77"));
	assert_true(runplace_has(runplace.r.done, "2147483646.77"));
	close(claim.dir);
	ka_case_free(&c);
}

static void take__after_the_event__drops_what_came_late(void **state)
{
	struct ka_claim claim;

	(void)state;
	runplace_put(runplace.r.spool, "2147483646.77", RUNPLACE_RECORD);
	assert_int_equal(runplace_take(&dead, &claim), KA_CLAIM_TAKEN);
	close(claim.dir);
	assert_int_equal(ka_claim_finish(&runplace.r, &dead, false), KA_ERR_OK);
	runplace_put(runplace.r.spool, "2147483646.77", RUNPLACE_RECORD);
	runplace_put(runplace.r.spool, "2147483646.0", RUNPLACE_RECORD);
	assert_int_equal(runplace_take(&dead, &claim), KA_CLAIM_DONE);
	assert_false(runplace_has(runplace.r.spool, "2147483646.77") || runplace_has(runplace.r.spool, "2147483646.0"));
}

static void take__owner_alive_or_dead__is_busy_or_counted(void **state)
{
	struct ka_claim claim;
	int go[2], status;
	pid_t child;

	(void)state;
	runplace_put(runplace.r.spool, "2147483646.77", RUNPLACE_RECORD);
	assert_int_equal(pipe(go), 0);
	child = fork();
	if (child == 0) {
		enum ka_claim_answer answer;

		_exit(ka_claim_take(&runplace.r, &dead, RUNPLACE_TRAIL, &answer, &claim) == KA_ERR_OK && answer == KA_CLAIM_TAKEN &&
		      write(go[1], "x", 1) == 1 && pause() == 0);
	}
	assert_int_equal(read(go[0], &(char){ 0 }, 1), 1);
	assert_int_equal(runplace_take(&dead, &claim), KA_CLAIM_BUSY);
	assert_int_equal(claim.owner, child);
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	assert_int_equal(runplace_take(&dead, &claim), KA_CLAIM_TAKEN);
	assert_int_equal(claim.tries, 2);
	ka_claim_release(&runplace.r, &claim); /* the disk was full: no try */
	assert_int_equal(runplace_take(&dead, &claim), KA_CLAIM_TAKEN);
	assert_int_equal(claim.tries, 2);
	close(claim.dir);
	close(go[0]);
	close(go[1]);
}

/* the one entry of a claim without records: its mark */
static void find_mark(int dir, char *out, size_t size)
{
	KA_AUTOCLOSEDIR DIR *d = fdopendir(openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	const struct dirent *e;

	assert_non_null(d);
	out[0] = '\0';
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			assert_true(out[0] == '\0' && ka_span_copy(ka_span_of(e->d_name), out, size));
	assert_true(out[0] != '\0');
}

/* the owner has ended, and its pid is another process's, or nobody has collected it yet */
static void take__owner_only_by_name__is_taken(void **state)
{
	const struct ka_conn another = { 2147483646, 78 };
	struct ka_proc_stat self;
	struct ka_claim claim;
	char old[128], new[128];
	siginfo_t ended;
	pid_t child;

	(void)state;
	runplace_put(runplace.r.phase, "2147483646.77", "");
	assert_int_equal(runplace_take(&dead, &claim), KA_CLAIM_TAKEN);
	find_mark(claim.dir, old, sizeof(old));
	assert_true(ka_proc_stat(getppid(), &self));
	snprintf(new, sizeof(new), "0.1.%d.%" PRIu64, (int)getppid(), self.start);
	assert_int_equal(renameat(claim.dir, old, claim.dir, new), 0);
	close(claim.dir);
	assert_int_equal(runplace_take(&dead, &claim), KA_CLAIM_BUSY); /* it lives */
	claim.dir = openat(runplace.r.claimed, "2147483646.77", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	snprintf(old, sizeof(old), "0.1.%d.%" PRIu64, (int)getppid(), self.start - 1);
	assert_int_equal(renameat(claim.dir, new, claim.dir, old), 0);
	close(claim.dir);
	assert_int_equal(runplace_take(&dead, &claim), KA_CLAIM_TAKEN);
	close(claim.dir);
	runplace_put(runplace.r.phase, "2147483646.78", "");
	child = fork();
	if (child == 0) {
		enum ka_claim_answer answer;

		_exit(ka_claim_take(&runplace.r, &another, RUNPLACE_TRAIL, &answer, &claim) != KA_ERR_OK || answer != KA_CLAIM_TAKEN);
	}
	assert_int_equal(waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT), 0);
	assert_int_equal(ended.si_status, 0);
	assert_int_equal(runplace_take(&another, &claim), KA_CLAIM_TAKEN); /* from a zombie */
	assert_int_equal(claim.tries, 2);
	assert_int_equal(waitpid(child, NULL, 0), child);
	close(claim.dir);
}

static mode_t mode_of(int dir, const char *name)
{
	struct stat st;

	assert_int_equal(fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st.st_mode & 07777;
}

/* the 60 seconds in which a late record makes no second event begin when the monitor ends, not before */
static void finish__monitor_alive_or_not__is_told_by_the_marker(void **state)
{
	(void)state;
	assert_int_equal(ka_claim_finish(&runplace.r, &dead, true), KA_ERR_OK);
	assert_int_equal(mode_of(runplace.r.done, "2147483646.77"), 0600);
	assert_int_equal(ka_claim_finish(&runplace.r, &dead, false), KA_ERR_OK);
	assert_int_equal(mode_of(runplace.r.done, "2147483646.77"), 0400);
}

static void take__half_made_claim__goes_on(void **state)
{
	struct ka_claim claim;

	(void)state;
	assert_int_equal(mkdirat(runplace.r.claimed, "2147483646.77", 0700), 0); /* killed before anything was moved */
	runplace_put(runplace.r.spool, "2147483646.77", RUNPLACE_RECORD);
	assert_int_equal(runplace_take(&dead, &claim), KA_CLAIM_TAKEN);
	assert_true(runplace_has(claim.dir, "a"));
	close(claim.dir);
}

static void resolve__hidden_start__is_the_latest_that_root_noted(void **state)
{
	struct ka_conn conn = { 2147483646, 0 }, none = { 2147483645, 0 };

	(void)state;
	runplace_put(runplace.r.seen, "2147483646.76", "");
	runplace_put(runplace.r.done, "2147483646.77", "");
	runplace_put(runplace.r.phase, "2147483644.99", "");
	runplace_put(runplace.r.spool, "2147483645.1", ""); /* the command's uid is not asked */
	ka_claim_resolve(&runplace.r, &conn);
	ka_claim_resolve(&runplace.r, &none);
	assert_int_equal(conn.start, 77);
	assert_int_equal(none.start, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUNPLACE_TEST(take__nothing_there__is_nothing),
		RUNPLACE_TEST(take__records_under_both_names__are_one_claim),
		RUNPLACE_TEST(take__after_the_event__drops_what_came_late),
		RUNPLACE_TEST(take__owner_alive_or_dead__is_busy_or_counted),
		RUNPLACE_TEST(take__owner_only_by_name__is_taken),
		RUNPLACE_TEST(finish__monitor_alive_or_not__is_told_by_the_marker),
		RUNPLACE_TEST(take__half_made_claim__goes_on),
		RUNPLACE_TEST(resolve__hidden_start__is_the_latest_that_root_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
