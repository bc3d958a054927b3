/* keyaudit/install_check: each thing that can be wrong with an installation has its line, and nothing else has. All is invented. */
#include "keyaudit/doctor/install_check.h"

#include <errno.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/paths.h"
#include "diag/commandconf.h"
#include "diag/pamask.h"
#include "diag/sshdask.h"
#include "keyaudit/case/pidns.h"
#include "keyaudit/case/rundir.h"
#include "keyaudit/config/sourcecheck.h"
#include "perm/permwalk.h"
#include "source/confload.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/fakesshd.h"
#include "tests/unit/lib/nologrotate.h"
#include "tests/unit/lib/noverdicts.h"

#include "base/poison.h"

#define put(array, text) assert_true(ka_span_copy(ka_span_of(text), (array), sizeof(array)))
#define GOOD_COMMAND KA_PATH_COMMAND " -u %u -U %U -H %h -t %t -f %f -k %k"

static struct {
	const char *version, *run_why, *pidns_why, *expired, *trail;
	struct ka_sshdconf sshd;
	struct ka_pamconf pam;
	struct ka_confload conf;
	enum ka_rights_answer rights;
	struct ka_permwalk_refusal walk;
	bool walk_open, has_user, conf_fits;
	int sources;
	struct ka_sourcecheck source;
	enum ka_err err[4]; /* of confload, sshdask, pamask, sourcecheck */
} world;

static struct ka_install *list;
static char dir[64], file[96];

/* these stand before libc's and those in the archive */
struct passwd *getpwnam(const char *name)
{
	static struct passwd pw;

	assert_string_equal(name, KA_COMMAND_USER);
	return world.has_user ? &pw : NULL;
}

enum ka_err ka_confload(const char *path, struct ka_conf *conf, struct ka_confload *out, struct ka_conf_errors *errors)
{
	(void)path;
	(void)errors;
	ka_conf_default(conf);
	conf->trail = world.trail;
	memset(out, 0, sizeof(*out));
	return world.err[0];
}

void ka_sshdask_version(const char *program, char *out, size_t size)
{
	(void)program;
	assert_true(ka_span_copy(ka_span_of(world.version), out, size));
}

enum ka_err ka_sshdask_conf(const struct ka_sshdask *ask, struct ka_sshdconf *out)
{
	assert_string_equal(ask->user, "root");
	*out = world.sshd;
	return world.err[1];
}

enum ka_err ka_pamask(const char *where, const char *service, struct ka_pamconf *out)
{
	(void)where;
	(void)service;
	*out = world.pam;
	return world.err[2];
}

bool ka_commandconf_path(const char *command, char out[static KA_PATH_TRUSTED_MAX])
{
	(void)command;
	assert_true(ka_span_copy(ka_span_of(KA_PATH_CONF), out, KA_PATH_TRUSTED_MAX));
	return world.conf_fits;
}

enum ka_err ka_commandconf_load(const char *path, struct ka_commandconf *out)
{
	assert_true(ka_span_copy(ka_span_of(path), out->path, sizeof(out->path)));
	ka_conf_default(&out->conf);
	out->load = world.conf;
	out->rights = world.rights;
	put(out->expired, world.expired);
	return KA_ERR_OK;
}

const char *ka_commandconf_unchecked(enum ka_rights_answer rights)
{
	return rights == KA_RIGHTS_NO_USER ? "not checked" : "";
}

enum ka_err ka_sourcecheck_each(const struct ka_conf *conf, void (*take)(void *ctx, const struct ka_sourcecheck *c), void *ctx)
{
	(void)conf;
	for (int i = 0; i < world.sources; i++)
		take(ctx, &world.source);
	return world.err[3];
}

enum ka_err ka_permwalk_open(const char *path, const struct ka_permwalk_trust *trust, int *fd, struct ka_permwalk_refusal *why)
{
	assert_string_equal(path, KA_PATH_COMMAND);
	assert_int_equal(trust->owner, 0);
	*why = world.walk;
	*fd = world.walk_open ? dup(0) : -1;
	return KA_ERR_OK;
}

