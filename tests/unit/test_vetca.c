/* vet/vetca: is a certificate's authority one of trusted_ca? As the command reads it, in a root of the test's own. */
#include "keyaudit/vet/vetca.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "key/keyb64.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

static struct ka_vetca *authorities;
static struct ka_conf conf;
static struct ka_vetpolicy policy;
static struct ka_vet vet;
static struct ka_keyline cert, key;
static char cert_text[8192], key_text[1024];
static uint8_t cert_room[KA_BLOB_MAX], key_room[KA_BLOB_MAX];

/* before the root is another one */
static void read_line(const char *path, char *text, size_t size)
{
	FILE *f = fopen(path, "re");

	assert_non_null(f);
	assert_non_null(fgets(text, (int)size, f));
	fclose(f);
	text[strcspn(text, "\n")] = '\0';
}

static int make(void **state)
{
	(void)state;
	authorities = calloc(1, sizeof(*authorities));
	ka_conf_default(&conf);
	ka_vetpolicy_default(&policy);
	policy.certificates = true;
	return authorities == NULL;
}

static int drop(void **state)
{
	(void)state;
	free(authorities);
	return 0;
}

static enum ka_vetca_answer judge(const struct ka_keyline *line)
{
	struct ka_vetnote note;

	ka_vetnote_init(&note, &policy, true, &vet);
	return ka_vetca_judge(authorities, &conf, line, &note);
}

/* the authority's key as a line of trusted_ca */
static const char *authority_of(const struct ka_keyline *line)
{
	static char text[1024];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "ssh-ed25519 ");
	ka_keyb64_encode(&b, line->key.cert.ca);
	ka_buf_char(&b, '\n');
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	return text;
}

static void judge__trusted__said_without_a_finding(void **state)
{
	(void)state;
	trustroot_file("/trusted", 0644, 0, authority_of(&cert));
	conf.trusted_ca = "/trusted";
	assert_int_equal(judge(&cert), KA_VETCA_TRUSTED);
	assert_int_equal(vet.count, 0);
	/* it was read once */
	assert_int_equal(unlink("/trusted"), 0);
	assert_int_equal(judge(&cert), KA_VETCA_TRUSTED);
}

static void judge__another_one__a_warning(void **state)
{
	(void)state;
	trustroot_file("/other", 0644, 0, key_text);
	conf.trusted_ca = "/other";
	assert_int_equal(judge(&cert), KA_VETCA_UNTRUSTED);
	assert_int_equal(vet.verdict, KA_VERDICT_WARN);
	assert_int_equal(vet.reasons[0], KA_REASON_CERT_CA_UNTRUSTED);
	assert_non_null(strstr(vet.details[0], "does not name it"));
}

static void judge__nobody_is_named__no_finding(void **state)
{
	(void)state;
	assert_int_equal(judge(&cert), KA_VETCA_UNTRUSTED);
	assert_int_equal(vet.count, 0);
}

static void judge__no_certificate_or_none_let_in__nothing(void **state)
{
	(void)state;
	conf.trusted_ca = "/nowhere";
	assert_int_equal(judge(&key), KA_VETCA_NONE);
	policy.certificates = false;
	assert_int_equal(judge(&cert), KA_VETCA_NONE);
	assert_int_equal(vet.count, 0);
	assert_false(authorities->is_open);
	assert_null(ka_vetca_text(KA_VETCA_NONE));
}

/* half a file, and one that others may write: the command trusts nobody then */
static void judge__file_of_no_use__untrusted(void **state)
{
	char half[2048];

	(void)state;
	snprintf(half, sizeof(half), "%sno key\n", authority_of(&cert));
	trustroot_file("/half", 0644, 0, half);
	conf.trusted_ca = "/half";
	assert_int_equal(judge(&cert), KA_VETCA_UNTRUSTED);
	assert_int_equal(vet.verdict, KA_VERDICT_WARN);
	assert_non_null(strstr(vet.details[0], "cannot be used"));
	authorities->is_open = false;
	trustroot_file("/open", 0666, 0, authority_of(&cert));
	conf.trusted_ca = "/open";
	assert_int_equal(judge(&cert), KA_VETCA_UNTRUSTED);
	assert_string_equal(ka_vetca_text(KA_VETCA_UNTRUSTED), "untrusted");
}

static void judge__not_for_me_to_read__unknown(void **state)
{
	(void)state;
	authorities->is_open = true;
	authorities->trusted.trouble = KA_REASON_CONF_INVALID;
	authorities->trusted.why.errnum = EACCES;
	conf.trusted_ca = "/closed";
	assert_int_equal(judge(&cert), KA_VETCA_UNKNOWN);
	assert_int_equal(vet.count, 0);
	authorities->trusted.why.errnum = ENOENT;
	assert_int_equal(judge(&cert), KA_VETCA_UNTRUSTED);
}

#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(judge__trusted__said_without_a_finding),
		T(judge__another_one__a_warning),
		T(judge__nobody_is_named__no_finding),
		T(judge__no_certificate_or_none_let_in__nothing),
		T(judge__file_of_no_use__untrusted),
		T(judge__not_for_me_to_read__unknown),
	};

	read_line("tests/data/certs/plain.pub", cert_text, sizeof(cert_text));
	read_line("tests/data/keys/ed25519.pub", key_text, sizeof(key_text));
	ka_keyline_parse(ka_span_of(cert_text), cert_room, &cert);
	ka_keyline_parse(ka_span_of(key_text), key_room, &key);
	return trustroot_run(tests, NULL);
}
