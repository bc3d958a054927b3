/*
 * The ear: sshd's log as a stream of lines. It follows the journal (through journalctl -o json), a syslog file, or a file of
 * `sshd -E`, remembers how far it came, and survives the rotation of files and the death of journalctl. It reads and says
 * whose line it is; what a message means is diag/sshdsay.h's, and which connection it belongs to the caller's.
 *
 * What a line is worth:
 *
 *   journal, transport syslog   is_verified: the kernel said that root wrote it (_UID=0) and which process (_PID), and the program
 *                               was one of OpenSSH's (_COMM, _EXE) as far as journald could still see. Once written, sshd's
 *                               messages are one line there: it writes a newline in a stranger's text as \n
 *   journal, other transports   neither flag; pid and time are good. `sshd -e` below systemd: as with -E, a stranger's newline
 *                               begins a line of its own
 *   syslog file                 neither flag: any local user can write such a line, with any pid and any time
 *   file of sshd -E             is_from_file: sshd alone writes there, but with neither pid nor time, and it leaves the newlines
 *                               of a stranger's user name as they are (seen with 9.2): a client without any account can put
 *                               lines there that are his from the first byte to the last. None proves anything by itself
 *
 * Which of the two a file is its first line says (earframe.h), and it stays that as long as it is the same file.
 *
 * Debug messages are not given. Messages with a newline in them are not either: sshd makes none in syslog.
 */
#ifndef KA_EAR_H
#define KA_EAR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cursor.h"
#include "base/err.h"
#include "conf/conf.h"

/* one line of sshd, as its log has it */
struct ka_earline {
	int64_t at_us;          /* wall clock of the line; 0: the log does not say (sshd -E). Whole seconds where the log has no more */
	pid_t pid;              /* whose line; 0: the log does not say (sshd -E) */
	gid_t gid;              /* of the process, by the journal's own field; 0: root's, or the log does not say */
	bool is_verified;       /* see above */
	bool is_from_file;      /* a line of `sshd -E` */
	struct ka_span message; /* without time, host and ident; any bytes but newlines; borrowed until the next call */
};

struct ka_ear;

/**
 * ka_ear_open() - begin to listen where it was left
 * @conf:      sshd_log and sshd_log_file; borrowed no longer than the call
 * @state_dir: the folder of the position (KA_PATH_RUN), borrowed until the end; -1: none is read and none kept
 * @follow:    go on when the log's end was reached; else see ka_ear_is_drained()
 *
 * Without a position (the first time since the machine started, or the kept one is damaged, or is of another log) it begins
 * KA_EAR_BACK_SEC before now and not before this boot: older connections are nobody's concern any more, and a first start must
 * not make events of a whole year. An -E file says no times, so there it begins at the end; a file that appears later is read
 * from its beginning.
 *
 * Answers: *out, to be closed; NULL with KA_CONF_LOG_NONE. A log that is not there (yet) is no error: see ka_ear_trouble().
 * Errors:  KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_ear_open(const struct ka_conf *conf, int state_dir, bool follow, struct ka_ear **out);

/** ka_ear_fd() - to poll(2) for reading: there may be lines; -1: by time only. It may be another one after each ka_ear_next() */
int ka_ear_fd(const struct ka_ear *e);

/** ka_ear_patience_ms() - how long poll(2) may wait at most: 0 when lines may be waiting in memory already; never negative */
int ka_ear_patience_ms(const struct ka_ear *e);

/**
 * ka_ear_next() - the next line
 *
 * Answers: false: none now. One call reads at most KA_EAR_BLOCK bytes, so that a log full of others' lines keeps nobody waiting:
 *          whether there is more at once ka_ear_patience_ms() says. Whoever has other work takes at most KA_EAR_TURN_MAX lines
 *          in a row.
 * Late:    journald tells its readers of new lines up to 250 ms late.
 */
bool ka_ear_next(struct ka_ear *e, struct ka_earline *out);

/**
 * ka_ear_is_drained() - all that the log had when it was last looked at has been given out
 *
 * Without @follow: true for good once the end was reached, at the latest when journalctl has said nothing for KA_EAR_STALL_MS.
 * With it: true of a file at its end, and of a journal while nothing waits in the pipe.
 */
bool ka_ear_is_drained(const struct ka_ear *e);

/** ka_ear_trouble() - why there is nothing to read ("journalctl cannot be run"); NULL when there is no trouble. A constant */
const char *ka_ear_trouble(const struct ka_ear *e);

/**
 * ka_ear_keep() - all lines given out so far are dealt with: keep the position
 *
 * Cheap when nothing changed. After a restart everything behind it is given again: lines may come twice, and none is lost.
 * Durable against the end of processes; the folder does not survive the machine's.
 *
 * Errors: KA_ERR_SYS - the old one stays.
 */
KA_MUST_CHECK enum ka_err ka_ear_keep(struct ka_ear *e);

/** ka_ear_close() - end it, with its journalctl; *e becomes NULL. NULL is fine */
void ka_ear_close(struct ka_ear **e);

#endif
