/* A new blocklist in the place of the old one, when it is what was promised and not suddenly much smaller. */
#ifndef KA_BLOCKUPDATE_H
#define KA_BLOCKUPDATE_H

#include <stdbool.h>
#include <stdint.h>

#include "keyaudit/blocklist/blockmeta.h"

struct ka_blockupdate {
	const char *from;    /* a file or an address: the data, packed by xz or not, or badkeysdata.json, which names them */
	const char *to;      /* absolute path of the list */
	const char *names;   /* badkeysdata.json for data that come without it, a file; "" */
	const char *sha256;  /* of the unpacked data, lower-case hex; "" */
	const char *ca_file, *pins;
	bool may_shrink;
};

struct ka_blockupdate_out {
	uint64_t records, old_records;
	char sha256[65];
	struct ka_blockmeta meta; /* zeroed when there was none */
};

/**
 * ka_blockupdate() - bring, look at, and put in place
 * @out: large; set with KA_EXIT_FINE
 *
 * What comes from an address needs a sum. Each failure is said on standard error, and what lay there lies there still.
 * Answers: the exit status: KA_EXIT_FINE; _FINDINGS - it is no such list, not the promised one, or has shrunk; _USAGE,
 *          _UNDECIDED, _TEMPORARY, _NOPERM.
 */
int ka_blockupdate(const struct ka_blockupdate *u, struct ka_blockupdate_out *out);

#endif
