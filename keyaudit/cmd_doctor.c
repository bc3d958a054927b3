/*
 * keyaudit doctor: why can USER not log in with a key, and how is it mended? The
 * same facts, rules and reasons as the events of the trail; here only asked and shown.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/paths.h"
#include "base/text.h"
#include "diag/diagnosis.h"
#include "key/keyfpr.h"
#include "key/keyline.h"
#include "keyaudit/cmd.h"
#include "keyaudit/doctor/allshow.h"
#include "keyaudit/doctor/allusers.h"
#include "keyaudit/doctor/doctor_json.h"
#include "keyaudit/doctor/doctor_show.h"
#include "keyaudit/doctor/install_check.h"
#include "keyaudit/doctor/lastdrop.h"
#include "keyaudit/doctor/lastrefusal.h"
#include "keyaudit/doctor/nextlogin.h"
#include "keyaudit/doctor/nftban.h"
#include "keyaudit/log/logtrail.h"
#include "keyaudit/mend/fixback.h"
#include "keyaudit/mend/fixrun.h"
#include "keyaudit/screen/out_text.h"
#include "keyaudit/screen/usage.h"
#include "source/confload.h"

#include "base/poison.h"

static const char usage[] =
	"usage: keyaudit doctor [--json] [-c FILE]\n"
	"       keyaudit doctor USER [--key FILE|FINGERPRINT] [--from IP] [--json]\n"
	"                            [-c FILE] [--fix [--yes] [--trust-content]]\n"
	"                            [--dry-run | --watch]\n"
	"       keyaudit doctor --undo [ID] [--yes] [--json]\n"
	"       keyaudit doctor --all-users [--strict] [--from IP] [--json] [-c FILE]\n\n"
	"Without USER: is keyaudit installed well, and does sshd ask it?\n"
	"With USER: what keeps USER from logging in with a key, the evidence, and the\n"
	"command that mends it.\n"
	"  --key      the key in question: a public key file, or SHA256:...; without it\n"
	"             the keys of the last refusal\n"
	"  --from IP  as a client with this address (from= options, Match blocks)\n"
	"  --json     one JSON object (schema keyaudit.doctor/1)\n"
	"  --all-users  every account: which have keys, and what would keep them out; as\n"
	"             JSON one object per account, then the sum\n"
	"  --strict   with --all-users: a warning is a finding too\n"
	"  -c FILE    another configuration file than the one that sshd's command reads\n"
	"  --fix      mend it: modes, owners and single lines, each after a question\n"
	"  --yes      no questions\n"
	"  --trust-content  with --yes: the keys of a file that others could have written\n"
	"             were looked through and are right\n"
	"  --dry-run  what --fix would do, as a shell script; nothing is changed\n"
	"  --watch    wait for the user's next attempt, and explain that\n"
	"  --undo ID  put back what --fix changed; without ID a list\n"
	"Exit status: 0 nothing found, 1 findings, 2 usage, 3 could not decide,\n"
	"4 no such user or note, 77 not root.\n\n"
	"examples:\n  sudo keyaudit doctor alice --from 203.0.113.7\n"
	"  sudo keyaudit doctor alice --key /tmp/alice.pub --json\n"
	"  sudo keyaudit doctor alice --fix\n"
	"  sudo keyaudit doctor --all-users --json | jq 'select(.state == \"fail\")'\n";

struct doctor {
	const char *user, *key, *from, *conf_path;
	const char *undo; /* "" without an id */
	bool json, fix, all_users, strict, watch;
	bool is_nobody; /* there is no such user */
	struct ka_fixrun_how how;
	struct ka_conf conf;
	struct ka_confload load;
	struct ka_conf_errors errors;
	struct ka_diag_subject subject;
	struct ka_offer offers[KA_DIAG_OFFERS_MAX];
	struct ka_diagnosis diagnosis;
	struct ka_lastrefusal last;
	struct ka_recorded recorded, dropped;
	struct ka_lastdrop drop;
	struct ka_keyline line;
	uint8_t storage[KA_BLOB_MAX];
	char plain[KA_BLOB_MAX];
};

