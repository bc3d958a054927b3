/* keyaudit/vet/vetaccount: whose keys a file holds, by its path. */
#include "keyaudit/vet/vetaccount.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static void of__each_form__its_account(void **state)
{
	static const struct { const char *path, *below, *account; } rows[] = {
		{ "/home/alice/.ssh/authorized_keys", "/home/", "alice" },
		{ "/home/alice/.ssh/authorized_keys2", "/home/alice/.ssh/", "alice" },
		{ "/home/alice/.ssh/id_ed25519.pub", "/home/", "alice" },
		{ "keys/alice/authorized_keys", "keys/", "alice" },
		{ "keys/alice.keys", "keys/", "alice" },
		{ "keys/team/alice.keys", "keys/", "alice" },
		{ "keys/alice/laptop.pub", "keys/", "alice" },
		{ "keys/alice.pub", "keys/", "alice" },
		{ "keys/alice-cert.pub", "keys/", "alice" },
		{ "/tmp/alice.pub", "/tmp/", "alice" }, /* named itself: the directory says nothing */
		{ "keys.d/alice", "keys.d/", "alice" },
		{ "keys.d/bob.smith", "keys.d/", "bob.smith" },
		{ "authorized_keys", "", "" },
		{ ".ssh/authorized_keys", ".ssh/", "" },
		{ "./authorized_keys", "./", "" },
		{ "../authorized_keys", "../", "" },
		{ "//home///alice//.ssh//authorized_keys", "//home/", "alice" },
		{ ".keys", "", ".keys" },
		{ "-", "", "-" },
		{ "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		char text[64];
		struct ka_buf b;

		ka_buf_init_array(&b, text);
		ka_vetaccount_of(rows[i].path, strlen(rows[i].below), &b);
		assert_string_equal(text, rows[i].account);
	}
}

static void is_keyfile__by_its_name(void **state)
{
	static const char *const yes[] = { "authorized_keys", "authorized_keys2", "authorized_keys.old", "a.keys", "a.pub" };
	static const char *const no[] = { "README", "alice", ".keys", ".pub", "a.pubs", "a.keys~", "my_authorized_keys", "" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(yes); i++)
		assert_true(ka_vetaccount_is_keyfile(yes[i]));
	for (size_t i = 0; i < KA_ARRAY_LEN(no); i++)
		assert_false(ka_vetaccount_is_keyfile(no[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of__each_form__its_account),
		cmocka_unit_test(is_keyfile__by_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
