/*
 * What [policy] trusted_ca has to do with a certificate that is vetted. A line of a source that names its authority lets it in
 * all the same, and of sources vet knows nothing: so an authority that is not trusted is a warning.
 */
#ifndef KA_VETCA_H
#define KA_VETCA_H

#include <stdbool.h>

#include "conf/conf.h"
#include "judge/trustedca.h"
#include "vet/vetnote.h"

enum ka_vetca_answer {
	KA_VETCA_NONE,      /* no certificate, or the policy lets none in */
	KA_VETCA_TRUSTED,
	KA_VETCA_UNTRUSTED, /* also when a file of trusted_ca is such that the command trusts nobody */
	KA_VETCA_UNKNOWN,   /* who asks may not read the files */
};

/* large; zeroed it is ready. Opened by the first certificate, and nothing to close */
struct ka_vetca {
	bool is_open;
	struct ka_trustedca trusted;
};

/**
 * ka_vetca_judge() - is the authority of this line's certificate one of trusted_ca?
 * @conf: the same at each call
 * @note: gets cert.ca-untrusted, as a warning at most, when trusted_ca names files
 */
enum ka_vetca_answer ka_vetca_judge(struct ka_vetca *v, const struct ka_conf *conf, const struct ka_keyline *line, struct ka_vetnote *note);

/** ka_vetca_text() - one word of it: trusted, untrusted, unknown; NULL for KA_VETCA_NONE */
const char *ka_vetca_text(enum ka_vetca_answer a);

#endif
