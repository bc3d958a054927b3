/* Questions and answers for the tests of the verdicts: from the name alone everybody knows what the answer must be. */
#ifndef KA_TESTS_VERDICTSAMPLE_H
#define KA_TESTS_VERDICTSAMPLE_H

#include <stdbool.h>

#include "verdict/verdictkey.h"
#include "verdict/vetanswer.h"

/** verdictsample_key() - the name of question @n */
struct ka_verdictkey verdictsample_key(unsigned n);

/** verdictsample_in_bucket() - the name of question @n, all of which stand in one bucket */
struct ka_verdictkey verdictsample_in_bucket(unsigned n);

/** verdictsample_answer() - what is true of it: ok, one of the findings, or a factor of its own */
struct ka_vetanswer verdictsample_answer(const struct ka_verdictkey *key);

bool verdictsample_is_same(const struct ka_vetanswer *a, const struct ka_vetanswer *b);

#endif
