/*
 * Other forms of a line of the trail: what other programs eat without a parser of their own. Pure over one parsed event,
 * which may come from anywhere: every text is escaped for the form it goes into, numbers are printed from numbers and
 * addresses from parsed addresses.
 *
 *   ecs   the line as it stands in the trail
 *   ocsf  OCSF 1.8: class 3002 (Authentication) for logins, the base event for everything else; JSON Lines
 *   cef   Common Event Format, version 0
 *   kv    the text line of syslog
 */
#ifndef KA_FORM_H
#define KA_FORM_H

#include <stdbool.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/err.h"

enum ka_form { KA_FORM_ECS, KA_FORM_OCSF, KA_FORM_CEF, KA_FORM_KV, KA_FORM_COUNT };

/** ka_form_word() - "ecs" ...; the order is that of the words of [audit] format */
const char *ka_form_word(enum ka_form form);

/** ka_form_parse() - by its word; false when there is none of that name */
bool ka_form_parse(const char *word, enum ka_form *out);

/**
 * ka_form_write() - append one event in that form, one line with its newline
 * @raw:   the line as it stands in the trail, without its newline; what ecs is. ka_text_is_plain()
 * @event: the same, parsed
 * @out:   KA_FORM_LINE_MAX bytes hold every event of a trail
 *
 * Errors: KA_ERR_SYNTAX - no event of ours: without a time or an action; nothing was written.
 *         KA_ERR_LIMIT - it does not fit; nothing was written.
 */
KA_MUST_CHECK enum ka_err ka_form_write(enum ka_form form, struct ka_span raw, const json_t *event, struct ka_buf *out);

#endif
