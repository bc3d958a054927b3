/* What lies there: each list of the configuration, its records, its age, and what the judge would say of it. */
#ifndef KA_BLOCKSTATUS_H
#define KA_BLOCKSTATUS_H

#include <stdbool.h>

#include "blocklist/blocklist.h"
#include "keyaudit/screen/out_text.h"

#define KA_BLOCKSTATUS_SCHEMA "keyaudit.blocklist-status/1"

struct ka_blockstatus_row {
	const char *path;          /* borrowed */
	enum ka_reason trouble;    /* KA_REASON_NONE: it is in use */
	const char *wrong;         /* more about data.invalid; static text or NULL */
	uint64_t records;
	int64_t written;
	unsigned lists;            /* different numbers in it */
};

/** ka_blockstatus_look() - one file of an opened blocklist, every record of it */
void ka_blockstatus_look(const struct ka_blocklist *b, size_t i, struct ka_blockstatus_row *out);

/** ka_blockstatus_text(), _json() - print one row; @now: UTC seconds. JSON is one object on a line */
void ka_blockstatus_text(const struct ka_out *o, const struct ka_blockstatus_row *r, int64_t now);
void ka_blockstatus_json(const struct ka_blockstatus_row *r, int64_t now);

#endif
