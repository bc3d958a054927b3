/*
 * The line-by-line view of one key file, for people: every line that holds a key or what is left of one, with what sshd
 * thinks of it, and our policy (rowjudge.h). Fixed width: it travels over a pipe from a process that is not trusted.
 */
#ifndef KA_DIAG_KEYROW_H
#define KA_DIAG_KEYROW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "reason/reason.h"

struct ka_keyscan;
struct ka_keyscan_hit;
struct ka_keyview;

struct ka_keyrow {
	uint32_t file;           /* index into the files that were looked at; set by the receiver */
	uint32_t line, column;   /* 1-based; column of what is wrong, 0: none */
	uint32_t offer;          /* the offered key that the line holds or held, else UINT32_MAX */
	uint32_t reason;         /* why sshd does not take the line, or KA_REASON_NONE */
	uint32_t vet;            /* what our policy says of the key, or KA_REASON_NONE; set by the receiver, as is: */
	uint32_t is_rejected;    /* ... and the command would not serve it */
	uint32_t key_at, key_len; /* the key itself, in the keys beside the rows; key_len 0: it is not there */
	uint32_t is_key;         /* sshd reads a key here */
	uint32_t bits;           /* of an RSA key; 0 */
	char type[KA_TYPE_NAME_MAX], fp[KA_FPR_TEXT_MAX];
	char comment[KA_KEYROW_COMMENT_MAX]; /* cut; raw, render escaped */
};

struct ka_keyrows {
	uint32_t count, left_out; /* in this file */
	uint32_t keys_len;
	struct ka_keyrow row[KA_DIAG_ROWS_MAX];
	uint8_t keys[KA_KEYROW_KEYS_MAX];
};

/** ka_keyrow_key() - sshd reads a key in this line; @hit: what its options say, whoever offers it. Pure */
void ka_keyrow_key(struct ka_keyrows *rows, const struct ka_keyview *v, struct ka_span blob, const struct ka_keyscan_hit *hit);

/**
 * ka_keyrow_finish() - behind the last line: what the scan found of other lines, in the order of the file. Pure
 * @all: why sshd takes no line of this file (UTF-16), or KA_REASON_NONE
 */
void ka_keyrow_finish(struct ka_keyrows *rows, const struct ka_keyscan *scan, enum ka_reason all);

/** ka_keyrow_check() - one that came over a pipe, beside @keys_len bytes of keys: every number in range, every text ended, nothing judged */
bool ka_keyrow_check(const struct ka_keyrow *row, size_t offers_count, size_t keys_len);

#endif
