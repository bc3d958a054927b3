/* The certificate around a key: reads and checks its form. It must never follow a CA key that is a certificate again. */
#include "key/keycert.h"

#include <string.h>

#include "base/poison.h"

#define SK_SIGNATURE_TAIL 5 /* flags and counter behind the signature of a security key */

bool ka_keycert_read(struct ka_cursor *c, struct ka_keycert *out)
{
	return ka_cursor_u64(c, &out->serial) && ka_cursor_u32(c, &out->type) && ka_cursor_string(c, &out->id) &&
	       ka_cursor_string(c, &out->principals) && ka_cursor_u64(c, &out->valid_after) &&
	       ka_cursor_u64(c, &out->valid_before) && ka_cursor_string(c, &out->critical) &&
	       ka_cursor_string(c, &out->extensions) && ka_cursor_string(c, &out->reserved) &&
	       ka_cursor_string(c, &out->ca) && ka_cursor_string(c, &out->signature);
}

static bool has_nul(struct ka_span s)
{
	return ka_span_find(s, 0) < s.len;
}

static bool principals_are_formed(struct ka_keycert *cert)
{
	struct ka_cursor c;
	struct ka_span name;

	cert->principals_count = 0;
	ka_cursor_init(&c, cert->principals.p, cert->principals.len);
	while (ka_cursor_left(&c) > 0) {
		if (!ka_cursor_string(&c, &name) || has_nul(name))
			return false;
		if (++cert->principals_count > KA_CERT_PRINCIPALS_MAX)
			return false;
	}
	return true;
}

static int compare(struct ka_span a, struct ka_span b)
{
	size_t least = a.len < b.len ? a.len : b.len;
	int order = least > 0 ? memcmp(a.p, b.p, least) : 0;

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static bool options_are_formed(struct ka_span list)
{
	struct ka_cursor c;
	struct ka_span name, value, last = { NULL, 0 };

	ka_cursor_init(&c, list.p, list.len);
	while (ka_cursor_left(&c) > 0) {
		if (!ka_cursor_string(&c, &name) || !ka_cursor_string(&c, &value))
			return false;
		/* also refuses an empty first name, which nothing has */
		if (has_nul(name) || compare(last, name) >= 0)
			return false;
		last = name;
	}
	return true;
}

static bool ca_is_formed(struct ka_span blob)
{
	struct ka_keyblob ca;
	struct ka_cursor c;
	struct ka_span name;
	bool is_cert;

	ka_cursor_init(&c, blob.p, blob.len);
	if (!ka_cursor_string(&c, &name) || ka_keytype_find(name, &is_cert) == NULL || is_cert)
		return false;
	return ka_keyblob_parse(blob, name, &ca) == KA_REASON_NONE;
}

static bool signature_is_formed(struct ka_span s)
{
	struct ka_cursor c;
	struct ka_span name, value;
	size_t tail;

	ka_cursor_init(&c, s.p, s.len);
	if (!ka_cursor_string(&c, &name) || name.len == 0 || has_nul(name) || !ka_cursor_string(&c, &value))
		return false;
	tail = ka_span_starts(name, "sk-") ? SK_SIGNATURE_TAIL : 0;
	return ka_cursor_left(&c) == tail;
}

bool ka_keycert_is_formed(struct ka_keycert *cert)
{
	return (cert->type == KA_CERT_TYPE_USER || cert->type == KA_CERT_TYPE_HOST) && !has_nul(cert->id) &&
	       principals_are_formed(cert) && options_are_formed(cert->critical) &&
	       options_are_formed(cert->extensions) && ca_is_formed(cert->ca) && signature_is_formed(cert->signature);
}

bool ka_keycert_has_principal(const struct ka_keycert *cert, struct ka_span name)
{
	struct ka_cursor c;
	struct ka_span own;

	ka_cursor_init(&c, cert->principals.p, cert->principals.len);
	while (ka_keyblob_principal_next(&c, &own))
		if (ka_span_equal(own, name))
			return true;
	return false;
}

bool ka_keycert_critical(const struct ka_keycert *cert, const char *name, struct ka_span *value)
{
	struct ka_cursor c, inner;
	struct ka_span own, data;

	ka_cursor_init(&c, cert->critical.p, cert->critical.len);
	while (ka_cursor_left(&c) > 0 && ka_cursor_string(&c, &own) && ka_cursor_string(&c, &data)) {
		if (!ka_span_is(own, name))
			continue;
		ka_cursor_init(&inner, data.p, data.len);
		return ka_cursor_string(&inner, value);
	}
	return false;
}