static const char *why_unreadable(int errnum)
{
	return errnum == ENOENT || errnum == ENOTDIR ? "there is no such file:" : errnum == EACCES ? "may not be read:" :
								     "cannot be read as a file:";
}

/* the first key line of a public key file; NULL, or what is wrong with it */
static const char *take_key_file(struct doctor *d, const char *path)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct ka_offer *o = &d->offers[0];
	KA_AUTOFREE char *text = NULL;
	struct ka_cursor c;
	struct ka_span line;
	struct ka_buf b;
	size_t len;

	if (fd < 0)
		return why_unreadable(errno);
	if (ka_fd_slurp(fd, KA_CONF_FILE_MAX, &text, &len) != KA_ERR_OK)
		return "cannot be read as a file:";
	ka_cursor_init(&c, text, len);
	while (ka_cursor_line(&c, &line, NULL)) {
		ka_keyline_parse(line, d->storage, &d->line);
		if (d->line.key.type == NULL || d->line.key.blob.len == 0)
			continue; /* a key that only we refuse may well be offered */
		ka_buf_init_array(&b, d->plain);
		ka_keyblob_plain(&d->line.key, &b);
		ka_keyfpr_text(b.len > 0 ? ka_buf_as_span(&b) : d->line.key.blob, o->fp);
		ka_span_copy(ka_span_of(ka_keyblob_name(&d->line.key)), o->type, sizeof(o->type));
		if (!ka_span_copy(d->line.base64, o->key, sizeof(o->key)))
			o->key[0] = '\0';
		d->subject.offers_count = 1;
		return NULL;
	}
	return "there is no public key in:";
}

/* somebody asks about the last refusal: what it was called then is a witness */
static void take_recorded(struct doctor *d)
{
	if (d->last.at[0] == '\0' || d->last.is_over)
		return;
	d->recorded.reason = d->last.code;
	d->recorded.at = d->last.at;
	d->recorded.why = d->last.why;
	d->recorded.path = d->last.path;
	d->recorded.line = d->last.line;
	for (size_t i = 0; i < d->last.offers_count && i < KA_ARRAY_LEN(d->recorded.offers); i++)
		d->recorded.offers[i] = d->last.offered[i];
	d->subject.recorded = &d->recorded;
}

/* whom sshd's listener drops it does not know */
static void take_drop(struct doctor *d)
{
	ka_lastdrop_find(d->conf.trail, d->subject.now_sec, d->user, d->subject.address, &d->drop);
	d->dropped = (struct ka_recorded){ .reason = d->drop.reason, .at = d->drop.at, .why = d->drop.why };
	d->subject.dropped = &d->dropped;
}

/* which keys are asked about; NULL, or what is wrong with --key */
static const char *take_offers(struct doctor *d)
{
	d->subject.offers = d->offers;
	if (d->key != NULL && ka_keyfpr_is_valid(ka_span_of(d->key))) {
		ka_span_copy(ka_span_of(d->key), d->offers[0].fp, sizeof(d->offers[0].fp));
		d->subject.offers_count = 1;
		return NULL;
	}
	if (d->key != NULL && ka_span_starts(ka_span_of(d->key), "SHA256:"))
		return "not a fingerprint (SHA256: and 43 characters of base64):";
	if (d->key != NULL)
		return take_key_file(d, d->key);
	/* what sshd itself refused last is the best question to ask */
	for (size_t i = 0; i < d->last.offers_count; i++)
		d->offers[d->subject.offers_count++] = d->last.offers[i];
	take_recorded(d);
	for (size_t i = 0; i < d->subject.offers_count && d->subject.recorded != NULL; i++)
		if (d->last.offered[i] == KA_REASON_CERT_CA_NOT_MARKED)
			d->offers[i].ca_line = d->last.line; /* of the certificate itself the trail has no more */
	if (d->from == NULL && d->last.address[0] != '\0')
		ka_span_copy(ka_span_of(d->last.address), d->subject.address, sizeof(d->subject.address));
	return NULL;
}

