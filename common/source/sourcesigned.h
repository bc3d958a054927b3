/*
 * A signed document on its way to being used: verified here and now, on every use, whoever brought it and however often it
 * was verified before.
 *
 * MUST: remember a serial only behind all checks, and use a document only behind that.
 */
#ifndef KA_SOURCE_SOURCESIGNED_H
#define KA_SOURCE_SOURCESIGNED_H

#include <stdbool.h>

#include "conf/conf.h"
#include "store/serial.h"
#include "store/signedcheck.h"

struct ka_sourcesigned_ask {
	const struct ka_conf_source *source;
	enum ka_signeddoc_kind kind;
	const char *user; /* NULL for a list */
	const char *what; /* the memory's name: the entry's, KA_SERIALDIR_INDEX or KA_SERIALDIR_REVOKED */
	int64_t now;
	enum ka_vet_ed25519 ed25519;
	bool may_remember; /* false for tools, which look and change nothing */
	const struct ka_serial_memory *memory; /* a revoked list's, which it keeps itself, or one that was looked up before; NULL: looked
	                                          up and remembered here */
};

/* large, and not for a stack frame; nothing to free. The document's spans point into the bytes that were checked */
struct ka_sourcesigned {
	struct ka_signeddoc doc;
	struct ka_signedcheck_out check;
	struct ka_serial_memory memory; /* before this document; known: the user has had one */
	bool is_first;                  /* nothing of this source was known: to be said, once */
	bool not_kept;                  /* the memory could not be written: to be said */
	char host[256];
	struct ka_signers signers;
	uint8_t storage[KA_SSHSIG_MAX];
	char signers_text[KA_SIGNERS_FILE_MAX + 1];
};

/**
 * ka_sourcesigned_check() - verify one document, and remember its serial
 *
 * Answers: KA_REASON_NONE; the reason of store/signedcheck.h; conf.unsafe or conf.invalid for the signer file;
 * store.cache-invalid when the serial memory is there and cannot be read: then nobody can tell which serials are too low.
 */
enum ka_reason ka_sourcesigned_check(const struct ka_sourcesigned_ask *ask, struct ka_span bytes, struct ka_sourcesigned *out);

/**
 * ka_sourcesigned_spend() - the work of ka_sourcesigned_check() where there is no document to check
 *
 * Whether a user has keys in the store is not to be told by time: the signer file is read, the memory is asked, as much is
 * hashed and decoded as of a document with one key, and as many signatures are verified as a document needs, of a sample
 * whose outcome means nothing.
 *
 * Answers: whether the sample verified.
 */
bool ka_sourcesigned_spend(const struct ka_sourcesigned_ask *ask, struct ka_sourcesigned *out);

/** ka_sourcesigned_knows() - whether a document of this name was accepted before: then a 404 says nothing about the user */
bool ka_sourcesigned_knows(const char *source, const char *what);

/** ka_sourcesigned_host() - host_id of the source, or the node's name (uname(2)); "" when there is none that fits */
void ka_sourcesigned_host(const struct ka_conf_source *s, char *out, size_t size);

#endif
