/* Doing it. Modes and owners here; names and content in fixput.c. */
#include "keyaudit/mend/fixdo.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fd.h"
#include "keyaudit/mend/fixhand.h"
#include "keyaudit/mend/fixput.h"

#include "base/poison.h"

const char *ka_fixdo_why(uint32_t answer)
{
	static const char *const why[] = {
		[KA_FIXDO_DONE] = "",
		[KA_FIXDO_CHANGED] = "it has changed since it was looked at: nothing was done, ask again",
		[KA_FIXDO_FAILED] = "the system refused it",
		[KA_FIXDO_MISSING] = "what is to be replaced does not stand there any more",
		[KA_FIXDO_TAKEN] = "there is a file of the new name",
		[KA_FIXDO_HUNG] = "no answer: its file system hangs",
		[KA_FIXDO_NO_NOTE] = "it could not be noted how to undo it, so it was not done",
	};

	return answer < KA_FIXDO_ANSWERS ? why[answer] : "";
}

/* the same object with the owner and mode that were judged */
static bool is_still(int fd, const struct ka_fixstat *judged)
{
	struct ka_fixstat now;

	return ka_fixstat_take(fd, &now) == KA_ERR_OK && ka_fixstat_is_unchanged(&now, judged);
}

static void say_errno(struct ka_fixdo_result *out)
{
	out->answer = KA_FIXDO_FAILED;
	out->errnum = (uint32_t)errno;
}

static void change_mode(int fd, const struct ka_fixdo *what, struct ka_fixdo_result *out)
{
	char path[32];
	struct ka_buf b;

	ka_buf_init_array(&b, path);
	ka_buf_text(&b, "/proc/self/fd/");
	ka_buf_u64(&b, (uint64_t)fd);
	if (!is_still(fd, &what->walk->it))
		out->answer = KA_FIXDO_CHANGED;
	else if (chmod(path, (mode_t)what->mode) != 0 || ka_fixstat_take(fd, &out->after) != KA_ERR_OK)
		say_errno(out);
}

/* root, on a descriptor that was opened without following anything */
static void change_owner(const struct ka_fixdo *what, struct ka_fixdo_result *out)
{
	int fd = what->walk->fd;

	if (!is_still(fd, &what->walk->it))
		out->answer = KA_FIXDO_CHANGED;
	else if (fchownat(fd, "", what->uid, what->gid, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) != 0 ||
		 ka_fixstat_take(fd, &out->after) != KA_ERR_OK)
		say_errno(out);
}

/* in the child */
static void work(const void *job)
{
	const struct ka_fixdo *what = job;
	struct ka_fixdo_result out = { .answer = KA_FIXDO_DONE };

	if (what->op->kind == KA_FIXOP_CHMOD)
		change_mode(KA_FIXHAND_FD, what, &out);
	else if (what->op->kind == KA_FIXOP_RENAME)
		ka_fixput_rename(what, &out);
	else
		ka_fixput_content(what, &out);
	(void)!ka_fd_write_all(KA_FIXHAND_TALK, &out, sizeof(out));
}

/* the child says once that it is ready, when there is something to make ready, and once what came of it */
static void listen_to(const struct ka_fixhand *hand, const struct ka_fixdo *what, struct ka_fixdo_result *out)
{
	const uint8_t go = 'y';
	bool heard = ka_fixhand_receive(hand, out, sizeof(*out));

	if (heard && what->op->kind == KA_FIXOP_EDIT && out->answer == KA_FIXDO_DONE) {
		if (!what->ready(what->ctx, out)) {
			out->answer = KA_FIXDO_NO_NOTE;
			return;
		}
		heard = ka_fixhand_send(hand, &go, 1) && ka_fixhand_receive(hand, out, sizeof(*out));
	}
	if (!heard || out->answer >= KA_FIXDO_ANSWERS || out->errnum > 4095)
		*out = (struct ka_fixdo_result){ .answer = KA_FIXDO_HUNG };
}

static void run_as_user(const struct ka_fixdo *what, struct ka_fixdo_result *out)
{
	const struct ka_fixhand_who who = { .user = what->world->user, .uid = what->world->uid, .gid = what->world->gid };
	const int fds[] = { what->walk->fd, what->walk->dir, what->op->kind == KA_FIXOP_RENAME ? what->to_dir : -1 };
	struct ka_fixhand hand;

	if (ka_fixhand_start(&who, work, what, fds, KA_ARRAY_LEN(fds), &hand) == KA_ERR_OK)
		listen_to(&hand, what, out);
	else
		say_errno(out);
	ka_fixhand_end(&hand);
}

void ka_fixdo_run(const struct ka_fixdo *what, struct ka_fixdo_result *out)
{
	memset(out, 0, sizeof(*out));
	out->after = what->walk->it;
	/* an edit asks when it knows which file it has made */
	if (what->op->kind != KA_FIXOP_EDIT && !what->ready(what->ctx, out)) {
		out->answer = KA_FIXDO_NO_NOTE;
		return;
	}
	if (what->op->kind == KA_FIXOP_CHOWN)
		change_owner(what, out);
	else if (what->op->kind == KA_FIXOP_CHMOD && !what->op->as_user)
		change_mode(what->walk->fd, what, out);
	else
		run_as_user(what, out);
}
