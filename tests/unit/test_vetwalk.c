/* keyaudit/vet/vetwalk: which files are read, in which order, and whose they are; links and what is no file. */
#include "keyaudit/vet/vetwalk.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"

#include "base/poison.h"

static char dir[] = "/tmp/keyaudit-walk-XXXXXX";
static char seen[4096], said[4096];
static struct ka_buf seen_buf, said_buf;
static struct ka_vetwalk *walk;

/* "NAME=ACCOUNT " of each, the name without what stands before it in the directory of this test */
static enum ka_err take(void *ctx, const struct ka_vetwalk_file *f)
{
	(void)ctx;
	assert_true(fcntl(f->fd, F_GETFD) >= 0);
	ka_buf_text(&seen_buf, f->name + strlen(dir) + 1);
	ka_buf_char(&seen_buf, '=');
	ka_buf_text(&seen_buf, f->account);
	ka_buf_char(&seen_buf, ' ');
	return KA_ERR_OK;
}

static void complain(void *ctx, const char *what, const char *name)
{
	(void)ctx;
	ka_buf_text(&said_buf, name + (strlen(name) > strlen(dir) ? strlen(dir) + 1 : 0));
	ka_buf_text(&said_buf, ": ");
	ka_buf_text(&said_buf, what);
	ka_buf_char(&said_buf, '\n');
}

static void run(const char *name, bool all)
{
	char path[256];

	memset(walk, 0, sizeof(*walk));
	walk->take = take;
	walk->complain = complain;
	walk->all = all;
	ka_buf_init_array(&seen_buf, seen);
	ka_buf_init_array(&said_buf, said);
	assert_true(snprintf(path, sizeof(path), "%s/%s", dir, name) > 0);
	assert_int_equal(ka_vetwalk_run(walk, path), KA_ERR_OK);
}

static void in_dir(char path[static 256], const char *name)
{
	assert_true(snprintf(path, 256, "%s/%s", dir, name) > 0);
}

