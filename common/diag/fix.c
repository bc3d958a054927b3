/* Writing fixes down. Every byte that came from outside is quoted or escaped here, or keeps the command away. */
#include "diag/fix.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"


static bool is_plain_shell_byte(uint8_t c)
{
	return ka_text_is_alnum(c) || (c != '\0' && strchr("_./:=@%+,-", c) != NULL);
}

void ka_fix_quote(struct ka_buf *b, struct ka_span word)
{
	bool plain = word.len > 0;

	for (size_t i = 0; i < word.len && plain; i++)
		plain = is_plain_shell_byte(word.p[i]);
	if (plain) {
		ka_buf_span(b, word);
		return;
	}
	ka_buf_char(b, '\'');
	for (size_t i = 0; i < word.len; i++)
		if (word.p[i] == '\'')
			ka_buf_text(b, "'\\''");
		else
			ka_buf_char(b, (char)word.p[i]);
	ka_buf_char(b, '\'');
}

static void forget_commands(struct ka_fix *fix)
{
	fix->commands = 0;
	fix->as_user = false;
	ka_fixop_none(&fix->ops);
	memset(fix->command, 0, sizeof(fix->command));
}

bool ka_fix_command(struct ka_fix *fix, const char *user, const char *const *argv)
{
	const char *words[KA_FIX_COMMAND_WORDS_MAX + 1] = { NULL };
	size_t n = 0;
	struct ka_buf b;

	if (user != NULL) {
		words[n++] = "runuser";
		words[n++] = "-u";
		words[n++] = user;
		words[n++] = "--";
	}
	for (; *argv != NULL && n < KA_FIX_COMMAND_WORDS_MAX; argv++)
		words[n++] = *argv;
	if (fix->commands >= KA_ARRAY_LEN(fix->command) || *argv != NULL) {
		forget_commands(fix);
		return false;
	}
	ka_buf_init_array(&b, fix->command[fix->commands]);
	for (size_t i = 0; i < n; i++) {
		struct ka_span word = ka_span_of(words[i]);

		if (!ka_text_is_plain(word)) {
			forget_commands(fix);
			return false;
		}
		if (i > 0)
			ka_buf_char(&b, ' ');
		ka_fix_quote(&b, word);
	}
	if (b.overflow) {
		forget_commands(fix);
		return false;
	}
	fix->commands++;
	fix->as_user = fix->as_user || user != NULL;
	return true;
}

bool ka_fix_copy(struct ka_fix *fix, const char *user, const char *from, const char *to)
{
	const char *const read[] = { "cat", "--", from, NULL };
	char whole[sizeof(fix->command[0])];
	struct ka_buf b;

	if (to[0] != '/' || !ka_text_is_plain(ka_span_of(to)) || !ka_fix_command(fix, user, read)) {
		forget_commands(fix);
		return false;
	}
	ka_buf_init_array(&b, whole);
	ka_buf_text(&b, fix->command[fix->commands - 1]);
	ka_buf_text(&b, " | install -D -m 644 /dev/stdin ");
	ka_fix_quote(&b, ka_span_of(to));
	if (b.overflow || !ka_span_copy(ka_buf_as_span(&b), fix->command[fix->commands - 1], sizeof(fix->command[0]))) {
		forget_commands(fix);
		return false;
	}
	return true;
}

void ka_fix_advice(struct ka_fix *fix, const char *text)
{
	struct ka_buf b;

	ka_buf_init_array(&b, fix->advice);
	ka_text_escape(&b, ka_span_of(text), 0, sizeof(fix->advice) - 1);
}

/* one placeholder of a template: what stands for it, or an empty span when the word stays */
static struct ka_span value_of(struct ka_span word, const struct ka_fix_words *words, char number[static 16])
{
	const struct { const char *name, *value; } known[] = {
		{ "USER", words->user }, { "HOME", words->home }, { "FILE", words->file }, { "DIR", words->dir },
	};
	struct ka_buf b;

	for (size_t i = 0; i < KA_ARRAY_LEN(known); i++)
		if (ka_span_is(word, known[i].name) && known[i].value != NULL)
			return ka_span_of(known[i].value);
	if (!ka_span_is(word, "LINE") || words->line == 0)
		return (struct ka_span){ NULL, 0 };
	ka_buf_init(&b, number, 16);
	ka_buf_text(&b, "line ");
	ka_buf_u64(&b, words->line);
	return ka_buf_as_span(&b);
}

void ka_fix_fill(struct ka_buf *b, const char *text, const struct ka_fix_words *words)
{
	struct ka_span rest = ka_span_of(text);

	while (rest.len > 0) {
		char number[16];
		struct ka_span value = { NULL, 0 };
		size_t n = 0;

		while (n < rest.len && ka_text_is_upper(rest.p[n]))
			n++;
		if (n > 1 && (n == rest.len || !ka_text_is_alnum(rest.p[n])))
			value = value_of(ka_span_sub(rest, 0, n), words, number);
		else if (n == 0)
			while (n < rest.len && !ka_text_is_upper(rest.p[n]))
				n++;
		if (value.len > 0)
			ka_text_escape(b, value, 0, sizeof(((struct ka_fix *)0)->advice) / 2);
		else
			ka_buf_span(b, ka_span_sub(rest, 0, n));
		rest = ka_span_sub(rest, n, rest.len);
	}
}

void ka_fix_template(struct ka_fix *fix, const char *text, const struct ka_fix_words *words)
{
	struct ka_buf b;

	ka_buf_init_array(&b, fix->advice);
	ka_fix_fill(&b, text, words);
}

/* a placeholder is a word of capitals and nothing else; so is no option and no path of a template */
static bool is_placeholder(struct ka_span word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!ka_text_is_upper(word.p[i]))
			return false;
	return word.len > 1;
}

/* one word of the template, as it stands in the command; NULL when it has no value */
static const char *command_word(struct ka_span word, const struct ka_fix_words *words, char out[static KA_FIX_TEMPLATE_WORD_MAX])
{
	const struct { const char *name, *value; } known[] = {
		{ "USER", words->user }, { "HOME", words->home }, { "FILE", words->file }, { "DIR", words->dir },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(known); i++)
		if (ka_span_is(word, known[i].name))
			return known[i].value != NULL && known[i].value[0] != '-' ? known[i].value : NULL; /* no option */
	return !is_placeholder(word) && ka_span_copy(word, out, KA_FIX_TEMPLATE_WORD_MAX) ? out : NULL;
}

bool ka_fix_template_command(struct ka_fix *fix, const char *text, const struct ka_fix_words *words)
{
	char store[KA_FIX_TEMPLATE_WORDS_MAX][KA_FIX_TEMPLATE_WORD_MAX];
	const char *argv[KA_FIX_TEMPLATE_WORDS_MAX + 1] = { NULL };
	struct ka_span rest = ka_span_of(text), word;
	size_t n = 0;

	while (ka_text_word(&rest, &word)) {
		if (ka_span_is(word, "&&")) {
			if (n == 0 || !ka_fix_command(fix, NULL, argv))
				return false;
			memset(argv, 0, sizeof(argv));
			n = 0;
			continue;
		}
		argv[n] = n < KA_FIX_TEMPLATE_WORDS_MAX ? command_word(word, words, store[n]) : NULL;
		if (argv[n++] == NULL) {
			forget_commands(fix);
			return false;
		}
	}
	return n > 0 && ka_fix_command(fix, NULL, argv);
}
