/* Reading an offered certificate. It must never read a missing principal as "everybody". */
#include "diag/certview.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "key/keyfpr.h"
#include "vet/vetcert.h"

#include "base/poison.h"

/* our stricter rules about numbers and order are not sshd's */
static bool is_readable(enum ka_reason why)
{
	return why == KA_REASON_NONE || why == KA_REASON_KEY_MPINT_NOT_MINIMAL || why == KA_REASON_KEY_BLOB_NOT_CANONICAL;
}

bool ka_certview_read(const struct ka_keyscan_offer *offer, struct ka_certview *out)
{
	struct ka_span any = { NULL, 0 };
	struct ka_cursor c;

	memset(out, 0, sizeof(*out));
	if (!offer->is_cert || offer->cert_len == 0)
		return false;
	if (!is_readable(ka_keyblob_parse((struct ka_span){ offer->blob, offer->cert_len }, any, &out->key)) || !out->key.is_cert)
		return false;
	ka_keyfpr_text(out->key.cert.ca, out->ca_fp);
	ka_cursor_init(&c, out->key.cert.ca.p, out->key.cert.ca.len);
	if (!ka_cursor_string(&c, &out->ca_type))
		return false;
	ka_cursor_init(&c, out->key.cert.signature.p, out->key.cert.signature.len);
	return ka_cursor_string(&c, &out->algorithm);
}

bool ka_certview_unknown(const struct ka_keycert *cert, struct ka_span *name)
{
	struct ka_cursor c;
	struct ka_span own, data;

	ka_cursor_init(&c, cert->critical.p, cert->critical.len);
	while (ka_cursor_left(&c) > 0 && ka_cursor_string(&c, &own) && ka_cursor_string(&c, &data)) {
		if (ka_vetcert_is_known_critical(own))
			continue;
		*name = own;
		return true;
	}
	return false;
}

static void put_cut(struct ka_span text, size_t max, struct ka_buf *out)
{
	ka_buf_span(out, ka_span_sub(text, 0, max));
	if (text.len > max)
		ka_buf_text(out, "...");
}

void ka_certview_put_principals(const struct ka_keycert *cert, size_t max, struct ka_buf *out)
{
	struct ka_cursor c;
	struct ka_span name;
	size_t used = 0;

	if (cert->principals_count == 0)
		ka_buf_text(out, "none");
	ka_cursor_init(&c, cert->principals.p, cert->principals.len);
	while (ka_keyblob_principal_next(&c, &name)) {
		if (used > 0)
			ka_buf_char(out, ',');
		if (used + name.len > max) {
			ka_buf_text(out, "...");
			return;
		}
		ka_buf_span(out, name);
		used += name.len + 1;
	}
}

void ka_certview_time(uint64_t at_sec, struct ka_buf *out)
{
	char text[KA_CLOCK_TEXT_MAX];
	struct ka_span whole;

	if (at_sec >= (uint64_t)ka_clock_from_civil(10000, 1, 1, 0, 0, 0)) { /* no date of four digits */
		ka_buf_text(out, "forever");
		return;
	}
	ka_clock_text((int64_t)at_sec * 1000000, text);
	whole = ka_span_of(text);
	ka_buf_span(out, ka_span_sub(whole, 0, ka_span_find(whole, '.')));
	ka_buf_char(out, 'Z');
}

void ka_certview_put(const struct ka_certview *v, struct ka_buf *out)
{
	const struct ka_keycert *cert = &v->key.cert;

	ka_buf_text(out, "certificate \"");
	put_cut(cert->id, KA_CERTVIEW_ID_MAX, out);
	ka_buf_text(out, "\" serial ");
	ka_buf_u64(out, cert->serial);
	ka_buf_text(out, ", CA ");
	ka_buf_text(out, v->ca_fp);
	ka_buf_text(out, ", ");
	ka_certview_time(cert->valid_after, out);
	ka_buf_text(out, " to ");
	ka_certview_time(cert->valid_before, out);
	ka_buf_text(out, ", names ");
	ka_certview_put_principals(cert, KA_CERTVIEW_NAMES_MAX, out);
}
