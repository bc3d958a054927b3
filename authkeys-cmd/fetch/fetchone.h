/*
 * One entry, from the question to the cache: lock, what lies there, mirrors in order, answer, and only then the disk.
 */
#ifndef KA_FETCHONE_H
#define KA_FETCHONE_H

#include <stdbool.h>

#include "authkeys-cmd/fetch/fetchhttp.h"
#include "conf/conf.h"
#include "store/lasttry.h"

/* what lies in the cache already, and when that is the answer */
enum ka_fetchone_when {
	KA_FETCHONE_ON_MISS,   /* who asks could not use it: only what another process has brought a moment ago */
	KA_FETCHONE_IF_NEEDED, /* what is fresh, and will be in KA_FETCH_AHEAD_SEC */
	KA_FETCHONE_ALWAYS,    /* only what another process brings while we wait; the time that a failure set is not waited for */
};

struct ka_fetchone {
	const char *cache;     /* KA_PATH_CACHE */
	const struct ka_conf_source *source;
	const char *user;      /* or KA_QUESTION_REVOKED, KA_QUESTION_INDEX */
	const char *fp, *key;  /* the offered key: its fingerprint, and itself in base64; "" for none */
	const char *except;    /* SHA-256 in hex of a body that counts neither as answer nor as entry, "" for none */
	int deadline_ms;       /* all of it, waiting for another's request included */
	enum ka_fetchone_when when;
	int out_fd;            /* where the answer goes; -1: nowhere (refresh) */
};

enum ka_fetchone_answer {
	KA_FETCHONE_FOUND, KA_FETCHONE_NO_KEYS, KA_FETCHONE_SAME, /* 304 */
	KA_FETCHONE_FAILED, KA_FETCHONE_NOT_NEEDED,
};

/**
 * ka_fetchone() - ask for one entry
 * @http: its open connections are used again
 * @why:  what went wrong, when the answer is KA_FETCHONE_FAILED
 *
 * Writes to out_fd: the entry, or one line of store/lasttry.h; then out_fd is /dev/null. What cannot be written to the cache is
 * not an error: the answer was given. What is wrong with the source or the cache is said on stderr.
 */
enum ka_fetchone_answer ka_fetchone(struct ka_fetchhttp *http, const struct ka_fetchone *one, struct ka_lasttry *why);

#endif
