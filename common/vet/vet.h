/*
 * The pure half of the judge: is this key safe to let in? No file, no clock, no arithmetic on large numbers: who decides
 * about a login asks judge/judge.h, which begins here. sshd may accept what is refused here; the text for people must say
 * "keyaudit refuses".
 */
#ifndef KA_VET_VET_H
#define KA_VET_VET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/limits.h"
#include "key/keyline.h"
#include "reason/reason.h"
#include "vet/vetpolicy.h"

/* the detail beside a reason that is not about the key in hand, but about the one that signed its certificate */
#define KA_VET_WHOSE_CA "CA key"

enum ka_verdict { KA_VERDICT_ACCEPT, KA_VERDICT_WARN, KA_VERDICT_REJECT };

struct ka_vet {
	enum ka_verdict verdict; /* the strongest action found */
	size_t count;
	enum ka_reason reasons[KA_VERDICT_REASONS_MAX]; /* the deciding one first */
	const char *details[KA_VERDICT_REASONS_MAX];    /* text beside the reason: static, or the judge's that found it, while that is open (ka_vet_keep()); or NULL */
	unsigned bits_found, bits_bound;                /* of key.rsa-too-short and .rsa-too-long: of the key and of the policy; 0 */
	uint32_t factor; /* of key.rsa-small-factor; 0 */
	enum ka_reason said_of;       /* whose detail is the text below; KA_REASON_NONE */
	char said[KA_VET_DETAIL_MAX]; /* what was found at run time, for people, escaped: the file that is at fault */
	bool has_good_point;  /* the arithmetic on an Ed25519 point was done, for the last such key, and had nothing to say */
	bool needs_signature; /* a certificate whose authority is RSA or ECDSA: authkeys-vet must find its signature genuine */
};

/* what is known about the libsodium of this process; vetselftest.h finds out. The default is the careful one. */
enum ka_vet_ed25519 {
	KA_VET_ED25519_CROSSCHECK = 0, /* untested, or known to accept points of order 2L: check the group ourselves */
	KA_VET_ED25519_SOUND,          /* its point check is enough */
	KA_VET_ED25519_BROKEN,         /* known answers failed: no Ed25519 key passes */
	KA_VET_ED25519_UNPROVEN,       /* refuses what it must; whether it knows a good point is asked when it refuses one */
	KA_VET_ED25519_KNOWN,          /* this very key has passed before: only what comparing bytes tells is asked again */
};

struct ka_vet_when {
	int64_t now_sec;          /* UTC */
	int64_t local_offset_sec; /* for expiry-time without Z */
	bool whole;               /* go on behind the first reject (tools); never behind a structural failure */
	bool key_only;            /* judge the key, not line options nor the certificate around it (enforce) */
	enum ka_vet_ed25519 ed25519;
	/*
	 * What the text around the line shows, found by whoever reads more than a line (tools): line.wrapped,
	 * line.joined, or line.commented-out, and then nothing else of the key is judged. KA_REASON_NONE: nothing.
	 */
	enum ka_reason seen;
};

/**
 * ka_vet_line() - judge one parsed line
 *
 * Order, cheap before dear: form, type, sizes, cheap numbers, Ed25519 point, tables of published keys, the
 * certificate and its CA key, options. The first reject ends it unless when->whole.
 *
 * Answers: out. A line that is no key (line.empty included) is KA_VERDICT_REJECT with its reason.
 * Safe:    pure; libsodium for the Ed25519 point. Nothing is computed on numbers above KA_RSA_BITS_HARD_MAX.
 * Source:  docs/reasons.md; FIPS 186-5, SP 800-56B, RFC 8032 5.1.3, CVE-2025-69277.
 */
void ka_vet_line(const struct ka_keyline *k, const struct ka_vetpolicy *p, const struct ka_vet_when *when, struct ka_vet *out);

/** ka_vet_key() - judge a key blob alone (a certificate by its subject key) */
void ka_vet_key(const struct ka_keyblob *key, const struct ka_vetpolicy *p, const struct ka_vet_when *when, struct ka_vet *out);

/**
 * ka_vet_detail() - what there is to say beside a reason: its detail, or the size that was found and the one demanded
 * @i: below v->count
 * @out: appended to; nothing when there is no more to say. Plain text of ours
 */
void ka_vet_detail(const struct ka_vet *v, size_t i, struct ka_buf *out);

/** ka_vet_keep() - before the judge is closed: a verdict that stays keeps the detail of its deciding reason, and of the others none */
void ka_vet_keep(struct ka_vet *v);

/** ka_vet_verdict_text() - "accept", "warn", "reject" */
const char *ka_vet_verdict_text(enum ka_verdict v);

#endif