static int complain_key(const char *wrong, const char *key)
{
	char what[128];
	struct ka_buf b;

	ka_buf_init_array(&b, what);
	ka_buf_text(&b, "--key: ");
	ka_buf_text(&b, wrong);
	return ka_usage_error("doctor", what, key);
}

/* what is asked about any user */
static bool prepare(struct doctor *d)
{
	enum ka_reason reason;

	if (ka_confload(d->conf_path != NULL ? d->conf_path : KA_PATH_CONF, &d->conf, &d->load, &d->errors) != KA_ERR_OK)
		return false;
	reason = d->load.reason;
	d->subject.conf_path = d->conf_path;
	if (reason != KA_REASON_CONF_INVALID && reason != KA_REASON_CONF_UNSAFE)
		d->subject.conf = &d->conf;
	else
		ka_conf_default(&d->conf);
	d->subject.now_sec = ka_clock_wall_us() / 1000000;
	if (d->from != NULL)
		ka_span_copy(ka_span_of(d->from), d->subject.address, sizeof(d->subject.address));
	return true;
}

static int complain(const char *what)
{
	fprintf(stderr, "keyaudit doctor: %s\n", what);
	return KA_EXIT_UNDECIDED;
}

static int all_status(const struct doctor *d, const struct ka_allusers *all)
{
	if (all->sum[KA_ALLUSER_UNKNOWN] > 0)
		return KA_EXIT_UNDECIDED;
	return all->sum[KA_ALLUSER_FAIL] > 0 || (d->strict && all->sum[KA_ALLUSER_WARN] > 0) ? KA_EXIT_FINDINGS : KA_EXIT_FINE;
}

static int examine_all(struct doctor *d)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	struct ka_progress bar;
	struct ka_allusers all;
	enum ka_err err;
	int status;

	if (geteuid() != 0)
		return complain("--all-users: only root can look at other users' files as sshd does: use sudo");
	if (!prepare(d))
		return complain("out of memory or processes");
	err = ka_allusers_list(&all);
	if (err == KA_ERR_LIMIT)
		return complain("--all-users: more accounts than are looked at in one run");
	if (err != KA_ERR_OK)
		return complain("out of memory or processes");
	d->subject.is_general = true;
	ka_progress_begin(&bar);
	err = ka_allusers_run(&all, &d->subject, processors > 0 ? (unsigned)processors : 1, &bar);
	if (d->json)
		ka_allshow_json(&all);
	else
		ka_allshow_text(&all);
	status = err == KA_ERR_OK ? all_status(d, &all) : complain("out of memory or processes");
	ka_allusers_free(&all);
	return status;
}

/* KA_EXIT_FINE: it has come, and d->last is it */
static int wait_for_attempt(struct doctor *d)
{
	struct ka_out err;

	ka_out_init(&err, stderr, KA_OUT_AUTO);
	fputs("keyaudit doctor: waiting for the next attempt of ", stderr);
	ka_out_escaped(&err, KA_OUT_PLAIN, d->user, KA_TEXT_USER_MAX);
	fputs(" (Ctrl-C ends it)\n", stderr);
	if (!ka_install_is_collecting())
		fputs("keyaudit doctor: no collector is watching, so no attempt will be seen: systemctl start keyaudit-collect\n", stderr);
	return ka_nextlogin_wait(d->conf.trail, d->user, &d->last) == KA_ERR_OK ? KA_EXIT_FINE : ka_logtrail_complain("doctor", d->conf.trail);
}

