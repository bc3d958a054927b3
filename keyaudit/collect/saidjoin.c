/*
 * Joining lines with connections. MUST: believe no number by itself; give all lines of one life to one name, and none of
 * them to another life.
 */
#include "keyaudit/collect/saidjoin.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/proc.h"
#include "base/text.h"
#include "diag/sshdsay.h"
#include "keyaudit/case/casesaid.h"
#include "keyaudit/case/logpeer.h"
#include "keyaudit/case/saidlife.h"
#include "keyaudit/case/witnessnote.h"
#include "keyaudit/collect/drops.h"
#include "keyaudit/collect/saidsession.h"
#include "spool/saidline.h"

#include "base/poison.h"

#define US ((int64_t)1000000)

/* a line on its way: what it says, and when */
struct way {
	const struct ka_rundir *r;
	struct ka_saidline record;
	struct ka_sshdsay words;     /* borrows from record.message */
	struct ka_witness peer;      /* client "": it names none */
	pid_t pid;
	gid_t gid;                   /* 0: not known */
	int64_t at_us;
};

static bool is_done(const struct way *w, const struct ka_conn *conn)
{
	char name[KA_CONN_NAME_MAX];
	struct stat st;

	ka_conn_name(conn, name);
	return fstatat(w->r->done, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static enum ka_saidjoin_answer keep(const struct way *w, const struct ka_conn *conn)
{
	if (is_done(w, conn))
		return KA_SAIDJOIN_OTHER;
	switch (ka_saidline_append(w->r->said, conn, &w->record)) {
	case KA_ERR_OK:
		return KA_SAIDJOIN_KEPT;
	case KA_ERR_LIMIT:
	case KA_ERR_SYNTAX:
		return KA_SAIDJOIN_OTHER; /* it holds more than an event can rest on */
	default:
		return KA_SAIDJOIN_LATER;
	}
}

/* pam_open_session() and what comes behind it are said when another process speaks for the monitor; without PAM nologin too */
static bool is_of_session(const struct way *w)
{
	return w->words.reason == KA_REASON_ACCOUNT_NOLOGIN ||
	       (w->words.reason != KA_REASON_NONE && ka_reason_step(w->words.reason) == KA_STEP_SESSION);
}

/* a session's process that has ended, and took its monitor along */
static bool find_session(const struct way *w, struct ka_conn *out)
{
	const struct ka_saidsession_query q = {
		.at_us = w->at_us, .is_without_pam = w->words.reason == KA_REASON_ACCOUNT_NOLOGIN, .user = w->words.user, .gid = w->gid,
	};

	return ka_saidsession_find(w->r, &q, out);
}

/* the process that has this number now had it when the line was written */
static bool is_speaker(const struct way *w, struct ka_proc_stat *stat)
{
	int64_t grain = w->record.is_sure ? US / 10 : KA_SAID_GRAIN_SEC * US;

	return ka_proc_stat(w->pid, stat) && ka_saidlife_begin(stat->start) <= w->at_us + grain;
}

static enum ka_saidjoin_answer join_gone(const struct way *w, uint64_t except)
{
	struct ka_saidlife life = { .is_done = false };
	struct ka_conn conn = { w->pid, 0 };
	struct ka_proc_stat stat;

	if (is_speaker(w, &stat) && !ka_conn_is_sshd(stat.comm))
		return KA_SAIDJOIN_OTHER;
	if (ka_saidlife_find(w->r, w->pid, w->at_us, except, &life))
		return life.is_done ? KA_SAIDJOIN_OTHER : keep(w, &life.conn);
	if (is_of_session(w))
		return find_session(w, &conn) ? keep(w, &conn) : KA_SAIDJOIN_LOST;
	if (!ka_casesaid_begins(ka_span_of(w->record.message)))
		return KA_SAIDJOIN_OTHER;
	/* one that is just ending still tells when it began */
	conn.start = is_speaker(w, &stat) ? stat.start : ka_saidlife_start(w->at_us);
	return keep(w, &conn);
}

/* a living process that is no monitor: its own line, and a child of a monitor speaks for it; or its number's last owner's */
static enum ka_saidjoin_answer join_impostor(const struct way *w)
{
	struct ka_proc_stat stat;
	struct ka_witness seen;

	if (!is_speaker(w, &stat))
		return join_gone(w, 0);
	/* monitor, the user's sshd, the session's process */
	for (int up = 0; up < 2 && stat.ppid > 1 && ka_conn_is_sshd(stat.comm); up++) {
		struct ka_conn parent = { stat.ppid, 0 };

		if (ka_witness_look(&parent, &seen, NULL) == KA_WITNESS_SSHD)
			return keep(w, &parent);
		if (!ka_proc_stat(parent.m, &stat))
			break;
	}
	return KA_SAIDJOIN_OTHER;
}

static enum ka_saidjoin_answer join_pid(const struct way *w)
{
	struct ka_conn conn = { w->pid, 0 };
	struct ka_witness seen;

	switch (ka_witness_look(&conn, &seen, NULL)) {
	case KA_WITNESS_SSHD:
		if (ka_saidlife_begin(conn.start) - KA_SAID_GRAIN_SEC * US > w->at_us)
			return join_gone(w, conn.start);
		if (!is_done(w, &conn))
			ka_witness_note(w->r, &conn, &seen);
		return keep(w, &conn);
	case KA_WITNESS_IMPOSTOR:
		return join_impostor(w);
	case KA_WITNESS_UNKNOWN:
		return KA_SAIDJOIN_LATER;
	case KA_WITNESS_GONE:
		break;
	}
	return join_gone(w, 0);
}

/* look at every monitor that lives, so that there is a note of it when it has ended */
static void look_around(const struct way *w)
{
	KA_AUTOCLOSEDIR DIR *d = opendir("/proc");
	const struct dirent *e;
	struct ka_proc_stat stat;
	struct ka_witness seen;
	uint64_t pid;

	for (int n = 0; d != NULL && n < KA_LISTENER_PROCESSES_MAX && (e = readdir(d)) != NULL; n++) {
		struct ka_conn conn = { 0, 0 };

		if (!ka_text_to_u64(ka_span_of(e->d_name), INT32_MAX, &pid) || !ka_proc_stat((pid_t)pid, &stat) ||
		    !ka_conn_is_sshd(stat.comm))
			continue;
		conn.m = (pid_t)pid;
		if (ka_witness_look(&conn, &seen, NULL) == KA_WITNESS_SSHD && !is_done(w, &conn))
			ka_witness_note(w->r, &conn, &seen);
	}
}

static bool is_address(const char *a, const char *b)
{
	uint8_t raw[2][16] = { { 0 }, { 0 } };

	for (int family = AF_INET;; family = AF_INET6) {
		if (inet_pton(family, a, raw[0]) == 1 && inet_pton(family, b, raw[1]) == 1)
			return memcmp(raw[0], raw[1], family == AF_INET ? 4 : 16) == 0;
		if (family == AF_INET6)
			return false;
	}
}

static bool is_of_peer(const struct way *w, const struct ka_conn *conn)
{
	struct ka_witness seen;

	if (w->peer.client[0] == '\0')
		return true;
	ka_witness_recall(w->r, conn, &seen);
	return seen.client_port == w->peer.client_port && is_address(seen.client, w->peer.client);
}

/* of those that were seen and have no event yet: the one that fits; with an address the latest, without one only one of one */
static enum ka_saidjoin_answer join_peer(const struct way *w)
{
	struct ka_conn best = { 0, 0 }, conn;
	KA_AUTOCLOSEDIR DIR *d = NULL;
	const struct dirent *e;
	size_t n = 0;
	int again;

	look_around(w);
	again = openat(w->r->seen, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	d = again >= 0 ? fdopendir(again) : NULL;
	while (d != NULL && (e = readdir(d)) != NULL) {
		if (!ka_conn_parse(ka_span_of(e->d_name), &conn) || is_done(w, &conn) || !is_of_peer(w, &conn))
			continue;
		n++;
		if (conn.start >= best.start)
			best = conn;
	}
	if (n == 0 || (n > 1 && w->peer.client[0] == '\0'))
		return ka_casesaid_begins(ka_span_of(w->record.message)) ? KA_SAIDJOIN_LOST : KA_SAIDJOIN_OTHER;
	return keep(w, &best);
}

/* the listener ends a connection that took too long and says whose: ", pid = N" at the end */
static pid_t overdue(struct ka_span message)
{
	static const char before[] = "pid = ";
	size_t digits = 0, n = strlen(before);
	uint64_t pid;

	while (digits < message.len && ka_text_is_digit(message.p[message.len - 1 - digits]))
		digits++;
	if (message.len < digits + n || memcmp(message.p + message.len - digits - n, before, n) != 0 ||
	    !ka_text_to_u64(ka_span_sub(message, message.len - digits, digits), INT32_MAX, &pid))
		return 0;
	return (pid_t)pid;
}

static bool read_line(const struct ka_rundir *r, const struct ka_earline *line, struct way *w)
{
	struct ka_span message = ka_text_trim(line->message);
	uint64_t port;

	memset(w, 0, sizeof(*w));
	if (!ka_casesaid_is_worth(message) || !ka_span_copy(message, w->record.message, sizeof(w->record.message)))
		return false;
	w->r = r;
	w->pid = line->pid;
	w->gid = line->is_verified ? line->gid : 0;
	w->at_us = line->at_us != 0 ? line->at_us : ka_clock_wall_us();
	w->record.at_us = line->at_us;
	w->record.is_sure = line->is_verified;
	w->record.by = line->is_from_file ? KA_SAIDLINE_FILE : line->is_verified ? KA_SAIDLINE_JOURNAL : KA_SAIDLINE_SYSLOG;
	(void)ka_sshdsay_read(ka_span_of(w->record.message), &w->words);
	if (w->words.reason == KA_REASON_CONN_GRACE_TIMEOUT && overdue(message) > 1)
		w->pid = overdue(message);
	if (!ka_logpeer_read(message, &w->peer) && w->words.address.len > 0 && ka_text_to_u64(w->words.port, 65535, &port) &&
	    ka_span_copy(w->words.address, w->peer.client, sizeof(w->peer.client)))
		w->peer.client_port = (unsigned)port;
	return true;
}

enum ka_saidjoin_answer ka_saidjoin_take(const struct ka_rundir *r, const struct ka_earline *line)
{
	KA_AUTOFREE struct way *w = malloc(sizeof(*w));

	if (w == NULL)
		return KA_SAIDJOIN_LATER;
	if (!read_line(r, line, w) || w->at_us < ka_saidlife_begin(0))
		return KA_SAIDJOIN_OTHER;
	if (ka_drops_is(w->words.reason))
		return ka_drops_add(r, &w->record) == KA_ERR_SYS ? KA_SAIDJOIN_LATER : KA_SAIDJOIN_KEPT;
	return w->pid != 0 ? join_pid(w) : join_peer(w);
}
