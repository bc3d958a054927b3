/*
 * The lines of a key file for `vet`, each with what only its surroundings or its rest
 * show: a key that is wrapped over lines, two keys joined in one, a key in a comment.
 * The findings are those of the doctor's content pass (diag/keyscan.h). Streaming: holds
 * one group of lines that may be one wrapped key, never the file.
 */
#ifndef KA_VETSCAN_H
#define KA_VETSCAN_H

#include <stdint.h>

#include "base/err.h"
#include "diag/keyscan.h"
#include "key/keyline.h"

/**
 * Called for each line, in order. @seen: line.wrapped (for each line of the key), line.joined, line.commented-out
 * (then @k is the key in the comment), or KA_REASON_NONE. @k and its spans are borrowed until it returns.
 */
typedef enum ka_err ka_vetscan_take(void *ctx, uint64_t number, const struct ka_keyline *k, enum ka_reason seen);

/* large: allocate it; zeroed, with take and ctx set, it is ready */
struct ka_vetscan {
	ka_vetscan_take *take;
	void *ctx;
	/* private */
	uint64_t first;             /* number of the first line that is held back */
	uint32_t held;              /* lines that are held back ... */
	size_t text_len;
	char text[2 * KA_LINE_MAX]; /* ... and their bytes, each with a newline */
	struct ka_keyline line;
	uint8_t storage[KA_BLOB_MAX];
	struct ka_offer offer;
	struct ka_keyscan_offer ready;
	struct ka_keyscan_work work;
	struct ka_keyscan found;
};

/** ka_vetscan_line() - the next line, without its newline. Errors: those of take, unchanged */
KA_MUST_CHECK enum ka_err ka_vetscan_line(struct ka_vetscan *s, uint64_t number, struct ka_span line);

/** ka_vetscan_end() - the file has ended: what was held back goes out */
KA_MUST_CHECK enum ka_err ka_vetscan_end(struct ka_vetscan *s);

#endif
