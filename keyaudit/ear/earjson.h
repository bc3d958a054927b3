/* One entry of the journal, as journalctl -o json writes it: one object in one line. Source: journalctl(1), systemd.journal-fields(7). */
#ifndef KA_EARJSON_H
#define KA_EARJSON_H

#include <stdint.h>
#include <sys/types.h>

#include "base/cursor.h"
#include "base/limits.h"

/* what is asked for; __CURSOR and __REALTIME_TIMESTAMP come by themselves */
#define KA_EARJSON_FIELDS "MESSAGE,SYSLOG_IDENTIFIER,_TRANSPORT,_UID,_GID,_PID,_COMM,_EXE,_SOURCE_REALTIME_TIMESTAMP"

enum ka_earjson_answer {
	KA_EARJSON_BROKEN, /* no entry at all */
	KA_EARJSON_OTHER,  /* an entry, with its cursor, but no line of sshd */
	KA_EARJSON_LINE,
};

struct ka_earjson {
	char cursor[KA_EAR_CURSOR_MAX];
	int64_t at_us;    /* when the kernel took it, or journald */
	pid_t pid;
	gid_t gid;        /* 0 when there is none */
	bool is_verified; /* see ear.h */
	size_t len;
	uint8_t message[KA_EAR_MESSAGE_MAX];
};

/**
 * ka_earjson_read() - one line of journalctl
 *
 * _UID, _GID, _PID and _TRANSPORT come from the kernel and from journald; _COMM and _EXE journald reads from /proc, where a process
 * that has just ended is gone: a name that is there must be one of OpenSSH's, and one that is not says nothing against it.
 *
 * Answers: see above; @out is set on OTHER (cursor and time) and LINE. Pure.
 */
enum ka_earjson_answer ka_earjson_read(struct ka_span line, struct ka_earjson *out);

/** ka_earjson_is_cursor() - has it the form of one? It becomes an argument of journalctl */
bool ka_earjson_is_cursor(const char *text);

#endif
