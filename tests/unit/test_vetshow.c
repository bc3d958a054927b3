/* keyaudit/vetshow: one judged line for people and for programs; every byte of the file and of its name is escaped. */
#include "keyaudit/vet/vetshow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/keysample.h"

#include "base/poison.h"

static struct ka_vetshow show;
static struct ka_keyline line;
static struct ka_vet vet;
static struct ka_keysample sample;

/* judge it by the default policy and show it as line 3 of @file */
static const char *shown(const char *file, const char *text, bool json)
{
	static uint8_t storage[KA_BLOB_MAX];
	static struct ka_vetpolicy policy;
	const struct ka_vet_when when = { .now_sec = 1792000000, .whole = true };
	enum ka_err err;

	ka_vetpolicy_default(&policy);
	ka_keyline_parse(ka_span_of(text), storage, &line);
	ka_vet_line(&line, &policy, &when, &vet);
	show.file = file;
	show.json = json;
	caught_begin();
	ka_out_init(&show.out, stdout, KA_OUT_NEVER);
	err = ka_vetshow_line(&show, 3, &line, &vet);
	caught_end();
	assert_int_equal(err, KA_ERR_OK);
	assert_string_equal(caught_err, "");
	return caught_out;
}

static json_t *object(const char *file, const char *text)
{
	json_t *j = json_loads(shown(file, text, true), JSON_REJECT_DUPLICATES, NULL);

	if (j == NULL)
		fail_msg("no JSON: %s", caught_out);
	assert_string_equal(json_string_value(json_object_get(j, "schema")), KA_VETSHOW_SCHEMA);
	return j;
}

static const char *text_of(const json_t *j, const char *name)
{
	return json_string_value(json_object_get(j, name));
}

