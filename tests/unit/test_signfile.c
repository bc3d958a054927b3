/* keyaudit/signfile: the text of a document, the blocks that stay, and a file that is whole or as it was. */
#include "keyaudit/sign/signfile.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/signplace.h"
#include "tests/unit/lib/verbplace.h"

#include "base/poison.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP4c0dsOHq5vBNwtKeroAvBjRTyCtcz7jgy5OCu3feNl alice@laptop\n"
#define MAGIC "# keyaudit-keys-v1"
#define AS_IT_STANDS (struct ka_signfile_want){ .now = now }

static struct ka_signerkey keys[2];
static struct ka_signwork_how how;
static struct ka_signwork w;
static struct ka_signfile f;
static int64_t now;

static int setup(void **state)
{
	(void)state;
	verbplace_clear();
	signplace_key("ops", &keys[0]);
	signplace_key("ops-new", &keys[1]);
	how = (struct ka_signwork_how){ .keys = keys, .keys_count = 1, .jobs = 1 };
	now = time(NULL);
	w.dir = -1;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ka_signfile_free(&f);
	ka_signfile_free(&f); /* once more does no harm */
	ka_signwork_close(&w);
	return 0;
}

static void prepare(const char *text, struct ka_signfile_want want)
{
	verbplace_put("doc", text);
	ka_signfile_free(&f);
	assert_int_equal(ka_signfile_prepare(&f, "doc", &want, &how, &w.room), KA_ERR_OK);
}

static bool text_is(const char *expected)
{
	return ka_span_is(ka_buf_as_span(&f.text), expected);
}

static bool body_is(const char *expected)
{
	return ka_span_is(f.doc.body, expected);
}

static void wrong_is(const char *text, struct ka_signfile_want want, const char *said)
{
	prepare(text, want);
	if (strstr(f.wrong, said) == NULL || f.wrong[0] == '\0')
		fail_msg("\"%s\" said of\n%s", f.wrong, text);
}

static enum ka_err finish(const char *to)
{
	assert_string_equal(f.wrong, "");
	ka_signwork_close(&w);
	assert_int_equal(ka_signwork_open(&w), KA_ERR_OK);
	assert_int_equal(ka_signwork_add(&w, ka_buf_as_span(&f.text)), KA_ERR_OK);
	f.number = w.count;
	assert_int_equal(ka_signwork_sign(&w, &how), KA_ERR_OK);
	return ka_signfile_finish(&f, &w, &how, to);
}

static void prepare__plain_key_file__gets_every_header(void **state)
{
	(void)state;
	prepare(KEY "\r\n# a comment\r\nlast", (struct ka_signfile_want){ .user = "alice", .now = now });
	assert_string_equal(f.wrong, "");
	assert_true(body_is(KEY "\n# a comment\nlast\n"));
	assert_true(ka_span_is(f.doc.head.user, "alice") && ka_span_is(f.doc.head.hosts, "*"));
	assert_int_equal(f.doc.head.serial, now);
	assert_int_equal(f.doc.head.issued, now);
	assert_int_equal(f.doc.head.expires, now + KA_SIGN_EXPIRES_SEC);
	prepare(KEY, (struct ka_signfile_want){ .user = "alice", .hosts = "web* db1", .serial = 42, .expires = now + 1, .now = now });
	assert_true(ka_span_is(f.doc.head.hosts, "web* db1"));
	assert_int_equal(f.doc.head.serial, 42);
	assert_int_equal(f.doc.head.expires, now + 1);
	/* a file of nobody's keys is one too */
	prepare("", (struct ka_signfile_want){ .user = "alice", .now = now });
	assert_string_equal(f.wrong, "");
	assert_int_equal(f.doc.lines, 0);
}

static void prepare__first_line_like_a_header__stays_a_comment(void **state)
{
	(void)state;
	prepare("# hosts: evil\n# user: root\n" KEY, (struct ka_signfile_want){ .user = "alice", .now = now });
	assert_string_equal(f.wrong, "");
	assert_true(body_is("\n# hosts: evil\n# user: root\n" KEY));
	assert_true(ka_span_is(f.doc.head.hosts, "*") && ka_span_is(f.doc.head.user, "alice"));
}

