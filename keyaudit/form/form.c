/* The table of forms. It must never let half a line out. */
#include "keyaudit/form/form.h"

#include <string.h>

#include "keyaudit/form/formcef.h"
#include "keyaudit/form/formkv.h"
#include "keyaudit/form/formocsf.h"
#include "keyaudit/form/formview.h"

#include "base/poison.h"

static const struct {
	const char *word;
	void (*write)(const json_t *event, struct ka_buf *out); /* NULL: the line itself */
} forms[KA_FORM_COUNT] = {
	[KA_FORM_ECS] = { "ecs", NULL },
	[KA_FORM_OCSF] = { "ocsf", ka_formocsf_write },
	[KA_FORM_CEF] = { "cef", ka_formcef_write },
	[KA_FORM_KV] = { "kv", ka_formkv_write },
};

const char *ka_form_word(enum ka_form form)
{
	return forms[form].word;
}

bool ka_form_parse(const char *word, enum ka_form *out)
{
	for (unsigned i = 0; i < KA_FORM_COUNT; i++) {
		if (strcmp(forms[i].word, word) != 0)
			continue;
		*out = (enum ka_form)i;
		return true;
	}
	return false;
}

enum ka_err ka_form_write(enum ka_form form, struct ka_span raw, const json_t *event, struct ka_buf *out)
{
	size_t begin = out->len;
	int64_t ms;

	if (!ka_formview_ms(event, &ms) || ka_formview_text(event, "event.action")[0] == '\0')
		return KA_ERR_SYNTAX;
	if (forms[form].write != NULL)
		forms[form].write(event, out);
	else
		ka_buf_span(out, raw);
	ka_buf_char(out, '\n');
	if (!out->overflow)
		return KA_ERR_OK;
	ka_buf_cut(out, begin);
	return KA_ERR_LIMIT;
}
