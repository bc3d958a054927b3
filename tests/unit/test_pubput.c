/* keyaudit/pubput: a file only of what is signed and verified; into its place, the index last. */
#include "keyaudit/publish/pubput.h"

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

#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/signplace.h"
#include "tests/unit/lib/verbplace.h"

#include "base/poison.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP4c0dsOHq5vBNwtKeroAvBjRTyCtcz7jgy5OCu3feNl alice@laptop\n"

static struct ka_signerkey keys[2];
static struct ka_publish *p;
static struct ka_pubuser users[3];
static char alice[] = "alice", bob[] = "bob", carol[] = "carol", *texts[4];

static int setup_all(void **state)
{
	assert_int_equal(verbplace_begin(state), 0);
	texts[0] = strdup(signplace_headers("# keyaudit-keys-v1", "alice", 5, KEY));
	texts[1] = strdup(signplace_headers("# keyaudit-keys-v1", "bob", 5, ""));
	texts[2] = strdup(signplace_headers("# keyaudit-revoked-v1", NULL, 5, ""));
	texts[3] = strdup(signplace_headers("# keyaudit-index-v1", NULL, 5, ""));
	return 0;
}

static int teardown_all(void **state)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(texts); i++)
		free(texts[i]);
	return verbplace_end(state);
}

