/*
 * The doctor without a user: is keyaudit installed in a way that works, and does
 * sshd ask it? A list of checks, each ok, a warning or a failure with its mend.
 */
#ifndef KA_INSTALL_CHECK_H
#define KA_INSTALL_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/limits.h"
#include "reason/reason.h"

enum ka_install_state { KA_INSTALL_OK, KA_INSTALL_WARN, KA_INSTALL_FAIL };


struct ka_install_item {
	enum ka_install_state state;
	enum ka_reason reason; /* KA_REASON_NONE when none of the vocabulary fits */
	char what[64];         /* "command", "spool", ... */
	char text[512];        /* what was seen; escaped */
	char mend[512];        /* "" when nothing is to do; a command, a line of a file, ... */
	bool is_prose;         /* ... or a sentence */
};

struct ka_install {
	size_t count;
	struct ka_install_item items[KA_INSTALL_CHECKS_MAX];
	char sshd_version[64];
};

/** ka_install_check() - look at everything; @conf_path as -c FILE, NULL: what sshd's command reads. Errors: KA_ERR_NOMEM only */
KA_MUST_CHECK enum ka_err ka_install_check(const char *conf_path, struct ka_install *out);

/** ka_install_is_collecting() - does a collector hold its lock? Root; to anybody else it looks as if none did */
bool ka_install_is_collecting(void);

#endif
