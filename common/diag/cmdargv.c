/* From the line of sshd_config to the arguments of its command. Values go into words, never words into values. */
#include "diag/cmdargv.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

#include "base/poison.h"

/* sshd makes these three of a key that it has read: nothing else can stand there */
static bool is_of_key(const char *text)
{
	for (size_t i = 0; text[i] != '\0'; i++)
		if (!ka_text_is_alnum((uint8_t)text[i]) && strchr("+/=:@._-", text[i]) == NULL)
			return false;
	return text[0] != '-';
}

static bool put_token(char token, const struct ka_cmdargv_values *v, struct ka_buf *b)
{
	const struct {
		char token;
		bool is_of_key;
		const char *value;
	} known[] = {
		{ '%', false, "%" },    { 'u', false, v->user }, { 'U', false, v->uid }, { 'h', false, v->home },
		{ 't', true, v->type }, { 'k', true, v->key },   { 'f', true, v->fp },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(known); i++) {
		if (known[i].token != token)
			continue;
		if (known[i].value == NULL || known[i].value[0] == '\0' || (known[i].is_of_key && !is_of_key(known[i].value)))
			return false;
		ka_buf_text(b, known[i].value);
		return true;
	}
	return false;
}

static bool expand(const char *word, const struct ka_cmdargv_values *v, struct ka_buf *b)
{
	for (; *word != '\0'; word++)
		if (*word != '%')
			ka_buf_char(b, *word);
		else if (!put_token(*++word, v, b))
			return false; /* at the end too: there the word's NUL is the token */
	return true;
}

/* behind a backslash these stand for themselves; any other one keeps it */
static bool is_escaped(const char *p, char quote)
{
	return p[0] == '\\' && p[1] != '\0' && (strchr("'\"\\", p[1]) != NULL || (quote == '\0' && p[1] == ' '));
}

/* one word off the front of *@p; false at an open quote */
static bool take_word(const char **p, struct ka_buf *word)
{
	const char *s = *p;
	char quote = '\0';

	for (; *s != '\0' && (quote != '\0' || (*s != ' ' && *s != '\t')); s++) {
		if (is_escaped(s, quote))
			ka_buf_char(word, *++s);
		else if (*s == '\\')
			ka_buf_char(word, *s);
		else if (quote == '\0' && (*s == '"' || *s == '\''))
			quote = *s;
		else if (quote != '\0' && *s == quote)
			quote = '\0';
		else
			ka_buf_char(word, *s);
	}
	ka_buf_char(word, '\0');
	*p = s;
	return quote == '\0' && ka_buf_check(word) == KA_ERR_OK;
}

/* the next argument begins here */
static bool add(struct ka_cmdargv *out, size_t *n, const struct ka_buf *b)
{
	if (*n == KA_SOURCE_COMMAND_WORDS_MAX || b->len == sizeof(out->text))
		return false;
	out->argv[(*n)++] = out->text + b->len;
	return true;
}

bool ka_cmdargv_make(const char *command, const struct ka_cmdargv_values *values, struct ka_cmdargv *out)
{
	char text[KA_TEXT_PATH_MAX];
	struct ka_buf b, word;
	size_t n = 0;

	ka_buf_init_array(&b, out->text);
	for (;;) {
		while (*command == ' ' || *command == '\t')
			command++;
		if (*command == '\0')
			break;
		ka_buf_init_array(&word, text);
		if (!take_word(&command, &word) || !add(out, &n, &b))
			return false;
		if (n == 1)
			ka_buf_text(&b, text); /* the program itself: as it stands there */
		else if (!expand(text, values, &b))
			return false;
		ka_buf_char(&b, '\0');
	}
	if (n == 1) { /* no argument at all: the name alone, as sshd has always done */
		if (values->user == NULL || !add(out, &n, &b))
			return false;
		ka_buf_text(&b, values->user);
		ka_buf_char(&b, '\0');
	}
	out->argv[n] = NULL;
	return n > 0 && ka_buf_check(&b) == KA_ERR_OK;
}
