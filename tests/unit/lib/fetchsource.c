/* The real reader of configurations, on a text. */
#include "tests/unit/lib/fetchsource.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

#include "base/poison.h"

const struct ka_conf_source *fetchsource_of(const char *name, const char *text, size_t len)
{
	static struct ka_conf conf;
	struct ka_conf_errors errors = { .count = 0 };

	ka_conf_default(&conf);
	ka_conf_read(&conf, name, ka_span_of("[lookup]\nsources = corp\n"), &errors);
	ka_conf_read(&conf, name, (struct ka_span){ (const uint8_t *)text, len }, &errors);
	ka_conf_finish(&conf, &errors);
	if (errors.count > 0)
		fail_msg("%s: %s", name, errors.first);
	assert_int_equal(conf.sources_count, 1);
	return &conf.sources[0];
}

const struct ka_conf_source *fetchsource(const char *lines)
{
	char text[4096];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "[source corp]\ntype = http\n");
	if (strstr(lines, "url =") != lines && strstr(lines, "\nurl =") == NULL)
		ka_buf_text(&b, "url = https://keys.test/%u\n");
	if (strstr(lines, "format =") == NULL)
		ka_buf_text(&b, "format = lines\n");
	ka_buf_text(&b, lines);
	ka_buf_char(&b, '\n');
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	return fetchsource_of("test", text, b.len);
}
