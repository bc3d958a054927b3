/* diag/commandconf: which configuration sshd's command reads, and what it finds there. */
#include "diag/commandconf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/paths.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

#define LOCAL "[lookup]\nsources = local\n[source local]\ntype = file\npath = /k/%u\n"

static struct ka_commandconf out;

static void path__command_line__table(void **state)
{
	static const struct { const char *command, *path; bool fits; } rows[] = {
		{ "", KA_PATH_CONF, true },
		{ "none", KA_PATH_CONF, true },
		{ "/usr/libexec/keyaudit/authkeys-cmd -u %u -k %k", KA_PATH_CONF, true },
		{ "/usr/libexec/keyaudit/authkeys-cmd -c /etc/other/k.conf -u %u", "/etc/other/k.conf", true },
		{ "/usr/libexec/keyaudit/authkeys-cmd -u %u -c \"/etc/my dir/k.conf\" -k %k", "/etc/my dir/k.conf", true },
		{ "/usr/libexec/keyaudit/authkeys-cmd \"-c\"  /x", "/x", true },
		{ "/usr/libexec/keyaudit/authkeys-cmd -C \"%C\" -u -c", KA_PATH_CONF, true },
		{ "/usr/libexec/keyaudit/authkeys-cmd -c \"/open", "/open", true },
	};
	char path[KA_PATH_TRUSTED_MAX], longer[KA_PATH_TRUSTED_MAX + 8];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		assert_int_equal(ka_commandconf_path(rows[i].command, path), rows[i].fits);
		assert_string_equal(path, rows[i].path);
	}
	memset(longer, 'x', sizeof(longer) - 1);
	memcpy(longer, "c -c /", 6);
	longer[sizeof(longer) - 1] = '\0';
	assert_false(ka_commandconf_path(longer, path));
	assert_string_equal(path, KA_PATH_CONF);
}

static void profile__command_line__table(void **state)
{
	static const struct { const char *command; enum ka_conf_profile profile; const char *wrong; } rows[] = {
		{ "", KA_CONF_PROFILE_NONE, NULL },
		{ "/usr/libexec/keyaudit/authkeys-cmd -u %u -k %k", KA_CONF_PROFILE_NONE, NULL },
		{ "/usr/libexec/keyaudit/authkeys-cmd -u %u -P strict -k %k", KA_CONF_PROFILE_STRICT, NULL },
		{ "/usr/libexec/keyaudit/authkeys-cmd \"-P\" \"sk-only\"", KA_CONF_PROFILE_SK_ONLY, NULL },
		{ "/usr/libexec/keyaudit/authkeys-cmd -P none", KA_CONF_PROFILE_NONE, NULL },
		{ "/usr/libexec/keyaudit/authkeys-cmd -P stri\033ct",
		  KA_CONF_PROFILE_NONE, "AuthorizedKeysCommand: -P stri\\x1bct is no profile (default, strict, bsi, fips, sk-only)" },
		{ "/usr/libexec/keyaudit/authkeys-cmd -P \"\" -u %u",
		  KA_CONF_PROFILE_NONE, "AuthorizedKeysCommand: -P  is no profile (default, strict, bsi, fips, sk-only)" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		memset(&out, 0xa5, sizeof(out));
		out.load.reason = KA_REASON_NONE;
		ka_commandconf_profile(rows[i].command, &out);
		assert_int_equal(out.profile, rows[i].profile);
		assert_int_equal(out.load.reason, rows[i].wrong != NULL ? KA_REASON_CONF_INVALID : KA_REASON_NONE);
		if (rows[i].wrong != NULL)
			assert_string_equal(out.load.text, rows[i].wrong);
	}
	out.load.reason = KA_REASON_CONF_DISABLED; /* what was wrong before is what counts */
	ka_commandconf_profile("x -P y", &out);
	assert_int_equal(out.load.reason, KA_REASON_CONF_DISABLED);
}

/* in a root without /etc/passwd there is no command's user: said, and read with our own rights */
static void load__no_such_user__own_rights_and_says_so(void **state)
{
	(void)state;
	trustroot_dir("/c", 0755, 0);
	trustroot_file("/c/k.conf", 0644, 0, LOCAL);
	assert_int_equal(ka_commandconf_load("/c/k.conf", &out), KA_ERR_OK);
	assert_int_equal(out.load.reason, KA_REASON_NONE);
	assert_int_equal(out.conf.sources_count, 1);
	assert_string_equal(out.path, "/c/k.conf");
	assert_int_equal(out.rights, KA_RIGHTS_NO_USER);
	assert_non_null(strstr(ka_commandconf_unchecked(out.rights), "not checked as " KA_COMMAND_USER));
	assert_string_equal(ka_commandconf_unchecked(KA_RIGHTS_TAKEN), "");
	assert_string_equal(ka_commandconf_unchecked(KA_RIGHTS_OWN), "");
}

static void load__closed_for_the_commands_user__is_invalid(void **state)
{
	(void)state;
	if (!trustroot_has_uids())
		skip();
	trustroot_dir("/etc", 0755, 0);
	trustroot_file("/etc/passwd", 0644, 0, KA_COMMAND_USER ":x:61100:61100::/:/bin/false\n");
	trustroot_file("/etc/nsswitch.conf", 0644, 0, "passwd: files\ngroup: files\n");
	trustroot_file("/c/k.conf", 0600, 0, LOCAL);
	assert_int_equal(ka_commandconf_load("/c/k.conf", &out), KA_ERR_OK);
	if (out.rights == KA_RIGHTS_NO_USER)
		skip(); /* no files backend in here */
	assert_int_equal(out.rights, KA_RIGHTS_TAKEN);
	assert_int_equal(out.load.reason, KA_REASON_CONF_INVALID);
	assert_string_equal(out.load.why.path, "/c/k.conf");
	trustroot_file("/c/k.conf", 0644, 0, LOCAL);
	assert_int_equal(ka_commandconf_load("/c/k.conf", &out), KA_ERR_OK);
	assert_int_equal(out.load.reason, KA_REASON_NONE);
}

static void load__policy_that_cannot_be_made__is_invalid(void **state)
{
	(void)state;
	trustroot_file("/c/k.conf", 0644, 0, LOCAL "[policy]\nseverity.key.ed25519-small-order = off\n");
	assert_int_equal(ka_commandconf_load("/c/k.conf", &out), KA_ERR_OK);
	assert_int_equal(out.load.reason, KA_REASON_CONF_INVALID);
	assert_non_null(strstr(out.load.text, "severity."));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path__command_line__table),
		cmocka_unit_test(profile__command_line__table),
		cmocka_unit_test(load__no_such_user__own_rights_and_says_so),
		cmocka_unit_test(load__policy_that_cannot_be_made__is_invalid),
		cmocka_unit_test(load__closed_for_the_commands_user__is_invalid),
	};

	return trustroot_run(tests, NULL);
}
