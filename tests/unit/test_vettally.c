/* keyaudit/vet/vettally: the numbers, for people and as JSON. */
#include "keyaudit/vet/vettally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/unit/lib/keysample.h"

#include "base/poison.h"

static struct ka_vettally tally;
static char *text;
static size_t len;

static void show(bool json)
{
	struct ka_out out = { .to = open_memstream(&text, &len) };

	assert_non_null(out.to);
	assert_int_equal(ka_vettally_show(&tally, &out, json), KA_ERR_OK);
	fclose(out.to);
}

static void take(const char *name, enum ka_verdict verdict)
{
	static struct ka_keysample sample;
	struct ka_keyblob key;

	ka_keysample_find(name, &sample);
	assert_int_equal(ka_keyblob_parse(sample.blob, (struct ka_span){ NULL, 0 }, &key), KA_REASON_NONE);
	ka_vettally_take(&tally, &key, verdict);
}

static void fill(void)
{
	static const struct ka_keyblob none;

	memset(&tally, 0, sizeof(tally));
	tally.files = 2;
	take("ed25519", KA_VERDICT_ACCEPT);
	take("ed25519", KA_VERDICT_WARN);
	take("rsa2048", KA_VERDICT_ACCEPT);
	ka_vettally_take(&tally, &none, KA_VERDICT_REJECT);
	ka_vettally_worse(&tally, KA_VERDICT_ACCEPT, KA_VERDICT_REJECT);
	tally.reused = 1;
}

static void show__text__keys_by_type_and_verdict(void **state)
{
	(void)state;
	fill();
	show(false);
	assert_string_equal(text, "4 keys in 2 files: 2 ssh-ed25519, 1 ssh-rsa\n"
				  "1 accepted, 1 with a warning, 2 refused; 1 used by several accounts, 0 with a shared prime\n");
	free(text);
	tally = (struct ka_vettally){ .files = 1, .keys = 1, .by_verdict = { 1 }, .unread = 2, .uncompared = 1 };
	show(false);
	assert_string_equal(text, "1 key in 1 file\n"
				  "1 accepted, 0 with a warning, 0 refused; 0 used by several accounts, 0 with a shared prime\n"
				  "undecided: 2 files or lines that could not be read, 1 key that was not compared with all others\n");
	free(text);
}

static void show__json__the_same_numbers(void **state)
{
	json_t *o, *types;

	(void)state;
	fill();
	show(true);
	o = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(o);
	assert_string_equal(json_string_value(json_object_get(o, "schema")), "keyaudit.vet-summary/1");
	assert_int_equal(json_integer_value(json_object_get(o, "keys")), 4);
	assert_int_equal(json_integer_value(json_object_get(o, "refused")), 2);
	types = json_object_get(o, "types");
	assert_int_equal(json_array_size(types), 2);
	assert_string_equal(json_string_value(json_object_get(json_array_get(types, 0), "type")), "ssh-ed25519");
	assert_int_equal(json_integer_value(json_object_get(json_array_get(types, 0), "keys")), 2);
	json_decref(o);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(show__text__keys_by_type_and_verdict),
		cmocka_unit_test(show__json__the_same_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
