/*
 * What `sshd -T` prints, as far as keyaudit asks for it. Pure; keywords without
 * regard to case (they became CamelCase in OpenSSH 10.4). It never runs anything.
 */
#ifndef KA_DIAG_SSHDCONF_H
#define KA_DIAG_SSHDCONF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cursor.h"
#include "base/limits.h"

struct ka_sshdconf {
	bool is_known;            /* false: defaults, since sshd could not be asked */
	bool pubkey;              /* PubkeyAuthentication */
	bool strict_modes;
	bool use_pam;
	bool use_dns;
	size_t files_count;       /* AuthorizedKeysFile entries in order, as written; `none` left out */
	char files[KA_DIAG_FILES_MAX][KA_TEXT_PATH_MAX];
	bool files_cut;           /* there were more, or one was too long */
	char command[KA_TEXT_PATH_MAX];      /* AuthorizedKeysCommand with arguments; "" = none */
	char command_user[KA_USER_NAME_MAX]; /* AuthorizedKeysCommandUser; "" = none */
	char text[KA_SSHDCONF_TEXT_MAX];     /* all that sshd printed, for ka_sshdconf_next() */
	size_t text_len;
	bool is_text_cut;                    /* there was more; its last line may lack its end */
	char pam_service[KA_PAMCONF_PATH_MAX / 2]; /* PAMServiceName (9.8 and later), else "sshd" */
};

/** ka_sshdconf_default() - OpenSSH's own defaults, for when sshd cannot be asked */
void ka_sshdconf_default(struct ka_sshdconf *c);

/**
 * ka_sshdconf_parse() - read the output of `sshd -T`
 *
 * Answers: false (and the defaults) when no keyword of ours was in it. Unknown keywords are skipped.
 * Safe:    pure; any bytes. Source: sshd(8) -T, sshd_config(5).
 */
bool ka_sshdconf_parse(struct ka_span text, struct ka_sshdconf *out);

/**
 * ka_sshdconf_next() - the values of one keyword, in the order printed: AllowUsers and its like have a line for each
 * @at:    0 at first, then moved on
 * @value: without blanks at its ends; borrows from @c
 *
 * Answers: false when there is no further line, or sshd was not asked. Without regard to case.
 */
bool ka_sshdconf_next(const struct ka_sshdconf *c, const char *keyword, size_t *at, struct ka_span *value);

/** ka_sshdconf_value() - the first value of a keyword; empty when sshd did not print it */
struct ka_span ka_sshdconf_value(const struct ka_sshdconf *c, const char *keyword);

/** ka_sshdconf_is() - is the first value of @keyword this word? Without regard to case; false when it was not printed */
bool ka_sshdconf_is(const struct ka_sshdconf *c, const char *keyword, const char *word);

/** ka_sshdconf_is_set() - does @keyword have a value other than "none"? */
bool ka_sshdconf_is_set(const struct ka_sshdconf *c, const char *keyword);

/**
 * ka_sshdconf_version() - the release out of what sshd says about itself
 * @text: output of `sshd -V` or of its usage message
 * @out:  "OpenSSH_9.2p1 Debian-2+deb12u10", or ""
 *
 * Answers: false when no line begins with OpenSSH_.
 */
bool ka_sshdconf_version(struct ka_span text, char *out, size_t size);

/** ka_sshdconf_is_debian() - does this release carry Debian's rule for private groups (Debian, Ubuntu)? */
bool ka_sshdconf_is_debian(const char *version);

/** ka_sshdconf_release() - 9.2p1 -> 902, 10.4 -> 1004; 0 when unreadable */
unsigned ka_sshdconf_release(const char *version);

/**
 * ka_sshdconf_expand() - one AuthorizedKeysFile entry for one user
 *
 * %h %u %U %%; a relative path lies below @home. Answers: false when a token is unknown or it does not fit.
 */
bool ka_sshdconf_expand(const char *entry, const char *user, const char *uid, const char *home, char *out, size_t size);

#endif