static int setup(void **state)
{
	(void)state;
	verbplace_clear();
	signplace_key("ops", &keys[0]);
	signplace_key("ops-new", &keys[1]);
	assert_int_equal(mkdir("to", 0755), 0);
	p = calloc(1, sizeof(*p));
	assert_non_null(p);
	p->to = open("to", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	p->room = malloc(KA_PUBLISH_ROOM);
	p->how = (struct ka_signwork_how){ .keys = keys, .keys_count = 2, .jobs = 2 };
	assert_true(p->to >= 0 && p->room != NULL);
	assert_int_equal(ka_signwork_open_in(p->to, KA_PUBLISH_WORK, &p->work), KA_ERR_OK);
	memset(users, 0, sizeof(users));
	users[0].name = alice;
	users[1].name = bob;
	users[2].name = carol;
	p->list = (struct ka_publist){ .users = users, .count = 3 };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ka_signwork_close(&p->work);
	close(p->to);
	free(p->room);
	free(p);
	return 0;
}

static size_t add(const char *text)
{
	assert_int_equal(ka_signwork_add(&p->work, ka_span_of(text)), KA_ERR_OK);
	return p->work.count;
}

static void sign(void)
{
	assert_int_equal(ka_signwork_sign(&p->work, &p->how), KA_ERR_OK);
}

#define WORK "to/" KA_PUBLISH_WORK "/"

static void make__signed_text__is_a_document(void **state)
{
	uint8_t told[32], hash[32];
	struct stat st;
	const char *doc;
	size_t len;

	(void)state;
	add(texts[0]);
	sign();
	assert_int_equal(ka_pubput_make(p, 1, KA_SIGNEDDOC_KEYS, told), KA_ERR_OK);
	doc = verbplace_get(WORK "1.doc", &len);
	crypto_hash_sha256(hash, (const uint8_t *)doc, len);
	assert_memory_equal(told, hash, sizeof(hash));
	assert_int_equal(strncmp(doc, texts[0], strlen(texts[0])), 0);
	assert_int_equal(p->old.doc.blocks, 2);
	assert_int_equal(stat(WORK "1.doc", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_true(verbplace_verifies(WORK "1.doc", "ops-new"));
}

static void make__what_is_no_document__is_none(void **state)
{
	uint8_t told[32] = { 7 };

	(void)state;
	add("no document\n");
	add(texts[1]); /* another kind than is asked for */
	sign();
	assert_int_equal(ka_pubput_make(p, 1, KA_SIGNEDDOC_KEYS, told), KA_ERR_CRYPTO);
	assert_int_equal(ka_pubput_make(p, 2, KA_SIGNEDDOC_INDEX, told), KA_ERR_CRYPTO);
	assert_int_equal(ka_pubput_make(p, 3, KA_SIGNEDDOC_KEYS, told), KA_ERR_SYS);
	assert_false(verbplace_has(WORK "1.doc") || verbplace_has(WORK "2.doc"));
	assert_int_equal(told[0], 7);
}

static void make__larger_than_a_document__is_refused(void **state)
{
	char *large = malloc(KA_SIGNED_DOC_MAX + 1);
	size_t head = strlen(texts[0]);

	(void)state;
	assert_non_null(large);
	memset(large, '\n', KA_SIGNED_DOC_MAX);
	memcpy(large, texts[0], head);
	large[KA_SIGNED_DOC_MAX - 100] = '\0'; /* with its blocks it is too large */
	add(large);
	large[KA_SIGNED_DOC_MAX - 2 * KA_PUBLISH_BLOCK_MAX] = '\0'; /* and this one is not */
	add(large);
	sign();
	assert_int_equal(ka_pubput_make(p, 1, KA_SIGNEDDOC_KEYS, NULL), KA_ERR_LIMIT);
	assert_false(verbplace_has(WORK "1.doc"));
	assert_int_equal(ka_pubput_make(p, 2, KA_SIGNEDDOC_KEYS, NULL), KA_ERR_OK);
	free(large);
}

static void make__text_or_signature_changed__no_document(void **state)
{
	(void)state;
	add(texts[0]);
	add(texts[1]);
	add(texts[2]);
	sign();
	verbplace_append(WORK "1", KEY);
	assert_int_equal(ka_pubput_make(p, 1, KA_SIGNEDDOC_KEYS, NULL), KA_ERR_CRYPTO);
	verbplace_put(WORK "2.1", verbplace_get(WORK "1.1", NULL));
	assert_int_equal(ka_pubput_make(p, 2, KA_SIGNEDDOC_KEYS, NULL), KA_ERR_CRYPTO);
	/* what lies in the document's place already is not written through */
	assert_int_equal(symlink("../../victim", WORK "3.doc"), 0);
	assert_int_equal(ka_pubput_make(p, 3, KA_SIGNEDDOC_REVOKED, NULL), KA_ERR_SYS);
	assert_false(verbplace_has(WORK "1.doc") || verbplace_has(WORK "2.doc") || verbplace_has("victim"));
	/* a link in the text's place is no text */
	verbplace_shell("mv " WORK "3 3 && ln -s ../../3 " WORK "3 && rm " WORK "3.doc");
	assert_int_equal(ka_pubput_make(p, 3, KA_SIGNEDDOC_REVOKED, NULL), KA_ERR_SYS);
}

/* documents of nothing: moving looks at names only */
static void made(void)
{
	verbplace_put(WORK "1.doc", "alice, new");
	verbplace_put(WORK "2.doc", "revoked, new");
	verbplace_put(WORK "3.doc", "index, new");
	users[0].number = 1;
	p->revoked_number = 2;
	p->index_number = 3;
	users[2].plan = KA_PUBPLAN_DROP;
	verbplace_put("to/bob.keys", "bob, old");
	verbplace_put("to/carol.keys", "carol, old");
	verbplace_put("to/robots.txt", "nobody's business");
}

static void is_there(const char *path, const char *text)
{
	const char *got = verbplace_get(path, NULL);

	assert_string_equal(got != NULL ? got : "(none)", text);
}

static void move__what_was_made__and_nothing_else(void **state)
{
	(void)state;
	made();
	verbplace_put("to/alice.keys", "alice, old");
	assert_int_equal(ka_pubput_move(p), KA_ERR_OK);
	is_there("to/alice.keys", "alice, new");
	is_there("to/revoked", "revoked, new");
	is_there("to/index", "index, new");
	is_there("to/bob.keys", "bob, old");
	is_there("to/robots.txt", "nobody's business");
	assert_false(verbplace_has("to/carol.keys"));
	/* once more: what is to go is gone, and that is well */
	users[0].number = p->revoked_number = p->index_number = 0;
	assert_int_equal(ka_pubput_move(p), KA_ERR_OK);
	is_there("to/index", "index, new");
}

static void move__links_and_fifos_in_the_places__go_and_nothing_behind_them(void **state)
{
	struct stat st;

	(void)state;
	made();
	verbplace_put("victim", "v");
	assert_int_equal(symlink("../victim", "to/alice.keys"), 0);
	assert_int_equal(mkfifo("to/index", 0600), 0);
	assert_int_equal(unlink("to/carol.keys"), 0);
	assert_int_equal(symlink("../victim", "to/carol.keys"), 0);
	assert_int_equal(ka_pubput_move(p), KA_ERR_OK);
	assert_true(lstat("to/alice.keys", &st) == 0 && S_ISREG(st.st_mode));
	is_there("to/index", "index, new");
	is_there("victim", "v");
	assert_int_equal(lstat("to/carol.keys", &st), -1);
}

static size_t problems(void)
{
	p->problems = 0;
	caught_begin();
	ka_pubput_look(p);
	caught_end();
	return p->problems;
}

static void look__folder_in_a_place__is_said_with_its_path(void **state)
{
	(void)state;
	made();
	p->to_path = "/srv/t\033o";
	assert_int_equal(problems(), 0);
	assert_string_equal(caught_err, "");
	assert_true(mkdir("to/alice.keys", 0755) == 0 && mkdir("to/index", 0755) == 0 && symlink(".", "to/revoked") == 0);
	assert_true(unlink("to/carol.keys") == 0 && mkdir("to/carol.keys", 0755) == 0);
	assert_int_equal(problems(), 2); /* a link to one is replaced */
	assert_true(unlink("to/revoked") == 0 && mkdir("to/revoked", 0755) == 0);
	assert_int_equal(problems(), 3);
	assert_true(caught_is_plain(caught_err));
	assert_non_null(strstr(caught_err, "/srv/t"));
	assert_non_null(strstr(caught_err, "o/alice.keys: is a folder"));
	assert_non_null(strstr(caught_err, "o/revoked: is a folder"));
	assert_non_null(strstr(caught_err, "o/index: is a folder"));
	users[0].number = p->revoked_number = 0; /* nothing of that is made: nobody's business */
	assert_int_equal(problems(), 1);
	close(p->to);
	p->to = -1; /* a dry run into a folder that is to be made */
	assert_int_equal(problems(), 0);
	p->to = open("to", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void move__user_that_cannot_be_replaced__index_stays(void **state)
{
	(void)state;
	made();
	verbplace_put("to/index", "index, old");
	assert_int_equal(mkdir("to/alice.keys", 0755), 0);
	verbplace_put("to/alice.keys/file", "x");
	errno = 0;
	assert_int_equal(ka_pubput_move(p), KA_ERR_SYS);
	assert_int_not_equal(errno, 0);
	is_there("to/index", "index, old");
	is_there("to/carol.keys", "carol, old"); /* the old index may list it */
	is_there("to/revoked", "revoked, new");  /* which hurts nobody that should get in */
}

static void move__index_that_cannot_be_replaced__nothing_is_taken_away(void **state)
{
	(void)state;
	made();
	verbplace_put("to/index/file", "x");
	assert_int_equal(ka_pubput_move(p), KA_ERR_SYS);
	is_there("to/alice.keys", "alice, new");
	is_there("to/carol.keys", "carol, old");
}

static void move__what_was_not_made__is_an_error(void **state)
{
	(void)state;
	made();
	verbplace_put("to/index", "index, old");
	assert_int_equal(unlink(WORK "1.doc"), 0);
	assert_int_equal(ka_pubput_move(p), KA_ERR_SYS);
	is_there("to/index", "index, old");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(make__signed_text__is_a_document),
		CASE(make__what_is_no_document__is_none),
		CASE(make__larger_than_a_document__is_refused),
		CASE(make__text_or_signature_changed__no_document),
		CASE(move__what_was_made__and_nothing_else),
		CASE(move__links_and_fifos_in_the_places__go_and_nothing_behind_them),
		CASE(look__folder_in_a_place__is_said_with_its_path),
		CASE(move__user_that_cannot_be_replaced__index_stays),
		CASE(move__index_that_cannot_be_replaced__nothing_is_taken_away),
		CASE(move__what_was_not_made__is_an_error),
	};

	return cmocka_run_group_tests(tests, setup_all, teardown_all);
}
