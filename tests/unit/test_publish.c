/* keyaudit/publish: the order of a publication; what lies in --to afterwards, whatever lay there and whatever failed. */
#include "keyaudit/publish/publish.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>

#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/publishplace.h"
#include "tests/unit/lib/signplace.h"

#include "base/poison.h"

static void publish__one_change__only_that_document_and_the_index(void **state)
{
	uint64_t before;

	(void)state;
	assert_int_equal(PUBLISH("--json"), 0);
	before = KEYS("bob")->head.serial;
	look("to/alice.keys");
	verbplace_append("from/bob.keys", KEY " three\n");
	assert_int_equal(PUBLISH("--json"), 0);
	assert_true(is_untouched("to/alice.keys"));
	assert_true(KEYS("bob")->head.serial > before);
	assert_int_equal(doc.lines, 3);
	assert_true(is_listed("alice") && is_listed("bob") && is_listed("carol"));
}

static void publish__other_hosts_or_another_signer__all_are_written(void **state)
{
	(void)state;
	assert_int_equal(PUBLISH("--json"), 0);
	assert_int_equal(PUBLISH("--json", "--hosts", "web*"), 0);
	assert_non_null(strstr(verbplace_out, "\"written\":3"));
	assert_int_equal(PUBLISH("--json", "--hosts", "web*", "--key", "ops-new"), 0);
	assert_non_null(strstr(verbplace_out, "\"written\":3"));
	assert_int_equal(KEYS("alice")->blocks, 2);
	assert_true(verbplace_verifies("to/alice.keys", "ops-new"));
	/* one of two signers is enough for what lies there to be ours */
	look("to/alice.keys");
	assert_int_equal(PUBLISH("--json", "--hosts", "web*"), 0);
	assert_true(is_untouched("to/alice.keys"));
}

static void publish__forged_document__is_made_anew(void **state)
{
	(void)state;
	assert_int_equal(PUBLISH("--json"), 0);
	verbplace_shell("sed -i 's/alice@laptop/alice@evil/' to/alice.keys");
	assert_int_equal(PUBLISH("--json"), 0);
	assert_true(verbplace_verifies("to/alice.keys", "ops"));
	assert_true(is_listed("alice"));
	/* another user's, with the same keys: signed by us, and not hers */
	verbplace_put("from/dave", KEY "\n");
	assert_int_equal(PUBLISH("--json"), 0);
	verbplace_shell("cp to/carol.keys to/dave.keys");
	assert_int_equal(PUBLISH("--json"), 0);
	assert_true(ka_span_is(KEYS("dave")->head.user, "dave"));
	verbplace_put("to/alice.keys", "garbage");
	assert_int_equal(PUBLISH("--json"), 0);
	assert_true(is_listed("alice"));
}

static void publish__time_goes_by__made_anew_before_the_end(void **state)
{
	int64_t expires;

	(void)state;
	assert_int_equal(PUBLISH("--json", "--expires", "9d"), 0);
	expires = KEYS("alice")->head.expires;
	ahead_sec = 2 * 86400;
	assert_int_equal(PUBLISH("--json", "--expires", "9d"), 0);
	assert_int_equal(KEYS("alice")->head.expires, expires);
	ahead_sec = 7 * 86400;
	assert_int_equal(PUBLISH("--json", "--expires", "9d"), 0);
	assert_int_equal(KEYS("alice")->head.expires, expires + 7 * 86400);
	assert_true(is_listed("alice"));
}

static void publish__user_without_a_file__is_emptied_and_goes_when_all_has_expired(void **state)
{
	uint64_t serial;

	(void)state;
	assert_int_equal(PUBLISH("--json"), 0);
	serial = KEYS("bob")->head.serial;
	assert_int_equal(unlink("from/bob.keys"), 0);
	assert_int_equal(PUBLISH("--json"), 0);
	assert_non_null(strstr(verbplace_out, "\"removed\":1"));
	assert_int_equal(KEYS("bob")->lines, 0);
	assert_true(doc.head.serial > serial);
	assert_true(ka_span_is(doc.head.hosts, "*"));
	assert_true(verbplace_verifies("to/bob.keys", "ops"));
	assert_false(is_listed("bob"));
	look("to/bob.keys");
	ahead_sec = 5 * 86400;
	assert_int_equal(PUBLISH("--json"), 0);
	assert_true(is_untouched("to/bob.keys"));
	ahead_sec = 9 * 86400;
	assert_int_equal(PUBLISH("--json"), 0);
	assert_false(verbplace_has("to/bob.keys"));
	/* and back again, higher than ever */
	verbplace_put("from/bob", KEY "\n");
	assert_int_equal(PUBLISH("--json"), 0);
	assert_true(is_listed("bob"));
	assert_true(KEYS("bob")->head.serial > serial + 9 * 86400 - 60);
}

