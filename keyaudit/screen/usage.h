/*
 * Complaints about a command line, the same for every verb: what was wrong, the word
 * itself, and where to read on. The whole help text would push the reason off the screen.
 */
#ifndef KA_USAGE_H
#define KA_USAGE_H

#include "keyaudit/screen/exit.h"

/**
 * ka_usage_error() - one line on standard error; the answer is KA_EXIT_USAGE
 * @verb: "log"; "" for keyaudit itself
 * @what: what is wrong, our own words
 * @word: the argument, a stranger's text, shown in quotes; NULL for none
 */
int ka_usage_error(const char *verb, const char *what, const char *word);

/** ka_usage_stray() - an argument that nobody takes: an unknown option, or one word too many; KA_EXIT_USAGE */
int ka_usage_stray(const char *verb, const char *word);

#endif
