/* pam_keyaudit/pamanswer: exactly one line or nothing; a bent denial never becomes a permission. */
#include "pam_keyaudit/pamanswer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static bool parsed(const char *text, size_t len, struct ka_pamanswer *out)
{
	return ka_pamanswer_parse((struct ka_span){ (const uint8_t *)text, len }, out);
}

static void parse__anything_else__is_refused(void **state)
{
	static const char *const bad[] = {
		"", "\n", "ka1\n", "ka1 ref=asm6lelb deny=-", "ka1 ref=asm6lelb\n", "ka1 ref=asm6lel deny=-\n", "ka1 ref=asm6lelbb deny=-\n",
		"ka1 ref=ASM6LELB deny=-\n", "ka1 ref=asm1lelb deny=-\n", "ka1 ref=- deny=-\n", "ka2 ref=asm6lelb deny=-\n",
		"ka1 deny=- ref=asm6lelb\n", "ka1 ref=asm6lelb deny=\n", "ka1 ref=asm6lelb deny=--\n", "ka1 ref=asm6lelb deny=%2d\n",
		"ka1 ref=asm6lelb deny=no\n", "ka1 ref=asm6lelb deny=key.\n", "ka1 ref=asm6lelb deny=.rsa\n", "ka1 ref=asm6lelb deny=a.b.c\n",
		"ka1 ref=asm6lelb deny=Key.rsa\n", "ka1 ref=asm6lelb deny=key.rsa more=1\n", "ka1 ref=asm6lelb deny=- \n",
		"ka1 ref=asm6lelb deny=-\r\n", " ka1 ref=asm6lelb deny=-\n", "ka1 ref=asm6lelb deny=-\n\n", "ka1 ref=asm6lelb deny=-\nmore\n",
		"ka1 ref=asm6lelb deny=key/rsa.x\n", "warning: x\nka1 ref=asm6lelb deny=-\n",
	};
	static char huge[KA_PAM_ANSWER_MAX + 2];
	struct ka_pamanswer a;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		if (parsed(bad[i], strlen(bad[i]), &a))
			fail_msg("accepted: %s", bad[i]);
		assert_int_equal(a.ref[0], 0);
		assert_int_equal(a.deny[0], 0);
	}
	assert_false(parsed("ka1 ref=asm6lelb deny=-\0\n", 25, &a));
	assert_false(parsed(NULL, 0, &a));
	memset(huge, 'a', sizeof(huge));
	memcpy(huge, "ka1 ref=asm6lelb deny=key.", 26);
	huge[sizeof(huge) - 1] = '\n';
	assert_false(parsed(huge, sizeof(huge), &a));
	huge[400] = '\n';
	assert_false(parsed(huge, 401, &a));
}

static void parse__the_two_answers__are_read(void **state)
{
	struct ka_pamanswer a;

	(void)state;
	assert_true(parsed("ka1 ref=asm6lelb deny=-\n", 24, &a));
	assert_string_equal(a.ref, "asm6lelb");
	assert_string_equal(a.deny, "");
	assert_true(parsed("ka1 ref=22223333 deny=key.rsa-too-short\n", 40, &a));
	assert_string_equal(a.ref, "22223333");
	assert_string_equal(a.deny, "key.rsa-too-short");
}

static void parse__bent_denial__never_allows(void **state)
{
	static const char good[] = "ka1 ref=asm6lelb deny=key.rsa-too-short\n";
	char bent[sizeof(good)];
	struct ka_pamanswer a;

	(void)state;
	for (size_t n = 0; n < sizeof(good) - 1; n++)
		assert_false(parsed(good, n, &a));
	for (size_t i = 0; i < sizeof(good) - 1; i++)
		for (unsigned c = 0; c < 256; c++) {
			memcpy(bent, good, sizeof(good));
			bent[i] = (char)c;
			if (parsed(bent, sizeof(good) - 1, &a) && a.deny[0] == '\0')
				fail_msg("byte %zu as %u allows", i, c);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__anything_else__is_refused),
		cmocka_unit_test(parse__the_two_answers__are_read),
		cmocka_unit_test(parse__bent_denial__never_allows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
