/*
 * Phase records: what only the PAM module knows. Written by root inside sshd into
 * a directory that only root can enter; still bounded and parsed strictly.
 *
 *   ka1 phase at=US up=MS pid=PID phase=auth|account|session|denied service= user= rhost= conn= info=
 *
 * conn: SSH_CONNECTION ("client_ip client_port server_ip server_port"); info: SSH_AUTH_INFO_0, or "!" when
 * it was longer than KA_PHASE_INFO_MAX. denied: `enforce` has refused the session; info is then the reason's id.
 * libc only: the module links this file.
 */
#ifndef KA_SPOOL_PHASE_H
#define KA_SPOOL_PHASE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "spool/conn.h"

enum ka_phase { KA_PHASE_AUTH, KA_PHASE_ACCOUNT, KA_PHASE_SESSION, KA_PHASE_DENIED };

struct ka_phase_record {
	int64_t at_us, up_ms;
	pid_t pid;
	enum ka_phase phase;
	const char *service, *user, *rhost, *conn, *info; /* borrowed; parse: into the storage given */
	bool info_too_long;
};

/** ka_phase_text() - "auth", "account", "session", "denied" */
const char *ka_phase_text(enum ka_phase p);

/** ka_phase_write() - append one line with its newline */
void ka_phase_write(const struct ka_phase_record *r, struct ka_buf *out);

/**
 * ka_phase_parse() - read one line without its newline
 * @storage: room for the unescaped texts; at least as long as the line plus 8
 */
bool ka_phase_parse(struct ka_span line, char *storage, size_t size, struct ka_phase_record *out);

/** ka_phase_append() - append a record to the connection's file below @dir_path (created 0600, O_NOFOLLOW), one write(2) */
KA_MUST_CHECK enum ka_err ka_phase_append(const char *dir_path, const struct ka_conn *conn, const struct ka_phase_record *r);

#endif
