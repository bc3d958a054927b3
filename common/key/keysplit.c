/* Splits a line into its parts. Spans only; what the parts mean is judged elsewhere. */
#include "key/keysplit.h"

#include "base/text.h"
#include "key/keyopts.h"
#include "key/keytype.h"

#include "base/poison.h"

static size_t skip_blanks(struct ka_span line, size_t at)
{
	while (at < line.len && ka_text_is_blank(line.p[at]))
		at++;
	return at;
}

/* the word at or behind @from; empty at the end of the line */
static struct ka_span word_from(struct ka_span line, size_t from)
{
	size_t at = skip_blanks(line, from), end = at;

	while (end < line.len && !ka_text_is_blank(line.p[end]))
		end++;
	return at < line.len ? ka_span_sub(line, at, end - at) : (struct ka_span){ line.p + line.len, 0 };
}

static size_t offset_of(struct ka_span line, struct ka_span part)
{
	return (size_t)(part.p - line.p);
}

static struct ka_span word_behind(struct ka_span line, struct ka_span word)
{
	return word_from(line, offset_of(line, word) + word.len);
}

/* up to the first blank outside quotes, as sshd skips options */
static struct ka_span option_word(struct ka_span line, size_t from, struct ka_keysplit *out)
{
	size_t at = from;

	out->is_open = false;
	for (; at < line.len && (out->is_open || !ka_text_is_blank(line.p[at])); at++) {
		if (line.p[at] == '\\' && at + 1 < line.len && line.p[at + 1] == '"') {
			at++;
		} else if (line.p[at] == '"') {
			out->is_open = !out->is_open;
			out->open_at = at;
		}
	}
	return ka_span_sub(line, from, at - from);
}

static bool is_type(struct ka_span word)
{
	return ka_keytype_find(word, NULL) != NULL || ka_keytype_is_signature_name(word);
}

static bool is_blob(struct ka_span word)
{
	return ka_span_starts(word, "AAAA");
}

static bool is_options(struct ka_span word)
{
	enum ka_keyopt opt;
	bool is_no;

	return ka_span_find(word, '"') < word.len || ka_span_find(word, '=') < word.len ||
	       ka_span_find(word, ',') < word.len || ka_keyopts_lookup(word, &opt, &is_no);
}

/* first word that names a type, from @word on; empty when there is none */
static struct ka_span find_type(struct ka_span line, struct ka_span word)
{
	while (word.len > 0 && !is_type(word))
		word = word_behind(line, word);
	return word;
}

/* the line begins with neither type nor base64: options, or a type that nobody knows */
static void split_strange(struct ka_span line, struct ka_span first, struct ka_keysplit *out)
{
	struct ka_span options = option_word(line, offset_of(line, first), out);
	struct ka_span second = word_behind(line, options), type;

	out->options = options;
	out->type = find_type(line, out->is_open ? first : second);
	if (out->is_open || (out->type.len > 0 && out->type.p == second.p))
		return;
	if (is_blob(second)) { /* one word and the base64: is the word options or a type? */
		out->type = is_options(options) ? (struct ka_span){ second.p, 0 } : options;
		out->options.len = is_options(options) ? options.len : 0;
		return;
	}
	type = out->type;
	if (type.len > 0 || is_options(options)) {
		out->type = type.len > 0 ? type : second;
		out->has_blank = type.len > 0 || is_options(second);
		out->blank_at = offset_of(line, options) + options.len;
	} else if (is_blob(word_behind(line, second))) {
		out->type = second;
	} else {
		out->type = first;
		out->options.len = 0;
	}
}

void ka_keysplit_line(struct ka_span line, struct ka_keysplit *out)
{
	struct ka_span first = word_from(line, 0);

	*out = (struct ka_keysplit){ .options = { first.p, 0 } };
	if (is_type(first))
		out->type = first;
	else if (is_blob(first))
		out->type = (struct ka_span){ first.p, 0 };
	else
		split_strange(line, first, out);
	out->base64 = word_behind(line, out->type);
	out->comment = word_behind(line, out->base64);
	if (out->comment.len > 0)
		out->comment = ka_text_trim(ka_span_sub(line, offset_of(line, out->comment), line.len));
}
