/* The command's own list of authorities, asked. It must never call an authority trusted that the command does not trust. */
#include "keyaudit/vet/vetca.h"

#include <errno.h>

#include "base/poison.h"

enum ka_vetca_answer ka_vetca_judge(struct ka_vetca *v, const struct ka_conf *conf, const struct ka_keyline *line, struct ka_vetnote *note)
{
	const struct ka_trustedca *t = &v->trusted;

	if (line->reason != KA_REASON_NONE || !line->key.is_cert || !note->policy->certificates)
		return KA_VETCA_NONE;
	if (!v->is_open)
		ka_trustedca_open(conf, &v->trusted);
	v->is_open = true;
	if (ka_trustedca_has(t, line->key.cert.ca))
		return KA_VETCA_TRUSTED;
	if (t->trouble == KA_REASON_CONF_INVALID && t->line == 0 && t->why.errnum == EACCES)
		return KA_VETCA_UNKNOWN;
	if (conf->trusted_ca[0] != '\0')
		ka_vetnote_warn(note, KA_REASON_CERT_CA_UNTRUSTED,
				t->trouble == KA_REASON_NONE ? "trusted_ca does not name it; a line of a source may, with cert-authority" :
							       "trusted_ca cannot be used, so it names nobody");
	return KA_VETCA_UNTRUSTED;
}

const char *ka_vetca_text(enum ka_vetca_answer a)
{
	switch (a) {
	case KA_VETCA_TRUSTED:
		return "trusted";
	case KA_VETCA_UNTRUSTED:
		return "untrusted";
	case KA_VETCA_UNKNOWN:
		return "unknown";
	case KA_VETCA_NONE:
		break;
	}
	return NULL;
}
