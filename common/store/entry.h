/*
 * A cache entry: what a store answered for one user, in one line, and the body byte for byte.
 *
 *   ka1 entry source= user= url=HEX status= outcome=found|no-keys etag= modified= fetched= confirmed= fresh= swr=
 *       stale= serial= mirror= length= sha256=HEX [alarm=ID] LF BODY
 *
 * Times are seconds since 1970 UTC; url is the SHA-256 of what the answer was asked with, so that another address or
 * format voids the entry. The fetcher writes it; everybody who reads it treats it as hostile bytes. The same text
 * goes from the fetcher to the command on a miss. Pure.
 */
#ifndef KA_STORE_ENTRY_H
#define KA_STORE_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "reason/reason.h"

#define KA_ENTRY_HEX (64 + 1) /* a SHA-256 in hexadecimal, with its NUL */

struct ka_entry {
	struct ka_span body;
	int64_t fetched, confirmed; /* when the body came; when the store last said that it still holds */
	int64_t fresh, swr;         /* fresh until; may be served while it is being refreshed until */
	int64_t stale;              /* may be served while the store cannot be asked until; max_stale may end it earlier */
	int64_t serial;             /* what a json store calls its version; 0: nothing */
	unsigned status, mirror;    /* HTTP status; which of the source's URLs, from 1 */
	bool is_found;              /* false: an authoritative "no keys" */
	enum ka_reason alarm;       /* of a mirror that was asked before this one, when that is an alert; else KA_REASON_NONE */
	char source[KA_SOURCE_NAME_MAX];
	char url[KA_ENTRY_HEX], sha256[KA_ENTRY_HEX];
	char etag[KA_ENTRY_ETAG_MAX], modified[KA_ENTRY_DATE_MAX]; /* as the store wrote them; "" when it did not */
	char user[KA_USER_NAME_MAX];
};

/**
 * ka_entry_parse() - read a whole entry; the body is borrowed from @bytes
 *
 * Answers: false when it is not exactly an entry: torn, too long, a body of another length or SHA-256.
 */
bool ka_entry_parse(struct ka_span bytes, struct ka_entry *out);

/** ka_entry_is_alarm() - whether a mirror's failure is to be told although another mirror has answered: a store's, and an alert */
bool ka_entry_is_alarm(enum ka_reason reason);

/** ka_entry_write() - the head line and the body; length and sha256 are computed */
void ka_entry_write(const struct ka_entry *e, struct ka_buf *out);

/**
 * ka_entry_name() - the file name of an entry below the folder of its source: SHA-256(source NUL user [NUL fp]) in hex
 * @fp: the offered key's fingerprint when the source asks for it by name, else NULL
 */
void ka_entry_name(const char *source, const char *user, const char *fp, char out[static KA_ENTRY_HEX]);

/** ka_entry_sha256() - SHA-256 in hex of a body, as an entry has it */
void ka_entry_sha256(struct ka_span body, char out[static KA_ENTRY_HEX]);

/** ka_entry_hash() - SHA-256 in hex of the parts, each ended by a NUL; for `url` */
void ka_entry_hash(const char *const *parts, size_t count, char out[static KA_ENTRY_HEX]);

#endif
