/* revoke/revocation: what the site's files revoke, and that every key is refused while one of them cannot be relied on. */
#include "revoke/revocation.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "tests/unit/lib/keysample.h"
#include "tests/unit/lib/krlsample.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

#define LIST "/revoked"
#define KRL "/revoked.krl"

static struct ka_keysample one, two, cert, curve;
static struct ka_keyblob one_key, two_key, cert_key;
static struct krlsample list;
static struct ka_revocation r;
static struct ka_vet verdict;
static uint8_t sha256[32];
static unsigned sha1_asked;
static bool sha1_works;
static unsigned points_asked;
static enum ka_revocation_point point_is;

/* the samples lie outside of the root of the tests */
static void load(void)
{
	static const struct ka_span any = { NULL, 0 };

	ka_keysample_find("ed25519", &one);
	ka_keysample_find("rsa2048", &two);
	ka_keysample_find("ed25519-cert", &cert);
	ka_keysample_find("ecdsa384", &curve);
	if (ka_keyblob_parse(one.blob, any, &one_key) != KA_REASON_NONE || ka_keyblob_parse(two.blob, any, &two_key) != KA_REASON_NONE ||
	    ka_keyblob_parse(cert.blob, any, &cert_key) != KA_REASON_NONE)
		abort();
	crypto_hash_sha256(sha256, one.blob.p, one.blob.len);
}

static void put(const char *path, const void *bytes, size_t len)
{
	KA_AUTOCLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(ka_fd_write_all(fd, bytes, len), KA_ERR_OK);
}

static void put_krl(void)
{
	struct ka_span bytes = krlsample_bytes(&list);

	put(KRL, bytes.p, bytes.len);
}

static bool sha1_of(void *ctx, struct ka_span blob, uint8_t out[static KA_KRL_SHA1_LEN])
{
	assert_ptr_equal(ctx, &sha1_asked);
	sha1_asked++;
	memset(out, ka_span_equal(blob, one.blob) ? 0x5a : 0x11, KA_KRL_SHA1_LEN);
	return sha1_works;
}

static enum ka_revocation_point point_of(void *ctx, struct ka_span blob)
{
	struct ka_keyblob key;

	assert_ptr_equal(ctx, &sha1_asked);
	assert_int_equal(ka_keyblob_parse(blob, (struct ka_span){ NULL, 0 }, &key), KA_REASON_NONE);
	assert_int_equal(key.type->kind, KA_KEYKIND_ECDSA);
	points_asked++;
	return point_is;
}

static const struct ka_revocation_help help = { sha1_of, point_of, &sha1_asked };

/* the deciding reason of a key, and "-" when it passes */
static const char *judge_as(const char *paths, const struct ka_keyblob *key, enum ka_action krl_action)
{
	static struct ka_vetpolicy policy;
	struct ka_vetnote note;

	ka_revocation_close(&r);
	assert_int_equal(ka_revocation_open(paths, NULL, &r), KA_ERR_OK);
	r.help = &help;
	ka_vetpolicy_default(&policy);
	policy.action[KA_REASON_REVOKED_KRL] = (uint8_t)krl_action;
	policy.action[KA_REASON_DATA_MISSING] = policy.action[KA_REASON_DATA_INVALID] = KA_ACTION_OFF;
	ka_vetnote_init(&note, &policy, false, &verdict);
	ka_revocation_judge(&r, key, &note);
	return ka_reason_id(verdict.count > 0 ? verdict.reasons[0] : KA_REASON_NONE);
}

static const char *judge(const char *paths, const struct ka_keyblob *key)
{
	return judge_as(paths, key, KA_ACTION_REJECT);
}

static void nothing_configured__nobody_is_asked(void **state)
{
	(void)state;
	assert_string_equal(judge("", &one_key), "-");
	assert_null(r.files);
	assert_null(ka_revocation_wrong(&r));
}

static void krl__the_key_and_no_other(void **state)
{
	(void)state;
	krlsample_begin(&list);
	krlsample_string(&list, 5, (struct ka_span){ sha256, 32 });
	put_krl();
	assert_string_equal(judge(KRL, &one_key), "revoked.krl");
	assert_int_equal(verdict.verdict, KA_VERDICT_REJECT);
	assert_string_equal(verdict.details[0], "its SHA-256 fingerprint stands there");
	assert_string_equal(judge(KRL, &two_key), "-");
	assert_string_equal(judge(KRL, &cert_key), "revoked.krl"); /* around that key */
	assert_int_equal(sha1_asked, 0);
}

static void krl__severity__is_the_sites(void **state)
{
	(void)state;
	krlsample_begin(&list);
	krlsample_string(&list, 2, one.blob);
	put_krl();
	assert_string_equal(judge_as(KRL, &one_key, KA_ACTION_WARN), "revoked.krl");
	assert_int_equal(verdict.verdict, KA_VERDICT_WARN);
	assert_string_equal(judge_as(KRL, &one_key, KA_ACTION_OFF), "-");
}

