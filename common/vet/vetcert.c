/* The fields of a certificate. It must never read a missing principal as "everybody". */
#include "vet/vetcert.h"

#include "base/poison.h"

bool ka_vetcert_is_known_critical(struct ka_span name)
{
	return ka_span_is(name, "force-command") || ka_span_is(name, "source-address") || ka_span_is(name, "verify-required");
}

/* one string and nothing behind it, or nothing at all: sshd refuses the certificate otherwise */
static bool is_value_formed(struct ka_span name, struct ka_span data)
{
	struct ka_cursor c;
	struct ka_span value;

	if (ka_span_is(name, "verify-required"))
		return data.len == 0;
	ka_cursor_init(&c, data.p, data.len);
	return ka_cursor_string(&c, &value) && ka_cursor_left(&c) == 0 && ka_span_find(value, 0) == value.len;
}

static void judge_critical(struct ka_span critical, struct ka_vetnote *note)
{
	struct ka_cursor c;
	struct ka_span name, data;

	ka_cursor_init(&c, critical.p, critical.len);
	while (ka_cursor_left(&c) > 0) {
		if (!ka_cursor_string(&c, &name) || !ka_cursor_string(&c, &data)) {
			ka_vetnote_refuse(note, KA_REASON_CERT_MALFORMED, NULL);
			return;
		}
		if (!ka_vetcert_is_known_critical(name)) {
			if (!ka_vetnote_add(note, KA_REASON_CERT_CRITICAL_UNKNOWN, NULL))
				return;
		} else if (!is_value_formed(name, data)) {
			ka_vetnote_refuse(note, KA_REASON_CERT_MALFORMED, "value of a critical option");
			return;
		}
	}
}

void ka_vetcert_judge(const struct ka_keycert *cert, const struct ka_vet_when *when, struct ka_vetnote *note)
{
	uint64_t now = when->now_sec > 0 ? (uint64_t)when->now_sec : 0;

	if (cert->type != KA_CERT_TYPE_USER && !ka_vetnote_add(note, KA_REASON_CERT_HOST_TYPE, NULL))
		return;
	if (now < cert->valid_after && !ka_vetnote_add(note, KA_REASON_CERT_NOT_YET_VALID, NULL))
		return;
	if (now >= cert->valid_before && !ka_vetnote_add(note, KA_REASON_CERT_EXPIRED, NULL))
		return;
	if (cert->principals_count == 0 && !ka_vetnote_add(note, KA_REASON_CERT_NO_PRINCIPALS, NULL))
		return;
	judge_critical(cert->critical, note);
}
