/* PAM service files, as far as one module is concerned. Pure; it must never take a line for weaker or stricter than PAM does. */
#include "diag/pamconf.h"

#include <string.h>

#include "base/text.h"

#include "base/poison.h"

static const char *const phases[KA_PAMCONF_PHASES] = { "auth", "account", "session", "password" };

struct reader {
	const char *service;
	enum ka_pamconf_phase only;
	ka_pamconf_include *include;
	void *ctx;
	struct ka_pamconf *out;
	unsigned line;
};

/* what one line of the module asks for */
struct modes {
	bool works; /* for this service */
	bool final, notice;
	enum ka_pamconf_enforce enforce;
};

/* the next word; [in brackets] blanks do not end it, and "\]" is no end */
static bool next_word(struct ka_span *rest, struct ka_span *word)
{
	struct ka_span from = ka_text_trim(*rest);
	size_t n = 1;

	if (from.len == 0 || from.p[0] != '[')
		return ka_text_word(rest, word);
	while (n < from.len && (from.p[n] != ']' || from.p[n - 1] == '\\'))
		n++;
	*word = ka_span_sub(from, 1, n - 1);
	*rest = ka_span_sub(from, n < from.len ? n + 1 : n, from.len);
	return true;
}

static bool has_name(struct ka_span list, const char *name)
{
	struct ka_span one;

	while (ka_text_split(&list, ',', &one))
		if (one.len > 0 && ka_span_is(one, name))
			return true;
	return false;
}

static void take_argument(struct ka_span arg, const char *service, struct modes *m)
{
	static const char services[] = "services=", enforce[] = "enforce=";

	if (ka_span_is(arg, "final"))
		m->final = true;
	else if (ka_span_is(arg, "notice"))
		m->notice = true;
	else if (ka_span_is(arg, "enforce"))
		m->enforce = KA_PAMCONF_ENFORCE_HARD;
	else if (ka_span_starts(arg, enforce))
		m->enforce = ka_span_is(arg, "enforce=soft") ? KA_PAMCONF_ENFORCE_SOFT : KA_PAMCONF_ENFORCE_HARD;
	else if (ka_span_starts(arg, services) && arg.len > sizeof(services) - 1)
		m->works = has_name(ka_span_sub(arg, sizeof(services) - 1, arg.len), service);
}

/* ok and done would make the value the answer of the stack, bad and die make it fail; a number jumps */
static bool is_passed_over(struct ka_span action)
{
	return ka_span_is(action, "ignore") || ka_span_is(action, "reset") || (action.len > 0 && ka_text_is_digit(action.p[0]));
}

/* does the stack fail when the module says PAM_SESSION_ERR? */
static bool is_refusal_heard(struct ka_span control, bool is_list)
{
	if (is_list)
		return !is_passed_over(ka_pamline_action(control, "session_err"));
	return !ka_text_equal_nocase(control, ka_span_of("optional")) && !ka_text_equal_nocase(control, ka_span_of("sufficient"));
}

static void take_module(struct reader *r, enum ka_pamconf_phase phase, struct ka_span control, bool is_list, struct ka_span rest)
{
	struct modes m = { .works = strcmp(r->service, "sshd") == 0 };
	struct ka_pamconf *out = r->out;
	struct ka_span arg;

	while (next_word(&rest, &arg))
		take_argument(arg, r->service, &m);
	if (!m.works)
		return;
	if (phase == KA_PAMCONF_SESSION) /* the first one makes the event */
		out->is_too_late = out->is_too_late || (!out->stands[phase] && out->reads_users);
	out->stands[phase] = true;
	if (phase != KA_PAMCONF_AUTH && is_list && !is_passed_over(ka_pamline_action(control, "ignore")))
		out->is_closed = true;
	if (phase == KA_PAMCONF_AUTH) {
		out->final = out->final || m.final;
		out->notice = out->notice || m.notice;
	}
	if (phase != KA_PAMCONF_SESSION || m.enforce == KA_PAMCONF_ENFORCE_NO)
		return;
	if (!is_refusal_heard(control, is_list))
		out->is_toothless = true;
	else if (m.enforce > out->enforce)
		out->enforce = m.enforce;
}

static bool is_module(struct ka_span path, const char *name)
{
	const uint8_t *slash = path.len > 0 ? memrchr(path.p, '/', path.len) : NULL;

	if (slash != NULL)
		path = ka_span_sub(path, (size_t)(slash - path.p) + 1, path.len);
	return ka_span_is(path, name);
}

/* pam_env(8): user_readenv=0 is off, and so is nothing */
static bool reads_users(struct ka_span rest)
{
	struct ka_span arg;

	while (next_word(&rest, &arg))
		if (ka_span_starts(arg, "user_readenv") && !ka_span_is(arg, "user_readenv=0"))
			return true;
	return false;
}

