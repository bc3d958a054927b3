/*
 * The keys of a file that somebody else could have written, for a person to look
 * through; and what a file is that is no key file. Pure: bytes in, rows out.
 */
#ifndef KA_MEND_FIXKEYS_H
#define KA_MEND_FIXKEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/limits.h"

/* fixed-width fields only: it travels over a pipe from a process that is not trusted */
struct ka_fixkeys_row {
	uint32_t line;
	char type[KA_TYPE_NAME_MAX];
	char fp[KA_FPR_TEXT_MAX];
	char comment[KA_FIXKEYS_COMMENT_MAX]; /* raw bytes, cut; escape on the way out */
};

struct ka_fixkeys {
	uint32_t keys;       /* lines in which sshd may see a key; more than KA_FIXKEYS_MAX are counted and not kept */
	uint32_t odd;        /* lines that are neither a key nor a comment nor blank */
	uint32_t odd_line;   /* the first of them */
	uint32_t is_private; /* half of a key that nobody must copy stands there */
	struct ka_fixkeys_row row[KA_FIXKEYS_MAX];
};

/* room to work in; the caller allocates it and need not look inside */
struct ka_fixkeys_work {
	uint8_t blob[KA_FIX_FILE_MAX];
};

/** ka_fixkeys_read() - the whole file. Safe: pure; any bytes */
void ka_fixkeys_read(struct ka_span bytes, struct ka_fixkeys_work *work, struct ka_fixkeys *out);

/** ka_fixkeys_check() - a struct that came over a pipe: every text ended; false when it is not one */
bool ka_fixkeys_check(const struct ka_fixkeys *k);

#endif
