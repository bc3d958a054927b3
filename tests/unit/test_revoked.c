/*
 * store/revoked, store/revokedkeep: once seen is in force until a higher list lacks it; nothing is "not revoked" because it
 * could not be looked up; short lists and long ones give the same answers.
 */
#include "store/revoked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "key/keyfpr.h"
#include "store/revokedkeep.h"
#include "store/serial.h"
#include "tests/unit/lib/serialplace.h"

#include "base/poison.h"

#define NOW 1790000000
#define EXPIRES (NOW + 1000)

static char body[16 * 1024 * 1024];
static struct ka_buf b;
static uint8_t sha[64];

/* the fingerprint of the n-th key that never was */
static const char *fp(unsigned n)
{
	static char text[4][KA_FPR_TEXT_MAX];
	static unsigned turn;
	char *out = text[turn++ % 4];

	ka_keyfpr_text((struct ka_span){ (const uint8_t *)&n, sizeof(n) }, out);
	return out;
}

static int make(void **state)
{
	ka_buf_init(&b, body, sizeof(body));
	return serialplace_make(state);
}

static void add(unsigned n)
{
	ka_buf_text(&b, fp(n));
	ka_buf_text(&b, " lost\n");
}

/* put the list written so far in force, and begin a new one */
static enum ka_err keep(uint64_t serial, struct ka_revokedkeep *kept)
{
	struct ka_signeddoc doc = { .kind = KA_SIGNEDDOC_REVOKED, .head = { .serial = serial, .expires = EXPIRES } };
	struct ka_revokedkeep_new n = { .source = "corp", .doc = &doc, .sha512 = sha, .now = NOW };
	enum ka_err err;

	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	doc.body = ka_buf_as_span(&b);
	crypto_hash_sha512(sha, doc.body.p, doc.body.len);
	err = ka_revokedkeep_accept(&serialplace, &n, kept);
	ka_buf_cut(&b, 0);
	return err;
}

static struct ka_revokedkeep accept_list(uint64_t serial)
{
	struct ka_revokedkeep kept;

	assert_int_equal(keep(serial, &kept), KA_ERR_OK);
	return kept;
}

static enum ka_reason judge(const char *text)
{
	struct ka_revoked r;
	enum ka_reason reason;

	assert_int_equal(ka_revoked_open(&serialplace, "corp", &r), KA_ERR_OK);
	reason = ka_revoked_judge(&r, text);
	ka_revoked_close(&r);
	assert_int_equal(r.fd, -1);
	return reason;
}

static bool is_current(void)
{
	struct ka_revoked r;
	bool current;

	assert_int_equal(ka_revoked_open(&serialplace, "corp", &r), KA_ERR_OK);
	current = ka_revoked_currency(&r, NOW) == KA_REASON_NONE;
	ka_revoked_close(&r);
	return current;
}

static bool is_revoked(unsigned n)
{
	enum ka_reason reason = judge(fp(n));

	if (reason != KA_REASON_NONE)
		assert_int_equal(reason, KA_REASON_REVOKED_STORE);
	return reason != KA_REASON_NONE;
}

static void list__none_yet__nothing_revoked_and_not_current(void **state)
{
	struct ka_revoked r;

	(void)state;
	assert_int_equal(ka_revoked_open(&serialplace, "corp", &r), KA_ERR_OK);
	assert_int_equal(r.state, KA_REVOKED_MISSING);
	assert_false(r.memory.known);
	assert_int_equal(ka_revoked_judge(&r, fp(1)), KA_REASON_NONE);
	assert_int_equal(ka_revoked_currency(&r, NOW), KA_REASON_STORE_REVOKED_STALE);
	ka_revoked_close(&r);
}

static void list__accepted__its_keys_revoked(void **state)
{
	struct ka_revokedkeep kept;
	struct ka_revoked r;

	(void)state;
	add(1);
	ka_buf_text(&b, "# comment\n\n");
	add(2);
	add(1); /* twice: once is kept */
	kept = accept_list(7);
	assert_int_equal(kept.reason, KA_REASON_NONE);
	assert_int_equal(kept.count, 2);
	assert_int_equal(kept.wrong, 0);
	assert_true(kept.is_first);
	assert_true(is_revoked(1) && is_revoked(2));
	assert_false(is_revoked(3));
	assert_int_equal(ka_revoked_open(&serialplace, "corp", &r), KA_ERR_OK);
	assert_true(r.memory.known && r.memory.serial == 7);
	assert_memory_equal(r.memory.sha512, sha, 64);
	assert_int_equal(r.expires, EXPIRES);
	ka_revoked_close(&r);
}

