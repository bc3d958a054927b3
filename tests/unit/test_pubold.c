/* keyaudit/pubold: what lies in --to, and how far it is believed. */
#include "keyaudit/publish/pubold.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "keyaudit/publish/pubplan.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/signplace.h"
#include "tests/unit/lib/verbplace.h"

#include "base/poison.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP4c0dsOHq5vBNwtKeroAvBjRTyCtcz7jgy5OCu3feNl alice@laptop\n"
#define FP "SHA256:AbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAbCdAb0\n"
#define MAGIC "# keyaudit-keys-v1"

static struct ka_signerkey keys[2];
static struct ka_pubold_work w;
static struct ka_pubold_list list;
static char alice[] = "alice", *document, *by_both, *by_stranger, *empty; /* hers: by ops; with ops-new; by another; without keys */

static int setup_all(void **state)
{
	char *text;

	assert_int_equal(verbplace_begin(state), 0);
	signplace_key("ops", &keys[0]);
	signplace_key("ops-new", &keys[1]);
	verbplace_signer("stranger");
	text = strdup(signplace_headers(MAGIC, "alice", 5, KEY));
	document = signplace_document(text, (const char *const[]){ "ops", NULL });
	by_both = signplace_document(text, (const char *const[]){ "ops", "ops-new", NULL });
	free(text);
	by_stranger = signplace_document(signplace_headers(MAGIC, "alice", 9000, KEY), (const char *const[]){ "stranger", NULL });
	empty = signplace_document(signplace_headers(MAGIC, "alice", 6, "# none\n"), (const char *const[]){ "ops", NULL });
	return 0;
}

static int teardown_all(void **state)
{
	free(document);
	free(by_both);
	free(by_stranger);
	free(empty);
	return verbplace_end(state);
}

static int setup(void **state)
{
	(void)state;
	verbplace_shell("rm -rf to && mkdir to");
	w = (struct ka_pubold_work){ .dir = open("to", O_RDONLY | O_DIRECTORY | O_CLOEXEC), .keys = keys, .keys_count = 1 };
	assert_true(w.dir >= 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(list.bytes);
	list.bytes = NULL;
	close(w.dir);
	return 0;
}

static struct ka_pubold read_user(const char *bytes)
{
	struct ka_pubuser u = { .name = alice };

	if (bytes != NULL)
		verbplace_put("to/alice.keys", bytes);
	assert_int_equal(ka_pubold_user(&w, &u), KA_ERR_OK);
	return u.old;
}

static void user__ours__is_known_in_every_part(void **state)
{
	struct ka_pubold old = read_user(document);
	uint8_t hash[32];

	(void)state;
	assert_true(old.is_there && old.is_document && old.is_ours && old.has_keys);
	assert_int_equal(old.serial, 5);
	assert_int_equal(old.expires - old.issued, 7 * 86400);
	crypto_hash_sha256(hash, (const uint8_t *)document, strlen(document));
	assert_memory_equal(old.sha256, hash, sizeof(hash));
	ka_pubplan_content(ka_span_of("*"), ka_span_of(KEY), hash);
	assert_memory_equal(old.content, hash, sizeof(hash));
	assert_true(w.highest == 5 && w.highest_foreign == 0);
	old = read_user(empty);
	assert_true(old.is_ours && !old.has_keys);
	assert_int_equal(w.highest, 6);
	/* a lower one takes nothing back */
	read_user(document);
	assert_int_equal(w.highest, 6);
}

static void user__every_signer_of_today__or_not_ours(void **state)
{
	(void)state;
	w.keys_count = 2;
	assert_false(read_user(document).is_ours);
	assert_true(w.highest == 0 && w.highest_foreign == 5);
	assert_true(read_user(by_both).is_ours);
	assert_int_equal(w.highest, 5);
	w.keys = &keys[1];
	w.keys_count = 1;
	assert_false(read_user(document).is_ours);
	assert_true(read_user(by_both).is_ours);
	w.keys_count = 0;
	assert_false(read_user(by_both).is_ours);
}

static void user__signed_by_a_stranger_or_forged__serial_is_not_ours(void **state)
{
	struct ka_pubold old = read_user(by_stranger);
	char *forged = strdup(document);

	(void)state;
	assert_true(old.is_document && !old.is_ours);
	assert_true(w.highest == 0 && w.highest_foreign == 9000);
	memcpy(strstr(forged, "# serial: 5"), "# serial: 9", 11);
	old = read_user(forged);
	assert_true(old.is_document && !old.is_ours && w.highest == 0);
	free(forged);
}

static void user__no_document_of_this_user__is_there_and_no_more(void **state)
{
	static const char *const texts[] = { "", "garbage", KEY, "\033[2J\n\xff", MAGIC "\n" };
	struct ka_pubuser bob = { .name = alice };
	struct ka_pubold old;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(texts); i++) {
		old = read_user(texts[i]);
		assert_true(old.is_there && !old.is_document && !old.is_ours && old.serial == 0);
	}
	/* cut anywhere, as a half-written one is: all or nothing */
	for (size_t n = 0; n < strlen(document); n += 7) {
		char *half = strndup(document, n);

		old = read_user(half);
		assert_false(old.is_document && old.is_ours);
		free(half);
	}
	assert_int_equal(w.highest, 0);
	/* hers, in another user's place */
	bob.name = (char[]){ "bob" };
	verbplace_put("to/bob.keys", document);
	assert_int_equal(ka_pubold_user(&w, &bob), KA_ERR_OK);
	assert_true(bob.old.is_there && !bob.old.is_document && w.highest == 0);
}

