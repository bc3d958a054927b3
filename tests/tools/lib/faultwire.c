/* Bytes of one connection. TLS is OpenSSL's, blocking: there is a process for each connection. */
#include "tests/tools/lib/faultwire.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/poison.h"

struct ssl_ctx_st *faultwire_tls(const char *certificate, const char *key, const char *client_ca)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());

	if (tls == NULL || SSL_CTX_use_certificate_chain_file(tls, certificate) != 1 ||
	    SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1 ||
	    (client_ca != NULL && SSL_CTX_load_verify_locations(tls, client_ca, NULL) != 1)) {
		ERR_print_errors_fp(stderr);
		SSL_CTX_free(tls);
		return NULL;
	}
	if (client_ca != NULL)
		SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	return tls;
}

bool faultwire_open(struct faultwire *w, int fd, struct ssl_ctx_st *tls)
{
	*w = (struct faultwire){ .fd = fd };
	if (tls == NULL)
		return true;
	w->ssl = SSL_new(tls);
	return w->ssl != NULL && SSL_set_fd(w->ssl, fd) == 1 && SSL_accept(w->ssl) == 1;
}

void faultwire_who(const struct faultwire *w, char *out, size_t size)
{
	char name[256] = "-";
	X509 *client;

	snprintf(out, size, "plain");
	if (w->ssl == NULL)
		return;
	client = SSL_get_peer_certificate(w->ssl);
	if (client != NULL)
		X509_NAME_oneline(X509_get_subject_name(client), name, sizeof(name));
	X509_free(client);
	snprintf(out, size, "%s %s", SSL_get_version(w->ssl), name);
}

size_t faultwire_read(struct faultwire *w, void *bytes, size_t size)
{
	ssize_t n = w->ssl != NULL ? SSL_read(w->ssl, bytes, (int)size) : read(w->fd, bytes, size);

	if (n <= 0)
		w->is_broken = true;
	return n > 0 ? (size_t)n : 0;
}

bool faultwire_write(struct faultwire *w, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len > 0 && !w->is_broken) {
		int part = len < 16384 ? (int)len : 16384;
		ssize_t n = w->ssl != NULL ? SSL_write(w->ssl, p, part) : send(w->fd, p, (size_t)part, MSG_NOSIGNAL);

		if (n <= 0) {
			w->is_broken = true;
			break;
		}
		w->sent += (uint64_t)n;
		p += n;
		len -= (size_t)n;
	}
	return !w->is_broken;
}

void faultwire_hang(struct faultwire *w)
{
	char rest[4096];

	/* below TLS: nothing more is said or understood */
	while (read(w->fd, rest, sizeof(rest)) > 0)
		;
}

void faultwire_reset(struct faultwire *w)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(w->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(w->fd);
}

void faultwire_close(struct faultwire *w)
{
	if (w->ssl != NULL)
		SSL_shutdown(w->ssl);
	shutdown(w->fd, SHUT_WR);
	/* unread bytes would turn the close into a reset */
	faultwire_hang(w);
	close(w->fd);
}