static void text__good_and_bad__one_line_of_six_words(void **state)
{
	char want[512];

	(void)state;
	ka_keysample_find("ed25519", &sample);
	snprintf(want, sizeof(want), "keys:3: accept ssh-ed25519 256 %s -\n", sample.fingerprint);
	assert_string_equal(shown("keys", sample.line, false), want);
	ka_keysample_find("rsa1024", &sample);
	snprintf(want, sizeof(want), "keys:3: reject ssh-rsa 1024 %s key.rsa-too-short\n", sample.fingerprint);
	assert_string_equal(shown("keys", sample.line, false), want);
	assert_string_equal(shown("keys", "ssh-ed25519 *", false), "keys:3: reject - - - line.bad-base64\n");
	assert_string_equal(shown("keys", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEC+", false), "keys:3: reject ssh-ed25519 - - key.blob-truncated\n");
	assert_string_equal(shown("keys", "-----BEGIN OPENSSH PRIVATE KEY-----", false), "keys:3: reject - - - line.private-key\n");
}

/* of a certificate, what trusted_ca says of its authority: behind everything else, and only where that is known */
static void text_and_json__authority__one_word(void **state)
{
	json_t *j;

	(void)state;
	ka_keysample_find("ed25519", &sample);
	show.other = "keys:1";
	show.ca = "untrusted";
	assert_non_null(strstr(shown("keys", sample.line, false), " - as=keys:1 ca=untrusted\n"));
	j = object("keys", sample.line);
	assert_string_equal(text_of(j, "ca"), "untrusted");
	json_decref(j);
	show.other = show.ca = NULL;
	assert_null(strstr(shown("keys", sample.line, false), "ca="));
	j = object("keys", sample.line);
	assert_null(json_object_get(j, "ca"));
	json_decref(j);
}

/* read to its end, with something wrong around it: the numbers are the key's and no guess */
static void text__whole_key_in_a_bad_line__its_numbers_are_shown(void **state)
{
	char text[4200], want[512];

	(void)state;
	ka_keysample_find("ed25519", &sample);
	snprintf(text, sizeof(text), "ssh-rsa %.*s", (int)sample.base64.len, (const char *)sample.base64.p);
	snprintf(want, sizeof(want), "keys:3: reject ssh-ed25519 256 %s key.type-mismatch\n", sample.fingerprint);
	assert_string_equal(shown("keys", text, false), want);
}

static void text__hostile_name__stays_one_line(void **state)
{
	static char name[3 * KA_TEXT_PATH_MAX];

	(void)state;
	ka_keysample_find("ed25519", &sample);
	shown("a\nb\x1b[2J\xff\xe2\x80\xae", sample.line, false);
	assert_int_equal(strncmp(caught_out, "a\\x0ab\\x1b[2J\\xff\\xe2\\x80\\xae:3: accept ", 40), 0);
	assert_true(caught_is_plain(caught_out));
	assert_ptr_equal(strchr(caught_out, '\n'), caught_out + strlen(caught_out) - 1);
	memset(name, '\x1b', sizeof(name) - 1);
	shown(name, sample.line, false); /* cut, and what follows is there */
	assert_non_null(strstr(caught_out, "...:3: accept ssh-ed25519 256 SHA256:"));
	assert_true(strlen(caught_out) < KA_TEXT_PATH_MAX + 200);
}

static void json__good_key__every_member(void **state)
{
	json_t *j;

	(void)state;
	ka_keysample_find("ed25519", &sample);
	j = object("keys", sample.line);
	assert_string_equal(text_of(j, "file"), "keys");
	assert_int_equal(json_integer_value(json_object_get(j, "line")), 3);
	assert_string_equal(text_of(j, "verdict"), "accept");
	assert_string_equal(text_of(j, "type"), "ssh-ed25519");
	assert_int_equal(json_integer_value(json_object_get(j, "bits")), 256);
	assert_string_equal(text_of(j, "fingerprint"), sample.fingerprint);
	assert_int_equal(json_array_size(json_object_get(j, "reasons")), 0);
	assert_true(json_is_boolean(json_object_get(j, "complete")));
	assert_non_null(text_of(j, "comment"));
	assert_null(json_object_get(j, "column"));
	json_decref(j);
	ka_keysample_find("rsa1024", &sample);
	j = object("keys", sample.line);
	assert_string_equal(text_of(json_array_get(json_object_get(j, "reasons"), 0), "id"), "key.rsa-too-short");
	assert_string_equal(text_of(json_array_get(json_object_get(j, "reasons"), 0), "detail"), "1024 bits, the policy demands at least 2048");
	json_decref(j);
}

static void json__unreadable_line__null_and_its_column(void **state)
{
	json_t *j = object("keys", "ssh-ed25519 AAA*");

	(void)state;
	assert_true(json_is_null(json_object_get(j, "type")));
	assert_true(json_is_null(json_object_get(j, "bits")));
	assert_true(json_is_null(json_object_get(j, "fingerprint")));
	assert_true(json_integer_value(json_object_get(j, "column")) >= 13);
	assert_null(json_object_get(j, "comment"));
	json_decref(j);
	shown("keys", "-----BEGIN OPENSSH PRIVATE KEY-----b3BlbnNzaC1rZXktdjE", true);
	assert_null(strstr(caught_out, "b3BlbnNzaC"));
}

/* a comment is anybody's text: escaped and cut, and JSON whatever it holds */
static void json__comment__escaped_and_bounded(void **state)
{
	static char text[8192];
	json_t *j;

	(void)state;
	ka_keysample_find("ed25519", &sample);
	snprintf(text, sizeof(text), "ssh-ed25519 %.*s \"}\\ gr\xc3\xbc\xc3\x9f \xe2\x80\xae", (int)sample.base64.len, (const char *)sample.base64.p);
	j = object("a\xff\"", text);
	assert_string_equal(text_of(j, "file"), "a\\xff\"");
	if (text_of(j, "comment") != NULL)
		assert_string_equal(text_of(j, "comment"), "\"}\\x5c gr\xc3\xbc\xc3\x9f \\xe2\\x80\\xae");
	json_decref(j);
	for (size_t n = KA_VETSHOW_COMMENT_MAX - 1; n <= KA_VETSHOW_COMMENT_MAX + 1; n++) {
		size_t len = (size_t)snprintf(text, sizeof(text), "ssh-ed25519 %.*s ", (int)sample.base64.len, (const char *)sample.base64.p);

		memset(text + len, 'x', n);
		text[len + n] = '\0';
		j = object("keys", text);
		assert_int_equal(strlen(text_of(j, "comment")), n < KA_VETSHOW_COMMENT_MAX ? n : KA_VETSHOW_COMMENT_MAX);
		assert_int_equal(strstr(text_of(j, "comment"), "...") != NULL, n > KA_VETSHOW_COMMENT_MAX);
		json_decref(j);
	}
}

static void write__no_room__is_a_fault(void **state)
{
	FILE *full = fopen("/dev/full", "we");

	(void)state;
	if (full == NULL)
		skip();
	setvbuf(full, NULL, _IONBF, 0);
	ka_keysample_find("ed25519", &sample);
	shown("keys", sample.line, false);
	for (int json = 0; json < 2; json++) {
		clearerr(full);
		ka_out_init(&show.out, full, KA_OUT_NEVER);
		show.json = json != 0;
		assert_int_equal(ka_vetshow_line(&show, 1, &line, &vet), KA_ERR_SYS);
	}
	fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text__good_and_bad__one_line_of_six_words),
		cmocka_unit_test(text_and_json__authority__one_word),
		cmocka_unit_test(text__whole_key_in_a_bad_line__its_numbers_are_shown),
		cmocka_unit_test(text__hostile_name__stays_one_line),
		cmocka_unit_test(json__good_key__every_member),
		cmocka_unit_test(json__unreadable_line__null_and_its_column),
		cmocka_unit_test(json__comment__escaped_and_bounded),
		cmocka_unit_test(write__no_room__is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
