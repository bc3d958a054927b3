/* What is wrong with a word of a list, or with a value that is taken as it stands, by the type of its row. Pure. */
#ifndef KA_CONF_CONFODD_H
#define KA_CONF_CONFODD_H

#include "base/cursor.h"
#include "conf/confrow.h"

/** ka_confodd_word() - word number @i of the list, from 0; NULL when it is right, else a fragment to stand behind it */
const char *ka_confodd_word(const struct ka_confrow *row, struct ka_span word, size_t i);

/** ka_confodd_value() - a whole value; the same, and @culprit is the part that it is about */
const char *ka_confodd_value(const struct ka_confrow *row, struct ka_span value, struct ka_span *culprit);

/** ka_confodd_path() - an absolute path of one file, nothing expanded */
const char *ka_confodd_path(struct ka_span path);

#endif
