/* diag/facts: who is asked what, and who is not asked at all. Everything that is asked is invented. */
#include "diag/facts.h"

#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/paths.h"
#include "diag/pamask.h"
#include "diag/sshdask.h"
#include "tests/unit/lib/fakesshd.h"
#include "tests/unit/lib/keysample.h"

#include "base/poison.h"

#define put(array, text) assert_true(ka_span_copy(ka_span_of(text), (array), sizeof(array)))

/* what is there */
static struct {
	const char *version, *home; /* home NULL: no such user */
	int passwd_err;
	struct ka_sshdconf sshd;
	enum ka_err sshd_err, files_err, conf_err, sources_err, pam_err, account_err;
	enum ka_reason conf_reason;
	const char *acl;
	bool unjudged;
} world;

/* what was asked */
static struct {
	char program[128], config[128], user[64], address[64], conf_path[KA_PATH_TRUSTED_MAX], pam_service[64];
	char paths[KA_DIAG_FILES_MAX][KA_TEXT_PATH_MAX];
	size_t paths_count;
	unsigned sshd, files, conf, sources, pam, account, near;
	struct ka_userfiles_query files_query;
	struct ka_keyscan_query scan;
	char scan_address[64];
	struct ka_keysource_query sources_query;
	bool has_conf, has_home, has_args;
} asked;

static struct ka_facts *facts;
static struct ka_diag_subject subject;
static struct ka_offer offers[KA_DIAG_OFFERS_MAX + 1];
static struct ka_conf conf;

int getpwnam_r(const char *name, struct passwd *pw, char *buffer, size_t size, struct passwd **found)
{
	(void)name;
	*found = NULL;
	if (world.passwd_err != 0 || world.home == NULL)
		return world.passwd_err;
	assert_true(snprintf(buffer, size, "%s", world.home) < (int)size);
	*pw = (struct passwd){ .pw_name = buffer, .pw_dir = buffer, .pw_uid = 1001, .pw_gid = 1002 };
	*found = pw;
	return 0;
}

void ka_sshdask_version(const char *program, char *out, size_t size)
{
	(void)program;
	assert_true(ka_span_copy(ka_span_of(world.version), out, size));
}

enum ka_err ka_sshdask_conf(const struct ka_sshdask *ask, struct ka_sshdconf *out)
{
	asked.sshd++;
	put(asked.program, ask->program);
	put(asked.config, ask->config);
	put(asked.user, ask->user);
	put(asked.address, ask->address);
	asked.has_args = ask->args != NULL;
	*out = world.sshd;
	return world.sshd_err;
}

enum ka_err ka_userfiles_look(const struct ka_userfiles_query *query, struct ka_userfiles *out)
{
	asked.files++;
	asked.files_query = *query;
	asked.scan = *query->scan;
	put(asked.scan_address, query->scan->address);
	asked.paths_count = query->paths_count;
	memcpy(asked.paths, query->paths, query->paths_count * sizeof(asked.paths[0]));
	out->has_home = true;
	if (world.acl != NULL || world.unjudged) {
		out->count = 1;
		put(out->files[0].path, "/home/alice/k");
		put(out->files[0].acl, world.acl != NULL ? world.acl : "");
		out->files[0].perm_unjudged = world.unjudged;
	}
	return world.files_err;
}

bool ka_userfiles_check(const struct ka_userfile *f, const struct ka_userfiles_query *query)
{
	return (void)f, (void)query, true;
}

bool ka_commandconf_path(const char *command, char out[static KA_PATH_TRUSTED_MAX])
{
	assert_true(snprintf(out, KA_PATH_TRUSTED_MAX, "of <%s>", command) < KA_PATH_TRUSTED_MAX);
	return true;
}

enum ka_err ka_commandconf_load(const char *path, struct ka_commandconf *out)
{
	asked.conf++;
	put(asked.conf_path, path);
	out->load.reason = world.conf_reason;
	ka_conf_default(&out->conf);
	return world.conf_err;
}

void ka_commandconf_profile(const char *command, struct ka_commandconf *c) { c->profile = strstr(command, "-P strict") != NULL ? KA_CONF_PROFILE_STRICT : KA_CONF_PROFILE_NONE; }

const char *ka_commandconf_unchecked(enum ka_rights_answer rights)
{
	(void)rights;
	return "";
}

enum ka_err ka_keysource_look(const struct ka_keysource_query *query, struct ka_keysource *out)
{
	(void)out;
	asked.sources++;
	asked.sources_query = *query;
	asked.has_conf = query->conf != NULL;
	asked.has_home = query->home != NULL;
	return world.sources_err;
}

enum ka_err ka_pamask(const char *dir, const char *service, struct ka_pamconf *out)
{
	assert_null(dir);
	asked.pam++;
	put(asked.pam_service, service);
	out->is_known = true;
	return world.pam_err;
}

