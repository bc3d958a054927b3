/*
 * Is a log file one of a syslog daemon, or one of `sshd -E`? In the first, a line begins with a time, a host and an ident, and
 * what does not is nobody's word; in the second a line is a message, and one that looks framed is a stranger's text, who would
 * have it be another process's. So it is decided once for a file and by its first line, which no stranger writes: a daemon's
 * begins with a time, and sshd's says where it listens, or is the beginning of another message of its own. It stays decided for
 * as long as it is the same file (the same inode), also when it is truncated, and is kept with the position.
 *
 * A file whose first line has no frame is one of `sshd -E` only if it is root's (or our own) and nobody else may write there; any other
 * is taken for a syslog daemon's with something odd at its beginning.
 */
#ifndef KA_EARFRAME_H
#define KA_EARFRAME_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/cursor.h"

enum ka_earframe_kind {
	KA_EARFRAME_UNKNOWN, /* it has no whole line yet */
	KA_EARFRAME_SYSLOG,
	KA_EARFRAME_BARE,    /* sshd -E */
};

struct ka_earline;

/** ka_earframe_kind() - by the file's first line, and what fstat(2) says of it */
enum ka_earframe_kind ka_earframe_kind(struct ka_span first, const struct stat *st);

/**
 * ka_earframe_read() - one line of a file of that kind
 * @now_sec: see ka_logline_read()
 *
 * Answers: false when it is no line of sshd's. Pure but for the machine's time zone.
 */
bool ka_earframe_read(enum ka_earframe_kind kind, struct ka_span line, int64_t now_sec, struct ka_earline *out);

#endif
