/*
 * The names of the lists in a file of blockfile.h, in a file beside it whose name has ".names" at its end. Written by
 * keyaudit blocklist update from badkeysdata.json, or by hand for a list of one's own:
 *
 *   # text for people
 *   NUMBER NAME          0 to 255; letters, digits, "-", "_", "." and at most 63 of them
 *
 * The first line of a number counts. A number without a name is called id<N>. Lines of another form say nothing.
 */
#ifndef KA_BLOCKLIST_BLOCKNAMES_H
#define KA_BLOCKLIST_BLOCKNAMES_H

#include <stdint.h>

#include "base/cursor.h"
#include "base/limits.h"

#define KA_BLOCKNAMES_SUFFIX ".names"

/** ka_blocknames_is_name() - may a list be called so? */
bool ka_blocknames_is_name(struct ka_span name);

/** ka_blocknames_in() - the name of list @id in the text of such a file; id<N> when it has none. Pure */
void ka_blocknames_in(struct ka_span text, uint8_t id, char out[static KA_BLOCKNAMES_NAME_MAX]);

/**
 * ka_blocknames_read() - the name of list @id of the file at @path
 *
 * The file of names is read up to KA_BLOCKNAMES_FILE_MAX and must be a regular one that belongs to root or the effective user
 * and that nobody else may write to, without following a link; else the answer is id<N>.
 */
void ka_blocknames_read(const char *path, uint8_t id, char out[static KA_BLOCKNAMES_NAME_MAX]);

#endif
