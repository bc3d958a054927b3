/* diag/sshdplaces: the tables, from files and from a command line. */
#include "diag/sshdplaces.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/tmptree.h"

#include "base/poison.h"

static struct ka_sshdplaces *places;
static char config[96];

static const char *text(uint32_t at)
{
	return places->text + at;
}

static void gather(void)
{
	ka_sshdplaces_init(places);
	ka_sshdplaces_gather(places, config);
}

static void gather__lines_and_files(void **state)
{
	char part[96];

	(void)state;
	snprintf(part, sizeof(part), "%s/part.conf", tmptree);
	tmptree_write("part.conf", "PubkeyAcceptedKeyTypes \"ssh-rsa\"  # old name\nMatch User \"bob\"\n X11Forwarding yes\n");
	tmptree_writef("main", "Include %s\n\nPort=22\n", part);
	ka_sshdplaces_init(places);
	ka_sshdplaces_add_option(places, ka_span_of("Port 2222"));
	ka_sshdplaces_add_option(places, ka_span_of("# nothing"));
	ka_sshdplaces_gather(places, config);
	assert_false(places->is_cut);
	assert_int_equal(places->count, 4);
	assert_string_equal(text(places->lines[0].keyword), "Port");
	assert_string_equal(text(places->lines[0].value), "2222");
	assert_int_equal(places->lines[0].line, 0);
	assert_string_equal(text(places->lines[0].path), "");
	assert_string_equal(text(places->lines[1].keyword), "pubkeyacceptedalgorithms");
	assert_string_equal(text(places->lines[1].value), "ssh-rsa");
	assert_string_equal(text(places->lines[1].path), part);
	assert_int_equal(places->lines[1].line, 1);
	assert_false(places->lines[1].in_match);
	assert_true(places->lines[2].in_match);
	assert_int_equal(places->lines[2].match_line, 2);
	assert_string_equal(text(places->lines[2].match_path), part);
	assert_false(places->lines[3].in_match);
	assert_int_equal(places->lines[3].line, 3);
	assert_int_equal(places->files_count, 2);
	assert_string_equal(text(places->files[1].path), part);
	assert_string_equal(text(places->files[1].from), config);
	assert_int_equal(places->files[1].from_line, 1);
	assert_true(places->files[1].changed_us > 1500000000000000);
	assert_false(places->files[1].is_closed);
}

static void gather__closed_file(void **state)
{
	char link[96];

	(void)state;
	snprintf(link, sizeof(link), "%s/gone.conf", tmptree);
	assert_int_equal(symlink("/nonexistent/x", link), 0);
	tmptree_writef("main", "Include %s\n", link);
	gather();
	assert_true(places->is_cut);
	assert_int_equal(places->files_count, 2);
	assert_false(places->files[0].is_closed);
	assert_true(places->files[1].is_closed);
	assert_int_equal(places->files[1].errnum, ENOENT);
	assert_int_equal(places->files[1].from_line, 1);
}

/* more than there is room for is left out, and said */
static void gather__more_than_fits(void **state)
{
	FILE *f = fopen(config, "w");

	(void)state;
	assert_non_null(f);
	for (unsigned i = 0; i <= KA_SSHDPLACE_LINES_MAX; i++)
		assert_true(fprintf(f, "Port %u\n", i) > 0);
	assert_int_equal(fclose(f), 0);
	gather();
	assert_true(places->is_cut);
	assert_int_equal(places->count, KA_SSHDPLACE_LINES_MAX);
	f = fopen(config, "w");
	assert_non_null(f);
	for (unsigned i = 0; i < 60; i++)
		assert_true(fprintf(f, "Banner %u%0*d\n", i, KA_SSHDPLACE_VALUE_MAX - 10, 7) > 0);
	assert_true(fprintf(f, "Banner %0*d\n", KA_SSHDPLACE_VALUE_MAX, 7) > 0);
	assert_int_equal(fclose(f), 0);
	gather();
	assert_true(places->is_cut);
	assert_in_range(places->count, 20, 30);
	assert_in_range(places->text_len, 1, sizeof(places->text));
	tmptree_write("main", "Banner \"open\nPort 22\n");
	gather();
	assert_true(places->is_cut);
	assert_int_equal(places->count, 1);
}

static int set_up(void **state)
{
	int answer = tmptree_make(state);

	snprintf(config, sizeof(config), "%s/main", tmptree);
	places = malloc(sizeof(*places));
	if (places != NULL)
		memset(places, 0xa5, sizeof(*places));
	return places == NULL ? -1 : answer;
}

static int tear_down(void **state)
{
	free(places);
	return tmptree_remove(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(gather__lines_and_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(gather__closed_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(gather__more_than_fits, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