static bool phase_of(struct ka_span word, enum ka_pamconf_phase *phase)
{
	if (word.len > 0 && word.p[0] == '-') /* "silently leave it out when the module is missing" */
		word = ka_span_sub(word, 1, word.len);
	for (unsigned i = 0; i < KA_PAMCONF_PHASES; i++)
		if (ka_text_equal_nocase(word, ka_span_of(phases[i]))) {
			*phase = (enum ka_pamconf_phase)i;
			return true;
		}
	return false;
}

/* the lines of a substack stand behind a head of their own, one level up */
static void take_include(struct reader *r, struct ka_span control, struct ka_span path, enum ka_pamconf_phase phase)
{
	static const struct ka_span none = { NULL, 0 };
	bool is_substack = ka_text_equal_nocase(control, ka_span_of("substack"));

	if (is_substack && (phase == KA_PAMCONF_ACCOUNT || phase == KA_PAMCONF_SESSION))
		ka_pamline_add(&r->out->lines, phase, r->line, none, true, none, none);
	r->out->lines.level_now += is_substack;
	r->include(r->ctx, path, phase);
	r->out->lines.level_now -= is_substack;
}

static void take_line(struct reader *r, struct ka_span line)
{
	struct ka_span word, control, path;
	enum ka_pamconf_phase phase;
	bool is_list;

	line = ka_span_sub(line, 0, ka_span_find(line, '#'));
	if (!ka_text_word(&line, &word))
		return;
	if (ka_span_is(word, "@include")) {
		if (ka_text_word(&line, &path))
			r->include(r->ctx, path, r->only);
		return;
	}
	if (!phase_of(word, &phase) || (r->only != KA_PAMCONF_PHASES && phase != r->only))
		return;
	line = ka_text_trim(line);
	is_list = line.len > 0 && line.p[0] == '[';
	if (!next_word(&line, &control) || !next_word(&line, &path))
		return;
	if (!is_list && (ka_text_equal_nocase(control, ka_span_of("include")) || ka_text_equal_nocase(control, ka_span_of("substack")))) {
		take_include(r, control, path, phase);
		return;
	}
	if (path.len == 0) /* PAM looks for a module of this name, and finds none: it is no head of a substack */
		path = ka_span_of("[]");
	if (phase == KA_PAMCONF_ACCOUNT || phase == KA_PAMCONF_SESSION)
		ka_pamline_add(&r->out->lines, phase, r->line, control, is_list, path, line);
	if (phase == KA_PAMCONF_SESSION && is_module(path, "pam_env.so"))
		r->out->reads_users = r->out->reads_users || reads_users(line);
	else if (is_module(path, "pam_keyaudit.so"))
		take_module(r, phase, control, is_list, line);
}

static void take_joined(struct reader *r, struct ka_buf *b)
{
	if (b->overflow)
		r->out->is_cut = r->out->lines.is_cut = true;
	else
		take_line(r, ka_buf_as_span(b));
	ka_buf_cut(b, 0);
}

void ka_pamconf_parse(struct ka_span text, const char *service, enum ka_pamconf_phase only, ka_pamconf_include *include, void *ctx,
		      struct ka_pamconf *out)
{
	struct reader r = { .service = service, .only = only, .include = include, .ctx = ctx, .out = out };
	char joined[KA_PAMCONF_LINE_MAX];
	struct ka_cursor c;
	struct ka_span line;
	struct ka_buf b;

	ka_buf_init_array(&b, joined);
	ka_cursor_init(&c, text.p, text.len);
	for (unsigned n = 1; ka_cursor_line(&c, &line, NULL); n++) {
		bool goes_on = line.len > 0 && line.p[line.len - 1] == '\\';

		if (b.len == 0)
			r.line = n;
		ka_buf_span(&b, ka_span_sub(line, 0, line.len - goes_on));
		ka_buf_char(&b, ' ');
		if (goes_on)
			continue;
		take_joined(&r, &b);
	}
	take_joined(&r, &b);
}

static void put_mode(struct ka_buf *b, bool is, const char *name, bool *open)
{
	if (!is)
		return;
	ka_buf_text(b, *open ? ", " : " (");
	ka_buf_text(b, name);
	*open = true;
}

void ka_pamconf_modes(const struct ka_pamconf *c, struct ka_buf *out)
{
	bool is_first = true;

	for (unsigned i = 0; i < KA_PAMCONF_PASSWORD; i++) {
		bool open = false;

		if (!c->stands[i])
			continue;
		ka_buf_text(out, is_first ? "" : ", ");
		ka_buf_text(out, phases[i]);
		is_first = false;
		put_mode(out, i == KA_PAMCONF_AUTH && c->final, "final", &open);
		put_mode(out, i == KA_PAMCONF_AUTH && c->notice, "notice", &open);
		put_mode(out, i == KA_PAMCONF_SESSION && c->enforce == KA_PAMCONF_ENFORCE_HARD, "enforce", &open);
		put_mode(out, i == KA_PAMCONF_SESSION && c->enforce == KA_PAMCONF_ENFORCE_SOFT, "enforce=soft", &open);
		ka_buf_text(out, open ? ")" : "");
	}
}
