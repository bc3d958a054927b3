/* The configuration as a whole: files one after the other, then what only holds for all of them. Pure. */
#include "conf/conf.h"

#include <string.h>

#include "base/text.h"
#include "conf/conferr.h"
#include "conf/confini.h"
#include "conf/confrow.h"
#include "conf/confset.h"
#include "conf/confsource.h"
#include "conf/conftext.h"

#include "base/poison.h"

const char *ka_conf_file(const struct ka_conf *c, struct ka_conf_at at)
{
	if (at.line == 0)
		return "default";
	return at.file < c->files_count ? c->files[at.file] : "configuration";
}

void ka_conf_default(struct ka_conf *c)
{
	c->files_count = c->sources_count = c->sources_known = 0;
	c->severities_count = c->levels_count = 0;
	c->near_len = c->far_len = 0;
	c->lookup = "";
	memset(c->at, 0, sizeof(c->at));
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++) {
		const struct ka_confrow *row = ka_confrow_at((enum ka_conf_key)k);

		if (row->section != KA_CONF_SECTION_SOURCE && !ka_confrow_is_prefix(row))
			ka_confset_default(c, c, row);
	}
}

/* of a long name the end says more */
static struct ka_span write_name(const char *file, char out[static KA_CONF_NAME_MAX])
{
	const size_t keep = KA_CONF_NAME_MAX - 8;
	struct ka_span name = ka_span_of(file);
	struct ka_buf b;

	ka_buf_init(&b, out, KA_CONF_NAME_MAX);
	if (name.len > keep) {
		ka_buf_text(&b, "...");
		name = ka_span_sub(name, name.len - keep, keep);
	}
	ka_text_escape(&b, name, 0, keep);
	return ka_buf_as_span(&b);
}

static void complain(struct ka_confset *s, const char *what)
{
	struct ka_conferr e;

	ka_conferr_begin(&e, s->file, s->at.line);
	ka_conferr_say(&e, what);
	ka_conferr_end(&e, s->errors);
}

/* @name: scratch for the file's, which then stands with the other texts of @s->c */
static bool open_file(struct ka_confset *s, const char *file, char name[static KA_CONF_NAME_MAX])
{
	struct ka_conf *c = s->c;
	struct ka_span shown = write_name(file, name);
	struct ka_conferr e;

	s->at = (struct ka_conf_at){ .line = 1, .file = (uint32_t)c->files_count };
	s->file = name;
	if (c->files_count == KA_CONF_FILES_MAX) {
		complain(s, "more than 64 configuration files");
		return false;
	}
	ka_conferr_begin(&e, name, 1);
	c->files[c->files_count] = ka_conftext_keep(c, shown, &e);
	if (c->files[c->files_count] == NULL) {
		ka_conferr_end(&e, s->errors);
		return false;
	}
	s->file = c->files[c->files_count++];
	return true;
}

static void read_line(struct ka_confset *s, struct ka_span line)
{
	struct ka_confini ini;

	ka_confini_parse(line, &ini);
	switch (ini.kind) {
	case KA_CONFINI_NOTHING:
		return;
	case KA_CONFINI_SECTION:
		ka_confset_section(s, &ini);
		return;
	case KA_CONFINI_KEY:
		ka_confset_key(s, &ini);
		return;
	case KA_CONFINI_BAD:
		ka_confset_bad(s, &ini);
		return;
	}
}

void ka_conf_read(struct ka_conf *c, const char *file, struct ka_span text, struct ka_conf_errors *errors)
{
	struct ka_confset s = { .c = c, .errors = errors, .section = KA_CONF_SECTION_COUNT };
	char name[KA_CONF_NAME_MAX];
	struct ka_cursor cursor;
	struct ka_span line;

	if (errors->count >= KA_CONF_ERRORS_MAX || !open_file(&s, file, name))
		return;
	if (text.len > KA_CONF_FILE_MAX) {
		complain(&s, "the file is larger than 64 KiB");
		return;
	}
	if (ka_confini_has_bom(text)) {
		complain(&s, "begins with a byte order mark; save the file as UTF-8 without BOM");
		text = ka_span_sub(text, 3, text.len);
	}
	ka_cursor_init(&cursor, text.p, text.len);
	for (; ka_cursor_line(&cursor, &line, NULL); s.at.line++) {
		if (errors->count >= KA_CONF_ERRORS_MAX) {
			complain(&s, "too many errors; the rest is not looked at");
			return;
		}
		read_line(&s, line);
	}
}

/* put the source named @word at place @i, those behind it move up; false when there is no such section */
static bool take_source(struct ka_conf *c, struct ka_span word, size_t i)
{
	for (size_t j = i; j < c->sources_known; j++) {
		struct ka_conf_source *a = &c->sources[i], *b = &c->sources[j];

		if (!ka_span_is(word, b->name))
			continue;
		if (i != j)
			ka_confset_swap(a, b);
		return true;
	}
	return false;
}

static void finish_sources(struct ka_conf *c, struct ka_conf_errors *errors)
{
	struct ka_span rest = ka_span_of(c->lookup), word;
	struct ka_conferr e;

	c->sources_count = 0;
	ka_conferr_at(&e, c, c->at[KA_CONF_KEY_SOURCES]);
	if (rest.len == 0) {
		ka_conferr_say(&e, "no source is named, so no key could be served; add \"sources = local\" to [lookup], and a "
				   "[source local]");
		ka_conferr_end(&e, errors);
	}
	while (ka_text_word(&rest, &word)) {
		if (take_source(c, word, c->sources_count)) {
			c->sources_count++;
			continue;
		}
		ka_conferr_at(&e, c, c->at[KA_CONF_KEY_SOURCES]);
		ka_conferr_say(&e, "sources: ");
		ka_conferr_quoted(&e, word);
		ka_conferr_say(&e, " has no [source] section");
		ka_conferr_meant(&e, ka_confset_nearest_source(c, word));
		ka_conferr_end(&e, errors);
	}
	for (size_t i = 0; i < c->sources_known; i++)
		ka_confsource_finish(c, &c->sources[i], errors);
}

static void finish_exec(struct ka_conf *c, struct ka_conf_errors *errors)
{
	struct ka_conferr e;

	if (!c->sink_exec || c->exec[0] != '\0')
		return;
	ka_conferr_at(&e, c, c->at[KA_CONF_KEY_SINKS]);
	ka_conferr_say(&e, "sinks has exec, and no program is named; add \"exec = /path/of/program\"");
	ka_conferr_end(&e, errors);
}

void ka_conf_finish(struct ka_conf *c, struct ka_conf_errors *errors)
{
	struct ka_conf_at at = c->at[KA_CONF_KEY_RSA_MIN_BITS];
	struct ka_conferr e;

	finish_sources(c, errors);
	finish_exec(c, errors);
	if (c->rsa_min_bits <= c->rsa_max_bits)
		return;
	ka_conferr_at(&e, c, at.line != 0 ? at : c->at[KA_CONF_KEY_RSA_MAX_BITS]);
	ka_conferr_say(&e, "rsa_min_bits (");
	ka_conferr_number(&e, c->rsa_min_bits);
	ka_conferr_say(&e, ") is above rsa_max_bits (");
	ka_conferr_number(&e, c->rsa_max_bits);
	ka_conferr_say(&e, ")");
	ka_conferr_end(&e, errors);
}
