/* conf/jsonpath: the steps of a path, and what is no path. */
#include "conf/jsonpath.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

#include "base/poison.h"

/* "N:name V I 3 " for the steps of a path, "$ " before them when it begins at the root, "! WRONG" behind the last good one */
static const char *steps(const char *text)
{
	static char said[512];
	struct ka_jsonpath_step step;
	struct ka_jsonpath p;
	struct ka_buf b;

	ka_buf_init_array(&b, said);
	ka_jsonpath_init(&p, ka_span_of(text));
	ka_buf_text(&b, p.from_root ? "$ " : "");
	while (ka_jsonpath_next(&p, &step)) {
		if (step.kind == KA_JSONPATH_NAME) {
			ka_buf_text(&b, "N:");
			ka_buf_span(&b, step.name);
		} else if (step.kind == KA_JSONPATH_INDEX) {
			ka_buf_u64(&b, step.index);
		} else {
			ka_buf_text(&b, step.kind == KA_JSONPATH_VALUES ? "V" : "I");
		}
		ka_buf_char(&b, ' ');
	}
	if (p.wrong != NULL) {
		ka_buf_char(&b, '!');
		ka_buf_text(&b, p.wrong);
	}
	return said;
}

static const struct {
	const char *path, *steps;
} good[] = {
	{ "", "" },
	{ "$", "$ " },
	{ "key", "N:key " },
	{ ".key", "N:key " },
	{ "[*]", "I " },
	{ ".data.data", "N:data N:data " },
	{ "data.metadata", "N:data N:metadata " },
	{ "$.data.metadata.version", "$ N:data N:metadata N:version " },
	{ ".kvs[*]", "N:kvs I " },
	{ ".loginProfiles[*].sshPublicKeys.*", "N:loginProfiles I N:sshPublicKeys V " },
	{ "[*].keys[*]", "I N:keys I " },
	{ "[0][12]", "0 12 " },
	{ ".\"a.b c\".d", "N:a.b c N:d " },
	{ ".\"\"", "N: " },
	{ ".a-b_9", "N:a-b_9 " },
}, bad[] = {
	{ ".", "! has no name behind a dot" },
	{ "a.", "N:a ! has no name behind a dot" },
	{ "a..b", "N:a ! has no name behind a dot" },
	{ "a b", "N:a ! is no path; one looks like .data.keys[*] or $.meta.version" },
	{ "$a", "$ ! is no path; one looks like .data.keys[*] or $.meta.version" },
	{ "[*]a", "I ! is no path; one looks like .data.keys[*] or $.meta.version" },
	{ "*", "! is no path; one looks like .data.keys[*] or $.meta.version" },
	{ "\"a\"", "! is no path; one looks like .data.keys[*] or $.meta.version" },
	{ "[", "! has a [ that is not closed" },
	{ "[]", "! has something else than a number or * between [ and ]" },
	{ "[-1]", "! has something else than a number or * between [ and ]" },
	{ "[4294967296]", "! has something else than a number or * between [ and ]" },
	{ ".\"a", "! has a quote that is not closed" },
	{ ".\"", "! has a quote that is not closed" },
	{ "a[*", "N:a ! has a [ that is not closed" },
};

static void next__path__has_these_steps(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(good); i++) {
		assert_string_equal(steps(good[i].path), good[i].steps);
		assert_null(ka_jsonpath_wrong(ka_span_of(good[i].path)));
	}
}

static void next__no_path__stops_and_says_why(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		assert_string_equal(steps(bad[i].path), bad[i].steps);
		assert_string_equal(ka_jsonpath_wrong(ka_span_of(bad[i].path)), strchr(bad[i].steps, '!') + 1);
	}
}

static void wrong__seventeen_steps__one_too_many(void **state)
{
	(void)state;
	assert_null(ka_jsonpath_wrong(ka_span_of("a.b.c.d.e.f.g.h.a.b.c.d.e.f.g.h")));
	assert_string_equal(ka_jsonpath_wrong(ka_span_of("a.b.c.d.e.f.g.h.a.b.c.d.e.f.g.h.i")), " has more than 16 steps");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(next__path__has_these_steps),
		cmocka_unit_test(next__no_path__stops_and_says_why),
		cmocka_unit_test(wrong__seventeen_steps__one_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
