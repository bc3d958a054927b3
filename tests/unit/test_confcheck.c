/* confcheck: what is looked at, what of it counts, and its words. What it asks is replaced here. */
#include "keyaudit/config/confcheck.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "judge/vetask.h"
#include "keyaudit/config/datacheck.h"
#include "keyaudit/config/sourcecheck.h"
#include "keyaudit/config/trustedcheck.h"
#include "vet/vetselftest.h"

#include "base/poison.h"

static struct ka_sourcecheck source;
static struct ka_datacheck data, trusted;
static enum ka_err source_fault, data_fault, trusted_fault, selftest;
static bool vetter;
static unsigned asked;

static struct ka_conf conf;
static struct ka_confload load;
static struct ka_conf_errors errors;
static struct ka_confcheck k;
static char *said;

enum ka_err ka_vetselftest(void)
{
	return selftest;
}

void ka_vetask_init(struct ka_vetask *a, const char *program, unsigned fermat_rounds)
{
	(void)a;
	(void)program;
	(void)fermat_rounds;
}

bool ka_vetask_works(struct ka_vetask *a)
{
	(void)a;
	return vetter;
}

enum ka_err ka_sourcecheck_each(const struct ka_conf *c, void (*take)(void *ctx, const struct ka_sourcecheck *c), void *ctx)
{
	assert_ptr_equal(c, &conf);
	asked++;
	if (source_fault == KA_ERR_OK)
		take(ctx, &source);
	return source_fault;
}

enum ka_err ka_datacheck_each(const struct ka_conf *c, void (*take)(void *ctx, const struct ka_datacheck *c), void *ctx)
{
	assert_ptr_equal(c, &conf);
	asked++;
	if (data_fault == KA_ERR_OK)
		take(ctx, &data);
	return data_fault;
}

enum ka_err ka_trustedcheck_each(const struct ka_conf *c, void (*take)(void *ctx, const struct ka_datacheck *c), void *ctx)
{
	assert_ptr_equal(c, &conf);
	asked++;
	if (trusted_fault == KA_ERR_OK)
		take(ctx, &trusted);
	return trusted_fault;
}

/* all is well */
static int begin(void **state)
{
	(void)state;
	source = (struct ka_sourcecheck){ .source = "corp", .text = "/bin/corp can be run" };
	data = (struct ka_datacheck){ .key = "revoked", .text = "/r: a KRL" };
	trusted = (struct ka_datacheck){ .key = "trusted_ca", .text = "/ca: 1 authority" };
	source_fault = data_fault = trusted_fault = selftest = KA_ERR_OK;
	vetter = true;
	asked = 0;
	load = (struct ka_confload){ .reason = KA_REASON_NONE, .files = 2 };
	errors = (struct ka_conf_errors){ .count = 0 };
	k = (struct ka_confcheck){ .file = "/etc/k\x1b.conf", .conf = &conf, .load = &load, .errors = &errors, .unchecked = "" };
	return 0;
}

static int end(void **state)
{
	(void)state;
	free(said);
	said = NULL;
	return 0;
}

static void say(void)
{
	struct ka_out out = { .to = NULL };
	size_t len;

	end(NULL);
	ka_confcheck_look(&k);
	out.to = open_memstream(&said, &len);
	assert_non_null(out.to);
	ka_confcheck_text(&k, &out);
	fclose(out.to);
}

static void look__nothing_wrong__fine(void **state)
{
	(void)state;
	say();
	assert_true(ka_confcheck_is_fine(&k));
	assert_string_equal(said, "ok   /etc/k\\x1b.conf: no errors (2 files)\n"
				  "ok   crypto self-test: libsodium knows a good Ed25519 key from a bad one\n"
				  "ok   authkeys-vet knows a good ECDSA key from a bad one\n"
				  "ok   source corp: /bin/corp can be run\n"
				  "ok   revoked: /r: a KRL\n"
				  "ok   trusted_ca: /ca: 1 authority\n");
}

