/* What one line of the way in looks like: see way.h. */
#ifndef KA_DIAG_WAYLINE_H
#define KA_DIAG_WAYLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/limits.h"
#include "reason/reason.h"

/* the worst of what was found there */
enum ka_way_state { KA_WAY_OK, KA_WAY_UNKNOWN, KA_WAY_WARN, KA_WAY_BAD };

struct ka_way_line {
	enum ka_way_state state;
	enum ka_reason reason;         /* why it is not OK; KA_REASON_NONE */
	char what[KA_WAY_WHAT_MAX];    /* "account", "allow lists", the path of a key file; raw, render escaped */
	char text[KA_WAY_TEXT_MAX];    /* what was seen; raw, render escaped */
	int file;                      /* a key file: its number, that of its rows; else -1 */
	bool has_stat;                 /* a file or directory: mode and owner go before the text */
	unsigned mode;
	uid_t uid;
	gid_t gid;
	char owner[64], group[64];     /* names, or numbers; set by the diagnosis */
};

struct ka_way {
	size_t count;
	struct ka_way_line line[KA_WAY_LINES_MAX];
};

#endif
