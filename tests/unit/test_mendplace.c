/* diag/mendplace on invented facts: the advice names a place that is read, and stays what it was where ssh-copy-id helps. */
#include "diag/mendplace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

#define ADD "Add the content of the client's public key file (ssh-keygen -y -f KEY) to "
#define OFFER ", or offer the right key with -i"

static void source(const char *path)
{
	factsample.facts.sshd.is_known = true;
	factsample.facts.files.count = 0;
	factsample.facts.command.conf.sources_count = 1;
	factsample.facts.sources.is_asked = true;
	factsample.facts.sources.keys = 1; /* somebody else's: the key is not listed */
	factsample.facts.command.conf.sources[0].path = path;
}

/* the one file is read, and lists another key */
static const char *not_listed_in(const char *path)
{
	factsample.facts.files.count = 1;
	put(factsample.facts.files.files[0].path, path);
	factsample_there(0)->scan.usable = 1;
	assert_int_equal(factsample_primary(), KA_REASON_KEY_NOT_LISTED);
	return factsample.fix.advice;
}

static void not_listed__sshd_reads_no_file__the_source_is_named(void **state)
{
	(void)state;
	source("/etc/keyaudit/keys.d/%u /srv/more/%U");
	assert_int_equal(factsample_primary(), KA_REASON_KEY_NOT_LISTED);
	assert_string_equal(factsample.fix.advice, ADD "/etc/keyaudit/keys.d/alice" OFFER);
	assert_int_equal(factsample.fix.commands, 0);
	source("%h/.config/keys/");
	assert_int_equal(factsample_primary(), KA_REASON_KEY_NOT_LISTED);
	assert_string_equal(factsample.fix.advice,
			    "Put the client's public key file into /home/alice/.config/keys/, with a name that ends in .pub" OFFER);
	factsample.facts.sources.keys = 0;
	source("/etc/keyaudit/keys.d/%u");
	factsample.facts.sources.keys = 0;
	assert_int_equal(factsample_primary(), KA_REASON_STORE_NO_KEYS);
	assert_string_equal(factsample.fix.advice, ADD "/etc/keyaudit/keys.d/alice");
}

static void not_listed__sshd_reads_what_ssh_copy_id_writes__that_stays(void **state)
{
	(void)state;
	assert_non_null(strstr(not_listed_in(FILE1), "ssh-copy-id"));
	factsample.facts.has_files = false; /* records only: nothing is known, nothing is claimed */
	factsample.facts.files.count = 0;
	assert_int_equal(factsample_primary(), KA_REASON_KEY_NOT_LISTED);
	assert_non_null(strstr(factsample.fix.advice, "ssh-copy-id"));
}

static void not_listed__sshd_reads_another_file__that_is_named(void **state)
{
	(void)state;
	assert_string_equal(not_listed_in("/etc/ssh/keys/alice"), ADD "/etc/ssh/keys/alice" OFFER);
	assert_string_equal(not_listed_in("/etc/a\nb"), ADD "/etc/a\\x0ab" OFFER);
	factsample_plain(NULL);
	factsample.facts.files.count = 1;
	put(factsample.facts.files.files[0].path, "/etc/ssh/keys/alice");
	assert_int_equal(factsample_primary(), KA_REASON_FILE_MISSING);
	assert_string_equal(factsample.fix.advice, ADD "/etc/ssh/keys/alice");
}

static void not_listed__nothing_is_read_at_all__says_so(void **state)
{
	(void)state;
	factsample.facts.sshd.is_known = true;
	factsample.facts.asks_us = false;
	factsample.facts.files.count = 0;
	assert_int_equal(factsample_primary(), KA_REASON_KEY_NOT_LISTED);
	assert_null(strstr(factsample.fix.advice, "ssh-copy-id"));
	assert_non_null(strstr(factsample.fix.advice, "AuthorizedKeysFile"));
}

