/*
 * EC_POINT_oct2point() asks for the range and for the curve's equation. Its other forms are refused before it is asked.
 * Behind it stands what sshd asks besides, so that nothing passes here that sshd would drop.
 */
#include "authkeys-cmd/vet/ecpoint.h"

#include <stdbool.h>
#include <stddef.h>

#include <openssl/err.h>
#include <openssl/obj_mac.h>

#include "base/poison.h"

EC_GROUP *ka_ecpoint_group(enum ka_ecpoint_curve curve)
{
	static const int names[KA_ECPOINT_CURVES] = {
		[KA_ECPOINT_P256] = NID_X9_62_prime256v1, [KA_ECPOINT_P384] = NID_secp384r1, [KA_ECPOINT_P521] = NID_secp521r1,
	};

	return EC_GROUP_new_by_curve_name(names[curve]);
}

/* sshkey_ec_validate_public(): more than half the bits of the order, and below the order less one. No honest key misses it */
static bool is_usual(const BIGNUM *coordinate, const BIGNUM *order_less_1)
{
	return BN_num_bits(coordinate) > BN_num_bits(order_less_1) / 2 && BN_cmp(coordinate, order_less_1) < 0;
}

static enum ka_vetfound look_at_coordinates(const EC_GROUP *group, struct ka_span point, BN_CTX *ctx)
{
	KA_BNFRAME(ctx);
	BIGNUM *order = BN_CTX_get(ctx), *x = BN_CTX_get(ctx), *y = BN_CTX_get(ctx);
	int size = (int)(point.len - 1) / 2;

	if (y == NULL || BN_copy(order, EC_GROUP_get0_order(group)) == NULL || !BN_sub_word(order, 1) ||
	    BN_bin2bn(point.p + 1, size, x) == NULL || BN_bin2bn(point.p + 1 + size, size, y) == NULL)
		return KA_VETFOUND_FAULT;
	return is_usual(x, order) && is_usual(y, order) ? KA_VETFOUND_NO : KA_VETFOUND_YES;
}

enum ka_vetfound ka_ecpoint_look(const EC_GROUP *group, struct ka_span point, BN_CTX *ctx)
{
	EC_POINT *p = EC_POINT_new(group);
	unsigned long why = 0;
	int ok;

	if (p == NULL)
		return KA_VETFOUND_FAULT;
	ERR_clear_error();
	ok = point.len > 0 && point.p[0] == POINT_CONVERSION_UNCOMPRESSED ? EC_POINT_oct2point(group, p, point.p, point.len, ctx) : 0;
	if (!ok)
		why = ERR_peek_last_error();
	ERR_clear_error();
	EC_POINT_free(p);
	if (ok)
		return look_at_coordinates(group, point, ctx);
	return ERR_GET_REASON(why) == ERR_R_MALLOC_FAILURE ? KA_VETFOUND_FAULT : KA_VETFOUND_YES;
}
