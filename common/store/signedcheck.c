/*
 * The order of checks. It must never look at a later question before the earlier ones are answered: what an unsigned
 * document says about its user or its serial is nobody's business.
 */
#include "store/signedcheck.h"

#include <string.h>

#include "store/sshsig.h"

#include "base/poison.h"

/* a step of the order; KA_REASON_NONE: go on */
typedef enum ka_reason step(const struct ka_signeddoc *doc, const struct ka_signedcheck_in *in,
			    struct ka_signedcheck_out *out);

static unsigned threshold_of(const struct ka_signedcheck_in *in)
{
	return in->threshold > 0 ? in->threshold : 1;
}

static enum ka_reason check_signers(const struct ka_signeddoc *doc, const struct ka_signedcheck_in *in,
				    struct ka_signedcheck_out *out)
{
	(void)doc;
	(void)out;
	if (in->ed25519 == KA_VET_ED25519_BROKEN)
		return KA_REASON_INTERNAL_CRYPTO_SELFTEST;
	return ka_signers_names(in->signers) < threshold_of(in) ? KA_REASON_CONF_INVALID : KA_REASON_NONE;
}

static bool is_counted(const struct ka_signedcheck_out *out, const struct ka_signer *s)
{
	for (size_t i = 0; i < out->verified; i++)
		if (ka_span_equal(out->by[i].signer->name, s->name) || ka_span_equal(out->by[i].signer->blob, s->blob))
			return true;
	return false;
}

/* false: the block refuses the document */
static bool take_block(struct ka_span block, struct ka_sshsig_text *text, const struct ka_signedcheck_in *in,
		       struct ka_signedcheck_out *out)
{
	const struct ka_signer *signer;
	struct ka_sshsig sig;

	if (!ka_sshsig_parse(block, in->storage, in->storage_size, &sig))
		return false;
	signer = sig.is_supported ? ka_signers_find(in->signers, sig.public_key, in->now) : NULL;
	if (signer == NULL) {
		out->ignored++;
		return true;
	}
	if (!ka_sshsig_verify(&sig, text))
		return false;
	if (sig.is_sk && in->sk_verify_required && (sig.flags & KA_SSHSIG_VERIFIED) == 0)
		return false;
	if (!is_counted(out, signer))
		out->by[out->verified++] = (struct ka_signedcheck_by){ signer, sig.is_sk, sig.flags, sig.counter };
	return true;
}

static enum ka_reason check_blocks(const struct ka_signeddoc *doc, const struct ka_signedcheck_in *in,
				   struct ka_signedcheck_out *out)
{
	struct ka_sshsig_text text;

	ka_sshsig_text(doc->text, &text);
	memcpy(out->sha512, text.sha512, sizeof(out->sha512));
	for (size_t i = 0; i < doc->blocks; i++)
		if (!take_block(doc->block[i], &text, in, out))
			return KA_REASON_STORE_SIGNATURE_BAD;
	if (out->verified == 0)
		return doc->blocks > 0 ? KA_REASON_STORE_SIGNER_UNKNOWN : KA_REASON_STORE_SIGNATURE_MISSING;
	return out->verified < threshold_of(in) ? KA_REASON_STORE_THRESHOLD : KA_REASON_NONE;
}

static enum ka_reason check_binding(const struct ka_signeddoc *doc, const struct ka_signedcheck_in *in,
				    struct ka_signedcheck_out *out)
{
	(void)out;
	if (doc->kind == KA_SIGNEDDOC_KEYS && (in->user == NULL || !ka_span_is(doc->head.user, in->user)))
		return KA_REASON_STORE_WRONG_USER;
	return ka_signedhead_is_for(&doc->head, in->host_id) ? KA_REASON_NONE : KA_REASON_STORE_WRONG_HOST;
}

static enum ka_reason check_times(const struct ka_signeddoc *doc, const struct ka_signedcheck_in *in,
				  struct ka_signedcheck_out *out)
{
	(void)out;
	if (doc->head.issued - KA_SIGNED_EARLY_SEC > in->now)
		return KA_REASON_STORE_NOT_YET_VALID;
	return in->now < doc->head.expires ? KA_REASON_NONE : KA_REASON_STORE_EXPIRED;
}

static bool is_same_text(const struct ka_serial_memory *memory, uint64_t serial, const uint8_t sha512[static 64])
{
	return memory != NULL && memory->known && memory->serial == serial &&
	       memcmp(memory->sha512, sha512, sizeof(memory->sha512)) == 0;
}

enum ka_reason ka_signedcheck_serial(const struct ka_serial_memory *memory, uint64_t serial, const uint8_t sha512[static 64])
{
	if (memory == NULL || !memory->known || serial > memory->serial)
		return KA_REASON_NONE;
	if (serial < memory->serial)
		return KA_REASON_STORE_SERIAL_LOWER;
	return is_same_text(memory, serial, sha512) ? KA_REASON_NONE : KA_REASON_STORE_SERIAL_REUSED;
}

static enum ka_reason check_serial(const struct ka_signeddoc *doc, const struct ka_signedcheck_in *in,
				   struct ka_signedcheck_out *out)
{
	return ka_signedcheck_serial(in->memory, doc->head.serial, out->sha512);
}

/* the dear part of judging keys, when a text is seen for the first time */
static enum ka_reason check_points(const struct ka_signeddoc *doc, const struct ka_signedcheck_in *in,
				   struct ka_signedcheck_out *out)
{
	if (is_same_text(in->memory, doc->head.serial, out->sha512))
		return KA_REASON_NONE;
	for (size_t i = 0; i < out->verified; i++) {
		enum ka_reason reason = ka_veted25519_point(out->by[i].signer->pk, in->ed25519);

		if (reason != KA_REASON_NONE)
			return reason == KA_REASON_INTERNAL_CRYPTO_SELFTEST ? reason : KA_REASON_CONF_INVALID;
	}
	return KA_REASON_NONE;
}

void ka_signedcheck(const struct ka_signeddoc *doc, const struct ka_signedcheck_in *in, struct ka_signedcheck_out *out)
{
	static step *const steps[] = { check_signers, check_blocks, check_binding, check_times, check_serial, check_points };

	out->verified = out->ignored = 0;
	out->reason = KA_REASON_NONE;
	for (size_t i = 0; i < KA_ARRAY_LEN(steps) && out->reason == KA_REASON_NONE; i++)
		out->reason = steps[i](doc, in, out);
}
