/* The words of a verb that take a value: "--name VALUE", "--name=VALUE" or "-c VALUE". */
#ifndef KA_WORDS_H
#define KA_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct ka_word {
	const char *name;   /* with its dashes */
	const char **value; /* where it goes; it borrows from argv */
};

/**
 * ka_words_value() - an option's value, from "--name=value" or from the next argument, which is then used up
 * @i: the argument; moved on when the next one is taken
 *
 * Answers: NULL when argv[*i] is not @name; *missing is set when it is, and has no value.
 */
const char *ka_words_value(int argc, char **argv, int *i, const char *name, bool *missing);

/** ka_words_take() - take argv[*i] and its value by a table of @count. Answers: KA_EXIT_FINE, or what the complaint about it answers */
int ka_words_take(const char *verb, const struct ka_word *words, size_t count, int argc, char **argv, int *i);

/**
 * ka_words_read() - all of them, for a verb without other words
 * @usage: what --help and -h print
 *
 * Answers: -1: go on; else the exit status.
 */
int ka_words_read(const char *verb, const char *usage, const struct ka_word *words, size_t count, int argc, char **argv);

#endif
