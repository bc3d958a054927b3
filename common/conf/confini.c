/* Strict INI, one line at a time. Never guesses: what could be read in two ways is an error. */
#include "conf/confini.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

static void bad(struct ka_confini *out, const char *wrong, struct ka_span culprit)
{
	out->kind = KA_CONFINI_BAD;
	out->wrong = wrong;
	out->culprit = culprit;
}

/* bytes at the beginning that are visible ASCII or blanks, by eights: most of a file is such text */
static size_t skip_ascii(struct ka_span line)
{
	const uint64_t ones = UINT64_MAX / 255;
	uint64_t x;
	size_t i = 0;

	for (; i + sizeof(x) <= line.len; i += sizeof(x)) {
		memcpy(&x, line.p + i, sizeof(x));
		if (((x | (x + ones) | (x - ones * 0x20)) & ones * 0x80) != 0) /* one above 0x7e, or below 0x20 */
			break;
	}
	return i;
}

/* controls, broken UTF-8, and what would be invisible or move text in an editor */
static bool has_bad_bytes(struct ka_span line, struct ka_confini *out)
{
	for (size_t i = skip_ascii(line), n = 1; i < line.len; i += n) {
		uint8_t c = line.p[i];

		n = 1;
		if ((c >= 0x20 && c < 0x7f) || c == '\t')
			continue;
		n = ka_text_utf8_len(ka_span_sub(line, i, line.len), NULL);
		if (n > 0 && ka_text_is_plain(ka_span_sub(line, i, n)))
			continue;
		if (c == '\0')
			bad(out, "holds a NUL byte", (struct ka_span){ NULL, 0 });
		else if (c == '\r' && i == line.len - 1)
			bad(out, "ends in CR LF; save the file with Unix line ends", (struct ka_span){ NULL, 0 });
		else if (n == 0)
			bad(out, "is not UTF-8: ", ka_span_sub(line, i, 4));
		else
			bad(out, "holds a control or invisible character: ", ka_span_sub(line, i, n));
		return true;
	}
	return false;
}

static void parse_section(struct ka_span line, struct ka_confini *out)
{
	size_t end = ka_span_find(line, ']');
	struct ka_span inside = ka_span_sub(line, 1, end - 1), extra;

	if (end == line.len) {
		bad(out, "has no ] at the end of the section: ", line);
		return;
	}
	if (end + 1 != line.len) {
		bad(out, "has text behind the section: ", ka_span_sub(line, end + 1, line.len));
		return;
	}
	out->kind = KA_CONFINI_SECTION;
	if (!ka_text_word(&inside, &out->word))
		bad(out, "names no section: ", line);
	else if (ka_text_word(&inside, &out->arg) && ka_text_word(&inside, &extra))
		bad(out, "has too many words in the section: ", line);
}

static void parse_key(struct ka_span line, struct ka_confini *out)
{
	size_t eq = ka_span_find(line, '=');

	if (eq == line.len) {
		bad(out, "is neither \"[section]\" nor \"key = value\" nor a comment: ", line);
		return;
	}
	out->kind = KA_CONFINI_KEY;
	out->word = ka_text_trim(ka_span_sub(line, 0, eq));
	out->value = ka_text_trim(ka_span_sub(line, eq + 1, line.len));
	if (out->word.len == 0)
		bad(out, "has no key before \"=\": ", line);
}

void ka_confini_parse(struct ka_span line, struct ka_confini *out)
{
	struct ka_span text = ka_text_trim(line);

	*out = (struct ka_confini){ .kind = KA_CONFINI_NOTHING };
	if (line.len > KA_CONF_LINE_MAX) {
		bad(out, "is longer than 8192 bytes", (struct ka_span){ NULL, 0 });
		return;
	}
	if (has_bad_bytes(line, out) || text.len == 0 || text.p[0] == '#' || text.p[0] == ';')
		return;
	if (text.p != line.p)
		bad(out, "begins with a blank; lines are not indented and not continued: ", text);
	else if (text.p[0] == '[')
		parse_section(text, out);
	else
		parse_key(text, out);
}

bool ka_confini_has_bom(struct ka_span file)
{
	return ka_span_starts(file, "\xef\xbb\xbf");
}
