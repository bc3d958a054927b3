/* Judging an installation. Looks, never changes; what cannot be seen is said to be unknown, not to be fine. */
#include "keyaudit/doctor/install_check.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/paths.h"
#include "base/text.h"
#include "diag/commandconf.h"
#include "diag/daemon.h"
#include "diag/pamask.h"
#include "diag/sshdask.h"
#include "diag/sshdplaces.h"
#include "keyaudit/case/pidns.h"
#include "keyaudit/case/rundir.h"
#include "keyaudit/config/datacheck.h"
#include "keyaudit/config/sourcecheck.h"
#include "keyaudit/config/trustedcheck.h"
#include "keyaudit/doctor/installdaemon.h"
#include "keyaudit/doctor/installdrops.h"
#include "keyaudit/doctor/installmend.h"
#include "keyaudit/doctor/installrotate.h"
#include "keyaudit/doctor/installverdicts.h"
#include "perm/permwalk.h"
#include "source/confload.h"
#include "vet/vetselftest.h"

#include "base/poison.h"


struct look {
	struct ka_install *out;
	const char *conf_path; /* as given, or NULL */
	struct ka_conf conf;   /* as root reads it: what is to be looked at */
	struct ka_confload load;
	struct ka_conf_errors errors;
	struct ka_commandconf command;
	struct ka_sshdconf sshd;
	struct ka_daemon daemon;
	struct ka_sshdplaces places;
	struct ka_pamconf pam;
	struct ka_permwalk_refusal why;
};

/* the list is longer than the number of checks below; were it ever full, the last one is written over */
static struct ka_install_item *add(struct look *l, enum ka_install_state state, enum ka_reason reason, const char *what)
{
	struct ka_install_item *item;

	if (l->out->count < KA_INSTALL_CHECKS_MAX)
		l->out->count++;
	item = &l->out->items[l->out->count - 1];
	memset(item, 0, sizeof(*item));
	item->state = state;
	item->reason = reason;
	ka_span_copy(ka_span_of(what), item->what, sizeof(item->what));
	return item;
}

/* text of ours, then strangers' text, escaped */
static void say(char *out, size_t size, const char *ours, const char *theirs)
{
	struct ka_buf b;

	ka_buf_init(&b, out, size);
	ka_buf_text(&b, ours);
	if (theirs != NULL)
		ka_text_escape(&b, ka_span_of(theirs), 0, size / 2);
}

static void mend_conf(const struct look *l, struct ka_install_item *item)
{
	const struct ka_permwalk_refusal *why = &l->command.load.why;
	const char *const remove[] = { "rm", "--", why->path, NULL };
	const char *const open_up[] = { "chmod", S_ISDIR(why->mode) ? "a+rx" : "a+r", "--", why->path, NULL };
	bool is_usual = strcmp(l->command.path, KA_PATH_CONF) == 0;
	const char *const check[] = { "keyaudit", "config", "check", is_usual ? NULL : "-c", l->command.path, NULL };

	if (item->reason == KA_REASON_CONF_DISABLED)
		ka_installmend_run(item, remove, NULL);
	else if (why->path[0] != '\0' && why->errnum == EACCES && why->mode != 0)
		ka_installmend_run(item, open_up, NULL);
	else
		ka_installmend_run(item, check, NULL);
}

/* the file that sshd's command reads, with the command's rights: what root sees besides is no comfort */
static enum ka_err check_conf(struct look *l)
{
	char path[KA_PATH_TRUSTED_MAX];
	bool fits = ka_commandconf_path(l->sshd.command, path);
	const char *unchecked;
	struct ka_install_item *item;
	enum ka_reason reason;
	enum ka_err err = ka_commandconf_load(l->conf_path != NULL ? l->conf_path : path, &l->command);