static void prepare__document__is_signed_as_it_stands(void **state)
{
	const char *text = signplace_headers(MAGIC, "alice", 7, KEY "# end");
	char *before = strdup(text);

	(void)state;
	prepare(text, AS_IT_STANDS);
	assert_string_equal(f.wrong, "");
	assert_int_equal(f.doc.head.serial, 7);
	/* but for the end of its last line */
	assert_true(ka_buf_as_span(&f.text).len == strlen(before) + 1 && ka_span_starts(ka_buf_as_span(&f.text), before));
	free(before);
}

static void prepare__headers_anew__what_was_not_asked_for_stays(void **state)
{
	char *text = strdup(signplace_headers(MAGIC, "alice", (unsigned long long)now + 100, KEY));

	(void)state;
	prepare(text, (struct ka_signfile_want){ .expires = now + 60, .now = now });
	assert_string_equal(f.wrong, "");
	assert_true(ka_span_is(f.doc.head.user, "alice") && body_is(KEY));
	assert_int_equal(f.doc.head.serial, now + 101); /* later than the old one, which was ahead of the clock */
	assert_int_equal(f.doc.head.expires, now + 60);
	prepare(text, (struct ka_signfile_want){ .user = "bob", .now = now });
	assert_true(ka_span_is(f.doc.head.user, "bob"));
	wrong_is(text, (struct ka_signfile_want){ .serial = (uint64_t)now + 100, .now = now }, "serial is higher already");
	free(text);
}

static void prepare__what_hosts_would_refuse__is_said(void **state)
{
	(void)state;
	wrong_is(KEY, AS_IT_STANDS, "--user USER makes it one");
	wrong_is(KEY, (struct ka_signfile_want){ .hosts = "*", .now = now }, "--user USER makes it one");
	wrong_is("# keyaudit-revoked-v1\n", (struct ka_signfile_want){ .user = "alice", .now = now }, "a header is missing");
	wrong_is(signplace_headers("# keyaudit-index-v1", NULL, 1, ""), (struct ka_signfile_want){ .user = "alice", .now = now },
		 "a list for all has no user");
	wrong_is(signplace_headers(MAGIC, "alice", 7, KEY), (struct ka_signfile_want){ .now = now + 8 * 86400 }, "it has expired");
	wrong_is(signplace_headers(MAGIC, "alice", 7, KEY), (struct ka_signfile_want){ .now = now - KA_SIGNED_EARLY_SEC - 60 }, "in the future");
	wrong_is(signplace_headers(MAGIC, "alice", 7, KEY "x\r\n"), AS_IT_STANDS, "carriage");
	wrong_is(MAGIC "\n# user: \033[2J\n" KEY, AS_IT_STANDS, "(line 2)");
	wrong_is(MAGIC "\n", (struct ka_signfile_want){ .expires = now + 60, .now = now }, "");
	/* headers that cannot be read are not taken from, nor written over */
	wrong_is(MAGIC "\n# user: alice\n# serial: 01\n" KEY, (struct ka_signfile_want){ .expires = now + 60, .now = now }, "");
	wrong_is(signplace_headers(MAGIC, "alice", 7, "# user: eve\n" KEY), AS_IT_STANDS, "");
}

static void prepare__shown_text__has_no_byte_of_the_file(void **state)
{
	(void)state;
	prepare(MAGIC "\n# \033]0;evil\a: x\n# user: \xff\033[2J\n", AS_IT_STANDS);
	assert_string_not_equal(f.wrong, "");
	for (const char *p = f.wrong; *p != '\0'; p++)
		assert_true(*p >= ' ' && *p <= '~');
}

static void prepare__file_that_cannot_be_read__is_said(void **state)
{
	static const struct ka_signfile_want want = { .user = "alice", .now = 1 };

	(void)state;
	assert_int_equal(ka_signfile_prepare(&f, "absent", &want, &how, &w.room), KA_ERR_SYS);
	assert_string_equal(f.wrong, "no such file");
	assert_int_equal(ka_signfile_prepare(&f, ".", &want, &how, &w.room), KA_ERR_SYS);
	assert_string_equal(f.wrong, "not a regular file");
	assert_int_equal(symlink("ops.pub", "link"), 0);
	assert_int_equal(ka_signfile_prepare(&f, "link", &want, &how, &w.room), KA_ERR_SYS);
	assert_string_equal(f.wrong, "not a regular file");
	verbplace_put("large", "");
	assert_int_equal(truncate("large", KA_SIGNED_BULK_MAX + 1), 0);
	assert_int_equal(ka_signfile_prepare(&f, "large", &want, &how, &w.room), KA_ERR_SYS);
	assert_string_equal(f.wrong, "too large");
}

