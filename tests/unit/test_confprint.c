/* confprint: each setting on a line of its own, below the heading of its section, with its place in front; or as JSON. */
#include "keyaudit/config/confprint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

#define TEXT "[lookup]\nsources = local\n[source local]\ntype = file\npath = /k/%u\n[source corp]\ntype = file\npath = /c/a\\b%u\n" \
	     "profile = strict\noptions = command restrict\n[policy]\nrsa_max_bits = 4096\n"

static char *said;

static int read_it(void **state)
{
	(void)state;
	const char *error = confsample_whole_error(TEXT);

	if (error[0] != '\0')
		print_error("%s\n", error);
	return error[0] != '\0';
}

static int drop(void **state)
{
	(void)state;
	free(said);
	said = NULL;
	return 0;
}

static void print(struct ka_confquestion *q, bool json)
{
	struct ka_out out = { .to = NULL };
	size_t len;

	drop(NULL);
	out.to = open_memstream(&said, &len);
	assert_non_null(out.to);
	assert_true(ka_confquestion_read(q) && ka_confquestion_find(q, &confsample));
	if (json)
		assert_int_equal(ka_confprint_json(&confsample, q, &out), KA_ERR_OK);
	else
		ka_confprint_text(&confsample, q, &out);
	fclose(out.to);
	assert_true(caught_is_plain(said));
}

static void has(const char *text)
{
	if (strstr(said, text) == NULL)
		fail_msg("no \"%s\" in:\n%s", text, said);
}

static void text__each_section__has_its_heading(void **state)
{
	struct ka_confquestion q = { .user = NULL };

	(void)state;
	print(&q, false);
	assert_int_equal(strncmp(said, "[lookup]\n", 9), 0);
	has("\n\n[source local]\n");
	has("\n\n[source corp]   (not in [lookup] sources, so it is not asked)\n");
	has("\n\n[policy]\n");
	has("path = /c/a\\x5cb%u\n");
	has("\nf:12                               rsa_max_bits = 4096\n"); /* as wide as the widest */
	has("\ndefault                            rsa_min_bits = 2048\n");
	has("\n\n[policy]   (for source corp: what it changes)\nf:9 (source corp: profile strict)  types = ");
	assert_null(strstr(said, "(for source local"));
	has("\nf:10 (source corp)                 options = command restrict\n");
	has("\n\n[audit]\n");
	assert_true(strstr(said, "[audit]") > strstr(said, "(for source corp"));
}

static void text__of_a_question__says_whose(void **state)
{
	struct ka_confquestion q = { .user = "al\x1bice", .source = "corp" };

	(void)state;
	print(&q, false);
	assert_int_equal(strncmp(said, "[policy]   (for user al\\x1bice, source corp)\n", 44), 0);
	has("\nf:10 (source corp)");
	assert_null(strstr(said, "[lookup]"));
	assert_null(strstr(strchr(said, '\n'), "[policy]"));
}

static void json__each_line__one_object(void **state)
{
	struct ka_confquestion q = { .user = "alice", .profile = "strict" }, none = { .user = NULL };
	unsigned n = 0, of_corp = 0;

	(void)state;
	print(&none, true);
	for (char *line = said, *to; *line != '\0'; line = to + 1, n++) {
		json_t *j;

		to = strchr(line, '\n');
		j = json_loadb(line, (size_t)(to - line), JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(j);
		assert_string_equal(json_string_value(json_object_get(j, "schema")), "keyaudit.config/1");
		of_corp += json_object_get(j, "for") != NULL;
		if (json_object_get(j, "for") != NULL)
			assert_string_equal(json_string_value(json_object_get(json_object_get(j, "for"), "source")), "corp");
		json_decref(j);
	}
	assert_true(n > 40);
	assert_true(of_corp > 3);
	has("\"section\":\"policy\",\"for\":{\"source\":\"corp\"},\"key\":\"options\",\"value\":\"command restrict\",\"default\":false,"
	    "\"origin\":\"f:10 (source corp)\",\"file\":\"f\",\"line\":10}\n");
	has("{\"schema\":\"keyaudit.config/1\",\"section\":\"source\",\"source\":\"corp\",\"asked\":false,\"key\":\"profile\",\"value\":\"strict\","
	    "\"default\":false,\"origin\":\"f:9\",\"file\":\"f\",\"line\":9}\n");
	has("\"section\":\"policy\",\"key\":\"rsa_min_bits\",\"value\":\"2048\",\"default\":true,\"origin\":\"default\"}\n");
	print(&q, true);
	has("\"section\":\"policy\",\"for\":{\"user\":\"alice\",\"profile\":\"strict\"},\"key\":\"types\",");
	has("\"key\":\"rsa_min_bits\",\"value\":\"3072\",\"default\":false,\"origin\":\"-P strict\"}\n");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, read_it, drop)
	const struct CMUnitTest tests[] = {
		T(text__each_section__has_its_heading),
		T(text__of_a_question__says_whose),
		T(json__each_line__one_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
