/* health/healthbook: what was written is read again, and what is torn or odd is no row. */
#include "keyaudit/health/healthbook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static struct ka_healthbook *book;
static char text[8192];

static int make(void **state)
{
	(void)state;
	book = calloc(1, sizeof(*book));
	return book == NULL;
}

static int drop(void **state)
{
	(void)state;
	free(book);
	return 0;
}

static const char *written(void)
{
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_healthbook_write(book, &b);
	return text;
}

static size_t parsed(const char *lines)
{
	ka_healthbook_parse(ka_span_of(lines), book);
	return book->count;
}

static void rows__come_back(void **state)
{
	static const char two[] = "ka1 health subject=store%20corp value=store.tls since=7\n"
				  "ka1 health subject=conf value=- since=0 next=conf.unsafe action=config-unsafe at=12 before=99 "
				  "boot=0123456789abcdef0123456789abcdef\n";
	struct ka_healthrow *r;

	(void)state;
	assert_int_equal(parsed(two), 2);
	r = ka_healthbook_find(book, "store corp");
	assert_non_null(r);
	assert_string_equal(r->value, "store.tls");
	assert_true(r->since_us == 7 && !r->is_pending);
	r = ka_healthbook_find(book, "conf");
	assert_non_null(r);
	assert_true(r->is_pending && r->action == KA_EVENT_CONFIG_UNSAFE && r->at_us == 12 && r->before == 99);
	assert_string_equal(r->next, "conf.unsafe");
	assert_string_equal(written(), two);
}

static void lines__that_are_none__are_passed_over(void **state)
{
	static const char *const bad[] = {
		"ka1 health subject=a value=b since=1", /* torn */
		"ka1 health subject=a value=b\n",
		"ka1 health subject=a value=b since=-1\n",
		"ka1 health subject=a value=b since=1 next=c\n",
		"ka1 health subject=a value=b since=1 next=c action=ssh-key-refused at=1 before=1 boot=0123456789abcdef0123456789abcdef\n",
		"ka1 health subject=a value=b since=1 next=c action=trail-seal at=1 before=1 boot=01\n",
		"ka1 health subject=a value=b since=1 next=c action=trail-seal at=1 before=1 boot=0123456789abcdef0123456789abcdef more=1\n",
		"nonsense\n",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++)
		if (parsed(bad[i]) != 0)
			fail_msg("row %zu", i);
	assert_int_equal(parsed("nonsense\nka1 health subject=a value=b since=1\nka1 health subject=a value=c since=2\n"), 1);
	assert_string_equal(book->row[0].value, "b");
}

static void take__makes_rows_until_it_is_full(void **state)
{
	char name[16] = "00", *at = name;
	struct ka_healthrow *first = ka_healthbook_take(book, "first");

	(void)state;
	assert_ptr_equal(ka_healthbook_take(book, "first"), first);
	while (book->count < KA_HEALTH_ROWS_MAX) {
		at[0] = (char)('0' + book->count / 64);
		at[1] = (char)('0' + book->count % 64);
		assert_non_null(ka_healthbook_take(book, name));
	}
	assert_null(ka_healthbook_take(book, "one more"));
	ka_healthbook_drop(book, first);
	assert_null(ka_healthbook_find(book, "first"));
	assert_non_null(ka_healthbook_find(book, name));
	assert_non_null(ka_healthbook_take(book, "one more"));
	memset(text, 'x', KA_HEALTH_SUBJECT_MAX);
	text[KA_HEALTH_SUBJECT_MAX] = '\0';
	ka_healthbook_drop(book, ka_healthbook_find(book, "one more"));
	assert_null(ka_healthbook_take(book, text));
}

/* an id comes of the time */
static void moment__no_two_are_the_same(void **state)
{
	(void)state;
	assert_true(ka_healthbook_moment(book, 5) == 5);
	ka_healthbook_take(book, "a")->since_us = 9;
	assert_true(ka_healthbook_moment(book, 5) == 10);
	assert_true(ka_healthbook_moment(book, 10) == 10);
	*ka_healthbook_take(book, "b") = (struct ka_healthrow){ .subject = "b", .is_pending = true, .at_us = 20 };
	assert_true(ka_healthbook_moment(book, 10) == 21);
}

#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(rows__come_back),
		T(lines__that_are_none__are_passed_over),
		T(take__makes_rows_until_it_is_full),
		T(moment__no_two_are_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
