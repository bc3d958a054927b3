/*
 * Which RSA keys of a run share a prime: authkeys-vet --shared gets each of them as it comes, and says at the end. The keys
 * themselves lie there, in a process that can do nothing else; here only their places.
 */
#ifndef KA_VETSHARED_H
#define KA_VETSHARED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"
#include "keyaudit/vet/vetreuse.h"
#include "vet/vet.h"

/* one RSA key, as it is told at the end */
struct ka_vetshared_key {
	struct ka_vetplace place;
	unsigned bits;
	char fp[KA_FPR_TEXT_MAX];
	enum ka_verdict verdict; /* without that */
	char *account; /* its own, or NULL */
};

/** A key shares a prime with @other; NULL: with one that could not be named. An error ends it */
typedef enum ka_err ka_vetshared_found(void *ctx, const struct ka_vetshared_key *key, const struct ka_vetshared_key *other);

/** How far the comparison is. */
typedef void ka_vetshared_told(void *ctx, unsigned step, unsigned steps);

/* large: allocated. zeroed it is ready; ka_vetshared_free() in any case */
struct ka_vetshared {
	const char *program; /* borrowed; NULL: authkeys-vet where it is installed */
	size_t found;        /* keys that share one */
	size_t undecided;    /* keys that were not compared: beyond a limit, or the program failed */
	/* private */
	struct ka_vetshared_key *keys;
	size_t count, room;
	pid_t pid;
	int to, from;
	bool is_broken;
	char path[KA_PATH_MAX];
	char line[KA_LINE_MAX + 2]; /* of the first key, until there is a second one */
	char answers[4096];
	size_t have;
};

/**
 * ka_vetshared_put() - one more key; each key once, else it shares with itself
 * @blob: of an RSA key, canonical
 * @account: copied; empty: nobody's
 *
 * Nothing is started for a single key. What cannot be handed over is counted in s->undecided.
 * Errors: KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_vetshared_put(struct ka_vetshared *s, struct ka_span blob, struct ka_span account,
					   const struct ka_vetshared_key *key);

/**
 * ka_vetshared_finish() - compare all, and tell of each that shares, in their order
 *
 * Waits: as long as authkeys-vet says at least every KA_VET_SHARED_QUIET_MS how far it is.
 * Errors: those of @found, unchanged.
 */
KA_MUST_CHECK enum ka_err ka_vetshared_finish(struct ka_vetshared *s, ka_vetshared_found *found, ka_vetshared_told *told, void *ctx);

/** ka_vetshared_free() - the program and the memory are gone */
void ka_vetshared_free(struct ka_vetshared *s);

#endif
