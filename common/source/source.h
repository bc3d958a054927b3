/*
 * Where keys come from. A source gives one of five answers and, when it has any,
 * bytes that are still to be judged line by line.
 */
#ifndef KA_SOURCE_SOURCE_H
#define KA_SOURCE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"
#include "conf/conf.h"
#include "perm/permwalk.h"
#include "reason/answer.h"
#include "reason/reason.h"

/* who is asked for; strings may be NULL when sshd did not say */
struct ka_source_query {
	const char *user; /* within the grammar of base/username.h */
	const char *uid;  /* decimal */
	const char *home; /* absolute */
	uid_t uid_number;
	const char *type, *key; /* the offered key as sshd gave it: its type, its base64 */
	const char *fp;   /* its fingerprint, "SHA256:..." */
	bool by_lines;    /* who takes a file is content with pieces of whole lines, one behind the other */
	const struct ka_permwalk_known *known; /* a directory that key files may lie in, see perm/permwalk.h; may be NULL */
};

#endif
