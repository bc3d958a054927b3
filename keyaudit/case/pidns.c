/*
 * The note of the pid namespace. MUST: never leave half a note where the next one looks; take away nothing that another
 * living namespace may have noted. Whether that one still has a process cannot be seen from here, so people decide.
 */
#include "keyaudit/case/pidns.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/paths.h"
#include "base/proc.h"
#include "base/text.h"
#include "base/fields.h"

#include "base/poison.h"

#define NOTE "pidns"
#define FRESH NOTE ".new" /* written under the lock only; one that was left behind is written over */
#define HEAD "ka1 pidns"

/* /proc/self is what /proc's own namespace calls us */
static bool is_proc_ours(void)
{
	char self[32];
	ssize_t n = readlink("/proc/self", self, sizeof(self));
	uint64_t pid;

	return n > 0 && ka_text_to_u64((struct ka_span){ (const uint8_t *)self, (size_t)n }, INT32_MAX, &pid) &&
	       (pid_t)pid == getpid();
}

bool ka_pidns_self(struct ka_pidns *self)
{
	struct stat st;

	memset(self, 0, sizeof(*self));
	if (!is_proc_ours() || !ka_proc_boot_id(self->boot))
		return false;
	/* a kernel that was built without them has one namespace: 0, 0 */
	if (stat("/proc/self/ns/pid", &st) == 0) {
		self->dev = st.st_dev;
		self->ino = st.st_ino;
	}
	return true;
}

static bool read_note(const struct ka_rundir *r, struct ka_pidns *noted)
{
	KA_AUTOCLOSE int fd = openat(r->run, NOTE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct ka_fields f;
	char text[160];
	size_t len;

	memset(noted, 0, sizeof(*noted));
	if (fd < 0 || ka_fd_read_all(fd, text, sizeof(text), &len) != KA_ERR_OK || len == 0 || text[len - 1] != '\n')
		return false;
	ka_fields_init(&f, (struct ka_span){ (const uint8_t *)text, len - 1 }, HEAD);
	ka_fields_text(&f, "boot", noted->boot, sizeof(noted->boot));
	noted->dev = (uint64_t)ka_fields_i64(&f, "dev", INT64_MAX);
	noted->ino = (uint64_t)ka_fields_i64(&f, "ino", INT64_MAX);
	return ka_fields_end(&f);
}

/* whole or not at all: renamed into its place */
static bool write_note(const struct ka_rundir *r, const struct ka_pidns *self)
{
	KA_AUTOCLOSE int fd = openat(r->run, FRESH, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	char text[160];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, HEAD);
	ka_fields_put_text(&b, "boot", self->boot);
	ka_fields_put_i64(&b, "dev", (int64_t)self->dev);
	ka_fields_put_i64(&b, "ino", (int64_t)self->ino);
	ka_buf_char(&b, '\n');
	if (fd >= 0 && ka_fd_write_all(fd, b.p, b.len) == KA_ERR_OK && renameat(r->run, FRESH, r->run, NOTE) == 0)
		return true;
	unlinkat(r->run, FRESH, 0);
	return false;
}

static enum ka_pidns_answer compare(const struct ka_rundir *r, const struct ka_pidns *self, struct ka_pidns *noted)
{
	if (!read_note(r, noted) || strcmp(noted->boot, self->boot) != 0)
		return KA_PIDNS_UNNOTED; /* no process has outlived its boot */
	return noted->dev == self->dev && noted->ino == self->ino ? KA_PIDNS_OURS : KA_PIDNS_OTHER;
}

static void say_other(const struct ka_pidns *self, const struct ka_pidns *noted, char *why, size_t size)
{
	struct ka_buf b;

	ka_buf_init(&b, why, size);
	ka_buf_text(&b, KA_PATH_RUN " belongs to another pid namespace: pid:[");
	ka_buf_u64(&b, noted->ino);
	ka_buf_text(&b, "] stands in " KA_PATH_PIDNS ", here is pid:[");
	ka_buf_u64(&b, self->ino);
	ka_buf_text(&b, "], where those processes cannot be seen" KA_RUNDIR_MEND
			"run it where sshd runs; if the other one is gone (a container that was started again): rm " KA_PATH_PIDNS);
}

static enum ka_pidns_answer say_blind(char *why, size_t size)
{
	struct ka_buf b;

	ka_buf_init(&b, why, size);
	ka_buf_text(&b, "/proc belongs to another pid namespace than this process" KA_RUNDIR_MEND "run it where sshd runs, with a /proc of that");
	return KA_PIDNS_BLIND;
}

enum ka_pidns_answer ka_pidns_look(const struct ka_rundir *r, char *why, size_t size)
{
	struct ka_pidns self, noted;
	enum ka_pidns_answer answer;

	if (!ka_pidns_self(&self))
		return say_blind(why, size);
	answer = compare(r, &self, &noted);
	if (answer == KA_PIDNS_OTHER)
		say_other(&self, &noted, why, size);
	return answer;
}

enum ka_pidns_answer ka_pidns_settle_as(const struct ka_rundir *r, const struct ka_pidns *self, char *why, size_t size)
{
	struct ka_pidns noted;
	enum ka_pidns_answer answer = compare(r, self, &noted);

	if (answer == KA_PIDNS_UNNOTED) {
		KA_AUTOCLOSE int lock = ka_rundir_lock(r);

		/* somebody else may have been first; no lock, no room: an audit without a note is better than none */
		answer = compare(r, self, &noted);
		if (answer == KA_PIDNS_UNNOTED && lock >= 0 && write_note(r, self))
			answer = KA_PIDNS_OURS;
	}
	if (answer == KA_PIDNS_OTHER)
		say_other(self, &noted, why, size);
	return answer;
}

enum ka_pidns_answer ka_pidns_settle(const struct ka_rundir *r, char *why, size_t size)
{
	struct ka_pidns self;

	return ka_pidns_self(&self) ? ka_pidns_settle_as(r, &self, why, size) : say_blind(why, size);
}
