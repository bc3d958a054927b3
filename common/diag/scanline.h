/*
 * One line of a key file, judged for keyscan: does sshd take an offered key from
 * it, and if not although the key or its remains are there, why not. Pure.
 */
#ifndef KA_DIAG_SCANLINE_H
#define KA_DIAG_SCANLINE_H

#include "diag/keyscan.h"
#include "diag/keyview.h"

/** ka_scanline_take() - judge one line (work->line is its number); a key wrapped over the next lines takes these too */
void ka_scanline_take(struct ka_keyscan_work *w, struct ka_span line);

/** ka_scanline_decode() - the key of a KA_KEYVIEW_KEY line; false when sshd cannot read it */
bool ka_scanline_decode(const struct ka_keyview *v, uint8_t blob[static KA_BLOB_MAX], size_t *len);

/** ka_scanline_admits() - expiry-time= and from= of a list that sshd can read, in its order; what is against it goes to @hit */
void ka_scanline_admits(const struct ka_keyscan_work *w, const struct ka_keyopts *o, struct ka_keyscan_hit *hit);

/** ka_scanline_detail() - text of the file as a hit's detail: cut, and a NUL is '?' */
void ka_scanline_detail(struct ka_keyscan_hit *hit, struct ka_span text);

#endif