static void publish__most_users_vanish__nothing_happens(void **state)
{
	char path[64];

	(void)state;
	for (int i = 0; i < 10; i++) {
		assert_true(snprintf(path, sizeof(path), "from/user%d", i) > 0);
		verbplace_put(path, KEY "\n");
	}
	assert_int_equal(PUBLISH("--json"), 0);
	verbplace_shell("rm from/user*");
	look("to/index");
	assert_int_equal(PUBLISH("--json"), 1);
	assert_non_null(strstr(verbplace_err, "10 of 13 users"));
	assert_true(is_untouched("to/index") && is_listed("user7"));
	assert_int_equal(PUBLISH("--json", "--max-removed", "10"), 0);
	assert_false(is_listed("user7"));
}

static void publish__higher_serials_of_others__are_never_undercut(void **state)
{
	(void)state;
	assert_int_equal(PUBLISH("--json"), 0);
	verbplace_shell("sed '/^-----BEGIN/,$d; s/^# serial: .*/# serial: 2000000000000/' to/alice.keys >a");
	assert_int_equal(VERBPLACE(ka_cmd_sign, "--key", "ops", "--output", "to/alice.keys", "a"), 0);
	assert_int_equal(PUBLISH("--json"), 0); /* ours, so the index that lists it is higher, and all that follows */
	assert_int_equal(document("to/index", KA_SIGNEDDOC_INDEX)->head.serial, 2000000000001);
	verbplace_append("from/bob.keys", KEY " x\n");
	assert_int_equal(PUBLISH("--json"), 0);
	assert_int_equal(KEYS("bob")->head.serial, 2000000000002);
	/* not ours: nobody knows */
	assert_int_equal(VERBPLACE(ka_cmd_publish, "--from", "from", "--to", "to", "--key", "ops-new"), 1);
	assert_non_null(strstr(verbplace_err, "2000000000002"));
	assert_int_equal(VERBPLACE(ka_cmd_publish, "--from", "from", "--to", "to", "--key", "ops-new", "--serial", "2000000000003"), 0);
	assert_int_equal(KEYS("alice")->head.serial, 2000000000003);
	assert_true(is_listed("alice"));
}

static void publish__ssh_keygen_cannot__nothing_happens(void **state)
{
	(void)state;
	assert_int_equal(PUBLISH(NULL), 0);
	look("to/index");
	verbplace_append("from/alice", KEY " x\n");
	verbplace_shell("mkdir away; mv ops away");
	assert_int_equal(VERBPLACE(ka_cmd_publish, "--from", "from", "--to", "to", "--key", "ops.pub"), 3);
	assert_true(is_untouched("to/index"));
	assert_int_equal(KEYS("alice")->lines, 1);
	verbplace_shell("test -z \"$(ls -A to/.keyaudit-publish)\"");
}

static void publish__another_is_at_work__status_75(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(PUBLISH(NULL), 0);
	fd = open("to/.keyaudit-publish", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0 && flock(fd, LOCK_EX) == 0);
	assert_int_equal(PUBLISH(NULL), 75);
	close(fd);
	verbplace_put("to/.keyaudit-publish/1", "left by a killed one");
	verbplace_append("from/alice", KEY " x\n");
	assert_int_equal(PUBLISH(NULL), 0);
	verbplace_shell("test -z \"$(ls -A to/.keyaudit-publish)\"");
}

static void publish__index_of_nobody__is_signed_too(void **state)
{
	(void)state;
	verbplace_shell("rm from/*");
	assert_int_equal(PUBLISH(NULL), 0);
	assert_int_equal(document("to/index", KA_SIGNEDDOC_INDEX)->lines, 0);
}

