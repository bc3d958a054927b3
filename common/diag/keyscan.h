/*
 * The content pass over one key file: which lines list the offered keys, and for
 * those that nearly do, what is wrong with them. Decoded keys are compared, not
 * text. Pure: bytes in, findings out; it must never report as damaged what sshd
 * accepts, and never copy the secret half of a key anywhere.
 */
#ifndef KA_DIAG_KEYSCAN_H
#define KA_DIAG_KEYSCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "diag/diagnosis.h"
#include "key/keyopts.h"
#include "reason/reason.h"

struct ka_keyrows;

/* an offered key made ready for comparison */
struct ka_keyscan_offer {
	char type[KA_TYPE_NAME_MAX];          /* of the plain key */
	char fp[KA_FPR_TEXT_MAX];
	char base64[KA_RECORD_KEY_MAX + 1];   /* of the plain key; "" when only the fingerprint is known */
	size_t base64_len;
	uint8_t blob[KA_BLOB_MAX];
	size_t blob_len;
	size_t cert_len;                      /* of the certificate in blob; blob_len is then 0 */
	size_t common;                        /* leading base64 characters that every key of this kind shares */
	size_t material, material_len;        /* where in blob the number or point lies that names the key */
	uint32_t ca_line;                     /* see struct ka_offer; 0 when the certificate itself is known */
	bool is_cert;                         /* a certificate was offered: plain lines never match it */
};

/** ka_keyscan_offer() - make one ready; an offer without key text can be found by its fingerprint only */
void ka_keyscan_offer(const struct ka_offer *from, struct ka_keyscan_offer *to);

/** ka_keyscan_bits() - size of an offered key; 0 when its text is not known, has no size, or there is no memory */
unsigned ka_keyscan_bits(const struct ka_offer *offer);

/* how sure it is that a line is meant for the offered key; lower is surer */
enum ka_keyscan_fit {
	KA_KEYSCAN_LISTED,    /* sshd takes the key from this line */
	KA_KEYSCAN_WHOLE,     /* the whole key is there, and lost for the reason given */
	KA_KEYSCAN_COMMENTED, /* the whole key is there, in a comment */
	KA_KEYSCAN_REMAINS,   /* what is left of the key fits the offered one */
	KA_KEYSCAN_POSSIBLE,  /* unreadable, and nothing else in the file could be meant */
	KA_KEYSCAN_OTHER,     /* damaged, but meant for another key, or nobody knows for which */
};

/* what exactly was seen, for the fix */
enum ka_keyscan_what {
	KA_KEYSCAN_PLAIN,
	KA_KEYSCAN_BOM, KA_KEYSCAN_UTF16_MARKED, KA_KEYSCAN_UTF16LE, KA_KEYSCAN_UTF16BE, KA_KEYSCAN_NBSP, KA_KEYSCAN_BYTE,
	KA_KEYSCAN_OPEN_QUOTE, KA_KEYSCAN_BLANK,
	KA_KEYSCAN_TYPE_MISSING, KA_KEYSCAN_TYPE_WORD,     /* detail: the word that stands there */
	KA_KEYSCAN_GLUED, KA_KEYSCAN_GLUED_OPTIONS,        /* joined: only the type word is glued on, or options too */
	KA_KEYSCAN_FROM_UNJUDGED,                          /* listed, with a from= that nobody could judge: detail is its value */
	KA_KEYSCAN_PEM, KA_KEYSCAN_RFC4716, KA_KEYSCAN_PUTTY,
	KA_KEYSCAN_WHAT_COUNT
};

/* fixed-width fields only: it travels over a pipe from a process that is not trusted */
struct ka_keyscan_hit {
	uint32_t offer;   /* index, or UINT32_MAX with KA_KEYSCAN_OTHER */
	uint32_t reason;  /* enum ka_reason; KA_REASON_NONE with KA_KEYSCAN_LISTED */
	uint32_t fit;     /* enum ka_keyscan_fit */
	uint32_t what;    /* enum ka_keyscan_what */
	uint32_t line, column; /* 1-based */
	uint32_t has_command;  /* its options hold command= */
	char detail[KA_TEXT_OPTION_MAX]; /* option value or word, raw */
	char near[32];    /* the option name that was probably meant, that whose value is wrong, or what must be put in, or "" */
	uint32_t named;   /* the authority of a certificate: the line has principals=, so the user's name does not count */
};

struct ka_keyscan {
	uint32_t lines, comments, usable, damaged; /* usable: lines with a key that sshd would read; damaged: key-like ones it cannot */
	uint32_t cut;                              /* the file was longer than KA_DIAG_FILE_MAX */
	uint32_t hits_count;
	struct ka_keyscan_hit hits[KA_DIAG_HITS_MAX]; /* at most one per offer, its surest; then some of KA_KEYSCAN_OTHER */
	char listed[3][KA_FPR_TEXT_MAX];           /* fingerprints of the first keys that are listed */
};

struct ka_keyscan_query {
	const struct ka_keyscan_offer *offers;
	size_t offers_count;        /* at most KA_DIAG_OFFERS_MAX */
	const char *address;        /* of the client, "" when unknown: from= is then not judged */
	int64_t now_sec;
	int64_t local_offset_sec;   /* for expiry-time without Z */
	bool has_authorities;       /* a file that sshd looks for authorities in: an offered certificate is found by its own */
	struct ka_keyrows *rows;    /* NULL, or where every line with a key is told (keyrow.h); the caller's */
};

/* room to work in; the caller allocates it and need not look inside */
struct ka_keyscan_work {
	const struct ka_keyscan_query *query;
	struct ka_keyscan *out;
	struct ka_cursor rest;             /* behind the current line */
	uint32_t line;                     /* number of the current line */
	uint32_t ahead;                    /* lines looked at for the rest of a wrapped key, in the whole file */
	struct ka_keyscan_hit candidate;   /* the only damaged line so far, for KA_KEYSCAN_POSSIBLE ... */
	uint64_t candidate_offers;         /* ... and the offers it does not contradict, one bit each */
	uint8_t blob[KA_BLOB_MAX];
	size_t blob_len;
	char joined[KA_LINE_MAX];          /* a wrapped key put together */
	struct ka_keyopts options;
};

/**
 * ka_keyscan_run() - look at a whole file
 * @bytes: the file, at most KA_DIAG_FILE_MAX of it; changed when it is UTF-16
 * @work, @out: large: allocate them
 *
 * Safe:   pure; any bytes.
 * Source: sshd(8) AUTHORIZED_KEYS FILE FORMAT.
 */
void ka_keyscan_run(uint8_t *bytes, size_t len, const struct ka_keyscan_query *query, struct ka_keyscan_work *work,
		    struct ka_keyscan *out);

/** ka_keyscan_hit() - the hit of one offer, or NULL */
const struct ka_keyscan_hit *ka_keyscan_hit(const struct ka_keyscan *s, size_t offer);

/** ka_keyscan_add() - remember a hit: one per offer, the surest, of equals the first; for the parts of the scan */
void ka_keyscan_add(struct ka_keyscan *s, const struct ka_keyscan_hit *hit);

/** ka_keyscan_is_offer() - is this blob the offered plain key, as sshd compares (numbers and words, not their spelling)? */
bool ka_keyscan_is_offer(const struct ka_keyscan_offer *o, struct ka_span blob);

/** ka_keyscan_check() - a struct that came over a pipe: every number in range, every text ended; false when it is not one */
bool ka_keyscan_check(const struct ka_keyscan *s, size_t offers_count);

#endif
