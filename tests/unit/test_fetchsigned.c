/* authkeys-fetch/fetchsigned: what may take the place of a document in the cache, and whom a cached index names. */
#include "authkeys-cmd/fetch/fetchsigned.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "authkeys-cmd/fetch/fetchstore.h"
#include "base/limits.h"
#include "store/question.h"
#include "tests/unit/lib/fetchsource.h"
#include "tests/unit/lib/signedsample.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

enum { SAMPLES_MAX = 128 };

static struct signedsample samples[SAMPLES_MAX];
static size_t count;
static struct ka_fetchask ask;

static void keep(const struct signedsample *s)
{
	assert_true(count < SAMPLES_MAX);
	signedsample_load(s->name, &samples[count++]);
}

static const struct signedsample *sample(const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(samples[i].name, name) == 0)
			return &samples[i];
	fail_msg("no case %s", name);
	return NULL;
}

/* the source, and the question, as the case has them; signers is a file of this root */
static void use(const struct signedsample *s)
{
	static const enum ka_fetchjudge_what what[] = { [KA_SIGNEDDOC_KEYS] = KA_FETCH_KEYS, [KA_SIGNEDDOC_REVOKED] = KA_FETCH_REVOKED,
							[KA_SIGNEDDOC_INDEX] = KA_FETCH_INDEX };
	char lines[1024];
	struct ka_buf b;

	trustroot_file("/k/signers", 0644, 0, s->signers_text);
	ka_buf_init_array(&b, lines);
	ka_buf_text(&b, "format = signed\nsigners = /k/signers\nindex_url = https://keys.test/index\nhost_id = ");
	ka_buf_text(&b, s->host);
	ka_buf_text(&b, "\nthreshold = ");
	ka_buf_u64(&b, s->threshold);
	ka_buf_text(&b, s->verify ? "\nsk_verify_required = yes" : "");
	memset(&ask, 0, sizeof(ask));
	ask.source = fetchsource(lines);
	ask.user = s->user;
	ask.what = what[s->kind];
	ka_span_copy(ka_span_of(s->host), ask.host, sizeof(ask.host));
}

static const char *check(const struct signedsample *s, const struct signedsample *have)
{
	struct ka_entry old = { .is_found = true };
	enum ka_reason reason;

	if (have != NULL)
		old.body = signedsample_span(have);
	reason = ka_fetchsigned_check(&ask, signedsample_span(s), have != NULL ? &old : NULL, s->now);
	return reason == KA_REASON_NONE ? "-" : ka_reason_id(reason);
}

static int set_up(void **state)
{
	(void)state;
	trustroot_dir("/k", 0755, 0);
	trustroot_dir("/c", 02750, 0);
	return 0;
}

static void documents__of_all_cases__are_judged_as_the_command_will(void **state)
{
	size_t judged = 0;

	(void)state;
	for (size_t i = 0; i < count; i++) {
		const struct signedsample *s = &samples[i];

		if (s->has_memory) /* that is the command's */
			continue;
		use(s);
		if (strncmp(s->expected, check(s, NULL), strcspn(s->expected, " \n")) != 0)
			fail_msg("%s: %s, expected: %s", s->name, check(s, NULL), s->expected);
		judged++;
	}
	assert_true(judged > 40);
}

static void serial__what_lies_in_the_cache__is_a_lower_bound(void **state)
{
	const struct signedsample *good = sample("good"), *highest = sample("good-serial-highest"), *empty = sample("good-no-keys");

	(void)state;
	use(good);
	assert_string_equal(check(good, good), "-");
	assert_string_equal(check(highest, good), "-");
	assert_string_equal(check(good, highest), "store.serial-lower");
	assert_string_equal(check(empty, good), "store.serial-reused");
}

