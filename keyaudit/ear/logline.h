/*
 * Lines of sshd in a syslog file, as rsyslogd (both of its templates for files), syslog-ng and busybox's syslogd write them:
 *
 *   2026-11-22T10:00:00.123456+00:00 HOST sshd[PID]: MESSAGE
 *   Nov 22 10:00:00 HOST sshd[PID]: MESSAGE
 *   Nov 22 10:00:00 HOST auth.info sshd[PID]: MESSAGE
 *
 * The ident stands where these say and nowhere else: what follows it may be a stranger's text.
 */
#ifndef KA_LOGLINE_H
#define KA_LOGLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"

struct ka_logline {
	int64_t at_sec;         /* since 1970, UTC */
	int64_t at_us;          /* the same with the fraction, where the line has one */
	uint64_t pid;
	struct ka_span message; /* points into the line */
};

/**
 * ka_logline_read() - one line without its newline
 * @now_sec: the wall clock; the second and third form have no year, and mean a moment that is not in the future
 *
 * Answers: false when it is no line of sshd, sshd-session or sshd-auth, or its time cannot be read.
 * Safe:    any bytes; pure but for the machine's time zone, which lines without one are in. In the hour that a clock set back
 *          goes through twice they may be read as an hour early or late.
 */
bool ka_logline_read(struct ka_span line, int64_t now_sec, struct ka_logline *out);

/** ka_logline_has_time() - does it begin with a time as a syslog daemon writes it, and a blank? Of any program. Pure */
bool ka_logline_has_time(struct ka_span line);

/** ka_logline_is_ident() - the names under which OpenSSH's processes log: sshd, sshd-session (9.8 on), sshd-auth (10.0 on) */
bool ka_logline_is_ident(const char *name);

#endif
