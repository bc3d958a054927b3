/*
 * The name under which a verdict is kept: SHA-256 of the key and of everything else that authkeys-vet's answer depends on.
 * When any of that changes the name is another one, and what was kept before is not found any more.
 */
#ifndef KA_VERDICT_VERDICTKEY_H
#define KA_VERDICT_VERDICTKEY_H

#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"

#define KA_VERDICTKEY_BYTES 32

struct ka_verdictkey {
	uint8_t bytes[KA_VERDICTKEY_BYTES];
};

/**
 * ka_verdictkey_make() - the name for one question
 * @parts: in this order the canonical blob, the policy as far as the answer depends on it, the version of the program that
 *         answers, the versions of all data that it uses. Borrowed; an empty one counts too
 *
 * The hash is over a constant of this purpose and over each part behind its length, so that no two lists of parts are the
 * same input. Pure.
 */
void ka_verdictkey_make(const struct ka_span *parts, size_t count, struct ka_verdictkey *out);

#endif
