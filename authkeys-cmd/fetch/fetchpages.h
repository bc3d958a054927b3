/*
 * next = link: the pages behind the first (RFC 8288). All or nothing: a list that was cut short says that keys are gone which
 * are not. Pages come from where the first one came from, and from nowhere else.
 */
#ifndef KA_FETCHPAGES_H
#define KA_FETCHPAGES_H

#include <stdint.h>

#include "authkeys-cmd/fetch/fetchhttp.h"
#include "authkeys-cmd/fetch/fetchjudge.h"
#include "base/buf.h"

struct ka_fetchpages {
	struct ka_fetchhttp *http;
	const struct ka_fetchhttp_ask *first;    /* the question of the first page; the others are asked without validators */
	const struct ka_fetchjudge_ask *judge;
	int64_t until_ms;                        /* ka_clock_boot_ms() at which all of it must be there */
	unsigned asked;                          /* pages asked for, the first one counted */
	unsigned status;                         /* of the page that ended it */
};

/**
 * ka_fetchpages() - ask for the others and append what they say to @body
 * @p:    asked and status are set
 * @head: of the first page
 * @j:    what the first page came to: keys or none; serial is raised
 *
 * Answers: KA_REASON_NONE; store.no-keys - no page holds a key; store.redirect - a link that leads to another place;
 * store.too-large - more than max_pages, or too many keys; otherwise a page did not come as it should, and the whole answer
 * counts as not there: store.rate-limited, store.timeout and the like, for anything else store.unreachable.
 */
enum ka_reason ka_fetchpages(struct ka_fetchpages *p, const struct ka_fetchhead *head, struct ka_buf *body, struct ka_fetchjudge *j);

#endif