static void list__key_and_fingerprint(void **state)
{
	char text[8192];

	(void)state;
	snprintf(text, sizeof(text), "# revoked\n%s\n", one.line);
	trustroot_file(LIST, 0644, 0, text);
	assert_string_equal(judge(LIST, &one_key), "revoked.list");
	assert_string_equal(judge(LIST, &two_key), "-");
	snprintf(text, sizeof(text), "%s lost\n", two.fingerprint);
	trustroot_file(LIST, 0644, 0, text);
	assert_string_equal(judge(LIST, &two_key), "revoked.list");
	assert_string_equal(judge(LIST, &one_key), "-");
}

static void several_files__each_counts(void **state)
{
	char text[8192];

	(void)state;
	snprintf(text, sizeof(text), "%s\n", two.line);
	trustroot_file(LIST, 0644, 0, text);
	krlsample_begin(&list);
	krlsample_string(&list, 2, one.blob);
	put_krl();
	assert_string_equal(judge(LIST " " KRL, &one_key), "revoked.krl");
	assert_string_equal(judge(LIST " " KRL, &two_key), "revoked.list");
}

static void certificate__its_authority__revoked(void **state)
{
	(void)state;
	krlsample_begin(&list);
	krlsample_string(&list, 2, cert_key.cert.ca);
	put_krl();
	assert_string_equal(judge(KRL, &cert_key), "revoked.krl");
	assert_string_equal(verdict.details[0], "the authority of the certificate stands there");
	assert_string_equal(judge(KRL, &one_key), "-");
}

static void certificate__its_key_id__revoked(void **state)
{
	char ids[512], parts[600];
	struct ka_buf b, p;

	(void)state;
	ka_buf_init_array(&b, ids);
	ka_buf_string(&b, cert_key.cert.id);
	ka_buf_init_array(&p, parts);
	krlsample_part(&p, 0x23, ka_buf_as_span(&b));
	krlsample_begin(&list);
	krlsample_certificates(&list, cert_key.cert.ca, ka_buf_as_span(&p));
	put_krl();
	assert_string_equal(judge(KRL, &cert_key), "revoked.krl");
	assert_string_equal(judge(KRL, &one_key), "-"); /* the key without the certificate is another thing */
}

static void sha1__asked_once_and_only_where_it_is_needed(void **state)
{
	uint8_t hash[KA_KRL_SHA1_LEN];

	(void)state;
	memset(hash, 0x5a, sizeof(hash));
	krlsample_begin(&list);
	krlsample_string(&list, 3, (struct ka_span){ hash, sizeof(hash) });
	put_krl();
	sha1_asked = 0;
	sha1_works = true;
	assert_string_equal(judge(KRL, &one_key), "revoked.krl");
	assert_int_equal(sha1_asked, 1);
	assert_string_equal(judge(KRL, &two_key), "-");
	sha1_works = false;
	assert_string_equal(judge(KRL, &two_key), "key.not-judged");
	sha1_works = true;
	assert_string_equal(judge(KRL, &cert_key), "revoked.krl");
	sha1_asked = 0;
}

/* sshd refuses a list with such an authority, so a certificate of the one that was meant must not pass */
static void point__of_an_authority__asked_for_certificates_only(void **state)
{
	static const struct { enum ka_revocation_point is; const char *reason; } rows[] = {
		{ KA_REVOCATION_POINT_GOOD, "-" }, { KA_REVOCATION_POINT_BAD, "data.invalid" }, { KA_REVOCATION_POINT_UNKNOWN, "key.not-judged" },
	};
	static const uint8_t serial[8] = { 0, 0, 0, 0, 0, 0, 1, 0 };
	static char room[64];
	struct ka_buf part;

	(void)state;
	ka_buf_init_array(&part, room);
	krlsample_part(&part, 0x20, (struct ka_span){ serial, sizeof(serial) });
	krlsample_begin(&list);
	krlsample_certificates(&list, curve.blob, ka_buf_as_span(&part));
	put_krl();
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		point_is = rows[i].is;
		points_asked = 0;
		assert_string_equal(judge(KRL, &one_key), "-");
		assert_int_equal(points_asked, 0);
		assert_string_equal(judge(KRL, &cert_key), rows[i].reason);
		assert_int_equal(points_asked, 1);
	}
}

