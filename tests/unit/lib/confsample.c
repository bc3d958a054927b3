/* Texts read as configuration. Must know nothing of what is right: that is left to the tests. */
#include "tests/unit/lib/confsample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

struct ka_conf confsample;
struct ka_conf_errors confsample_errors;

void confsample_bytes(const char *file, const char *text, size_t len)
{
	ka_conf_read(&confsample, file, (struct ka_span){ (const uint8_t *)text, len }, &confsample_errors);
}

void confsample_file(const char *file, const char *text)
{
	confsample_bytes(file, text, strlen(text));
}

void confsample_begin(void)
{
	memset(&confsample, 0xa5, sizeof(confsample)); /* nothing may depend on what was there */
	memset(&confsample_errors, 0, sizeof(confsample_errors));
	ka_conf_default(&confsample);
}

const char *confsample_first_error(const char *text)
{
	confsample_begin();
	confsample_file("f", text);
	return confsample_errors.count > 0 ? confsample_errors.first : "";
}

void confsample_wrong(const struct confsample_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(confsample_first_error(rows[i].text), rows[i].error);
		assert_int_equal(confsample_errors.count, 1);
	}
}

const char *confsample_whole_error(const char *text)
{
	confsample_begin();
	confsample_file("f", text);
	ka_conf_finish(&confsample, &confsample_errors);
	return confsample_errors.count > 0 ? confsample_errors.first : "";
}