static int examine(struct doctor *d)
{
	int status = KA_EXIT_FINE;
	const char *wrong;

	if (!prepare(d))
		return KA_EXIT_UNDECIDED;
	ka_span_copy(ka_span_of(d->user), d->subject.user, sizeof(d->subject.user));
	if (d->watch)
		status = wait_for_attempt(d);
	else
		ka_lastrefusal_find(d->conf.trail, d->user, &d->last);
	if (status != KA_EXIT_FINE)
		return status;
	wrong = take_offers(d);
	if (wrong != NULL)
		return complain_key(wrong, d->key);
	take_drop(d);
	d->subject.may_ask = true;
	d->subject.is_general = d->subject.offers_count == 0;
	d->subject.by_hand = true;
	d->subject.look_ban = ka_nftban_look;
	if (ka_diagnosis_run(&d->subject, &d->diagnosis) != KA_ERR_OK) {
		fputs("keyaudit doctor: out of memory or processes\n", stderr);
		return KA_EXIT_UNDECIDED;
	}
	if (d->fix)
		return ka_fixrun_user(&d->how, &d->subject, &d->diagnosis);
	if (d->json)
		ka_doctor_json_user(&d->subject, &d->diagnosis, &d->last);
	else
		ka_doctor_show_user(&d->subject, &d->diagnosis, &d->last);
	if (d->is_nobody)
		return KA_EXIT_UNKNOWN;
	if (geteuid() != 0 && !d->diagnosis.has_primary)
		return KA_EXIT_UNDECIDED;
	return d->diagnosis.has_primary ? KA_EXIT_FINDINGS : KA_EXIT_FINE;
}

static int examine_installation(const struct doctor *d)
{
	KA_AUTOFREE struct ka_install *list = calloc(1, sizeof(*list));
	int status = KA_EXIT_FINE;

	if (list == NULL || ka_install_check(d->conf_path, list) != KA_ERR_OK)
		return KA_EXIT_UNDECIDED;
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].state == KA_INSTALL_FAIL)
			status = KA_EXIT_FINDINGS;
	if (d->json)
		ka_doctor_json_install(list);
	else
		ka_doctor_show_install(list);
	return status;
}

