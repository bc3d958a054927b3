/* Lines about authorities. A name is compared byte for byte, and a list of names is split at commas only. */
#include "diag/scancert.h"

#include <string.h>

#include "base/text.h"
#include "diag/certview.h"
#include "diag/scanline.h"

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

/* a value as sshd has it: \" undone, and nothing else */
static bool is_value(struct ka_span raw, struct ka_span value)
{
	size_t n = 0;

	for (size_t i = 0; i < raw.len; i++, n++) {
		if (raw.p[i] == '\\' && i + 1 < raw.len && raw.p[i + 1] == '"')
			i++;
		if (n >= value.len || value.p[n] != raw.p[i])
			return false;
	}
	return n == value.len;
}

/* is one of these names in the certificate? */
static bool has_one(const struct ka_keycert *cert, struct ka_span names)
{
	struct ka_span name;

	while (ka_text_split(&names, ',', &name))
		if (name.len > 0 && ka_certview_has_principal(cert, name))
			return true;
	return false;
}

void ka_scancert_judge(const struct ka_keyopts *options, const struct ka_keyscan_offer *o, struct ka_keyscan_hit *hit)
{
	const struct ka_keyopt_item *command = ka_keyopts_find(options, KA_KEYOPT_COMMAND);
	const struct ka_keyopt_item *names = ka_keyopts_find(options, KA_KEYOPT_PRINCIPALS);
	struct ka_certview cert;
	struct ka_span forced;

	if (!ka_certview_read(o, &cert))
		return;
	hit->named = names != NULL;
	if (command != NULL && ka_certview_critical(&cert.key.cert, "force-command", &forced) && !is_value(command->value, forced))
		refuse(hit, KA_REASON_CERT_OPTION_CONFLICT, command);
	else if (names != NULL && !has_one(&cert.key.cert, names->value))
		refuse(hit, KA_REASON_CERT_PRINCIPAL_NOT_ALLOWED, names);
}
