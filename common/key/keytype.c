/* The table of key types. Constant data and exact comparisons; it must never guess what a damaged name meant. */
#include "key/keytype.h"

#include "base/err.h"

#include "base/poison.h"

#define CERT "-cert-v01@openssh.com"

static const struct ka_keytype types[KA_KEYTYPE_COUNT] = {
	{ .name = "ssh-ed25519", .cert_name = "ssh-ed25519" CERT, .kind = KA_KEYKIND_ED25519, .point_len = 32, .bits = 256 },
	{ .name = "sk-ssh-ed25519@openssh.com", .cert_name = "sk-ssh-ed25519" CERT, .kind = KA_KEYKIND_ED25519,
	  .is_sk = true, .point_len = 32, .bits = 256 },
	{ .name = "ecdsa-sha2-nistp256", .cert_name = "ecdsa-sha2-nistp256" CERT, .kind = KA_KEYKIND_ECDSA,
	  .curve = "nistp256", .point_len = 65, .bits = 256 },
	{ .name = "ecdsa-sha2-nistp384", .cert_name = "ecdsa-sha2-nistp384" CERT, .kind = KA_KEYKIND_ECDSA,
	  .curve = "nistp384", .point_len = 97, .bits = 384 },
	{ .name = "ecdsa-sha2-nistp521", .cert_name = "ecdsa-sha2-nistp521" CERT, .kind = KA_KEYKIND_ECDSA,
	  .curve = "nistp521", .point_len = 133, .bits = 521 },
	{ .name = "sk-ecdsa-sha2-nistp256@openssh.com", .cert_name = "sk-ecdsa-sha2-nistp256" CERT,
	  .kind = KA_KEYKIND_ECDSA, .is_sk = true, .curve = "nistp256", .point_len = 65, .bits = 256 },
	{ .name = "ssh-rsa", .cert_name = "ssh-rsa" CERT, .kind = KA_KEYKIND_RSA },
	{ .name = "ssh-dss", .cert_name = "ssh-dss" CERT, .kind = KA_KEYKIND_DSA },
};

const struct ka_keytype *ka_keytype_at(size_t i)
{
	return i < KA_KEYTYPE_COUNT ? &types[i] : NULL;
}

const struct ka_keytype *ka_keytype_find(struct ka_span word, bool *is_cert)
{
	if (is_cert != NULL)
		*is_cert = false;
	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++) {
		if (ka_span_is(word, types[i].name))
			return &types[i];
		if (ka_span_is(word, types[i].cert_name)) {
			if (is_cert != NULL)
				*is_cert = true;
			return &types[i];
		}
	}
	return NULL;
}

bool ka_keytype_is_signature_name(struct ka_span word)
{
	return ka_span_starts(word, "rsa-sha2-") || ka_span_starts(word, "webauthn-sk-");
}