	if (err != KA_ERR_OK)
		return err;
	reason = l->command.load.reason;
	item = add(l, reason == KA_REASON_NONE ? KA_INSTALL_OK : KA_INSTALL_FAIL, reason, "configuration");
	say(item->text, sizeof(item->text), reason == KA_REASON_NONE ? "complete and safe: " : "nothing is served: ",
	    reason == KA_REASON_NONE ? l->command.path : l->command.load.text);
	if (reason != KA_REASON_NONE)
		mend_conf(l, item);
	if (l->command.expired[0] != '\0') {
		item = add(l, KA_INSTALL_FAIL, KA_REASON_OPTION_EXPIRED, "policy");
		say(item->text, sizeof(item->text), l->command.expired, NULL);
		ka_installmend_say(item, "a later expiry-time in force_options, or none");
	}
	unchecked = ka_commandconf_unchecked(l->command.rights);
	if (unchecked[0] != '\0')
		say(add(l, KA_INSTALL_WARN, KA_REASON_NONE, "configuration")->text, 512, unchecked, NULL);
	if (!fits || (l->conf_path != NULL && strcmp(l->conf_path, path) != 0)) {
		item = add(l, KA_INSTALL_WARN, KA_REASON_NONE, "configuration");
		say(item->text, sizeof(item->text), "sshd's command reads another one: ", fits ? path : l->sshd.command);
		say(item->mend, sizeof(item->mend), "keyaudit doctor, without -c", NULL);
	}
	return KA_ERR_OK;
}

/* what was seen, and behind it how it is mended, which has a place of its own */
static void put_mended(struct ka_install_item *item, const char *text)
{
	char *mend;

	ka_span_copy(ka_span_of(text), item->text, sizeof(item->text));
	mend = strstr(item->text, KA_RUNDIR_MEND);
	if (mend == NULL)
		return;
	ka_span_copy(ka_span_of(mend + strlen(KA_RUNDIR_MEND)), item->mend, sizeof(item->mend));
	*mend = '\0';
}

static void take_source(void *ctx, const struct ka_sourcecheck *c)
{
	struct look *l = ctx;
	enum ka_install_state state = c->reason != KA_REASON_NONE ? KA_INSTALL_FAIL : c->is_warning ? KA_INSTALL_WARN : KA_INSTALL_OK;
	struct ka_install_item *item = add(l, state, c->reason, "source ");

	ka_span_copy(ka_span_of(c->source), item->what + strlen(item->what), sizeof(item->what) - strlen(item->what));
	put_mended(item, c->text);
}

static void take_data(void *ctx, const struct ka_datacheck *c)
{
	struct look *l = ctx;
	enum ka_install_state state = c->reason != KA_REASON_NONE ? KA_INSTALL_FAIL : c->is_warning ? KA_INSTALL_WARN : KA_INSTALL_OK;
	struct ka_install_item *item = add(l, state, c->reason, "[policy] ");

	ka_span_copy(ka_span_of(c->key), item->what + strlen(item->what), sizeof(item->what) - strlen(item->what));
	put_mended(item, c->text);
}

static void check_command(struct look *l)
{
	struct ka_permwalk_trust root = { .owner = 0 };
	struct ka_install_item *item;
	struct stat st;
	int fd = -1;
	enum ka_err err = ka_permwalk_open(KA_PATH_COMMAND, &root, &fd, &l->why);
	KA_AUTOCLOSE int owned = fd; /* closes it, whatever follows */

	(void)owned;
	if (err == KA_ERR_OK && fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 0111) == 0111) {
		say(add(l, KA_INSTALL_OK, KA_REASON_NONE, "command")->text, 512, KA_PATH_COMMAND, NULL);
	} else if (fd >= 0) {
		item = add(l, KA_INSTALL_FAIL, KA_REASON_CMD_NOT_EXECUTABLE, "command");
		say(item->text, sizeof(item->text), KA_PATH_COMMAND " cannot be executed by everybody", NULL);
		say(item->mend, sizeof(item->mend), "chmod 755 " KA_PATH_COMMAND, NULL);
	} else {
		bool missing = l->why.errnum != 0;
		const char *const own[] = { "chown", "root:root", "--", l->why.path, NULL };
		const char *const close_it[] = { "chmod", "go-w", "--", l->why.path, NULL };

		item = add(l, KA_INSTALL_FAIL, missing ? KA_REASON_CMD_MISSING : KA_REASON_CMD_UNSAFE_PATH, "command");
		say(item->text, sizeof(item->text), missing ? "cannot be opened: " : "not root's alone: ",
		    l->why.path[0] != '\0' ? l->why.path : KA_PATH_COMMAND);
		if (missing)
			ka_installmend_say(item, "install keyaudit again");
		else
			ka_installmend_run(item, own, close_it);
	}
	if (getpwnam(KA_COMMAND_USER) == NULL) {
		item = add(l, KA_INSTALL_FAIL, KA_REASON_CMD_USER_MISSING, "user " KA_COMMAND_USER);
		say(item->text, sizeof(item->text), "does not exist", NULL);
		say(item->mend, sizeof(item->mend), "systemd-sysusers keyaudit.conf", NULL);
	}
}

static bool has_token(const char *command, const char *token)
{
	return strstr(command, token) != NULL;
}

