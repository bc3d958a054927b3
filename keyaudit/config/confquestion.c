/* Three words of a command line and what they mean. Pure. */
#include "keyaudit/config/confquestion.h"

#include <string.h>

#include "base/text.h"
#include "conf/confprofile.h"

#include "base/poison.h"

bool ka_confquestion_is(const struct ka_confquestion *q)
{
	return q->user != NULL || q->source != NULL || q->profile != NULL;
}

bool ka_confquestion_read(struct ka_confquestion *q)
{
	q->who = (struct ka_vetconf_who){ .user = q->user };
	return q->profile == NULL || ka_confprofile_find(ka_span_of(q->profile), &q->who.profile);
}

bool ka_confquestion_find(struct ka_confquestion *q, const struct ka_conf *c)
{
	for (size_t i = 0; q->source != NULL && i < c->sources_known; i++)
		if (strcmp(c->sources[i].name, q->source) == 0)
			q->who.source = &c->sources[i];
	return q->source == NULL || q->who.source != NULL;
}

void ka_confquestion_write(const struct ka_confquestion *q, struct ka_buf *out)
{
	const struct { const char *what, *name; } parts[] = { { "user ", q->user }, { "source ", q->source }, { "-P ", q->profile } };
	const char *between = "   (for ";

	for (size_t i = 0; i < KA_ARRAY_LEN(parts); i++) {
		if (parts[i].name == NULL)
			continue;
		ka_buf_text(out, between);
		ka_buf_text(out, parts[i].what);
		ka_text_escape(out, ka_span_of(parts[i].name), 0, KA_USER_NAME_MAX);
		between = ", ";
	}
	if (ka_confquestion_is(q))
		ka_buf_char(out, ')');
}
