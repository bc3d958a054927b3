/* diag/rulecert on invented facts and real certificates: each cause, and beside it the neighbour that logs in. */
#include "diag/rulecert.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/certsample.h"
#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

/* alice offers this certificate, and TrustedUserCAKeys has its authority on line 2 */
static void trusted(const char *name)
{
	factsample_plain(NULL);
	certsample_offer(0, name);
	put(factsample.facts.trusted.path, "/etc/ssh/ca.pub");
	factsample.facts.trusted.is_read = true;
	factsample.facts.trusted.keys = 2;
	factsample.facts.trusted.ca_line[0] = 2;
	factsample.facts.sources.is_asked = true;
}

static void has_configuration(const char *text)
{
	struct ka_buf b;

	ka_buf_init_array(&b, factsample.facts.sshd.text);
	ka_buf_text(&b, text);
	factsample.facts.sshd.text_len = b.len;
}

static void fine(void)
{
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_true(factsample.would_login);
}

static void trusted__sound__logs_in(void **state)
{
	(void)state;
	trusted("plain");
	fine();
	trusted("plain");
	put(factsample.subject.user, "ops");
	fine();
	trusted("command");
	fine();
	trusted("rsasigned");
	fine();
	trusted("address");
	fine();
}

static void untrusted__in_no_list__is_named_with_the_place(void **state)
{
	(void)state;
	trusted("plain");
	factsample.facts.trusted.ca_line[0] = 0;
	assert_int_equal(factsample_primary(), KA_REASON_CERT_CA_UNTRUSTED);
	assert_false(factsample.would_login);
	assert_string_equal(factsample.evidence.path, "/etc/ssh/ca.pub");
	assert_non_null(strstr(factsample.evidence.detail, "CA SHA256:FpePNXzEARRwAFqneviCqHpoETXK1J0sdbitldTjjkU"));
	assert_non_null(strstr(factsample.evidence.note, "not among the 2 keys"));
	factsample.facts.trusted.bad_line = 1;
	assert_int_equal(factsample_primary(), KA_REASON_CERT_CA_UNTRUSTED);
	assert_int_equal(factsample.evidence.line, 1);
	assert_non_null(strstr(factsample.fix.advice, "Mend or remove that line"));
	factsample.facts.trusted.errnum = ENOENT;
	assert_int_equal(factsample_primary(), KA_REASON_CERT_CA_UNTRUSTED);
	assert_int_equal(factsample.evidence.errnum, ENOENT);
}