/* does sshd ask our command, and with tokens that this sshd knows? */
static void check_sshd_command(struct look *l)
{
	static const char line[] = "AuthorizedKeysCommand " KA_PATH_COMMAND " -u %u -U %U -H %h -t %t -f %f -k %k";
	unsigned release = ka_sshdconf_release(l->out->sshd_version);
	const char *c = l->sshd.command;
	struct ka_install_item *item;

	if (!ka_span_starts(ka_span_of(c), KA_PATH_COMMAND)) {
		item = add(l, KA_INSTALL_FAIL, c[0] == '\0' ? KA_REASON_NONE : KA_REASON_CMD_BAD_OUTPUT, "sshd asks");
		say(item->text, sizeof(item->text), c[0] == '\0' ? "no command: AuthorizedKeysCommand is not set" : "another command: ", c[0] == '\0' ? NULL : c);
		say(item->mend, sizeof(item->mend), line, NULL);
		return;
	}
	if (release != 0 && release < 904 && (has_token(c, "%C") || has_token(c, "%D"))) {
		item = add(l, KA_INSTALL_FAIL, KA_REASON_CMD_BAD_TOKEN, "sshd asks");
		say(item->text, sizeof(item->text), "%C and %D exist since OpenSSH 9.4; here every login dies: ", c);
		say(item->mend, sizeof(item->mend), line, NULL);
	} else if (!has_token(c, "%u") || !has_token(c, "%k")) {
		item = add(l, KA_INSTALL_WARN, KA_REASON_NONE, "sshd asks");
		say(item->text, sizeof(item->text), "without -k %k every key is vetted at every offer, and no record names a key: ", c);
		say(item->mend, sizeof(item->mend), line, NULL);
	} else {
		say(add(l, KA_INSTALL_OK, KA_REASON_NONE, "sshd asks")->text, 512, c, NULL);
	}
	if (strcmp(l->sshd.command_user, KA_COMMAND_USER) != 0) {
		item = add(l, KA_INSTALL_FAIL, l->sshd.command_user[0] == '\0' ? KA_REASON_CMD_USER_UNSET : KA_REASON_CMD_USER_MISSING,
			   "command's user");
		say(item->text, sizeof(item->text), "AuthorizedKeysCommandUser is ", l->sshd.command_user[0] == '\0' ? "not set" : l->sshd.command_user);
		say(item->mend, sizeof(item->mend), "AuthorizedKeysCommandUser " KA_COMMAND_USER, NULL);
	}
}

static void check_sshd(struct look *l)
{
	struct ka_install_item *item;

	if (!l->sshd.is_known) {
		item = add(l, KA_INSTALL_WARN, KA_REASON_NONE, "sshd");
		say(item->text, sizeof(item->text), geteuid() == 0 ? "does not tell its configuration (-T): " :
								     "only root can ask for its configuration: ", l->conf.sshd_program);
		say(item->mend, sizeof(item->mend), geteuid() == 0 ? "sshd -t, which says why" : "sudo keyaudit doctor", NULL);
		return;
	}
	say(add(l, KA_INSTALL_OK, KA_REASON_NONE, "sshd")->text, 512, l->out->sshd_version[0] != '\0' ? "" : "answers", l->out->sshd_version);
	check_sshd_command(l);
	if (l->sshd.files_count > 0 && l->sshd.use_pam && l->pam.enforce != KA_PAMCONF_ENFORCE_NO) {
		say(add(l, KA_INSTALL_OK, KA_REASON_NONE, "file keys")->text, 512, "accepted by sshd, vetted at the session by pam_keyaudit enforce: ",
		    l->sshd.files[0]);
	} else if (l->sshd.files_count > 0) {
		item = add(l, KA_INSTALL_WARN, KA_REASON_NONE, "file keys");
		say(item->text, sizeof(item->text), "keys in AuthorizedKeysFile are accepted without vetting: ", l->sshd.files[0]);
		say(item->mend, sizeof(item->mend), "AuthorizedKeysFile none (test first), or pam_keyaudit.so enforce", NULL);
	}
	if (!l->sshd.use_pam) {
		item = add(l, KA_INSTALL_WARN, KA_REASON_NONE, "PAM");
		say(item->text, sizeof(item->text), "UsePAM no: accepted logins cannot be told from offered keys", NULL);
		say(item->mend, sizeof(item->mend), "UsePAM yes", NULL);
	}
}

