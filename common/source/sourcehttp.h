/*
 * Sources of type http: the cache first, the network only when it must be, and never for longer than one connection may
 * wait. For `signed` nothing that comes from the fetcher is believed.
 *
 * MUST: serve stale only what the store could not be asked about (signed: also what it answered unacceptably), inside its
 * bound; obey an authoritative "no keys" at once.
 */
#ifndef KA_SOURCE_SOURCEHTTP_H
#define KA_SOURCE_SOURCEHTTP_H

#include <stdbool.h>

#include "source/source.h"
#include "source/sourcefetch.h"
#include "source/sourcesigned.h"
#include "store/entry.h"

/* what one run knows; set by the caller */
struct ka_sourcehttp_env {
	int64_t now;                 /* UTC seconds */
	int (*budget_ms)(void *ctx); /* what is left of the connection's deadline, asked only before going to the network */
	void *ctx;
	enum ka_vet_ed25519 ed25519;
	bool may_ask;                /* false for diagnosis: no network, no marker, no refresh */
	bool may_remember;           /* false for tools: the serial memory is looked at and left alone */
};

/* large: static, or allocated; pages that are not written cost nothing */
struct ka_sourcehttp {
	enum ka_source_answer answer;
	enum ka_reason reason;  /* with FOUND KA_REASON_NONE or the notice; with STALE store.stale-served; else why */
	enum ka_reason notice;  /* beside it: with STALE why the store could not be asked; store.cache-invalid; what a mirror answered that
	                           was passed over, when that is an alert; or KA_REASON_NONE */
	struct ka_source_evidence evidence;
	int net_ms;             /* time that was waited for the network */
	bool refresh_later;     /* the caller starts it behind its answer: ka_sourcefetch_later() */
	bool not_kept;          /* the serial memory could not be written */
	const char *fp, *key;   /* parts of the question, or "" */
	char name[KA_ENTRY_HEX];
	struct ka_sourcefetch fetch;
	struct ka_entry entry;
	struct ka_sourcesigned check;
	char cached[KA_ENTRY_MAX + 1], fetched[KA_ENTRY_MAX + 1];
	struct ka_entry list_entry; /* the index */
	char list[KA_ENTRY_BULK_MAX + 1];
};

/**
 * ka_sourcehttp_read() - the keys of one user
 * @take: called once when the answer is FOUND or STALE, with lines of keys; they are gone when @h is used again
 *
 * Answers: h->answer and the rest. The table is that of docs/store-protocol.md.
 */
void ka_sourcehttp_read(const struct ka_conf_source *s, const struct ka_source_query *query, const struct ka_sourcehttp_env *env,
			void (*take)(void *ctx, struct ka_span bytes), void *ctx, struct ka_sourcehttp *h);

#endif
