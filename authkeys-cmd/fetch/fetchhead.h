/*
 * What a response's header says to us, one field at a time. Hostile bytes: what cannot be understood is as if it were
 * not there. Pure. Source: RFC 9110 (fields, dates, Retry-After), RFC 9111 5.2 (Cache-Control), RFC 5861, RFC 8288 (Link).
 */
#ifndef KA_FETCHHEAD_H
#define KA_FETCHHEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/limits.h"

/* stands for an address of a next page that is too long: no address, so that nobody takes the pages before it for all */
#define KA_FETCHHEAD_NOWHERE "<"

struct ka_fetchhead {
	int64_t max_age, swr, sie;   /* seconds; -1: not given */
	int64_t age;                 /* seconds that the answer lay in somebody's cache; 0: none said so */
	int64_t retry_after;         /* seconds from now; -1: not given */
	bool no_store, is_encoded;   /* is_encoded: a Content-Encoding that is not identity */
	bool is_exhausted;           /* a rate-limit field says that nothing remains */
	char etag[KA_ENTRY_ETAG_MAX], modified[KA_ENTRY_DATE_MAX];
	char next[KA_FETCH_URL_MAX]; /* Link: rel="next"; "" when there is none */
};

/** ka_fetchhead_init() - nothing given */
void ka_fetchhead_init(struct ka_fetchhead *h);

/**
 * ka_fetchhead_line() - take one header line
 * @line: as it came, with or without CR LF; a status line begins anew (after a "100 Continue")
 * @now:  seconds since 1970 UTC, for dates
 */
void ka_fetchhead_line(struct ka_fetchhead *h, struct ka_span line, int64_t now);

/** ka_fetchhead_date() - an IMF-fixdate ("Sun, 06 Nov 1994 08:49:37 GMT") in seconds since 1970; -1 when it is none */
int64_t ka_fetchhead_date(struct ka_span s);

#endif
