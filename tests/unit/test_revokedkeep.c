/*
 * store/revokedkeep: what becomes of the list in force when a new one cannot be put there, and what exactly is written.
 * Which entries stay and go, and how they are found again, is in test_revoked.c.
 */
#include "store/revokedkeep.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/serialplace.h"

#include "base/poison.h"

enum { NOW = 1790000000 };

#define A43 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define B43 "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA"
#define C43 "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCA"

static uint8_t sha[64];
static struct ka_revokedkeep kept;

static enum ka_err keep(const char *source, uint64_t serial, const char *body)
{
	const struct ka_signeddoc doc = { .kind = KA_SIGNEDDOC_REVOKED, .head = { .serial = serial, .expires = NOW + 60 },
					  .body = ka_span_of(body) };
	const struct ka_revokedkeep_new n = { .source = source, .doc = &doc, .sha512 = sha, .now = NOW };

	memset(sha, (int)serial, sizeof(sha));
	return ka_revokedkeep_accept(&serialplace, &n, &kept);
}

/* the file behind its first line; "" when there is none */
static const char *entries(void)
{
	static char text[1024];
	size_t len = 0;
	char *all = serialplace_get("corp.revoked", &len), *behind = all != NULL ? strchr(all, '\n') : NULL;

	text[0] = '\0';
	if (behind != NULL)
		assert_true(ka_span_copy(ka_span_of(behind + 1), text, sizeof(text)));
	free(all);
	return text;
}

static void accept__entries__in_byte_order_and_none_twice(void **state)
{
	size_t len;
	char *text;

	(void)state;
	assert_int_equal(keep("corp", 7, "SHA256:" C43 " lost\n\n# words\nSHA256:" A43 "\nSHA256:" C43 "\nSHA256:" B43 "\n"), KA_ERR_OK);
	assert_int_equal(kept.count, 3);
	assert_true(kept.is_first);
	assert_string_equal(entries(), A43 "\n" B43 "\n" C43 "\n");
	text = serialplace_get("corp.revoked", &len);
	assert_memory_equal(text, "ka1 revoked serial=7 sha512=07070707", 36);
	assert_non_null(strstr(text, " at=1790000000 expires=1790000060 count=3\n"));
	free(text);
	assert_int_equal(keep("corp", 8, "SHA256:" A43 "\n"), KA_ERR_OK);
	assert_false(kept.is_first);
	assert_string_equal(entries(), A43 "\n");
}

/* no byte of a line that was not understood gets in */
static void accept__wrong_line__old_entries_stay_beside_the_new_ones(void **state)
{
	(void)state;
	assert_int_equal(keep("corp", 1, "SHA256:" A43 "\n"), KA_ERR_OK);
	assert_int_equal(keep("corp", 2, "SHA256:" B43 "\nMD5:00:11\nSHA256:" B43 "=\n"), KA_ERR_OK);
	assert_int_equal(kept.wrong, 2);
	assert_int_equal(kept.count, 2);
	assert_string_equal(entries(), A43 "\n" B43 "\n");
}

static void accept__somebody_holds_the_lock__nothing_changes(void **state)
{
	struct ka_serialdir other;
	bool was_there;

	(void)state;
	assert_int_equal(keep("corp", 1, "SHA256:" A43 "\n"), KA_ERR_OK);
	assert_int_equal(ka_serialdir_open(serialplace_path, &other), KA_ERR_OK);
	assert_int_equal(ka_serialdir_lock(&other), KA_ERR_OK);
	assert_int_equal(keep("corp", 2, "SHA256:" B43 "\n"), KA_ERR_TIMEOUT);
	assert_int_equal(kept.reason, KA_REASON_NONE);
	assert_int_equal(ka_revokedkeep_forget_serial(&serialplace, "corp", &was_there), KA_ERR_TIMEOUT);
	assert_false(was_there);
	assert_string_equal(entries(), A43 "\n");
	ka_serialdir_unlock(&other);
	ka_serialdir_close(&other);
	assert_int_equal(keep("corp", 2, "SHA256:" B43 "\n"), KA_ERR_OK); /* our own lock was given back each time */
	assert_string_equal(entries(), B43 "\n");
}

/* what cannot be read might have revoked anything: it is for an administrator to look at, and not for the next list to hide */
static void accept__broken_list_in_force__stays(void **state)
{
	static const char broken[] = "ka1 revoked serial=1";
	bool was_there;
	size_t len;
	char *text;

	(void)state;
	serialplace_put("corp.revoked", broken, sizeof(broken) - 1, 0600);
	assert_int_equal(keep("corp", 2, "SHA256:" B43 "\n"), KA_ERR_SYNTAX);
	assert_int_equal(ka_revokedkeep_forget_serial(&serialplace, "corp", &was_there), KA_ERR_SYNTAX);
	assert_false(was_there);
	text = serialplace_get("corp.revoked", &len);
	assert_string_equal(text, broken);
	free(text);
}

static void accept__names_that_cannot_be_files__are_none(void **state)
{
	static char longest[KA_SERIAL_NAME_MAX];
	static const char *const names[] = { "", "..", "a/b", ".hidden", "-f", "a b", longest };

	(void)state;
	memset(longest, 'n', sizeof(longest) - sizeof("revoked")); /* and one more is the dot's */
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_not_equal(keep(names[i], 1, "SHA256:" A43 "\n"), KA_ERR_OK);
	assert_int_equal(serialplace_count(), 0);
}

static void accept__sources__each_has_its_own(void **state)
{
	struct ka_revoked r;

	(void)state;
	assert_int_equal(keep("corp", 1, "SHA256:" A43 "\n"), KA_ERR_OK);
	assert_int_equal(keep("corp.eu", 1, "SHA256:" B43 "\n"), KA_ERR_OK);
	assert_true(kept.is_first);
	assert_int_equal(ka_revoked_open(&serialplace, "corp", &r), KA_ERR_OK);
	assert_int_equal(ka_revoked_judge(&r, "SHA256:" A43), KA_REASON_REVOKED_STORE);
	assert_int_equal(ka_revoked_judge(&r, "SHA256:" B43), KA_REASON_NONE);
	ka_revoked_close(&r);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, serialplace_make, serialplace_drop)
	const struct CMUnitTest tests[] = {
		T(accept__entries__in_byte_order_and_none_twice),
		T(accept__wrong_line__old_entries_stay_beside_the_new_ones),
		T(accept__somebody_holds_the_lock__nothing_changes),
		T(accept__broken_list_in_force__stays),
		T(accept__names_that_cannot_be_files__are_none),
		T(accept__sources__each_has_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
