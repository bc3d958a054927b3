/*
 * One connection of the scripted key store, with TLS or without. Nothing here gives
 * up by itself: the client decides how long it waits.
 */
#ifndef KA_TEST_FAULTWIRE_H
#define KA_TEST_FAULTWIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ssl_st;
struct ssl_ctx_st;

struct faultwire {
	int fd;
	struct ssl_st *ssl;  /* NULL without TLS */
	uint64_t sent;       /* bytes that the kernel has taken, TLS not counted */
	bool is_broken;      /* the client has gone */
};

/** faultwire_tls() - certificate and key for a listener, and whose client certificates it demands; NULL and a message */
struct ssl_ctx_st *faultwire_tls(const char *certificate, const char *key, const char *client_ca);

/** faultwire_open() - take over @fd; with @tls shake hands. Answers: false when the client did not get so far */
bool faultwire_open(struct faultwire *w, int fd, struct ssl_ctx_st *tls);

/** faultwire_who() - "TLSv1.3 /CN=name of the client certificate", "plain" without TLS */
void faultwire_who(const struct faultwire *w, char *out, size_t size);

/** faultwire_read() - up to @size bytes; 0 at the end, or when the client has gone */
size_t faultwire_read(struct faultwire *w, void *bytes, size_t size);

/** faultwire_write() - all bytes; false when the client has gone */
bool faultwire_write(struct faultwire *w, const void *bytes, size_t len);

/** faultwire_hang() - wait until the client goes; what it still says is thrown away */
void faultwire_hang(struct faultwire *w);

/** faultwire_reset() - end with a TCP reset; faultwire_close() - in order, with TLS's own word of farewell */
void faultwire_reset(struct faultwire *w);
void faultwire_close(struct faultwire *w);

#endif
