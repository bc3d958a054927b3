/*
 * Attempt records: what authkeys-cmd was asked and what it answered. One text
 * line each, at most KA_RECORD_MAX bytes with its newline, values %XX-escaped:
 *
 *   ka1 attempt at=US up=MS pp=PID pid=PID uid=UID|- user= type= fp= key=BASE64|- c= src=NAME:ANSWER:ID[:EVIDENCE],..
 *       verdict=served|refused|none reasons=ID,.. opts= [net=MS] [took=US] [label=WORD]
 *   ka1 overflow at=US up=MS
 *
 * net: how long the run waited for the network, when it did. took: microseconds of the whole run up to here. label: what a store calls the offered key (base/label.h), when
 * one does. at: wall clock in microseconds; up: milliseconds since boot; pp: M's parent; c: sshd's %C as given.
 * Every field stands exactly once, in this order; an unknown field refuses the line. What the
 * command's uid writes is untrusted: parse, never believe.
 */
#ifndef KA_SPOOL_RECORD_H
#define KA_SPOOL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/limits.h"

enum ka_record_verdict { KA_RECORD_SERVED, KA_RECORD_REFUSED, KA_RECORD_NONE };

struct ka_record {
	bool is_overflow;
	int64_t at_us, up_ms;
	pid_t pp, pid;
	bool has_uid;
	uid_t uid;                      /* of the login user, from -U */
	char user[KA_USER_NAME_MAX];
	char type[KA_TYPE_NAME_MAX];
	char fp[KA_FPR_TEXT_MAX];       /* "" when the command was asked for all keys */
	char c[160];                    /* "addr port addr port", in either order */
	enum ka_record_verdict verdict;
	char reasons[384];              /* ids, comma separated; the deciding one first */
	char opts[160];                 /* option names served with the key, the forced ones behind its own */
	int net_ms;                     /* waited for the network */
	int64_t took_us;                /* from the command's first act to this record; 0: not said */
	struct ka_span label;           /* one word of base/label.h, or empty; borrowed, by the reader from its line */
	/* the long ones last: most of them is never touched */
	char src[KA_RECORD_SRC_MAX];    /* as written, whole entries, as many as fit: spool/recordsrc.h */
	char key[KA_RECORD_KEY_MAX + 1]; /* base64 of the offered blob, "" when absent or too long */
};

/** ka_record_write() - append one line with its newline; what does not fit KA_RECORD_MAX loses label, key, src, opts, in this order */
void ka_record_write(const struct ka_record *r, struct ka_buf *out);

/** ka_record_parse() - read one line without its newline, which out->label borrows from; false when it is not exactly a record */
bool ka_record_parse(struct ka_span line, struct ka_record *out);

/**
 * ka_record_addresses() - client address and port out of %C, whose order is not the one that sshd_config(5) names
 *
 * The pair whose port is not @server_port, else the second one: sshd really sends the server first.
 *
 * Answers: false when @c is empty or malformed.
 */
bool ka_record_addresses(const char *c, unsigned server_port, char client[static 64], unsigned *client_port);

#endif
