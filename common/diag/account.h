/*
 * What the system's own files say of one account: shell, shadow entry, the files that keep everybody out, and names
 * that are nearly the one that was asked for. It looks and never judges.
 *
 * MUST: the password hash is never kept, printed or compared; of it only the lock before it, and whether one is there.
 */
#ifndef KA_DIAG_ACCOUNT_H
#define KA_DIAG_ACCOUNT_H

#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"

#define KA_ACCOUNT_NOLOGIN_ETC "/etc/nologin"
#define KA_ACCOUNT_NOLOGIN_RUN "/run/nologin"

enum ka_account_nologin { KA_ACCOUNT_ETC, KA_ACCOUNT_RUN, KA_ACCOUNT_NOLOGINS };

/* a file that keeps everybody out who is not root */
struct ka_account_closed {
	bool is_there;
	int64_t since_sec;                /* its mtime */
	char text[KA_ACCOUNT_TEXT_MAX];   /* its first line; raw, render escaped; "" when it has none or it is no text */
};

struct ka_account {
	bool is_asked;                    /* there is a passwd entry, and all below was looked at */
	char shell[KA_TEXT_PATH_MAX];     /* /bin/sh when the entry names none; "" when it is longer than that */
	int shell_errnum;                 /* of stat(2), 0 */
	mode_t shell_mode;
	uid_t shell_uid;
	gid_t shell_gid;
	bool has_shadow;                  /* an entry of shadow was read (root only); else what is below says nothing */
	bool is_locked;                   /* a ! stands before the password field */
	bool has_hash;                    /* there is a hash in it, behind the ! if there is one */
	int64_t changed_day;              /* days since 1970, as all below; -1: not set */
	int64_t max_days, inactive_days;  /* of a password */
	int64_t expires_day;
	struct ka_account_closed closed[KA_ACCOUNT_NOLOGINS];
	size_t near_count;                /* of an unknown user: names of local users that are a slip away */
	char near[KA_ACCOUNT_NEAR_MAX][KA_USER_NAME_MAX];
};

/**
 * ka_account_gather() - the facts of a user whose passwd entry is known
 * @pw:  borrowed
 * @out: overwritten
 *
 * Errors: KA_ERR_NOMEM. What could not be read is said in @out. Source: passwd(5), shadow(5), nologin(5).
 */
KA_MUST_CHECK enum ka_err ka_account_gather(const struct passwd *pw, struct ka_account *out);

/** ka_account_password() - is_locked and has_hash of a password field of shadow(5), crypt(5); pure */
void ka_account_password(struct ka_span field, struct ka_account *out);

/** ka_account_near() - names in the text of a passwd file that are a typing slip away from @name; pure, any bytes */
void ka_account_near(struct ka_span passwd, const char *name, struct ka_account *out);

/**
 * ka_account_look_near() - the same over /etc/passwd: no name service is asked, for a stranger chooses the name
 * @out: overwritten
 *
 * Errors: KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_account_look_near(const char *name, struct ka_account *out);

/** ka_account_look_closed() - a nologin file. @out: zeroed by the caller. Whatever stands there counts, also what cannot be read */
void ka_account_look_closed(const char *path, struct ka_account_closed *out);

/** ka_account_path() - /etc/nologin or /run/nologin */
const char *ka_account_path(enum ka_account_nologin which);

#endif