static void user__what_is_no_file__is_not_read(void **state)
{
	static const char *const makes[] = {
		"mkdir to/alice.keys", "mkfifo to/alice.keys", "ln -s ../there to/alice.keys", "ln -s absent to/alice.keys",
		"truncate -s 262145 to/alice.keys",
	};
	struct ka_pubold old;

	(void)state;
	assert_false(read_user(NULL).is_there);
	verbplace_put("there", document);
	for (size_t i = 0; i < KA_ARRAY_LEN(makes); i++) {
		verbplace_shell("rm -rf to/alice.keys");
		verbplace_shell(makes[i]);
		old = read_user(NULL);
		assert_true(old.is_there && !old.is_document);
	}
}

static bool closed(void)
{
	return chmod("to/alice.keys", 0) == 0 && caught_as_nobody();
}

static int both(int argc, char **argv)
{
	struct ka_pubuser u = { .name = alice };
	int status = ka_pubold_user(&w, &u) == KA_ERR_SYS && errno == EACCES && u.old.is_there ? 1 : 0;

	(void)argc;
	(void)argv;
	return status + (ka_pubold_list(&w, "alice.keys", KA_SIGNEDDOC_KEYS, &list) == KA_ERR_SYS && list.bytes == NULL ? 2 : 0);
}

static void any__closed__is_no_answer(void **state)
{
	(void)state;
	read_user(document);
	assert_int_equal(caught_verb_of(closed, both, "x", (const char *const[]){ NULL }), 3);
}

static void lists__ours_and_others__as_far_as_they_are_signed(void **state)
{
	char *ours = signplace_document(signplace_headers("# keyaudit-revoked-v1", NULL, 11, FP), (const char *const[]){ "ops", NULL });
	char *theirs = signplace_document(signplace_headers("# keyaudit-revoked-v1", NULL, 12, FP), (const char *const[]){ "stranger", NULL });
	uint8_t content[32];

	(void)state;
	assert_int_equal(ka_pubold_list(&w, "revoked", KA_SIGNEDDOC_REVOKED, &list), KA_ERR_OK);
	assert_true(!list.is_there && !list.is_ours && list.bytes == NULL);
	verbplace_put("to/revoked", ours);
	assert_int_equal(ka_pubold_list(&w, "revoked", KA_SIGNEDDOC_REVOKED, &list), KA_ERR_OK);
	assert_true(list.is_there && list.is_ours && list.lines == 1 && ka_span_is(list.body, FP));
	ka_pubplan_content(ka_span_of("*"), ka_span_of(FP), content);
	assert_memory_equal(list.content, content, sizeof(content));
	assert_true(list.expires > 0 && w.highest == 11);
	free(list.bytes);
	/* another kind of list is none of that kind */
	assert_int_equal(ka_pubold_list(&w, "revoked", KA_SIGNEDDOC_INDEX, &list), KA_ERR_OK);
	assert_true(list.is_there && !list.is_ours);
	free(list.bytes);
	verbplace_put("to/revoked", theirs);
	assert_int_equal(ka_pubold_list(&w, "revoked", KA_SIGNEDDOC_REVOKED, &list), KA_ERR_OK);
	assert_true(list.is_there && !list.is_ours);
	assert_true(w.highest == 11 && w.highest_foreign == 12);
	free(list.bytes);
	verbplace_put("to/revoked", "\033half");
	assert_int_equal(ka_pubold_list(&w, "revoked", KA_SIGNEDDOC_REVOKED, &list), KA_ERR_OK);
	assert_true(list.is_there && !list.is_ours);
	free(list.bytes);
	verbplace_shell("rm to/revoked && mkfifo to/revoked");
	assert_int_equal(ka_pubold_list(&w, "revoked", KA_SIGNEDDOC_REVOKED, &list), KA_ERR_OK);
	assert_true(list.is_there && !list.is_ours && list.bytes == NULL);
	free(ours);
	free(theirs);
}

static void name__longest_and_one_more(void **state)
{
	char user[KA_PUBLISH_NAME_MAX + 8], name[KA_PUBLISH_NAME_MAX];

	(void)state;
	ka_pubold_name("alice", name);
	assert_string_equal(name, "alice.keys");
	memset(user, 'a', sizeof(user));
	user[KA_PUBLISH_NAME_MAX - 1 - 5] = '\0';
	ka_pubold_name(user, name);
	assert_int_equal(strlen(name), KA_PUBLISH_NAME_MAX - 1);
	memset(user, 'a', sizeof(user));
	user[KA_PUBLISH_NAME_MAX - 5] = '\0';
	ka_pubold_name(user, name);
	assert_string_equal(name, "");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(user__ours__is_known_in_every_part),
		CASE(user__every_signer_of_today__or_not_ours),
		CASE(user__signed_by_a_stranger_or_forged__serial_is_not_ours),
		CASE(user__no_document_of_this_user__is_there_and_no_more),
		CASE(user__what_is_no_file__is_not_read),
		CASE(any__closed__is_no_answer),
		CASE(lists__ours_and_others__as_far_as_they_are_signed),
		CASE(name__longest_and_one_more),
	};

	return cmocka_run_group_tests(tests, setup_all, teardown_all);
}
