/*
 * A make-believe host for the tests of diag/facts, in front of the archive: definitions, for one test program each. What there is
 * stands in world, what was asked in asked.
 */
#ifndef KA_TESTS_FACTSWORLD_H
#define KA_TESTS_FACTSWORLD_H

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
#include "diag/rowjudge.h"
#include "diag/sshdask.h"
#include "tests/unit/lib/fakesshd.h"

#define put(array, text) assert_true(ka_span_copy(ka_span_of(text), (array), sizeof(array)))

/* what is there */
static struct {
	const char *version, *home; /* home NULL: no such user */
	int passwd_err;
	struct ka_sshdconf sshd;
	enum ka_err sshd_err, files_err, conf_err, sources_err, rows_err, pam_err, account_err;
	enum ka_reason conf_reason;
	const char *acl;
	size_t rows_count; /* where a person asks */
	bool unjudged;
} world;

/* what was asked */
static struct {
	char program[128], config[128], user[64], address[64], conf_path[KA_PATH_TRUSTED_MAX], pam_service[64];
	char paths[KA_DIAG_FILES_MAX][KA_TEXT_PATH_MAX];
	size_t paths_count;
	unsigned sshd, files, conf, sources, rows, pam, account, near;
	struct ka_userfiles_query files_query;
	struct ka_keyscan_query scan;
	char scan_address[64];
	struct ka_keysource_query sources_query;
	struct ka_rowjudge_query rows_query;
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
	out->rows_count = query->scan->rows != NULL ? world.rows_count : 0;
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

enum ka_err ka_rowjudge_run(const struct ka_rowjudge_query *query, struct ka_userfiles *files)
{
	assert_ptr_equal(files, &facts->files);
	asked.rows++;
	asked.rows_query = *query;
	return world.rows_err;
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

#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)

#endif