static bool is_address(const char *text)
{
	uint8_t bytes[16];

	return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

/* --fix and what belongs to it; KA_EXIT_FINE: go on */
static int check_fix_args(const struct doctor *d)
{
	if (d->undo != NULL && (d->user != NULL || d->all_users || d->fix || d->how.trust))
		return ka_usage_error("doctor", "--undo stands without USER, --all-users, --fix, --dry-run and --trust-content", NULL);
	if (d->undo == NULL && d->user == NULL && d->fix)
		return ka_usage_error("doctor", "which user? --fix and --dry-run are about one", NULL);
	if (d->undo == NULL && !d->fix && (d->how.yes || d->how.trust))
		return ka_usage_error("doctor", "--yes and --trust-content belong to --fix", NULL);
	if (d->watch && (d->user == NULL || d->fix || d->key != NULL || d->from != NULL))
		return ka_usage_error("doctor", "--watch is about one user's next attempt: USER, without --key, --from and --fix", NULL);
	if (d->how.dry_run && d->json)
		return ka_usage_error("doctor", "--dry-run prints a script: not with --json", NULL);
	return KA_EXIT_FINE;
}

/* KA_EXIT_FINE: go on */
static int read_args(int argc, char **argv, struct doctor *d)
{
	for (int i = 1; i < argc; i++) {
		const char **value = strcmp(argv[i], "--key") == 0 ? &d->key : strcmp(argv[i], "--from") == 0 ? &d->from :
				     strcmp(argv[i], "-c") == 0 ? &d->conf_path : NULL;

		if (value != NULL && i + 1 == argc)
			return ka_usage_error("doctor", "a value is missing behind", argv[i]);
		if (value != NULL)
			*value = argv[++i];
		else if (strcmp(argv[i], "--json") == 0)
			d->json = d->how.json = true;
		else if (strcmp(argv[i], "--fix") == 0)
			d->fix = true;
		else if (strcmp(argv[i], "--dry-run") == 0)
			d->fix = d->how.dry_run = true;
		else if (strcmp(argv[i], "--yes") == 0)
			d->how.yes = true;
		else if (strcmp(argv[i], "--trust-content") == 0)
			d->how.trust = true;
		else if (strcmp(argv[i], "--undo") == 0)
			d->undo = i + 1 < argc && argv[i + 1][0] != '-' ? argv[++i] : "";
		else if (strcmp(argv[i], "--watch") == 0)
			d->watch = true;
		else if (strcmp(argv[i], "--all-users") == 0)
			d->all_users = true;
		else if (strcmp(argv[i], "--strict") == 0)
			d->strict = true;
		else if (argv[i][0] != '-' && d->user == NULL)
			d->user = argv[i];
		else
			return ka_usage_stray("doctor", argv[i]);
	}
	if (d->all_users && (d->user != NULL || d->key != NULL))
		return ka_usage_error("doctor", "--all-users is about every account: no USER and no --key beside it", NULL);
	if (d->strict && !d->all_users)
		return ka_usage_error("doctor", "--strict goes with --all-users", NULL);
	if (d->user == NULL && !d->all_users && (d->key != NULL || d->from != NULL))
		return ka_usage_error("doctor", "which user? --key and --from are about one", NULL);
	return check_fix_args(d);
}

/* the rest about --key, --from and names */
static int check_args(const struct doctor *d)
{
	if (d->user != NULL && strlen(d->user) >= KA_USER_NAME_MAX)
		return ka_usage_error("doctor", "too long for a user name:", d->user);
	if (d->from != NULL && !is_address(d->from))
		return ka_usage_error("doctor", "--from: not an IPv4 or IPv6 address:", d->from);
	return KA_EXIT_FINE;
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
	const struct passwd *pw = getpwnam(d->user);

	d->is_nobody = pw == NULL;
	if (d->is_nobody && (d->fix || d->watch || d->user[0] == '\0'))
		return complain_user(d->user, "no such user here (getent passwd): sshd refuses unknown users before it looks at a key",
				     KA_EXIT_UNKNOWN);
	if (!d->is_nobody && geteuid() != 0 && geteuid() != pw->pw_uid)
		return complain_user(d->user, "only root can look at another user's files as sshd does: use sudo", KA_EXIT_UNDECIDED);
	return KA_EXIT_FINE;
}

/* may changes be made at all? KA_EXIT_FINE: go on */
static int check_rights(const struct doctor *d)
{
	int status = KA_EXIT_FINE;
	const char *wrong = d->fix || (d->undo != NULL && d->undo[0] != '\0') ? ka_fixrun_refusal(&d->how, &status) : NULL;

	if (wrong != NULL)
		fprintf(stderr, "keyaudit doctor: %s: %s\n", d->undo != NULL ? "--undo" : "--fix", wrong);
	return status;
}

int ka_cmd_doctor(int argc, char **argv)
{
	KA_AUTOFREE struct doctor *d = calloc(1, sizeof(*d));
	int status;

	if (d == NULL)
		return KA_EXIT_UNDECIDED;
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		return KA_EXIT_FINE;
	}
	status = read_args(argc, argv, d);
	if (status == KA_EXIT_FINE)
		status = check_args(d);
	if (status == KA_EXIT_FINE)
		status = check_rights(d);
	if (status != KA_EXIT_FINE)
		return status;
	if (d->undo != NULL && geteuid() != 0) {
		fputs("keyaudit doctor: --undo: undo notes are root's: use sudo\n", stderr);
		return KA_EXIT_NOPERM;
	}
	if (d->undo != NULL)
		return d->undo[0] != '\0' ? ka_fixback_run(&d->how, d->undo) : ka_fixback_list(&d->how);
	if (d->all_users)
		return examine_all(d);
	if (d->user == NULL)
		return examine_installation(d);
	status = check_user(d);
	return status == KA_EXIT_FINE ? examine(d) : status;
}