static void publish__many_jobs__the_same(void **state)
{
	char path[64];

	(void)state;
	for (int i = 0; i < 20; i++) {
		assert_true(snprintf(path, sizeof(path), "from/user%d", i) > 0);
		verbplace_put(path, KEY "\n");
	}
	assert_int_equal(PUBLISH("--jobs", "7"), 0);
	for (int i = 0; i < 20; i++) {
		assert_true(snprintf(path, sizeof(path), "user%d", i) > 0);
		assert_true(is_listed(path));
	}
}

/* ---- what lies in the folders ---- */

static const char *no_keygen; /* ssh-keygen is not there */

int execv(const char *path, char *const *argv)
{
	return (int)syscall(SYS_execve, no_keygen != NULL ? no_keygen : path, argv, environ);
}

#define FP(last) "SHA256:AbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAb" last "\n"

static bool says(const char *text)
{
	if (strstr(verbplace_err, text) != NULL && caught_is_plain(verbplace_err))
		return true;
	print_message("\"%s\" is not in\n%s", text, verbplace_err);
	return false;
}

static void publish__ssh_keygen_is_not_there__is_said_so(void **state)
{
	(void)state;
	no_keygen = "/nonexistent/ssh-keygen";
	assert_int_equal(PUBLISH(NULL), 3);
	no_keygen = NULL;
	assert_true(says("/usr/bin/ssh-keygen: cannot be run (ENOENT)"));
	assert_false(verbplace_has("to/index") || verbplace_has("to/alice.keys"));
}

static void publish__hostile_names__are_escaped_and_stop_everything(void **state)
{
	(void)state;
	verbplace_put("from/" SIGNPLACE_HOSTILE, KEY "\n");
	assert_int_equal(PUBLISH(NULL), 1);
	assert_true(says("keyaudit publish: e\\x1b[2J\\x0a\\xff\\xc3(x: no user can be called so"));
	assert_true(caught_is_plain(verbplace_out));
	assert_false(verbplace_has("to/index") || verbplace_has("to/alice.keys"));
	/* the same as what is published and as the folders themselves */
	assert_int_equal(rename("from/" SIGNPLACE_HOSTILE, "to/" SIGNPLACE_HOSTILE ".keys"), 0);
	assert_int_equal(PUBLISH(NULL), 0);
	assert_true(caught_is_plain(verbplace_err) && caught_is_plain(verbplace_out));
	assert_true(verbplace_has("to/" SIGNPLACE_HOSTILE ".keys"));
	assert_int_equal(VERBPLACE(ka_cmd_publish, "--from", SIGNPLACE_HOSTILE, "--to", "to", "--key", "ops"), 3);
	assert_true(says("e\\x1b[2J\\x0a\\xff\\xc3(x: no such folder"));
}

static void publish__foreign_files_in_to__stay_as_they_are(void **state)
{
	struct stat st;

	(void)state;
	verbplace_put("victim", "v");
	verbplace_put("to/robots.txt", "r");
	verbplace_put("to/folder/file", "f");
	verbplace_put("to/eve.keys", "garbage \033[2J");
	assert_int_equal(symlink("../victim", "to/mallory.keys"), 0);
	assert_int_equal(mkfifo("to/fifo.keys", 0600), 0);
	/* in the place of what is published: these go, and nothing that they lead to */
	assert_int_equal(symlink("../victim", "to/alice.keys"), 0);
	assert_int_equal(symlink("../victim", "to/index"), 0);
	verbplace_put("to/bob.keys", "# keyaudit-keys-v1\n# user: bo");
	assert_int_equal(PUBLISH(NULL), 0);
	assert_true(says("eve: what is published as this user's keys is no document; left alone"));
	assert_true(says("mallory: ") && says("fifo: "));
	assert_true(is_listed("alice") && is_listed("bob") && is_listed("carol"));
	assert_false(is_listed("eve") || is_listed("mallory"));
	assert_true(lstat("to/alice.keys", &st) == 0 && S_ISREG(st.st_mode));
	assert_true(lstat("to/index", &st) == 0 && S_ISREG(st.st_mode));
	assert_string_equal(verbplace_get("victim", NULL), "v");
	assert_string_equal(verbplace_get("to/robots.txt", NULL), "r");
	assert_string_equal(verbplace_get("to/folder/file", NULL), "f");
	assert_string_equal(verbplace_get("to/eve.keys", NULL), "garbage \033[2J");
	assert_true(lstat("to/fifo.keys", &st) == 0 && S_ISFIFO(st.st_mode));
}

