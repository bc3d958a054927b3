/* verdict/verdictkey: the name is what the header says, and whatever an answer depends on changes it. */
#include "verdict/verdictkey.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/text.h"

#include "base/poison.h"

static struct ka_verdictkey make(const char *a, const char *b, const char *c)
{
	const char *const texts[] = { a, b, c };
	struct ka_span parts[3] = { { NULL, 0 } };
	struct ka_verdictkey key;
	size_t n = 0;

	while (n < KA_ARRAY_LEN(texts) && texts[n] != NULL) {
		parts[n] = ka_span_of(texts[n]);
		n++;
	}
	ka_verdictkey_make(parts, n, &key);
	return key;
}

/* printf 'keyaudit-verdict-key/1\0\0\0\0\0\0\0\0\4blob\0\0\0\0\0\0\0\0' | sha256sum */
static void key__known_answer__as_another_program_has_it(void **state)
{
	struct ka_verdictkey key = make("blob", "", NULL);
	char hex[2 * KA_VERDICTKEY_BYTES + 1];

	(void)state;
	ka_text_hex(key.bytes, sizeof(key.bytes), hex, sizeof(hex));
	assert_string_equal(hex, "076de06a43e12d102f8f8e6dc7cb09a83999a7ede5c9a0ed67f4aef217da1af6");
}

static void key__another_question__another_name(void **state)
{
	const struct ka_verdictkey all[] = {
		make("blob", "policy", "1"), make("blob", "policy", "2"), make("blob", "Policy", "1"), make("blub", "policy", "1"),
		make("policy", "blob", "1"), make("blobpolicy", "", "1"), make("blob", "policy1", ""), make("blob", "policy1", NULL),
		make("blob", "", "policy1"), make("blob", "policy", NULL), make("blob", "policy", ""), make("", "", ""), make("", "", NULL),
		make(NULL, NULL, NULL), make("blob", "policy", "1x"),
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(all); i++)
		for (size_t k = 0; k < i; k++)
			assert_memory_not_equal(all[i].bytes, all[k].bytes, KA_VERDICTKEY_BYTES);
}

static void key__same_question__same_name(void **state)
{
	struct ka_verdictkey a = make("blob", "policy", "1"), b = make("blob", "policy", "1");

	(void)state;
	assert_memory_equal(a.bytes, b.bytes, KA_VERDICTKEY_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key__known_answer__as_another_program_has_it),
		cmocka_unit_test(key__another_question__another_name),
		cmocka_unit_test(key__same_question__same_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