/* which of two lists with one serial counts is known to the command alone, so that neither may keep the other out */
static void serial__of_a_list__another_text_may_take_its_place(void **state)
{
	static const char *const lists[][3] = {
		{ "good-list", "good-list-other", "good-list-lower" }, { "good-index", "good-index-other", "good-index-lower" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const struct signedsample *one = sample(lists[i][0]), *other = sample(lists[i][1]), *lower = sample(lists[i][2]);

		use(one);
		assert_string_equal(check(one, one), "-");
		assert_string_equal(check(other, one), "-");
		assert_string_equal(check(one, other), "-");
		assert_string_equal(check(one, lower), "-");
		assert_string_equal(check(lower, one), "store.serial-lower");
	}
}

/* a document of a signer who was taken off the list must not block those of the others */
static void serial__of_a_document_that_is_not_believed__bounds_nothing(void **state)
{
	struct signedsample stranger = *sample("good-serial-highest");
	char *copy = strdup(stranger.document);

	(void)state;
	assert_non_null(copy);
	/* the same, with a character of its text changed: its signature is not genuine any more */
	memcpy(strstr(copy, "alice@laptop"), "Alice", 5);
	stranger.document = copy;
	use(sample("good"));
	assert_string_equal(check(sample("good"), &stranger), "-");
	stranger.document = strdup("rubbish\n");
	stranger.document_len = 8;
	assert_string_equal(check(sample("good"), &stranger), "-");
	free(stranger.document);
	free(copy);
}

static void signers__that_cannot_be_used__are_told(void **state)
{
	const struct signedsample *good = sample("good");

	(void)state;
	use(good);
	trustroot_file("/k/signers", 0666, 0, good->signers_text);
	assert_string_equal(check(good, NULL), "conf.unsafe");
	trustroot_file("/k/signers", 0644, 0, "nonsense\n");
	assert_string_equal(check(good, NULL), "conf.invalid");
	assert_int_equal(unlink("/k/signers"), 0);
	assert_string_equal(check(good, NULL), "conf.invalid");
}

static char listed[256];

static void take(void *ctx, struct ka_span user)
{
	struct ka_buf *b = ctx;

	ka_buf_span(b, user);
	ka_buf_char(b, ' ');
}

/* put a document into the cache as the source's index */
static void put_index(const char *bytes, size_t len)
{
	static char text[KA_ENTRY_MAX];
	struct ka_entry e = { .is_found = true, .status = 200, .mirror = 1, .body = { (const uint8_t *)bytes, len } };
	char name[KA_ENTRY_HEX];
	struct ka_fetchstore store;
	struct ka_buf b;

	ka_span_copy(ka_span_of("corp"), e.source, sizeof(e.source));
	ka_span_copy(ka_span_of(KA_QUESTION_INDEX), e.user, sizeof(e.user));
	ka_question_hash(ask.source, ask.source->index_url, e.url);
	ka_entry_name("corp", KA_QUESTION_INDEX, NULL, name);
	ka_buf_init_array(&b, text);
	ka_entry_write(&e, &b);
	assert_int_equal(ka_fetchstore_open("/c", "corp", &store), KA_ERR_OK);
	assert_int_equal(ka_fetchstore_put(&store, name, ka_buf_as_span(&b)), KA_ERR_OK);
	ka_fetchstore_close(&store);
}

static bool list(void)
{
	struct ka_buf b;

	ka_buf_init_array(&b, listed);
	return ka_fetchsigned_index("/c", ask.source, sample("good-index")->now, take, &b);
}

static bool lacks(const char *user)
{
	return ka_fetchsigned_index_lacks("/c", ask.source, sample("good-index")->now, user);
}

static void index__verified__names_its_users(void **state)
{
	const struct signedsample *index = sample("good-index");

	(void)state;
	use(index);
	assert_false(list());
	assert_false(lacks("mallory")); /* none is no index that lacks somebody */
	put_index(index->document, index->document_len);
	assert_true(list());
	assert_string_equal(listed, "alice ");
	assert_false(lacks("alice"));
	assert_true(lacks("mallory"));
	assert_true(lacks("alic"));
}

static void index__that_is_not_believed__lacks_nobody(void **state)
{
	const struct signedsample *index = sample("good-index");
	char *copy = strdup(index->document);

	(void)state;
	assert_non_null(copy);
	use(index);
	memcpy(strstr(copy, "alice"), "mallo", 5);
	put_index(copy, index->document_len);
	assert_false(list());
	assert_string_equal(listed, "");
	assert_false(lacks("alice"));
	put_index(sample("good")->document, sample("good")->document_len);
	assert_false(list());
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents__of_all_cases__are_judged_as_the_command_will),
		cmocka_unit_test(serial__what_lies_in_the_cache__is_a_lower_bound),
		cmocka_unit_test(serial__of_a_list__another_text_may_take_its_place),
		cmocka_unit_test(serial__of_a_document_that_is_not_believed__bounds_nothing),
		cmocka_unit_test(signers__that_cannot_be_used__are_told),
		cmocka_unit_test(index__verified__names_its_users),
		cmocka_unit_test(index__that_is_not_believed__lacks_nobody),
	};
	int status;

	signedsample_each(keep);
	status = trustroot_run(tests, set_up);
	for (size_t i = 0; i < count; i++)
		signedsample_free(&samples[i]);
	return status;
}
