/* Reading the recorder's one line. Pure; exact or nothing, since a gate hangs on it. */
#include "pam_keyaudit/pamanswer.h"

#include <string.h>

#include "base/text.h"
#include "base/fields.h"

#include "base/poison.h"
#include "pam_keyaudit/pampoison.h"

static bool is_ref(const char *ref)
{
	size_t n = 0;

	for (; ref[n] != '\0'; n++)
		if (!ka_text_is_lower((uint8_t)ref[n]) && (ref[n] < '2' || ref[n] > '7'))
			return false;
	return n == KA_REF_MAX - 1;
}

/* family.what, lower case with digits and dashes */
static bool is_id(const char *id)
{
	const char *dot = strchr(id, '.');

	if (dot == NULL || dot == id || dot[1] == '\0' || strchr(dot + 1, '.') != NULL)
		return false;
	for (; *id != '\0'; id++)
		if (!ka_text_is_lower((uint8_t)*id) && !ka_text_is_digit((uint8_t)*id) && *id != '.' && *id != '-')
			return false;
	return true;
}

bool ka_pamanswer_parse(struct ka_span bytes, struct ka_pamanswer *out)
{
	struct ka_span line = bytes;
	struct ka_fields f;

	memset(out, 0, sizeof(*out));
	if (bytes.len == 0 || bytes.len > KA_PAM_ANSWER_MAX || bytes.p[bytes.len - 1] != '\n')
		return false;
	line.len--;
	/* nothing is escaped in an answer: an escape would be a second spelling */
	if (ka_span_find(line, '%') < line.len || !ka_fields_init(&f, line, "ka1"))
		return false;
	ka_fields_text(&f, "ref", out->ref, sizeof(out->ref));
	ka_fields_text(&f, "deny", out->deny, sizeof(out->deny));
	if (ka_fields_end(&f) && is_ref(out->ref) && (out->deny[0] == '\0' || is_id(out->deny)))
		return true;
	memset(out, 0, sizeof(*out));
	return false;
}
