/*
 * Where keys come from. A source gives one of five answers and, when it has any,
 * bytes that are still to be judged line by line.
 */
#ifndef KA_SOURCE_SOURCE_H
#define KA_SOURCE_SOURCE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"
#include "conf/conf.h"
#include "perm/permwalk.h"
#include "reason/reason.h"

enum ka_source_answer {
	KA_SOURCE_FOUND,       /* at least one file was there */
	KA_SOURCE_NO_KEYS,     /* authoritative: nothing there */
	KA_SOURCE_REFUSED,     /* something was there that must not be believed; reason says why */
	KA_SOURCE_UNAVAILABLE, /* could not be asked */
	KA_SOURCE_STALE,       /* from a cache past its freshness, inside its bound */
};

/* who is asked for; strings may be NULL when sshd did not say */
struct ka_source_query {
	const char *user; /* within the grammar of base/username.h */
	const char *uid;  /* decimal */
	const char *home; /* absolute */
	uid_t uid_number;
	const struct ka_permwalk_known *known; /* a directory that key files may lie in, see perm/permwalk.h; may be NULL */
};

/** ka_source_answer_text() - "found", "no-keys", "refused", "unavailable", "stale" */
const char *ka_source_answer_text(enum ka_source_answer a);

#endif
