/*
 * A label: what a key store calls a key (a title, an address, an id), for events and never for sshd. It is strangers'
 * text, carried as one word: %XX as in records, "-" where there is none. In the cache it stands last on the key's line.
 * Pure.
 */
#ifndef KA_BASE_LABEL_H
#define KA_BASE_LABEL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/limits.h"

/** ka_label_write() - append @text as one word, cut at a character to KA_LABEL_MAX bytes; "-" when it is empty */
void ka_label_write(struct ka_span text, struct ka_buf *out);

/**
 * ka_label_read() - the text of one word
 *
 * Answers: false and "" when it is none: empty or "-", a broken escape, a NUL, longer than KA_LABEL_MAX.
 */
bool ka_label_read(struct ka_span word, char out[static KA_LABEL_MAX + 1]);

/** ka_label_last() - the last word of a line's comment, borrowed; empty when there is no word, or it is no label */
struct ka_span ka_label_last(struct ka_span comment);

#endif
