/* keyaudit/vouch: an alert needs root's own word. What the command says counts only when the key itself says it again. */
#include "keyaudit/case/vouch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/confsample.h"
#include "tests/unit/lib/keysample.h"

#include "base/poison.h"

static struct ka_case *c;
static struct ka_keysample sample;

static int make(void **state)
{
	const struct ka_conn conn = { 5, 5 };

	(void)state;
	confsample_begin();
	confsample_file("f", CONFSAMPLE_LOCAL);
	ka_conf_finish(&confsample, &confsample_errors);
	c = ka_case_new(&conn);
	return c == NULL || confsample_errors.count > 0;
}

static int drop(void **state)
{
	(void)state;
	ka_case_free(&c);
	return 0;
}

/* one more offered key, as a record names it */
static struct ka_offer *offer(const char *name, enum ka_reason recorded)
{
	struct ka_offer *o = &c->offers[c->offers_count++];

	ka_keysample_find(name, &sample);
	assert_true(ka_span_copy(ka_span_of(sample.type), o->type, sizeof(o->type)));
	assert_true(ka_span_copy(ka_span_of(sample.fingerprint), o->fp, sizeof(o->fp)));
	assert_true(ka_span_copy(sample.base64, o->key, sizeof(o->key)));
	o->reasons[0] = recorded;
	o->reasons_count = 1;
	return o;
}

static bool vouches(enum ka_reason reason)
{
	return ka_vouch_reason(&confsample, KA_REASON_NONE, c, reason);
}

static void reason__in_no_record__is_roots_own(void **state)
{
	(void)state;
	assert_true(vouches(KA_REASON_PERM_GROUP_WRITABLE));
	offer("ed25519", KA_REASON_KEY_NOT_LISTED);
	assert_true(vouches(KA_REASON_PERM_GROUP_WRITABLE));
	assert_false(vouches(KA_REASON_KEY_NOT_LISTED));
}

static void reason__state_of_the_configuration__root_reads_it_too(void **state)
{
	(void)state;
	offer("ed25519", KA_REASON_CONF_INVALID);
	assert_false(vouches(KA_REASON_CONF_INVALID));
	assert_true(ka_vouch_reason(&confsample, KA_REASON_CONF_INVALID, c, KA_REASON_CONF_INVALID));
	assert_false(ka_vouch_reason(&confsample, KA_REASON_CONF_UNSAFE, c, KA_REASON_CONF_INVALID));
}

static void reason__key_is_vetted_again__same_bytes_same_verdict(void **state)
{
	(void)state;
	offer("rsa1024", KA_REASON_KEY_RSA_TOO_SHORT);
	assert_true(vouches(KA_REASON_KEY_RSA_TOO_SHORT));
	c->offers[0].reasons[0] = KA_REASON_KEY_KNOWN_COMPROMISED; /* the key says something, and not that */
	assert_false(vouches(KA_REASON_KEY_KNOWN_COMPROMISED));
	offer("ed25519", KA_REASON_KEY_RSA_TOO_SHORT); /* said of a key that is none */
	c->offers[0].reasons_count = 0;
	assert_false(vouches(KA_REASON_KEY_RSA_TOO_SHORT));
	offer("rsa1024", KA_REASON_KEY_RSA_TOO_SHORT); /* and then of one that is */
	assert_true(vouches(KA_REASON_KEY_RSA_TOO_SHORT));
}

/* the bytes must be those of the key that the event names: else anybody's weak key would do */
static void reason__bytes_of_another_key__is_hearsay(void **state)
{
	struct ka_offer *o = offer("rsa1024", KA_REASON_KEY_RSA_TOO_SHORT);

	(void)state;
	ka_keysample_find("rsa2048", &sample);
	assert_true(ka_span_copy(ka_span_of(sample.fingerprint), o->fp, sizeof(o->fp)));
	assert_false(vouches(KA_REASON_KEY_RSA_TOO_SHORT));
	o->fp[0] = '\0';
	assert_false(vouches(KA_REASON_KEY_RSA_TOO_SHORT));
}

static void reason__no_key_or_no_key_at_all__is_hearsay(void **state)
{
	static const char *const keys[] = { "", "-", "AAAA", "AAAAB3NzaC1yc2E=", "\x1b[2J", "////////", "AAAAB3NzaC1yc2EAAAADAQAB" };

	(void)state;
	offer("rsa1024", KA_REASON_KEY_RSA_TOO_SHORT);
	for (size_t i = 0; i < KA_ARRAY_LEN(keys); i++) {
		memset(c->offers[0].key, 0, sizeof(c->offers[0].key));
		assert_true(ka_span_copy(ka_span_of(keys[i]), c->offers[0].key, sizeof(c->offers[0].key)));
		assert_false(vouches(KA_REASON_KEY_RSA_TOO_SHORT));
	}
}

static void reason__type_that_is_not_the_keys__is_hearsay(void **state)
{
	struct ka_offer *o = offer("rsa1024", KA_REASON_KEY_RSA_TOO_SHORT);

	(void)state;
	memset(o->type, 0, sizeof(o->type));
	memcpy(o->type, "ssh-ed25519", 11);
	assert_false(vouches(KA_REASON_KEY_RSA_TOO_SHORT));
}

/* the policy in force says what is too short */
static void reason__policy_allows_it__is_not_vouched_for(void **state)
{
	(void)state;
	offer("rsa2048", KA_REASON_KEY_RSA_TOO_SHORT);
	assert_false(vouches(KA_REASON_KEY_RSA_TOO_SHORT));
	confsample.rsa_min_bits = 3072;
	assert_true(vouches(KA_REASON_KEY_RSA_TOO_SHORT));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)
	const struct CMUnitTest tests[] = {
		T(reason__in_no_record__is_roots_own),
		T(reason__state_of_the_configuration__root_reads_it_too),
		T(reason__key_is_vetted_again__same_bytes_same_verdict),
		T(reason__bytes_of_another_key__is_hearsay),
		T(reason__no_key_or_no_key_at_all__is_hearsay),
		T(reason__type_that_is_not_the_keys__is_hearsay),
		T(reason__policy_allows_it__is_not_vouched_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
