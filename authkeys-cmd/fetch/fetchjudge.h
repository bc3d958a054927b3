/*
 * From a response to an outcome: docs/store-protocol.md has the table. Pure but for libsodium and memory.
 */
#ifndef KA_FETCHJUDGE_H
#define KA_FETCHJUDGE_H

#include "authkeys-cmd/fetch/fetchhttp.h"
#include "base/buf.h"
#include "conf/conf.h"
#include "store/entry.h"

enum ka_fetchjudge_what { KA_FETCH_KEYS, KA_FETCH_REVOKED, KA_FETCH_INDEX };

struct ka_fetchjudge_ask {
	const struct ka_conf_source *source;
	enum ka_fetchjudge_what what; /* the lists are signed whatever the source's format is */
	const char *line_prefix;      /* expanded */
	bool was_conditional;         /* we sent a validator of a body that we hold */
	int64_t now;
};

struct ka_fetchjudge {
	enum ka_reason reason; /* KA_REASON_NONE: keys; store.no-keys: an authoritative nothing; else what is wrong */
	bool is_same;          /* 304: the body that we hold */
	int64_t serial;        /* of a json answer, 0 for none */
};

/**
 * ka_fetchjudge() - judge one response
 * @body: what the entry will hold is appended; KA_STORE_BODY_MAX, for a list KA_STORE_BULK_MAX
 *
 * A signed document is taken as it is: who verifies it is who uses it (fetchsigned.h, and the command).
 */
void ka_fetchjudge(const struct ka_fetchjudge_ask *ask, const struct ka_fetchhttp_answer *a, struct ka_buf *body, struct ka_fetchjudge *out);

/**
 * ka_fetchjudge_until() - after a failure, the time before which lookups stay off the network
 * @random: 64 fair bits, so that hosts which failed together do not come back together
 */
int64_t ka_fetchjudge_until(enum ka_reason reason, const struct ka_fetchhead *h, int64_t now, uint64_t random);

#endif
