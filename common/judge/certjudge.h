/*
 * An offered certificate: may it let this user in? By a line that names its authority, or by an authority of trusted_ca. The
 * command and the doctor ask here, so that they say the same.
 *
 * MUST: judge the line, the certificate and both keys before anything passes; do nothing dear for a certificate whose
 * authority nobody named.
 */
#ifndef KA_JUDGE_CERTJUDGE_H
#define KA_JUDGE_CERTJUDGE_H

#include "judge/judge.h"
#include "judge/trustedca.h"
#include "key/keyline.h"

/* large: static, or allocated; pages that are not written cost nothing */
struct ka_certjudge {
	enum ka_reason reason;     /* KA_REASON_NONE, or what is wrong with the form of the certificate: nothing can pass then */
	struct ka_keyline own;     /* the certificate, as if it were a line without options; borrows the blob */
	struct ka_span user;
	char ca_text[KA_LINE_MAX]; /* its authority's key as it stands in a line, in base64; "" when it cannot be read */
	/* scratch */
	struct ka_vetpolicy policy, trusting;
	struct ka_vet of_cert, of_line;
	struct ka_keyopts served;
	char text[2 * KA_LINE_MAX], line_text[2 * KA_LINE_MAX];
	struct ka_trustedca trusted;
};

/**
 * ka_certjudge_init() - read a certificate
 * @blob, @user: borrowed while @c is used
 *
 * Answers: false when it is no certificate at all, but a key or nothing known.
 */
bool ka_certjudge_init(struct ka_certjudge *c, struct ka_span blob, const char *user);

/** ka_certjudge_is_authority() - is this parsed line one of its authority's key, marked or not? */
bool ka_certjudge_is_authority(const struct ka_certjudge *c, const struct ka_keyline *line);

/**
 * ka_certjudge_line() - judge the certificate by a line of its authority's key
 * @p: the policy of the line's source, with certificates = yes; its options must name cert-authority
 *
 * The line as any line, with the CA's key; line and certificate (judge/vetauthority.h); then the certificate, its signature and
 * the key in it. The first of them that refuses is the answer.
 */
void ka_certjudge_line(struct ka_certjudge *c, struct ka_judge *j, const struct ka_keyline *line, const struct ka_vetpolicy *p,
		       const struct ka_vet_when *when, struct ka_vet *out);

/**
 * ka_certjudge_trusted() - the same by the authorities of trusted_ca, read here: "cert-authority" and the CA's key is the line
 * @line, @storage: get that line, which is to be served when @out passes; KA_BLOB_MAX bytes
 *
 * Answers: out; cert.ca-untrusted when it is not among them, why when they cannot be read.
 */
void ka_certjudge_trusted(struct ka_certjudge *c, struct ka_judge *j, const struct ka_conf *conf, const struct ka_vetpolicy *p,
			  const struct ka_vet_when *when, struct ka_keyline *line, uint8_t *storage, struct ka_vet *out);

#endif
