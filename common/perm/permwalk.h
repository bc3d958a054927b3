/*
 * The walk that gathers facts with openat(2), one component at a time. Two uses:
 * opening a file that we act on (every parent judged on the descriptor we went
 * through), and collecting StrictModes facts the way sshd sees a key file.
 *
 * MUST: judge descriptors, never names; never follow a link in a trusted path's last
 * component; never block on a fifo or device.
 */
#ifndef KA_PERM_PERMWALK_H
#define KA_PERM_PERMWALK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/limits.h"
#include "perm/permjudge.h"
#include "reason/reason.h"

struct ka_permwalk_trust {
	uid_t owner;       /* besides root: 0, or the user a file belongs to */
	bool is_dir;       /* the last component must be a directory, else a regular file */
	bool private_;     /* also closed to others and group for reading (secrets) */
};

struct ka_permwalk_refusal {
	enum ka_reason reason;    /* conf.unsafe, or KA_REASON_NONE */
	int errnum;               /* when it could not be opened: ENOENT ... (then reason stays KA_REASON_NONE) */
	char path[KA_PATH_MAX];   /* the component that is at fault */
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

/**
 * ka_permwalk_open() - open an absolute path that must be trusted
 * @fd:  the opened descriptor (O_RDONLY, close-on-exec), or -1; owned by the caller
 * @why: filled when *fd is -1
 *
 * Every directory from / on must be root's (or @trust->owner's) and not writable by group or others (a
 * sticky world-writable directory is writable). Symbolic links are followed only in directories that
 * passed, as their own walk from / (at most 8); the last component is opened O_NOFOLLOW.
 *
 * Answers: *fd >= 0; or why->reason / why->errnum. Errors: KA_ERR_LIMIT for paths beyond KA_PATH_DEPTH_MAX.
 */
KA_MUST_CHECK enum ka_err ka_permwalk_open(const char *path, const struct ka_permwalk_trust *trust, int *fd,
					   struct ka_permwalk_refusal *why);

#define KA_PERMWALK_STEPS_MAX KA_PATH_DEPTH_MAX

struct ka_permwalk_step {
	char path[KA_PATH_MAX / 4];
	struct ka_perm_fact fact;
};

/**
 * ka_permwalk_collect() - the facts of a key file as sshd's safe_path() walks: real path, the file, every
 * directory upwards, ending with the real home when it is on the way, else with /
 * @file:  as configured (may be a link); @home: pw_dir
 * @real:  the real path of @file ("" when realpath fails)
 * @steps: KA_PERMWALK_STEPS_MAX of them; @count set
 *
 * To be called with the login user's rights. Group facts are filled from passwd and group, enumerated once.
 * Errors: KA_ERR_SYS with errno when the file cannot be opened or resolved.
 */
KA_MUST_CHECK enum ka_err ka_permwalk_collect(const char *file, const char *home, uid_t user, char real[static KA_PATH_MAX],
					      struct ka_permwalk_step *steps, size_t *count);

#endif