enum ka_err ka_account_gather(const struct passwd *pw, struct ka_account *out)
{
	assert_string_equal(pw->pw_dir, world.home);
	asked.account++;
	out->is_asked = true;
	return world.account_err;
}

enum ka_err ka_account_look_near(const char *name, struct ka_account *out)
{
	assert_string_equal(name, "alice");
	asked.near++;
	out->near_count = 1;
	return world.account_err;
}

/* to be linked, and never asked */
const char *ka_account_path(enum ka_account_nologin which)
{
	(void)which;
	return "";
}

void ka_account_password(struct ka_span field, struct ka_account *out)
{
	(void)field;
	(void)out;
}

void ka_account_near(struct ka_span passwd, const char *name, struct ka_account *out)
{
	(void)passwd;
	(void)name;
	(void)out;
}

static int make(void **state)
{
	(void)state;
	fakesshd_begin();
	memset(&world, 0, sizeof(world));
	memset(&asked, 0, sizeof(asked));
	memset(&subject, 0, sizeof(subject));
	memset(offers, 0, sizeof(offers));
	world.version = "OpenSSH_9.2p1 Debian-2";
	world.home = "/home/alice";
	ka_sshdconf_default(&world.sshd);
	world.sshd.is_known = true;
	ka_conf_default(&conf);
	put(subject.user, "alice");
	put(subject.address, "192.0.2.7");
	subject.offers = offers;
	subject.offers_count = 1;
	subject.now_sec = 1792000000;
	put(offers[0].fp, "SHA256:x");
	facts = malloc(sizeof(*facts));
	return facts == NULL;
}

static int drop(void **state)
{
	(void)state;
	free(facts);
	return 0;
}

static void gather(void)
{
	memset(facts, 0xa5, sizeof(*facts)); /* nothing may depend on what was there */
	assert_int_equal(ka_facts_gather(&subject, facts), KA_ERR_OK);
}

static void gather__ordinary__everybody_is_asked_once(void **state)
{
	(void)state;
	gather();
	assert_int_equal(asked.sshd, 1);
	assert_string_equal(asked.program, "/usr/sbin/sshd");
	assert_string_equal(asked.config, "/etc/ssh/sshd_config");
	assert_string_equal(fakesshd.places, "/etc/ssh/sshd_config");
	assert_string_equal(asked.user, "alice");
	assert_string_equal(asked.address, "192.0.2.7");
	assert_int_equal(facts->account, KA_FACTS_ACCOUNT_KNOWN);
	assert_int_equal(facts->uid, 1001);
	assert_string_equal(facts->home, "/home/alice");
	assert_int_equal(asked.files, 1);
	assert_true(facts->has_files);
	assert_int_equal(asked.paths_count, 2);
	assert_string_equal(asked.paths[0], "/home/alice/.ssh/authorized_keys");
	assert_int_equal(asked.files_query.rule, KA_PERM_RULE_DEBIAN);
	assert_int_equal(asked.files_query.gid, 1002);
	assert_int_equal(asked.files_query.deadline_ms, KA_DIAG_CHILD_MS);
	assert_string_equal(asked.scan_address, "192.0.2.7");
	assert_int_equal(asked.sources, 1);
	assert_true(asked.has_conf && asked.has_home && asked.sources_query.has_uid);
	assert_int_equal(asked.account, 1);
	assert_int_equal(asked.near + asked.pam + fakesshd.examined, 0); /* sshd asks no PAM; nobody asks by hand */
	assert_int_equal(facts->offers_count, 1);
}

static void gather__records_only__nobody_is_asked(void **state)
{
	(void)state;
	subject.records_only = subject.by_hand = true;
	gather();
	assert_int_equal(asked.sshd + asked.files + asked.conf + asked.sources + asked.pam + fakesshd.examined + asked.account + asked.near, 0);
	assert_int_equal(facts->account, KA_FACTS_ACCOUNT_UNASKED);
	assert_true(facts->asks_us);
	assert_false(facts->has_files);
	assert_int_equal(facts->offers_count, 1);
}

