/* Following a path of conf/jsonpath.h through a JSON value: every value it leads to. */
#ifndef KA_FETCHJSONWALK_H
#define KA_FETCHJSONWALK_H

#include <jansson.h>
#include <stddef.h>

#include "base/cursor.h"
#include "base/limits.h"

enum ka_fetchjsonwalk {
	KA_FETCHJSONWALK_OK,     /* list has what it leads to; maybe nothing: an empty array */
	KA_FETCHJSONWALK_ABSENT, /* a name or an index that is not there */
	KA_FETCHJSONWALK_NULL,   /* null where there should be a list or an object */
	KA_FETCHJSONWALK_BAD,    /* a step that this type of value does not have */
	KA_FETCHJSONWALK_TOO_MANY,
};

/* the caller's room; values are borrowed from the document */
struct ka_fetchjsonwalk_list {
	const json_t **list;
	size_t count, room;
};

/**
 * ka_fetchjsonwalk() - follow @path
 * @root: the document, for a path that begins with "$"; @value: where the others begin
 * @out:  added to
 *
 * A path with [*] or .* is absent when one of its branches is: all or nothing.
 */
enum ka_fetchjsonwalk ka_fetchjsonwalk(const json_t *root, const json_t *value, struct ka_span path, struct ka_fetchjsonwalk_list *out);

/**
 * ka_fetchjsonwalk_one() - the one value that @path leads to; NULL when it is absent, null, or the path is ""
 *
 * Answers: false when there are several, or the path does not fit the document: then nobody can say what was meant.
 */
bool ka_fetchjsonwalk_one(const json_t *root, const json_t *value, struct ka_span path, const json_t **out);

#endif