static void check_daemon(struct look *l)
{
	const struct ka_daemonjudge judge = { .daemon = &l->daemon, .conf = &l->sshd, .places = &l->places };

	ka_sshdplaces_init(&l->places);
	ka_sshdplaces_gather(&l->places, l->conf.sshd_config);
	ka_daemon_loaded(&l->sshd, &l->daemon);
	ka_daemon_examine(l->conf.sshd_program, l->conf.sshd_config, &l->sshd, &l->daemon);
	ka_installdaemon_check(&judge, l->out);
}

static void check_pam(struct look *l)
{
	static const char lines[] = "account optional pam_keyaudit.so (first), session optional pam_keyaudit.so (first)";
	const struct ka_pamconf *c = &l->pam;
	const char *path = c->is_known ? c->path : KA_SYSCONFDIR "/pam.d/sshd";
	struct ka_install_item *item;
	char text[256];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_pamconf_modes(c, &b);
	if (b.len == 0) {
		item = add(l, KA_INSTALL_WARN, KA_REASON_NONE, "PAM module");
		say(item->text, sizeof(item->text), "no line with pam_keyaudit.so in ", path);
		say(item->mend, sizeof(item->mend), lines, NULL);
	} else if (!c->is_too_late) {
		ka_buf_text(&b, ", in ");
		say(add(l, KA_INSTALL_OK, KA_REASON_NONE, "PAM module")->text, 512, text, path);
	} else {
		item = add(l, c->enforce != KA_PAMCONF_ENFORCE_NO ? KA_INSTALL_FAIL : KA_INSTALL_WARN, KA_REASON_NONE, "PAM module");
		say(item->text, sizeof(item->text), "its session line stands behind pam_env.so with user_readenv: users choose by ~/.pam_environment "
						    "which key it sees", NULL);
		ka_installmend_say(item, "put the session line of pam_keyaudit.so before all other session lines");
	}
	if (c->is_toothless) {
		item = add(l, KA_INSTALL_WARN, KA_REASON_NONE, "PAM enforce");
		say(item->text, sizeof(item->text), "refuses nobody: PAM passes over its line (optional, sufficient or such) in ", path);
		say(item->mend, sizeof(item->mend), "session required pam_keyaudit.so enforce", NULL);
	}
	if (c->is_closed) {
		item = add(l, KA_INSTALL_FAIL, KA_REASON_NONE, "PAM module");
		say(item->text, sizeof(item->text), "turns everybody away: a [control] without ignore=ignore takes its PAM_IGNORE for a failure in ", path);
		ka_installmend_say(item, "optional or required instead of the list, or ignore=ignore in it");
	}
	if (c->is_cut)
		say(add(l, KA_INSTALL_WARN, KA_REASON_NONE, "PAM stack")->text, 512, "not judged: a file that is included could not be followed from ",
		    path);
}

/* a complaint of the run directory: what is wrong, KA_RUNDIR_MEND, the mend */
static void fail_run(struct look *l, enum ka_reason reason, const char *what, char *why)
{
	struct ka_install_item *item = add(l, KA_INSTALL_FAIL, reason, what);
	char *mend = strstr(why, KA_RUNDIR_MEND);

	if (mend != NULL) {
		say(item->mend, sizeof(item->mend), mend + strlen(KA_RUNDIR_MEND), NULL);
		*mend = '\0';
	}
	say(item->text, sizeof(item->text), "", why);
}

static void check_pidns(struct look *l, const struct ka_rundir *dirs)
{
	char why[KA_CONF_ERROR_MAX] = "";

	if (ka_pidns_look(dirs, why, sizeof(why)) >= KA_PIDNS_OTHER)
		fail_run(l, KA_REASON_NONE, "pid namespace", why);
}

