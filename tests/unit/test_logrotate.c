/* keyaudit/doctor/logrotate: which section names a file, and what it does to it. */
#include "keyaudit/doctor/logrotate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"

#include "base/poison.h"

#define TRAIL "/var/log/keyaudit/audit.jsonl"

static struct ka_logrotate_file file;
static struct ka_logrotate rotate;
static char included[64];

static void include(void *ctx, const char *path)
{
	(void)ctx;
	assert_true(ka_span_copy(ka_span_of(path), included, sizeof(included)));
}

static enum ka_logrotate_does more(const char *text)
{
	ka_logrotate_read(&rotate, ka_span_of(text));
	return file.does;
}

static enum ka_logrotate_does reads(const char *text)
{
	file = (struct ka_logrotate_file){ .path = TRAIL };
	rotate = (struct ka_logrotate){ .files = &file, .count = 1, .hook = "keyaudit log rotate", .include = include };
	included[0] = '\0';
	return more(text);
}

static void read__the_trail_is_named__what_is_done_to_it(void **state)
{
	(void)state;
	assert_int_equal(reads("# us\n" TRAIL " {\n\tdaily\n\tcopytruncate\n}\n"), KA_LOGROTATE_CUTS);
	assert_int_equal(file.line, 2);
	assert_int_equal(reads("/var/log/*/*.jsonl {\n create 0640 root adm\n}"), KA_LOGROTATE_RENAMES);
	assert_int_equal(reads("/var/log/nginx/*.log\n\"" TRAIL "\"\n{ rotate 4\nnocreate }"), KA_LOGROTATE_RENAMES);
	assert_int_equal(file.line, 1);
	assert_int_equal(reads("/var/log/keyaudit/audit.json?{copytruncate}"), KA_LOGROTATE_CUTS);
	assert_int_equal(reads("'/var/log/keyaudit/audit.jsonl'\n{\n}"), KA_LOGROTATE_RENAMES);
	assert_int_equal(reads(TRAIL " {\ncopytruncate\nnocopytruncate\ncopy\n}"), KA_LOGROTATE_NOTHING);
	assert_true(file.is_named);
}

static void read__others_are_named__nothing(void **state)
{
	(void)state;
	assert_int_equal(reads("/var/log/keyaudit/audit.jsonl-*Z /var/log/keyaudit/audit.jsonl-*Z-[0-9] {\ncopytruncate\n}"), KA_LOGROTATE_NOTHING);
	assert_int_equal(reads("/var/log/* {\ncopytruncate\n}"), KA_LOGROTATE_NOTHING);
	assert_int_equal(reads("#" TRAIL " {\n# copytruncate\n#}"), KA_LOGROTATE_NOTHING);
	assert_int_equal(reads("/a {\npostrotate\n" TRAIL " {\ncopytruncate\n}\nendscript\n}\n"), KA_LOGROTATE_NOTHING);
	assert_false(file.is_named);
	/* one that has no end is none for logrotate either */
	assert_int_equal(reads(TRAIL " {\ncopytruncate\n"), KA_LOGROTATE_NOTHING);
}

static void read__the_first_section__counts(void **state)
{
	(void)state;
	assert_int_equal(reads(TRAIL " {\ncopy\n}\n" TRAIL " {\ncopytruncate\n}\n"), KA_LOGROTATE_NOTHING);
	assert_int_equal(more(TRAIL " {\ncopytruncate\n}\n"), KA_LOGROTATE_NOTHING);
}

static void read__settings_outside__hold_for_what_follows(void **state)
{
	(void)state;
	assert_int_equal(reads(TRAIL " {\n}\ncopytruncate\n"), KA_LOGROTATE_RENAMES);
	assert_int_equal(reads("weekly\ncopytruncate # all\ninclude /etc/logrotate.d copytruncate\n"), KA_LOGROTATE_NOTHING);
	assert_string_equal(included, "/etc/logrotate.d");
	assert_int_equal(more(TRAIL " {\n daily\n}\n"), KA_LOGROTATE_CUTS);
	assert_int_equal(reads("copytruncate\nnocopytruncate\n" TRAIL " {\n}"), KA_LOGROTATE_RENAMES);
}

static void read__a_script_with_the_hook__knows_what_it_does(void **state)
{
	(void)state;
	assert_int_equal(reads(TRAIL " {\nprerotate\n  /usr/bin/keyaudit log rotate\n  endscript\n}"), KA_LOGROTATE_NOTHING);
	assert_int_equal(reads(TRAIL " {\nprerotate\n# keyaudit log rotate\nendscript\n}"), KA_LOGROTATE_RENAMES);
	assert_int_equal(reads(TRAIL " {\ncopytruncate\nprerotate\nkeyaudit log rotate\nendscript\n}"), KA_LOGROTATE_CUTS);
}

static void read__hostile_text__is_bounded(void **state)
{
	char text[8192];

	(void)state;
	memset(text, '*', sizeof(text));
	text[0] = '/';
	memcpy(text + sizeof(text) - 20, " {\ncopytruncate\n}\n", 19);
	assert_int_equal(reads(text), KA_LOGROTATE_NOTHING);
	assert_int_equal(reads("/var/log/keyaudit/*a*u*d*i*t*j*s*o*n*l* {\n}"), KA_LOGROTATE_NOTHING);
	assert_int_equal(reads("/var/log/keyaudit/*a*u*d*i*t*j*l {\n}"), KA_LOGROTATE_RENAMES);
	assert_int_equal(reads("}{\"'\\\n/\\\n{\n{}}\n\"/unended {\n'"), KA_LOGROTATE_NOTHING);
	assert_int_equal(reads("include\ninclude /\\"), KA_LOGROTATE_NOTHING);
	assert_string_equal(included, "/\\");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__the_trail_is_named__what_is_done_to_it), cmocka_unit_test(read__others_are_named__nothing),
		cmocka_unit_test(read__the_first_section__counts), cmocka_unit_test(read__settings_outside__hold_for_what_follows),
		cmocka_unit_test(read__a_script_with_the_hook__knows_what_it_does), cmocka_unit_test(read__hostile_text__is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
