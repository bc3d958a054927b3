/* keyaudit/doctor_way: places and lines below each other; no text of theirs moves the cursor. */
#include "keyaudit/doctor/doctor_way.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/caught.h"

#include "base/poison.h"

#define EVIL "\x1b[2J\n\r\t\x07\xff\xc2\x9b" "2J\xe2\x80\xae\\\x7f"
#define PUT(array, text) assert_true(ka_span_copy(ka_span_of(text), (array), sizeof(array)))

static struct ka_diag_subject subject;
static struct ka_diagnosis d;

static const char *show(void)
{
	struct ka_out o;

	caught_begin();
	ka_out_init(&o, stdout, KA_OUT_NEVER);
	ka_doctor_way_show(&o, &subject, &d);
	caught_end();
	return caught_out;
}

/* one place, and one file with two lines */
static int begin(void **state)
{
	(void)state;
	memset(&subject, 0, sizeof(subject));
	memset(&d, 0, sizeof(d));
	subject.offers_count = 1;
	d.way.count = 2;
	d.way.line[0].file = -1;
	PUT(d.way.line[0].what, "account");
	PUT(d.way.line[0].text, "uid 1002");
	d.way.line[1] = (struct ka_way_line){ .state = KA_WAY_BAD, .reason = KA_REASON_PERM_GROUP_WRITABLE, .file = 0, .has_stat = true, .mode = 0100664 };
	PUT(d.way.line[1].what, "/k");
	PUT(d.way.line[1].text, "1 key");
	PUT(d.way.line[1].owner, "bob");
	PUT(d.way.line[1].group, "staff");
	d.rows_count = 2;
	d.rows[0] = (struct ka_keyrow){ .line = 1, .offer = 0, .is_key = 1 };
	PUT(d.rows[0].type, "ssh-ed25519");
	PUT(d.rows[0].fp, "SHA256:x");
	PUT(d.rows[0].comment, "bob@laptop");
	d.rows[1] = (struct ka_keyrow){ .line = 3, .offer = UINT32_MAX, .reason = KA_REASON_LINE_WRAPPED };
	return 0;
}

static void way__places_and_lines__below_each_other(void **state)
{
	(void)state;
	show();
	assert_string_equal(caught_out, "\n The way in, as sshd walks it\n"
					" ok   account         uid 1002\n"
					" FAIL /k  0664 bob:staff  1 key  perm.group-writable\n"
					"     ok   line 1    ssh-ed25519 SHA256:x  bob@laptop  <- the key in question\n"
					"     warn line 3    the key is broken over several lines, and each line has to hold a whole key  line.wrapped\n");
	subject.offers_count = 0;
	assert_null(strstr(show(), "in question"));
	d.rows[0].file = 1; /* of a file that is not shown */
	assert_null(strstr(show(), "line 1 "));
}

static void row__sshd_and_policy__sshd_goes_first(void **state)
{
	(void)state;
	d.rows[0].bits = 1024;
	d.rows[0].vet = KA_REASON_KEY_RSA_TOO_SHORT;
	assert_non_null(strstr(show(), "     warn line 1    ssh-ed25519 1024 bit SHA256:x"));
	assert_non_null(strstr(caught_out, "key.rsa-too-short"));
	d.rows[0].reason = KA_REASON_OPTION_EXPIRED;
	assert_non_null(strstr(show(), "     FAIL line 1 "));
	assert_null(strstr(caught_out, "key.rsa-too-short"));
	assert_non_null(strstr(caught_out, "option.expired"));
	d.rows_left_out = 7;
	assert_non_null(strstr(show(), "7 more lines"));
}

static void way__none__nothing(void **state)
{
	(void)state;
	d.way.count = 0;
	assert_string_equal(show(), "");
}

static void hostile__every_text__is_escaped(void **state)
{
	unsigned lines = 0;

	(void)state;
	PUT(d.way.line[0].what, EVIL);
	PUT(d.way.line[0].text, EVIL);
	PUT(d.way.line[1].what, EVIL);
	PUT(d.way.line[1].owner, EVIL);
	PUT(d.way.line[1].group, EVIL);
	PUT(d.rows[0].type, EVIL);
	PUT(d.rows[0].fp, EVIL);
	PUT(d.rows[0].comment, EVIL);
	show();
	assert_true(caught_is_plain(caught_out));
	assert_null(strchr(caught_out, '\x1b'));
	for (const char *p = caught_out; *p != '\0'; p++)
		lines += *p == '\n';
	assert_int_equal(lines, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(way__places_and_lines__below_each_other, begin),
		cmocka_unit_test_setup(row__sshd_and_policy__sshd_goes_first, begin),
		cmocka_unit_test_setup(way__none__nothing, begin),
		cmocka_unit_test_setup(hostile__every_text__is_escaped, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
