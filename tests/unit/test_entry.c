/* store/entry: what is written is read back, and nothing else is taken for an entry: not a bit more, less or other. */
#include "store/entry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static const char body[] = "ssh-ed25519 AAAA alice\nssh-ed25519 BBBB \xc3\xa9\0x\n";

static struct ka_entry sample(void)
{
	struct ka_entry e = {
		.source = "corp", .user = "alice", .etag = "W/\"a b\"", .modified = "Sun, 06 Nov 1994 08:49:37 GMT",
		.fetched = 1000, .confirmed = 2000, .fresh = 2300, .swr = 2600, .stale = 88400, .serial = INT64_MAX,
		.status = 200, .mirror = 2, .is_found = true, .body = { (const uint8_t *)body, sizeof(body) - 1 },
	};

	ka_entry_hash(&(const char *){ "https://keys.test/alice" }, 1, e.url);
	return e;
}

static struct ka_span write_to(const struct ka_entry *e, char *out, size_t size)
{
	struct ka_buf b;

	ka_buf_init(&b, out, size);
	ka_entry_write(e, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	return ka_buf_as_span(&b);
}

static void entry__written__is_read_back(void **state)
{
	struct ka_entry e = sample(), back;
	char text[KA_ENTRY_MAX];

	(void)state;
	assert_true(ka_entry_parse(write_to(&e, text, sizeof(text)), &back));
	assert_string_equal(back.source, e.source);
	assert_string_equal(back.user, e.user);
	assert_string_equal(back.url, e.url);
	assert_string_equal(back.etag, e.etag);
	assert_string_equal(back.modified, e.modified);
	assert_true(back.fetched == 1000 && back.confirmed == 2000 && back.fresh == 2300 && back.swr == 2600 && back.stale == 88400);
	assert_true(back.serial == INT64_MAX && back.status == 200 && back.mirror == 2 && back.is_found);
	assert_true(ka_span_equal(back.body, e.body));
}

static void entry__alarm__is_a_stores_alert_or_none(void **state)
{
	struct ka_entry e = sample(), back;
	char text[KA_ENTRY_MAX];

	(void)state;
	assert_true(ka_entry_parse(write_to(&e, text, sizeof(text)), &back));
	assert_int_equal(back.alarm, KA_REASON_NONE);
	e.alarm = KA_REASON_STORE_SIGNATURE_BAD;
	assert_true(ka_entry_parse(write_to(&e, text, sizeof(text)), &back));
	assert_int_equal(back.alarm, KA_REASON_STORE_SIGNATURE_BAD);
	e.alarm = KA_REASON_STORE_TIMEOUT; /* no alert */
	assert_false(ka_entry_parse(write_to(&e, text, sizeof(text)), &back));
	e.alarm = KA_REASON_REVOKED_STORE; /* not the transport's to say */
	assert_false(ka_entry_parse(write_to(&e, text, sizeof(text)), &back));
}

static void entry__no_keys__has_no_body(void **state)
{
	struct ka_entry e = sample(), back;
	char text[KA_ENTRY_MAX];

	(void)state;
	e.is_found = false;
	assert_false(ka_entry_parse(write_to(&e, text, sizeof(text)), &back));
	e.body.len = 0;
	assert_true(ka_entry_parse(write_to(&e, text, sizeof(text)), &back));
	assert_false(back.is_found);
	/* an empty signed list of keys is a document all the same */
	e.is_found = true;
	assert_true(ka_entry_parse(write_to(&e, text, sizeof(text)), &back));
}

static void entry__cut_anywhere__is_none(void **state)
{
	struct ka_entry e = sample(), back;
	char text[KA_ENTRY_MAX];
	struct ka_span all = write_to(&e, text, sizeof(text));

	(void)state;
	for (size_t n = 0; n < all.len; n++) {
		uint8_t *copy = malloc(n + 1); /* of its own, so that a sanitizer sees a read behind it */

		assert_non_null(copy);
		memcpy(copy, all.p, n);
		assert_false(ka_entry_parse((struct ka_span){ copy, n }, &back));
		free(copy);
	}
}

static void entry__one_byte_more__is_none(void **state)
{
	struct ka_entry e = sample(), back;
	char text[KA_ENTRY_MAX];
	struct ka_span all = write_to(&e, text, sizeof(text));

	(void)state;
	text[all.len] = '\n';
	assert_false(ka_entry_parse((struct ka_span){ all.p, all.len + 1 }, &back));
}

/* a bit of the head may turn a number or a name into another one, which is as good; never is another body accepted */
static void entry__any_bit_flipped__never_gives_another_body(void **state)
{
	struct ka_entry e = sample(), back;
	char text[KA_ENTRY_MAX];
	struct ka_span all = write_to(&e, text, sizeof(text));
	const size_t head = ka_span_find(all, '\n') + 1;
	size_t taken = 0;

	(void)state;
	for (size_t i = 0; i < all.len; i++)
		for (int bit = 0; bit < 8; bit++) {
			text[i] = (char)(text[i] ^ (1 << bit));
			if (ka_entry_parse(all, &back)) {
				assert_true(i < head);
				assert_true(ka_span_equal(back.body, e.body));
				taken++;
			}
			text[i] = (char)(text[i] ^ (1 << bit));
		}
	assert_true(taken > 0); /* digits and letters of the head */
}

static void entry__bytes_swapped_or_dropped_in_the_body__is_none(void **state)
{
	struct ka_entry e = sample(), back;
	char text[KA_ENTRY_MAX];
	struct ka_span all = write_to(&e, text, sizeof(text));
	const size_t head = ka_span_find(all, '\n') + 1;

	(void)state;
	for (size_t i = head; i + 1 < all.len; i++) {
		char a = text[i], b = text[i + 1];

		if (a == b)
			continue;
		text[i] = b;
		text[i + 1] = a;
		assert_false(ka_entry_parse(all, &back));
		text[i] = a;
		text[i + 1] = b;
	}
}

/* replace the first @from of a written entry by @to */
static bool parses_with(const char *from, const char *to)
{
	struct ka_entry e = sample(), back;
	char text[KA_ENTRY_MAX], changed[KA_ENTRY_MAX];
	struct ka_span all = write_to(&e, text, sizeof(text));
	char *at = memmem(text, all.len, from, strlen(from));
	struct ka_buf b;

	assert_non_null(at);
	ka_buf_init_array(&b, changed);
	ka_buf_put(&b, text, (size_t)(at - text));
	ka_buf_text(&b, to);
	ka_buf_put(&b, at + strlen(from), all.len - (size_t)(at - text) - strlen(from));
	return ka_entry_parse(ka_buf_as_span(&b), &back);
}

static void entry__a_field_outside_its_range__is_none(void **state)
{
	(void)state;
	assert_true(parses_with("status=200", "status=404"));
	assert_false(parses_with("status=200", "status=1000"));
	assert_false(parses_with("status=200", "status=-1"));
	assert_false(parses_with("status=200", "status="));
	assert_false(parses_with(" status=200", ""));
	assert_false(parses_with("status=200", "status=200 status=200"));
	assert_false(parses_with("status=200", "status=200  "));
	assert_true(parses_with("mirror=2", "mirror=8"));
	assert_false(parses_with("mirror=2", "mirror=9"));
	assert_true(parses_with("fresh=2300", "fresh=253402300799"));
	assert_false(parses_with("fresh=2300", "fresh=253402300800"));
	assert_false(parses_with("outcome=found", "outcome=FOUND"));
	assert_false(parses_with("outcome=found", "outcome=foundation"));
	assert_false(parses_with("source=corp", "source=corp%00"));
	assert_false(parses_with("source=corp", "source=a-name-that-is-much-longer-than-any-source-of-a-configuration-may-ever-be-called"));
	assert_false(parses_with("ka1 entry", "ka2 entry"));
	assert_false(parses_with("ka1 entry", " ka1 entry"));
	assert_false(parses_with("length=", "length=9"));
	assert_false(parses_with("length=", "length=1"));
}

static void entry__a_head_without_end__is_none(void **state)
{
	struct ka_entry back;
	char *big = malloc(KA_ENTRY_BULK_MAX);

	(void)state;
	assert_non_null(big);
	memset(big, 'a', KA_ENTRY_BULK_MAX);
	memcpy(big, "ka1 entry", 9);
	assert_false(ka_entry_parse((struct ka_span){ (uint8_t *)big, KA_ENTRY_BULK_MAX }, &back));
	assert_false(ka_entry_parse((struct ka_span){ (uint8_t *)big, KA_ENTRY_HEAD_MAX }, &back));
	free(big);
}

/* the longest texts, every byte of which is escaped, still make a head that can be read */
static void entry__the_longest_head__is_read(void **state)
{
	struct ka_entry e = sample(), back;
	char text[KA_ENTRY_MAX];

	(void)state;
	memset(e.etag, '"', sizeof(e.etag) - 1);
	e.etag[sizeof(e.etag) - 1] = '\0';
	memset(e.modified, '"', sizeof(e.modified) - 1);
	e.modified[sizeof(e.modified) - 1] = '\0';
	memset(e.user, '"', sizeof(e.user) - 1);
	e.user[sizeof(e.user) - 1] = '\0';
	memset(e.source, '"', sizeof(e.source) - 1);
	e.source[sizeof(e.source) - 1] = '\0';
	e.fetched = e.confirmed = e.fresh = e.swr = e.stale = KA_ENTRY_TIME_MAX;
	assert_true(ka_entry_parse(write_to(&e, text, sizeof(text)), &back));
	assert_string_equal(back.etag, e.etag);
	assert_string_equal(back.user, e.user);
}

static void name__of_source_user_and_key__is_its_own(void **state)
{
	char a[KA_ENTRY_HEX], b[KA_ENTRY_HEX];

	(void)state;
	/* printf 'corp\0alice' | sha256sum */
	ka_entry_name("corp", "alice", NULL, a);
	assert_string_equal(a, "614a58e9f44f6e7a9af08fe86e65e226923fc6e26ec5fec09bc0f45c2f41e90d");
	ka_entry_name("corpa", "lice", NULL, b);
	assert_string_not_equal(a, b);
	ka_entry_name("corp", "alice", "", b);
	assert_string_not_equal(a, b);
	ka_entry_name("corp", "alice", "SHA256:x", b);
	assert_string_not_equal(a, b);
	ka_entry_name("corp", "aliceSHA256:x", NULL, a);
	assert_string_not_equal(a, b);
}

static void hash__of_parts__depends_on_where_they_are_cut(void **state)
{
	char a[KA_ENTRY_HEX], b[KA_ENTRY_HEX];

	(void)state;
	ka_entry_hash((const char *const[]){ "ab", "c" }, 2, a);
	ka_entry_hash((const char *const[]){ "a", "bc" }, 2, b);
	assert_string_not_equal(a, b);
	ka_entry_hash((const char *const[]){ "ab", "c" }, 2, b);
	assert_string_equal(a, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entry__written__is_read_back),
		cmocka_unit_test(entry__alarm__is_a_stores_alert_or_none),
		cmocka_unit_test(entry__no_keys__has_no_body),
		cmocka_unit_test(entry__cut_anywhere__is_none),
		cmocka_unit_test(entry__one_byte_more__is_none),
		cmocka_unit_test(entry__any_bit_flipped__never_gives_another_body),
		cmocka_unit_test(entry__bytes_swapped_or_dropped_in_the_body__is_none),
		cmocka_unit_test(entry__a_field_outside_its_range__is_none),
		cmocka_unit_test(entry__a_head_without_end__is_none),
		cmocka_unit_test(entry__the_longest_head__is_read),
		cmocka_unit_test(name__of_source_user_and_key__is_its_own),
		cmocka_unit_test(hash__of_parts__depends_on_where_they_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
