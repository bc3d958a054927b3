/* judge/trustedca: which files are read, which lines may stand there, and that half a file trusts nobody. */
#include "judge/trustedca.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "key/keyb64.h"
#include "tests/unit/lib/keysample.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

static struct ka_trustedca t;
static struct ka_keysample ed, rsa, certificate;
static char ed_line[sizeof(ed.line) + 1], rsa_line[sizeof(rsa.line) + 1];

/* before / is another one */
static int load(void)
{
	ka_keysample_find("ed25519", &ed);
	ka_keysample_find("rsa2048", &rsa);
	ka_keysample_find("ed25519-cert", &certificate);
	snprintf(ed_line, sizeof(ed_line), "%s\n", ed.line);
	snprintf(rsa_line, sizeof(rsa_line), "%s\n", rsa.line);
	return 0;
}

static unsigned parse(const char *before, const char *line)
{
	static char text[8192];

	memset(&t, 0, sizeof(t));
	snprintf(text, sizeof(text), "%s%s\n", before, line);
	return ka_trustedca_parse(ka_span_of(text), &t);
}

static void parse__keys_and_comments__are_taken(void **state)
{
	(void)state;
	assert_int_equal(parse("# of ours\n\n", ed.line), 0);
	assert_int_equal(t.count, 1);
	assert_true(ka_trustedca_has(&t, ed.blob));
	assert_false(ka_trustedca_has(&t, rsa.blob));
	assert_false(ka_trustedca_has(&t, (struct ka_span){ NULL, 0 }));
	assert_int_equal(ka_trustedca_parse(ka_span_of(rsa_line), &t), 0);
	assert_int_equal(ka_trustedca_parse(ka_span_of(rsa_line), &t), 0); /* twice is once */
	assert_int_equal(t.count, 2);
	assert_true(ka_trustedca_has(&t, ed.blob) && ka_trustedca_has(&t, rsa.blob));
	assert_int_equal(parse("", ""), 0);
	assert_int_equal(t.count, 0);
}

static void parse__what_is_no_key_alone__is_named_by_its_line(void **state)
{
	(void)state;
	assert_int_equal(parse("# x\ncert-authority ", ed.line), 2);
	assert_int_equal(parse("\n\n", certificate.line), 3);
	assert_int_equal(parse("nonsense ", ed.line), 1);
	assert_int_equal(parse("-----BEGIN PUBLIC KEY-----", ""), 1);
}

static void parse__more_than_it_holds__is_refused(void **state)
{
	(void)state;
	memset(&t, 0, sizeof(t));
	t.count = KA_TRUSTEDCA_MAX;
	assert_int_equal(ka_trustedca_parse(ka_span_of(ed_line), &t), 1);
	t.count = KA_TRUSTEDCA_MAX - 1;
	assert_int_equal(ka_trustedca_parse(ka_span_of(ed_line), &t), 0);
}

static void open_list(const char *list)
{
	static struct ka_conf conf;

	ka_conf_default(&conf);
	conf.trusted_ca = list;
	memset(&t, 0xa5, sizeof(t));
	ka_trustedca_open(&conf, &t);
}

static void open__none_configured__trusts_nobody(void **state)
{
	(void)state;
	open_list("");
	assert_true(t.trouble == KA_REASON_NONE && t.count == 0 && t.line == 0);
}

static void open__files_of_root__all_of_them(void **state)
{
	(void)state;
	trustroot_file("/ed", 0644, 0, ed_line);
	trustroot_file("/rsa", 0644, 0, rsa_line);
	open_list("/ed /rsa");
	assert_true(t.trouble == KA_REASON_NONE && t.count == 2);
	assert_true(ka_trustedca_has(&t, ed.blob) && ka_trustedca_has(&t, rsa.blob));
}

static void open__one_that_cannot_be_used__nobody_is_trusted(void **state)
{
	static const struct { const char *list, *file; enum ka_reason reason; int errnum; } cases[] = {
		{ "/ed /none", "/none", KA_REASON_CONF_INVALID, ENOENT }, { "/ed /writable", "/writable", KA_REASON_CONF_UNSAFE, 0 },
		{ "/ed /bad", "/bad", KA_REASON_CONF_INVALID, 0 }, { "/dir /ed", "/dir", KA_REASON_CONF_UNSAFE, 0 },
	};

	(void)state;
	trustroot_file("/ed", 0644, 0, ed_line);
	trustroot_file("/writable", 0666, 0, rsa_line);
	trustroot_file("/bad", 0644, 0, "ssh-ed25519\n");
	trustroot_dir("/dir", 0755, 0);
	for (size_t i = 0; i < KA_ARRAY_LEN(cases); i++) {
		open_list(cases[i].list);
		assert_int_equal(t.trouble, cases[i].reason);
		assert_int_equal(t.count, 0);
		assert_true(ka_span_is((struct ka_span){ (const uint8_t *)t.file, t.file_len }, cases[i].file));
		assert_int_equal(t.why.errnum, cases[i].errnum);
		assert_false(ka_trustedca_has(&t, ed.blob));
	}
	open_list("/ed /bad");
	assert_int_equal(t.line, 1);
	open_list("/none");
	assert_int_equal(t.line, 0);
	if (trustroot_has_uids()) {
		trustroot_file("/theirs", 0644, 1000, rsa_line);
		open_list("/theirs");
		assert_int_equal(t.trouble, KA_REASON_CONF_UNSAFE);
	}
}

