/* conf/confrow: the table against itself: names, limits, sections; and what is found in it by strangers' words. */
#include "conf/confrow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

#define NAME_ROOM 24 /* as long as a name may be in a table for people, with its NUL */

static const struct ka_confrow *row(unsigned k)
{
	return ka_confrow_at((enum ka_conf_key)k);
}

static void rows__each__is_found_by_its_name_in_its_section_only(void **state)
{
	(void)state;
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++) {
		const char *name = ka_confrow_name(row(k));

		assert_in_range(strlen(name), 1, NAME_ROOM - 1);
		assert_int_equal(strlen(name), row(k)->name_len);
		assert_int_equal(ka_confrow_key(row(k)), k);
		for (unsigned s = 0; s < KA_CONF_SECTION_COUNT; s++) {
			enum ka_conf_key found = ka_confrow_find((enum ka_conf_section)s, ka_span_of(name));

			if (s == row(k)->section)
				assert_int_equal(found, k); /* and so no name stands there twice */
			else if (found != KA_CONF_KEY_COUNT)
				assert_int_equal(row(found)->section, s);
		}
	}
}

static void find__not_the_whole_name__is_unknown(void **state)
{
	(void)state;
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++) {
		const char *name = ka_confrow_name(row(k));
		size_t n = strlen(name);
		char other[NAME_ROOM + 2];

		for (size_t len = 0; len < n; len++) { /* unless that is another row's */
			enum ka_conf_key found = ka_confrow_find(row(k)->section, (struct ka_span){ (const uint8_t *)name, len });

			assert_true(found == KA_CONF_KEY_COUNT || strlen(ka_confrow_name(row(found))) == len);
		}
		memcpy(other, name, n);
		memcpy(other + n, "\0", 2);
		assert_int_equal(ka_confrow_find(row(k)->section, (struct ka_span){ (const uint8_t *)other, n + 1 }),
				 ka_confrow_is_prefix(row(k)) ? k : KA_CONF_KEY_COUNT);
		other[0] = (char)(other[0] - 'a' + 'A');
		assert_int_equal(ka_confrow_find(row(k)->section, (struct ka_span){ (const uint8_t *)other, n }), KA_CONF_KEY_COUNT);
	}
	assert_int_equal(ka_confrow_find(KA_CONF_SECTION_POLICY, (struct ka_span){ NULL, 0 }), KA_CONF_KEY_COUNT);
	assert_int_equal(ka_confrow_find(KA_CONF_SECTION_COUNT, ka_span_of("types")), KA_CONF_KEY_COUNT);
}

static void find__prefix__is_found_by_what_stands_before_the_reason(void **state)
{
	(void)state;
	assert_int_equal(ka_confrow_find(KA_CONF_SECTION_POLICY, ka_span_of("severity.key.rsa-e-small")), KA_CONF_KEY_SEVERITY);
	assert_int_equal(ka_confrow_find(KA_CONF_SECTION_POLICY, ka_span_of("severity.")), KA_CONF_KEY_SEVERITY);
	assert_int_equal(ka_confrow_find(KA_CONF_SECTION_POLICY, ka_span_of("severity")), KA_CONF_KEY_COUNT);
	assert_int_equal(ka_confrow_find(KA_CONF_SECTION_AUDIT, ka_span_of("severity.x")), KA_CONF_KEY_COUNT);
	assert_int_equal(ka_confrow_find(KA_CONF_SECTION_AUDIT, ka_span_of("level.\xff")), KA_CONF_KEY_LEVEL);
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++)
		assert_int_equal(ka_confrow_is_prefix(row(k)), k == KA_CONF_KEY_SEVERITY || k == KA_CONF_KEY_LEVEL);
}

/* other files walk the rows of [source] and of [policy] as a range */
static void rows__of_a_section__stand_together(void **state)
{
	(void)state;
	for (unsigned k = 1; k < KA_CONF_KEY_COUNT; k++)
		for (unsigned j = 0; row(k)->section != row(k - 1)->section && j < k; j++)
			assert_int_not_equal(row(j)->section, row(k)->section);
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++)
		assert_int_equal(row(k)->section == KA_CONF_SECTION_SOURCE,
				 k >= KA_CONF_KEY_SOURCE_TYPE && k < KA_CONF_KEY_SOURCE_TYPE + KA_CONF_SOURCE_KEYS);
}

