/* Looking up places of settings. Pure: sshdplaces.c has read the files. */
#include "diag/sshdplace.h"

#include <string.h>

#include "base/text.h"
#include "diag/facts.h"

#include "base/poison.h"

/* names that sshd takes for another keyword (keywords[] of servconf.c) */
static const struct { const char *old, *now; } aliases[] = {
	{ "pubkeyacceptedkeytypes", "pubkeyacceptedalgorithms" },
	{ "hostbasedacceptedkeytypes", "hostbasedacceptedalgorithms" },
	{ "challengeresponseauthentication", "kbdinteractiveauthentication" },
	{ "skeyauthentication", "kbdinteractiveauthentication" },
	{ "dsaauthentication", "pubkeyauthentication" },
	{ "hostdsakey", "hostkey" },
	{ "keepalive", "tcpkeepalive" },
};

static const char *const adding[] = {
	"allowusers", "denyusers", "allowgroups", "denygroups", "acceptenv", "hostkey", "port", "listenaddress",
	"hostcertificate", "subsystem", "setenv",
};

static bool is_word(struct ka_span word, const char *name)
{
	return ka_text_equal_nocase(word, ka_span_of(name));
}

struct ka_span ka_sshdplace_keyword(struct ka_span keyword)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(aliases); i++)
		if (is_word(keyword, aliases[i].old))
			return ka_span_of(aliases[i].now);
	return keyword;
}

static bool adds_up(const char *keyword)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(adding); i++)
		if (is_word(ka_span_of(keyword), adding[i]))
			return true;
	return false;
}

static void fill(const struct ka_sshdplaces *p, size_t i, struct ka_sshdplace *out)
{
	const struct ka_sshdplace_line *l = &p->lines[i];

	*out = (struct ka_sshdplace){
		.path = p->text + l->path, .line = l->line, .in_match = l->in_match, .match_path = p->text + l->match_path,
		.match_line = l->match_line, .is_command_line = l->path == 0, .is_certain = true, .value = p->text + l->value,
		.index = i,
	};
}

bool ka_sshdplace_next(const struct ka_sshdplaces *p, const char *keyword, size_t *at, struct ka_sshdplace *out)
{
	struct ka_span wanted = ka_sshdplace_keyword(ka_span_of(keyword));

	while (*at < p->count) {
		size_t i = (*at)++;

		if (ka_text_equal_nocase(ka_span_of(p->text + p->lines[i].keyword), wanted)) {
			fill(p, i, out);
			return true;
		}
	}
	return false;
}

/* does the line give the value? of a keyword that adds up it is enough to hold it as one of its words */
static bool gives(const char *keyword, const char *value, struct ka_span effective)
{
	struct ka_span rest = ka_span_of(value), word;

	if (ka_text_equal_nocase(rest, effective))
		return true;
	while (adds_up(keyword) && ka_text_word(&rest, &word))
		if (ka_text_equal_nocase(word, effective))
			return true;
	return false;
}

bool ka_sshdplace_find(const struct ka_sshdplaces *p, const char *keyword, struct ka_span effective, struct ka_sshdplace *out)
{
	bool has_first = false, has_match = false, adds = adds_up(keyword);
	struct ka_sshdplace at, first = { .path = "" }, match = { .path = "" };
	size_t i = 0;

	while (ka_sshdplace_next(p, keyword, &i, &at)) {
		bool is_it = gives(keyword, at.value, effective);

		if (!at.in_match && is_it && (adds || !has_first)) {
			*out = at;
			return true;
		}
		if (at.in_match && is_it && (!has_match || !match.is_certain)) {
			match = at;
		} else if (at.in_match && !has_match) {
			match = at;
			match.is_certain = false; /* not by its text */
		}
		if (!at.in_match && !has_first)
			first = at;
		has_match = has_match || at.in_match;
		has_first = has_first || !at.in_match;
	}
	*out = has_match && (match.is_certain || !has_first) ? match : first;
	if (has_match && !match.is_certain)
		out->is_certain = false;
	return has_first || has_match;
}

static bool is_same_block(const struct ka_sshdplace *a, const struct ka_sshdplace *b)
{
	return a->in_match && b->in_match && a->match_line == b->match_line && strcmp(a->match_path, b->match_path) == 0;
}

bool ka_sshdplace_shadowed(const struct ka_sshdplaces *p, const char *keyword, const struct ka_sshdplace *winner, struct ka_sshdplace *loser)
{
	size_t i = 0;

	if (!winner->is_certain || (adds_up(keyword) && !winner->in_match))
		return false;
	while (ka_sshdplace_next(p, keyword, &i, loser)) {
		bool loses = !loser->in_match || (is_same_block(winner, loser) && loser->index > winner->index);

		if (loser->index != winner->index && loses &&
		    !ka_text_equal_nocase(ka_span_of(loser->value), ka_span_of(winner->value)))
			return true;
	}
	return false;
}

static void put_detail(const char *keyword, const char *value, struct ka_evidence *e)
{
	struct ka_buf b;

	ka_buf_init_array(&b, e->detail);
	ka_buf_text(&b, keyword);
	ka_buf_char(&b, ' ');
	ka_buf_span(&b, ka_span_sub(ka_span_of(value), 0, sizeof(e->detail) - b.len - 1));
}

static void note_place(const struct ka_sshdplace *at, struct ka_evidence *e)
{
	struct ka_buf b;

	ka_buf_init_array(&b, e->note);
	if (!at->is_certain) {
		ka_buf_text(&b, "a Match block has this setting too");
	} else if (at->is_command_line) {
		ka_buf_text(&b, "on the command line of the sshd that listens");
	} else if (at->in_match) {
		ka_buf_text(&b, "in the Match block that begins at line ");
		ka_buf_u64(&b, at->match_line);
		if (strcmp(at->match_path, at->path) != 0) {
			ka_buf_text(&b, " of ");
			ka_text_escape(&b, ka_span_of(at->match_path), 0, sizeof(e->note) / 2);
		}
	}
}

void ka_sshdplace_evidence_of(const struct ka_facts *f, const char *keyword, struct ka_span value, struct ka_evidence *e)
{
	struct ka_sshdplace at;
	bool has_note = e->note[0] != '\0', is_found = ka_sshdplace_find(&f->places, keyword, value, &at);
	char text[KA_TEXT_OPTION_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_span(&b, ka_span_sub(value, 0, sizeof(text) - 1));
	if (value.len > 0 || is_found)
		put_detail(keyword, value.len > 0 ? text : at.value, e);
	if (!is_found) {
		if (!has_note && !f->places.is_cut && value.len > 0 && f->places.files_count > 0)
			(void)ka_span_copy(ka_span_of("sshd's default"), e->note, sizeof(e->note));
		return;
	}
	if (!ka_span_copy(ka_span_of(at.path), e->path, sizeof(e->path)))
		e->path[0] = '\0';
	e->line = at.line;
	if (!has_note)
		note_place(&at, e);
}

void ka_sshdplace_evidence(const struct ka_facts *f, const char *keyword, struct ka_evidence *e)
{
	ka_sshdplace_evidence_of(f, keyword, ka_sshdconf_value(&f->sshd, keyword), e);
}