/* the configuration of the command is broken: what it would read is not known */
static void not_listed__broken_configuration__no_source_is_named(void **state)
{
	(void)state;
	source("/etc/keyaudit/keys.d/%u");
	factsample.facts.command.load.reason = KA_REASON_CONF_INVALID;
	factsample_primary();
	assert_null(strstr(factsample.fix.advice, "keys.d/alice"));
}

static void damaged_line__of_a_file_that_ssh_copy_id_does_not_write__is_replaced(void **state)
{
	(void)state;
	factsample.facts.files.count = 1;
	put(factsample.facts.files.files[0].path, "/etc/ssh/keys/alice");
	factsample_hit(factsample_there(0), 0, KA_REASON_KEY_BLOB_TRUNCATED, KA_KEYSCAN_REMAINS);
	assert_int_equal(factsample_primary(), KA_REASON_KEY_BLOB_TRUNCATED);
	assert_string_equal(factsample.fix.advice, "Replace line 3 of /etc/ssh/keys/alice by the content of the client's public key file "
						   "(ssh-keygen -y -f KEY)");
	factsample_plain(NULL);
	factsample_hit(factsample_there(0), 0, KA_REASON_KEY_BLOB_TRUNCATED, KA_KEYSCAN_REMAINS);
	assert_int_equal(factsample_primary(), KA_REASON_KEY_BLOB_TRUNCATED);
	assert_non_null(strstr(factsample.fix.advice, "ssh-copy-id"));
}

static void elsewhere__fix__a_copy_only_where_root_alone_decides(void **state)
{
	struct ka_userfile *f = factsample_near(FILE1);

	(void)state;
	factsample.facts.files.count = 3;
	put(factsample.facts.files.files[0].path, "/etc/ssh/keys/alice");
	put(factsample.facts.files.files[1].path, "/etc/ssh/keys/alice2");
	put(f->expected, "/etc/ssh/keys/alice");
	factsample_sshd("authorizedkeysfile /etc/ssh/keys/%u\n");
	assert_int_equal(factsample_primary(), KA_REASON_SSHD_KEYS_FILE_ELSEWHERE);
	assert_string_equal(factsample.evidence.detail, "AuthorizedKeysFile /etc/ssh/keys/%u");
	assert_int_equal(factsample.fix.commands, 0);
	assert_non_null(strstr(factsample.fix.advice, "Copy the line of the key into /etc/ssh/keys/alice, "));
	f->expected_is_roots = 1;
	assert_int_equal(factsample_primary(), KA_REASON_SSHD_KEYS_FILE_ELSEWHERE);
	assert_string_equal(factsample.fix.command[0],
			    "runuser -u alice -- cat -- " FILE1 " | install -D -m 644 /dev/stdin /etc/ssh/keys/alice");
	assert_int_equal(factsample.fix.ops.count, 0); /* by hand only */
	f->expected_exists = 1;
	assert_int_equal(factsample_primary(), KA_REASON_SSHD_KEYS_FILE_ELSEWHERE);
	assert_int_equal(factsample.fix.commands, 0);
	f->expected[0] = '\0'; /* AuthorizedKeysFile none */
	assert_int_equal(factsample_primary(), KA_REASON_SSHD_KEYS_FILE_ELSEWHERE);
	assert_non_null(strstr(factsample.fix.advice, "Take \"AuthorizedKeysFile none\" out of sshd's configuration and reload sshd"));
	factsample.facts.sources.key[0].is_listed = true; /* a source has it */
	assert_int_not_equal(factsample_primary(), KA_REASON_SSHD_KEYS_FILE_ELSEWHERE);
}

#define T(name) cmocka_unit_test_setup(name, factsample_plain)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(not_listed__sshd_reads_no_file__the_source_is_named),
		T(not_listed__sshd_reads_what_ssh_copy_id_writes__that_stays),
		T(not_listed__sshd_reads_another_file__that_is_named),
		T(not_listed__nothing_is_read_at_all__says_so),
		T(not_listed__broken_configuration__no_source_is_named),
		T(damaged_line__of_a_file_that_ssh_copy_id_does_not_write__is_replaced),
		T(elsewhere__fix__a_copy_only_where_root_alone_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