static void look__one_thing_wrong__not_fine(void **state)
{
	(void)state;
	source.reason = KA_REASON_CONF_UNSAFE;
	say();
	assert_false(ka_confcheck_is_fine(&k));
	assert_non_null(strstr(said, "FAIL source corp: conf.unsafe: /bin/corp"));
	begin(NULL);
	data.reason = KA_REASON_DATA_MISSING;
	say();
	assert_false(ka_confcheck_is_fine(&k));
	assert_non_null(strstr(said, "FAIL revoked: data.missing: /r"));
	begin(NULL);
	trusted.reason = KA_REASON_CONF_INVALID;
	say();
	assert_false(ka_confcheck_is_fine(&k));
	assert_non_null(strstr(said, "FAIL trusted_ca: conf.invalid: /ca"));
	begin(NULL);
	selftest = KA_ERR_BUG;
	say();
	assert_false(ka_confcheck_is_fine(&k));
	assert_non_null(strstr(said, "FAIL internal.crypto-selftest: "));
	begin(NULL);
	vetter = false;
	say();
	assert_false(ka_confcheck_is_fine(&k));
	assert_non_null(strstr(said, "FAIL key.not-judged: authkeys-vet does not answer"));
	begin(NULL);
	source_fault = KA_ERR_NOMEM;
	say();
	assert_false(ka_confcheck_is_fine(&k));
	begin(NULL);
	data_fault = KA_ERR_NOMEM;
	say();
	assert_false(ka_confcheck_is_fine(&k));
	begin(NULL);
	trusted_fault = KA_ERR_NOMEM;
	say();
	assert_false(ka_confcheck_is_fine(&k));
}

static void look__warnings__are_fine_and_marked(void **state)
{
	(void)state;
	source.is_warning = data.is_warning = trusted.is_warning = true;
	load.reason = KA_REASON_CONF_DISABLED;
	ka_span_copy(ka_span_of("it is switched off"), load.text, sizeof(load.text));
	k.unchecked = "nobody looked as _keyaudit";
	say();
	assert_true(ka_confcheck_is_fine(&k));
	assert_non_null(strstr(said, "warn source corp: /bin/corp can be run\nwarn revoked: /r: a KRL\nwarn trusted_ca: /ca: 1 authority\nwarn it is switched off\n"
				     "warn nobody looked as _keyaudit\n"));
}

static void look__with_errors__what_it_names_is_not_asked(void **state)
{
	(void)state;
	errors.count = 1;
	say();
	assert_int_equal(asked, 0);
	assert_false(ka_confcheck_is_fine(&k));
	assert_null(strstr(said, "no errors"));
}

static void json__one_object__with_the_errors_of_the_caller(void **state)
{
	static char text[KA_CMD_CONFIG_JSON_MAX];
	struct ka_buf b;
	json_t *j;

	(void)state;
	data.reason = KA_REASON_DATA_INVALID;
	k.unchecked = "why";
	ka_buf_init_array(&b, text);
	ka_confcheck_json_begin(&k, &b);
	ka_confcheck_look(&k);
	ka_confcheck_json_end(&k);
	j = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(j);
	json_decref(j);
	assert_string_equal(text, "{\"schema\":\"keyaudit.config-check/1\",\"file\":\"/etc/k\\\\x1b.conf\",\"errors\":[],\"ok\":false,\"files\":2,"
				  "\"reason\":\"-\",\"selftest\":true,\"vetter\":true,"
				  "\"sources\":[{\"source\":\"corp\",\"reason\":\"-\",\"text\":\"/bin/corp can be run\"}],"
				  "\"data\":[{\"key\":\"revoked\",\"reason\":\"data.invalid\",\"text\":\"/r: a KRL\"},{\"key\":\"trusted_ca\",\"reason\":\"-\",\"text\":\"/ca: 1 authority\"}],\"unchecked\":\"why\"}");
	begin(NULL);
	ka_buf_init_array(&b, text);
	ka_confcheck_json_begin(&k, &b);
	ka_confcheck_look(&k);
	ka_confcheck_json_end(&k);
	assert_non_null(strstr(text, "\"ok\":true,"));
	assert_null(strstr(text, "unchecked"));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		T(look__nothing_wrong__fine),
		T(look__one_thing_wrong__not_fine),
		T(look__warnings__are_fine_and_marked),
		T(look__with_errors__what_it_names_is_not_asked),
		T(json__one_object__with_the_errors_of_the_caller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
