/* Lines that end where the terminal does. It must never lose a word, nor put one into a command. */
#include "keyaudit/screen/out_wrap.h"

#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

/* programs that our sentences tell people to run; NULL: whatever follows, else only before such a word */
static const struct { const char *name, *before; } programs[] = {
	{ "ssh-copy-id", NULL }, { "ssh-keygen", NULL }, { "chmod", NULL }, { "chown", NULL }, { "chgrp", NULL }, { "runuser", NULL },
	{ "getfacl", NULL }, { "setfacl", NULL }, { "systemctl", NULL }, { "systemd-sysusers", NULL }, { "sshd", "-" },
	{ "keyaudit", "doctor" }, { "keyaudit", "explain" }, { "keyaudit", "keys" }, { "keyaudit", "log" }, { "keyaudit", "vet" },
	{ "keyaudit", "config" }, { "keyaudit", "collect" },
};

void ka_wrap_begin(struct ka_wrap *w, const struct ka_out *o, unsigned column, unsigned indent)
{
	*w = (struct ka_wrap){ .o = o, .column = column, .indent = indent };
}

static void put_blanks(struct ka_wrap *w, unsigned n)
{
	for (; n > 0; n--, w->column++)
		fputc(' ', w->o->to);
}

/* one piece, behind the blanks that wait */
static void put_piece(struct ka_wrap *w, enum ka_out_colour c, struct ka_span piece)
{
	unsigned width = ka_out_width(w->o, c, piece), columns = w->o->columns;
	char text[KA_TEXT_PATH_MAX * 2];

	if (columns > 0 && w->blanks > 0 && w->column > w->indent && w->column + w->blanks + width > columns) {
		fputc('\n', w->o->to);
		w->column = w->blanks = 0;
		put_blanks(w, w->indent);
	}
	put_blanks(w, w->blanks);
	w->blanks = 0;
	w->column += width;
	for (size_t n; piece.len > 0; piece = ka_span_sub(piece, n, piece.len)) {
		n = piece.len < sizeof(text) ? piece.len : sizeof(text) - 1;
		if (ka_span_copy(ka_span_sub(piece, 0, n), text, sizeof(text)))
			ka_out_text(w->o, c, text);
	}
}

static struct ka_span take_blanks(struct ka_wrap *w, struct ka_span text)
{
	size_t n = 0;

	while (n < text.len && text.p[n] == ' ')
		n++;
	w->blanks += (unsigned)n;
	return ka_span_sub(text, n, text.len);
}

static bool is_command(struct ka_span word, struct ka_span next)
{
	if (word.len > 0 && word.p[0] == '(')
		word = ka_span_sub(word, 1, word.len);
	for (size_t i = 0; i < KA_ARRAY_LEN(programs); i++)
		if (ka_span_is(word, programs[i].name) && (programs[i].before == NULL || ka_span_starts(next, programs[i].before)))
			return true;
	return false;
}

static bool ends_command(struct ka_span word)
{
	return word.len == 0 || memchr(",:;.)", word.p[word.len - 1], 5) != NULL;
}

/* a word, or all words of a command */
static size_t piece_len(struct ka_span text)
{
	size_t end = ka_span_find(text, ' ');
	bool goes_on = is_command(ka_span_sub(text, 0, end), ka_span_sub(text, end + 1, text.len));

	while (goes_on && end < text.len) {
		size_t next = end + 1 + ka_span_find(ka_span_sub(text, end + 1, text.len), ' ');

		goes_on = !ends_command(ka_span_sub(text, end + 1, next - end - 1));
		end = next;
	}
	return end;
}

void ka_wrap_text(struct ka_wrap *w, enum ka_out_colour c, const char *text)
{
	struct ka_span rest = take_blanks(w, ka_span_of(text));

	while (rest.len > 0) {
		size_t n = w->o->columns > 0 ? piece_len(rest) : ka_span_find(rest, ' ');

		put_piece(w, c, ka_span_sub(rest, 0, n));
		rest = take_blanks(w, ka_span_sub(rest, n, rest.len));
	}
}

void ka_wrap_solid(struct ka_wrap *w, enum ka_out_colour c, const char *text)
{
	put_piece(w, c, take_blanks(w, ka_span_of(text)));
}

void ka_wrap_escaped(struct ka_wrap *w, enum ka_out_colour c, const char *text, size_t max)
{
	char shown[KA_TEXT_PATH_MAX * 2];
	struct ka_buf b;

	ka_buf_init_array(&b, shown);
	ka_text_escape(&b, ka_span_of(text), 0, max < sizeof(shown) - 8 ? max : sizeof(shown) - 8);
	put_piece(w, c, ka_span_of(shown));
}

void ka_wrap_end(struct ka_wrap *w)
{
	fputc('\n', w->o->to);
	w->column = w->blanks = 0;
}
