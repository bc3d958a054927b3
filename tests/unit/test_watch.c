/* keyaudit/watch, whole, in a root of our own: what lies there becomes events, each once, and a signal ends it. */
#include "keyaudit/collect/watch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/paths.h"
#include "keyaudit/collect/watchconf.h"
#include "spool/look.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/trustroot.h"
#include "tests/unit/lib/writerplace.h"

#include "base/poison.h"

#define FIRST_M 2147483000 /* above any pid_max */
#define PATIENCE_MS 10000
#define RUN_OF "/run/keyaudit"

static struct writerplace w;
static bool has_proc; /* else there is nothing to be seen of any process */

static int make(void **state)
{
	(void)state;
	has_proc = trustroot_proc();
	if (!has_proc)
		return 0;
	trustroot_dir("/tmp", 0777, 0);
	trustroot_dir("/run", 0755, 0);
	unlink(RUN_OF);
	return writerplace_make(&w) != 0 || symlink(w.run.path, RUN_OF) != 0 || strcmp(KA_PATH_RUN, RUN_OF) != 0;
}

static int drop(void **state)
{
	(void)state;
	return has_proc ? writerplace_drop(&w) : 0;
}

static void name_of(int i, char out[static KA_CONN_NAME_MAX])
{
	ka_conn_name(&(struct ka_conn){ FIRST_M + i, 77 }, out);
}

/* a connection that has ended, and was refused */
static void refuse(int i)
{
	char name[KA_CONN_NAME_MAX];

	name_of(i, name);
	runplace_put(w.run.r.phase, name, "ka1 phase at=1 up=1 pid=5 phase=auth service=sshd user=alice rhost=203.0.113.7 conn=- info=-\n");
	runplace_put(w.run.r.spool, name, "");
}

static struct ka_watch_result once(enum ka_err want)
{
	struct ka_watch_result r = { 99, 99 };
	enum ka_err err;

	caught_begin();
	err = ka_watch_run(&w.w, true, true, &r);
	caught_end();
	assert_int_equal(err, want);
	assert_string_equal(caught_out, "");
	assert_true(caught_is_plain(caught_err));
	return r;
}

/* how many events there are of that action */
static int count_of(const char *action)
{
	json_t *all = writerplace_events(&w), *event;
	size_t i;
	int n = 0;

	json_array_foreach(all, i, event)
		n += strcmp(writerplace_action(event), action) == 0;
	json_decref(all);
	return n;
}

static void once__nothing_there__ends_with_nothing(void **state)
{
	struct ka_watch_result r;

	(void)state;
	if (!has_proc)
		skip();
	r = once(KA_ERR_OK);
	assert_int_equal(r.written + r.waiting, 0);
	assert_int_equal(count_of("ssh-key-refused"), 0);
}

static void once__connections_that_have_ended__each_has_its_event(void **state)
{
	struct ka_watch_result r;

	if (!has_proc)
		skip();
	(void)state;
	for (int i = 0; i < 10; i++)
		refuse(i);
	r = once(KA_ERR_OK);
	assert_int_equal(r.written, 10);
	assert_int_equal(r.waiting, 0);
	assert_int_equal(count_of("ssh-key-refused"), 10);
	for (int i = 0; i < 10; i++) {
		char name[KA_CONN_NAME_MAX];

		name_of(i, name);
		assert_true(runplace_has(w.run.r.done, name));
		assert_false(runplace_has(w.run.r.spool, name) || runplace_has(w.run.r.phase, name) || runplace_has(w.run.r.claimed, name));
	}
	r = once(KA_ERR_OK); /* again: all is done */
	assert_int_equal(r.written, 0);
	assert_int_equal(count_of("ssh-key-refused"), 10);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no worker is left */
}

