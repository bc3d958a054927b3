/* The table of verdicts as people's tools see it: how full it is, whether it can be used, and taking it away. Root's, mostly. */
#ifndef KA_VERDICT_VERDICTLOOK_H
#define KA_VERDICT_VERDICTLOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/limits.h"

#define KA_VERDICTLOOK_ROOM ((size_t)KA_VERDICTS_BUCKETS * KA_VERDICTS_WAYS) /* verdicts that a table holds at most */

enum ka_verdictlook_state {
	KA_VERDICTLOOK_NONE,     /* nothing has been kept yet */
	KA_VERDICTLOOK_TABLE,    /* there is one, and who owns the directory can use it */
	KA_VERDICTLOOK_UNUSABLE, /* something is there that the command does not believe */
};

struct ka_verdictlook {
	enum ka_verdictlook_state state;
	uid_t owner;    /* of the directory */
	size_t kept;    /* whole rows; also of policies and data that hold no more, until others come in their place */
	size_t damaged; /* rows that are neither whole nor empty; the command takes them for empty */
};

/**
 * ka_verdictlook() - look at the table in @dir (KA_PATH_VERDICTS); reads 8 MiB at most
 *
 * Errors: KA_ERR_SYS - no such directory, no right to see it, or errno EPERM: others than its owner may write there.
 */
KA_MUST_CHECK enum ka_err ka_verdictlook(const char *dir, struct ka_verdictlook *out);

/**
 * ka_verdictlook_clear() - take the table away, whatever it is: all keys are judged again
 * @was_there: false: there was nothing to take
 *
 * A command that has it open finds or keeps its last verdict there. Errors: as ka_verdictlook().
 */
KA_MUST_CHECK enum ka_err ka_verdictlook_clear(const char *dir, bool *was_there);

#endif