enum ka_err ka_rundir_open(struct ka_rundir *r, char *why, size_t size)
{
	memset(r, 0xff, sizeof(*r));
	assert_true(ka_span_copy(ka_span_of(world.run_why), why, size));
	return world.run_why[0] != '\0' ? KA_ERR_SYNTAX : KA_ERR_OK;
}

/* the rest of that file, which is then not linked: nobody asks it */
enum ka_err ka_rundir_open_at(struct ka_rundir *r, const char *path, uid_t uid, gid_t gid, char *why, size_t size)
{
	(void)path;
	(void)uid;
	(void)gid;
	return ka_rundir_open(r, why, size);
}

void ka_rundir_close(struct ka_rundir *r)
{
	(void)r;
}

int ka_rundir_lock(const struct ka_rundir *r)
{
	(void)r;
	return -1;
}

enum ka_pidns_answer ka_pidns_look(const struct ka_rundir *r, char *why, size_t size)
{
	(void)r;
	assert_true(ka_span_copy(ka_span_of(world.pidns_why), why, size));
	return world.pidns_why[0] != '\0' ? KA_PIDNS_OTHER : KA_PIDNS_OURS;
}

/* an installation with nothing wrong, but for what is really looked at: the collector's lock, and an executable standing for the command */
static int make(void **state)
{
	static const char pattern[] = "/tmp/ka-install-XXXXXX";

	(void)state;
	memcpy(dir, pattern, sizeof(pattern));
	memset(&world, 0, sizeof(world));
	world.version = "OpenSSH_9.2p1 Debian-2";
	fakesshd_begin();
	world.run_why = world.pidns_why = world.expired = "";
	world.trail = file;
	ka_sshdconf_default(&world.sshd);
	world.sshd.is_known = world.sshd.use_pam = world.has_user = world.conf_fits = world.walk_open = true;
	world.sshd.files_count = 0;
	put(world.sshd.command, GOOD_COMMAND);
	put(world.sshd.command_user, KA_COMMAND_USER);
	world.pam = (struct ka_pamconf){ .is_known = true, .stands = { false, true, true, false }, .path = "/etc/pam.d/sshd" };
	world.rights = KA_RIGHTS_TAKEN;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(file, sizeof(file), "%s/trail", dir);
	list = calloc(1, sizeof(*list));
	return list == NULL;
}

static int drop(void **state)
{
	(void)state;
	free(list);
	unlink(file);
	rmdir(file);
	return rmdir(dir);
}

static void check(const char *conf_path)
{
	memset(list, 0xa5, sizeof(*list));
	assert_int_equal(ka_install_check(conf_path, list), KA_ERR_OK);
	assert_true(list->count > 0 && list->count <= KA_INSTALL_CHECKS_MAX);
	for (size_t i = 0; i < list->count; i++) {
		const struct ka_install_item *item = &list->items[i];

		assert_true(item->what[0] != '\0' && item->text[0] != '\0');
		assert_true(caught_is_plain(item->what) && caught_is_plain(item->text) && caught_is_plain(item->mend));
		assert_null(strpbrk(item->text, "\n"));
		assert_null(strpbrk(item->mend, "\n"));
	}
}

/* the item of that name whose text begins so; the test fails when there is none */
static const struct ka_install_item *find(const char *what, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i].what, what) == 0 && strncmp(list->items[i].text, text, strlen(text)) == 0)
			return &list->items[i];
	for (size_t i = 0; i < list->count; i++)
		print_message("%s: %s\n", list->items[i].what, list->items[i].text);
	fail_msg("no %s: %s", what, text);
	return NULL;
}

