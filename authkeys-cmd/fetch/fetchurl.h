/* From the configured URL, header or body to one user's: the substitutions. Pure. */
#ifndef KA_FETCHURL_H
#define KA_FETCHURL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/cursor.h"

struct ka_fetchurl_who {
	const char *user; /* within the grammar of base/username.h, or "" for a list that is nobody's */
	const char *host; /* host_id */
	const char *fp;   /* the offered key's fingerprint, or "" */
	const char *key;  /* the offered key in base64, or "" */
};

/**
 * ka_fetchurl_expand() - write @text with %u, %n, %f, %k (each percent-encoded, RFC 3986 2.1) and %% expanded
 *
 * Answers: false at any other %, at %f or %k without an offered key, or when @out has no room.
 */
bool ka_fetchurl_expand(struct ka_span text, const struct ka_fetchurl_who *who, struct ka_buf *out);

/**
 * ka_fetchurl_body() - the same for a request's body or header: values stand as they are but for the characters that JSON
 * escapes, and %b(TEXT) is the base64 of TEXT, in which the others stand plainly
 */
bool ka_fetchurl_body(struct ka_span text, const struct ka_fetchurl_who *who, struct ka_buf *out);

/** ka_fetchurl_same_origin() - whether two URLs have the same scheme, host and port, literally */
bool ka_fetchurl_same_origin(struct ka_span a, struct ka_span b);

/** ka_fetchurl_find_origin() - whether @url is of the origin of one of @urls, blank between them; @which, from 0 */
bool ka_fetchurl_find_origin(struct ka_span url, struct ka_span urls, unsigned *which);

/**
 * ka_fetchurl_next() - where a link of the page @from leads to
 * @link: an absolute URL of the same origin, or a path from that origin's root
 *
 * Answers: false for any other link, for a character that no URL holds, or when @out has no room.
 */
bool ka_fetchurl_next(struct ka_span from, struct ka_span link, struct ka_buf *out);

#endif
