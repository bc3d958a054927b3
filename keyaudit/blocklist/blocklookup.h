/* Asking the lists about a key by hand: the built-in table, then every list of the configuration, with the judge's own rules. */
#ifndef KA_BLOCKLOOKUP_H
#define KA_BLOCKLOOKUP_H

#include <stdbool.h>

#include "base/cursor.h"
#include "base/err.h"
#include "blocklist/blocklist.h"

#define KA_BLOCKLOOKUP_SCHEMA "keyaudit.blocklist-lookup/1"

struct ka_blocklookup {
	const struct ka_blocklist *lists; /* borrowed */
	bool json;
	unsigned keys, listed, troubled; /* counted: keys that were read; of them listed; with a list that could not be asked */
};

/** ka_blocklookup_line() - print what is known of the key in this line; a line without a key is passed over. Errors: KA_ERR_NOMEM */
KA_MUST_CHECK enum ka_err ka_blocklookup_line(struct ka_blocklookup *l, struct ka_span line);

#endif