static void untrusted__its_plain_key__weighs_more_only_when_it_is_there(void **state)
{
	struct ka_userfile *f;

	(void)state;
	trusted("plain");
	certsample_offer(1, "k");
	factsample.facts.trusted.path[0] = '\0'; /* nobody uses certificates here */
	factsample.facts.trusted.ca_line[0] = 0;
	assert_int_equal(factsample_primary(), KA_REASON_CERT_CA_UNTRUSTED); /* and not key.not-listed of the plain key */
	assert_non_null(strstr(factsample.evidence.note, "TrustedUserCAKeys is not set"));
	f = factsample_there(0);
	factsample_hit(f, 1, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	fine();
	factsample_bad_perm(f, KA_REASON_PERM_GROUP_WRITABLE, FILE1, 0660);
	assert_int_equal(factsample_primary(), KA_REASON_PERM_GROUP_WRITABLE);
}

static void untrusted__served_from_our_sources__is_not_what_refused(void **state)
{
	(void)state;
	trusted("plain");
	factsample.facts.trusted.ca_line[0] = 0;
	factsample.offers[0].said = KA_OFFER_REFUSED;
	factsample.offers[0].reasons[0] = KA_REASON_CERT_NOT_ENABLED;
	factsample.offers[0].reasons_count = 1;
	assert_int_equal(factsample_primary(), KA_REASON_CERT_NOT_ENABLED);
	assert_true(factsample_has(KA_REASON_CERT_CA_UNTRUSTED));
}

static void time__before_and_behind(void **state)
{
	(void)state;
	trusted("plain");
	factsample.subject.now_sec = 1577836799; /* 2019-12-31T23:59:59Z */
	assert_int_equal(factsample_primary(), KA_REASON_CERT_NOT_YET_VALID);
	assert_string_equal(factsample.evidence.note, "the clock of this host says 2019-12-31T23:59:59Z");
	assert_int_equal(factsample.evidence.line, 2);
	factsample.subject.now_sec++;
	fine();
	factsample.subject.now_sec = 2208988799;
	fine();
	factsample.subject.now_sec++; /* 2040-01-01T00:00:00Z */
	assert_int_equal(factsample_primary(), KA_REASON_CERT_EXPIRED);
	assert_string_equal(factsample.fix.advice, "Issue it again: ssh-keygen -s CA -I plain -n alice,ops -V +52w KEY.pub");
}

static void names__none_and_others(void **state)
{
	(void)state;
	trusted("nameless");
	assert_int_equal(factsample_primary(), KA_REASON_CERT_NO_PRINCIPALS);
	assert_string_equal(factsample.fix.advice, "Issue it again: ssh-keygen -s CA -I nameless -n alice -V +52w KEY.pub");
	trusted("plain");
	put(factsample.subject.user, "bob");
	assert_int_equal(factsample_primary(), KA_REASON_CERT_PRINCIPAL_MISMATCH);
	assert_non_null(strstr(factsample.evidence.detail, "names alice,ops"));
	assert_string_equal(factsample.evidence.note, "the name that it must hold is bob");
	assert_string_equal(factsample.fix.advice, "Issue it again: ssh-keygen -s CA -I plain -n bob -V +52w KEY.pub");
}

static void type_and_options__of_the_certificate(void **state)
{
	(void)state;
	trusted("host");
	assert_int_equal(factsample_primary(), KA_REASON_CERT_HOST_TYPE);
	trusted("critical");
	assert_int_equal(factsample_primary(), KA_REASON_CERT_CRITICAL_UNKNOWN);
	assert_string_equal(factsample.evidence.note, "the option is foo@example.com");
	trusted("address");
	put(factsample.subject.address, "198.51.100.9");
	assert_int_equal(factsample_primary(), KA_REASON_CERT_SOURCE_ADDRESS);
	assert_string_equal(factsample.evidence.note, "allowed from 10.0.0.0/8,192.0.2.0/24; the client came from 198.51.100.9");
	assert_non_null(strstr(factsample.fix.advice, "-O source-address=10.0.0.0/8,192.0.2.0/24,198.51.100.9 KEY.pub"));
}

static void address__not_known__is_a_warning_until_sshd_went_on(void **state)
{
	(void)state;
	trusted("address");
	factsample.subject.address[0] = '\0';
	fine();
	assert_true(factsample_has(KA_REASON_CERT_SOURCE_ADDRESS));
	factsample.offers[0].said = KA_OFFER_NONE;
	assert_int_equal(factsample_primary(), KA_REASON_CERT_SOURCE_ADDRESS);
}

static void several_faults__sshds_first_is_first(void **state)
{
	(void)state;
	trusted("critical");
	put(factsample.subject.user, "bob");
	factsample.subject.now_sec = 2208988800;
	assert_int_equal(factsample_primary(), KA_REASON_CERT_EXPIRED);
	assert_true(factsample_has(KA_REASON_CERT_PRINCIPAL_MISMATCH));
	assert_true(factsample_has(KA_REASON_CERT_CRITICAL_UNKNOWN));
}

static void algorithm__of_the_authority(void **state)
{
	(void)state;
	trusted("plain");
	has_configuration("casignaturealgorithms ecdsa-sha2-nistp256,rsa-sha2-512\n");
	assert_int_equal(factsample_primary(), KA_REASON_CERT_SIGNATURE_ALGORITHM);
	assert_string_equal(factsample.evidence.note, "signed with ssh-ed25519, which CASignatureAlgorithms does not name");
	trusted("rsasigned");
	has_configuration("casignaturealgorithms ecdsa-sha2-nistp256,rsa-sha2-512\n");
	fine();
	has_configuration("casignaturealgorithms ssh-rsa\n"); /* the key's type is not its algorithm */
	assert_int_equal(factsample_primary(), KA_REASON_CERT_SIGNATURE_ALGORITHM);
	factsample.offers[0].said = KA_OFFER_NONE; /* sshd ran the command for it: it was not that */
	assert_int_not_equal(factsample_primary(), KA_REASON_CERT_SIGNATURE_ALGORITHM);
}

static void sshd_not_asked__nothing_is_said(void **state)
{
	(void)state;
	trusted("plain");
	factsample.facts.sshd.is_known = false;
	factsample.facts.trusted.ca_line[0] = 0;
	factsample_primary();
	assert_false(factsample_has(KA_REASON_CERT_CA_UNTRUSTED));
}

/* alice's key file has the authority on line 3 */
static struct ka_userfile *in_file(const char *name, enum ka_reason of_line)
{
	struct ka_userfile *f;

	trusted(name);
	factsample.facts.trusted = (struct ka_cafile){ .path = "" };
	put(factsample.facts.version, "OpenSSH_9.2p1 Debian-2+deb12u10");
	f = factsample_there(0);
	factsample_hit(f, 0, of_line, of_line == KA_REASON_NONE ? KA_KEYSCAN_LISTED : KA_KEYSCAN_WHOLE);
	return f;
}

static void line__sound__logs_in(void **state)
{
	struct ka_userfile *f;

	(void)state;
	in_file("plain", KA_REASON_NONE);
	fine();
	assert_false(factsample_has(KA_REASON_CERT_CA_UNTRUSTED));
	in_file("nameless", KA_REASON_NONE);
	fine(); /* until 10.2 */
	put(factsample.facts.version, "OpenSSH_10.3p1");
	assert_int_equal(factsample_primary(), KA_REASON_CERT_NO_PRINCIPALS);
	f = in_file("plain", KA_REASON_NONE);
	put(factsample.subject.user, "bob");
	assert_int_equal(factsample_primary(), KA_REASON_CERT_PRINCIPAL_MISMATCH);
	assert_string_equal(factsample.evidence.path, FILE1);
	assert_int_equal(factsample.evidence.line, 3);
	f->scan.hits[0].named = 1; /* principals= of the line decides */
	fine();
}

static void line__its_faults__in_sshds_order(void **state)
{
	(void)state;
	in_file("plain", KA_REASON_CERT_PRINCIPAL_NOT_ALLOWED);
	factsample.subject.now_sec = 2208988800;
	assert_int_equal(factsample_primary(), KA_REASON_CERT_PRINCIPAL_NOT_ALLOWED);
	assert_true(factsample_has(KA_REASON_CERT_EXPIRED));
	in_file("critical", KA_REASON_CERT_OPTION_CONFLICT);
	assert_int_equal(factsample_primary(), KA_REASON_CERT_CRITICAL_UNKNOWN);
	in_file("command", KA_REASON_CERT_OPTION_CONFLICT);
	assert_int_equal(factsample_primary(), KA_REASON_CERT_OPTION_CONFLICT);
	assert_non_null(strstr(factsample.evidence.note, "the certificate forces /bin/true"));
	in_file("host", KA_REASON_NONE);
	assert_int_equal(factsample_primary(), KA_REASON_CERT_HOST_TYPE);
	in_file("plain", KA_REASON_OPTION_EXPIRED);
	factsample.subject.now_sec = 2208988800;
	assert_int_equal(factsample_primary(), KA_REASON_OPTION_EXPIRED);
	assert_false(factsample_has(KA_REASON_CERT_EXPIRED));
}

static void line__not_marked__is_marked_by_a_command(void **state)
{
	struct ka_userfile *f = in_file("plain", KA_REASON_CERT_CA_NOT_MARKED);

	(void)state;
	put(f->scan.hits[0].near, "cert-authority ");
	assert_int_equal(factsample_primary(), KA_REASON_CERT_CA_NOT_MARKED);
	assert_int_equal(factsample.fix.commands, 1);
	assert_string_equal(factsample.fix.command[0],
			    "runuser -u alice -- env LC_ALL=C sed -i -e '3s/^/cert-authority /' -- " FILE1);
	assert_int_equal(factsample.fix.ops.count, 0);
	f->scan.hits[0].column = 2;
	put(f->scan.hits[0].near, "cert-authority,");
	factsample_primary();
	assert_non_null(strstr(factsample.fix.command[0], "'3s/^.\\{1\\}/&cert-authority,/'"));
	put(f->scan.hits[0].near, "x/w /etc/passwd");
	factsample_primary();
	assert_int_equal(factsample.fix.commands, 0);
}

static void line__not_marked_but_trusted__is_no_cause(void **state)
{
	(void)state;
	in_file("plain", KA_REASON_CERT_CA_NOT_MARKED);
	put(factsample.facts.trusted.path, "/etc/ssh/ca.pub");
	factsample.facts.trusted.ca_line[0] = 1;
	fine();
	put(factsample.subject.user, "bob");
	assert_int_equal(factsample_primary(), KA_REASON_CERT_PRINCIPAL_MISMATCH);
}

static void line__in_a_file_with_bad_modes__is_the_files_fault(void **state)
{
	struct ka_userfile *f = in_file("plain", KA_REASON_NONE);

	(void)state;
	factsample_bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, FILE1, 0666);
	assert_int_equal(factsample_primary(), KA_REASON_PERM_WORLD_WRITABLE);
	assert_false(factsample.would_login);
}

