/*
 * One file of keys that are known to be compromised, in the format that badkeys publishes: records of 16 bytes, ascending, each
 * the hash of bkhash.h and the number of the list that the key stands in. Nothing of it is read before it is needed.
 *
 * MUST: act on nothing that others than root (or who runs this) could have written; never take a record that stands out of
 * order for "not listed".
 */
#ifndef KA_BLOCKLIST_BLOCKFILE_H
#define KA_BLOCKLIST_BLOCKFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vet/bkhash.h"

#define KA_BLOCKFILE_RECORD (KA_BKHASH_LEN + 1)

enum ka_blockfile_state { KA_BLOCKFILE_MISSING, KA_BLOCKFILE_INVALID, KA_BLOCKFILE_OPEN };

struct ka_blockfile {
	enum ka_blockfile_state state;
	const char *wrong;      /* with KA_BLOCKFILE_INVALID: static text for people; else NULL */
	const uint8_t *records; /* count of them, mapped; NULL unless open */
	size_t count;
	int64_t written;        /* when the file was, UTC seconds; 0 unless open */
};

/** ka_blockfile_is_in_order() - are all records of an open file? Reads all of it */
bool ka_blockfile_is_in_order(const struct ka_blockfile *f);

enum ka_blockfile_found { KA_BLOCKFILE_NO, KA_BLOCKFILE_YES, KA_BLOCKFILE_DAMAGED };

/**
 * ka_blockfile_open() - map the file at @path; a link is not followed
 * @out: always set; ka_blockfile_close() in any case
 *
 * A regular file, of root or of the effective user, that neither group nor others may write, of 1 to
 * KA_BLOCKFILE_RECORDS_MAX whole records; anything else is KA_BLOCKFILE_INVALID. A name that is not there is
 * KA_BLOCKFILE_MISSING. Who replaces the file renames another one over it: what is mapped stays as it was.
 */
void ka_blockfile_open(const char *path, struct ka_blockfile *out);
void ka_blockfile_close(struct ka_blockfile *f);

/**
 * ka_blockfile_find() - is this hash listed? Pure.
 * @f:    open
 * @list: with KA_BLOCKFILE_YES, the number of its list
 *
 * Begins where an even spread of hashes puts it and gallops from there: 2 to 4 pages are touched, at worst 2 * log2(count)
 * records. KA_BLOCKFILE_DAMAGED: records beside the way are not in order, so that "no" would mean nothing.
 */
enum ka_blockfile_found ka_blockfile_find(const struct ka_blockfile *f, const uint8_t hash[static KA_BKHASH_LEN], uint8_t *list);

#endif
