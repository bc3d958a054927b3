/*
 * One HTTP exchange through libcurl: what was asked, what came back. Nothing here knows users, keys or the cache.
 *
 * MUST: count the bytes itself and stop (libcurl's own limit does not stop a running transfer before 8.4); follow no
 * redirect; take no proxy, password or cookie from anywhere but the configuration; speak no protocol but https, and http
 * on a unix socket or loopback. Source: libcurl-errors(3), CURLOPT_*(3).
 */
#ifndef KA_FETCHHTTP_H
#define KA_FETCHHTTP_H

#include <curl/curl.h>

#include "authkeys-cmd/fetch/fetchhead.h"
#include "base/err.h"
#include "conf/conf.h"
#include "reason/reason.h"

/* a connection that may be used again for the next question to the same store */
struct ka_fetchhttp {
	CURL *curl;
};

struct ka_fetchhttp_ask {
	const struct ka_conf_source *source; /* TLS, token, headers, proxy */
	const char *url;                     /* expanded */
	const char *unix_socket;             /* "" for none */
	const char *body;                    /* of a POST, expanded */
	const char *accept;
	bool is_post;
	const char *const *headers;          /* expanded "Name: value", NULL-terminated */
	const char *token;                   /* the token's header line, or "" */
	const char *etag, *modified;         /* ask conditionally; "" for not */
	int timeout_ms;                      /* name resolution to last byte */
	size_t max;                          /* bytes of the body */
	bool (*each)(void *ctx, const void *bytes, size_t n); /* gets the body of a 200 as it comes, false ends it; NULL: it is kept */
	void *ctx;
};

struct ka_fetchhttp_answer {
	enum ka_reason reason; /* KA_REASON_NONE when a whole response arrived; else store.unreachable, .timeout, .tls, .too-large */
	unsigned status;       /* also of a response that broke off; the body of anything but 200 is not kept */
	struct ka_fetchhead head;
	char *body;            /* NUL-terminated; ka_fetchhttp_release(). Empty when @each got it */
	size_t len;
};

/** ka_fetchhttp_open() - once per process; KA_ERR_NOMEM when libcurl cannot begin */
KA_MUST_CHECK enum ka_err ka_fetchhttp_open(struct ka_fetchhttp *h);
void ka_fetchhttp_close(struct ka_fetchhttp *h);

/**
 * ka_fetchhttp_ask() - ask and wait
 * @out: always set; what went wrong with the exchange is an answer
 *
 * Errors: KA_ERR_NOMEM; KA_ERR_SYNTAX when libcurl does not take an option (a file of the configuration is unusable).
 */
KA_MUST_CHECK enum ka_err ka_fetchhttp_ask(struct ka_fetchhttp *h, const struct ka_fetchhttp_ask *ask, int64_t now,
					   struct ka_fetchhttp_answer *out);

void ka_fetchhttp_release(struct ka_fetchhttp_answer *a);

#endif
