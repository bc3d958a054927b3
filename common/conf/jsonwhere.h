/*
 * The conditions of `where`, for format = json: all of them must hold for an item.
 *
 *   where     = condition *( "&&" condition )
 *   condition = path ( "==" | "!=" ) literal            blanks around the three as one likes
 *   literal   = DQUOTE text DQUOTE | number | "true" | "false" | "null"
 *
 * A path as in conf/jsonpath.h. Text is compared byte for byte and holds no DQUOTE. Pure.
 */
#ifndef KA_CONF_JSONWHERE_H
#define KA_CONF_JSONWHERE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"

enum ka_jsonwhere_kind { KA_JSONWHERE_TEXT, KA_JSONWHERE_NUMBER, KA_JSONWHERE_TRUE, KA_JSONWHERE_FALSE, KA_JSONWHERE_NULL };

struct ka_jsonwhere_condition {
	struct ka_span path;
	bool is_not;         /* != */
	enum ka_jsonwhere_kind kind;
	struct ka_span text; /* KA_JSONWHERE_TEXT, without its quotes; borrowed, does not end in NUL */
	int64_t number;      /* KA_JSONWHERE_NUMBER */
};

struct ka_jsonwhere {
	struct ka_span rest;
	bool is_first;
	const char *wrong; /* a fragment, or NULL */
};

/** ka_jsonwhere_init() - begin at the first condition of @text; borrowed. An empty text has none */
void ka_jsonwhere_init(struct ka_jsonwhere *w, struct ka_span text);

/** ka_jsonwhere_next() - the next condition; false at the end, and when w->wrong says that it is none */
bool ka_jsonwhere_next(struct ka_jsonwhere *w, struct ka_jsonwhere_condition *out);

/** ka_jsonwhere_wrong() - what is wrong with the whole value: a fragment, or NULL; at most KA_JSONWHERE_MAX conditions */
const char *ka_jsonwhere_wrong(struct ka_span text);

#endif
