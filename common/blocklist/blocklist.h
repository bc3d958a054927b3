/*
 * The site's lists of compromised keys, and the rule that asks them. What is opened stays as it is until it is closed; a hash
 * is looked for in one file after the other.
 *
 * MUST: when a list that the policy requires cannot be asked, refuse every key that it could name.
 */
#ifndef KA_BLOCKLIST_BLOCKLIST_H
#define KA_BLOCKLIST_BLOCKLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/limits.h"
#include "blocklist/blockfile.h"
#include "blocklist/blocknames.h"
#include "key/keyblob.h"
#include "vet/vetnote.h"

struct ka_blocklist_policy {
	const char *paths;    /* absolute ones, blank-separated; "" for no list */
	bool is_required;     /* data.* refuses; else it warns */
	unsigned max_age_sec; /* a file that was written longer ago is stale; 0: never */
};

/* names of lists that were hit: a verdict borrows them */
struct ka_blocklist_said {
	size_t count;
	struct ka_blocklist_word {
		uint8_t file, list;
		char name[KA_BLOCKNAMES_NAME_MAX];
	} words[KA_BLOCKLIST_SAID_MAX];
};

/* not to be copied: it points into itself */
struct ka_blocklist {
	bool is_required;
	size_t count;
	struct ka_blocklist_file {
		char path[KA_PATH_TRUSTED_MAX];
		struct ka_blockfile data;
		enum ka_reason trouble; /* KA_REASON_NONE, data.missing, data.invalid, data.stale */
	} files[KA_BLOCKLIST_FILES_MAX];
	struct ka_blocklist_said *said; /* filled while judging; &words */
	struct ka_blocklist_said words;
};

/**
 * ka_blocklist_open() - open every list that the policy names
 * @now: UTC seconds
 * @out: always set; what is wrong with a file is kept for the rule. ka_blocklist_close() in any case
 */
void ka_blocklist_open(const struct ka_blocklist_policy *p, int64_t now, struct ka_blocklist *out);
void ka_blocklist_close(struct ka_blocklist *b);

/* of a file whose records are not in order, which only a look at all of them shows (ka_blockfile_is_in_order()) */
#define KA_BLOCKLIST_NO_ORDER "its records are not in ascending order"

/** ka_blocklist_wrong() - the first file for which every key is refused, should data.* refuse; NULL where none is required */
const struct ka_blocklist_file *ka_blocklist_wrong(const struct ka_blocklist *b);

/** ka_blocklist_why() - append what the trouble of a file is, "PATH: it is not there; mend: ...", escaped */
void ka_blocklist_why(const struct ka_blocklist_file *f, struct ka_buf *out);

/**
 * ka_blocklist_judge() - key.known-compromised with the list's name as detail; data.missing, data.invalid, data.stale with
 * the file's path
 *
 * Details are borrowed from @b. A list that is stale is asked all the same. A key that no list can name (DSA) is not judged.
 */
void ka_blocklist_judge(const struct ka_blocklist *b, const struct ka_keyblob *key, struct ka_vetnote *note);

#endif
