/*
 * The path language of `items`, `key` and the like, for format = json:
 *
 *   path  = [ "$" ] step*          "$": from the document; else `items` from the document, all others from the item
 *   step  = "." name               the member of that name; the first step may leave out the dot
 *         | "." DQUOTE text DQUOTE the same for a name with any other characters, DQUOTE excepted
 *         | ".*"                   every value of an object
 *         | "[*]"                  every value of an array
 *         | "[" digits "]"         one value of an array, counted from 0
 *   name  = letters, digits, "_" and "-"
 *
 * The empty path means the value itself. Pure; knows nothing of JSON's own text.
 */
#ifndef KA_CONF_JSONPATH_H
#define KA_CONF_JSONPATH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"

enum ka_jsonpath_kind { KA_JSONPATH_NAME, KA_JSONPATH_VALUES, KA_JSONPATH_ITEMS, KA_JSONPATH_INDEX };

struct ka_jsonpath_step {
	enum ka_jsonpath_kind kind;
	struct ka_span name; /* KA_JSONPATH_NAME, without its quotes; borrowed, does not end in NUL */
	uint32_t index;      /* KA_JSONPATH_INDEX */
};

struct ka_jsonpath {
	struct ka_span rest;
	bool from_root, is_first;
	const char *wrong; /* a fragment that says what is wrong, or NULL */
};

/** ka_jsonpath_init() - begin at the first step of @text; borrowed */
void ka_jsonpath_init(struct ka_jsonpath *p, struct ka_span text);

/** ka_jsonpath_next() - the next step; false at the end, and when p->wrong says that it is none */
bool ka_jsonpath_next(struct ka_jsonpath *p, struct ka_jsonpath_step *out);

/** ka_jsonpath_wrong() - what is wrong with the whole path: a fragment, or NULL; at most KA_JSONPATH_STEPS_MAX steps */
const char *ka_jsonpath_wrong(struct ka_span text);

#endif
