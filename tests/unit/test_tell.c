/* keyaudit/tell: whoever has to act is told so, and nobody is told a path. */
#include "keyaudit/doctor/tell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

#include "base/poison.h"

static struct ka_diag_subject subject;
static struct ka_diagnosis d;
static char text[KA_TELL_MAX];

static const char *tell(void)
{
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_doctor_tell(&subject, &d, &b);
	assert_false(b.overflow);
	return text;
}

static const char *tell_of(enum ka_reason reason)
{
	d.has_primary = true;
	d.count = 1;
	d.findings[0].reason = reason;
	return tell();
}

static int begin(void **state)
{
	(void)state;
	memset(&subject, 0, sizeof(subject));
	memset(&d, 0, sizeof(d));
	return 0;
}

static void tell__every_reason__a_whole_text_of_ours(void **state)
{
	(void)state;
	for (int r = KA_REASON_NONE + 1; r < KA_REASON_COUNT; r++) {
		size_t n = strlen(tell_of((enum ka_reason)r));

		if (n < 40 || text[n - 1] != '.' || !ka_text_is_plain(ka_span_of(text)))
			fail_msg("%s: %s", ka_reason_id((enum ka_reason)r), text);
	}
}

static void tell__who_acts__is_told(void **state)
{
	(void)state;
	assert_non_null(strstr(tell_of(KA_REASON_PERM_GROUP_WRITABLE), "nothing for you to change"));
	assert_null(strstr(text, "Your key is the right one"));
	assert_non_null(strstr(tell_of(KA_REASON_KEY_NOT_LISTED), "never the other one"));
	assert_non_null(strstr(tell_of(KA_REASON_CONN_MAX_TRIES), "IdentitiesOnly=yes"));
	assert_non_null(strstr(tell_of(KA_REASON_CERT_EXPIRED), ka_reason_meaning(KA_REASON_CERT_EXPIRED)));
	assert_null(strstr(text, "We mend it"));
	assert_non_null(strstr(tell_of(KA_REASON_CERT_CA_UNTRUSTED), "We mend it"));
}

/* the user's own name is in it, what is for the server is not, and a name of any length leaves a whole text */
static void tell__cure__is_the_users_own(void **state)
{
	(void)state;
	assert_true(ka_span_copy(ka_span_of("alice"), subject.user, sizeof(subject.user)));
	assert_non_null(strstr(tell_of(KA_REASON_ACCOUNT_PASSWORD_EXPIRED), "ssh -t alice@HOST"));
	assert_null(strstr(tell_of(KA_REASON_ACCOUNT_UNKNOWN), "getent"));
	assert_non_null(strstr(text, "right login name."));
	d.findings[0].evidence.line = 3;
	assert_non_null(strstr(tell_of(KA_REASON_KEY_BLOB_TRUNCATED), "then delete line 3 of your key file."));
	d.findings[0].fix.commands = 1; /* and where a command does it, we do */
	assert_non_null(strstr(tell_of(KA_REASON_KEY_TYPE_MISMATCH), "We mend it"));
	assert_non_null(strstr(tell_of(KA_REASON_ACCOUNT_PASSWORD_EXPIRED), "ssh -t alice@HOST"));
	memset(subject.user, 0x1b, sizeof(subject.user) - 1);
	assert_non_null(strstr(tell_of(KA_REASON_ACCOUNT_PASSWORD_EXPIRED), "ssh -t "));
	assert_true(ka_text_is_plain(ka_span_of(text)));
}

static void tell__key_is_in_the_file__said_to_be_right(void **state)
{
	(void)state;
	d.rows_count = 1;
	d.rows[0].offer = UINT32_MAX;
	assert_null(strstr(tell_of(KA_REASON_PERM_GROUP_WRITABLE), "Your key is the right one"));
	d.rows[0].offer = 0;
	assert_non_null(strstr(tell_of(KA_REASON_PERM_GROUP_WRITABLE), "Your key is the right one"));
}

static void tell__nothing_wrong__only_for_a_key_that_works(void **state)
{
	(void)state;
	assert_string_equal(tell(), "");
	subject.offers_count = 1;
	assert_string_equal(tell(), "");
	d.would_login = true;
	assert_string_equal(tell(), "The server would take your key now. Please try again.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(tell__every_reason__a_whole_text_of_ours, begin),
		cmocka_unit_test_setup(tell__who_acts__is_told, begin),
		cmocka_unit_test_setup(tell__cure__is_the_users_own, begin),
		cmocka_unit_test_setup(tell__key_is_in_the_file__said_to_be_right, begin),
		cmocka_unit_test_setup(tell__nothing_wrong__only_for_a_key_that_works, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