/* looked at, and this is what is said of it */
static void says(const char *what, const char *text, enum ka_install_state state, enum ka_reason reason, const char *mend)
{
	const struct ka_install_item *item;

	check(NULL);
	item = find(what, text);
	assert_int_equal(item->state, state);
	assert_int_equal(item->reason, reason);
	if (strncmp(item->mend, mend, strlen(mend)) != 0 || (mend[0] == '\0' && item->mend[0] != '\0'))
		fail_msg("%s: mend %s", what, item->mend);
}

/* everything but the collector and the command, of which this machine has its own */
static void check__nothing_wrong__all_fine(void **state)
{
	(void)state;
	check(NULL);
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].state != KA_INSTALL_OK && strcmp(list->items[i].what, "collector") != 0 && strcmp(list->items[i].what, "command") != 0 &&
		    !(strcmp(list->items[i].what, "spool") == 0 && geteuid() != 0))
			fail_msg("%s: %s", list->items[i].what, list->items[i].text);
	assert_string_equal(list->sshd_version, "OpenSSH_9.2p1 Debian-2");
	find("sshd asks", GOOD_COMMAND);
	find("trail", "not begun yet: ");
	find("configuration", "complete and safe: " KA_PATH_CONF);
}

static void sshd__silent__is_no_failure(void **state)
{
	(void)state;
	world.sshd.is_known = false;
	says("sshd", geteuid() == 0 ? "does not tell" : "only root", KA_INSTALL_WARN, KA_REASON_NONE, geteuid() == 0 ? "sshd -t" : "sudo");
	for (size_t i = 0; i < list->count; i++)
		assert_string_not_equal(list->items[i].what, "sshd asks"); /* of what is not known nothing is claimed */
}

