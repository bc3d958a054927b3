/* keyaudit publish with the real ssh-keygen: its options, what it says, and the folder that comes of them. */
#include "keyaudit/cmd.h"

#include <stdlib.h>

#include <jansson.h>

#include "tests/unit/lib/publishplace.h"

#include "base/poison.h"

static void publish__folder_of_keys__becomes_a_store(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(PUBLISH("--hosts", "web* db*", "--expires", "3d"), 0);
	assert_true(verbplace_verifies("to/alice.keys", "ops"));
	assert_true(verbplace_verifies("to/index", "ops"));
	assert_true(is_listed("alice") && is_listed("bob") && is_listed("carol"));
	assert_true(ka_span_is(KEYS("bob")->body, KEY " one\n" KEY " two\n"));
	assert_true(ka_span_is(doc.head.user, "bob"));
	assert_true(ka_span_is(doc.head.hosts, "web* db*"));
	assert_int_equal(doc.head.expires - doc.head.issued, 3 * 86400);
	assert_true(ka_span_is(KEYS("carol")->body, KEY "\n"));
	assert_int_equal(stat("to/alice.keys", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(stat("to/.keyaudit-publish", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	verbplace_shell("test -z \"$(ls -A to/.keyaudit-publish)\"");
	assert_false(verbplace_has("to/revoked"));
}

static void publish__again__nothing_is_touched(void **state)
{
	(void)state;
	assert_int_equal(PUBLISH("--json"), 0);
	look("to/index");
	assert_int_equal(PUBLISH("--json"), 0);
	assert_true(is_untouched("to/index"));
	assert_non_null(strstr(verbplace_out, "\"written\":0,\"unchanged\":3"));
	assert_non_null(strstr(verbplace_out, "\"index_written\":false"));
}

static void publish__refused_key__stops_everything_unless_it_is_said(void **state)
{
	(void)state;
	assert_int_equal(PUBLISH("--json"), 0);
	look("to/index");
	verbplace_append("from/alice", "cert-authority,no-pty " KEY " alice2\n");
	verbplace_append("from/bob.keys", KEY " more\n");
	assert_int_equal(PUBLISH(NULL), 1);
	assert_non_null(strstr(verbplace_out, "from/alice:2: reject"));
	assert_non_null(strstr(verbplace_out, "option.cert-authority"));
	assert_true(is_untouched("to/index"));
	assert_int_equal(PUBLISH("--refused=leave-out"), 0);
	assert_int_equal(KEYS("alice")->lines, 1);
	assert_int_equal(KEYS("bob")->lines, 3);
	assert_int_equal(PUBLISH("--refused=publish"), 0);
	assert_int_equal(KEYS("alice")->lines, 2);
	/* what is no key at all is never published */
	verbplace_append("from/alice", "<html>\n");
	assert_int_equal(PUBLISH("--refused=publish"), 0);
	assert_int_equal(KEYS("alice")->lines, 2);
}

static void publish__wrong_files__stop_everything(void **state)
{
	(void)state;
	assert_int_equal(PUBLISH("--json"), 0);
	look("to/index");
	verbplace_put("from/no user", KEY "\n");
	assert_int_equal(PUBLISH("--json"), 1);
	assert_int_equal(unlink("from/no user"), 0);
	verbplace_put("from/alice.pub", KEY "\n");
	assert_int_equal(PUBLISH("--json"), 1);
	assert_non_null(strstr(verbplace_err, "second file"));
	assert_int_equal(unlink("from/alice.pub"), 0);
	verbplace_shell("ln -s /etc/passwd from/dave");
	assert_int_equal(PUBLISH("--json"), 1);
	assert_int_equal(unlink("from/dave"), 0);
	verbplace_shell("mkfifo from/dave");
	assert_int_equal(PUBLISH("--json"), 1);
	assert_int_equal(unlink("from/dave"), 0);
	assert_true(is_untouched("to/index"));
}

static void publish__revoked__signed_list_and_no_such_key(void **state)
{
	static char fp[128];
	size_t n;

	(void)state;
	verbplace_put("key.pub", KEY "\n");
	verbplace_shell("ssh-keygen -lf key.pub | cut -d' ' -f2 >fp");
	n = strcspn(verbplace_get("fp", NULL), "\n");
	assert_true(n < sizeof(fp));
	memcpy(fp, verbplace_get("fp", NULL), n);
	verbplace_put("list", "SHA256:AbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAb0 lost laptop\n");
	assert_int_equal(PUBLISH("--json", "--revoked", "list"), 0);
	assert_true(ka_span_is(document("to/revoked", KA_SIGNEDDOC_REVOKED)->body, "SHA256:AbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAb0\n"));
	assert_true(verbplace_verifies("to/revoked", "ops"));
	look("to/revoked");
	assert_int_equal(PUBLISH("--json", "--revoked", "list"), 0);
	assert_true(is_untouched("to/revoked"));
	assert_int_equal(PUBLISH("--json"), 0);
	assert_true(is_untouched("to/revoked"));
	assert_non_null(strstr(verbplace_err, "--revoked is not given"));
	/* a key that somebody still has in a file */
	verbplace_append("list", fp);
	assert_int_equal(PUBLISH(NULL), 0);
	assert_int_equal(PUBLISH("--revoked", "list"), 1);
	assert_non_null(strstr(verbplace_out, "revoked.store"));
	assert_true(is_untouched("to/revoked"));
	assert_int_equal(PUBLISH("--revoked", "list", "--refused=leave-out"), 0);
	assert_int_equal(document("to/revoked", KA_SIGNEDDOC_REVOKED)->lines, 2);
	assert_int_equal(KEYS("alice")->lines, 0);
	assert_true(is_listed("alice"));
	/* a list that nobody can read closes nothing by accident */
	verbplace_put("list", "not a fingerprint\n");
	look("to/revoked");
	assert_int_equal(PUBLISH("--revoked", "list"), 1);
	assert_true(is_untouched("to/revoked"));
	/* fewer than before: done, and said */
	verbplace_put("list", "");
	assert_int_equal(PUBLISH("--revoked", "list", "--json"), 0);
	assert_non_null(strstr(verbplace_out, "\"revoked_lost\":2"));
}

static void publish__dry_run__says_what_and_does_nothing(void **state)
{
	(void)state;
	assert_int_equal(PUBLISH("--dry-run"), 0);
	assert_non_null(strstr(verbplace_out, "3 would be written"));
	assert_false(verbplace_has("to"));
	assert_int_equal(PUBLISH(NULL), 0);
	look("to/index");
	verbplace_append("from/alice", KEY " x\n");
	assert_int_equal(PUBLISH("--dry-run", "--json"), 0);
	assert_non_null(strstr(verbplace_out, "\"published\":false,\"dry_run\":true,\"users\":3,\"written\":1"));
	assert_true(is_untouched("to/index"));
	assert_int_equal(KEYS("alice")->lines, 1);
}

static void publish__json__has_every_field_of_the_document(void **state)
{
	json_t *o;

	(void)state;
	assert_int_equal(PUBLISH("--json"), 0);
	o = json_loads(verbplace_out, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(o);
	assert_string_equal(json_string_value(json_object_get(o, "schema")), "keyaudit.publish/1");
	assert_true(json_is_true(json_object_get(o, "published")));
	assert_int_equal(json_integer_value(json_object_get(o, "users")), 3);
	assert_int_equal(json_integer_value(json_object_get(o, "serial")), KEYS("alice")->head.serial);
	json_decref(o);
}

static void publish__usage__status_2(void **state)
{
	(void)state;
	assert_int_equal(VERBPLACE(ka_cmd_publish, "--from", "from", "--to", "to"), 2);
	assert_int_equal(PUBLISH("--expires", "1m"), 2);
	assert_int_equal(PUBLISH("--expires", "soon"), 2);
	assert_int_equal(PUBLISH("--hosts", "a b  c"), 2);
	assert_int_equal(PUBLISH("--jobs", "0"), 2);
	assert_int_equal(PUBLISH("--refused=maybe"), 2);
	assert_int_equal(PUBLISH("--max-removed", "-1"), 2);
	assert_int_equal(PUBLISH("stray"), 2);
	assert_int_equal(PUBLISH("--revoked"), 2);
	assert_int_equal(PUBLISH("--help"), 0);
	assert_int_equal(VERBPLACE(ka_cmd_publish, "--from", "from", "--to", "from", "--key", "ops"), 3);
	assert_int_equal(VERBPLACE(ka_cmd_publish, "--from", "absent", "--to", "to", "--key", "ops"), 3);
	assert_int_equal(VERBPLACE(ka_cmd_publish, "--from", "from", "--to", "to", "--key", "absent"), 3);
	assert_int_equal(PUBLISH("-c", "broken"), 3);
	assert_false(verbplace_has("to/index"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(publish__folder_of_keys__becomes_a_store, setup),
		cmocka_unit_test_setup(publish__again__nothing_is_touched, setup),
		cmocka_unit_test_setup(publish__refused_key__stops_everything_unless_it_is_said, setup),
		cmocka_unit_test_setup(publish__wrong_files__stop_everything, setup),
		cmocka_unit_test_setup(publish__revoked__signed_list_and_no_such_key, setup),
		cmocka_unit_test_setup(publish__dry_run__says_what_and_does_nothing, setup),
		cmocka_unit_test_setup(publish__json__has_every_field_of_the_document, setup),
		cmocka_unit_test_setup(publish__usage__status_2, setup),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
