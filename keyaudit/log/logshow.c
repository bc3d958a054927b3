/* Walking one parsed line. */
#include "keyaudit/log/logshow.h"

#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"
#include "keyaudit/log/logquery.h"

#include "base/poison.h"

#define NAME_WIDTH 26 /* that of keyaudit.key.fingerprint, and two blanks */

static void print_text(const struct ka_out *o, enum ka_out_colour c, const char *text)
{
	/* what is plain was escaped by the writer: doing it twice would double its backslashes */
	if (ka_text_is_plain(ka_span_of(text)))
		ka_out_text(o, c, text);
	else
		ka_out_escaped(o, c, text, KA_EVENT_LINE_MAX);
}

static void print_name(const struct ka_out *o, const char *name)
{
	struct ka_span s = ka_span_of(name);

	print_text(o, KA_OUT_DIM, name);
	for (size_t n = s.len; n + 1 < NAME_WIDTH; n++)
		fputc(' ', o->to);
	fputc(' ', o->to);
}

static void print_leaf(const struct ka_out *o, const char *name, const json_t *value)
{
	print_name(o, name);
	if (json_is_string(value))
		print_text(o, strcmp(name, "keyaudit.fix") == 0 ? KA_OUT_COMMAND : KA_OUT_PLAIN, json_string_value(value));
	else if (json_is_integer(value))
		fprintf(o->to, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		fprintf(o->to, "%g", json_real_value(value));
	else if (json_is_null(value))
		fputs("null", o->to);
	else
		fputs(json_is_true(value) ? "true" : json_is_false(value) ? "false" : "...", o->to);
	fputc('\n', o->to);
}

/* What is an array is shown as several lines of one name. */
static void print_value(const struct ka_out *o, const char *name, json_t *value, unsigned depth)
{
	const char *key;
	json_t *inner;
	size_t i;

	if (depth < KA_LOGSHOW_DEPTH_MAX && json_is_array(value)) {
		json_array_foreach(value, i, inner)
			print_value(o, name, inner, depth + 1);
		return;
	}
	if (depth >= KA_LOGSHOW_DEPTH_MAX || !json_is_object(value)) {
		print_leaf(o, name, value);
		return;
	}
	json_object_foreach(value, key, inner) {
		char path[KA_LOGSHOW_NAME_MAX];
		struct ka_buf b;

		ka_buf_init_array(&b, path);
		ka_buf_text(&b, name);
		ka_buf_text(&b, name[0] != '\0' ? "." : "");
		ka_buf_text(&b, key);
		print_value(o, b.overflow ? "..." : path, inner, depth + 1);
	}
}

void ka_logshow_print(const struct ka_out *o, json_t *event)
{
	const char *sentence = ka_logquery_at(event, "message");

	if (sentence[0] != '\0') {
		print_text(o, KA_OUT_STRONG, sentence);
		fputs("\n\n", o->to);
	}
	print_value(o, "", event, 0);
}
