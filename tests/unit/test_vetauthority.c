/* judge/vetauthority: a line that names an authority, against certificates of ssh-keygen. */
#include "judge/vetauthority.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/certsample.h"
#include "vet/vetpolicy.h"

#include "base/poison.h"

static struct ka_offer offer;
static struct ka_keyscan_offer ready;
static struct ka_keyblob key;
static struct ka_keyopts options;
static struct ka_vet vet;

static void use(const char *name)
{
	certsample_take(name, &offer, &ready);
	assert_int_equal(ka_keyblob_parse((struct ka_span){ ready.blob, ready.cert_len }, (struct ka_span){ NULL, 0 }, &key), KA_REASON_NONE);
}

/* the reason that decides for @user, or none */
static enum ka_reason judge(const char *list, const char *user)
{
	struct ka_vetpolicy policy;
	struct ka_vetnote note;

	ka_vetpolicy_default(&policy);
	ka_keyopts_parse(ka_span_of(list), 1, &options);
	assert_int_equal(options.reason, KA_REASON_NONE);
	ka_vetnote_init(&note, &policy, false, &vet);
	ka_vetauthority_judge(&options, &key.cert, ka_span_of(user), &note);
	assert_true((vet.verdict == KA_VERDICT_REJECT) == (vet.count > 0));
	return vet.count > 0 ? vet.reasons[0] : KA_REASON_NONE;
}

static void judge__without_the_option__is_no_authority(void **state)
{
	(void)state;
	use("plain");
	assert_int_equal(judge("", "alice"), KA_REASON_CERT_CA_NOT_MARKED);
	assert_int_equal(judge("restrict", "alice"), KA_REASON_CERT_CA_NOT_MARKED);
	assert_int_equal(judge("restrict,cert-authority", "alice"), KA_REASON_NONE);
}

static void judge__names(void **state)
{
	(void)state;
	use("plain"); /* alice, ops */
	assert_int_equal(judge("cert-authority", "bob"), KA_REASON_CERT_PRINCIPAL_MISMATCH);
	assert_int_equal(judge("cert-authority", "alic"), KA_REASON_CERT_PRINCIPAL_MISMATCH);
	assert_int_equal(judge("cert-authority,principals=\"ops\"", "bob"), KA_REASON_NONE);
	assert_int_equal(judge("cert-authority,principals=\"x,ops\"", "bob"), KA_REASON_NONE);
	assert_int_equal(judge("cert-authority,principals=\"bob\"", "alice"), KA_REASON_CERT_PRINCIPAL_NOT_ALLOWED);
	assert_int_equal(judge("cert-authority,principals=\"ops,\"", "alice"), KA_REASON_NONE);
	assert_int_equal(judge("cert-authority,principals=\"\"", "alice"), KA_REASON_CERT_PRINCIPAL_NOT_ALLOWED);
	use("nameless"); /* nobody, not everybody */
	assert_int_equal(judge("cert-authority", "alice"), KA_REASON_CERT_NO_PRINCIPALS);
	assert_int_equal(judge("cert-authority,principals=\"alice\"", "alice"), KA_REASON_CERT_PRINCIPAL_NOT_ALLOWED);
}

static void judge__commands(void **state)
{
	(void)state;
	use("command"); /* /bin/true */
	assert_int_equal(judge("cert-authority,command=\"/bin/true\"", "alice"), KA_REASON_NONE);
	assert_int_equal(judge("cert-authority,command=\"/bin/false\"", "alice"), KA_REASON_CERT_OPTION_CONFLICT);
	assert_int_equal(judge("cert-authority,command=\"/bin/true \"", "alice"), KA_REASON_CERT_OPTION_CONFLICT);
	assert_int_equal(judge("cert-authority,command=\"/bin/tru\"", "alice"), KA_REASON_CERT_OPTION_CONFLICT);
	assert_int_equal(judge("cert-authority", "alice"), KA_REASON_NONE);
	use("plain");
	assert_int_equal(judge("cert-authority,command=\"/bin/false\"", "alice"), KA_REASON_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judge__without_the_option__is_no_authority),
		cmocka_unit_test(judge__names),
		cmocka_unit_test(judge__commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
