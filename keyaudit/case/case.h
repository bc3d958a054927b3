/*
 * One connection's case: everything that the witnesses left behind, read once into
 * memory and judged as hostile bytes there.
 */
#ifndef KA_CASE_H
#define KA_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"
#include "diag/diagnosis.h"
#include "diag/said.h"
#include "keyaudit/case/claim.h"
#include "keyaudit/case/rundir.h"
#include "keyaudit/case/witnessnote.h"
#include "spool/conn.h"
#include "spool/phase.h"
#include "spool/record.h"
#include "spool/recordsrc.h"

struct ka_case {
	struct ka_conn conn;
	struct ka_witness witness;
	bool tampered, tampered_hidden; /* an attempts file (M.START, M.0) was not what the command writes */
	bool has_attempts_file;
	/* from the attempt records */
	size_t attempts;                /* records read, overflow lines not counted */
	bool overflowed;
	char user[KA_USER_NAME_MAX];    /* PAM's word, else what the records say (sshd's %u) */
	bool has_uid;
	uid_t uid;
	char c[160];                    /* %C */
	struct ka_offer offers[KA_DIAG_OFFERS_MAX];
	size_t offers_count;
	char src_last[KA_RECORD_SRC_MAX]; /* what the sources said, as the last record of all has it */
	int64_t took_last_us;
	struct ka_recordsrc sources[KA_SOURCES_MAX]; /* those of the event's key: ka_casefill_sources() */
	size_t sources_count;
	/* from the phase records */
	bool auth, account, session;
	bool auth_in_monitor, auth_in_fork; /* where that auth phase ran: a password, keyboard-interactive */
	char pam_user[KA_USER_NAME_MAX]; /* the last one that PAM named; the only one to base a decision on */
	bool session_info_missing;      /* longer than the module keeps */
	enum ka_reason denied_by;       /* `enforce` refused the session; KA_REASON_NONE: it did not */
	char rhost[256];
	char pam_conn[160];             /* SSH_CONNECTION */
	char method[64];                /* last method of the session, "publickey" ... */
	struct ka_offer session_key;    /* type "" when no publickey was used */
	unsigned session_key_bits;
	char *info;                     /* SSH_AUTH_INFO_0 of the session phase; owned, may be NULL */
	/* from sshd's log: casesaid.h */
	struct ka_said said[KA_CASE_SAID_MAX];
	size_t said_count;
	bool said_sure;                 /* one of them only root can have written */
	bool said_worth;                /* they alone make an event */
	struct ka_witness said_peer;
	bool said_peer_sure, said_peer_torn; /* torn: two that contradict each other */
	/* scratch */
	struct ka_record record;
};

/** ka_case_new() - an empty case; ka_case_free() frees and nulls */
struct ka_case *ka_case_new(const struct ka_conn *conn);
void ka_case_free(struct ka_case **c);

/** ka_case_read_claim() - read a claim's attempts, the phase records, and the witness's note */
KA_MUST_CHECK enum ka_err ka_case_read_claim(const struct ka_rundir *r, const struct ka_claim *claim, struct ka_case *c);

/** ka_case_read_open() - the same from spool and phase, without a claim (auth phase, and to see whether a flood goes on) */
KA_MUST_CHECK enum ka_err ka_case_read_open(const struct ka_rundir *r, struct ka_case *c);

/** ka_case_is_hearsay() - only what the command's uid, or any local user, can write speaks for this connection */
bool ka_case_is_hearsay(const struct ka_case *c);

/** ka_case_is_log_only() - no witness but sshd's log: the command never ran, and neither did PAM's module */
bool ka_case_is_log_only(const struct ka_case *c);

/** ka_case_is_mute() - nobody tried to log in, as far as is known: a connection that was opened and closed makes no event */
bool ka_case_is_mute(const struct ka_case *c);

/** ka_case_attempts() - add the lines of an attempts file; lines that are no records are skipped. Pure */
void ka_case_attempts(struct ka_case *c, struct ka_span text);

/** ka_case_phases() - add the lines of a phase file. Pure but for one allocation */
KA_MUST_CHECK enum ka_err ka_case_phases(struct ka_case *c, struct ka_span text);

/** ka_case_settle_user() - when all is read: root's word about the user stands above that of the command's uid. Pure */
void ka_case_settle_user(struct ka_case *c);

/**
 * ka_case_next_key() - walk the publickey lines of an SSH_AUTH_INFO_0: "publickey TYPE BASE64"; false behind the last
 *
 * A publickey line that lacks type or key is given out with empty spans, so that a gate cannot be passed by being unreadable.
 */
bool ka_case_next_key(struct ka_cursor *info, struct ka_span *type, struct ka_span *base64);

#endif