static void line__from_not_judged__is_a_warning(void **state)
{
	struct ka_userfile *f = in_file("plain", KA_REASON_NONE);

	(void)state;
	f->scan.hits[0].what = KA_KEYSCAN_FROM_UNJUDGED;
	fine();
	assert_true(factsample_has(KA_REASON_OPTION_FROM_MISMATCH));
	factsample.offers[0].said = KA_OFFER_NONE;
	assert_int_equal(factsample_primary(), KA_REASON_OPTION_FROM_MISMATCH);
}

/* names for alice come from a file, which was looked at */
static struct ka_userfile *named(const char *configuration)
{
	struct ka_userfile *f = &factsample.facts.files.names;

	trusted("plain");
	put(factsample.subject.user, "bob"); /* not in the certificate: it does not count then */
	has_configuration(configuration);
	factsample.facts.files.has_names = true;
	f->entry = KA_USERFILE_NAMES;
	f->is_read = 1;
	put(f->path, "/etc/ssh/principals/bob");
	return f;
}

static void names_file__decides(void **state)
{
	struct ka_userfile *f = named("authorizedprincipalsfile /etc/ssh/principals/%u\nauthorizedprincipalscommand none\n");

	(void)state;
	f->scan.usable = 1;
	put(f->scan.listed[0], "other");
	assert_int_equal(factsample_primary(), KA_REASON_CERT_PRINCIPALS_FILE);
	assert_false(factsample_has(KA_REASON_CERT_PRINCIPAL_MISMATCH));
	assert_string_equal(factsample.evidence.path, "/etc/ssh/principals/bob");
	assert_string_equal(factsample.evidence.note, "names that stand there: other");
	assert_non_null(strstr(factsample.fix.advice, "alice,ops"));
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	fine();
	f->scan.hits[0].reason = KA_REASON_OPTION_EXPIRED;
	f->scan.hits[0].fit = KA_KEYSCAN_WHOLE;
	assert_int_equal(factsample_primary(), KA_REASON_OPTION_EXPIRED);
	f->scan.hits[0].fit = KA_KEYSCAN_REMAINS;
	assert_int_equal(factsample_primary(), KA_REASON_CERT_PRINCIPALS_FILE);
}

