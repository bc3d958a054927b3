/* diag/cafile: keys alone, line by line, as far as sshd reads. */
#include "diag/cafile.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/certsample.h"

#include "base/poison.h"

static struct ka_offer offers[3];
static struct ka_keyscan_offer ready[3];
static struct ka_cafile file;
static char text[16384], dir[64], path[96];

/* the key, its certificate, and a certificate of another authority */
static int begin(void **state)
{
	(void)state;
	certsample_take("k", &offers[0], &ready[0]);
	certsample_take("plain", &offers[1], &ready[1]);
	certsample_take("rsasigned", &offers[2], &ready[2]);
	memset(&file, 0, sizeof(file));
	text[0] = '\0';
	return 0;
}

static void add(const char *more)
{
	size_t n = strlen(text);

	assert_true(snprintf(text + n, sizeof(text) - n, "%s", more) < (int)(sizeof(text) - n));
}

static void scan(void)
{
	memset(&file, 0, sizeof(file));
	assert_int_equal(ka_cafile_scan(ka_span_of(text), ready, 3, &file), KA_ERR_OK);
}

static void scan__authorities__are_found_by_their_lines(void **state)
{
	(void)state;
	add("# ours\n\n");
	add(certsample_text("other"));
	add("  ");
	add(certsample_text("ca"));
	scan();
	assert_int_equal(file.keys, 2);
	assert_int_equal(file.bad_line, 0);
	assert_int_equal(file.ca_line[0], 0);
	assert_int_equal(file.ca_line[1], 4);
	assert_int_equal(file.ca_line[2], 0);
	assert_int_equal(file.key_line[0], 0);
	add(certsample_text("rsaca"));
	scan();
	assert_int_equal(file.ca_line[2], 5);
}

static void scan__a_plain_key__is_also_that_of_its_certificates(void **state)
{
	(void)state;
	add(certsample_text("k"));
	scan();
	assert_int_equal(file.key_line[0], 1);
	assert_int_equal(file.key_line[1], 1);
	assert_int_equal(file.ca_line[1], 0);
}

static void scan__a_line_that_sshd_cannot_read__ends_it(void **state)
{
	(void)state;
	add("cert-authority ");
	add(certsample_text("other"));
	add(certsample_text("ca"));
	scan();
	assert_int_equal(file.bad_line, 1);
	assert_int_equal(file.keys, 0);
	assert_int_equal(file.ca_line[1], 0);
	begin(NULL);
	add(certsample_text("ca"));
	add("\r\n");
	add(certsample_text("k"));
	scan();
	assert_int_equal(file.bad_line, 2);
	assert_int_equal(file.ca_line[1], 1);
	assert_int_equal(file.key_line[0], 0);
}

static void scan__a_revocation_list__is_none_of_ours(void **state)
{
	(void)state;
	add("SSHKRL\n");
	add(certsample_text("ca"));
	scan();
	assert_true(file.is_krl);
	assert_int_equal(file.ca_line[1], 0);
	assert_int_equal(file.bad_line, 0);
}

static void look(const char *at)
{
	assert_int_equal(ka_cafile_look(ka_span_of(at), ready, 3, &file), KA_ERR_OK);
}

static void look__files_and_what_is_none(void **state)
{
	FILE *to;

	(void)state;
	look("none");
	assert_string_equal(file.path, "");
	look("");
	assert_string_equal(file.path, "");
	snprintf(dir, sizeof(dir), "/tmp/ka-cafile.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/ca", dir);
	look(path);
	assert_string_equal(file.path, path);
	assert_int_equal(file.errnum, ENOENT);
	assert_int_equal(mkfifo(path, 0600), 0);
	look(path); /* does not hang */
	assert_int_equal(file.errnum, EINVAL);
	assert_int_equal(unlink(path), 0);
	to = fopen(path, "w");
	assert_non_null(to);
	fputs(certsample_text("ca"), to);
	assert_int_equal(fclose(to), 0);
	look(path);
	assert_true(file.is_read);
	assert_int_equal(file.errnum, 0);
	assert_int_equal(file.ca_line[1], 1);
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(scan__authorities__are_found_by_their_lines, begin),
		cmocka_unit_test_setup(scan__a_plain_key__is_also_that_of_its_certificates, begin),
		cmocka_unit_test_setup(scan__a_line_that_sshd_cannot_read__ends_it, begin),
		cmocka_unit_test_setup(scan__a_revocation_list__is_none_of_ours, begin),
		cmocka_unit_test_setup(look__files_and_what_is_none, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