static void command__as_sshd_has_it__table(void **state)
{
	static const struct { const char *command, *version; enum ka_install_state state; enum ka_reason reason; const char *text; } rows[] = {
		{ "", "OpenSSH_9.2p1", KA_INSTALL_FAIL, KA_REASON_NONE, "no command: AuthorizedKeysCommand is not set" },
		{ "/opt/other %u", "OpenSSH_9.2p1", KA_INSTALL_FAIL, KA_REASON_CMD_BAD_OUTPUT, "another command: /opt/other %u" },
		{ "/opt/\x1b[2J", "OpenSSH_9.2p1", KA_INSTALL_FAIL, KA_REASON_CMD_BAD_OUTPUT, "another command: /opt/\\x1b[2J" },
		{ KA_PATH_COMMAND " -u %u", "OpenSSH_9.2p1", KA_INSTALL_WARN, KA_REASON_NONE, "without -k %k" },
		{ KA_PATH_COMMAND " -k %k", "OpenSSH_9.2p1", KA_INSTALL_WARN, KA_REASON_NONE, "without -k %k" },
		{ GOOD_COMMAND " -C %C", "OpenSSH_9.3p1", KA_INSTALL_FAIL, KA_REASON_CMD_BAD_TOKEN, "%C and %D exist since OpenSSH 9.4" },
		{ GOOD_COMMAND " -C %C", "OpenSSH_9.4p1", KA_INSTALL_OK, KA_REASON_NONE, GOOD_COMMAND " -C %C" },
		{ GOOD_COMMAND " -C %C", "", KA_INSTALL_OK, KA_REASON_NONE, GOOD_COMMAND " -C %C" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(world.sshd.command, 0, sizeof(world.sshd.command));
		put(world.sshd.command, rows[i].command);
		world.version = rows[i].version;
		says("sshd asks", rows[i].text, rows[i].state, rows[i].reason, rows[i].state == KA_INSTALL_OK ? "" : "AuthorizedKeysCommand " KA_PATH_COMMAND " ");
	}
}

static void command__user__must_be_ours_and_exist(void **state)
{
	(void)state;
	memset(world.sshd.command_user, 0, sizeof(world.sshd.command_user));
	says("command's user", "AuthorizedKeysCommandUser is not set", KA_INSTALL_FAIL, KA_REASON_CMD_USER_UNSET, "AuthorizedKeysCommandUser " KA_COMMAND_USER);
	put(world.sshd.command_user, "nobody");
	says("command's user", "AuthorizedKeysCommandUser is nobody", KA_INSTALL_FAIL, KA_REASON_CMD_USER_MISSING, "AuthorizedKeysCommandUser ");
	world.has_user = false;
	says("user " KA_COMMAND_USER, "does not exist", KA_INSTALL_FAIL, KA_REASON_CMD_USER_MISSING, "systemd-sysusers keyaudit.conf");
}

static void command__file__missing_unsafe_or_closed(void **state)
{
	(void)state;
	world.walk_open = false;
	world.walk.errnum = ENOENT;
	says("command", "cannot be opened: " KA_PATH_COMMAND, KA_INSTALL_FAIL, KA_REASON_CMD_MISSING, "install keyaudit again");
	world.walk.errnum = 0;
	world.walk.reason = KA_REASON_CONF_UNSAFE;
	put(world.walk.path, "/usr/lib\x1b[2J");
	says("command", "not root's alone: /usr/lib\\x1b[2J", KA_INSTALL_FAIL, KA_REASON_CMD_UNSAFE_PATH, "by hand: the path cannot stand in a command as it is");
}

static void file_keys__vetted_by_enforce_or_by_nobody(void **state)
{
	(void)state;
	world.sshd.files_count = 1;
	put(world.sshd.files[0], ".ssh/authorized_keys");
	says("file keys", "keys in AuthorizedKeysFile are accepted without vetting: .ssh/authorized_keys", KA_INSTALL_WARN, KA_REASON_NONE, "AuthorizedKeysFile none");
	world.pam.enforce = KA_PAMCONF_ENFORCE_SOFT;
	says("file keys", "accepted by sshd, vetted at the session", KA_INSTALL_OK, KA_REASON_NONE, "");
	world.sshd.use_pam = false; /* then nobody asks the module */
	says("file keys", "keys in AuthorizedKeysFile are accepted without vetting", KA_INSTALL_WARN, KA_REASON_NONE, "AuthorizedKeysFile none");
	find("PAM", "UsePAM no");
}

static void pam__lines__missing_late_toothless_or_closed(void **state)
{
	(void)state;
	world.pam.is_too_late = true;
	says("PAM module", "its session line stands behind pam_env.so", KA_INSTALL_WARN, KA_REASON_NONE, "put the session line");
	world.pam.enforce = KA_PAMCONF_ENFORCE_HARD;
	says("PAM module", "its session line stands behind pam_env.so", KA_INSTALL_FAIL, KA_REASON_NONE, "put the session line");
	assert_true(find("PAM module", "its session")->is_prose);
	world.pam.is_too_late = false;
	world.pam.is_toothless = true;
	says("PAM enforce", "refuses nobody", KA_INSTALL_WARN, KA_REASON_NONE, "session required pam_keyaudit.so enforce");
	world.pam.is_closed = true;
	says("PAM module", "turns everybody away", KA_INSTALL_FAIL, KA_REASON_NONE, "optional or required");
	world.pam.is_cut = true;
	says("PAM stack", "not judged: a file that is included could not be followed from /etc/pam.d/sshd", KA_INSTALL_WARN, KA_REASON_NONE, "");
	memset(&world.pam, 0, sizeof(world.pam));
	says("PAM module", "no line with pam_keyaudit.so in " KA_SYSCONFDIR "/pam.d/sshd", KA_INSTALL_WARN, KA_REASON_NONE, "account optional");
}

static void conf__what_is_wrong__has_its_mend(void **state)
{
	(void)state;
	world.conf.reason = KA_REASON_CONF_INVALID;
	put(world.conf.text, "f:1: no");
	says("configuration", "nothing is served: f:1: no", KA_INSTALL_FAIL, KA_REASON_CONF_INVALID, "keyaudit config check");
	put(world.conf.why.path, "/etc/k");
	world.conf.why.errnum = EACCES;
	world.conf.why.mode = S_IFREG | 0600;
	says("configuration", "nothing is served: ", KA_INSTALL_FAIL, KA_REASON_CONF_INVALID, "chmod a+r -- /etc/k");
	world.conf.why.mode = S_IFDIR | 0700;
	says("configuration", "nothing is served: ", KA_INSTALL_FAIL, KA_REASON_CONF_INVALID, "chmod a+rx -- /etc/k");
	world.conf.reason = KA_REASON_CONF_DISABLED;
	says("configuration", "nothing is served: ", KA_INSTALL_FAIL, KA_REASON_CONF_DISABLED, "rm -- /etc/k");
	memset(&world.conf, 0, sizeof(world.conf));
	world.expired = "the policy is over";
	world.rights = KA_RIGHTS_NO_USER;
	says("policy", "the policy is over", KA_INSTALL_FAIL, KA_REASON_OPTION_EXPIRED, "a later expiry-time");
	assert_int_equal(find("configuration", "not checked")->state, KA_INSTALL_WARN);
	check("/etc/mine");
	assert_int_equal(find("configuration", "sshd's command reads another one: " KA_PATH_CONF)->state, KA_INSTALL_WARN);
	world.conf_fits = false;
	says("configuration", "sshd's command reads another one: " GOOD_COMMAND, KA_INSTALL_WARN, KA_REASON_NONE, "keyaudit doctor, without -c");
}

static void sources__each_one__and_not_with_a_broken_configuration(void **state)
{
	(void)state;
	world.sources = 1;
	world.source = (struct ka_sourcecheck){ .source = "corp", .reason = KA_REASON_STORE_UNREACHABLE, .text = "no cache" KA_RUNDIR_MEND "make one" };
	says("source corp", "no cache", KA_INSTALL_FAIL, KA_REASON_STORE_UNREACHABLE, "make one");
	assert_string_equal(find("source corp", "no cache")->text, "no cache");
	world.source.reason = KA_REASON_NONE;
	put(world.source.text, "fine");
	says("source corp", "fine", KA_INSTALL_OK, KA_REASON_NONE, "");
	world.conf.reason = KA_REASON_CONF_UNSAFE;
	put(world.conf.text, "x");
	check(NULL);
	for (size_t i = 0; i < list->count; i++)
		assert_string_not_equal(list->items[i].what, "source corp");
}

/* as many sources as there may be, and everything else to say besides: the list holds it */
static void sources__all_of_them__the_list_is_long_enough(void **state)
{
	(void)state;
	world.source = (struct ka_sourcecheck){ .source = "corp", .reason = KA_REASON_NONE, .text = "fine" };
	world.sources = KA_SOURCES_MAX;
	world.sshd.files_count = 1;
	put(world.sshd.files[0], "x");
	world.sshd.use_pam = world.has_user = world.conf_fits = false;
	memset(world.sshd.command_user, 0, sizeof(world.sshd.command_user));
	world.pam.is_toothless = world.pam.is_closed = world.pam.is_cut = world.pam.is_too_late = true;
	fakesshd.has_other = fakesshd.is_untold = true;
	world.expired = "over";
	world.rights = KA_RIGHTS_NO_USER;
	world.pidns_why = "another";
	check(NULL);
	assert_true(list->count < KA_INSTALL_CHECKS_MAX);
	find("trail", "");
	world.sources = 3 * KA_INSTALL_CHECKS_MAX; /* were it ever full, nothing is written beyond */
	check(NULL);
	assert_int_equal(list->count, KA_INSTALL_CHECKS_MAX);
}

static void run__directory_and_namespace__split_into_fault_and_mend(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	world.run_why = "/run/keyaudit is missing" KA_RUNDIR_MEND "systemd-tmpfiles --create";
	says("spool", "/run/keyaudit is missing", KA_INSTALL_FAIL, KA_REASON_CONF_UNSAFE, "systemd-tmpfiles --create");
	assert_string_equal(find("spool", "")->text, "/run/keyaudit is missing");
	world.run_why = "";
	world.pidns_why = "another namespace\x1b[2J";
	says("pid namespace", "another namespace\\x1b[2J", KA_INSTALL_FAIL, KA_REASON_NONE, "");
	world.run_why = "no mend here";
	says("spool", "no mend here", KA_INSTALL_FAIL, KA_REASON_CONF_UNSAFE, "");
}

static void trail__mode_and_kind__table(void **state)
{
	static const mode_t modes[] = { 0600, 0640, 0400, 0644, 0660, 0750, 0641 };

	(void)state;
	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		FILE *f = fopen(file, "we");
		bool good = (modes[i] & 0137) == 0;

		assert_non_null(f);
		fclose(f);
		assert_int_equal(chmod(file, modes[i]), 0);
		says("trail", good ? file : "must be a regular file of root's with mode 0640: ", good ? KA_INSTALL_OK : KA_INSTALL_FAIL,
		     good ? KA_REASON_NONE : KA_REASON_CONF_UNSAFE, good ? "" : "chown root:adm -- ");
	}
	assert_int_equal(chown(file, 1, 0), 0);
	assert_int_equal(chmod(file, 0640), 0);
	says("trail", "must be a regular file", KA_INSTALL_FAIL, KA_REASON_CONF_UNSAFE, "chown root:adm");
	unlink(file);
	assert_int_equal(symlink("/etc/passwd", file), 0);
	says("trail", "must be a regular file", KA_INSTALL_FAIL, KA_REASON_CONF_UNSAFE, "chown root:adm");
	unlink(file);
	world.trail = "/dev/null/trail";
	says("trail", "cannot be seen: /dev/null/trail", KA_INSTALL_WARN, KA_REASON_NONE, "");
}

