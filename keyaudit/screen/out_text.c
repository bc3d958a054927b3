/* The terminal. Nothing a stranger wrote reaches it unescaped; colour never carries meaning alone. */
#include "keyaudit/screen/out_text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/text.h"
#include "keyaudit/screen/out_columns.h"

#include "base/poison.h"

static bool says_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++) {
		const char *v = getenv(names[i]);

		if (v != NULL && v[0] != '\0')
			return strcasestr(v, "utf-8") != NULL || strcasestr(v, "utf8") != NULL;
	}
	return false;
}

static unsigned columns_of(int fd)
{
	struct winsize size = { .ws_col = 0 };

	return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= KA_OUT_COLUMNS_MIN ? size.ws_col : 0;
}

/* the tool's one choice for its whole run */
static enum ka_out_when chosen = KA_OUT_AUTO;

void ka_out_choose(enum ka_out_when when)
{
	chosen = when;
}

void ka_out_init(struct ka_out *o, FILE *to, enum ka_out_when when)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	bool tty = isatty(fileno(to)) == 1;

	if (when == KA_OUT_AUTO)
		when = chosen;
	o->to = to;
	o->colour = tty && (no == NULL || no[0] == '\0') && term != NULL && strcmp(term, "dumb") != 0;
	if (when != KA_OUT_AUTO)
		o->colour = when == KA_OUT_ALWAYS;
	o->utf8 = tty && says_utf8();
	o->ascii = tty && !o->utf8;
	o->columns = tty ? columns_of(fileno(to)) : 0;
}

bool ka_out_when_parse(const char *text, enum ka_out_when *when)
{
	static const char *const names[] = { "auto", "always", "never" };

	for (unsigned i = 0; i < KA_ARRAY_LEN(names); i++)
		if (strcmp(text, names[i]) == 0) {
			*when = (enum ka_out_when)i;
			return true;
		}
	return false;
}

static const char *begin(enum ka_out_colour c)
{
	static const char *const codes[] = { "", "\033[32m", "\033[33m", "\033[31;1m", "\033[1m", "\033[2m", "\033[1m",
					     "\033[33m" };

	return codes[c];
}

/* a command is to be copied: its bytes are the file's name, whatever this terminal makes of them */
static bool is_hidden(const struct ka_out *o, enum ka_out_colour c, uint8_t byte)
{
	return o->ascii && c != KA_OUT_COMMAND && byte >= 0x80;
}

static void put(const struct ka_out *o, enum ka_out_colour c, const char *text)
{
	for (; o->ascii && *text != '\0'; text++)
		if (is_hidden(o, c, (uint8_t)*text))
			fprintf(o->to, "\\x%02x", (uint8_t)*text);
		else
			fputc(*text, o->to);
	fputs(text, o->to);
}

/* the columns of its first character, of @bytes; bytes that are none take one each */
static unsigned first_width(const struct ka_out *o, enum ka_out_colour c, struct ka_span text, size_t *bytes)
{
	uint32_t cp = 0;

	*bytes = ka_text_utf8_len(text, &cp);
	if (*bytes == 0)
		*bytes = 1;
	return is_hidden(o, c, text.p[0]) ? 4 * (unsigned)*bytes : ka_out_columns(cp);
}

unsigned ka_out_width(const struct ka_out *o, enum ka_out_colour c, struct ka_span text)
{
	unsigned width = 0;

	for (size_t n; text.len > 0; text = ka_span_sub(text, n, text.len))
		width += first_width(o, c, text, &n);
	return width;
}

size_t ka_out_fitting(const struct ka_out *o, enum ka_out_colour c, struct ka_span text, unsigned columns)
{
	size_t bytes = 0;

	while (bytes < text.len) {
		size_t n;
		unsigned width = first_width(o, c, ka_span_sub(text, bytes, text.len), &n);

		if (width > columns)
			break;
		columns -= width;
		bytes += n;
	}
	return bytes;
}

void ka_out_text(const struct ka_out *o, enum ka_out_colour c, const char *text)
{
	bool coloured = o->colour && c != KA_OUT_PLAIN;

	if (coloured)
		fputs(begin(c), o->to);
	put(o, c, text);
	if (coloured)
		fputs("\033[0m", o->to);
}

void ka_out_escaped(const struct ka_out *o, enum ka_out_colour c, const char *text, size_t max)
{
	char shown[KA_TEXT_PATH_MAX * 2];
	struct ka_buf b;

	ka_buf_init_array(&b, shown);
	ka_text_escape(&b, ka_span_of(text), 0, max < sizeof(shown) - 8 ? max : sizeof(shown) - 8);
	ka_out_text(o, c, shown);
}

unsigned ka_out_mark(const struct ka_out *o, enum ka_out_colour c)
{
	static const struct { const char *word, *sign; } marks[] = {
		[KA_OUT_GOOD] = { "ok  ", "\xe2\x9c\x93" },
		[KA_OUT_WARN] = { "warn", "!" },
		[KA_OUT_BAD] = { "FAIL", "\xe2\x9c\x97" },
		[KA_OUT_UNKNOWN] = { "?   ", "?" },
	};
	const char *word = marks[c].word != NULL ? marks[c].word : marks[KA_OUT_BAD].word;
	const char *sign = marks[c].sign != NULL ? marks[c].sign : marks[KA_OUT_BAD].sign;

	ka_out_text(o, c, o->utf8 ? sign : word);
	return o->utf8 ? 1 : 4;
}
