/* keyaudit publish with the real ssh-keygen: what lies in the folder afterwards, and what is left alone. */
#include "keyaudit/cmd.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>
#include <sodium.h>

#include "base/clock.h"
#include "base/text.h"
#include "keyaudit/toolpolicy.h"
#include "store/signedindex.h"
#include "tests/unit/lib/verbplace.h"

#include "base/poison.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP4c0dsOHq5vBNwtKeroAvBjRTyCtcz7jgy5OCu3feNl"
#define KEY_FP "SHA256:"
#define WEAK "ssh-dss AAAAB3NzaC1kc3MAAACBAK"
#define PUBLISH(...) VERBPLACE(ka_cmd_publish, "--from", "from", "--to", "to", "--key", "ops", __VA_ARGS__)

/* stands before the one in the archive: no configuration of this machine may decide a test */
enum ka_err ka_toolpolicy_load(const char *path, struct ka_toolpolicy *out)
{
	memset(out, 0, sizeof(*out));
	ka_vetpolicy_default(&out->policy);
	return path == NULL ? KA_ERR_OK : KA_ERR_SYNTAX;
}

/* so does this: the time of day stands still, or a test says how far ahead it is; no second ends between two looks */
static int64_t began_sec, ahead_sec;

int clock_gettime(clockid_t id, struct timespec *ts)
{
	long rc = syscall(SYS_clock_gettime, id, ts);

	if (id != CLOCK_REALTIME || rc != 0)
		return (int)rc;
	if (began_sec == 0)
		began_sec = ts->tv_sec;
	*ts = (struct timespec){ .tv_sec = began_sec + ahead_sec };
	return 0;
}

/* and this: ssh-keygen is done in a few milliseconds, and publications are many here */
int poll(struct pollfd *fds, nfds_t count, int ms)
{
	const struct timespec soon = { .tv_nsec = 1000000 };

	if (count == 0 && ms > 1)
		return (int)syscall(SYS_ppoll, NULL, 0, &soon, NULL, 0);
	return (int)syscall(SYS_poll, fds, count, ms);
}

static struct ka_signeddoc doc;
static struct stat seen;

static int setup(void **state)
{
	(void)state;
	verbplace_clear();
	ahead_sec = 0;
	verbplace_signer("ops");
	verbplace_signer("ops-new");
	verbplace_put("from/alice", KEY " alice@laptop\n");
	verbplace_put("from/bob.keys", "# bob\n\n" KEY " one\r\n" KEY " two\r\n");
	verbplace_put("from/carol.pub", KEY);
	return 0;
}

static const struct ka_signeddoc *document(const char *path, enum ka_signeddoc_kind kind)
{
	size_t len;
	const char *bytes = verbplace_get(path, &len);

	assert_non_null(bytes);
	assert_int_equal(ka_signeddoc_parse((struct ka_span){ (const uint8_t *)bytes, len }, kind, &doc), KA_REASON_NONE);
	return &doc;
}

#define KEYS(user) document("to/" user ".keys", KA_SIGNEDDOC_KEYS)

/* the index lists @user with the document that is there */
static bool is_listed(const char *user)
{
	static char index[1 << 16], path[512];
	static struct ka_signeddoc list;
	struct ka_signedindex_entry entry;
	uint8_t sha256[32];
	const char *bytes;
	size_t len;

	bytes = verbplace_get("to/index", &len);
	assert_true(bytes != NULL && len < sizeof(index));
	memcpy(index, bytes, len);
	assert_int_equal(ka_signeddoc_parse((struct ka_span){ (const uint8_t *)index, len }, KA_SIGNEDDOC_INDEX, &list), KA_REASON_NONE);
	if (ka_signedindex_find(&list, user, &entry) != KA_SIGNEDINDEX_FOUND)
		return false;
	assert_true(snprintf(path, sizeof(path), "to/%s.keys", user) > 0);
	assert_int_equal(document(path, KA_SIGNEDDOC_KEYS)->head.serial, entry.serial);
	bytes = verbplace_get(path, &len);
	crypto_hash_sha256(sha256, (const uint8_t *)bytes, len);
	assert_memory_equal(sha256, entry.sha256, sizeof(sha256));
	return true;
}

static void look(const char *path)
{
	assert_int_equal(stat(path, &seen), 0);
}

/* untouched since look(): the same file, not one with the same bytes */
static bool is_untouched(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_ino == seen.st_ino && st.st_mtim.tv_sec == seen.st_mtim.tv_sec && st.st_mtim.tv_nsec == seen.st_mtim.tv_nsec;
}

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
	for (int i = 0; i < 30; i++) {
		assert_true(snprintf(path, sizeof(path), "from/user%d", i) > 0);
		verbplace_put(path, KEY "\n");
	}
	assert_int_equal(PUBLISH("--json"), 0);
	verbplace_shell("rm from/user*");
	look("to/index");
	assert_int_equal(PUBLISH("--json"), 1);
	assert_non_null(strstr(verbplace_err, "30 of 33 users"));
	assert_true(is_untouched("to/index") && is_listed("user7"));
	assert_int_equal(PUBLISH("--json", "--max-removed", "30"), 0);
	assert_false(is_listed("user7"));
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

static void publish__many_jobs__the_same(void **state)
{
	char path[64];

	(void)state;
	for (int i = 0; i < 50; i++) {
		assert_true(snprintf(path, sizeof(path), "from/user%d", i) > 0);
		verbplace_put(path, KEY "\n");
	}
	assert_int_equal(PUBLISH("--jobs", "7"), 0);
	for (int i = 0; i < 50; i++) {
		assert_true(snprintf(path, sizeof(path), "user%d", i) > 0);
		assert_true(is_listed(path));
	}
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
		cmocka_unit_test_setup(publish__one_change__only_that_document_and_the_index, setup),
		cmocka_unit_test_setup(publish__other_hosts_or_another_signer__all_are_written, setup),
		cmocka_unit_test_setup(publish__forged_document__is_made_anew, setup),
		cmocka_unit_test_setup(publish__time_goes_by__made_anew_before_the_end, setup),
		cmocka_unit_test_setup(publish__user_without_a_file__is_emptied_and_goes_when_all_has_expired, setup),
		cmocka_unit_test_setup(publish__most_users_vanish__nothing_happens, setup),
		cmocka_unit_test_setup(publish__refused_key__stops_everything_unless_it_is_said, setup),
		cmocka_unit_test_setup(publish__wrong_files__stop_everything, setup),
		cmocka_unit_test_setup(publish__revoked__signed_list_and_no_such_key, setup),
		cmocka_unit_test_setup(publish__dry_run__says_what_and_does_nothing, setup),
		cmocka_unit_test_setup(publish__higher_serials_of_others__are_never_undercut, setup),
		cmocka_unit_test_setup(publish__ssh_keygen_cannot__nothing_happens, setup),
		cmocka_unit_test_setup(publish__another_is_at_work__status_75, setup),
		cmocka_unit_test_setup(publish__index_of_nobody__is_signed_too, setup),
		cmocka_unit_test_setup(publish__json__has_every_field_of_the_document, setup),
		cmocka_unit_test_setup(publish__many_jobs__the_same, setup),
		cmocka_unit_test_setup(publish__usage__status_2, setup),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
