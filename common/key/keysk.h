/*
 * What a security key signs: not the message, but hashes around what the key itself vouches for. Pure.
 *
 *   SHA-256(application) u8(flags) u32(counter) SHA-256(message)
 *
 * Source: OpenSSH PROTOCOL.u2f.
 */
#ifndef KA_KEY_KEYSK_H
#define KA_KEY_KEYSK_H

#include <stdint.h>

#include "base/cursor.h"

#define KA_KEYSK_SIGNED_LEN 69

/** ka_keysk_signed() - the bytes whose signature stands for that of @message */
void ka_keysk_signed(struct ka_span application, uint8_t flags, uint32_t counter, struct ka_span message,
		     uint8_t out[static KA_KEYSK_SIGNED_LEN]);

#endif
