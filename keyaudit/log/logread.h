/*
 * Reading a trail from its first complete line to its last, in bounded blocks, also while it grows or is renamed.
 * The trail may be somebody else's file (--trail): a line is an event only when it is one object of printable
 * JSON within KA_EVENT_LINE_MAX; all others are counted and never shown.
 */
#ifndef KA_LOGREAD_H
#define KA_LOGREAD_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"
#include "keyaudit/log/logsift.h"
#include "keyaudit/trail/trailbytes.h"

#define KA_LOGREAD_BLOCK (16 * KA_EVENT_LINE_MAX)

struct ka_logread {
	struct ka_trailbytes *bytes; /* what is read now: borrowed, or its own */
	struct ka_trailbytes own;
	const struct ka_logsift *sift; /* NULL: every line is parsed; borrowed */
	int64_t at;              /* where the next block begins */
	int64_t given;           /* where the line begins that was given out last */
	size_t begin, end;       /* of what is read and not yet used */
	unsigned long line;      /* number of the line given out last */
	unsigned long broken;    /* complete lines that are no events */
	unsigned long broken_at; /* number of the first of them */
	bool skipping;           /* inside a line that is too long */
	char block[KA_LOGREAD_BLOCK];
};

/**
 * ka_logread_new() - open @path; a regular file, which may be compressed. NULL: nothing yet, see ka_logread_turn()
 * Owns: *out is the caller's, with its descriptor: ka_logread_free()
 * Errors: KA_ERR_SYS (errno; EINVAL when it is no regular file), KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_logread_new(const char *path, struct ka_logread **out);
void ka_logread_free(struct ka_logread **r);

/** ka_logread_turn() - go on with the first line of another file, @bytes, which are borrowed; counts begin anew, the sieve stays */
void ka_logread_turn(struct ka_logread *r, struct ka_trailbytes *bytes);

/** ka_logread_rewind() - begin again with the first line and forget the counts */
void ka_logread_rewind(struct ka_logread *r);

/**
 * ka_logread_next() - the next event
 * @limit: lines that begin at or behind this offset are left for later; INT64_MAX for all
 * @raw:   its bytes without the newline; borrowed until the next call
 * @event: the caller's reference: json_decref()
 *
 * With a sieve, lines that it holds back are neither parsed nor counted as broken.
 *
 * Answers: false when no complete line is left, or r->bytes->fault says that nothing more comes; a last line without newline
 * is not touched and may grow.
 */
bool ka_logread_next(struct ka_logread *r, int64_t limit, struct ka_span *raw, json_t **event);

/**
 * ka_logread_line() - the next complete line, whatever it is, without its newline; empty when it is longer than an event
 * @line: borrowed until the next call
 */
bool ka_logread_line(struct ka_logread *r, struct ka_span *line);

/** ka_logread_seek() - go on with the line that begins at @at; line numbers are not known from then on */
void ka_logread_seek(struct ka_logread *r, int64_t at);

/** ka_logread_offset() - of the first byte that was not given out */
int64_t ka_logread_offset(const struct ka_logread *r);

/** ka_logread_is_replaced() - @path is another file now, or this one has shrunk */
bool ka_logread_is_replaced(const struct ka_logread *r, const char *path);

#endif