static void open__path_that_is_too_long__nobody_is_trusted(void **state)
{
	static char list[KA_PATH_TRUSTED_MAX + 16];

	(void)state;
	trustroot_file("/ed", 0644, 0, ed_line);
	memset(list, 'x', sizeof(list) - 1);
	list[0] = '/';
	memcpy(list + sizeof(list) - 5, " /ed", 5);
	open_list(list);
	assert_int_equal(t.trouble, KA_REASON_CONF_INVALID);
	assert_true(t.count == 0 && t.why.reason == KA_REASON_NONE && t.why.errnum == 0);
}

static void open__more_bytes_than_a_file_may_have__nobody_is_trusted(void **state)
{
	static char text[KA_TRUSTEDCA_FILE_MAX + 2];

	(void)state;
	memset(text, '\n', KA_TRUSTEDCA_FILE_MAX + 1);
	memcpy(text, ed_line, strlen(ed_line));
	trustroot_file("/large", 0644, 0, text);
	open_list("/large");
	assert_int_equal(t.trouble, KA_REASON_CONF_INVALID);
	assert_int_equal(t.why.errnum, EFBIG);
	assert_int_equal(t.count, 0);
	text[KA_TRUSTEDCA_FILE_MAX] = '\0';
	trustroot_file("/large", 0644, 0, text);
	open_list("/large");
	assert_true(t.trouble == KA_REASON_NONE && t.count == 1);
}

static enum ka_reason judge(const struct ka_keysample *s)
{
	struct ka_vetpolicy policy;
	struct ka_vetnote note;
	struct ka_keyblob key;
	struct ka_vet vet;

	ka_vetpolicy_default(&policy);
	memset(policy.action, KA_ACTION_OFF, sizeof(policy.action)); /* no severity makes an authority of a stranger */
	ka_vetnote_init(&note, &policy, false, &vet);
	assert_int_equal(ka_keyblob_parse(s->blob, (struct ka_span){ NULL, 0 }, &key), KA_REASON_NONE);
	ka_trustedca_judge(&t, &key, &note);
	return vet.count > 0 ? vet.reasons[0] : KA_REASON_NONE;
}

static void judge__certificates_only(void **state)
{
	struct ka_keyblob key;

	(void)state;
	memset(&t, 0, sizeof(t));
	assert_int_equal(judge(&ed), KA_REASON_NONE);
	assert_int_equal(judge(&certificate), KA_REASON_CERT_CA_UNTRUSTED);
	t.trouble = KA_REASON_CONF_UNSAFE;
	assert_int_equal(judge(&certificate), KA_REASON_CONF_UNSAFE);
	assert_int_equal(judge(&ed), KA_REASON_NONE);
	t.trouble = KA_REASON_NONE;
	assert_int_equal(ka_keyblob_parse(certificate.blob, (struct ka_span){ NULL, 0 }, &key), KA_REASON_NONE);
	{
		char text[1024], line[sizeof(text) + 16];
		struct ka_buf b;

		ka_buf_init_array(&b, text);
		ka_keyb64_encode(&b, key.cert.ca);
		snprintf(line, sizeof(line), "ssh-ed25519 %s\n", text);
		assert_int_equal(ka_trustedca_parse(ka_span_of(line), &t), 0);
	}
	assert_int_equal(judge(&certificate), KA_REASON_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__keys_and_comments__are_taken),
		cmocka_unit_test(parse__what_is_no_key_alone__is_named_by_its_line),
		cmocka_unit_test(parse__more_than_it_holds__is_refused),
		cmocka_unit_test(open__none_configured__trusts_nobody),
		cmocka_unit_test(open__files_of_root__all_of_them),
		cmocka_unit_test(open__one_that_cannot_be_used__nobody_is_trusted),
		cmocka_unit_test(open__path_that_is_too_long__nobody_is_trusted),
		cmocka_unit_test(open__more_bytes_than_a_file_may_have__nobody_is_trusted),
		cmocka_unit_test(judge__certificates_only),
	};

	return load() == 0 ? trustroot_run(tests, NULL) : 1;
}
