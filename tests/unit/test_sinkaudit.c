/* sink/sinkaudit: the record's text, and the kernel's answers, by a fake that is linked in its place. */
#include "keyaudit/sink/sinkaudit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "tests/unit/lib/fakeaudit.h"
#include "tests/unit/lib/formsample.h"

#include "base/poison.h"

static char out[KA_SINK_AUDIT_TEXT_MAX];

static bool written(const struct sample *s)
{
	json_t *event = formsample_event(s);
	struct ka_buf b;
	bool did;

	ka_buf_init_array(&b, out);
	did = ka_sinkaudit_write(event, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	json_decref(event);
	return did;
}

static void write__sample__is_this_record(void **state)
{
	struct sample *s = sample_new();

	(void)state;
	assert_true(written(s));
	assert_string_equal(out, "op=pubkey-refused reason=perm.group-writable acct=\"alice\" exe=\"/usr/bin/keyaudit\" hostname=? addr=203.0.113.7 "
				 "terminal=ssh res=failed fp=" SAMPLE_FP " event=fi7vpgkfaann3oq7v2fa7tnhg4");
	s->e.action = KA_EVENT_LOGIN_ACCEPTED;
	assert_true(written(s));
	assert_memory_equal(out, "op=login-accepted ", 18);
	assert_non_null(strstr(out, " res=success "));
	for (unsigned a = KA_EVENT_KEY_SUMMARY + 1; a < KA_EVENT_COUNT; a++) {
		s->e.action = (enum ka_action_event)a;
		assert_false(written(s));
	}
	free(s);
}

static void write__name_of_a_stranger__in_hexadecimal(void **state)
{
	static const struct { const char *name, *said; } rows[] = {
		{ "a b", " acct=612062 exe=" }, { "a\"b", " acct=612262 exe=" }, { "a\" res=success", " acct=6122207265733D73756363657373 exe=" }, { "", " acct=? exe=" },
		{ "a\nb", " acct=\"a\\x0ab\" exe=" }, { "\xc3\xa4", " acct=C3A4 exe=" }, { "%n", " acct=\"%n\" exe=" },
	};
	struct sample *s = sample_new();

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		SAMPLE_SET(s->e.user, rows[i].name);
		assert_true(written(s));
		if (strstr(out, rows[i].said) == NULL)
			fail_msg("%s", out);
	}
	free(s);
}

static void send__answers_of_the_kernel(void **state)
{
	static const struct { int open_errno, answer; ssize_t cut; enum ka_err err; int errnum; bool absent; } rows[] = {
		{ 0, 0, 0, KA_ERR_OK, 0, false }, { 0, -EPERM, 0, KA_ERR_SYS, EPERM, false }, { EPROTONOSUPPORT, 0, 0, KA_ERR_SYS, EPROTONOSUPPORT, true },
		{ EINVAL, 0, 0, KA_ERR_SYS, EINVAL, true }, { EAFNOSUPPORT, 0, 0, KA_ERR_SYS, EAFNOSUPPORT, true },
		{ 0, 0, 3, KA_ERR_SYS, EBADMSG, false }, { 0, 0, -1, KA_ERR_SYS, 0, false },
	};
	char text[KA_SINK_AUDIT_TEXT_MAX + 1];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		fakeaudit.open_errno = rows[i].open_errno;
		fakeaudit.answer = rows[i].answer;
		fakeaudit.cut = rows[i].cut;
		assert_int_equal(ka_sinkaudit_send("op=x"), rows[i].err);
		if (rows[i].errnum != 0)
			assert_int_equal(errno, rows[i].errnum);
		if (rows[i].err != KA_ERR_OK)
			assert_int_equal(ka_sinkaudit_is_absent(errno), rows[i].absent);
	}
	assert_int_equal(fakeaudit.type, 1100);
	assert_int_equal(fakeaudit.flags, NLM_F_REQUEST | NLM_F_ACK);
	assert_string_equal(fakeaudit.text, "op=x");
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	fakeaudit.asked = 0;
	assert_int_equal(ka_sinkaudit_send(text), KA_ERR_SYS);
	assert_int_equal(fakeaudit.asked, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write__sample__is_this_record),
		cmocka_unit_test(write__name_of_a_stranger__in_hexadecimal),
		cmocka_unit_test(send__answers_of_the_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