static void once__trail_full__they_wait_and_nothing_is_lost(void **state)
{
	struct ka_watch_result r;

	if (!has_proc)
		skip();
	(void)state;
	for (int i = 0; i < 3; i++)
		refuse(i);
	w.w->conf.min_free_mib = 1048576;
	r = once(KA_ERR_OK);
	assert_int_equal(r.written, 0);
	assert_int_equal(r.waiting, 3);
	w.w->conf.min_free_mib = 0;
	r = once(KA_ERR_OK);
	assert_int_equal(r.written, 3);
	assert_int_equal(r.waiting, 0);
	assert_int_equal(count_of("ssh-key-refused"), 3);
}

static void once__names_that_are_none__are_tampering(void **state)
{
	(void)state;
	if (!has_proc)
		skip();
	runplace_put(w.run.r.spool, "\x1b[2J\n", "x");
	runplace_put(w.run.r.spool, "..x", "x");
	refuse(0);
	assert_int_equal(once(KA_ERR_OK).written, 1);
	assert_int_equal(count_of("spool-tampered"), 1); /* one for all of them */
	assert_int_equal(count_of("ssh-key-refused"), 1);
	assert_false(runplace_has(w.run.r.spool, "..x"));
	assert_true(runplace_has(w.run.r.rejected, "0") && runplace_has(w.run.r.rejected, "1"));
}

static void run__no_spool__is_a_fault(void **state)
{
	(void)state;
	if (!has_proc)
		skip();
	assert_int_equal(unlink(RUN_OF), 0);
	assert_int_equal(once(KA_ERR_SYS).written, 0);
}

static bool comes(int dir, const char *name)
{
	int64_t until = ka_clock_boot_ms() + PATIENCE_MS;

	while (!runplace_has(dir, name) && ka_clock_boot_ms() < until)
		usleep(2000);
	return runplace_has(dir, name);
}

/* the service, in a process of its own; its exit status is 0 when it had no fault */
static pid_t begin(void)
{
	struct ka_watch_result r;
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	ka_watchconf_hold();
	close(2);
	if (open("/log", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) != 2)
		_exit(3);
	_exit(ka_watch_run(&w.w, false, false, &r) == KA_ERR_OK ? 0 : 1);
}

static void end(pid_t pid, int signal)
{
	int status;

	assert_int_equal(kill(pid, signal), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* as the service: what was there, what comes while it watches, and a signal that ends it */
static void watch__comes_and_goes__until_a_signal(void **state)
{
	char first[KA_CONN_NAME_MAX], second[KA_CONN_NAME_MAX];
	pid_t pid;

	(void)state;
	if (!has_proc)
		skip();
	name_of(0, first);
	name_of(1, second);
	refuse(0);
	pid = begin();
	assert_true(comes(w.run.r.eye, KA_LOOK_NAME)); /* it watches */
	refuse(1);
	assert_true(comes(w.run.r.done, first));
	assert_true(comes(w.run.r.done, second));
	end(pid, SIGTERM);
	assert_int_equal(count_of("ssh-key-refused"), 2);
}

static void watch__signals__end_it_and_hup_does_not(void **state)
{
	pid_t pid;

	(void)state;
	if (!has_proc)
		skip();
	pid = begin();
	assert_true(comes(w.run.r.eye, KA_LOOK_NAME));
	assert_int_equal(kill(pid, SIGHUP), 0); /* reads its configuration again, and stays */
	usleep(20000);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
	end(pid, SIGINT);
}

#define IN_ROOT(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOT(once__nothing_there__ends_with_nothing),
		IN_ROOT(once__connections_that_have_ended__each_has_its_event),
		IN_ROOT(once__trail_full__they_wait_and_nothing_is_lost),
		IN_ROOT(once__names_that_are_none__are_tampering),
		IN_ROOT(run__no_spool__is_a_fault),
		IN_ROOT(watch__comes_and_goes__until_a_signal),
		IN_ROOT(watch__signals__end_it_and_hup_does_not),
	};

	alarm(120); /* nothing here may hang for ever */
	return trustroot_run(tests, NULL);
}