static void rows__limits_and_places__make_sense(void **state)
{
	(void)state;
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++) {
		const struct ka_confrow *r = row(k);
		size_t size = r->section == KA_CONF_SECTION_SOURCE ? sizeof(struct ka_conf_source) : sizeof(struct ka_conf);
		const char *value = ka_confrow_default(r);

		assert_true(r->min <= r->max);
		assert_true(r->offset < size);
		assert_int_equal(r->who != 0, r->section == KA_CONF_SECTION_SOURCE);
		assert_true(value == NULL || strlen(value) < KA_CONF_TEXT_MAX);
		if (ka_confrow_is_list(r)) {
			assert_true(ka_confrow_is_text(r));
			assert_in_range(r->max, 1, KA_CONF_LIST_MAX);
		}
		if (ka_confrow_is_free(r))
			assert_true(ka_confrow_is_text(r) && !ka_confrow_is_list(r));
		/* no two keys share a field, but for what is one by its kind */
		for (unsigned j = 0; j < k; j++)
			if ((row(j)->section == KA_CONF_SECTION_SOURCE) == (r->section == KA_CONF_SECTION_SOURCE))
				assert_int_not_equal(row(j)->offset, r->offset);
	}
	assert_null(ka_confrow_default(row(KA_CONF_KEY_SOURCES)));
	assert_null(ka_confrow_default(row(KA_CONF_KEY_SOURCE_TYPE)));
	assert_string_equal(ka_confrow_default(row(KA_CONF_KEY_FORCE_OPTIONS)), "");
}

static void is__types__of_each_kind(void **state)
{
	(void)state;
	for (unsigned t = 0; t < 256; t++) { /* also types that are not there */
		const struct ka_confrow r = { .type = (enum ka_confrow_type)t };

		assert_true(!ka_confrow_is_list(&r) || t <= KA_CONFROW_PINS);
		if (t > KA_CONFROW_WHERE)
			assert_false(ka_confrow_is_text(&r) || ka_confrow_is_list(&r) || ka_confrow_is_free(&r));
	}
	assert_true(ka_confrow_is_free(row(KA_CONF_KEY_FORCE_OPTIONS)) && ka_confrow_is_free(row(KA_CONF_KEY_WHERE)) &&
		    ka_confrow_is_free(row(KA_CONF_KEY_BODY)) && ka_confrow_is_free(row(KA_CONF_KEY_HEADERS)) &&
		    ka_confrow_is_free(row(KA_CONF_KEY_LINE_PREFIX)));
	assert_false(ka_confrow_is_free(row(KA_CONF_KEY_TRAIL)) || ka_confrow_is_free(row(KA_CONF_KEY_SOURCE_COMMAND)));
	assert_false(ka_confrow_is_text(row(KA_CONF_KEY_FLOOD_LIMIT)) || ka_confrow_is_text(row(KA_CONF_KEY_SINKS)) ||
		     ka_confrow_is_text(row(KA_CONF_KEY_SSHD_LOG)));
	assert_true(ka_confrow_is_list(row(KA_CONF_KEY_SOURCES)) && ka_confrow_is_list(row(KA_CONF_KEY_PINS)));
	assert_false(ka_confrow_is_list(row(KA_CONF_KEY_TRAIL)) || ka_confrow_is_list(row(KA_CONF_KEY_FORCE_OPTIONS)));
}

static void nearest__of_this_section_only(void **state)
{
	(void)state;
	assert_string_equal(ka_confrow_nearest(KA_CONF_SECTION_POLICY, ka_span_of("rsa_min_bit")), "rsa_min_bits");
	assert_string_equal(ka_confrow_nearest(KA_CONF_SECTION_POLICY, ka_span_of("RSA_MIN_BITS")), "rsa_min_bits");
	assert_null(ka_confrow_nearest(KA_CONF_SECTION_SSHD, ka_span_of("rsa_min_bit")));
	assert_null(ka_confrow_nearest(KA_CONF_SECTION_POLICY, ka_span_of("")));
	assert_null(ka_confrow_nearest(KA_CONF_SECTION_COUNT, ka_span_of("types")));
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++)
		assert_ptr_equal(ka_confrow_nearest(row(k)->section, ka_span_of(ka_confrow_name(row(k)))), ka_confrow_name(row(k)));
}

static void section__each__is_found_by_its_name(void **state)
{
	static const char *const names[KA_CONF_SECTION_COUNT] = { "lookup", "source", "policy", "audit", "sshd" };
	static const char *const bad[] = { "", "Lookup", "lookup ", "looku", "lookups", "metrics", "\xff" };

	(void)state;
	for (unsigned s = 0; s < KA_CONF_SECTION_COUNT; s++) {
		assert_string_equal(ka_confrow_section((enum ka_conf_section)s), names[s]);
		assert_int_equal(ka_confrow_section_find(ka_span_of(names[s])), s);
	}
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++)
		assert_int_equal(ka_confrow_section_find(ka_span_of(bad[i])), KA_CONF_SECTION_COUNT);
	assert_int_equal(ka_confrow_section_find((struct ka_span){ (const uint8_t *)"sshd\0", 5 }), KA_CONF_SECTION_COUNT);
	assert_int_equal(ka_confrow_section_find((struct ka_span){ NULL, 0 }), KA_CONF_SECTION_COUNT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(find__not_the_whole_name__is_unknown),
		cmocka_unit_test(find__prefix__is_found_by_what_stands_before_the_reason),
		cmocka_unit_test(rows__each__is_found_by_its_name_in_its_section_only),
		cmocka_unit_test(rows__of_a_section__stand_together),
		cmocka_unit_test(rows__limits_and_places__make_sense),
		cmocka_unit_test(is__types__of_each_kind),
		cmocka_unit_test(nearest__of_this_section_only),
		cmocka_unit_test(section__each__is_found_by_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
