/* Sample lines of the trail. */
#include "tests/unit/lib/formsample.h"

#include <stdlib.h>
#include <string.h>

#include "base/poison.h"

const char *formsample_line(const struct sample *s)
{
	static char line[KA_EVENT_LINE_MAX + 1];
	struct ka_buf b;

	ka_buf_init_array(&b, line);
	ka_eventjson_write(&s->e, &s->h, &b);
	if (b.overflow || b.len == 0)
		abort();
	line[b.len - 1] = '\0';
	return line;
}

json_t *formsample_event(const struct sample *s)
{
	json_t *event = json_loads(formsample_line(s), JSON_REJECT_DUPLICATES, NULL);

	if (event == NULL)
		abort();
	return event;
}

json_t *formsample_json(const char *text)
{
	char copy[4096];
	json_t *event;

	if (strlen(text) >= sizeof(copy))
		abort();
	memset(copy, 0, sizeof(copy));
	for (size_t i = 0; text[i] != '\0'; i++)
		copy[i] = text[i];
	for (char *p = copy; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	event = json_loads(copy, 0, NULL);
	if (event == NULL)
		abort();
	return event;
}
