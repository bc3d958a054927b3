/*
 * A line of a dump of many accounts' keys, in one of two forms that may be mixed:
 *
 *   ACCOUNT<TAB>LINE                        LINE as in authorized_keys
 *   {"account":"ACCOUNT","line":"LINE"}     JSON Lines; other members are passed over
 *
 * Blank lines, and such whose first character is #, say nothing. ACCOUNT is any text but an empty one, "alice@web1" too.
 */
#ifndef KA_VETDUMP_H
#define KA_VETDUMP_H

#include "base/cursor.h"
#include "base/limits.h"

enum ka_vetdump_what { KA_VETDUMP_KEY, KA_VETDUMP_NOTHING, KA_VETDUMP_BROKEN };

struct ka_vetdump {
	struct ka_span account, line; /* borrowed from the text, or from the room */
	char account_room[KA_VET_ACCOUNT_MAX];
	char line_room[KA_LINE_MAX + 2]; /* a longer one is cut, and still too long */
};

/** ka_vetdump_read() - take one line apart, without its newline; @out is set for KA_VETDUMP_KEY. Pure but for jansson's memory */
enum ka_vetdump_what ka_vetdump_read(struct ka_span text, struct ka_vetdump *out);

#endif