static void publish__folder_in_a_place__is_said_before_anything_is_moved(void **state)
{
	static const char *const places[] = { "bob.keys", "index", "revoked" };
	char said[128];

	(void)state;
	verbplace_put("list", FP("0"));
	assert_int_equal(PUBLISH("--revoked", "list"), 0);
	verbplace_append("from/alice", KEY " new\n");
	verbplace_append("from/bob.keys", KEY " new\n");
	look("to/alice.keys");
	for (size_t i = 0; i < KA_ARRAY_LEN(places); i++) {
		assert_true(setenv("PLACE", places[i], 1) == 0);
		verbplace_shell("mv to/$PLACE . && mkdir -p to/$PLACE/sub");
		assert_true(snprintf(said, sizeof(said), "to/%s: is a folder, and a document is to be there: move it away", places[i]) > 0);
		assert_int_equal(PUBLISH("--dry-run", "--revoked", "list"), 1);
		assert_true(says(said));
		assert_int_equal(PUBLISH("--revoked", "list"), 1);
		assert_true(says(said));
		assert_true(is_untouched("to/alice.keys"));
		verbplace_shell("rmdir -p to/$PLACE/sub 2>/dev/null; mv $PLACE to/");
	}
	unsetenv("PLACE");
	/* in a place that nothing is to be put into, it is nobody's business */
	verbplace_shell("mkdir to/sub.keys to/sub");
	assert_int_equal(PUBLISH(NULL), 0);
	assert_true(is_listed("alice") && is_listed("bob") && is_listed("carol"));
}

static void publish__more_than_a_document_holds__is_said_and_nothing_happens(void **state)
{
	size_t room = 300 * 1024;
	char *text = malloc(room);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < KA_SIGNED_LINES_MAX; i++)
		memcpy(text + i * sizeof(KEY), KEY "\n", sizeof(KEY));
	text[KA_SIGNED_LINES_MAX * sizeof(KEY)] = '\0';
	verbplace_put("from/alice", text);
	assert_int_equal(PUBLISH("--dry-run"), 0);
	verbplace_append("from/alice", KEY "\n");
	assert_int_equal(PUBLISH(NULL), 1);
	assert_true(says("from/alice: more keys than a document holds (1000)"));
	memset(text, 'x', room - 1);
	for (size_t i = 4000; i < room; i += 4000)
		memcpy(text + i, "\n" KEY " ", sizeof(KEY) + 1);
	memcpy(text, KEY " ", sizeof(KEY));
	text[room - 1] = '\0';
	verbplace_put("from/alice", text);
	assert_int_equal(PUBLISH(NULL), 1);
	assert_true(says("from/alice: more than a document holds (256 KiB)"));
	text[KA_SIGNED_DOC_MAX - 4000] = '\0'; /* with its headers and its signature */
	verbplace_put("from/alice", text);
	assert_int_equal(PUBLISH("--dry-run"), 1);
	assert_true(says("from/alice: more than a document holds (256 KiB)"));
	text[200 * 1024] = '\0';
	verbplace_put("from/alice", text);
	assert_int_equal(PUBLISH("--dry-run"), 0);
	assert_false(verbplace_has("to/index") || verbplace_has("to/alice.keys"));
	free(text);
}

static void publish__revoked_list_of_others__counts_for_nothing(void **state)
{
	char *theirs;

	(void)state;
	verbplace_signer("stranger");
	theirs = signplace_document(signplace_headers("# keyaudit-revoked-v1", NULL, 5, FP("0") FP("4")), (const char *const[]){ "stranger", NULL });
	verbplace_put("to/revoked", theirs);
	free(theirs);
	verbplace_put("list", FP("0"));
	assert_int_equal(PUBLISH("--revoked", "list", "--json"), 0);
	assert_non_null(strstr(verbplace_out, "\"revoked_lost\":0,\"revoked_written\":true"));
	assert_true(verbplace_verifies("to/revoked", "ops"));
	assert_int_equal(document("to/revoked", KA_SIGNEDDOC_REVOKED)->lines, 1);
	/* ours does: what goes is counted, and said */
	verbplace_put("list", FP("4"));
	assert_int_equal(PUBLISH("--revoked", "list", "--json"), 0);
	assert_non_null(strstr(verbplace_out, "\"revoked_lost\":1,\"revoked_written\":true"));
	assert_true(says("fingerprints that were revoked are so no more"));
	/* a half-written one is none */
	verbplace_put("to/revoked", "# keyaudit-revoked-v1\n# hos");
	assert_int_equal(PUBLISH("--revoked", "list", "--json"), 0);
	assert_true(verbplace_verifies("to/revoked", "ops"));
}

