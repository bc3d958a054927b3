/*
 * Starting authkeys-fetch. It runs under another uid, so it cannot be killed from here: it has the deadline itself, and
 * nobody waits for it longer than for its answer.
 *
 * MUST: give it no descriptor of sshd's: sshd waits for the end of the command's output.
 */
#ifndef KA_SOURCE_SOURCEFETCH_H
#define KA_SOURCE_SOURCEFETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "store/entry.h"
#include "store/lasttry.h"

struct ka_sourcefetch {
	bool has_entry;
	struct ka_entry entry;  /* its body points into the storage */
	struct ka_lasttry fail; /* when there is none: why */
};

/* which entry; the offered key's fingerprint and base64, "" where the source is not asked by them */
struct ka_sourcefetch_who {
	const char *source, *user, *fp, *key;
	const char *except; /* SHA-256 in hex of a document that is in the way, "" for none */
};

/**
 * ka_sourcefetch_run() - ask for one entry and wait for the answer
 * @storage: KA_ENTRY_MAX + 1 bytes
 *
 * What is no answer, or comes too late, is store.timeout; a program that cannot be started is store.unreachable.
 */
void ka_sourcefetch_run(const struct ka_sourcefetch_who *who, int deadline_ms, void *storage, struct ka_sourcefetch *out);

/** ka_sourcefetch_later() - refresh one entry behind the answer; nobody waits */
void ka_sourcefetch_later(const struct ka_sourcefetch_who *who);

/** ka_sourcefetch_want() - fetch = timer: leave a marker for the path unit; an empty file in KA_PATH_WANTED */
void ka_sourcefetch_want(const char *source, const char *user);

#endif
