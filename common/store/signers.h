/*
 * The signers of a source: a file in the syntax of allowed_signers (ssh-keygen(1)), read as strictly as a configuration.
 * Pure: the caller has opened and judged the file.
 *
 *   line      = name blanks [options blanks] keytype blanks base64 [blanks comment]       (blank lines, "#" lines: nothing)
 *   options   = option *("," option)
 *   option    = namespaces="PATTERNS" | valid-after="TIME" | valid-before="TIME" | cert-authority       (any case)
 *   TIME      = YYYYMMDD[hhmm[ss]]Z
 *
 * The name is one literal name: no list, no pattern, no quotes. Where the namespaces leave "keyaudit" out, the line is a
 * signer of something else. Lines with cert-authority, or with a type of key that is not Ed25519, are skipped with a
 * warning. Everything else that is wrong refuses the whole file, since a signer who was meant to count would be missing.
 *
 * MUST: refuse keys with which anybody can sign.
 * Source: OpenSSH ssh-keygen(1) ALLOWED SIGNERS; sshsig.c parse_principals_key_and_options().
 */
#ifndef KA_STORE_SIGNERS_H
#define KA_STORE_SIGNERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "vet/veted25519.h"

struct ka_signer {
	struct ka_span name; /* inside the text */
	struct ka_span blob; /* of the key, inside the storage */
	struct ka_span pk;   /* its 32 bytes */
	int64_t valid_after, valid_before; /* UTC seconds; INT64_MIN and INT64_MAX when there is none */
	unsigned line;
	bool has_namespaces; /* it says what it is for; without, it may sign anything */
};

/* something that is not wrong, and that an admin may not have meant; @what is static text */
struct ka_signers_warning {
	unsigned line;
	const char *what;
};

/* about 30 KiB, of which a file writes what it needs: not for a stack frame, and nothing to free */
struct ka_signers {
	size_t count;
	unsigned bad_line; /* 1-based; 0 when it is the file as a whole */
	const char *wrong; /* static text, NULL when the file is good */
	size_t warnings;   /* also those that are not kept */
	size_t used;       /* of the storage */
	struct ka_signer list[KA_SIGNERS_MAX]; /* those who may sign for "keyaudit", in the file's order */
	uint8_t storage[KA_SIGNERS_MAX * KA_SIGNERS_BLOB_MAX];
	struct ka_signers_warning warning[KA_SIGNERS_WARNINGS_MAX];
};

/**
 * ka_signers_parse() - read the whole file
 * @text: borrowed, must outlive @out
 *
 * Points in small order and second spellings of points are refused here, by comparing bytes. Whether a point lies in the
 * prime-order group costs arithmetic: ka_signers_bad_point().
 *
 * Answers: false - out->wrong and out->bad_line; out->count is 0 then: nobody may sign.
 * Limits:  KA_SIGNERS_FILE_MAX, KA_LINE_MAX, KA_SIGNERS_MAX, KA_SIGNERS_NAME_MAX.
 */
bool ka_signers_parse(struct ka_span text, struct ka_signers *out);

/** ka_signers_is_valid() - is @now inside the signer's window? Both ends belong to it */
bool ka_signers_is_valid(const struct ka_signer *s, int64_t now);

/** ka_signers_find() - who signs with this key at @now; NULL when nobody does */
const struct ka_signer *ka_signers_find(const struct ka_signers *s, struct ka_span blob, int64_t now);

/** ka_signers_names() - how many different names there are: no threshold above that can ever be reached */
size_t ka_signers_names(const struct ka_signers *s);

/** ka_signers_names_at() - how many of them are valid at @now */
size_t ka_signers_names_at(const struct ka_signers *s, int64_t now);

/**
 * ka_signers_bad_point() - the first signer whose key is no point of the prime-order group; NULL when all are
 *
 * For those who look at the file as such. A signature by such a key is not forgeable; but implementations may disagree
 * about it, and no honest generator makes one.
 */
const struct ka_signer *ka_signers_bad_point(const struct ka_signers *s, enum ka_vet_ed25519 trust);

#endif
