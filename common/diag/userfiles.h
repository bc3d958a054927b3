/*
 * The key files of one user, looked at with that user's rights in a child of its
 * own, the way sshd opens them. The child ends at its deadline whatever hangs.
 *
 * MUST: root never opens a user's file itself; the child gives its rights away for
 * good before it looks at anything, and what it sends back is checked like any
 * other foreign bytes: it has parsed hostile files.
 */
#ifndef KA_DIAG_USERFILES_H
#define KA_DIAG_USERFILES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/limits.h"
#include "diag/keyrow.h"
#include "diag/keyscan.h"
#include "perm/permjudge.h"

/* one object as stat saw it; fixed-width, since it travels */
struct ka_userfile_stat {
	char path[KA_TEXT_PATH_MAX]; /* "": nothing was seen */
	uint32_t mode, uid, gid;
};

#define KA_USERFILE_NAMES (UINT32_MAX - 1) /* entry of the file of principals */

/* fixed-width fields only: it travels over a pipe from a process that is not trusted */
struct ka_userfile {
	uint32_t entry;                     /* which AuthorizedKeysFile entry, or UINT32_MAX: a file with a similar name */
	char path[KA_TEXT_PATH_MAX];        /* expanded */
	char expected[KA_TEXT_PATH_MAX];    /* similar name: the path it should have */
	uint32_t expected_exists;
	uint32_t expected_is_roots;         /* set by the parent: see diag/rootplace.h */
	char real[KA_TEXT_PATH_MAX];        /* where it leads, "" when that is the same or unknown */
	uint32_t is_link;                   /* the last component is a symbolic link */
	uint32_t errnum;                    /* why it could not be opened or read; 0 */
	struct ka_userfile_stat own;        /* the file itself */
	struct ka_userfile_stat blocked;    /* a directory that the user cannot search */
	uint32_t perm_reason;               /* what StrictModes says: enum ka_reason */
	uint32_t perm_unjudged;             /* StrictModes is on, and the way to the file could not be walked */
	uint32_t perm_object;               /* enum ka_perm_object */
	struct ka_userfile_stat perm;       /* the object that decided */
	char acl[KA_TEXT_PATH_MAX];         /* the first object on its way with an access list that could not be judged, "" */
	struct ka_userfile_stat acl_open;   /* the first object that an access list lets others write to */
	uint32_t acl_only_mask;             /* its group bit is the mask of the list */
	uint32_t fs_type;                   /* f_type of statfs(2), of the file or the nearest directory; 0: not known */
	char label[KA_MOUNTLOOK_LABEL_MAX]; /* security.selinux, while SELinux enforces its policy; raw */
	char dir_label[KA_MOUNTLOOK_LABEL_MAX]; /* of its directory */
	uint32_t label_answer;              /* set by the parent: enum ka_sepolicy_answer ... */
	char label_path[KA_TEXT_PATH_MAX];  /* ... and the object that label is of: the file or its directory */
	char acl_who[KA_PERMACL_WHO_MAX];   /* "user:bob group:staff"; raw */
	uint32_t is_read;                   /* the content was looked at */
	struct ka_keyscan scan;
};

enum ka_home_lock { KA_HOME_OPEN, KA_HOME_LOCKED_ECRYPTFS, KA_HOME_LOCKED_FSCRYPT };

struct ka_userfiles_home {
	uint32_t errnum; /* of stat(home) */
	uint32_t mode, uid, gid;
	uint32_t fs_type;   /* as of a file */
	uint32_t is_locked; /* it is encrypted, and not open: enum ka_home_lock */
};

struct ka_userfiles {
	bool hung;          /* the deadline passed: what is here came before it */
	bool failed;        /* the child could not do its work, or sent something else than facts */
	bool limited;       /* not root: seen with our own rights, not the user's */
	bool has_home;
	struct ka_userfiles_home home;
	bool has_names;
	struct ka_userfile names;  /* what AuthorizedPrincipalsFile names, scanned by diag/scannames.h */
	size_t count;
	struct ka_userfile files[KA_USERFILES_MAX];
	size_t rows_count, rows_left_out;        /* the lines of all files together, where they were wanted */
	struct ka_keyrow rows[KA_DIAG_ROWS_MAX];
	size_t keys_len;                         /* and the keys in them */
	uint8_t keys[KA_KEYROW_KEYS_MAX];
};

struct ka_userfiles_query {
	const char *user;
	uid_t uid;
	gid_t gid;
	const char *home;
	const char (*paths)[KA_TEXT_PATH_MAX]; /* expanded AuthorizedKeysFile entries */
	size_t paths_count;
	bool is_none;                          /* sshd reads no key files at all: AuthorizedKeysFile none */
	const char *names;                     /* expanded AuthorizedPrincipalsFile, or NULL */
	bool strict_modes;
	enum ka_perm_rule rule;
	const struct ka_keyscan_query *scan;
	int deadline_ms;
};

/**
 * ka_userfiles_look() - gather the facts
 * @out: large: allocate it
 *
 * Errors: KA_ERR_SYS, KA_ERR_NOMEM: no child could be made. A child that hangs or fails is told in @out.
 */
KA_MUST_CHECK enum ka_err ka_userfiles_look(const struct ka_userfiles_query *query, struct ka_userfiles *out);

/** ka_userfiles_check() - one record from the pipe: ends every text, checks every number; false when it is not one */
bool ka_userfiles_check(const struct ka_userfile *f, const struct ka_userfiles_query *query);

#endif
