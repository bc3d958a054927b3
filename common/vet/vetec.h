/* ECDSA by its form. Whether the point lies on its curve needs big numbers and is judged elsewhere (judge/judge.h). */
#ifndef KA_VET_VETEC_H
#define KA_VET_VETEC_H

#include "key/keyblob.h"
#include "vet/vetnote.h"

/**
 * ka_vetec_judge() - curve name, length and first byte once more
 *
 * The parser has refused all of it already; a second look costs nothing, and the
 * tables behind it read x at a fixed place.
 */
void ka_vetec_judge(const struct ka_keyblob *key, struct ka_vetnote *note);

/** ka_vetec_x() - the x coordinate of an uncompressed point; empty for any other form */
struct ka_span ka_vetec_x(const struct ka_keyblob *key);

#endif
