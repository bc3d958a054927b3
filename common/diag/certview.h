/*
 * An offered certificate as the rules need it: its fields, its authority, and what
 * of it fits a login. Pure. Every text in it is a stranger's: escape it.
 */
#ifndef KA_DIAG_CERTVIEW_H
#define KA_DIAG_CERTVIEW_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "diag/keyscan.h"
#include "key/keyblob.h"

/* spans borrow from the offer */
struct ka_certview {
	struct ka_keyblob key;       /* is_cert is set */
	struct ka_span algorithm;    /* what the authority signed with: "rsa-sha2-512" */
	struct ka_span ca_type;
	char ca_fp[KA_FPR_TEXT_MAX]; /* of the authority */
};

/**
 * ka_certview_read() - the certificate of an offer
 *
 * Answers: false when it is none, its text is not known (too long for a record), or it is broken. Source: PROTOCOL.certkeys.
 */
bool ka_certview_read(const struct ka_keyscan_offer *offer, struct ka_certview *out);

/** ka_certview_unknown() - the first critical option that sshd 9.2 to 10.x does not know; false when there is none */
bool ka_certview_unknown(const struct ka_keycert *cert, struct ka_span *name);

/** ka_certview_put_principals() - append its names, raw, commas between; those that do not fit in @max bytes are "..." */
void ka_certview_put_principals(const struct ka_keycert *cert, size_t max, struct ka_buf *out);

/** ka_certview_put() - append all that an administrator asks for: id, serial, authority, validity, names; raw, about 230 bytes at most */
void ka_certview_put(const struct ka_certview *v, struct ka_buf *out);

/** ka_certview_time() - append "2026-09-21T14:13:20Z", or "forever" for the end of all times */
void ka_certview_time(uint64_t at_sec, struct ka_buf *out);

#endif
