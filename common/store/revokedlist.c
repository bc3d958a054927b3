/* Reads revoked lists. It must never pass over a line that was meant to revoke something without saying so. */
#include "store/revokedlist.h"

#include <string.h>

#include "base/text.h"
#include "key/keyfpr.h"
#include "store/signeddoc.h"

#include "base/poison.h"

enum ka_revokedlist_line ka_revokedlist_next(struct ka_cursor *c, struct ka_span *hash)
{
	struct ka_span line, word;

	*hash = (struct ka_span){ NULL, 0 };
	do {
		if (!ka_cursor_line(c, &line, NULL))
			return KA_REVOKEDLIST_END;
	} while (!ka_signeddoc_is_entry(line));
	if (!ka_text_word(&line, &word) || !ka_keyfpr_is_valid(word))
		return KA_REVOKEDLIST_WRONG;
	*hash = ka_span_sub(word, strlen(KA_REVOKEDLIST_PREFIX), word.len);
	return KA_REVOKEDLIST_ENTRY;
}
