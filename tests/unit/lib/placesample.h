/* Lines of sshd's configuration files, as they were read. Each test program includes it once. */
#ifndef KA_TESTS_PLACESAMPLE_H
#define KA_TESTS_PLACESAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "diag/sshdplaces.h"

static uint32_t placesample_keep(struct ka_sshdplaces *p, const char *text)
{
	uint32_t at = (uint32_t)p->text_len;

	if (text[0] == '\0')
		return 0;
	assert_true(ka_span_copy(ka_span_of(text), p->text + at, sizeof(p->text) - at));
	p->text_len += strlen(text) + 1;
	return at;
}

/* a line of @path; @match: the line of its block, 0 for none */
static void placesample_line(struct ka_sshdplaces *p, const char *path, unsigned line, unsigned match, const char *keyword, const char *value)
{
	struct ka_sshdplace_line *l = &p->lines[p->count++];

	*l = (struct ka_sshdplace_line){ .line = line, .match_line = match, .in_match = match != 0 };
	l->path = placesample_keep(p, path);
	l->match_path = match != 0 ? l->path : 0;
	l->keyword = placesample_keep(p, keyword);
	l->value = placesample_keep(p, value);
}

#endif
