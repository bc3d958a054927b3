/* One key. Whatever could not be computed leaves it unjudged; it must never pass for that. */
#include "authkeys-cmd/vet/vetter.h"

#include <string.h>

#include "authkeys-cmd/vet/rsafermat.h"
#include "authkeys-cmd/vet/rsaprime.h"
#include "authkeys-cmd/vet/rsaroca.h"
#include "authkeys-cmd/vet/rsashared.h"
#include "authkeys-cmd/vet/rsawiener.h"
#include "base/limits.h"

#include "base/poison.h"

enum ka_err ka_vetter_init(struct ka_vetter *v, unsigned fermat_rounds)
{
	memset(v, 0, sizeof(*v));
	v->fermat_rounds = fermat_rounds;
	v->ctx = BN_CTX_new();
	v->n = BN_new();
	v->e = BN_new();
	for (unsigned i = 0; i < KA_ECPOINT_CURVES; i++)
		v->group[i] = ka_ecpoint_group((enum ka_ecpoint_curve)i);
	for (unsigned i = 0; i < KA_ECPOINT_CURVES; i++)
		if (v->group[i] == NULL)
			return KA_ERR_NOMEM;
	return v->ctx != NULL && v->n != NULL && v->e != NULL ? ka_rsafactor_init(&v->factors) : KA_ERR_NOMEM;
}

void ka_vetter_free(struct ka_vetter *v)
{
	for (unsigned i = 0; i < KA_ECPOINT_CURVES; i++)
		EC_GROUP_free(v->group[i]);
	BN_free(v->n);
	BN_free(v->e);
	BN_free(v->shared);
	BN_CTX_free(v->ctx);
	memset(v, 0, sizeof(*v));
}

static enum ka_reason as_reason(enum ka_vetfound found, enum ka_reason reason)
{
	return found == KA_VETFOUND_YES ? reason : found == KA_VETFOUND_NO ? KA_REASON_NONE : KA_REASON_KEY_NOT_JUDGED;
}

static enum ka_reason ask_roca(const struct ka_vetter *v, struct ka_vetter_out *out)
{
	(void)out;
	return as_reason(ka_rsaroca_look(v->n, v->ctx), KA_REASON_KEY_RSA_ROCA);
}

static enum ka_reason ask_fermat(const struct ka_vetter *v, struct ka_vetter_out *out)
{
	(void)out;
	return as_reason(ka_rsafermat_look(v->n, v->fermat_rounds, v->ctx), KA_REASON_KEY_RSA_FERMAT);
}

static enum ka_reason ask_factor(const struct ka_vetter *v, struct ka_vetter_out *out)
{
	return as_reason(ka_rsafactor_look(&v->factors, v->n, &out->factor), KA_REASON_KEY_RSA_SMALL_FACTOR);
}

static enum ka_reason ask_shared(const struct ka_vetter *v, struct ka_vetter_out *out)
{
	(void)out;
	return v->shared != NULL ? as_reason(ka_rsashared_look(v->shared, v->n, v->ctx), KA_REASON_KEY_RSA_SHARED_PRIME) : KA_REASON_NONE;
}

static enum ka_reason ask_prime(const struct ka_vetter *v, struct ka_vetter_out *out)
{
	static const enum ka_reason reasons[] = {
		[KA_RSAPRIME_NO] = KA_REASON_NONE, [KA_RSAPRIME_PRIME] = KA_REASON_KEY_RSA_N_PRIME,
		[KA_RSAPRIME_POWER] = KA_REASON_KEY_RSA_N_POWER, [KA_RSAPRIME_FAULT] = KA_REASON_KEY_NOT_JUDGED,
	};

	(void)out;
	return reasons[ka_rsaprime_look(v->n, v->ctx)];
}

/* last, since a policy may have it off: it must not stand in for a reason that nobody can switch off */
static enum ka_reason ask_wiener(const struct ka_vetter *v, struct ka_vetter_out *out)
{
	(void)out;
	if (BN_num_bits(v->e) <= KA_VETRSA_E_BITS_MAX)
		return KA_REASON_NONE;
	return as_reason(ka_rsawiener_look(v->n, v->e, v->ctx), KA_REASON_KEY_RSA_SMALL_D);
}

static void judge_rsa(const struct ka_vetter *v, const struct ka_keyblob *key, struct ka_vetter_out *out)
{
	static enum ka_reason (*const rules[])(const struct ka_vetter *v, struct ka_vetter_out *out) = {
		ask_roca, ask_fermat, ask_factor, ask_shared, ask_prime, ask_wiener,
	};

	if (key->rsa_n.len == 0 || key->rsa_n.len > KA_RSA_BITS_HARD_MAX / 8 || BN_bin2bn(key->rsa_n.p, (int)key->rsa_n.len, v->n) == NULL ||
	    !BN_is_odd(v->n) || BN_is_one(v->n))
		return;
	if (key->rsa_e.len > key->rsa_n.len || BN_bin2bn(key->rsa_e.p, (int)key->rsa_e.len, v->e) == NULL)
		return;
	for (size_t i = 0; i < KA_ARRAY_LEN(rules) && out->reason == KA_REASON_NONE; i++)
		out->reason = rules[i](v, out);
	out->is_judged = out->reason != KA_REASON_KEY_NOT_JUDGED;
}

static void judge_ec(const struct ka_vetter *v, const struct ka_keyblob *key, struct ka_vetter_out *out)
{
	static const struct { unsigned bits; enum ka_ecpoint_curve curve; } curves[] = {
		{ 256, KA_ECPOINT_P256 }, { 384, KA_ECPOINT_P384 }, { 521, KA_ECPOINT_P521 },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(curves); i++) {
		if (curves[i].bits != key->type->bits)
			continue;
		out->reason = as_reason(ka_ecpoint_look(v->group[curves[i].curve], key->pk, v->ctx), KA_REASON_KEY_ECDSA_POINT_INVALID);
		out->is_judged = out->reason != KA_REASON_KEY_NOT_JUDGED;
	}
}

void ka_vetter_judge(const struct ka_vetter *v, const struct ka_keyblob *key, struct ka_vetter_out *out)
{
	*out = (struct ka_vetter_out){ .is_judged = false, .reason = KA_REASON_NONE };
	if (key->type != NULL && key->type->kind == KA_KEYKIND_RSA)
		judge_rsa(v, key, out);
	else if (key->type != NULL && key->type->kind == KA_KEYKIND_ECDSA)
		judge_ec(v, key, out);
}
