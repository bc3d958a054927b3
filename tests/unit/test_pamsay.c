/* pam_keyaudit/pamsay: constant to the client, escaped and bounded in the log. */
#include "pam_keyaudit/pamsay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static char out[KA_PAMSAY_LOG_MAX];

static const char *final_of(const char *user, const char *rhost)
{
	struct ka_phase_record r = { .user = user, .rhost = rhost };
	struct ka_buf b;

	ka_buf_init_array(&b, out);
	ka_pamsay_final_text(&r, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	return out;
}

static const char *fields_of(const char *user, const char *rhost)
{
	struct ka_phase_record r = { .phase = KA_PHASE_SESSION, .user = user, .rhost = rhost };
	struct ka_conn conn = { 4240, 77 };
	struct ka_buf b;

	ka_buf_init_array(&b, out);
	ka_pamsay_fields(&r, &conn, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	return out;
}

static void notice__with_and_without_reference(void **state)
{
	char text[KA_PAMSAY_NOTICE_MAX];

	(void)state;
	ka_pamsay_notice_text("asm6lelb", text);
	assert_string_equal(text, "Your key was not accepted. Ask your administrator and quote asm6lelb.");
	ka_pamsay_notice_text("", text);
	assert_string_equal(text, "Your key was not accepted. Ask your administrator.");
}

static void final__ordinary__is_the_classic_line(void **state)
{
	(void)state;
	assert_string_equal(final_of("alice", "192.0.2.7"),
			    "authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.7  user=alice");
}

static void final__hostile_name__adds_no_field(void **state)
{
	(void)state;
	assert_string_equal(final_of("x rhost=203.0.113.9\n\x1b", "192.0.2.7"),
			    "authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.7  "
			    "user=x\\x20rhost=203.0.113.9\\x0a\\x1b");
}

static void fields__hostile_name__stays_in_its_quotes(void **state)
{
	(void)state;
	assert_string_equal(fields_of("a\" rhost=\"1.2.3.4", "192.0.2.7"),
			    "connection=4240.77 phase=session user=\"a\\x22 rhost=\\x221.2.3.4\" rhost=\"192.0.2.7\"");
}

static void fields__huge_texts__are_cut(void **state)
{
	static char huge[100000];

	(void)state;
	memset(huge, '\x01', sizeof(huge) - 1);
	assert_true(strlen(fields_of(huge, huge)) < 700);
	assert_true(strlen(final_of(huge, huge)) < 700);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notice__with_and_without_reference),
		cmocka_unit_test(final__ordinary__is_the_classic_line),
		cmocka_unit_test(final__hostile_name__adds_no_field),
		cmocka_unit_test(fields__hostile_name__stays_in_its_quotes),
		cmocka_unit_test(fields__huge_texts__are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
