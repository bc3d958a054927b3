/* datacheck: each file that keys are judged by, as it was found. */
#include "keyaudit/config/datacheck.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

static struct ka_conf conf;
static char said[4096];
static unsigned wrong;

static void take(void *ctx, const struct ka_datacheck *c)
{
	assert_ptr_equal(ctx, said);
	assert_string_equal(c->key, "revoked");
	wrong += c->reason != KA_REASON_NONE;
	snprintf(said + strlen(said), sizeof(said) - strlen(said), "%s %s\n", ka_reason_id(c->reason), c->text);
}

static void look(const char *revoked)
{
	said[0] = '\0';
	wrong = 0;
	ka_conf_default(&conf);
	conf.revoked = revoked;
	assert_int_equal(ka_datacheck_each(&conf, take, said), KA_ERR_OK);
}

static void revoked__none__nothing_is_said(void **state)
{
	(void)state;
	look("");
	assert_string_equal(said, "");
}

static void revoked__sound_files__what_they_are(void **state)
{
	(void)state;
	trustroot_file("/list", 0644, 0, "# nobody\n");
	trustroot_file("/one", 0644, 0, "SHA256:lPnmAAbrNMYg4YQtud9EaR2o2sWlA3V8Th96QOOebF8\n");
	look("/list /one");
	assert_string_equal(said, "- /list: 0 keys and fingerprints\n- /one: 1 key or fingerprint\n");
}

static void revoked__one_is_wrong__each_is_said(void **state)
{
	(void)state;
	trustroot_file("/list", 0644, 0, "# nobody\n");
	trustroot_file("/open", 0666, 0, "# nobody\n");
	look("/nowhere /list /open");
	assert_int_equal(wrong, 2);
	assert_string_equal(said, "data.missing every key is refused: /nowhere: is not there\n- /list: 0 keys and fingerprints\n"
				  "data.invalid every key is refused: /open: mode 0666, owner 0: others may write to it, so it is not believed; "
				  "mend: chmod go-w /open\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(revoked__none__nothing_is_said),
		cmocka_unit_test(revoked__sound_files__what_they_are),
		cmocka_unit_test(revoked__one_is_wrong__each_is_said),
	};

	return trustroot_run(tests, NULL);
}
