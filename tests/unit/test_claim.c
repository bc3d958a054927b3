/* keyaudit/claim, keyaudit/rundir, keyaudit/removal, keyaudit/case: on directories of their own, below /tmp. */
#include "keyaudit/claim.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/proc.h"
#include "keyaudit/case.h"
#include "keyaudit/removal.h"
#include "keyaudit/sweep.h"
#include "keyaudit/witnessnote.h"

#include "base/poison.h"

#define TRAIL "/nonexistent/trail"
#define RECORD "ka1 attempt at=1 up=1 pp=1 pid=1 uid=1 user=alice type=ssh-ed25519 fp=F key=- c=- src=- verdict=none reasons=- opts=-\n"

static const struct ka_conn dead = { 2147483646, 77 }; /* above any pid_max */

static struct world {
	char path[64];
	struct ka_rundir r;
	char why[512];
} w;

static void put(int dir, const char *name, const char *text)
{
	KA_AUTOCLOSE int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ka_fd_write_all(fd, text, strlen(text)), KA_ERR_OK);
}

static bool has(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static enum ka_err reopen(void)
{
	ka_rundir_close(&w.r);
	return ka_rundir_open_at(&w.r, w.path, geteuid(), getegid(), w.why, sizeof(w.why));
}

static int make_world(void **state)
{
	KA_AUTOCLOSE int run = -1;

	(void)state;
	memcpy(w.path, "/tmp/ka-claim.XXXXXX", 21);
	memset(&w.r, 0xff, sizeof(w.r));
	if (mkdtemp(w.path) == NULL)
		return -1;
	run = open(w.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (mkdirat(run, "spool", 0700) != 0 || fchmodat(run, "spool", 0730, 0) != 0 || mkdirat(run, "eye", 0710) != 0)
		return -1;
	return reopen() == KA_ERR_OK ? 0 : -1;
}

static int drop_world(void **state)
{
	(void)state;
	ka_rundir_close(&w.r);
	return ka_removal_entry(AT_FDCWD, w.path) ? 0 : -1;
}

static enum ka_claim_answer take(const struct ka_conn *conn, struct ka_claim *claim)
{
	enum ka_claim_answer answer;

	assert_int_equal(ka_claim_take(&w.r, conn, TRAIL, &answer, claim), KA_ERR_OK);
	return answer;
}

static void open__wrong_mode_or_missing__names_path_and_mend(void **state)
{
	struct ka_rundir other;

	(void)state;
	assert_int_equal(ka_rundir_open_at(&other, "/tmp/ka-is-not-there", 0, 0, w.why, sizeof(w.why)), KA_ERR_SYS);
	assert_non_null(strstr(w.why, "/tmp/ka-is-not-there is missing; mend: systemd-tmpfiles"));
	assert_int_equal(fchmodat(w.r.run, "spool", 0777, 0), 0);
	assert_int_equal(reopen(), KA_ERR_SYNTAX);
	assert_non_null(strstr(w.why, "/spool must be root:_keyaudit with mode 0730"));
	assert_int_equal(fchmodat(w.r.run, "spool", 0730, 0), 0);
	assert_int_equal(fchmodat(w.r.run, "done", 0755, 0), 0);
	assert_int_equal(reopen(), KA_ERR_SYNTAX);
	assert_non_null(strstr(w.why, "/done must be root's with mode 0700"));
	assert_int_equal(fchmodat(w.r.run, "done", 0700, 0), 0);
	assert_int_equal(fchmod(w.r.run, 0777), 0);
	assert_int_equal(reopen(), KA_ERR_SYNTAX);
	assert_int_equal(chmod(w.path, 0700), 0);
	assert_int_equal(reopen(), KA_ERR_OK);
	assert_int_equal(unlinkat(w.r.run, "spool", AT_REMOVEDIR), 0);
	assert_int_equal(reopen(), KA_ERR_SYS);
	assert_int_equal(symlinkat("/tmp", w.r.run, "spool"), 0);
	assert_int_equal(reopen(), KA_ERR_SYS);
}

static void take__nothing_there__is_nothing(void **state)
{
	struct ka_claim claim;

	(void)state;
	assert_int_equal(take(&dead, &claim), KA_CLAIM_NOTHING);
	assert_false(has(w.r.claimed, "2147483646.77"));
}

static void take__records_under_both_names__are_one_claim(void **state)
{
	struct ka_case *c = ka_case_new(&dead);
	struct ka_claim claim;

	(void)state;
	put(w.r.spool, "2147483646.77", RECORD);
	put(w.r.spool, "2147483646.0", RECORD);
	put(w.r.phase, "2147483646.77", "ka1 phase at=1 up=1 pid=5 phase=auth service=sshd user=alice rhost=- conn=- info=-\n");
	assert_int_equal(take(&dead, &claim), KA_CLAIM_TAKEN);
	assert_int_equal(claim.tries, 1);
	assert_false(has(w.r.spool, "2147483646.77") || has(w.r.spool, "2147483646.0"));
	assert_true(has(w.r.phase, "2147483646.77") && ka_claim_is_begun(&w.r, &dead));
	assert_int_equal(ka_case_read_claim(&w.r, &claim, c), KA_ERR_OK);
	assert_int_equal(c->attempts, 2);
	assert_true(c->auth && !c->tampered && !c->tampered_hidden);
	assert_int_equal(ka_claim_finish(&w.r, &dead, false), KA_ERR_OK);
	assert_false(has(w.r.claimed, "2147483646.77") || has(w.r.phase, "2147483646.77"));
	assert_true(has(w.r.done, "2147483646.77"));
	close(claim.dir);
	ka_case_free(&c);
}

static void take__after_the_event__drops_what_came_late(void **state)
{
	struct ka_claim claim;

	(void)state;
	put(w.r.spool, "2147483646.77", RECORD);
	assert_int_equal(take(&dead, &claim), KA_CLAIM_TAKEN);
	close(claim.dir);
	assert_int_equal(ka_claim_finish(&w.r, &dead, false), KA_ERR_OK);
	put(w.r.spool, "2147483646.77", RECORD);
	put(w.r.spool, "2147483646.0", RECORD);
	assert_int_equal(take(&dead, &claim), KA_CLAIM_DONE);
	assert_false(has(w.r.spool, "2147483646.77") || has(w.r.spool, "2147483646.0"));
}

static void take__owner_alive_or_dead__is_busy_or_counted(void **state)
{
	struct ka_claim claim;
	int go[2], status;
	pid_t child;

	(void)state;
	put(w.r.spool, "2147483646.77", RECORD);
	assert_int_equal(pipe(go), 0);
	child = fork();
	if (child == 0) {
		enum ka_claim_answer answer;

		_exit(ka_claim_take(&w.r, &dead, TRAIL, &answer, &claim) == KA_ERR_OK && answer == KA_CLAIM_TAKEN &&
		      write(go[1], "x", 1) == 1 && pause() == 0);
	}
	assert_int_equal(read(go[0], &(char){ 0 }, 1), 1);
	assert_int_equal(take(&dead, &claim), KA_CLAIM_BUSY);
	assert_int_equal(claim.owner, child);
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	assert_int_equal(take(&dead, &claim), KA_CLAIM_TAKEN);
	assert_int_equal(claim.tries, 2);
	ka_claim_release(&w.r, &claim); /* the disk was full: no try */
	assert_int_equal(take(&dead, &claim), KA_CLAIM_TAKEN);
	assert_int_equal(claim.tries, 2);
	close(claim.dir);
	close(go[0]);
	close(go[1]);
}

static void take__half_made_claim__goes_on(void **state)
{
	struct ka_claim claim;

	(void)state;
	assert_int_equal(mkdirat(w.r.claimed, "2147483646.77", 0700), 0); /* killed before anything was moved */
	put(w.r.spool, "2147483646.77", RECORD);
	assert_int_equal(take(&dead, &claim), KA_CLAIM_TAKEN);
	assert_true(has(claim.dir, "a"));
	close(claim.dir);
}

static void read__not_a_record_file__is_tampered(void **state)
{
	static const char *const kinds[] = { "fifo", "dir", "link", "hard", "big" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(kinds); i++) {
		struct ka_case *c = ka_case_new(&dead);
		int fd;

		if (i == 0)
			assert_int_equal(mkfifoat(w.r.spool, "2147483646.77", 0600), 0);
		else if (i == 1)
			assert_int_equal(mkdirat(w.r.spool, "2147483646.77", 0700), 0);
		else if (i == 2)
			assert_int_equal(symlinkat("/etc/passwd", w.r.spool, "2147483646.77"), 0);
		else
			put(w.r.spool, "2147483646.77", RECORD);
		if (i == 3)
			assert_int_equal(linkat(w.r.spool, "2147483646.77", w.r.spool, "other", 0), 0);
		fd = i == 4 ? openat(w.r.spool, "2147483646.77", O_WRONLY | O_CLOEXEC) : -1;
		if (fd >= 0)
			assert_int_equal(ftruncate(fd, 1024L * 1024 * 1024), 0);
		assert_int_equal(ka_case_read_open(&w.r, c), KA_ERR_OK);
		assert_true(c->tampered);
		assert_int_equal(c->attempts, 0);
		assert_true(ka_case_is_hearsay(c));
		ka_case_free(&c);
		if (fd >= 0)
			close(fd);
		ka_sweep_reject(&w.r, w.r.spool, "2147483646.77");
		assert_false(has(w.r.spool, "2147483646.77"));
	}
}

static int entries(int dir)
{
	KA_AUTOCLOSEDIR DIR *d = fdopendir(openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	int n = -2; /* the dots */

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	return n;
}

static off_t size_of(int dir, const char *name)
{
	struct stat st;

	assert_int_equal(fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st.st_size;
}

static void reject__many_and_large__few_and_small_are_kept(void **state)
{
	char block[256 * 1024];

	(void)state;
	memset(block, 'x', sizeof(block) - 1);
	block[sizeof(block) - 1] = '\0';
	for (int i = 0; i < KA_REJECTED_MAX + 20; i++) {
		put(w.r.spool, "x", "small");
		ka_sweep_reject(&w.r, w.r.spool, "x");
		assert_false(has(w.r.spool, "x"));
	}
	assert_true(has(w.r.rejected, "0") && has(w.r.rejected, "31"));
	assert_false(has(w.r.rejected, "32"));
	unlinkat(w.r.rejected, "0", 0);
	put(w.r.spool, "x", block);
	ka_sweep_reject(&w.r, w.r.spool, "x");
	assert_false(has(w.r.spool, "x"));
	assert_int_equal(size_of(w.r.rejected, "0"), 0);
	put(w.r.rejected, "1", block); /* its writer had it open and went on */
	ka_sweep_rejected(&w.r);
	assert_int_equal(size_of(w.r.rejected, "1"), 0);
	assert_int_equal(size_of(w.r.rejected, "2"), 5);
}

static void reject__deep_folders__have_left_the_spool_at_once(void **state)
{
	(void)state;
	for (int i = 0; i < KA_REJECTED_MAX; i++) {
		put(w.r.spool, "x", "small");
		ka_sweep_reject(&w.r, w.r.spool, "x");
	}
	assert_int_equal(mkdirat(w.r.spool, "d", 0700), 0);
	assert_int_equal(mkdirat(w.r.spool, "d/e", 0700), 0);
	for (int i = 0; i < KA_REMOVAL_STEPS_MAX + 100; i++) {
		char name[32];
		struct ka_buf b;

		ka_buf_init_array(&b, name);
		ka_buf_text(&b, "d/e/");
		ka_buf_i64(&b, i);
		assert_int_equal(mkdirat(w.r.spool, name, 0700), 0);
	}
	ka_sweep_reject(&w.r, w.r.spool, "d"); /* too full for one attempt */
	assert_false(has(w.r.spool, "d"));
	ka_sweep_rejected(&w.r);
	ka_sweep_rejected(&w.r);
	assert_int_equal(entries(w.r.rejected), KA_REJECTED_MAX);
}

static void empty__only_plain_files__and_no_link_is_followed(void **state)
{
	(void)state;
	put(w.r.spool, "x", "text");
	assert_int_equal(symlinkat("x", w.r.spool, "l"), 0);
	ka_sweep_empty(w.r.spool, "l");
	assert_int_equal(size_of(w.r.spool, "x"), 4);
	assert_int_equal(mkfifoat(w.r.spool, "f", 0600), 0);
	ka_sweep_empty(w.r.spool, "f"); /* does not wait for a reader */
	ka_sweep_empty(w.r.spool, "absent");
	ka_sweep_empty(w.r.spool, "x");
	assert_int_equal(size_of(w.r.spool, "x"), 0);
	assert_false(ka_sweep_is_swollen(w.r.spool, "x") || ka_sweep_is_swollen(w.r.spool, "f"));
}

static void remove__deep_and_full__in_bounded_steps(void **state)
{
	int dir = w.r.spool, calls = 0;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		int next;

		assert_int_equal(mkdirat(dir, "d", 0700), 0);
		next = openat(dir, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(next >= 0);
		put(next, "f", "x");
		assert_int_equal(symlinkat("/etc", next, "l"), 0);
		if (dir != w.r.spool)
			close(dir);
		dir = next;
	}
	close(dir);
	while (!ka_removal_entry(w.r.spool, "d"))
		assert_true(++calls < 10);
	assert_false(has(w.r.spool, "d"));
	assert_int_equal(access("/etc/passwd", F_OK), 0);
}

static void age(int dir, const char *name)
{
	const struct timespec old[2] = { { 1000000, 0 }, { 1000000, 0 } };

	assert_int_equal(utimensat(dir, name, old, AT_SYMLINK_NOFOLLOW), 0);
}

static void sweep__old_ones_go__what_is_awaited_stays(void **state)
{
	const struct ka_conn waiting = { 2147483646, 78 };
	struct ka_witness seen = { .seen = true, .client = "203.0.113.7", .client_port = 5 }, back;
	struct ka_claim claim;
	struct stat st;

	(void)state;
	ka_witness_note(&w.r, &dead, &seen);
	ka_witness_note(&w.r, &waiting, &seen);
	put(w.r.spool, "2147483646.78", RECORD);
	age(w.r.seen, "2147483646.77");
	age(w.r.seen, "2147483646.78");
	put(w.r.done, "2147483646.79", "");
	put(w.r.done, "2147483646.80", ""); /* its monitor lived when it was made: 60 s begin now */
	assert_int_equal(fchmodat(w.r.done, "2147483646.79", 0400, 0), 0);
	age(w.r.done, "2147483646.79");
	age(w.r.done, "2147483646.80");
	ka_sweep_run(&w.r);
	assert_false(has(w.r.seen, "2147483646.77") || has(w.r.done, "2147483646.79"));
	assert_true(has(w.r.seen, "2147483646.78") && has(w.r.done, "2147483646.80"));
	assert_int_equal(fstatat(w.r.done, "2147483646.80", &st, 0), 0);
	assert_int_equal(st.st_mode & 0777, 0400);
	assert_int_equal(take(&waiting, &claim), KA_CLAIM_TAKEN); /* still awaited, now in its claim */
	ka_claim_release(&w.r, &claim);
	ka_sweep_run(&w.r);
	ka_witness_recall(&w.r, &waiting, &back);
	assert_true(back.seen);
	assert_string_equal(back.client, "203.0.113.7");
}

static void sweep__monitor_alive__marker_stays(void **state)
{
	struct ka_proc_stat self;
	struct ka_conn alive;
	char name[KA_CONN_NAME_MAX];

	(void)state;
	assert_true(ka_proc_stat(getpid(), &self));
	alive = (struct ka_conn){ getpid(), self.start };
	assert_int_equal(ka_claim_finish(&w.r, &alive, true), KA_ERR_OK);
	ka_conn_name(&alive, name);
	age(w.r.done, name);
	ka_sweep_run(&w.r);
	assert_true(has(w.r.done, name));
}

/* the next collector sweeps before it looks around, and would not know that their event is written */
static void sweep__leftovers_of_a_written_event__keep_its_marker(void **state)
{
	static const char *const names[] = { "2147483646.77", "2147483646.78", "2147483646.79" };
	const struct ka_conn late = { 2147483646, 77 }, half = { 2147483646, 78 };
	struct ka_claim claim;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++) {
		put(w.r.done, names[i], "");
		assert_int_equal(fchmodat(w.r.done, names[i], 0400, 0), 0);
		age(w.r.done, names[i]);
	}
	put(w.r.spool, "2147483646.77", RECORD);                               /* recorded late */
	assert_int_equal(mkdirat(w.r.claimed, "2147483646.78", 0700), 0); /* killed while the claim was removed */
	ka_sweep_run(&w.r);
	assert_false(has(w.r.done, "2147483646.79"));
	assert_int_equal(take(&late, &claim), KA_CLAIM_DONE);
	assert_int_equal(take(&half, &claim), KA_CLAIM_DONE);
	assert_false(has(w.r.spool, "2147483646.77") || has(w.r.claimed, "2147483646.78"));
	ka_sweep_run(&w.r);
	assert_false(has(w.r.done, "2147483646.77") || has(w.r.done, "2147483646.78"));
}

static void sweep__mark_of_a_living_monitor__stays(void **state)
{
	struct ka_proc_stat self;
	char name[KA_CONN_NAME_MAX + 8];
	struct ka_buf b;

	(void)state;
	assert_true(ka_proc_stat(getpid(), &self));
	ka_buf_init_array(&b, name);
	ka_buf_i64(&b, getpid());
	ka_buf_char(&b, '.');
	ka_buf_u64(&b, self.start);
	ka_buf_text(&b, ".said");
	put(w.r.seen, name, "");
	put(w.r.seen, "2147483646.77.said", "");
	age(w.r.seen, name);
	age(w.r.seen, "2147483646.77.said");
	ka_sweep_run(&w.r);
	assert_true(has(w.r.seen, name));
	assert_false(has(w.r.seen, "2147483646.77.said"));
}

static void resolve__hidden_start__is_the_latest_that_root_noted(void **state)
{
	struct ka_conn conn = { 2147483646, 0 }, none = { 2147483645, 0 };

	(void)state;
	put(w.r.done, "2147483646.5", "");
	put(w.r.seen, "2147483646.77", "");
	put(w.r.phase, "2147483644.99", "");
	put(w.r.spool, "2147483645.1", ""); /* the command's uid is not asked */
	ka_claim_resolve(&w.r, &conn);
	ka_claim_resolve(&w.r, &none);
	assert_int_equal(conn.start, 77);
	assert_int_equal(none.start, 0);
}

int main(void)
{
#define IN_WORLD(f) cmocka_unit_test_setup_teardown(f, make_world, drop_world)
	const struct CMUnitTest tests[] = {
		IN_WORLD(open__wrong_mode_or_missing__names_path_and_mend),
		IN_WORLD(take__nothing_there__is_nothing),
		IN_WORLD(take__records_under_both_names__are_one_claim),
		IN_WORLD(take__after_the_event__drops_what_came_late),
		IN_WORLD(take__owner_alive_or_dead__is_busy_or_counted),
		IN_WORLD(take__half_made_claim__goes_on),
		IN_WORLD(read__not_a_record_file__is_tampered),
		IN_WORLD(reject__many_and_large__few_and_small_are_kept),
		IN_WORLD(reject__deep_folders__have_left_the_spool_at_once),
		IN_WORLD(empty__only_plain_files__and_no_link_is_followed),
		IN_WORLD(remove__deep_and_full__in_bounded_steps),
		IN_WORLD(sweep__old_ones_go__what_is_awaited_stays),
		IN_WORLD(sweep__monitor_alive__marker_stays),
		IN_WORLD(sweep__leftovers_of_a_written_event__keep_its_marker),
		IN_WORLD(sweep__mark_of_a_living_monitor__stays),
		IN_WORLD(resolve__hidden_start__is_the_latest_that_root_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
