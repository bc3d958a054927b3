/*
 * keyaudit record: the PAM module's other half. Answers one line first, then lets go of
 * its caller and does the slow work: the auth phase's syslog line, or the session's event.
 *
 * MUST: answer within the module's deadline or not at all; hold nothing of sshd's when it
 * goes on alone; never make a login fail unless `enforce` was asked for.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/syslogsink.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "base/proc.h"
#include "base/spawn.h"
#include "keyaudit/case/case.h"
#include "keyaudit/case/caseevent.h"
#include "keyaudit/case/casesaid.h"
#include "keyaudit/case/gate.h"
#include "keyaudit/case/pidns.h"
#include "keyaudit/cmd.h"
#include "keyaudit/screen/usage.h"

#include "base/poison.h"

static const char usage[] =
	"usage: keyaudit record --connection M.START --phase auth|account|session\n"
	"                       [--enforce|--enforce=soft]\n\n"
	"Started by pam_keyaudit.so, not by people. Prints one line: ka1 ref=REFERENCE\n"
	"deny=REASON|-\n\n"
	"examples:\n"
	"  keyaudit record --connection 4240.8123771 --phase session\n"
	"  keyaudit record --connection 4240.8123771 --phase session --enforce\n";

struct order {
	struct ka_conn conn;
	enum ka_phase phase;
	bool enforce, soft, help;
	bool is_waited_for;       /* our caller waits on: there was no child to be had */
	const char *wrong, *word; /* what is wrong, NULL: nothing; the argument it is about */
};

/* the first fault is told */
static void complain(struct order *o, const char *what, const char *word)
{
	if (o->wrong != NULL)
		return;
	o->wrong = what;
	o->word = word;
}

static void read_order(int argc, char **argv, struct order *o)
{
	bool has_conn = false, has_phase = false;

	memset(o, 0, sizeof(*o));
	for (int i = 1; i < argc; i++) {
		const char *next = i + 1 < argc ? argv[i + 1] : "";

		if (strcmp(argv[i], "--help") == 0) {
			o->help = true;
		} else if (strcmp(argv[i], "--enforce") == 0) {
			o->enforce = true;
		} else if (strcmp(argv[i], "--enforce=soft") == 0) {
			o->enforce = o->soft = true;
		} else if (strcmp(argv[i], "--connection") == 0) {
			has_conn = ka_conn_parse(ka_span_of(next), &o->conn);
			if (!has_conn)
				complain(o, "not a connection (PID.START):", next);
			i++;
		} else if (strcmp(argv[i], "--phase") == 0) {
			for (int p = KA_PHASE_AUTH; p <= KA_PHASE_SESSION; p++)
				if (strcmp(next, ka_phase_text((enum ka_phase)p)) == 0) {
					o->phase = (enum ka_phase)p;
					has_phase = true;
				}
			if (!has_phase)
				complain(o, "no such phase:", next);
			i++;
		} else {
			complain(o, "no such argument:", argv[i]);
		}
	}
	if (!has_conn || !has_phase)
		complain(o, "needs --connection and --phase", NULL);
}

/* say it and let the caller go: the parent ends, the child goes on in a session of its own */
static bool answer(const struct ka_writer *w, struct order *o, const char *deny)
{
	char ref[KA_REF_MAX];

	ka_event_ref(w->host.machine_id, w->host.boot_id, &o->conn, ref);
	printf("ka1 ref=%s deny=%s\n", ref, deny);
	fflush(stdout);
	switch (fork()) {
	case -1:
		o->is_waited_for = true;
		return true; /* no child to be had: do the work here, the module's deadline bounds it */
	case 0:
		setsid();
		if (freopen("/dev/null", "w", stdout) == NULL || freopen("/dev/null", "w", stderr) == NULL)
			return false;
		return true;
	default:
		_exit(KA_EXIT_FINE);
	}
}

/*
 * Each line costs a diagnosis, and whoever reaches PAM needs no key: no more of them run at once than there are turns. Who
 * gets none says nothing; the connection's event says the same at its end. -1, or a descriptor that holds the turn.
 */
