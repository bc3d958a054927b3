/*
 * keyaudit doctor: why can USER not log in with a key, and how is it mended? The
 * same facts, rules and reasons as the events of the trail; here only asked and shown.
 */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "diag/diagnosis.h"
#include "keyaudit/cmd.h"
#include "keyaudit/doctor/doctor_json.h"
#include "keyaudit/doctor/doctor_show.h"
#include "keyaudit/doctor/doctorargs.h"
#include "keyaudit/doctor/doctorask.h"
#include "keyaudit/doctor/doctormode.h"
#include "keyaudit/doctor/healthnote.h"
#include "keyaudit/doctor/install_check.h"
#include "keyaudit/doctor/nextlogin.h"
#include "keyaudit/log/logtrail.h"
#include "keyaudit/mend/fixback.h"
#include "keyaudit/mend/fixrun.h"
#include "keyaudit/screen/out_text.h"
#include "keyaudit/screen/usage.h"

#include "base/poison.h"

struct doctor {
	struct ka_doctorargs args;
	struct ka_fixrun_how how;
	struct ka_doctorask ask;
	struct ka_diagnosis diagnosis;
	bool is_nobody; /* there is no such user */
};

static int complain_key(const char *wrong, const char *key)
{
	char what[128];
	struct ka_buf b;

	ka_buf_init_array(&b, what);
	ka_buf_text(&b, "--key: ");
	ka_buf_text(&b, wrong);
	return ka_usage_error("doctor", what, key);
}

/* KA_EXIT_FINE: it has come, and d->ask.last is it */
static int wait_for_attempt(struct doctor *d)
{
	struct ka_out err;

	ka_out_init(&err, stderr, KA_OUT_AUTO);
	fputs("keyaudit doctor: waiting for the next attempt of ", stderr);
	ka_out_escaped(&err, KA_OUT_PLAIN, d->args.user, KA_TEXT_USER_MAX);
	fputs(" (Ctrl-C ends it)\n", stderr);
	if (!ka_install_is_collecting())
		fputs("keyaudit doctor: no collector is watching, so no attempt will be seen: systemctl start keyaudit-collect\n", stderr);
	return ka_nextlogin_wait(d->ask.conf.trail, d->args.user, &d->ask.last) == KA_ERR_OK ? KA_EXIT_FINE :
	       ka_logtrail_complain("doctor", d->ask.conf.trail);
}

static int examine(struct doctor *d)
{
	int status = KA_EXIT_FINE;
	const char *wrong;

	if (!ka_doctorask_begin(&d->ask, &d->args))
		return KA_EXIT_UNDECIDED;
	if (d->args.watch)
		status = wait_for_attempt(d);
	else
		ka_lastrefusal_find(d->ask.conf.trail, d->args.user, &d->ask.last);
	if (status != KA_EXIT_FINE)
		return status;
	wrong = ka_doctorask_user(&d->ask);
	if (wrong != NULL)
		return complain_key(wrong, d->args.key);
	if (ka_diagnosis_run(&d->ask.subject, &d->diagnosis) != KA_ERR_OK) {
		fputs("keyaudit doctor: out of memory or processes\n", stderr);
		return KA_EXIT_UNDECIDED;
	}
	ka_healthnote_user(&d->ask, &d->diagnosis);
	if (d->args.fix)
		return ka_fixrun_user(&d->how, &d->ask.subject, &d->diagnosis);
	if (d->args.json)
		ka_doctor_json_user(&d->ask.subject, &d->diagnosis, &d->ask.last);
	else
		ka_doctor_show_user(&d->ask.subject, &d->diagnosis, &d->ask.last);
	if (d->is_nobody)
		return KA_EXIT_UNKNOWN;
	if (geteuid() != 0 && !d->diagnosis.has_primary)
		return KA_EXIT_UNDECIDED;
	return d->diagnosis.has_primary ? KA_EXIT_FINDINGS : KA_EXIT_FINE;
}

static int complain_user(const char *user, const char *what, int status)
{
	struct ka_out err;

	ka_out_init(&err, stderr, KA_OUT_AUTO);
	fputs("keyaudit doctor: ", stderr);
	ka_out_escaped(&err, KA_OUT_PLAIN, user, KA_TEXT_USER_MAX);
	fprintf(stderr, ": %s\n", what);
	return status;
}

/* everything that can be told before anybody looks; a name that nobody has is a finding like others */
static int check_user(struct doctor *d)
{
	const struct passwd *pw = getpwnam(d->args.user);

	d->is_nobody = pw == NULL;
	if (d->is_nobody && (d->args.fix || d->args.watch || d->args.user[0] == '\0'))
		return complain_user(d->args.user, "no such user here (getent passwd): sshd refuses unknown users before it looks at a key",
				     KA_EXIT_UNKNOWN);
	if (!d->is_nobody && geteuid() != 0 && geteuid() != pw->pw_uid)
		return complain_user(d->args.user, "only root can look at another user's files as sshd does: use sudo", KA_EXIT_UNDECIDED);
	return KA_EXIT_FINE;
}

/* may changes be made at all? KA_EXIT_FINE: go on */
static int check_rights(const struct doctor *d)
{
	int status = KA_EXIT_FINE;
	const char *wrong = d->args.fix || (d->args.undo != NULL && d->args.undo[0] != '\0') ? ka_fixrun_refusal(&d->how, &status) : NULL;

	if (wrong != NULL)
		fprintf(stderr, "keyaudit doctor: %s: %s\n", d->args.undo != NULL ? "--undo" : "--fix", wrong);
	return status;
}

int ka_cmd_doctor(int argc, char **argv)
{
	KA_AUTOFREE struct doctor *d = calloc(1, sizeof(*d));
	int status;

	if (d == NULL)
		return KA_EXIT_UNDECIDED;
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		ka_doctorargs_help();
		return KA_EXIT_FINE;
	}
	status = ka_doctorargs_read(argc, argv, &d->args);
	if (status != KA_EXIT_FINE)
		return status;
	d->how = (struct ka_fixrun_how){
		.yes = d->args.yes, .trust = d->args.trust, .dry_run = d->args.dry_run, .json = d->args.json
	};
	status = check_rights(d);
	if (status != KA_EXIT_FINE)
		return status;
	if (d->args.undo != NULL && geteuid() != 0) {
		fputs("keyaudit doctor: --undo: undo notes are root's: use sudo\n", stderr);
		return KA_EXIT_NOPERM;
	}
	if (d->args.undo != NULL)
		return d->args.undo[0] != '\0' ? ka_fixback_run(&d->how, d->args.undo) : ka_fixback_list(&d->how);
	if (d->args.all_users)
		return ka_doctormode_all(&d->args);
	if (d->args.user == NULL)
		return ka_doctormode_install(&d->args);
	status = check_user(d);
	return status == KA_EXIT_FINE ? examine(d) : status;
}
