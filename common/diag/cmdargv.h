/*
 * AuthorizedKeysCommand as sshd makes a list of arguments of it: words in either quotes, tokens in all but the first, and the
 * user's name where there is nothing but the program. Pure.
 *
 * Source: argv_split() and percent_expand() of misc.c, user_key_command_allowed2() of auth2-pubkey.c, OpenSSH 8.4 to 10.x.
 */
#ifndef KA_DIAG_CMDARGV_H
#define KA_DIAG_CMDARGV_H

#include <stdbool.h>

#include "base/limits.h"

/* what stands for %u %U %h, and for %t %k %f of the offered key; NULL or "": not known */
struct ka_cmdargv_values {
	const char *user, *uid, *home;
	const char *type, *key, *fp;
};

struct ka_cmdargv {
	const char *argv[KA_SOURCE_COMMAND_WORDS_MAX + 1]; /* into @text; NULL-terminated */
	char text[KA_SOURCE_COMMAND_TEXT_MAX];
};

/**
 * ka_cmdargv_make() - the arguments for one user and key
 * @command: as sshd -T prints it
 * @out:     large (64 KiB): allocate it; it must not be copied
 *
 * Answers: false when sshd would make none (an open quote), when a token is not among these six and %%, has no value here or one
 * that no key can have, and beyond KA_SOURCE_COMMAND_WORDS_MAX and KA_SOURCE_COMMAND_TEXT_MAX.
 */
bool ka_cmdargv_make(const char *command, const struct ka_cmdargv_values *values, struct ka_cmdargv *out);

#endif