static void broken(const char *why, const char *path, enum ka_reason reason)
{
	char both[64];

	/* a sound file beside it does not help */
	snprintf(both, sizeof(both), "%s %s", KRL, path);
	for (unsigned i = 0; i < 2; i++) {
		assert_string_equal(judge(both, i == 0 ? &one_key : &two_key), ka_reason_id(reason));
		assert_int_equal(verdict.verdict, KA_VERDICT_REJECT); /* though severity says off */
		assert_int_equal(verdict.said_of, reason);
		if (strstr(verdict.said, why) == NULL || strncmp(verdict.said, path, strlen(path)) != 0)
			fail_msg("%s: %s", path, verdict.said);
	}
	assert_ptr_equal(ka_revocation_wrong(&r), &r.files[1]);
}

static void file__not_to_be_relied_on__every_key_is_refused(void **state)
{
	struct ka_span bytes;

	(void)state;
	krlsample_begin(&list);
	put_krl();
	assert_string_equal(judge(KRL, &one_key), "-");
	broken("is not there", "/nowhere", KA_REASON_DATA_MISSING);
	broken("is not there", "/nowhere/at/all", KA_REASON_DATA_MISSING);
	trustroot_file("/empty", 0644, 0, "");
	broken("is empty", "/empty", KA_REASON_DATA_INVALID);
	trustroot_file("/open", 0666, 0, "# nobody\n");
	broken("others may write", "/open", KA_REASON_DATA_INVALID);
	trustroot_dir("/folder", 0755, 0);
	broken("directory", "/folder", KA_REASON_DATA_INVALID);
	trustroot_file("/bad", 0644, 0, "# fine\nssh-ed25519 AAAA\n");
	broken("line 2: ", "/bad", KA_REASON_DATA_INVALID);
	krlsample_string(&list, 2, one.blob);
	bytes = krlsample_bytes(&list);
	put("/short", bytes.p, bytes.len - 1);
	broken("no sound KRL", "/short", KA_REASON_DATA_INVALID);
	assert_int_equal(symlink(KRL, "/link"), 0);
	broken("symbolic link", "/link", KA_REASON_DATA_INVALID);
	assert_int_equal(mkfifo("/fifo", 0644), 0);
	broken("no regular file", "/fifo", KA_REASON_DATA_INVALID);
}

static void file__somebody_elses__every_key_is_refused(void **state)
{
	(void)state;
	if (!trustroot_has_uids()) {
		print_message("skipped: needs root\n");
		return;
	}
	trustroot_file("/theirs", 0644, 1000, "# nobody\n");
	broken("must belong to root", "/theirs", KA_REASON_DATA_INVALID);
}

static void file__larger_than_a_list_may_be__refused(void **state)
{
	(void)state;
	krlsample_begin(&list);
	put_krl();
	trustroot_file("/large", 0644, 0, "# nobody\n");
	assert_int_equal(truncate("/large", KA_REVOCATION_FILE_MAX + 1), 0);
	broken("larger than", "/large", KA_REASON_DATA_INVALID);
	assert_int_equal(unlink("/large"), 0);
}

static void files__more_than_may_be__every_key_is_refused(void **state)
{
	static char paths[KA_REVOCATION_FILES_MAX * 4 + 16];
	struct ka_vetpolicy policy;
	struct ka_vetnote note;

	(void)state;
	for (unsigned i = 0; i <= KA_REVOCATION_FILES_MAX; i++)
		snprintf(paths + 3 * i, sizeof(paths) - 3 * i, "/f ");
	ka_revocation_close(&r);
	assert_int_equal(ka_revocation_open(paths, NULL, &r), KA_ERR_LIMIT);
	ka_vetpolicy_default(&policy);
	ka_vetnote_init(&note, &policy, false, &verdict);
	ka_revocation_judge(&r, &one_key, &note);
	assert_int_equal(verdict.reasons[0], KA_REASON_INTERNAL_ERROR);
	assert_int_equal(verdict.verdict, KA_VERDICT_REJECT);
}

static int close_last(void **state)
{
	(void)state;
	ka_revocation_close(&r);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_configured__nobody_is_asked),
		cmocka_unit_test(krl__the_key_and_no_other),
		cmocka_unit_test(krl__severity__is_the_sites),
		cmocka_unit_test(list__key_and_fingerprint),
		cmocka_unit_test(several_files__each_counts),
		cmocka_unit_test(certificate__its_authority__revoked),
		cmocka_unit_test(certificate__its_key_id__revoked),
		cmocka_unit_test(sha1__asked_once_and_only_where_it_is_needed),
		cmocka_unit_test(point__of_an_authority__asked_for_certificates_only),
		cmocka_unit_test(file__not_to_be_relied_on__every_key_is_refused),
		cmocka_unit_test(file__somebody_elses__every_key_is_refused),
		cmocka_unit_test(file__larger_than_a_list_may_be__refused),
		cmocka_unit_test_teardown(files__more_than_may_be__every_key_is_refused, close_last),
	};

	load();
	return trustroot_run(tests, NULL);
}
