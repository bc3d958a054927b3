/*
 * One file from one address onto a descriptor: for keyaudit blocklist update. Nothing of it is believed here, or kept.
 */
#ifndef KA_FETCHDOWNLOAD_H
#define KA_FETCHDOWNLOAD_H

#include <stdbool.h>
#include <stdint.h>

struct ka_fetchdownload {
	const char *url;     /* ka_fetchdownload_is_url() */
	const char *ca_file; /* "" for the system's */
	const char *pins;    /* blank-separated "sha256//BASE64", "" for none */
	uint64_t max;        /* bytes; more is an error */
};

/** ka_fetchdownload_is_url() - https, or http to this very host; nothing is substituted, so a % has no place in it */
bool ka_fetchdownload_is_url(const char *url);

/**
 * ka_fetchdownload() - ask, and write the body to @out_fd as it comes
 *
 * Answers: the exit status: 0 all of it was written; 1 not, and one line on standard error says why. What was written before
 *          that is worth nothing. No redirect is followed. At most KA_FETCH_DOWNLOAD_MS.
 */
int ka_fetchdownload(const struct ka_fetchdownload *d, int out_fd);

#endif