static int take_turn(const struct ka_writer *w)
{
	for (int i = 0; i < KA_RECORD_TURNS_MAX; i++) {
		KA_AUTOCLOSE int fd = -1;
		char name[16];
		struct ka_buf b;

		ka_buf_init_array(&b, name);
		ka_buf_text(&b, "say.");
		ka_buf_i64(&b, i);
		fd = openat(w->dirs.run, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
			return ka_steal_fd(&fd);
	}
	return -1;
}

/* the auth phase is reached once per attempt: one line per connection is enough */
static bool is_first_time(const struct ka_writer *w, const struct ka_conn *conn)
{
	KA_AUTOCLOSE int fd = -1;
	char name[KA_CONN_NAME_MAX], mark[KA_CONN_NAME_MAX + 8];
	struct ka_buf b;

	ka_conn_name(conn, name);
	ka_buf_init_array(&b, mark);
	ka_buf_text(&b, name);
	ka_buf_text(&b, ".said");
	fd = openat(w->dirs.seen, mark, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return fd >= 0;
}

static bool say_once(struct ka_writer *w, struct ka_case *c)
{
	KA_AUTOCLOSE int turn = take_turn(w);

	return turn >= 0 && is_first_time(w, &c->conn) && ka_caseevent_say(w, c) == KA_ERR_OK;
}

/* root looks at M while it lives: here, in its own PAM phase, it certainly does */
static void look(const struct ka_writer *w, struct order *o)
{
	struct ka_witness seen;

	if (ka_witness_look(&o->conn, &seen, NULL) == KA_WITNESS_SSHD)
		ka_witness_note(&w->dirs, &o->conn, &seen);
}

static void say_foreign(const char *why)
{
	char text[KA_SYSLOG_LINE_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "recorder: no event is written of this login: ");
	ka_buf_text(&b, why);
	if (ka_syslogsink_send(KA_LEVEL_WARNING, text) != KA_ERR_OK)
		return; /* doctor says it too */
}

/* is there somebody who reads sshd's log while we wait? The collector that watches holds this lock */
static bool is_log_heard(const struct ka_writer *w)
{
	KA_AUTOCLOSE int fd = ka_casesaid_is_heard(&w->dirs, &w->conf) ? open(KA_PATH_COLLECT_LOCK, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
	struct flock whole = { .l_type = F_RDLCK, .l_whence = SEEK_SET };

	return fd >= 0 && fcntl(fd, F_GETLK, &whole) == 0 && whole.l_type == F_WRLCK;
}

/*
 * What stands behind us in the stack may still fail, and so may ChrootDirectory: sshd says so in its log, and "accepted" would
 * be wrong. A session that ends meanwhile has as long again as the log may take to tell why, or that it is over. Our caller has
 * had its answer and nobody waits for us.
 */
static void wait_for_the_log(const struct ka_writer *w, const struct ka_conn *conn)
{
	int64_t until = is_log_heard(w) ? ka_clock_boot_ms() + KA_RECORD_SAID_MS : 0;
	struct ka_casesaid_glance said;
	bool has_ended = false;

	while (ka_clock_boot_ms() < until) {
		if (ka_casesaid_look(&w->dirs, conn, &said) && (said.is_session_lost || said.is_closed))
			return;
		if (!has_ended && ka_witness_has_ended(conn)) {
			has_ended = true;
			until = ka_clock_boot_ms() + KA_SAID_SESSION_MS;
		}
		poll(NULL, 0, KA_RECORD_SAID_STEP_MS);
	}
}

/* the slow half. Claims of processes that cannot be seen from here are not touched; no login waits for that to be mended */
static int finish(struct ka_writer *w, struct ka_case *c, struct order *o, enum ka_reason denied_by)
{
	char why[KA_CONF_ERROR_MAX];
	enum ka_case_answer done;

	if (ka_pidns_settle(&w->dirs, why, sizeof(why)) >= KA_PIDNS_OTHER) {
		say_foreign(why);
		return KA_EXIT_UNDECIDED;
	}
	look(w, o);
	if (o->phase == KA_PHASE_AUTH && say_once(w, c))
		return KA_EXIT_FINE;
	if (o->phase == KA_PHASE_SESSION && denied_by == KA_REASON_NONE && !o->is_waited_for)
		wait_for_the_log(w, &o->conn);
	if (o->phase == KA_PHASE_SESSION && ka_caseevent_finish(w, &o->conn, denied_by, true, &done) == KA_ERR_OK)
		return KA_EXIT_FINE;
	return KA_EXIT_UNDECIDED;
}

static int work(struct ka_writer *w, struct order *o)
{
	struct ka_case *c = ka_case_new(&o->conn);
	struct ka_gate gate = { .denied_by = KA_REASON_NONE };
	int status = KA_EXIT_UNDECIDED;

	if (c == NULL || ka_case_read_open(&w->dirs, c) != KA_ERR_OK) {
		ka_case_free(&c);
		return status;
	}
	if (o->enforce && o->phase == KA_PHASE_SESSION)
		ka_gate_judge(w, c, &gate);
	if (gate.is_fault && o->soft)
		gate = (struct ka_gate){ .denied_by = KA_REASON_NONE };
	if (answer(w, o, ka_reason_id(gate.denied_by)))
		status = finish(w, c, o, gate.denied_by);
	ka_case_free(&c);
	return status;
}

int ka_cmd_record(int argc, char **argv)
{
	KA_AUTOFREE struct ka_writer *w = calloc(1, sizeof(*w));
	char why[KA_CONF_ERROR_MAX] = "";
	struct order o;

	read_order(argc, argv, &o);
	if (o.help) {
		fputs(usage, stdout);
		return KA_EXIT_FINE;
	}
	if (o.wrong != NULL)
		return ka_usage_error("record", o.wrong, o.word);
	umask(077);
	if (w == NULL || ka_caseevent_open(w, "keyaudit-record", KA_PATH_CONF, why, sizeof(why)) != KA_ERR_OK) {
		fprintf(stderr, "keyaudit record: %s\n", why);
		return geteuid() == 0 ? KA_EXIT_UNDECIDED : KA_EXIT_NOPERM;
	}
	return work(w, &o);
}
