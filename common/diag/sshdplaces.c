/* Tables of places, filled by a walk. What does not fit is left out and said to be missing. */
#include "diag/sshdplaces.h"

#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "diag/sshdwalk.h"

#include "base/poison.h"

void ka_sshdplaces_init(struct ka_sshdplaces *p)
{
	p->is_cut = false;
	p->count = p->files_count = 0;
	p->text[0] = '\0'; /* offset 0 is the empty text */
	p->text_len = 1;
}

/* false: no room, or a NUL in it */
static bool keep(struct ka_sshdplaces *p, struct ka_span s, uint32_t *at)
{
	*at = 0;
	if (s.len == 0)
		return true;
	if (!ka_span_copy(s, p->text + p->text_len, sizeof(p->text) - p->text_len)) {
		p->text[p->text_len] = '\0';
		return false;
	}
	*at = (uint32_t)p->text_len;
	p->text_len += s.len + 1;
	return true;
}

/* a path is asked for again and again: the one of the last line, or of a file */
static bool keep_path(struct ka_sshdplaces *p, const char *path, uint32_t *at)
{
	for (size_t i = p->files_count; path != NULL && i > 0; i--)
		if (strcmp(p->text + p->files[i - 1].path, path) == 0) {
			*at = p->files[i - 1].path;
			return true;
		}
	return keep(p, ka_span_of(path != NULL ? path : ""), at);
}

static void add_line(struct ka_sshdplaces *p, const struct ka_sshdline *line, const struct ka_sshdwalk_place *at)
{
	char value[KA_SSHDPLACE_VALUE_MAX];
	struct ka_sshdplace_line l = { .line = at->line, .match_line = at->match_line, .in_match = at->in_match };

	if (!ka_sshdline_value(line->rest, value, sizeof(value)) || p->count == KA_SSHDPLACE_LINES_MAX ||
	    !keep(p, ka_sshdplace_keyword(line->keyword), &l.keyword) || !keep(p, ka_span_of(value), &l.value) ||
	    !keep_path(p, at->path, &l.path) || !keep_path(p, at->in_match ? at->match_path : NULL, &l.match_path)) {
		p->is_cut = true;
		return;
	}
	p->lines[p->count++] = l;
}

void ka_sshdplaces_add_option(struct ka_sshdplaces *p, struct ka_span option)
{
	const struct ka_sshdwalk_place nowhere = { .path = NULL };
	struct ka_sshdline line;

	if (ka_sshdline_parse(option, &line))
		add_line(p, &line, &nowhere);
}

static bool is_word(struct ka_span word, const char *name)
{
	return ka_text_equal_nocase(word, ka_span_of(name));
}

static void take_line(void *ctx, const struct ka_sshdline *line, const struct ka_sshdwalk_place *at)
{
	if (!is_word(line->keyword, "match") && !is_word(line->keyword, "include"))
		add_line(ctx, line, at);
}

static void take_file(void *ctx, const char *path, const struct stat *st, const struct ka_sshdwalk_place *includes)
{
	struct ka_sshdplaces *p = ctx;
	struct ka_sshdplace_file *f = &p->files[p->files_count];

	if (p->files_count == KA_DIAG_SSHD_FILES_MAX)
		return; /* the walk says so */
	*f = (struct ka_sshdplace_file){ .from_line = includes->line };
	if (!keep_path(p, path, &f->path) || !keep_path(p, includes->path, &f->from))
		return;
	if (st != NULL)
		f->changed_us = (int64_t)st->st_mtim.tv_sec * 1000000 + st->st_mtim.tv_nsec / 1000;
	p->files_count++;
}

static void take_trouble(void *ctx, enum ka_sshdwalk_trouble kind, const char *path, int errnum, const struct ka_sshdwalk_place *at)
{
	struct ka_sshdplaces *p = ctx;

	(void)at;
	p->is_cut = true;
	for (size_t i = 0; i < p->files_count && kind == KA_SSHDWALK_CLOSED; i++)
		if (strcmp(p->text + p->files[i].path, path) == 0) {
			p->files[i].is_closed = true;
			p->files[i].errnum = errnum;
		}
}

void ka_sshdplaces_gather(struct ka_sshdplaces *p, const char *config)
{
	const struct ka_sshdwalk what = { .ctx = p, .file = take_file, .line = take_line, .trouble = take_trouble };

	if (!ka_sshdwalk_run(config, &what))
		p->is_cut = true;
}
