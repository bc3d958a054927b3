/* The mirrors of a source, one after the other, until one has an acceptable answer. */
#ifndef KA_FETCHMIRROR_H
#define KA_FETCHMIRROR_H

#include <stdbool.h>
#include <stdint.h>

#include "authkeys-cmd/fetch/fetchask.h"
#include "authkeys-cmd/fetch/fetchhttp.h"
#include "authkeys-cmd/fetch/fetchstore.h"
#include "store/entry.h"
#include "store/lasttry.h"

/* large, allocated */
struct ka_fetchmirror {
	struct ka_fetchhttp *http;
	const struct ka_fetchask *ask;
	const char *cache;                 /* KA_PATH_CACHE, where an index may lie */
	const struct ka_fetchstore *store; /* where the breakers are */
	const struct ka_entry *old;        /* what the cache holds, or NULL */
	const char *except;                /* SHA-256 in hex of a body that is store.serial-reused for whoever asks, or "" */
	int64_t now, until_ms;             /* wall clock; ka_clock_boot_ms() at which it must be over */

	/* set: */
	struct ka_entry entry;             /* when the answer is acceptable; its body borrows from here or from @old */
	struct ka_lasttry fail;            /* when it is not */
	struct ka_lasttry alarm;           /* the first failure that is to be told, whoever answered; no reason: none */
	bool is_same, no_store;            /* 304; the store forbids to keep it */

	struct ka_fetchhttp_answer answer;
	struct ka_buf body;
	char body_bytes[KA_STORE_BULK_MAX + 1];
};

/**
 * ka_fetchmirror_all() - ask
 *
 * Answers: KA_REASON_NONE, store.no-keys: entry is set. Otherwise fail is: of several failures the first one in which a store
 * answered, else the first.
 */
enum ka_reason ka_fetchmirror_all(struct ka_fetchmirror *m);

#endif
