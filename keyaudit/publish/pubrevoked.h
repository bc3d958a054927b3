/* The fingerprints of --revoked, for the signed list and for looking at the keys that are to be published. */
#ifndef KA_PUBREVOKED_H
#define KA_PUBREVOKED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "store/revokedlist.h"

struct ka_pubrevoked {
	char (*hashes)[KA_REVOKEDLIST_HASH_LEN]; /* in byte order, none twice */
	size_t count, room;
	size_t bad_line; /* 1-based: the first line that is none; 0 when all are */
};

/** ka_pubrevoked_read() - lines as ssh-keygen -l prints fingerprints; blank lines and comments. Errors: KA_ERR_NOMEM */
KA_MUST_CHECK enum ka_err ka_pubrevoked_read(struct ka_span text, struct ka_pubrevoked *out);

/** ka_pubrevoked_has() - @fp: "SHA256:..." */
bool ka_pubrevoked_has(const struct ka_pubrevoked *r, const char *fp);

/** ka_pubrevoked_put() - the lines of the list */
void ka_pubrevoked_put(const struct ka_pubrevoked *r, struct ka_buf *out);

/** ka_pubrevoked_lacks() - how many entries of the list that was published are not in this one: they are revoked no more */
size_t ka_pubrevoked_lacks(const struct ka_pubrevoked *r, struct ka_span old_body);

void ka_pubrevoked_free(struct ka_pubrevoked *r);

#endif
