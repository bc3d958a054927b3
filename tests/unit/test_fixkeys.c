/* keyaudit/mend/fixkeys: every key is listed, and what is none is counted. */
#include "keyaudit/mend/fixkeys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "tests/unit/lib/fixplace.h"

#include "base/poison.h"

static struct ka_fixkeys keys;
static struct ka_fixkeys_work work;

static void read_text(const char *text)
{
	ka_fixkeys_read(ka_span_of(text), &work, &keys);
	assert_true(ka_fixkeys_check(&keys));
}

static void read__keys_comments_and_the_rest__each_where_it_belongs(void **state)
{
	(void)state;
	read_text("# c\n\n" FIXPLACE_KEY " alice@\x1b[2J\nno-pty,command=\"a b\" " FIXPLACE_KEY "\ngarbage\n\xef\xbb\xbf" FIXPLACE_KEY "\n");
	assert_int_equal(keys.keys, 2);
	assert_int_equal(keys.row[0].line, 3);
	assert_string_equal(keys.row[0].type, "ssh-ed25519");
	assert_int_equal(strncmp(keys.row[0].fp, "SHA256:", 7), 0);
	assert_string_equal(keys.row[0].fp, keys.row[1].fp);
	assert_string_equal(keys.row[0].comment, "alice@\x1b[2J"); /* raw: who prints it escapes it */
	assert_int_equal(keys.row[1].line, 4);
	assert_int_equal(keys.odd, 2);
	assert_int_equal(keys.odd_line, 5);
	assert_false(keys.is_private);
}

static void read__private_halves__are_noticed_and_not_kept(void **state)
{
	(void)state;
	read_text("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA\n-----END OPENSSH PRIVATE KEY-----\n");
	assert_true(keys.is_private);
	assert_int_equal(keys.keys, 0);
	assert_null(memmem(&keys, sizeof(keys), "b3BlbnNz", 8));
	read_text("PuTTY-User-Key-File-3: ssh-ed25519\n");
	assert_true(keys.is_private);
}

static void read__more_than_a_person_looks_through__are_counted(void **state)
{
	size_t n = KA_FIXKEYS_MAX + 2, one = strlen(FIXPLACE_KEY "\n");
	KA_AUTOFREE char *text = malloc(n * one + 1);

	(void)state;
	for (size_t i = 0; i < n; i++)
		memcpy(text + i * one, FIXPLACE_KEY "\n", one + 1);
	read_text(text);
	assert_int_equal(keys.keys, n);
}

static void check__texts_without_an_end__are_refused(void **state)
{
	(void)state;
	read_text(FIXPLACE_KEY " c\n");
	memset(keys.row[0].comment, 'x', sizeof(keys.row[0].comment));
	assert_false(ka_fixkeys_check(&keys));
	read_text(FIXPLACE_KEY " c\n");
	memset(keys.row[0].fp, 'x', sizeof(keys.row[0].fp));
	assert_false(ka_fixkeys_check(&keys));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__keys_comments_and_the_rest__each_where_it_belongs),
		cmocka_unit_test(read__private_halves__are_noticed_and_not_kept),
		cmocka_unit_test(read__more_than_a_person_looks_through__are_counted),
		cmocka_unit_test(check__texts_without_an_end__are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
