/* datacheck: each file that keys are judged by, as it was found. */
#include "keyaudit/config/datacheck.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include <cmocka.h>

#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

static struct ka_conf conf;
static char said[4096];
static char causes[4096];
static unsigned wrong, warned;

static void take(void *ctx, const struct ka_datacheck *c)
{
	assert_ptr_equal(ctx, said);
	wrong += c->reason != KA_REASON_NONE;
	warned += c->is_warning;
	snprintf(said + strlen(said), sizeof(said) - strlen(said), "%s%s %s\n", strcmp(c->key, "revoked") == 0 ? "" : "list ",
		 ka_reason_id(c->reason), c->text);
	snprintf(causes + strlen(causes), sizeof(causes) - strlen(causes), "%.*s %s\n", (int)c->path.len, (const char *)c->path.p, c->text + c->cause);
}

static void look_at(void)
{
	said[0] = causes[0] = '\0';
	wrong = warned = 0;
	assert_int_equal(ka_datacheck_each(&conf, take, said), KA_ERR_OK);
}

static void look(const char *revoked)
{
	ka_conf_default(&conf);
	conf.revoked = revoked;
	look_at();
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

static void revoked__said_of_a_folder__the_cause_names_it(void **state)
{
	(void)state;
	trustroot_dir("/wide", 0777, 0);
	trustroot_file("/wide/list", 0644, 0, "# nobody\n");
	look("/nowhere /wide/list");
	assert_non_null(strstr(causes, "/nowhere is not there\n"));
	assert_non_null(strstr(causes, "/wide/list /wide: mode 0777"));
}

static void blocklist__required__each_refuses(void **state)
{
	static const char record[] = "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb", turned[] = "bbbbbbbbbbbbbbbbaaaaaaaaaaaaaaaa";

	(void)state;
	trustroot_file("/good", 0644, 0, record);
	trustroot_file("/turned", 0644, 0, turned);
	trustroot_file("/torn", 0644, 0, "torn");
	ka_conf_default(&conf);
	conf.blocklist = "/good /none /turned /torn";
	look_at();
	assert_int_equal(wrong, 0);
	assert_int_equal(warned, 3);
	conf.blocklist_required = true;
	look_at();
	assert_int_equal(wrong, 3);
	assert_int_equal(warned, 0);
	assert_string_equal(said, "list - /good: 2 compromised keys\n"
				  "list data.missing every key is refused: /none: is not there; mend: keyaudit blocklist update\n"
				  "list data.invalid every key is refused: /turned: its records are not in ascending order; mend: keyaudit blocklist update\n"
				  "list data.invalid every key is refused: /torn: its size is no multiple of 16; mend: keyaudit blocklist update\n");
	assert_non_null(strstr(causes, "/none is not there; mend"));
	/* the site may make less of it */
	conf.severities_count = 1;
	conf.severities[0].reason = KA_REASON_DATA_MISSING;
	conf.severities[0].value = KA_ACTION_WARN;
	look_at();
	assert_int_equal(wrong, 2);
	assert_int_equal(warned, 1);
}

static void blocklist__that_others_could_have_written__is_not_believed(void **state)
{
	(void)state;
	trustroot_file("/lax", 0666, 0, "aaaaaaaaaaaaaaaa");
	trustroot_dir("/folder", 0755, 0);
	ka_conf_default(&conf);
	conf.blocklist = "/lax /folder";
	conf.blocklist_required = true;
	look_at();
	assert_string_equal(said, "list data.invalid every key is refused: /lax: group or others may write to it; mend: keyaudit blocklist update\n"
				  "list data.invalid every key is refused: /folder: it is no regular file; mend: keyaudit blocklist update\n");
	if (!trustroot_has_uids())
		return;
	trustroot_file("/theirs", 0644, 1000, "aaaaaaaaaaaaaaaa");
	conf.blocklist = "/theirs";
	look_at();
	assert_string_equal(said, "list data.invalid every key is refused: /theirs: it is not root's; mend: keyaudit blocklist update\n");
}

static void blocklist__old__stale(void **state)
{
	struct timeval old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };

	(void)state;
	trustroot_file("/old", 0644, 0, "aaaaaaaaaaaaaaaa");
	assert_int_equal(utimes("/old", old), 0);
	ka_conf_default(&conf);
	conf.blocklist = "/old";
	conf.blocklist_required = true;
	look_at();
	assert_string_equal(said, "list - /old: 1 compromised key\n");
	conf.blocklist_max_age_sec = 3600;
	look_at();
	assert_string_equal(said, "list data.stale every key is refused: /old: it was written longer ago than blocklist_max_age allows; "
				  "mend: keyaudit blocklist update\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(revoked__none__nothing_is_said),
		cmocka_unit_test(revoked__sound_files__what_they_are),
		cmocka_unit_test(revoked__one_is_wrong__each_is_said),
		cmocka_unit_test(revoked__said_of_a_folder__the_cause_names_it),
		cmocka_unit_test(blocklist__required__each_refuses),
		cmocka_unit_test(blocklist__that_others_could_have_written__is_not_believed),
		cmocka_unit_test(blocklist__old__stale),
	};

	return trustroot_run(tests, NULL);
}