static void publish__serials_are_used_up__is_said(void **state)
{
	(void)state;
	assert_int_equal(PUBLISH("--serial", "9223372036854775807"), 0);
	assert_int_equal(KEYS("alice")->head.serial, INT64_MAX);
	look("to/index");
	assert_int_equal(PUBLISH(NULL), 0); /* nothing is to be made, so none is needed */
	assert_int_equal(PUBLISH("--dry-run"), 0);
	assert_true(is_untouched("to/index"));
	verbplace_append("from/bob.keys", KEY " more\n");
	assert_int_equal(PUBLISH("--dry-run"), 1);
	assert_int_equal(PUBLISH(NULL), 1);
	assert_true(says("to: the highest serial is used up"));
	assert_true(is_untouched("to/index"));
	verbplace_shell("cp to/index kept && head -n -1 from/bob.keys >b && mv b from/bob.keys && rm to/index");
	assert_int_equal(PUBLISH(NULL), 1); /* the index alone */
	assert_true(says("to: the highest serial is used up"));
	assert_false(verbplace_has("to/index"));
	verbplace_shell("mv kept to/index");
	assert_int_equal(PUBLISH(NULL), 0);
}

static bool as_nobody(void)
{
	return chmod("to", 0755) == 0 && caught_as_nobody();
}

static int publish_as_it_is(int argc, char **argv)
{
	return ka_cmd_publish(argc, argv);
}

static void publish__folder_that_is_closed__status_77(void **state)
{
	static const char *const words[] = { "--from", "from", "--to", "to", "--key", "ops.pub", NULL };

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(mkdir("to", 0755), 0);
	assert_int_equal(chmod(".", 0755), 0);
	assert_int_equal(caught_verb_of(as_nobody, publish_as_it_is, "publish", words), 77);
	assert_non_null(strstr(caught_err, "to: cannot be written (EACCES)"));
	assert_false(verbplace_has("to/index"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(publish__one_change__only_that_document_and_the_index, setup),
		cmocka_unit_test_setup(publish__other_hosts_or_another_signer__all_are_written, setup),
		cmocka_unit_test_setup(publish__forged_document__is_made_anew, setup),
		cmocka_unit_test_setup(publish__time_goes_by__made_anew_before_the_end, setup),
		cmocka_unit_test_setup(publish__user_without_a_file__is_emptied_and_goes_when_all_has_expired, setup),
		cmocka_unit_test_setup(publish__most_users_vanish__nothing_happens, setup),
		cmocka_unit_test_setup(publish__higher_serials_of_others__are_never_undercut, setup),
		cmocka_unit_test_setup(publish__ssh_keygen_cannot__nothing_happens, setup),
		cmocka_unit_test_setup(publish__another_is_at_work__status_75, setup),
		cmocka_unit_test_setup(publish__index_of_nobody__is_signed_too, setup),
		cmocka_unit_test_setup(publish__many_jobs__the_same, setup),
		cmocka_unit_test_setup(publish__ssh_keygen_is_not_there__is_said_so, setup),
		cmocka_unit_test_setup(publish__hostile_names__are_escaped_and_stop_everything, setup),
		cmocka_unit_test_setup(publish__foreign_files_in_to__stay_as_they_are, setup),
		cmocka_unit_test_setup(publish__folder_in_a_place__is_said_before_anything_is_moved, setup),
		cmocka_unit_test_setup(publish__more_than_a_document_holds__is_said_and_nothing_happens, setup),
		cmocka_unit_test_setup(publish__revoked_list_of_others__counts_for_nothing, setup),
		cmocka_unit_test_setup(publish__serials_are_used_up__is_said, setup),
		cmocka_unit_test_setup(publish__folder_that_is_closed__status_77, setup),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
