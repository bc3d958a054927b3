/* diag/sshdwalk: configurations that include each other, in the order in which sshd reads them. */
#include "diag/sshdwalk.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "tests/unit/lib/tmptree.h"

#include "base/poison.h"

static char config[96];

/* what was told, as one text */
static char told[8192];
static size_t troubles;
static enum ka_sshdwalk_trouble last;

static void tell(const char *a, const char *b, unsigned line, const char *c)
{
	size_t n = strlen(told);

	snprintf(told + n, sizeof(told) - n, "%s%s:%u%s\n", a, strrchr(b, '/') != NULL ? strrchr(b, '/') + 1 : b, line, c);
}

static void take_file(void *ctx, const char *path, const struct stat *st, const struct ka_sshdwalk_place *from)
{
	(void)ctx;
	tell(st != NULL ? "file " : "none ", path, from->line, "");
}

static void take_line(void *ctx, const struct ka_sshdline *line, const struct ka_sshdwalk_place *at)
{
	char keyword[64];

	(void)ctx;
	assert_true(ka_span_copy(line->keyword, keyword, sizeof(keyword)));
	tell(at->in_match ? "match " : "", at->path, at->line, " ");
	told[strlen(told) - 1] = '\0';
	snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s\n", keyword);
}

static void take_trouble(void *ctx, enum ka_sshdwalk_trouble kind, const char *path, int errnum, const struct ka_sshdwalk_place *at)
{
	(void)ctx;
	(void)path;
	(void)at;
	troubles++;
	last = kind;
	assert_true((kind == KA_SSHDWALK_CLOSED) == (errnum != 0));
}

static bool walk(void)
{
	const struct ka_sshdwalk what = { .file = take_file, .line = take_line, .trouble = take_trouble };

	told[0] = '\0';
	troubles = 0;
	last = KA_SSHDWALK_FINE;
	return ka_sshdwalk_run(config, &what);
}

static void walk__includes_in_their_order_and_match_ends_with_the_file(void **state)
{
	(void)state;
	tmptree_write("b.conf", "Match User bob\nPort 3\n");
	tmptree_write("a.conf", "# nothing\nPort 2\n");
	tmptree_writef("main", "Banner none\nInclude %s/*.conf \"%s/no such\"\nPort 1\nMatch all\nInclude=%s/a.conf\nPort 4", tmptree, tmptree,
		       tmptree);
	assert_true(walk());
	assert_string_equal(told, "file main:0\n"
				  "main:1 Banner\n"
				  "main:2 Include\n"
				  "file a.conf:2\n"
				  "a.conf:2 Port\n"
				  "file b.conf:2\n"
				  "match b.conf:1 Match\n"
				  "match b.conf:2 Port\n"
				  "main:3 Port\n"
				  "match main:4 Match\n"
				  "match main:5 Include\n"
				  "file a.conf:5\n"
				  "match a.conf:2 Port\n"
				  "match main:6 Port\n");
}

static void walk__what_cannot_be_opened__is_told_and_passed(void **state)
{
	char link[96];

	(void)state;
	snprintf(link, sizeof(link), "%s/c.conf", tmptree);
	assert_int_equal(symlink("/nonexistent/x", link), 0); /* glob(3) finds it, and sshd does not start */
	tmptree_writef("main", "Include %s/c.conf\nPort 1\n", tmptree);
	assert_false(walk());
	assert_string_equal(told, "file main:0\nmain:1 Include\nnone c.conf:1\nmain:2 Port\n");
	assert_int_equal(last, KA_SSHDWALK_CLOSED);
	assert_int_equal(unlink(config), 0);
	assert_false(walk());
	assert_string_equal(told, "none main:0\n");
	assert_int_equal(mkfifo(config, 0600), 0);
	assert_true(walk()); /* and does not hang */
}

static void walk__itself__ends(void **state)
{
	(void)state;
	tmptree_writef("main", "Include %s\nPort 1\n", config);
	assert_false(walk());
	assert_int_equal(last, KA_SSHDWALK_DEEP);
	assert_int_equal(troubles, 1);
	tmptree_writef("main", "Include %s %s %s\n", config, config, config);
	assert_false(walk());
	assert_true(troubles < 200);
}

static void walk__too_large(void **state)
{
	FILE *f = fopen(config, "w");

	(void)state;
	assert_non_null(f);
	assert_int_equal(fseek(f, KA_SSHDWALK_FILE_MAX, SEEK_SET), 0);
	assert_int_equal(fputc('\n', f), '\n');
	assert_int_equal(fclose(f), 0);
	assert_false(walk());
	assert_int_equal(last, KA_SSHDWALK_LARGE);
}

static int set_up(void **state)
{
	int answer = tmptree_make(state);

	snprintf(config, sizeof(config), "%s/main", tmptree);
	return answer;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(walk__includes_in_their_order_and_match_ends_with_the_file, set_up, tmptree_remove),
		cmocka_unit_test_setup_teardown(walk__what_cannot_be_opened__is_told_and_passed, set_up, tmptree_remove),
		cmocka_unit_test_setup_teardown(walk__itself__ends, set_up, tmptree_remove),
		cmocka_unit_test_setup_teardown(walk__too_large, set_up, tmptree_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
