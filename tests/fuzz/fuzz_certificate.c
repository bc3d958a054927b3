/* A certificate: what passes has a signature that belongs to these very bytes, and one that is not verified here says so. */
#include "vet/certsig.h"

#include <string.h>

#include "base/err.h"
#include "tests/fuzz/fuzz.h"
#include "vet/vet.h"

#include "base/poison.h"

static uint8_t turned[KA_BLOB_MAX];
static struct ka_vetpolicy policy;
static struct ka_keyline k;

static void judge(const uint8_t *data, size_t size, struct ka_vet *out)
{
	const struct ka_vet_when when = { .now_sec = 1790000000, .ed25519 = KA_VET_ED25519_SOUND };

	memset(&k, 0, sizeof(k));
	k.reason = ka_keyblob_parse((struct ka_span){ data, size }, (struct ka_span){ NULL, 0 }, &k.key);
	ka_vet_line(&k, &policy, &when, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_certsig s;
	struct ka_vet out;

	ka_vetpolicy_default(&policy);
	policy.certificates = true;
	memset(policy.action, KA_ACTION_OFF, sizeof(policy.action)); /* whatever an admin may switch off */
	judge(data, size, &out);
	if (out.verdict == KA_VERDICT_REJECT || !k.key.is_cert)
		return 0;
	MUST(ka_certsig_read(&k.key.cert, &s) == KA_REASON_NONE && out.needs_signature == ka_certsig_needs_vetter(&s));
	if (out.needs_signature)
		return 0;
	MUST(ka_certsig_is_genuine(&s, &k.key.cert) && size <= sizeof(turned));
	for (size_t i = 0; i < 4; i++) {
		memcpy(turned, data, size);
		turned[i * (size - 1) / 3] ^= 1;
		judge(turned, size, &out);
		MUST(out.verdict == KA_VERDICT_REJECT);
	}
	return 0;
}
