/* ECDSA: the form of the point. It must never pass a form that is not 0x04, x, y of the curve's length. */
#include "vet/vetec.h"

#include "base/poison.h"

#define POINT_UNCOMPRESSED 0x04 /* SEC 1 2.3.3 */

void ka_vetec_judge(const struct ka_keyblob *key, struct ka_vetnote *note)
{
	if (key->type->curve == NULL || !ka_span_is(key->curve, key->type->curve))
		ka_vetnote_refuse(note, KA_REASON_KEY_ECDSA_CURVE_MISMATCH, NULL);
	else if (key->pk.len != key->type->point_len)
		ka_vetnote_refuse(note, KA_REASON_KEY_ECDSA_POINT_LENGTH, NULL);
	else if (key->pk.p[0] != POINT_UNCOMPRESSED)
		ka_vetnote_refuse(note, KA_REASON_KEY_ECDSA_POINT_FORMAT, NULL);
}

struct ka_span ka_vetec_x(const struct ka_keyblob *key)
{
	if (key->pk.len < 3 || key->pk.len % 2 == 0 || key->pk.p[0] != POINT_UNCOMPRESSED)
		return (struct ka_span){ NULL, 0 };
	return ka_span_sub(key->pk, 1, (key->pk.len - 1) / 2);
}