/* passwd says no, or cannot say: two things */
static void account__unknown_or_not_to_be_told(void **state)
{
	static const char *const homes[] = { "", "relative", NULL };
	static char far[KA_TEXT_PATH_MAX + 2];

	(void)state;
	world.home = NULL;
	gather();
	assert_int_equal(facts->account, KA_FACTS_ACCOUNT_UNKNOWN);
	assert_int_equal(asked.files + asked.sources + asked.account, 0);
	assert_int_equal(asked.near, 1);
	assert_int_equal(facts->who.near_count, 1);
	world.passwd_err = 5; /* EIO: the name service fails */
	gather();
	assert_int_equal(facts->account, KA_FACTS_ACCOUNT_UNASKED);
	assert_int_equal(asked.files, 0);
	assert_int_equal(asked.sources, 1);
	assert_false(asked.has_home || asked.sources_query.has_uid);
	world.passwd_err = 0;
	for (size_t i = 0; homes[i] != NULL; i++) {
		world.home = homes[i];
		gather();
		assert_int_equal(facts->account, KA_FACTS_ACCOUNT_UNASKED);
	}
	memset(far, 'x', sizeof(far) - 1);
	far[0] = '/';
	for (size_t n = KA_TEXT_PATH_MAX - 1; n <= KA_TEXT_PATH_MAX; n++) {
		far[n] = '\0';
		world.home = far;
		gather();
		assert_int_equal(facts->account, n < KA_TEXT_PATH_MAX ? KA_FACTS_ACCOUNT_KNOWN : KA_FACTS_ACCOUNT_UNASKED);
		far[n] = 'x';
	}
	subject.user[0] = '\0';
	world.home = "/home/alice";
	gather();
	assert_int_equal(facts->account, KA_FACTS_ACCOUNT_UNASKED);
}

/* which rule, which program: our configuration comes first */
static void conf__sshd_and_rule__table(void **state)
{
	static const struct { const char *version; enum ka_conf_strict strict; bool debian; } rows[] = {
		{ "OpenSSH_9.2p1 Debian-2", KA_CONF_STRICT_AUTO, true }, { "OpenSSH_9.2p1", KA_CONF_STRICT_AUTO, false }, { "", KA_CONF_STRICT_AUTO, false },
		{ "OpenSSH_9.2p1", KA_CONF_STRICT_DEBIAN, true }, { "OpenSSH_9.2p1 Debian-2", KA_CONF_STRICT_UPSTREAM, false },
	};

	(void)state;
	subject.conf = &conf;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		world.version = rows[i].version;
		conf.strict_modes = rows[i].strict;
		gather();
		if (facts->is_debian != rows[i].debian)
			fail_msg("row %zu", i);
	}
	conf.sshd_program = "/opt/sshd";
	conf.sshd_config = "/opt/config";
	gather();
	assert_string_equal(asked.program, "/opt/sshd");
	assert_string_equal(asked.config, "/opt/config");
}

/* sshd expands patterns since 10.0; an older one takes the star for a letter */
static void files__patterns__by_release(void **state)
{
	(void)state;
	world.sshd.files_count = 2;
	put(world.sshd.files[0], ".ssh/keys*");
	put(world.sshd.files[1], "/etc/keys/%u");
	gather();
	assert_int_equal(asked.paths_count, 2);
	assert_string_equal(asked.paths[0], "/home/alice/.ssh/keys*");
	assert_false(facts->unjudged.is[KA_UNJUDGED_PATTERN]);
	world.version = "OpenSSH_10.0p1";
	gather();
	assert_int_equal(asked.paths_count, 1);
	assert_string_equal(asked.paths[0], "/etc/keys/alice");
	assert_true(facts->unjudged.is[KA_UNJUDGED_PATTERN]);
	assert_string_equal(facts->unjudged.about[KA_UNJUDGED_PATTERN], ".ssh/keys*");
	world.version = ""; /* not known: a letter */
	gather();
	assert_int_equal(asked.paths_count, 2);
}

static void files__what_the_child_could_not_judge__is_said(void **state)
{
	(void)state;
	world.acl = "/home/alice/.ssh";
	world.unjudged = true;
	gather();
	assert_string_equal(facts->unjudged.about[KA_UNJUDGED_ACL], "/home/alice/.ssh");
	assert_string_equal(facts->unjudged.about[KA_UNJUDGED_WAY], "/home/alice/k");
}

/* with UseDNS names count too, and we do not ask for them: from= is not judged then */
static void address__use_dns__is_not_judged(void **state)
{
	(void)state;
	world.sshd.use_dns = true;
	gather();
	assert_string_equal(asked.scan_address, "");
	assert_string_equal(asked.sources_query.address, "");
	assert_string_equal(asked.address, "192.0.2.7"); /* Match blocks are sshd's own business */
}

