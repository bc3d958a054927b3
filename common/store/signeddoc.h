/*
 * Signed documents: the keys of one user, the revoked list, the index. Form only; whether the signatures, the names and
 * the times are good is signedcheck's business. Pure: spans into the bytes.
 *
 *   document = magic LF header+ line* block+
 *   magic    = "# keyaudit-keys-v1" | "# keyaudit-revoked-v1" | "# keyaudit-index-v1"
 *   header   : store/signedhead.h; they end with the first line that has not their form
 *   line     = key line | blank | "#" comment, as in authorized_keys                        keys
 *              SHA256:FINGERPRINT [blanks text] | blank | comment                           revoked, store/revokedlist.h
 *              USER SERIAL SHA256HEX | blank | comment                                      index, store/signedindex.h
 *   block    = BEGIN LF base64-line+ END LF                                                 store/sshsig.h
 *
 * The first line that is exactly BEGIN ends the signed text, which has LF line ends, no CR and no NUL. Behind it stand
 * only blocks and blank lines.
 *
 * MUST: believe nothing behind the signed text but signatures.
 */
#ifndef KA_STORE_SIGNEDDOC_H
#define KA_STORE_SIGNEDDOC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "reason/reason.h"
#include "store/signedhead.h"

enum ka_signeddoc_kind { KA_SIGNEDDOC_KEYS, KA_SIGNEDDOC_REVOKED, KA_SIGNEDDOC_INDEX };

/* every span borrows from the bytes */
struct ka_signeddoc {
	enum ka_signeddoc_kind kind;
	struct ka_signedhead head;
	struct ka_span text;  /* what was signed */
	struct ka_span body;  /* its lines behind the headers */
	size_t lines;         /* of the body: those that are neither blank nor comments. 0: nobody has keys here */
	size_t blocks;
	struct ka_span block[KA_SIGNED_BLOCKS_MAX]; /* between the BEGIN and the END line */
	const char *wrong;    /* static text for people, NULL when the answer was KA_REASON_NONE */
	size_t bad_line;      /* 1-based, 0 when it is no line in particular */
};

/**
 * ka_signeddoc_parse() - find the parts of a document and read its headers
 * @bytes: borrowed, must outlive @out
 *
 * Answers: KA_REASON_NONE; store.too-large - beyond KA_SIGNED_DOC_MAX (KA_SIGNED_BULK_MAX for list and index), KA_LINE_MAX,
 *          KA_SIGNED_LINES_MAX, KA_SIGNED_BLOCKS_MAX or KA_SIGNED_HOSTS_MAX; store.signature-missing - a document without
 *          a block; store.signature-bad - a block that is cut; store.bad-answer - anything else.
 */
enum ka_reason ka_signeddoc_parse(struct ka_span bytes, enum ka_signeddoc_kind kind, struct ka_signeddoc *out);

/** ka_signeddoc_magic() - the first line of that kind, without its LF */
const char *ka_signeddoc_magic(enum ka_signeddoc_kind kind);

/** ka_signeddoc_is_entry() - is this line of the body neither blank nor a comment? */
bool ka_signeddoc_is_entry(struct ka_span line);

#endif