bool ka_install_is_collecting(void)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	KA_AUTOCLOSE int lock = open(KA_PATH_COLLECT_LOCK, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	return lock >= 0 && fcntl(lock, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}

static void check_run(struct look *l)
{
	struct ka_install_item *item;
	struct ka_rundir dirs;
	char why[KA_CONF_ERROR_MAX];

	if (geteuid() != 0) {
		say(add(l, KA_INSTALL_WARN, KA_REASON_NONE, "spool")->text, 512, "only root can look at " KA_PATH_RUN, NULL);
		return;
	}
	if (ka_rundir_open(&dirs, why, sizeof(why)) != KA_ERR_OK) {
		fail_run(l, KA_REASON_CONF_UNSAFE, "spool", why);
	} else {
		say(add(l, KA_INSTALL_OK, KA_REASON_NONE, "spool")->text, 512, KA_PATH_SPOOL, NULL);
		check_pidns(l, &dirs);
	}
	if (ka_install_is_collecting()) {
		say(add(l, KA_INSTALL_OK, KA_REASON_NONE, "collector")->text, 512, "is watching", NULL);
		return;
	}
	item = add(l, KA_INSTALL_FAIL, KA_REASON_NONE, "collector");
	say(item->text, sizeof(item->text), "is not running: refused keys of batch clients are recorded, but no event is written", NULL);
	say(item->mend, sizeof(item->mend), "systemctl enable --now keyaudit-collect", NULL);
}

static void check_trail(struct look *l)
{
	const char *const own[] = { "chown", "root:adm", "--", l->conf.trail, NULL };
	const char *const close_it[] = { "chmod", "0640", "--", l->conf.trail, NULL };
	struct ka_install_item *item;
	struct stat st;

	if (!l->conf.sink_trail)
		return;
	if (lstat(l->conf.trail, &st) != 0) {
		item = add(l, errno == ENOENT ? KA_INSTALL_OK : KA_INSTALL_WARN, KA_REASON_NONE, "trail");
		say(item->text, sizeof(item->text), errno == ENOENT ? "not begun yet: " : "cannot be seen: ", l->conf.trail);
		return;
	}
	if (S_ISREG(st.st_mode) && st.st_uid == 0 && (st.st_mode & 0137) == 0) {
		say(add(l, KA_INSTALL_OK, KA_REASON_NONE, "trail")->text, 512, "", l->conf.trail);
		return;
	}
	item = add(l, KA_INSTALL_FAIL, KA_REASON_CONF_UNSAFE, "trail");
	say(item->text, sizeof(item->text), "must be a regular file of root's with mode 0640: ", l->conf.trail);
	ka_installmend_run(item, own, close_it);
}

static void check_crypto(struct look *l)
{
	if (ka_vetselftest() != KA_ERR_OK)
		say(add(l, KA_INSTALL_FAIL, KA_REASON_INTERNAL_CRYPTO_SELFTEST, "libsodium")->text, 512,
		    "its answer to a known Ed25519 point is wrong", NULL);
}

enum ka_err ka_install_check(const char *conf_path, struct ka_install *out)
{
	KA_AUTOFREE struct look *l = calloc(1, sizeof(*l));
	struct ka_sshdask ask = { .user = "root", .address = "" };
	enum ka_err err;

	memset(out, 0, sizeof(*out));
	if (l == NULL)
		return KA_ERR_NOMEM;
	l->out = out;
	l->conf_path = conf_path;
	err = ka_confload(conf_path != NULL ? conf_path : KA_PATH_CONF, &l->conf, &l->load, &l->errors);
	if (err != KA_ERR_OK)
		return err;
	if (l->load.reason != KA_REASON_NONE && l->load.reason != KA_REASON_CONF_DISABLED)
		ka_conf_default(&l->conf);
	ask.program = l->conf.sshd_program;
	ask.config = l->conf.sshd_config;
	ka_daemon_find(ask.config, &l->daemon);
	if (l->daemon.listener.is_found)
		ask.args = &l->daemon.listener.args;
	ka_sshdask_version(ask.program, out->sshd_version, sizeof(out->sshd_version));
	err = ka_sshdask_conf(&ask, &l->sshd);
	if (err != KA_ERR_OK)
		return err;
	err = ka_pamask(NULL, l->sshd.pam_service, &l->pam);
	if (err != KA_ERR_OK)
		return err;
	check_sshd(l);
	check_daemon(l);
	check_command(l);
	err = check_conf(l);
	if (err != KA_ERR_OK)
		return err;
	if (l->command.load.reason == KA_REASON_NONE) {
		err = ka_sourcecheck_each(&l->command.conf, take_source, l);
		if (err == KA_ERR_OK)
			err = ka_datacheck_each(&l->command.conf, take_data, l);
		if (err == KA_ERR_OK)
			err = ka_trustedcheck_each(&l->command.conf, take_data, l);
		if (err != KA_ERR_OK)
			return err;
	}
	check_crypto(l);
	ka_installverdicts_check(KA_PATH_VERDICTS, KA_COMMAND_USER, out);
	check_pam(l);
	check_run(l);
	check_trail(l);
	if (l->conf.sink_trail)
		ka_installrotate_check("", l->conf.trail, out);
	ka_installdrops_check(l->conf.trail, &l->sshd, out);
	return KA_ERR_OK;
}
