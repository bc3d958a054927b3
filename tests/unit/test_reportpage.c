/* keyaudit/reportpage: every text of a stranger is escaped in each place where one stands; tests/report/page.sh parses it. */
#include "keyaudit/report/reportpage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "keyaudit/report/reporttext.h"

#include "base/poison.h"

#define NASTY(name) "<b>" name "\"'&\x1b"
#define SAID(name) "&lt;b&gt;" name "&quot;&#39;&amp;\\x1b"

static void print__markup_everywhere__is_text(void **state)
{
	static const char *const said[] = {
		SAID("trail"), SAID("path"), SAID("fix"), SAID("user"), SAID("userfix"), SAID("last"), SAID("print"), SAID("type"), SAID("label"),
		SAID("owner"),
	};
	struct ka_report *r = calloc(1, sizeof(*r));
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	(void)state;
	assert_non_null(r);
	assert_non_null(to);
	assert_true(ka_reportsum_begin(r, "2026-08-01T00:00:00Z", "2026-08-02T00:00:00Z"));
	r->refusals = r->causes[KA_REASON_LINE_WRAPPED].count = 1;
	ka_reporttext_keep(NASTY("path"), r->causes[KA_REASON_LINE_WRAPPED].path, KA_REPORT_TEXT_MAX);
	ka_reporttext_keep(NASTY("fix"), r->causes[KA_REASON_LINE_WRAPPED].fix, KA_REPORT_TEXT_MAX);
	r->n_users = r->n_keys = 1;
	ka_reporttext_keep(NASTY("user"), r->users[0].name, KA_REPORT_NAME_MAX);
	ka_reporttext_keep(NASTY("userfix"), r->users[0].fix, KA_REPORT_TEXT_MAX);
	ka_reporttext_keep(NASTY("last"), r->users[0].last, KA_CLOCK_TEXT_MAX);
	ka_reporttext_keep(NASTY("print"), r->keys[0].fingerprint, KA_REPORT_NAME_MAX);
	ka_reporttext_keep(NASTY("type"), r->keys[0].type, KA_REPORT_NAME_MAX);
	ka_reporttext_keep(NASTY("label"), r->keys[0].label, KA_REPORT_NAME_MAX);
	ka_reporttext_keep(NASTY("owner"), r->keys[0].user, KA_REPORT_NAME_MAX);
	ka_reportpage_print(to, r, NASTY("trail"), 0);
	assert_int_equal(fclose(to), 0);
	for (size_t i = 0; i < KA_ARRAY_LEN(said); i++)
		if (strstr(text, said[i]) == NULL)
			fail_msg("%s is not there", said[i]);
	assert_null(strstr(text, "<b>"));
	assert_null(strchr(text, '\x1b'));
	assert_non_null(strstr(text, "content=\"default-src 'none'; style-src 'unsafe-inline'"));
	free(text);
	free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(print__markup_everywhere__is_text) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
