/*
 * The hand: a child with the user's rights for good that does one piece of work and
 * says what came of it. Work and its owner talk over one socket.
 *
 * MUST: give the rights away before the work begins; end at its deadline, whatever
 * hangs; take what it sends like any other foreign bytes.
 */
#ifndef KA_MEND_FIXHAND_H
#define KA_MEND_FIXHAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/limits.h"

/* what a child finds open */
enum { KA_FIXHAND_TALK = 3, KA_FIXHAND_FD = 4 };

/* runs in the child: descriptors are KA_FIXHAND_FD + i of those that were given, the socket is KA_FIXHAND_TALK */
typedef void ka_fixhand_work(const void *job);

struct ka_fixhand {
	pid_t pid;
	int fd;           /* the socket; -1 when there is no child */
	int64_t until_ms;
};

struct ka_fixhand_who {
	const char *user;
	uid_t uid;
	gid_t gid;
};

/**
 * ka_fixhand_start() - begin
 * @fds: descriptors for the work, at most KA_FIXHAND_FDS_MAX; a negative one is not there. They stay the caller's
 * @hand: to be ended by ka_fixhand_end(), whatever the answer
 *
 * Not root: the work is done with our own rights. Errors: KA_ERR_SYS, KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_fixhand_start(const struct ka_fixhand_who *who, ka_fixhand_work *work, const void *job, const int *fds,
					   size_t count, struct ka_fixhand *hand);

/** ka_fixhand_receive(), _send() - exactly @n bytes before the deadline; false: it ended, or hangs */
bool ka_fixhand_receive(const struct ka_fixhand *hand, void *to, size_t n);
bool ka_fixhand_send(const struct ka_fixhand *hand, const void *from, size_t n);

/** ka_fixhand_end() - SIGKILL for what still runs; reap it */
void ka_fixhand_end(struct ka_fixhand *hand);

#endif
