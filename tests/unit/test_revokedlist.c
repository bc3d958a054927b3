/* store/revokedlist: entries, and lines that were meant to be some. */
#include "store/revokedlist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/poison.h"

#define FP "SHA256:lPnmAAbrNMYg4YQtud9EaR2o2sWlA3V8Th96QOOebF8"

static enum ka_revokedlist_line first(const char *body, struct ka_span *hash)
{
	struct ka_cursor c;

	ka_cursor_init(&c, body, ka_span_of(body).len);
	return ka_revokedlist_next(&c, hash);
}

static void line__judged(void **state)
{
	static const struct { const char *body; enum ka_revokedlist_line line; } rows[] = {
		{ "", KA_REVOKEDLIST_END }, { "\n\n# " FP "\n \t\n", KA_REVOKEDLIST_END },
		{ FP, KA_REVOKEDLIST_ENTRY }, { FP "\n", KA_REVOKEDLIST_ENTRY }, { "# x\n  " FP "\tlost \x1b[31mlaptop\n", KA_REVOKEDLIST_ENTRY },
		{ "lPnmAAbrNMYg4YQtud9EaR2o2sWlA3V8Th96QOOebF8\n", KA_REVOKEDLIST_WRONG }, { FP "=\n", KA_REVOKEDLIST_WRONG },
		{ "SHA256:lPnmAAbrNMYg4YQtud9EaR2o2sWlA3V8Th96QOOebF\n", KA_REVOKEDLIST_WRONG },
		{ "SHA256:lPnmAAbrNMYg4YQtud9EaR2o2sWlA3V8Th96QOOebF9\n", KA_REVOKEDLIST_WRONG }, /* bits behind the hash */
		{ "sha256:lPnmAAbrNMYg4YQtud9EaR2o2sWlA3V8Th96QOOebF8\n", KA_REVOKEDLIST_WRONG },
		{ "MD5:d2:2d:95:71:6c:7d:1f:c1:d0:00:8e:54:bd:d1:20:4f\n", KA_REVOKEDLIST_WRONG },
		{ "ssh-ed25519 AAAA\n", KA_REVOKEDLIST_WRONG }, { FP "x\n", KA_REVOKEDLIST_WRONG },
	};
	struct ka_span hash;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (first(rows[i].body, &hash) != rows[i].line)
			fail_msg("row %zu: %s", i, rows[i].body);
		if (rows[i].line == KA_REVOKEDLIST_ENTRY)
			assert_true(ka_span_is(hash, "lPnmAAbrNMYg4YQtud9EaR2o2sWlA3V8Th96QOOebF8"));
	}
}

static void line__wrong__next_one_is_read(void **state)
{
	static const char body[] = "nonsense\n" FP "\n";
	struct ka_cursor c;
	struct ka_span hash;

	(void)state;
	ka_cursor_init(&c, body, sizeof(body) - 1);
	assert_int_equal(ka_revokedlist_next(&c, &hash), KA_REVOKEDLIST_WRONG);
	assert_int_equal(ka_revokedlist_next(&c, &hash), KA_REVOKEDLIST_ENTRY);
	assert_int_equal(ka_revokedlist_next(&c, &hash), KA_REVOKEDLIST_END);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(line__judged), cmocka_unit_test(line__wrong__next_one_is_read) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
