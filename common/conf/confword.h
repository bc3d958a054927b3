/* Values that are words of a fixed list. A list is one text, "root\0user\0", so that no table of pointers is needed. Pure. */
#ifndef KA_CONF_CONFWORD_H
#define KA_CONF_CONFWORD_H

#include "conf/conferr.h"
#include "conf/confrow.h"

/** ka_confword_find() - is @value one of @words, and which, counted from 0 */
bool ka_confword_find(struct ka_span value, const char *words, unsigned *out);

/** ka_confword_at() - word number @i of @words, which has it */
const char *ka_confword_at(const char *words, unsigned i);

/** ka_confword_not_one_of() - say that @value is none of @words, and which was probably meant; always false */
bool ka_confword_not_one_of(struct ka_conferr *e, struct ka_span value, const char *words);

/**
 * ka_confword_set() - the field of a row with fixed words
 *
 * Answers: false, with @e filled, when @value is none of them.
 */
bool ka_confword_set(void *field, const struct ka_confrow *row, struct ka_span value, struct ka_conferr *e);

/** ka_confword_show() - the word that stands in the field of such a row */
const char *ka_confword_show(const void *field, const struct ka_confrow *row);

/** ka_confword_is() - a row with fixed words */
bool ka_confword_is(const struct ka_confrow *row);

#endif
