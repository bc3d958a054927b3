/* diag/mend on invented facts: when a fix is a command, and when it must not be one. */
#include "diag/mend.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

static void fix__hostile_home__is_quoted_or_advice(void **state)
{
	static const struct { const char *path; bool command; } rows[] = {
		{ "/home/alice/a;reboot", true }, { "/home/alice/$(reboot)", true }, { "/home/alice/it's", true }, { "/home/alice/-rf", true },
		{ "/home/alice/a\nb", false }, { "/home/alice/\x1b[2J", false }, { "/home/alice/\xff", false },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct ka_userfile *f;

		factsample_plain(state);
		put(factsample.facts.files.files[0].path, rows[i].path);
		f = factsample_there(0);
		factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
		factsample_bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, rows[i].path, S_IFREG | 0666);
		assert_int_equal(factsample_primary(), KA_REASON_PERM_WORLD_WRITABLE);
		assert_int_equal(factsample.fix.commands, rows[i].command ? 1 : 0);
		assert_null(strchr(factsample.fix.advice, '\n'));
		assert_null(strchr(factsample.fix.advice, '\x1b'));
	}
}

/* a source that sshd's command may not read */
static const char *source_fix(const char *path, mode_t mode)
{
	factsample_plain(NULL);
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	factsample.facts.sources.is_asked = true;
	factsample.facts.sources.trouble = KA_REASON_STORE_UNREACHABLE;
	factsample.facts.sources.trouble_errnum = EACCES;
	factsample.facts.sources.trouble_mode = mode;
	put(factsample.facts.sources.trouble_path, path);
	assert_int_equal(factsample_primary(), KA_REASON_STORE_UNREACHABLE);
	assert_true(factsample.evidence.has_stat);
	assert_string_equal(factsample.evidence.path, path);
	return factsample.fix.command[0];
}

static const char *serial_advice(const char *source, const char *user, bool is_signed)
{
	factsample_plain(NULL);
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	factsample.facts.sources.is_asked = true;
	factsample.facts.sources.trouble = KA_REASON_STORE_SERIAL_LOWER;
	factsample.facts.sources.trouble_kind = KA_CONF_KIND_HTTP;
	factsample.facts.sources.trouble_is_signed = is_signed;
	put(factsample.facts.sources.trouble_source, source);
	put(factsample.subject.user, user);
	assert_int_equal(factsample_primary(), KA_REASON_STORE_SERIAL_LOWER);
	assert_int_equal(factsample.fix.commands, 0);
	return factsample.fix.advice;
}

/* whether an older answer is to be taken is decided by people: they get the exact words, in a sentence */
static void fix__lower_serial__names_the_command(void **state)
{
	(void)state;
	assert_string_equal(serial_advice("corp", "alice", false),
			    "If the store was restored from a backup: keyaudit cache clear corp alice. Else look for an intruder");
	assert_string_equal(serial_advice("corp", "alice", true),
			    "Publish the newest document again, with a higher serial. If the signer was replaced: keyaudit cache forget-serial "
			    "corp alice && keyaudit cache clear corp alice. Else look for an intruder");
	assert_non_null(strstr(serial_advice("corp", "web$", false), "clear corp 'web$'. "));
	assert_non_null(strstr(serial_advice("", "alice", false), "keyaudit cache clear SOURCE;"));
}

static void fix__closed_for_the_command__opens_it_for_reading(void **state)
{
	(void)state;
	assert_string_equal(source_fix("/etc/keyaudit/keys.d/alice", S_IFREG | 0600), "chmod a+r -- /etc/keyaudit/keys.d/alice");
	assert_non_null(strstr(factsample.fix.advice, "chgrp _keyaudit"));
	assert_string_equal(source_fix("/etc/keyaudit/keys.d", S_IFDIR | 0700), "chmod a+rx -- /etc/keyaudit/keys.d");
	assert_string_equal(source_fix("/etc/keyaudit/keys.d/alice", S_IFREG | 0644), ""); /* not its mode */
	assert_non_null(strstr(factsample.fix.advice, "getfacl"));
	assert_string_equal(source_fix("/home/alice/keys", S_IFREG | 0600), "runuser -u alice -- chmod a+r -- /home/alice/keys");
	assert_string_equal(source_fix("/etc/a\nb", S_IFREG | 0600), "");
}

static const char *conf_fix(enum ka_reason reason, int errnum, const char *path, mode_t mode)
{
	factsample_plain(NULL);
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	factsample.facts.command.load.reason = reason;
	factsample.facts.command.load.why.errnum = errnum;
	factsample.facts.command.load.why.mode = mode;
	put(factsample.facts.command.load.why.path, path);
	assert_int_equal(factsample_primary(), reason);
	assert_string_equal(factsample.evidence.path, path);
	return factsample.fix.command[0];
}

static void fix__configuration__what_is_at_fault(void **state)
{
	(void)state;
	assert_string_equal(conf_fix(KA_REASON_CONF_INVALID, EACCES, "/etc/o/k.conf", S_IFREG | 0600), "chmod a+r -- /etc/o/k.conf");
	assert_string_equal(conf_fix(KA_REASON_CONF_UNSAFE, 0, "/etc/o/k.conf", S_IFREG | 0666), "chmod go-w -- /etc/o/k.conf");
	assert_string_equal(conf_fix(KA_REASON_CONF_DISABLED, 0, "/etc/o/disabled", 0), "rm -- /etc/o/disabled");
	assert_string_equal(conf_fix(KA_REASON_CONF_INVALID, 0, "", 0), "keyaudit config check");
}

#define T(name) cmocka_unit_test_setup(name, factsample_plain)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(fix__hostile_home__is_quoted_or_advice),
		T(fix__lower_serial__names_the_command),
		T(fix__closed_for_the_command__opens_it_for_reading),
		T(fix__configuration__what_is_at_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
