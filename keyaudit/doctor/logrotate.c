/* The reader: word by word, in one of four places. It knows the few words that decide, and passes over all others. */
#include "keyaudit/doctor/logrotate.h"

#include <fnmatch.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

enum place { OUTSIDE, NAMES, SECTION, SCRIPT };

struct section {
	size_t line;                        /* where it begins */
	bool names[KA_LOGROTATE_FILES_MAX]; /* which of the files it names */
	bool copytruncate, copy, has_hook;
};

struct reading {
	struct ka_logrotate *r;
	enum place place;
	size_t line;
	struct section s;
};

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_brace(uint8_t c)
{
	return c == '{' || c == '}';
}

/* The next word of a line, without quotes and backslashes; a brace is a word by itself. False at the line's end and at a comment. */
static bool next_word(struct ka_span *line, struct ka_buf *out)
{
	uint8_t quote = 0;
	size_t n = 0;

	while (line->len > 0 && is_blank(line->p[0]))
		*line = ka_span_sub(*line, 1, line->len);
	if (line->len == 0 || line->p[0] == '#')
		return false;
	if (is_brace(line->p[0]))
		ka_buf_char(out, (char)line->p[n++]);
	for (; n < line->len && !is_brace(line->p[0]) && (quote != 0 || !(is_blank(line->p[n]) || is_brace(line->p[n]))); n++) {
		uint8_t c = line->p[n];

		if (c == quote || (quote == 0 && (c == '"' || c == '\'')))
			quote = quote == 0 ? c : 0;
		else if (c == '\\' && n + 1 < line->len)
			ka_buf_char(out, (char)line->p[++n]);
		else
			ka_buf_char(out, (char)c);
	}
	*line = ka_span_sub(*line, n, line->len);
	return true;
}

static void add_name(struct reading *x, const char *pattern)
{
	size_t stars = 0;

	for (const char *p = pattern; *p != '\0'; p++)
		stars += *p == '*';
	for (size_t i = 0; i < x->r->count && i < KA_LOGROTATE_FILES_MAX && stars <= KA_LOGROTATE_STARS_MAX; i++)
		if (fnmatch(pattern, x->r->files[i].path, FNM_PATHNAME | FNM_PERIOD) == 0)
			x->s.names[i] = true;
}

static void begin_names(struct reading *x)
{
	x->s = (struct section){ .line = x->line, .copytruncate = x->r->copytruncate, .copy = x->r->copy };
	x->place = NAMES;
}

static void end_section(struct reading *x)
{
	for (size_t i = 0; i < x->r->count && i < KA_LOGROTATE_FILES_MAX; i++) {
		struct ka_logrotate_file *f = &x->r->files[i];

		if (!x->s.names[i] || f->is_named)
			continue;
		f->is_named = true;
		f->line = x->s.line;
		if (x->s.copytruncate)
			f->does = KA_LOGROTATE_CUTS;
		else
			f->does = x->s.copy || x->s.has_hook ? KA_LOGROTATE_NOTHING : KA_LOGROTATE_RENAMES;
	}
	x->place = OUTSIDE;
}

/* The settings that decide: of a section, or for all that follow. */
static void set(const char *word, bool *copytruncate, bool *copy)
{
	if (strcmp(word, "copytruncate") == 0 || strcmp(word, "nocopytruncate") == 0)
		*copytruncate = word[0] == 'c';
	if (strcmp(word, "copy") == 0 || strcmp(word, "nocopy") == 0)
		*copy = word[0] == 'c';
}

static bool is_script(const char *word)
{
	static const char *const names[] = { "prerotate", "postrotate", "firstaction", "lastaction", "preremove" };

	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++)
		if (strcmp(word, names[i]) == 0)
			return true;
	return false;
}

static void follow(const struct reading *x, struct ka_span *rest)
{
	char path[KA_LOGROTATE_NAME_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, path);
	if (next_word(rest, &b) && !b.overflow && x->r->include != NULL)
		x->r->include(x->r->ctx, path);
	rest->len = 0;
}

static void read_outside(struct reading *x, const char *word, struct ka_span *rest)
{
	if (word[0] == '/') {
		begin_names(x);
		add_name(x, word);
	} else if (strcmp(word, "include") == 0) {
		follow(x, rest);
	} else {
		set(word, &x->r->copytruncate, &x->r->copy);
	}
}

static void read_line(struct reading *x, struct ka_span line)
{
	char word[KA_LOGROTATE_NAME_MAX];
	struct ka_buf b;

	for (ka_buf_init_array(&b, word); x->place != SCRIPT && next_word(&line, &b); ka_buf_init_array(&b, word)) {
		if (b.overflow)
			continue;
		if (x->place == OUTSIDE)
			read_outside(x, word, &line);
		else if (x->place == NAMES && strcmp(word, "{") == 0)
			x->place = SECTION;
		else if (x->place == NAMES)
			add_name(x, word);
		else if (strcmp(word, "}") == 0)
			end_section(x);
		else if (is_script(word))
			x->place = SCRIPT;
		else
			set(word, &x->s.copytruncate, &x->s.copy);
	}
}

static void read_script(struct reading *x, struct ka_span line)
{
	while (line.len > 0 && is_blank(line.p[0]))
		line = ka_span_sub(line, 1, line.len);
	if (ka_span_starts(line, "endscript"))
		x->place = SECTION;
	else if (line.len > 0 && line.p[0] != '#' && memmem(line.p, line.len, x->r->hook, strlen(x->r->hook)) != NULL)
		x->s.has_hook = true;
}

void ka_logrotate_read(struct ka_logrotate *r, struct ka_span text)
{
	struct reading x = { .r = r };
	struct ka_cursor c;
	struct ka_span line;

	ka_cursor_init(&c, text.p, text.len);
	while (ka_cursor_line(&c, &line, NULL)) {
		x.line++;
		if (x.place == SCRIPT)
			read_script(&x, line);
		else
			read_line(&x, line);
	}
}