static void list__expired__entries_hold_and_not_current(void **state)
{
	struct ka_revoked r;

	(void)state;
	add(1);
	accept_list(7);
	assert_int_equal(ka_revoked_open(&serialplace, "corp", &r), KA_ERR_OK);
	assert_int_equal(ka_revoked_currency(&r, EXPIRES - 1), KA_REASON_NONE);
	assert_int_equal(ka_revoked_currency(&r, EXPIRES), KA_REASON_STORE_REVOKED_STALE);
	assert_int_equal(ka_revoked_judge(&r, fp(1)), KA_REASON_REVOKED_STORE);
	ka_revoked_close(&r);
}

static void entry__lacking_in_a_lower_list__stays(void **state)
{
	(void)state;
	add(1);
	accept_list(7);
	add(2);
	assert_int_equal(accept_list(6).reason, KA_REASON_STORE_SERIAL_LOWER);
	add(2);
	assert_int_equal(accept_list(7).reason, KA_REASON_STORE_SERIAL_REUSED);
	assert_true(is_revoked(1));
	assert_false(is_revoked(2));
}

static void entry__lacking_in_a_higher_list__goes(void **state)
{
	(void)state;
	add(1);
	add(2);
	accept_list(7);
	add(2);
	assert_int_equal(accept_list(8).count, 1);
	assert_false(is_revoked(1));
	assert_true(is_revoked(2));
	assert_int_equal(accept_list(9).count, 0); /* an empty list is a list */
	assert_false(is_revoked(2));
}

/* who knows which key the broken line meant */
static void entry__lacking_in_a_list_with_a_wrong_line__stays(void **state)
{
	struct ka_revokedkeep kept;

	(void)state;
	add(1);
	accept_list(7);
	ka_buf_text(&b, "SHA256:truncated\n");
	add(2);
	kept = accept_list(8);
	assert_int_equal(kept.wrong, 1);
	assert_int_equal(kept.count, 2);
	assert_true(is_revoked(1) && is_revoked(2));
	add(2);
	assert_int_equal(accept_list(9).count, 1);
	assert_false(is_revoked(1));
}

static void list__same_again__not_written(void **state)
{
	struct stat before, after;

	(void)state;
	add(1);
	accept_list(7);
	assert_int_equal(fstatat(serialplace.fd, "corp.revoked", &before, 0), 0);
	add(1);
	assert_int_equal(accept_list(7).reason, KA_REASON_NONE);
	assert_int_equal(fstatat(serialplace.fd, "corp.revoked", &after, 0), 0);
	assert_int_equal(before.st_ino, after.st_ino);
}

static void serial__forgotten__entries_stay_until_the_next_list(void **state)
{
	struct ka_revoked r;
	bool was_there;
	size_t count;

	(void)state;
	assert_int_equal(ka_revokedkeep_forget_serial(&serialplace, "corp", &was_there), KA_ERR_OK);
	assert_false(was_there);
	add(1);
	accept_list(9000);
	assert_int_equal(ka_serial_forget_source(&serialplace, "corp", &count), KA_ERR_OK);
	assert_true(is_revoked(1));
	assert_int_equal(ka_revokedkeep_forget_serial(&serialplace, "corp", &was_there), KA_ERR_OK);
	assert_true(was_there);
	assert_true(is_revoked(1));
	assert_int_equal(ka_revoked_open(&serialplace, "corp", &r), KA_ERR_OK);
	assert_int_equal(ka_revoked_currency(&r, NOW), KA_REASON_STORE_REVOKED_STALE);
	ka_revoked_close(&r);
	add(2);
	assert_int_equal(accept_list(3).reason, KA_REASON_NONE);
	assert_false(is_revoked(1));
	assert_true(is_revoked(2));
}

/* as long as one read, a few more, and many: every entry is found, and none that is not there */
static void lists__of_all_sizes__searched_right(void **state)
{
	static const unsigned sizes[] = { 1, 2, 31, 32, 33, 60, 61, 62, 63, 64, 65, 66, 67, 97, 1000, 5000 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct ka_revoked r;

		for (unsigned n = 0; n < sizes[i]; n++)
			add(2 * n);
		assert_int_equal(accept_list(i + 1).count, sizes[i]);
		assert_int_equal(ka_revoked_open(&serialplace, "corp", &r), KA_ERR_OK);
		assert_int_equal(r.fd >= 0, r.head + sizes[i] * KA_REVOKED_ENTRY_LEN > KA_REVOKED_READ_MAX);
		for (unsigned n = 0; n < sizes[i]; n++) {
			assert_int_equal(ka_revoked_judge(&r, fp(2 * n)), KA_REASON_REVOKED_STORE);
			assert_int_equal(ka_revoked_judge(&r, fp(2 * n + 1)), KA_REASON_NONE);
		}
		ka_revoked_close(&r);
	}
}