static void blocks__of_others__stay_while_they_hold(void **state)
{
	const char *text = strdup(signplace_headers(MAGIC, "alice", 7, KEY));
	char *doc, *changed;

	(void)state;
	verbplace_signer("rsa");
	doc = signplace_document(text, (const char *const[]){ "ops-new", "rsa", NULL });
	prepare(doc, AS_IT_STANDS);
	assert_true(text_is(text));
	assert_int_equal(f.kept_count, 2); /* the second can be judged by nobody here */
	assert_int_equal(f.dropped, 0);
	assert_false(f.is_done);
	assert_int_equal(finish(NULL), KA_ERR_OK);
	assert_int_equal(f.doc.blocks, 3);
	assert_true(verbplace_verifies("doc", "ops"));
	/* the text is another: none can hold */
	changed = strdup(doc);
	memcpy(strstr(changed, "laptop"), "Laptop", 6);
	prepare(changed, AS_IT_STANDS);
	assert_int_equal(f.kept_count, 1);
	assert_int_equal(f.dropped, 1);
	prepare(doc, (struct ka_signfile_want){ .expires = now + 60, .now = now });
	assert_int_equal(f.kept_count, 0);
	assert_int_equal(f.dropped, 2);
	free(changed);
	free(doc);
	free((char *)(uintptr_t)text);
}

static void blocks__of_ours__are_made_anew_or_all_is_done(void **state)
{
	char *text = strdup(signplace_headers(MAGIC, "alice", 7, KEY)), *doc;

	(void)state;
	doc = signplace_document(text, (const char *const[]){ "ops", NULL });
	prepare(doc, AS_IT_STANDS);
	assert_true(f.is_done);
	how.keys_count = 2;
	prepare(doc, AS_IT_STANDS);
	assert_false(f.is_done);
	assert_int_equal(f.kept_count + f.dropped, 0);
	assert_int_equal(finish(NULL), KA_ERR_OK);
	assert_int_equal(f.doc.blocks, 2);
	free(doc);
	free(text);
}

static void finish__more_blocks_than_may_be__file_is_as_it_was(void **state)
{
	char *text = strdup(signplace_headers(MAGIC, "alice", 7, KEY)), *doc, *full, *sig;
	size_t len;

	(void)state;
	doc = signplace_document(text, (const char *const[]){ "ops-new", NULL });
	sig = doc + strlen(text);
	len = strlen(sig);
	full = calloc(1, strlen(doc) + KA_SIGNED_BLOCKS_MAX * len + 1);
	assert_non_null(full);
	memcpy(full, text, strlen(text));
	for (size_t i = 0; i < KA_SIGNED_BLOCKS_MAX; i++)
		memcpy(full + strlen(text) + i * len, sig, len);
	prepare(full, AS_IT_STANDS);
	assert_int_equal(f.kept_count, KA_SIGNED_BLOCKS_MAX);
	assert_int_equal(finish(NULL), KA_ERR_SYNTAX);
	assert_string_not_equal(f.wrong, "");
	assert_string_equal(verbplace_get("doc", NULL), full);
	/* with one less it is written */
	full[strlen(text) + (KA_SIGNED_BLOCKS_MAX - 1) * len] = '\0';
	prepare(full, AS_IT_STANDS);
	assert_int_equal(finish(NULL), KA_ERR_OK);
	assert_int_equal(f.doc.blocks, KA_SIGNED_BLOCKS_MAX);
	free(full);
	free(doc);
	free(text);
}

static void finish__text_or_signature_changed_meanwhile__file_is_as_it_was(void **state)
{
	char path[64];

	(void)state;
	prepare(KEY, (struct ka_signfile_want){ .user = "alice", .now = now });
	assert_int_equal(ka_signwork_open(&w), KA_ERR_OK);
	assert_int_equal(ka_signwork_add(&w, ka_span_of("another")), KA_ERR_OK);
	assert_int_equal(ka_signwork_add(&w, ka_buf_as_span(&f.text)), KA_ERR_OK);
	assert_int_equal(ka_signwork_sign(&w, &how), KA_ERR_OK);
	f.number = 1;
	assert_int_equal(ka_signfile_finish(&f, &w, &how, NULL), KA_ERR_CRYPTO);
	f.number = 2;
	assert_true(snprintf(path, sizeof(path), "%s/2.0", w.path) > 0);
	assert_int_equal(truncate(path, 100), 0);
	assert_int_equal(ka_signfile_finish(&f, &w, &how, NULL), KA_ERR_CRYPTO);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(ka_signfile_finish(&f, &w, &how, NULL), KA_ERR_SYS);
	assert_string_equal(verbplace_get("doc", NULL), KEY);
	verbplace_shell("test \"$(ls -A)\" = \"$(printf 'doc\\nops\\nops-new\\nops-new.pub\\nops.pub')\"");
}