static void daemon__sshd_t_says_why_it_does_not_start(void **state)
{
	(void)state;
	world.sshd.is_known = false;
	fakesshd.test = "Missing privilege separation directory: /run/sshd\r\n";
	says("sshd runs", "Missing privilege separation directory: /run/sshd", KA_INSTALL_FAIL, KA_REASON_CONN_NOT_RUNNING,
	     "install -d -m 0755 -- /run/sshd && systemctl restart ssh");
}

static void listener__options__are_not_judged(void **state)
{
	(void)state;
	fakesshd.has_other = true;
	fakesshd.text = "-o \x1b[2J";
	says("sshd runs", "not judged: with options that beat what its files say: -o \\x1b[2J", KA_INSTALL_WARN, KA_REASON_NONE, "");
}

static void fault__of_each_one_asked__is_handed_on(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(world.err) / sizeof(world.err[0]); i++) {
		world.err[i] = KA_ERR_NOMEM;
		assert_int_equal(ka_install_check(NULL, list), KA_ERR_NOMEM);
		world.err[i] = KA_ERR_OK;
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(check__nothing_wrong__all_fine),
		T(sshd__silent__is_no_failure),
		T(command__as_sshd_has_it__table),
		T(command__user__must_be_ours_and_exist),
		T(command__file__missing_unsafe_or_closed),
		T(file_keys__vetted_by_enforce_or_by_nobody),
		T(pam__lines__missing_late_toothless_or_closed),
		T(conf__what_is_wrong__has_its_mend),
		T(sources__each_one__and_not_with_a_broken_configuration),
		T(sources__all_of_them__the_list_is_long_enough),
		T(run__directory_and_namespace__split_into_fault_and_mend),
		T(trail__mode_and_kind__table),
		T(daemon__sshd_t_says_why_it_does_not_start),
		T(listener__options__are_not_judged),
		T(fault__of_each_one_asked__is_handed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
