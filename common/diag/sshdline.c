/* Cutting a line of sshd_config. It must read every line as sshd does, and no byte behind its end. */
#include "diag/sshdline.h"

#include "base/text.h"

#include "base/poison.h"

/* what strdelim() takes for a blank; a form feed only at the end of a line */
static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct ka_span skip_space(struct ka_span s)
{
	size_t i = 0;

	while (i < s.len && is_space(s.p[i]))
		i++;
	return ka_span_sub(s, i, s.len);
}

static struct ka_span cut_end(struct ka_span s)
{
	while (s.len > 0 && (is_space(s.p[s.len - 1]) || s.p[s.len - 1] == '\f'))
		s.len--;
	return s;
}

bool ka_sshdline_parse(struct ka_span line, struct ka_sshdline *out)
{
	struct ka_span s = skip_space(cut_end(ka_span_sub(line, 0, ka_span_find(line, '\0'))));
	size_t n = 0, quoted;

	if (s.len == 0 || s.p[0] == '#')
		return false;
	while (n < s.len && !is_space(s.p[n]) && s.p[n] != '=' && s.p[n] != '"')
		n++;
	out->keyword = ka_span_sub(s, 0, n);
	out->rest = ka_span_sub(s, n, s.len);
	if (n < s.len && s.p[n] == '"') { /* "Keyword" is a keyword; a quote inside of one is nonsense that sshd glues together */
		quoted = ka_span_find(ka_span_sub(s, n + 1, s.len), '"');
		if (n > 0 || n + 1 + quoted >= s.len)
			return false;
		out->keyword = ka_span_sub(s, 1, quoted);
		out->rest = skip_space(ka_span_sub(s, quoted + 2, s.len));
		return out->keyword.len > 0;
	}
	out->rest = skip_space(out->rest);
	if (out->rest.len > 0 && out->rest.p[0] == '=')
		out->rest = skip_space(ka_span_sub(out->rest, 1, out->rest.len));
	return out->keyword.len > 0;
}

static bool is_escape(struct ka_span s, size_t i, uint8_t quote)
{
	uint8_t next = i + 1 < s.len ? s.p[i + 1] : '\0';

	return s.p[i] == '\\' && (next == '\'' || next == '"' || next == '\\' || (quote == '\0' && next == ' '));
}

enum cut { CUT_END, CUT_WORD, CUT_OPEN };

static enum cut cut_word(struct ka_span *rest, struct ka_buf *out)
{
	struct ka_span s = *rest;
	uint8_t quote = '\0';
	size_t i = 0;

	while (i < s.len && ka_text_is_blank(s.p[i]))
		i++;
	if (i == s.len || s.p[i] == '#') {
		*rest = ka_span_sub(s, s.len, 0);
		return CUT_END;
	}
	for (; i < s.len && (quote != '\0' || !ka_text_is_blank(s.p[i])); i++) {
		if (is_escape(s, i, quote))
			ka_buf_char(out, (char)s.p[++i]);
		else if (quote != '\0' && s.p[i] == quote)
			quote = '\0';
		else if (quote == '\0' && (s.p[i] == '"' || s.p[i] == '\''))
			quote = s.p[i];
		else
			ka_buf_char(out, (char)s.p[i]);
	}
	*rest = ka_span_sub(s, i, s.len);
	return quote == '\0' ? CUT_WORD : CUT_OPEN;
}

bool ka_sshdline_word(struct ka_span *rest, struct ka_buf *out)
{
	return cut_word(rest, out) == CUT_WORD;
}

bool ka_sshdline_value(struct ka_span rest, char *out, size_t size)
{
	enum cut cut = CUT_WORD;
	struct ka_buf b;

	ka_buf_init(&b, out, size);
	for (size_t before = 0; cut == CUT_WORD; before = b.len) {
		if (before > 0)
			ka_buf_char(&b, ' ');
		cut = cut_word(&rest, &b);
		if (cut == CUT_END) {
			ka_buf_cut(&b, before);
		} else if (b.overflow || cut == CUT_OPEN) {
			out[0] = '\0';
			return false;
		}
	}
	return true;
}
