/* Values of options. The last one wins, as with getopt_long(3). */
#include "keyaudit/screen/words.h"

#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "keyaudit/screen/usage.h"

#include "base/poison.h"

const char *ka_words_value(int argc, char **argv, int *i, const char *name, bool *missing)
{
	struct ka_span arg = ka_span_of(argv[*i]);
	size_t n = ka_span_starts(arg, "--") ? ka_span_find(arg, '=') : arg.len;

	*missing = false;
	if (!ka_span_is(ka_span_sub(arg, 0, n), name))
		return NULL;
	if (n < arg.len)
		return argv[*i] + n + 1;
	*missing = *i + 1 >= argc;
	return *missing ? NULL : argv[++*i];
}

int ka_words_take(const char *verb, const struct ka_word *words, size_t count, int argc, char **argv, int *i)
{
	for (size_t k = 0; k < count; k++) {
		bool missing;
		const char *value = ka_words_value(argc, argv, i, words[k].name, &missing);

		if (missing)
			return ka_usage_error(verb, "a value is missing behind", argv[*i]);
		if (value != NULL) {
			*words[k].value = value;
			return KA_EXIT_FINE;
		}
	}
	return ka_usage_stray(verb, argv[*i]);
}

int ka_words_read(const char *verb, const char *usage, const struct ka_word *words, size_t count, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int status;

		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			fputs(usage, stdout);
			return KA_EXIT_FINE;
		}
		status = ka_words_take(verb, words, count, argc, argv, &i);
		if (status != KA_EXIT_FINE)
			return status;
	}
	return -1;
}
