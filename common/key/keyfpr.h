/* Fingerprints as ssh-keygen -l shows them: "SHA256:" and unpadded base64 of SHA-256 over the canonical blob. */
#ifndef KA_KEY_KEYFPR_H
#define KA_KEY_KEYFPR_H

#include <stdbool.h>

#include "base/cursor.h"
#include "base/limits.h"

/** ka_keyfpr_text() - fingerprint of a blob (of the *plain* key: ka_keyblob_plain()); always NUL-terminated */
void ka_keyfpr_text(struct ka_span blob, char out[static KA_FPR_TEXT_MAX]);

/** ka_keyfpr_is_valid() - "SHA256:" and 43 base64 characters */
bool ka_keyfpr_is_valid(struct ka_span text);

#endif