static void make_dir(const char *name)
{
	char path[256];

	in_dir(path, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

static void make_file(const char *name)
{
	char path[256];
	int fd;

	in_dir(path, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
}

static void make_link(const char *to, const char *name)
{
	char path[256];

	in_dir(path, name);
	assert_int_equal(symlink(to, path), 0);
}

static int begin(void **state)
{
	static const char *const dirs[] = { "repo", "repo/.git", "repo/alice", "repo/bob", "repo/bob/.ssh", "empty", "links", "links/sub", "deep" };
	static const char *const files[] = {
		"outside.keys", "repo/README", "repo/.git/x.pub", "repo/zoe.keys", "repo/alice/laptop.pub", "repo/alice/desk.pub", "repo/carol",
		"repo/bob/.ssh/authorized_keys", "repo/bob/.ssh/config", "empty/x", "links/real.keys", "links/sub/x.keys",
	};

	(void)state;
	walk = calloc(1, sizeof(*walk));
	if (walk == NULL || mkdtemp(dir) == NULL)
		return -1;
	for (size_t i = 0; i < KA_ARRAY_LEN(dirs); i++)
		make_dir(dirs[i]);
	for (size_t i = 0; i < KA_ARRAY_LEN(files); i++)
		make_file(files[i]);
	make_link("real.keys", "links/in.keys");
	make_link("../outside.keys", "links/out.keys");
	make_link("sub", "links/dir.keys");
	make_link("/etc/passwd", "links/abs.keys");
	make_link("nothing", "links/dangling.keys");
	return 0;
}

static int end(void **state)
{
	char command[128];
	pid_t pid;
	int status;

	(void)state;
	free(walk);
	assert_true(snprintf(command, sizeof(command), "%s", dir) > 0);
	pid = fork();
	if (pid == 0) {
		execl("/bin/rm", "rm", "-r", "--", command, (char *)NULL);
		_exit(127);
	}
	return waitpid(pid, &status, 0) == pid && status == 0 ? 0 : -1;
}

static void run__directory__key_files_in_order(void **state)
{
	(void)state;
	run("repo", false);
	assert_string_equal(seen, "repo/alice/desk.pub=alice repo/alice/laptop.pub=alice repo/bob/.ssh/authorized_keys=bob repo/zoe.keys=zoe ");
	assert_string_equal(said, "");
	assert_int_equal(walk->files, 4);
	assert_int_equal(walk->passed_over, 3);
	run("repo/", false);
	assert_int_equal(walk->files, 4);
}

static void run__all__every_file_but_hidden_ones(void **state)
{
	(void)state;
	run("repo", true);
	assert_string_equal(seen, "repo/README=README repo/alice/desk.pub=alice repo/alice/laptop.pub=alice "
				  "repo/bob/.ssh/authorized_keys=bob repo/bob/.ssh/config=bob repo/carol=carol repo/zoe.keys=zoe ");
	assert_int_equal(walk->passed_over, 0);
}

static void run__file__whatever_its_name(void **state)
{
	(void)state;
	run("repo/carol", false);
	assert_string_equal(seen, "repo/carol=carol ");
	run("repo/alice/desk.pub", false);
	assert_string_equal(seen, "repo/alice/desk.pub=desk ");
}

static void run__links__only_inside(void **state)
{
	(void)state;
	run("links", false);
	assert_string_equal(seen, "links/in.keys=in links/real.keys=real links/sub/x.keys=x ");
	assert_int_equal(walk->failed, 3);
	assert_non_null(strstr(said, "links/out.keys: a link that leads out of the directory\n"));
	assert_non_null(strstr(said, "links/abs.keys: a link that leads out of the directory\n"));
	assert_non_null(strstr(said, "links/dangling.keys: no such file\n"));
	run("links/out.keys", false); /* whoever names it means it */
	assert_string_equal(seen, "links/out.keys=out ");
}

static void run__nothing_to_read__is_said(void **state)
{
	(void)state;
	run("empty", false);
	assert_int_equal(walk->failed, 1);
	assert_non_null(strstr(said, "holds no key file"));
	run("empty", true);
	assert_string_equal(seen, "empty/x=x ");
	run("missing", false);
	assert_string_equal(said, "missing: no such file\n");
}

static void run__fifo__nobody_waits(void **state)
{
	char path[256];

	(void)state;
	in_dir(path, "deep/x.keys");
	assert_int_equal(mkfifo(path, 0600), 0);
	run("deep/x.keys", false);
	assert_int_equal(walk->failed, 1);
	run("deep", false);
	assert_string_equal(said, "deep/x.keys: not a regular file\n");
	unlink(path);
}

static void run__too_deep__ends_and_is_said(void **state)
{
	char path[2048];
	size_t n;

	(void)state;
	n = (size_t)snprintf(path, sizeof(path), "%s/deep", dir);
	for (int i = 0; i < 70; i++) {
		memcpy(path + n, "/d", 3);
		n += 2;
		assert_int_equal(mkdir(path, 0700), 0);
	}
	run("deep", false);
	assert_int_equal(walk->failed, 1);
	assert_non_null(strstr(said, "too many directories in each other"));
}

static enum ka_err refuse(void *ctx, const struct ka_vetwalk_file *f)
{
	(void)ctx;
	(void)f;
	return KA_ERR_NOMEM;
}

static void run__fault_of_the_taker__ends_it(void **state)
{
	char path[256];

	(void)state;
	memset(walk, 0, sizeof(*walk));
	walk->take = refuse;
	walk->complain = complain;
	in_dir(path, "repo");
	assert_int_equal(ka_vetwalk_run(walk, path), KA_ERR_NOMEM);
	assert_int_equal(walk->files, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run__directory__key_files_in_order),
		cmocka_unit_test(run__all__every_file_but_hidden_ones),
		cmocka_unit_test(run__file__whatever_its_name),
		cmocka_unit_test(run__links__only_inside),
		cmocka_unit_test(run__nothing_to_read__is_said),
		cmocka_unit_test(run__fifo__nobody_waits),
		cmocka_unit_test(run__too_deep__ends_and_is_said),
		cmocka_unit_test(run__fault_of_the_taker__ends_it),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
