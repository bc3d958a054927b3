/*
 * The grammar that records, notes and cache entries share: words "name=value", in a
 * fixed order, values %XX-escaped. Libc only.
 */
#ifndef KA_BASE_FIELDS_H
#define KA_BASE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"

/* ka_fields_put_*() - append " name=value" */
void ka_fields_put_text(struct ka_buf *b, const char *name, const char *text);
void ka_fields_put_i64(struct ka_buf *b, const char *name, int64_t v);

/* a line being read, word by word; `failed` is sticky */
struct ka_fields {
	struct ka_span rest;
	bool failed;
};

/** ka_fields_init() - begin behind the words @head ("ka1 attempt"); false when the line does not begin so */
bool ka_fields_init(struct ka_fields *f, struct ka_span line, const char *head);

/** ka_fields_text() - the next field must be @name; unescape it into @out. Fails when it does not fit */
void ka_fields_text(struct ka_fields *f, const char *name, char *out, size_t size);

/** ka_fields_i64() - the same for a number 0 .. @max */
int64_t ka_fields_i64(struct ka_fields *f, const char *name, int64_t max);

/** ka_fields_raw() - the next field must be @name; its value as written */
struct ka_span ka_fields_raw(struct ka_fields *f, const char *name);

/** ka_fields_end() - true when nothing failed and nothing is left */
bool ka_fields_end(const struct ka_fields *f);

#endif
