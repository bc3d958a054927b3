/* keyaudit/blocklist/blockmeta: what is taken from badkeysdata.json, and what is not. */
#include "keyaudit/blocklist/blockmeta.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "blocklist/blocknames.h"

#include "base/poison.h"

#define SUM "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define HEAD "{\"bkformat\":0,\"date\":\"2026-11-01T10:00:00+00:00\",\"blocklist_sha256\":\"" SUM "\","

static struct ka_blockmeta meta;

static const char *read(const char *text)
{
	const char *wrong = ka_blockmeta_read(ka_span_of(text), &meta);

	return wrong != NULL ? wrong : "";
}

static void read__as_published__sum_address_names(void **state)
{
	char text[512];
	struct ka_buf b;

	(void)state;
	assert_string_equal(read(HEAD "\"blocklist_url\":\"https://u.example/b.xz\",\"blocklists\":[{\"id\":1,\"name\":\"debianssl\",\"type\":\"github\"},"
				 "{\"id\":99,\"name\":\"new\"},{\"id\":256,\"name\":\"far\"},{\"id\":3,\"name\":\"two words\"},{\"id\":\"4\",\"name\":\"x\"},7]}"), "");
	assert_string_equal(meta.sha256, SUM);
	assert_string_equal(meta.url, "https://u.example/b.xz");
	assert_int_equal(meta.count, 2);
	assert_false(meta.is_deprecated);
	ka_buf_init_array(&b, text);
	ka_blockmeta_names(&meta, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	assert_string_equal(text, "# the lists of the file beside this one, from badkeysdata.json of 2026-11-01T10:00:00+00:00\n1 debianssl\n99 new\n");
	ka_blocknames_in(ka_span_of(text), 99, text + 256);
	assert_string_equal(text + 256, "new");
}

static void read__deprecated_or_without_address__said(void **state)
{
	(void)state;
	assert_string_equal(read(HEAD "\"deprecated\":\"moved\",\"blocklists\":[]}"), "");
	assert_true(meta.is_deprecated);
	assert_string_equal(meta.url, "");
	assert_string_equal(read("{\"bkformat\":0,\"deprecated\":false}"), "");
	assert_false(meta.is_deprecated);
	assert_string_equal(meta.sha256, "");
}

static void read__what_it_is_not__refused(void **state)
{
	static const char *const wrong[] = {
		"", "[]", "{", "{}", "{\"bkformat\":1}", "{\"bkformat\":\"0\"}", "{\"bkformat\":0,\"bkformat\":0}",
		"{\"bkformat\":0,\"blocklist_sha256\":\"12\"}", "{\"bkformat\":0,\"blocklist_sha256\":\"" "g" "a7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}",
		"{\"bkformat\":0,\"blocklist_url\":\"https://u:p@x.example/\"}", "{\"bkformat\":0,\"blocklist_url\":\"file:///etc/passwd\"}",
		"{\"bkformat\":0,\"blocklist_url\":\"https://x/\\u001b[2J\"}",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(wrong); i++)
		assert_string_not_equal(read(wrong[i]), "");
}

static void read__date_of_a_stranger__nothing_that_a_line_could_end_at(void **state)
{
	(void)state;
	assert_string_equal(read("{\"bkformat\":0,\"date\":\"2026\\n1 debianssl\"}"), "");
	assert_string_equal(meta.date, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__as_published__sum_address_names),
		cmocka_unit_test(read__deprecated_or_without_address__said),
		cmocka_unit_test(read__what_it_is_not__refused),
		cmocka_unit_test(read__date_of_a_stranger__nothing_that_a_line_could_end_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
