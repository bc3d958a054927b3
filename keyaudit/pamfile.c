/* Reading PAM service files. It must never change one, nor take a comment for a line. */
#include "keyaudit/pamfile.h"

#include <fcntl.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

struct walk {
	const char *dir;
	struct ka_pamfile *out;
};

static enum ka_err walk_file(struct walk *w, struct ka_span name, int depth);

/* an included file that is not there is PAM's complaint, not ours */
static void include(struct walk *w, struct ka_span rest, int depth)
{
	struct ka_span name;

	if (depth < KA_PAM_INCLUDE_DEPTH_MAX && ka_text_word(&rest, &name) && walk_file(w, name, depth + 1) != KA_ERR_OK)
		return;
}

/* the control field: one word, or a list in brackets */
static bool take_control(struct ka_span *rest, struct ka_span *control)
{
	struct ka_span word;

	if (!ka_text_word(rest, control))
		return false;
	if (control->p[0] != '[')
		return true;
	for (word = *control; word.p[word.len - 1] != ']';)
		if (!ka_text_word(rest, &word))
			return false;
	return true;
}

static bool is_module(struct ka_span path, const char *name)
{
	size_t n = strlen(name);

	return path.len >= n && ka_span_is(ka_span_sub(path, path.len - n, n), name) &&
	       (path.len == n || path.p[path.len - n - 1] == '/');
}

/* @word, or @word=VALUE where the value is not 0 */
static bool has_argument(struct ka_span rest, const char *name)
{
	size_t n = strlen(name);
	struct ka_span word;

	while (ka_text_word(&rest, &word))
		if (ka_span_starts(word, name) && (word.len == n || word.p[n] == '=') && !ka_span_is(ka_span_sub(word, n, word.len), "=0"))
			return true;
	return false;
}

static void take_line(struct walk *w, struct ka_span line, int depth)
{
	struct ka_span rest = ka_span_sub(line, 0, ka_span_find(line, '#')), type, control, module;
	struct ka_pamfile *out = w->out;
	bool is_session;

	if (!ka_text_word(&rest, &type))
		return;
	if (ka_span_is(type, "@include")) {
		include(w, rest, depth);
		return;
	}
	if (type.p[0] == '-')
		type = ka_span_sub(type, 1, type.len);
	is_session = ka_text_equal_nocase(type, ka_span_of("session"));
	if (!take_control(&rest, &control))
		return;
	if (ka_span_is(control, "include") || ka_span_is(control, "substack")) {
		if (is_session)
			include(w, rest, depth);
		return;
	}
	if (!ka_text_word(&rest, &module))
		return;
	if (is_session && is_module(module, "pam_env.so"))
		out->reads_users |= has_argument(rest, "user_readenv");
	if (!is_module(module, "pam_keyaudit.so"))
		return;
	out->has_module = true;
	if (!is_session)
		return;
	out->enforces |= has_argument(rest, "enforce");
	out->is_too_late |= !out->has_session && out->reads_users; /* the first one makes the event */
	out->has_session = true;
}

static enum ka_err slurp(const char *dir, struct ka_span name, char **text, size_t *len)
{
	char path[KA_PATH_TRUSTED_MAX];
	KA_AUTOCLOSE int fd = -1;
	struct ka_buf b;

	ka_buf_init_array(&b, path);
	if (name.p[0] != '/') {
		ka_buf_text(&b, dir);
		ka_buf_char(&b, '/');
	}
	ka_buf_span(&b, name);
	if (ka_buf_check(&b) != KA_ERR_OK)
		return KA_ERR_LIMIT;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return fd >= 0 ? ka_fd_slurp(fd, KA_PAM_SERVICE_MAX, text, len) : KA_ERR_SYS;
}

static enum ka_err walk_file(struct walk *w, struct ka_span name, int depth)
{
	KA_AUTOFREE char *text = NULL;
	struct ka_cursor c;
	struct ka_span line;
	size_t len = 0;
	enum ka_err err = slurp(w->dir, name, &text, &len);

	if (err != KA_ERR_OK)
		return err;
	for (size_t i = 0; i + 1 < len; i++) /* a line goes on behind a backslash */
		if (text[i] == '\\' && text[i + 1] == '\n')
			text[i] = text[i + 1] = ' ';
	ka_cursor_init(&c, text, len);
	while (ka_cursor_line(&c, &line, NULL))
		take_line(w, line, depth);
	return KA_ERR_OK;
}

enum ka_err ka_pamfile_read(const char *dir, const char *name, struct ka_pamfile *out)
{
	struct walk w = { .dir = dir, .out = out };

	return walk_file(&w, ka_span_of(name), 0);
}
