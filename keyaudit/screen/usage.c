/* Complaints about a command line. Prints one line and decides nothing. */
#include "keyaudit/screen/usage.h"

#include <stdio.h>

#include "keyaudit/screen/out_text.h"

#include "base/poison.h"

int ka_usage_error(const char *verb, const char *what, const char *word)
{
	const char *blank = verb[0] != '\0' ? " " : "";
	struct ka_out err;

	ka_out_init(&err, stderr, KA_OUT_AUTO);
	fprintf(stderr, "keyaudit%s%s: %s", blank, verb, what);
	if (word != NULL) {
		fputs(" \"", stderr);
		ka_out_escaped(&err, KA_OUT_PLAIN, word, 100);
		fputs("\"", stderr);
	}
	fprintf(stderr, "; see keyaudit%s%s --help\n", blank, verb);
	return KA_EXIT_USAGE;
}

int ka_usage_stray(const char *verb, const char *word)
{
	return ka_usage_error(verb, word[0] == '-' && word[1] != '\0' ? "no such option:" : "one argument too many:", word);
}
