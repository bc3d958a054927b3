/*
 * Format `json`: from a store's JSON to lines of keys, by configuration alone. All or nothing: what cannot be read as the
 * configuration says is no answer at all, never "no keys".
 *
 * MUST: accept no document with a name twice in one object; bound depth, items and lengths; skip only what the
 * configuration says to skip (where, expires) and null where a key is expected. Source: RFC 8259; docs/store-protocol.md.
 */
#ifndef KA_FETCHJSON_H
#define KA_FETCHJSON_H

#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "conf/conf.h"
#include "reason/reason.h"

/**
 * ka_fetchjson_map() - map one document
 * @s:      items, items_absent, key, decode, split_lines, key_options, expires, expires_unit, where, label, serial
 * @now:    UTC seconds; an item whose expiry has passed is skipped
 * @out:    lines "[options ]KEY[ LABEL]" with LF are appended; with `label` each ends in one word of base/label.h
 * @serial: raised to the document's, when it has a higher one
 *
 * Answers: KA_REASON_NONE; store.no-keys - nothing was appended: an empty list, or an absent one where the configuration says
 *          so; store.bad-answer; store.too-large; internal.error when there is no memory. Whether the lines are keys is
 *          fetchlines.h's business.
 */
enum ka_reason ka_fetchjson_map(const struct ka_conf_source *s, struct ka_span body, int64_t now, struct ka_buf *out, int64_t *serial);

#endif