static void list__too_many_entries__old_one_stays(void **state)
{
	struct ka_revokedkeep kept;

	(void)state;
	add(1);
	accept_list(1);
	for (unsigned n = 0; n < KA_REVOKED_ENTRIES_MAX; n++)
		add(n);
	assert_int_equal(keep(2, &kept), KA_ERR_OK);
	assert_int_equal(kept.count, KA_REVOKED_ENTRIES_MAX);
	assert_true(is_revoked(KA_REVOKED_ENTRIES_MAX - 1));
	for (unsigned n = 0; n <= KA_REVOKED_ENTRIES_MAX; n++)
		add(n);
	assert_int_equal(keep(3, &kept), KA_ERR_LIMIT);
	assert_false(is_revoked(KA_REVOKED_ENTRIES_MAX));
	assert_true(is_revoked(1));
}

/* the head damaged bit by bit, cuts everywhere, another owner's: nothing is "not revoked" then, and no list replaces it */
static void file__damaged__nobody_can_tell(void **state)
{
	struct ka_revokedkeep kept;
	size_t len;
	char *good, bad[4096];

	(void)state;
	add(1);
	add(2);
	accept_list(7);
	assert_true(is_current());
	good = serialplace_get("corp.revoked", &len);
	assert_true(len < sizeof(bad));
	for (size_t i = 0; i < len; i++) {
		serialplace_put("corp.revoked", good, i, 0600);
		assert_int_equal(judge(fp(1)), KA_REASON_STORE_CACHE_INVALID);
	}
	for (size_t i = 0; good[i] != '\n'; i++) {
		memcpy(bad, good, len);
		bad[i] ^= 0x40;
		serialplace_put("corp.revoked", bad, len, 0600);
		assert_int_not_equal(judge(fp(1)), KA_REASON_NONE);
	}
	memcpy(bad, good, len);
	serialplace_put("corp.revoked", good, len - 1, 0600);
	assert_false(is_current());
	bad[len] = 'x';
	serialplace_put("corp.revoked", bad, len + 1, 0600);
	assert_int_equal(judge(fp(1)), KA_REASON_STORE_CACHE_INVALID);
	bad[len - 1] = ' '; /* of the last entry */
	serialplace_put("corp.revoked", bad, len, 0600);
	assert_int_equal(judge(fp(3)), KA_REASON_STORE_CACHE_INVALID);
	add(5);
	serialplace_put("corp.revoked", good, len - 1, 0600);
	assert_int_equal(keep(8, &kept), KA_ERR_SYNTAX);
	serialplace_put("corp.revoked", good, len, 0622);
	assert_int_equal(judge(fp(1)), KA_REASON_STORE_CACHE_INVALID);
	serialplace_put("corp.revoked", good, len, 0600);
	assert_int_equal(judge(fp(1)), KA_REASON_REVOKED_STORE);
	free(good);
}

/* cut while it was open: the search notices */
static void file__long_and_cut_while_open__nobody_can_tell(void **state)
{
	struct ka_revoked r;
	enum ka_reason first, last;

	(void)state;
	for (unsigned n = 0; n < 500; n++)
		add(n);
	accept_list(7);
	assert_int_equal(ka_revoked_open(&serialplace, "corp", &r), KA_ERR_OK);
	serialplace_put("corp.revoked", "", 0, 0600);
	first = ka_revoked_judge(&r, fp(1));
	last = ka_revoked_judge(&r, fp(1000));
	ka_revoked_close(&r);
	assert_int_equal(first, KA_REASON_STORE_CACHE_INVALID);
	assert_int_equal(last, KA_REASON_STORE_CACHE_INVALID);
}

static void key__without_a_fingerprint__nobody_can_tell(void **state)
{
	(void)state;
	assert_int_equal(judge(""), KA_REASON_NONE); /* there is no list at all */
	add(1);
	accept_list(7);
	assert_int_equal(judge(""), KA_REASON_STORE_CACHE_INVALID);
	assert_int_equal(judge("MD5:00"), KA_REASON_STORE_CACHE_INVALID);
	assert_int_equal(judge(fp(2)), KA_REASON_NONE);
}

int main(void)
{
#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, make, serialplace_drop)
	const struct CMUnitTest tests[] = {
		IN_PLACE(list__none_yet__nothing_revoked_and_not_current),
		IN_PLACE(list__accepted__its_keys_revoked),
		IN_PLACE(list__expired__entries_hold_and_not_current),
		IN_PLACE(entry__lacking_in_a_lower_list__stays),
		IN_PLACE(entry__lacking_in_a_higher_list__goes),
		IN_PLACE(entry__lacking_in_a_list_with_a_wrong_line__stays),
		IN_PLACE(list__same_again__not_written),
		IN_PLACE(serial__forgotten__entries_stay_until_the_next_list),
		IN_PLACE(lists__of_all_sizes__searched_right),
		IN_PLACE(list__too_many_entries__old_one_stays),
		IN_PLACE(file__damaged__nobody_can_tell),
		IN_PLACE(file__long_and_cut_while_open__nobody_can_tell),
		IN_PLACE(key__without_a_fingerprint__nobody_can_tell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
