/*
 * The trusted open: openat(2) one component at a time, every parent judged on the
 * descriptor that was gone through. For files that we act on.
 *
 * MUST: judge descriptors, never names; never follow a link in a trusted path's last
 * component; never block on a fifo or device; allocate nothing, ask no NSS (hot path).
 */
#ifndef KA_PERM_PERMWALK_H
#define KA_PERM_PERMWALK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"
#include "perm/permjudge.h"
#include "reason/reason.h"

/* a directory that a walk with owner 0 has opened: the next walk to something in it need not begin at / */
struct ka_permwalk_known {
	struct ka_span path; /* as that walk was given it; borrowed */
	int fd;              /* stays the holder's; -1 when there is none */
};

struct ka_permwalk_trust {
	uid_t owner;       /* besides root: 0, or the user a file belongs to */
	bool is_dir;       /* the last component must be a directory, else a regular file */
	bool private_;     /* also closed to others and group for reading (secrets) */
	const struct ka_permwalk_known *known; /* may be NULL */
};

/* a link, a fifo and so on is seen in mode: S_ISLNK(why->mode) says that it was a link */

struct ka_permwalk_refusal {
	enum ka_reason reason;    /* conf.unsafe, or KA_REASON_NONE */
	int errnum;               /* when it could not be opened: ENOENT ... (then reason stays KA_REASON_NONE) */
	char path[KA_PATH_TRUSTED_MAX]; /* up to the component that is at fault; links before it resolved */
	mode_t mode;              /* its facts, when reason is conf.unsafe or errnum EACCES; 0 when they cannot be had */
	uid_t uid;
	gid_t gid;
};

/**
 * ka_permwalk_open() - open an absolute path that must be trusted
 * @fd:  the opened descriptor (O_RDONLY, close-on-exec, non-blocking), or -1; owned by the caller
 * @why: filled when *fd is -1, zeroed otherwise
 *
 * Every directory from / on must be root's (or @trust->owner's) and not writable by group or others (a
 * sticky world-writable directory is writable). Symbolic links are followed only in directories that
 * passed, as their own walk from / (at most KA_PATH_LINKS_MAX); the last component is opened O_NOFOLLOW.
 *
 * Answers: *fd >= 0; or why->reason / why->errnum (EINVAL: not absolute; ENOTDIR: a file where a directory
 *          must be, also behind a trailing slash; ELOOP: too many links; EACCES: why->path is what is closed,
 *          the file, or the directory above it that must not be searched).
 * Errors:  KA_ERR_LIMIT - longer than KA_PATH_TRUSTED_MAX or deeper than KA_PATH_DEPTH_MAX; KA_ERR_SYS with errno - not
 *          even / can be opened.
 */
KA_MUST_CHECK enum ka_err ka_permwalk_open(const char *path, const struct ka_permwalk_trust *trust, int *fd,
					   struct ka_permwalk_refusal *why);

/**
 * ka_permwalk_open_in() - the same for one name in a directory that ka_permwalk_open() has opened
 * @dir: the path of @dirfd, for @why only; @name: one component, else EINVAL
 */
KA_MUST_CHECK enum ka_err ka_permwalk_open_in(int dirfd, const char *dir, const char *name,
					      const struct ka_permwalk_trust *trust, int *fd,
					      struct ka_permwalk_refusal *why);

#endif
