/* The table of profiles. MUST: only ever take away from a policy. */
#include "vet/vetprofile.h"

#include "base/err.h"

#include "base/poison.h"

static const struct row {
	uint16_t rsa_min_bits, rsa_max_bits;
	bool has_nist_curves, only_sk, rejects_small_e;
} rows[] = {
	[KA_CONF_PROFILE_DEFAULT] = { 2048, 8192, true, false, false },
	[KA_CONF_PROFILE_STRICT] = { 3072, 8192, false, false, true },
	[KA_CONF_PROFILE_BSI] = { 3000, 8192, true, false, false },
	[KA_CONF_PROFILE_FIPS] = { 2048, 8192, true, false, true },
	[KA_CONF_PROFILE_SK_ONLY] = { 2048, 8192, true, true, false },
};

static bool has_type(const struct row *row, const struct ka_keytype *type)
{
	if (row->only_sk && !type->is_sk)
		return false;
	return type->kind != KA_KEYKIND_DSA && (row->has_nist_curves || type->kind != KA_KEYKIND_ECDSA);
}

/* what [policy] may set; the others stand fast anyway */
static bool is_severity(uint8_t action)
{
	return action == KA_ACTION_OFF || action == KA_ACTION_WARN || action == KA_ACTION_REJECT;
}

static uint8_t action_of(const struct row *row, enum ka_reason r)
{
	return (uint8_t)(r == KA_REASON_KEY_RSA_E_SMALL && row->rejects_small_e ? KA_ACTION_REJECT : ka_reason_action(r));
}

_Static_assert(KA_ACTION_OFF < KA_ACTION_WARN && KA_ACTION_WARN < KA_ACTION_REJECT, "the stricter action is the larger one");

void ka_vetprofile_tighten(struct ka_vetpolicy *p, enum ka_conf_profile profile)
{
	const struct row *row;

	if (profile == KA_CONF_PROFILE_NONE || (size_t)profile >= KA_ARRAY_LEN(rows))
		return;
	row = &rows[profile];
	if (p->rsa_min_bits < row->rsa_min_bits)
		p->rsa_min_bits = row->rsa_min_bits;
	if (p->rsa_max_bits > row->rsa_max_bits)
		p->rsa_max_bits = row->rsa_max_bits;
	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++)
		p->type_allowed[i] = p->type_allowed[i] && has_type(row, ka_keytype_at(i));
	for (unsigned r = 0; r < KA_REASON_COUNT; r++) {
		uint8_t action = action_of(row, (enum ka_reason)r);

		if (is_severity(p->action[r]) && is_severity(action) && p->action[r] < action)
			p->action[r] = action;
	}
}
