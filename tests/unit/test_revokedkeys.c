/* revoke/revokedkeys: a text of keys and fingerprints, each line of it or none. */
#include "revoke/revokedkeys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "tests/unit/lib/keysample.h"

#include "base/poison.h"

static struct ka_revokedkeys list;
static struct ka_revokedkeys_work work;
static char text[65536];

static bool take(void)
{
	return ka_revokedkeys_read(ka_span_of(text), &work, &list);
}

static enum ka_revokedkeys_answer ask(const struct ka_keysample *k)
{
	const struct ka_revokedkeys_key key = { .plain = k->blob, .fp = k->fingerprint };

	return ka_revokedkeys_ask(&list, &key, &work);
}

static void put(const char *format, const char *what)
{
	size_t at = strlen(text);

	assert_true(snprintf(text + at, sizeof(text) - at, "%s%s\n", format, what) < (int)(sizeof(text) - at));
}

static bool is_cert(size_t i)
{
	static struct ka_keysample k;

	ka_keysample_load(i, &k);
	return strstr(k.type, "-cert-v01@") != NULL;
}

static void keys__each_of_them__stands_for_itself_alone(void **state)
{
	static struct ka_keysample k, other;

	(void)state;
	for (size_t i = 0; i < KA_KEYSAMPLE_COUNT; i++) {
		if (is_cert(i))
			continue;
		ka_keysample_load(i, &k);
		for (unsigned by_fp = 0; by_fp < 2; by_fp++) {
			text[0] = '\0';
			put("# revoked", "");
			put(by_fp != 0 ? "  " : "", by_fp != 0 ? k.fingerprint : k.line);
			assert_true(take());
			assert_int_equal(list.entries, 1);
			for (size_t j = 0; j < KA_KEYSAMPLE_COUNT; j++) {
				if (is_cert(j))
					continue;
				ka_keysample_load(j, &other);
				assert_int_equal(ask(&other), i != j ? KA_REVOKEDKEYS_FINE : by_fp != 0 ? KA_REVOKEDKEYS_FINGERPRINT : KA_REVOKEDKEYS_KEY);
			}
		}
	}
}

static void keys__all_in_one_text__all_found(void **state)
{
	static struct ka_keysample k;
	size_t count = 0;

	(void)state;
	text[0] = '\0';
	for (size_t i = 0; i < KA_KEYSAMPLE_COUNT; i++) {
		if (is_cert(i))
			continue;
		ka_keysample_load(i, &k);
		put("", k.line);
		put("", "");
		count++;
	}
	assert_true(take());
	assert_int_equal(list.entries, count);
	for (size_t i = 0; i < KA_KEYSAMPLE_COUNT; i++) {
		ka_keysample_load(i, &k);
		if (!is_cert(i))
			assert_int_equal(ask(&k), KA_REVOKEDKEYS_KEY);
	}
}

/* as sshd, which compares public keys */
static void certificate__in_the_text__stands_for_its_plain_key(void **state)
{
	static struct ka_keysample cert, plain, other;

	(void)state;
	ka_keysample_find("rsa2048-cert", &cert);
	ka_keysample_find("rsa2048", &plain);
	ka_keysample_find("rsa3072", &other);
	text[0] = '\0';
	put("", cert.line);
	assert_true(take());
	assert_int_equal(ask(&plain), KA_REVOKEDKEYS_KEY);
	assert_int_equal(ask(&other), KA_REVOKEDKEYS_FINE);
}

static void line__judged(void **state)
{
	static const char fp[] = "SHA256:lPnmAAbrNMYg4YQtud9EaR2o2sWlA3V8Th96QOOebF8";
	static const struct { const char *before, *behind; bool fine; } rows[] = {
		{ "", "", true }, { " \t", "\r", true }, { "", " a laptop, lost", true }, { "", "\tx", true },
		{ "", "=", false }, { "", "x", false }, { "X", "", false }, { "no-pty ", "", false },
	};
	static struct ka_keysample k;

	(void)state;
	ka_keysample_find("ed25519", &k);
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		for (unsigned as_key = 0; as_key < 2; as_key++) {
			snprintf(text, sizeof(text), "\n# x\n%s%s%s%.*s%s\n", rows[i].before, as_key != 0 ? k.type : fp, as_key != 0 ? " " : "",
				 as_key != 0 ? (int)k.base64.len : 0, (const char *)k.base64.p, rows[i].behind);
			if (take() != rows[i].fine || list.wrong_line != (rows[i].fine ? 0 : 3) || (list.wrong == NULL) != rows[i].fine)
				fail_msg("row %zu, key %u: %s", i, as_key, list.wrong != NULL ? list.wrong : "taken");
		}
}

static void text__other_things__refused(void **state)
{
	static const char *const texts[] = {
		"ssh-ed25519", "ssh-ed25519 AAAA", "SHA256:", "MD5:d2:2d:95:71:6c:7d:1f:c1:d0:00:8e:54:bd:d1:20:4f", "SSHKRL", "-----BEGIN X-----",
		"*", "example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHjYq7dZsyCSRMvfs0GiJPcXoBZDVhS9T7rN0ZbBsa9L",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(texts); i++) {
		snprintf(text, sizeof(text), "%s\n", texts[i]);
		if (take() || list.wrong_line != 1)
			fail_msg("%s", texts[i]);
	}
}

static void not_taken__asked__unknown(void **state)
{
	static struct ka_keysample k;

	(void)state;
	ka_keysample_find("ed25519", &k);
	snprintf(text, sizeof(text), "nonsense\n%s\n", k.line);
	assert_false(take());
	assert_int_equal(ask(&k), KA_REVOKEDKEYS_UNKNOWN);
}

static void nothing_but_comments__taken__nobody(void **state)
{
	static struct ka_keysample k;

	(void)state;
	ka_keysample_find("ed25519", &k);
	snprintf(text, sizeof(text), "# %s\n\n   \t\r\n#%s", k.line, k.fingerprint);
	assert_true(take());
	assert_int_equal(list.entries, 0);
	assert_int_equal(ask(&k), KA_REVOKEDKEYS_FINE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys__each_of_them__stands_for_itself_alone),
		cmocka_unit_test(keys__all_in_one_text__all_found),
		cmocka_unit_test(certificate__in_the_text__stands_for_its_plain_key),
		cmocka_unit_test(line__judged),
		cmocka_unit_test(text__other_things__refused),
		cmocka_unit_test(not_taken__asked__unknown),
		cmocka_unit_test(nothing_but_comments__taken__nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