static void names_file__missing_or_open_to_others(void **state)
{
	struct ka_userfile *f = named("authorizedprincipalsfile /etc/ssh/principals/%u\n");

	(void)state;
	f->errnum = ENOENT;
	f->is_read = 0;
	assert_int_equal(factsample_primary(), KA_REASON_CERT_PRINCIPALS_FILE);
	assert_int_equal(factsample.evidence.errnum, ENOENT);
	f = named("authorizedprincipalsfile /etc/ssh/principals/%u\n");
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample_bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, "/etc/ssh/principals/bob", 0666);
	assert_int_equal(factsample_primary(), KA_REASON_PERM_WORLD_WRITABLE);
}

static void names_command__is_a_warning_until_sshd_went_on(void **state)
{
	(void)state;
	named("authorizedprincipalsfile none\nauthorizedprincipalscommand /bin/names %u\n");
	factsample.facts.files.has_names = false;
	fine();
	assert_true(factsample_has(KA_REASON_CERT_PRINCIPALS_FILE));
	factsample.offers[0].said = KA_OFFER_NONE;
	assert_int_equal(factsample_primary(), KA_REASON_CERT_PRINCIPALS_FILE);
	assert_string_equal(factsample.evidence.note, "not asked here: /bin/names %u");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trusted__sound__logs_in),
		cmocka_unit_test(untrusted__in_no_list__is_named_with_the_place),
		cmocka_unit_test(untrusted__its_plain_key__weighs_more_only_when_it_is_there),
		cmocka_unit_test(untrusted__served_from_our_sources__is_not_what_refused),
		cmocka_unit_test(time__before_and_behind),
		cmocka_unit_test(names__none_and_others),
		cmocka_unit_test(type_and_options__of_the_certificate),
		cmocka_unit_test(address__not_known__is_a_warning_until_sshd_went_on),
		cmocka_unit_test(several_faults__sshds_first_is_first),
		cmocka_unit_test(algorithm__of_the_authority),
		cmocka_unit_test(sshd_not_asked__nothing_is_said),
		cmocka_unit_test(names_file__decides),
		cmocka_unit_test(names_file__missing_or_open_to_others),
		cmocka_unit_test(names_command__is_a_warning_until_sshd_went_on),
		cmocka_unit_test(line__sound__logs_in),
		cmocka_unit_test(line__its_faults__in_sshds_order),
		cmocka_unit_test(line__not_marked__is_marked_by_a_command),
		cmocka_unit_test(line__not_marked_but_trusted__is_no_cause),
		cmocka_unit_test(line__in_a_file_with_bad_modes__is_the_files_fault),
		cmocka_unit_test(line__from_not_judged__is_a_warning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
