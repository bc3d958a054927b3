/*
 * pam_keyaudit.so: a witness inside sshd. It notes that a phase was reached, starts the recorder, and says
 * PAM_IGNORE; pamcode.h has the two exceptions.
 *
 * MUST: never answer PAM_SUCCESS; never open a user's file, ask the network or the name service; do the same work
 * for every user name; keep nothing in memory between calls.
 */
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/paths.h"
#include "pam_keyaudit/pamargs.h"
#include "pam_keyaudit/pamcode.h"
#include "pam_keyaudit/pamsay.h"
#include "pam_keyaudit/pamspawn.h"
#include "pam_keyaudit/pamwitness.h"
#include "spool/phase.h"

#include "base/poison.h"
#include "pam_keyaudit/pampoison.h"

#define KA_ENTRY __attribute__((visibility("default")))

/* borrowed from the handle until the call returns; "" when it is not set */
static const char *item(const pam_handle_t *pamh, int which)
{
	const void *p = NULL;

	return pam_get_item(pamh, which, &p) == PAM_SUCCESS && p != NULL ? p : "";
}

/* from the handle's own environment, in which sshd puts it; not the process's, which may be a stranger's */
static const char *variable(pam_handle_t *pamh, const char *name)
{
	const char *v = pam_getenv(pamh, name);

	return v != NULL ? v : "";
}

/* what the recorder knows about this call; an answer or a fault */
struct work {
	struct ka_phase_record record;
	struct ka_conn conn;
	struct ka_pamanswer answer;
};

static void witness(pam_handle_t *pamh, enum ka_phase phase, struct work *w)
{
	memset(w, 0, sizeof(*w));
	w->conn = ka_pamwitness_find();
	w->record = (struct ka_phase_record){
		.at_us = ka_clock_wall_us(),
		.up_ms = ka_clock_boot_ms(),
		.pid = getpid(),
		.phase = phase,
		.service = item(pamh, PAM_SERVICE),
		.user = item(pamh, PAM_USER),
		.rhost = item(pamh, PAM_RHOST),
		.conn = variable(pamh, "SSH_CONNECTION"),
		.info = variable(pamh, "SSH_AUTH_INFO_0"),
	};
}

static enum ka_phase phase_of(enum ka_pamcode_entry entry)
{
	if (entry == KA_PAMCODE_AUTH)
		return KA_PHASE_AUTH;
	return entry == KA_PAMCODE_ACCOUNT ? KA_PHASE_ACCOUNT : KA_PHASE_SESSION;
}

static enum ka_pamcode_outcome do_phase(pam_handle_t *pamh, const struct ka_pamargs *args, struct work *w)
{
	bool is_noted = ka_phase_append(KA_PATH_PHASE, &w->conn, &w->record) == KA_ERR_OK;
	enum ka_pamspawn_result said;

	if (!is_noted)
		ka_pamsay_fault(pamh, "no phase record can be written", &w->record, &w->conn);
	if (w->record.phase == KA_PHASE_ACCOUNT)
		return is_noted ? KA_PAMCODE_NOTHING : KA_PAMCODE_FAULT;
	said = ka_pamspawn_record(KA_PATH_KEYAUDIT, &w->conn, w->record.phase, args, &w->answer);
	if (said != KA_PAMSPAWN_OK)
		ka_pamsay_fault(pamh, ka_pamspawn_text(said), &w->record, &w->conn);
	if (said != KA_PAMSPAWN_OK || !is_noted)
		return KA_PAMCODE_FAULT;
	return w->answer.deny[0] != '\0' ? KA_PAMCODE_DENIED : KA_PAMCODE_ALLOWED;
}

/* the recorder may be late, killed, or without a disk to write to: nobody else knows that this login was turned away */
static void note_denied(pam_handle_t *pamh, struct work *w)
{
	struct ka_phase_record r = w->record;

	r.phase = KA_PHASE_DENIED;
	r.info = w->answer.deny[0] != '\0' ? w->answer.deny : "internal.error";
	if (ka_phase_append(KA_PATH_PHASE, &w->conn, &r) != KA_ERR_OK)
		ka_pamsay_fault(pamh, "the refusal cannot be recorded", &r, &w->conn);
}

static int run(pam_handle_t *pamh, int flags, int argc, const char **argv, enum ka_pamcode_entry entry)
{
	enum ka_pamcode_outcome outcome;
	struct ka_pamargs args;
	struct work w;
	int code;

	ka_pamargs_parse(argc, argv, &args);
	if (!ka_pamargs_has_service(&args, item(pamh, PAM_SERVICE)))
		return ka_pamcode(entry, &args, KA_PAMCODE_FOREIGN);
	ka_pamsay_bad_args(pamh, &args);
	witness(pamh, phase_of(entry), &w);
	outcome = do_phase(pamh, &args, &w);
	code = ka_pamcode(entry, &args, outcome);
	if (code == PAM_MAXTRIES)
		ka_pamsay_final(pamh, &w.record);
	if (code == PAM_SESSION_ERR)
		note_denied(pamh, &w);
	if (code == PAM_SESSION_ERR && outcome == KA_PAMCODE_DENIED)
		ka_pamsay_denied(pamh, &w.answer, &w.record, &w.conn);
	if (args.debug)
		ka_pamsay_debug(pamh, pam_strerror(pamh, code), &w.record, &w.conn);
	/* last: the conversation may change what the items above point to */
	if (entry == KA_PAMCODE_AUTH && args.notice && !args.quiet && ((unsigned)flags & PAM_SILENT) == 0)
		ka_pamsay_notice(pamh, w.answer.ref);
	return code;
}

static int idle(int argc, const char **argv, enum ka_pamcode_entry entry)
{
	struct ka_pamargs args;

	ka_pamargs_parse(argc, argv, &args);
	return ka_pamcode(entry, &args, KA_PAMCODE_NOTHING);
}

KA_ENTRY int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	return run(pamh, flags, argc, argv, KA_PAMCODE_AUTH);
}

KA_ENTRY int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	return idle(argc, argv, KA_PAMCODE_SETCRED);
}

KA_ENTRY int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	return run(pamh, flags, argc, argv, KA_PAMCODE_ACCOUNT);
}

KA_ENTRY int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	return run(pamh, flags, argc, argv, KA_PAMCODE_OPEN_SESSION);
}

KA_ENTRY int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	return idle(argc, argv, KA_PAMCODE_CLOSE_SESSION);
}

KA_ENTRY int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	return idle(argc, argv, KA_PAMCODE_CHAUTHTOK);
}