static void command__ours_or_not__which_configuration(void **state)
{
	(void)state;
	put(world.sshd.command, "/usr/libexec/keyaudit/authkeys-cmd -c /x -u %u -k %k");
	gather();
	assert_true(facts->asks_us);
	assert_string_equal(asked.conf_path, "of </usr/libexec/keyaudit/authkeys-cmd -c /x -u %u -k %k>");
	assert_false(asked.sources_query.whole);
	memset(world.sshd.command, 0, sizeof(world.sshd.command));
	put(world.sshd.command, "/usr/libexec/keyaudit/authkeys-cmd -u %u -P strict");
	gather();
	assert_true(asked.sources_query.whole && asked.sources_query.profile == KA_CONF_PROFILE_STRICT); /* sshd names no key: one limit for all lines */
	memset(world.sshd.command, 0, sizeof(world.sshd.command));
	put(world.sshd.command, "/opt/other %u");
	gather();
	assert_false(facts->asks_us);
	assert_string_equal(asked.conf_path, "of <>");
	world.sshd.is_known = false; /* could not be asked: believed to be ours */
	gather();
	assert_true(facts->asks_us);
	assert_false(asked.sources_query.whole);
	subject.conf_path = "/etc/mine";
	gather();
	assert_string_equal(asked.conf_path, "/etc/mine");
}

static void command__broken_configuration__nothing_is_asked_of_it(void **state)
{
	static const struct { enum ka_reason reason; bool conf; } rows[] = {
		{ KA_REASON_NONE, true }, { KA_REASON_CONF_DISABLED, true }, { KA_REASON_CONF_INVALID, false }, { KA_REASON_CONF_UNSAFE, false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		world.conf_reason = rows[i].reason;
		gather();
		assert_int_equal(asked.has_conf, rows[i].conf);
	}
}

static void by_hand__the_gate_and_the_daemon(void **state)
{
	(void)state;
	subject.by_hand = true;
	fakesshd.has_listener = true;
	put(world.sshd.pam_service, "sshd-x");
	world.sshd.use_pam = true;
	gather();
	assert_int_equal(asked.pam, 1);
	assert_string_equal(asked.pam_service, "sshd-x");
	assert_int_equal(fakesshd.examined, 1);
	assert_int_equal(facts->daemon.loaded_us, 77);
	world.sshd.use_pam = false;
	gather();
	assert_int_equal(asked.pam, 1);
	world.home = NULL; /* no user: nothing to look around for */
	gather();
	assert_int_equal(asked.pam, 1);
}

/* options that could be told apart are asked along; others, another configuration, a younger file are not judged */
static void listener__options_and_other_files(void **state)
{
	const bool *is = facts->unjudged.is;

	(void)state;
	subject.by_hand = true;
	gather();
	assert_false(asked.has_args || fakesshd.options > 0);
	fakesshd.has_listener = true;
	gather();
	assert_true(asked.has_args && fakesshd.options == 1);
	fakesshd.has_other = true; /* beside ours: somebody else's business */
	gather();
	assert_false(is[KA_UNJUDGED_LISTENER] || is[KA_UNJUDGED_RELOAD]);
	fakesshd.is_ambiguous = fakesshd.is_untold = true;
	gather();
	assert_true(is[KA_UNJUDGED_LISTENER] && is[KA_UNJUDGED_RELOAD]);
	fakesshd.has_listener = fakesshd.is_ambiguous = false;
	gather();
	assert_true(is[KA_UNJUDGED_LISTENER] && !asked.has_args);
}

static void offers__more_than_there_is_room_for__the_first(void **state)
{
	(void)state;
	for (size_t n = KA_DIAG_OFFERS_MAX - 1; n <= KA_DIAG_OFFERS_MAX + 1; n++) {
		subject.offers_count = n;
		gather();
		assert_int_equal(facts->offers_count, n < KA_DIAG_OFFERS_MAX ? n : KA_DIAG_OFFERS_MAX);
		assert_int_equal(asked.scan.offers_count, facts->offers_count);
		assert_int_equal(asked.sources_query.offers_count, facts->offers_count);
	}
}

/* the first fault ends it, and is handed on as it is */
static void fault__of_each_one_asked__is_handed_on(void **state)
{
	enum ka_err *const errs[] = { &world.sshd_err, &world.files_err, &world.conf_err, &world.sources_err, &world.pam_err, &world.account_err };

	(void)state;
	subject.by_hand = true;
	world.sshd.use_pam = true;
	for (size_t i = 0; i < KA_ARRAY_LEN(errs); i++) {
		*errs[i] = KA_ERR_NOMEM;
		assert_int_equal(ka_facts_gather(&subject, facts), KA_ERR_NOMEM);
		*errs[i] = KA_ERR_OK;
	}
	gather();
}

#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(gather__ordinary__everybody_is_asked_once),
		T(gather__records_only__nobody_is_asked),
		T(account__unknown_or_not_to_be_told),
		T(conf__sshd_and_rule__table),
		T(files__patterns__by_release),
		T(files__what_the_child_could_not_judge__is_said),
		T(address__use_dns__is_not_judged),
		T(command__ours_or_not__which_configuration),
		T(command__broken_configuration__nothing_is_asked_of_it),
		T(by_hand__the_gate_and_the_daemon),
		T(listener__options_and_other_files),
		T(offers__more_than_there_is_room_for__the_first),
		T(fault__of_each_one_asked__is_handed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
