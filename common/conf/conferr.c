/* Error texts of the configuration. Never longer than KA_CONF_ERROR_MAX; what does not fit is left out whole. */
#include "conf/conferr.h"

#include <string.h>

#include "base/text.h"

#include "base/poison.h"

/* of what was begun behind @begin and did not fit, no half stays */
static void drop_half(struct ka_conferr *e, size_t begin)
{
	if (!e->b.overflow || e->b.len == begin)
		return;
	ka_buf_cut(&e->b, begin);
	e->b.overflow = true;
}

void ka_conferr_begin(struct ka_conferr *e, const char *file, uint32_t line)
{
	ka_buf_init_array(&e->b, e->text);
	ka_buf_text(&e->b, file);
	ka_buf_char(&e->b, ':');
	ka_buf_u64(&e->b, line);
	ka_buf_text(&e->b, ": ");
}

void ka_conferr_at(struct ka_conferr *e, const struct ka_conf *c, struct ka_conf_at at)
{
	if (at.line == 0)
		at = (struct ka_conf_at){ .line = 1 };
	ka_conferr_begin(e, ka_conf_file(c, at), at.line);
}

void ka_conferr_say(struct ka_conferr *e, const char *text)
{
	ka_buf_text(&e->b, text);
}

void ka_conferr_number(struct ka_conferr *e, uint64_t n)
{
	ka_buf_u64(&e->b, n);
}

void ka_conferr_quoted(struct ka_conferr *e, struct ka_span s)
{
	size_t begin = e->b.len;

	ka_buf_char(&e->b, '"');
	ka_text_escape(&e->b, s, '"', KA_CONFERR_QUOTED_MAX);
	ka_buf_char(&e->b, '"');
	drop_half(e, begin);
}

void ka_conferr_meant(struct ka_conferr *e, const char *best)
{
	size_t begin = e->b.len;

	if (best == NULL)
		return;
	ka_buf_text(&e->b, "; did you mean \"");
	ka_buf_text(&e->b, best);
	ka_buf_text(&e->b, "\"?");
	drop_half(e, begin);
}

void ka_conferr_end(struct ka_conferr *e, struct ka_conf_errors *errors)
{
	if (errors->count++ == 0)
		memcpy(errors->first, e->text, e->b.len + 1);
	if (errors->each != NULL)
		errors->each(errors->ctx, e->text);
}
