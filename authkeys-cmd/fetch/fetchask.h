/*
 * A question in full: the source's mirrors, headers, body and token for one user, and what identifies it in the cache.
 */
#ifndef KA_FETCHASK_H
#define KA_FETCHASK_H

#include "authkeys-cmd/fetch/fetchhttp.h"
#include "authkeys-cmd/fetch/fetchjudge.h"
#include "authkeys-cmd/fetch/fetchone.h"
#include "authkeys-cmd/fetch/fetchurl.h"

struct ka_fetchask {
	const struct ka_conf_source *source;
	const char *user;
	enum ka_fetchjudge_what what;
	bool has_fp;                      /* the fingerprint is part of the question, and so of the entry's name */
	unsigned mirrors;
	unsigned first;                   /* mirrors_order = random: where to begin */
	char hash[KA_ENTRY_HEX];          /* url= of the entry */
	char url[KA_MIRRORS_MAX][KA_FETCH_URL_MAX];
	char socket[KA_MIRRORS_MAX][KA_PATH_TRUSTED_MAX];
	char host[KA_FETCH_HOST_MAX];     /* host_id, or the node's name */
	char body[KA_FETCH_BODY_MAX];
	char header_text[KA_FETCH_HEADERS_MAX][KA_FETCH_HEADER_MAX];
	const char *headers[KA_FETCH_HEADERS_MAX + 1];
	char token[KA_CONF_TEXT_MAX + KA_FETCH_TOKEN_MAX]; /* the header line */
	char line_prefix[KA_CONF_TEXT_MAX];
};

/** ka_fetchask_prepare() - expand everything, look at the files, read the token. Answers: NULL, or what is wrong with the source */
KA_MUST_CHECK const char *ka_fetchask_prepare(const struct ka_fetchone *one, struct ka_fetchask *out);

/** ka_fetchask_turn() - the mirror to ask as the @i-th, from 0 */
unsigned ka_fetchask_turn(const struct ka_fetchask *a, unsigned i);

/**
 * ka_fetchask_question() - for libcurl: ask mirror @n
 * @have: the entry whose validators go along; NULL asks for the whole body
 * @ms:   what is left of the deadline
 */
void ka_fetchask_question(const struct ka_fetchask *a, unsigned n, const struct ka_entry *have, int ms, struct ka_fetchhttp_ask *out);

/** ka_fetchask_judge() - for the judge of the answer */
void ka_fetchask_judge(const struct ka_fetchask *a, bool was_conditional, int64_t now, struct ka_fetchjudge_ask *out);

#endif
