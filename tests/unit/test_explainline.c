/* keyaudit/explain/explainline: lines as logs have them, and nothing of a stranger's reaches the terminal as it is. */
#include "keyaudit/explain/explainline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/err.h"
#include "tests/unit/lib/caught.h"

#include "base/poison.h"

#define NOW 1795341610 /* 2026-11-22T10:00:10Z */
#define FP "SHA256:AbNytWB8tR36D63ljWLAUpxa7bjLmXMlPWYoDgilXRA"

static struct ka_sshdsay said;

static bool reads(const char *line)
{
	return ka_explainline_read(ka_span_of(line), NOW, &said);
}

static const char *text_of(const char *line)
{
	struct ka_out o;

	assert_true(reads(line));
	caught_begin();
	ka_out_init(&o, stdout, KA_OUT_NEVER);
	ka_explainline_text(&o, &said);
	caught_end();
	assert_true(caught_is_plain(caught_out));
	return caught_out;
}

static json_t *json_of(const char *line)
{
	bool written;
	json_t *j;

	assert_true(reads(line));
	caught_begin();
	written = ka_explainline_json(&said);
	caught_end();
	assert_true(written);
	j = json_loads(caught_out, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(j);
	return j;
}

static void read__with_and_without_its_frame__the_same(void **state)
{
	(void)state;
	assert_true(reads("Nov 22 10:00:00 world sshd[364]: Invalid user bob from 127.0.0.1 port 9"));
	assert_int_equal(said.reason, KA_REASON_ACCOUNT_UNKNOWN);
	assert_true(reads("2026-11-22T10:00:00.291934+00:00 world sshd-session[364]: Invalid user bob from 127.0.0.1 port 9"));
	assert_true(reads("Invalid user bob from 127.0.0.1 port 9\r") == false); /* a byte that sshd does not write */
	assert_true(reads("Invalid user bob from 127.0.0.1 port 9"));
	/* another program's line that holds one of sshd's */
	assert_false(reads("Nov 22 10:00:00 world cron[364]: Invalid user bob from 127.0.0.1 port 9"));
	assert_false(reads("Nov 22 10:00:00 world sshd[364]: Server listening on 0.0.0.0 port 22."));
	assert_false(reads(""));
}

static void text__a_cause__named_and_explained(void **state)
{
	const char *text = text_of("error: Authentication key ED25519 " FP " revoked by file /etc/ssh/revoked");

	(void)state;
	assert_int_equal(strncmp(text, "sshd.key-revoked\n  key     ED25519 " FP "\n  at      /etc/ssh/revoked\n  means   ", 100), 0);
	assert_non_null(strstr(text, ka_reason_meaning(KA_REASON_SSHD_KEY_REVOKED)));
	assert_non_null(strstr(text, ka_reason_fix(KA_REASON_SSHD_KEY_REVOKED)));
}

static void text__no_cause__says_whom_to_ask(void **state)
{
	(void)state;
	assert_string_equal(text_of("Connection closed by authenticating user alice 127.0.0.1 port 4 [preauth]"),
			    "the end, without a login\n  user    alice\n  from    127.0.0.1 port 4\n"
			    "  means   the client gave up or was turned away; sshd does not say why in this line\n"
			    "  mend    keyaudit doctor alice\n");
	/* a name that could mean something to a shell stands in no command */
	assert_non_null(strstr(text_of("Connection closed by authenticating user a;reboot 127.0.0.1 port 4 [preauth]"), "  mend    keyaudit doctor USER\n"));
	assert_null(strstr(text_of("Accepted publickey for alice from 127.0.0.1 port 4 ssh2: ED25519 " FP), "  mend  "));
}

static void text__strange_bytes__escaped_and_cut(void **state)
{
	static char big[9000];

	(void)state;
	assert_non_null(strstr(text_of("Invalid user a\x1b[2Jb\n  mend    rm -rf / from 127.0.0.1 port 9"), "\n  user    a\\x1b[2Jb\\x0a  mend    rm -rf / (not"));
	memset(big, 'x', sizeof(big) - 1);
	memcpy(big, "Invalid user ", 13);
	memcpy(big + sizeof(big) - 1 - 22, " from 127.0.0.1 port 9", 22);
	assert_true(strlen(text_of(big)) < 1500);
}

/* each kind has its words, in both forms */
static void kinds__each__is_whole(void **state)
{
	static const struct {
		const char *line, *says;
		bool has_reason;
	} samples[] = {
		{ "Invalid user bob from 127.0.0.1 port 9", "cause", true },
		{ "Certificate invalid: expired", "cause", true },
		{ "Authentication refused: bad ownership or modes for file /f", "modes", false },
		{ "Refused by key options", "options", false },
		{ "Accepted publickey for alice from 127.0.0.1 port 4 ssh2: ED25519 " FP, "accepted", false },
		{ "Accepted key ED25519 " FP " found at /f:1", "listed", false },
		{ "Failed publickey for alice from 127.0.0.1 port 4 ssh2: ED25519 " FP, "failed", false },
		{ "Postponed publickey for alice from 127.0.0.1 port 4 ssh2", "postponed", false },
		{ "Connection closed by 127.0.0.1 port 4", "closed", false },
		{ "Connection closed by invalid user bob 127.0.0.1 port 4", "closed", false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(samples); i++) {
		json_t *j = json_of(samples[i].line);

		assert_string_equal(json_string_value(json_object_get(j, "schema")), "keyaudit.log-line/1");
		assert_string_equal(json_string_value(json_object_get(j, "says")), samples[i].says);
		assert_int_equal(json_object_get(j, "reason") != NULL, samples[i].has_reason);
		assert_int_equal(json_object_get(j, "fix") != NULL, samples[i].has_reason);
		assert_non_null(json_string_value(json_object_get(j, "meaning")));
		json_decref(j);
		assert_non_null(strstr(text_of(samples[i].line), "  means   "));
	}
}

static void json__hostile_parts__whole(void **state)
{
	static char big[20000];
	json_t *j = json_of("Failed publickey for invalid user \"\\\xff from 127.0.0.1 port 4 ssh2: ED25519 " FP);

	(void)state;
	assert_string_equal(json_string_value(json_object_get(j, "user")), "\"\\x5c\\xff");
	assert_true(json_is_true(json_object_get(j, "invalid_user")));
	assert_int_equal(json_integer_value(json_object_get(j, "port")), 4);
	assert_string_equal(json_string_value(json_object_get(j, "key_fingerprint")), FP);
	json_decref(j);
	memset(big, '\\', sizeof(big) - 1);
	memcpy(big, "Invalid user ", 13);
	memcpy(big + sizeof(big) - 1 - 22, " from 127.0.0.1 port 9", 22);
	json_decref(json_of(big));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__with_and_without_its_frame__the_same),
		cmocka_unit_test(text__a_cause__named_and_explained),
		cmocka_unit_test(text__no_cause__says_whom_to_ask),
		cmocka_unit_test(text__strange_bytes__escaped_and_cut),
		cmocka_unit_test(kinds__each__is_whole),
		cmocka_unit_test(json__hostile_parts__whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
