/* Lines about authorities. A name is compared byte for byte, and a list of names is split at commas only. */
#include "diag/scancert.h"

#include <string.h>

#include "diag/certview.h"
#include "diag/scanline.h"
#include "judge/vetauthority.h"

#include "base/poison.h"

bool ka_scancert_is_authority(const struct ka_keyscan_offer *o, struct ka_span blob)
{
	struct ka_certview cert;

	return o->is_cert && o->cert_len > blob.len && ka_certview_read(o, &cert) && ka_span_equal(cert.key.cert.ca, blob);
}

void ka_scancert_unmarked(const struct ka_keyview *v, struct ka_keyscan_hit *hit)
{
	bool has_options = v->options.len > 0;

	hit->reason = KA_REASON_CERT_CA_NOT_MARKED;
	hit->column = (uint32_t)((has_options ? v->options.p : v->type.p) - v->line.p) + 1;
	ka_span_copy(ka_span_of(has_options ? "cert-authority," : "cert-authority "), hit->near, sizeof(hit->near));
}

static void refuse(struct ka_keyscan_hit *hit, enum ka_reason reason, const struct ka_keyopt_item *item)
{
	hit->reason = (uint32_t)reason;
	hit->what = KA_KEYSCAN_PLAIN;
	hit->column = (uint32_t)item->column;
	ka_scanline_detail(hit, item->value);
}

void ka_scancert_judge(const struct ka_keyopts *options, const struct ka_keyscan_offer *o, struct ka_keyscan_hit *hit)
{
	const struct ka_keyopt_item *command = ka_keyopts_find(options, KA_KEYOPT_COMMAND);
	const struct ka_keyopt_item *names = ka_keyopts_find(options, KA_KEYOPT_PRINCIPALS);
	struct ka_certview cert;

	if (!ka_certview_read(o, &cert))
		return;
	hit->named = names != NULL;
	if (ka_vetauthority_conflicts(command, &cert.key.cert))
		refuse(hit, KA_REASON_CERT_OPTION_CONFLICT, command);
	else if (names != NULL && !ka_vetauthority_has_one(names->value, &cert.key.cert))
		refuse(hit, KA_REASON_CERT_PRINCIPAL_NOT_ALLOWED, names);
}