static void finish__another_place__the_file_stays(void **state)
{
	char path[KA_PATH_TRUSTED_MAX + 8];

	(void)state;
	prepare(KEY, (struct ka_signfile_want){ .user = "alice", .now = now });
	assert_int_equal(mkdir("folder", 0755), 0);
	assert_int_equal(symlink("../doc", "folder/signed"), 0);
	assert_int_equal(finish("folder/signed"), KA_ERR_OK); /* the link goes, what it leads to does not */
	assert_string_equal(verbplace_get("doc", NULL), KEY);
	assert_true(verbplace_verifies("folder/signed", "ops"));
	verbplace_shell("test \"$(ls -A folder)\" = signed");
	/* where it cannot be */
	prepare(KEY, (struct ka_signfile_want){ .user = "alice", .now = now });
	assert_int_equal(finish("absent/signed"), KA_ERR_SYS);
	prepare(KEY, (struct ka_signfile_want){ .user = "alice", .now = now });
	assert_int_equal(finish("folder"), KA_ERR_SYS);
	prepare(KEY, (struct ka_signfile_want){ .user = "alice", .now = now });
	memset(path, 'a', sizeof(path) - 1);
	memcpy(path + sizeof(path) - 3, "/x", 3);
	assert_int_equal(finish(path), KA_ERR_LIMIT);
	verbplace_shell("test \"$(ls -A folder)\" = signed && test \"$(ls -A | grep -c '^\\.doc\\|^\\.folder')\" = 0");
}

static void finish__mode_owner_and_group__stay(void **state)
{
	struct stat st;

	(void)state;
	prepare(KEY, (struct ka_signfile_want){ .user = "alice", .now = now });
	assert_int_equal(chmod("doc", 02640), 0);
	assert_int_equal(geteuid() == 0 ? chown("doc", 0, 65534) : 0, 0); /* a web server's group */
	ka_signfile_free(&f);
	assert_int_equal(ka_signfile_prepare(&f, "doc", &(struct ka_signfile_want){ .user = "alice", .now = now }, &how, &w.room), KA_ERR_OK);
	assert_int_equal(finish(NULL), KA_ERR_OK);
	assert_int_equal(stat("doc", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(st.st_uid, geteuid());
	assert_int_equal(st.st_gid, f.st.st_gid);
	if (geteuid() != 0)
		return;
	assert_int_equal(st.st_gid, 65534);
	assert_int_equal(chown("doc", 65534, 0), 0);
	ka_signfile_free(&f);
	assert_int_equal(ka_signfile_prepare(&f, "doc", &(struct ka_signfile_want){ .expires = now + 60, .now = now }, &how, &w.room), KA_ERR_OK);
	assert_int_equal(finish(NULL), KA_ERR_OK);
	assert_int_equal(stat("doc", &st), 0);
	assert_true(st.st_uid == 65534 && st.st_gid == 0);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(prepare__plain_key_file__gets_every_header),
		CASE(prepare__first_line_like_a_header__stays_a_comment),
		CASE(prepare__document__is_signed_as_it_stands),
		CASE(prepare__headers_anew__what_was_not_asked_for_stays),
		CASE(prepare__what_hosts_would_refuse__is_said),
		CASE(prepare__shown_text__has_no_byte_of_the_file),
		CASE(prepare__file_that_cannot_be_read__is_said),
		CASE(blocks__of_others__stay_while_they_hold),
		CASE(blocks__of_ours__are_made_anew_or_all_is_done),
		CASE(finish__more_blocks_than_may_be__file_is_as_it_was),
		CASE(finish__text_or_signature_changed_meanwhile__file_is_as_it_was),
		CASE(finish__another_place__the_file_stays),
		CASE(finish__mode_owner_and_group__stay),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
