/*
 * reason: the lookups, and the promises that reason.def makes to everybody.
 * Naming an id here is no test of its rule, so the lint does not look into this file.
 */
#include "reason/reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "base/poison.h"

#define NREASONS_EVER 195 /* ids are public for ever: this number only grows */

static enum ka_reason find(const char *id)
{
	return ka_reason_find(id, strlen(id));
}

static const char *nearest(const char *word)
{
	return ka_reason_id(ka_reason_nearest(word, strlen(word)));
}

static void none_and_outside__every_question__has_a_harmless_answer(void **state)
{
	static const enum ka_reason no_reason[] = {
		KA_REASON_NONE, (enum ka_reason)KA_REASON_COUNT, (enum ka_reason)100000, (enum ka_reason)-1,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(no_reason) / sizeof(no_reason[0]); i++) {
		enum ka_reason r = no_reason[i];

		assert_string_equal(ka_reason_id(r), "-");
		assert_string_equal(ka_reason_meaning(r), "");
		assert_string_equal(ka_reason_fix(r), "");
		assert_string_equal(ka_reason_source(r), "");
		assert_int_equal(ka_reason_action(r), KA_ACTION_NONE);
		assert_int_equal(ka_reason_level(r), KA_LEVEL_INFO);
		assert_int_equal(ka_reason_step(r), KA_STEP_NOWHERE);
		assert_int_equal(ka_reason_class(r), KA_CLASS_SECONDARY);
		assert_int_equal(ka_reason_family(r), 0);
		assert_false(ka_reason_is_live(r));
		assert_false(ka_reason_is_of_key(r));
	}
}

static void is_of_key__table(void **state)
{
	(void)state;
	assert_true(ka_reason_is_of_key(KA_REASON_KEY_RSA_TOO_SHORT));
	assert_true(ka_reason_is_of_key(KA_REASON_REVOKED_STORE));
	assert_true(ka_reason_is_of_key(KA_REASON_SSHD_KEY_REVOKED));
	assert_false(ka_reason_is_of_key(KA_REASON_KEY_NOT_LISTED));
	assert_false(ka_reason_is_of_key(KA_REASON_KEY_OTHER_USER));
	assert_false(ka_reason_is_of_key(KA_REASON_LINE_WRAPPED));
	assert_false(ka_reason_is_of_key(KA_REASON_NONE));
}

static void find__anything_but_an_id__is_none(void **state)
{
	(void)state;
	assert_int_equal(ka_reason_find(NULL, 0), KA_REASON_NONE);
	assert_int_equal(find("-"), KA_REASON_NONE);
	assert_int_equal(find("perm"), KA_REASON_NONE);
	assert_int_equal(find("perm.ac"), KA_REASON_NONE);
	assert_int_equal(find("perm.acls"), KA_REASON_NONE);
	assert_int_equal(find("PERM.ACL"), KA_REASON_NONE);
	assert_int_equal(find(" perm.acl"), KA_REASON_NONE);
	assert_int_equal(ka_reason_find("perm.acl", 9), KA_REASON_NONE); /* its NUL is no part of it */
	assert_int_equal(ka_reason_find("perm.acl", 8), KA_REASON_PERM_ACL);
}

static void find__text_without_nul__reads_no_further(void **state)
{
	const char *id = ka_reason_id(KA_REASON_KEY_RSA_TOO_SHORT);
	size_t len = strlen(id);
	char *exact = malloc(len);

	(void)state;
	assert_non_null(exact);
	memcpy(exact, id, len);
	assert_int_equal(ka_reason_find(exact, len), KA_REASON_KEY_RSA_TOO_SHORT);
	assert_int_equal(ka_reason_nearest(exact, len - 1), KA_REASON_KEY_RSA_TOO_SHORT);
	free(exact);
}

static void id__every_row__is_found_again_and_spelt_like_its_enumerator(void **state)
{
	static const struct {
		enum ka_reason reason;
		const char *sym, *id;
	} all[] = {
#define R(sym, id, ...) { KA_REASON_##sym, #sym, id },
#include "reason/reason.def"
#undef R
	};

	(void)state;
	assert_int_equal(sizeof(all) / sizeof(all[0]) + 1, KA_REASON_COUNT);
	assert_true(KA_REASON_COUNT > NREASONS_EVER);
	for (size_t i = 0; i < KA_REASON_COUNT - 1; i++) {
		const char *id = ka_reason_id(all[i].reason);

		assert_int_equal(all[i].reason, i + 1);
		assert_string_equal(id, all[i].id);
		assert_int_equal(find(id), all[i].reason); /* so it is unique, too */
		assert_int_equal(strlen(id), strlen(all[i].sym));
		for (size_t j = 0; id[j] != '\0'; j++) {
			uint8_t c = (uint8_t)id[j];

			assert_int_equal(ka_text_lower((uint8_t)all[i].sym[j]), ka_text_is_alnum(c) ? c : '_');
		}
	}
}

static void assert_plain(const char *id, const char *text)
{
	assert_true(text[0] != '\0' && text[0] != ' ');
	assert_true(text[strlen(text) - 1] != '.' && text[strlen(text) - 1] != ' ');
	for (; *text != '\0'; text++) {
		if (*text < 0x20 || *text > 0x7e)
			fail_msg("%s: a byte outside printable ASCII", id);
	}
}

static void text__every_row__is_short_plain_and_there(void **state)
{
	(void)state;
	for (size_t i = 1; i < KA_REASON_COUNT; i++) {
		enum ka_reason r = (enum ka_reason)i;
		const char *id = ka_reason_id(r), *meaning = ka_reason_meaning(r);

		assert_plain(id, meaning);
		assert_plain(id, ka_reason_fix(r));
		assert_plain(id, ka_reason_source(r));
		if (strlen(meaning) > 100)
			fail_msg("%s: meaning of %zu characters", id, strlen(meaning));
		if (ka_text_is_upper((uint8_t)meaning[0]))
			fail_msg("%s: meaning begins with a capital letter", id);
	}
}

/* words of two or more capital letters in a command are placeholders, and only six are known */
static void fix__command__has_known_placeholders_only(void **state)
{
	static const char *const known[] = { "USER", "HOME", "FILE", "DIR", "LINE", "KEY" };

	(void)state;
	for (size_t i = 1; i < KA_REASON_COUNT; i++) {
		const char *p = ka_reason_fix((enum ka_reason)i);

		if (ka_text_is_upper((uint8_t)*p))
			continue; /* advice */
		while (*p != '\0') {
			size_t n = strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), k = 0;

			while (n > 1 && k < 6 && (strlen(known[k]) != n || strncmp(p, known[k], n) != 0))
				k++;
			if (k == 6)
				fail_msg("%s: %.*s", ka_reason_id((enum ka_reason)i), (int)n, p);
			p += n ? n : 1;
		}
	}
}

static void action__broken_structure_and_open_doors__are_locked_and_nothing_else(void **state)
{
	static const char *const locked[] = {
		"line.too-long", "line.nul", "line.control", "line.not-ascii", "line.private-key",
		"line.foreign-format", "line.no-blob", "line.bad-base64", "line.wrapped",
		"key.blob-truncated", "key.blob-trailing", "key.blob-not-canonical", "key.type-mismatch",
		"key.type-unknown", "key.mpint-negative", "key.mpint-not-minimal", "key.mpint-zero",
		"key.rsa-e-invalid", "key.rsa-n-even", "key.rsa-roca", "key.rsa-fermat",
		"key.rsa-small-factor", "key.rsa-n-prime", "key.rsa-n-power",
		"key.ed25519-length", "key.ed25519-non-canonical", "key.ed25519-low-order",
		"key.ed25519-off-curve", "key.ed25519-mixed-order",
		"key.ecdsa-curve-mismatch", "key.ecdsa-point-length", "key.ecdsa-point-format",
		"key.ecdsa-point-invalid", "option.bad-quoting", "cert.malformed", "cert.signature-bad",
		"key.not-judged", "internal.error", "internal.crypto-selftest",
	};
	const size_t n = sizeof(locked) / sizeof(locked[0]);
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		if (ka_reason_action(find(locked[i])) != KA_ACTION_LOCKED)
			fail_msg("%s is not locked", locked[i]);
	}
	for (size_t i = 1; i < KA_REASON_COUNT; i++)
		count += ka_reason_action((enum ka_reason)i) == KA_ACTION_LOCKED;
	assert_int_equal(count, n);
}

static void step_and_class__every_row__fit_together(void **state)
{
	(void)state;
	for (size_t i = 1; i < KA_REASON_COUNT; i++) {
		enum ka_reason r = (enum ka_reason)i;
		enum ka_step step = ka_reason_step(r);
		enum ka_class class = ka_reason_class(r);
		bool search = step == KA_STEP_FILES || step == KA_STEP_CA || step == KA_STEP_COMMAND;
		bool found = class == KA_CLASS_LOST || class == KA_CLASS_BLOCKED || class == KA_CLASS_ABSENT;

		if (class != KA_CLASS_SECONDARY && search != found)
			fail_msg("%s: its class does not fit its step", ka_reason_id(r));
		if (step == KA_STEP_NOWHERE && class != KA_CLASS_SECONDARY)
			fail_msg("%s: decides nowhere, so it cannot be primary", ka_reason_id(r));
	}
}

static void row__samples_of_each_kind__are_as_documented(void **state)
{
	static const struct {
		const char *id;
		enum ka_action action;
		enum ka_level level;
		enum ka_step step;
		enum ka_class class;
		bool live;
	} sample[] = {
		{ "perm.group-writable", KA_ACTION_NONE, KA_LEVEL_NOTICE, KA_STEP_FILES, KA_CLASS_LOST, true },
		{ "key.not-listed", KA_ACTION_NONE, KA_LEVEL_INFO, KA_STEP_COMMAND, KA_CLASS_ABSENT, true },
		{ "file.unreadable", KA_ACTION_NONE, KA_LEVEL_NOTICE, KA_STEP_FILES, KA_CLASS_BLOCKED, true },
		{ "key.rsa-too-short", KA_ACTION_REJECT, KA_LEVEL_WARNING, KA_STEP_COMMAND, KA_CLASS_LOST, true },
		{ "key.rsa-e-small", KA_ACTION_WARN, KA_LEVEL_NOTICE, KA_STEP_COMMAND, KA_CLASS_LOST, true },
		{ "key.rsa-small-d", KA_ACTION_OFF, KA_LEVEL_WARNING, KA_STEP_COMMAND, KA_CLASS_LOST, true },
		{ "key.rsa-roca", KA_ACTION_LOCKED, KA_LEVEL_WARNING, KA_STEP_COMMAND, KA_CLASS_LOST, true },
		{ "line.private-key", KA_ACTION_LOCKED, KA_LEVEL_ALERT, KA_STEP_FILES, KA_CLASS_LOST, true },
		{ "revoked.krl", KA_ACTION_REJECT, KA_LEVEL_ALERT, KA_STEP_COMMAND, KA_CLASS_LOST, true },
		{ "option.from-mismatch", KA_ACTION_NONE, KA_LEVEL_WARNING, KA_STEP_FILES, KA_CLASS_LOST, true },
		{ "store.no-keys", KA_ACTION_NONE, KA_LEVEL_INFO, KA_STEP_COMMAND, KA_CLASS_ABSENT, true },
		{ "store.tls", KA_ACTION_NONE, KA_LEVEL_ALERT, KA_STEP_COMMAND, KA_CLASS_BLOCKED, true },
		{ "conf.unsafe", KA_ACTION_NONE, KA_LEVEL_ALERT, KA_STEP_COMMAND, KA_CLASS_BLOCKED, true },
		{ "account.nologin", KA_ACTION_NONE, KA_LEVEL_NOTICE, KA_STEP_LOGIN, KA_CLASS_ALONE, true },
		{ "sshd.rsa-too-short", KA_ACTION_NONE, KA_LEVEL_WARNING, KA_STEP_METHOD, KA_CLASS_ALONE, true },
		{ "cert.ca-revoked", KA_ACTION_NONE, KA_LEVEL_ALERT, KA_STEP_REVOKED, KA_CLASS_ALONE, true },
		{ "sshd.config-stale", KA_ACTION_NONE, KA_LEVEL_NOTICE, KA_STEP_NOWHERE, KA_CLASS_SECONDARY, true },
		{ "spool.tampered", KA_ACTION_NONE, KA_LEVEL_WARNING, KA_STEP_NOWHERE, KA_CLASS_SECONDARY, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sample) / sizeof(sample[0]); i++) {
		enum ka_reason r = find(sample[i].id);

		assert_string_equal(ka_reason_id(r), sample[i].id);
		assert_int_equal(ka_reason_action(r), sample[i].action);
		assert_int_equal(ka_reason_level(r), sample[i].level);
		assert_int_equal(ka_reason_step(r), sample[i].step);
		assert_int_equal(ka_reason_class(r), sample[i].class);
		assert_int_equal(ka_reason_is_live(r), sample[i].live);
	}
}

static void nearest__too_far_or_too_long__is_none(void **state)
{
	char rubbish[KA_NEAR_WORD_MAX + 2];

	(void)state;
	memset(rubbish, 0xff, sizeof(rubbish));
	for (size_t n = 0; n <= sizeof(rubbish); n++)
		assert_int_equal(ka_reason_nearest(rubbish, n), KA_REASON_NONE);
	assert_int_equal(ka_reason_nearest("perm.acl", SIZE_MAX), KA_REASON_NONE);
	assert_string_equal(nearest(""), "-");
	assert_string_equal(nearest("perm"), "-");
	assert_string_equal(nearest("group-writable"), "-");
	assert_string_equal(nearest("perm.group-wrxxxxle"), "-"); /* four slips */
}

static void nearest__up_to_three_slips__finds_the_id(void **state)
{
	(void)state;
	assert_string_equal(nearest("perm.group-writable"), "perm.group-writable");
	assert_string_equal(nearest("perm.group_writeable"), "perm.group-writable");
	assert_string_equal(nearest("perm.gruop-writable"), "perm.group-writable");
	assert_string_equal(nearest("perm.group-wrxxxble"), "perm.group-writable");
	assert_string_equal(nearest("KEY.RSA-TOO-SHORT"), "key.rsa-too-short");
	assert_string_equal(nearest("key.rsa-to-short"), "key.rsa-too-short");
	assert_string_equal(nearest("keyrsa-too-shrotX"), "key.rsa-too-short");
	assert_string_equal(nearest("key.rsa-e-smal"), "key.rsa-e-small");
}

/* a swap is one slip, not two: otherwise three swaps would be out of reach */
static void nearest__three_swaps__finds_the_id(void **state)
{
	(void)state;
	assert_string_equal(nearest("prem.gruop-wirtable"), "perm.group-writable");
}

static void nearest__every_id_with_one_letter_lost__is_found(void **state)
{
	(void)state;
	for (size_t i = 1; i < KA_REASON_COUNT; i++) {
		const char *id = ka_reason_id((enum ka_reason)i);
		size_t len = strlen(id);

		for (size_t cut = 0; cut < len; cut++) {
			char word[KA_REASON_ID_MAX];

			memcpy(word, id, cut);
			memcpy(word + cut, id + cut + 1, len - cut - 1);
			assert_int_equal(ka_reason_nearest(word, len - 1), i);
		}
	}
}

static void family__before_the_dot(void **state)
{
	(void)state;
	assert_int_equal(ka_reason_family(KA_REASON_PERM_ACL), 4);
	assert_int_equal(ka_reason_family(KA_REASON_INTERNAL_ERROR), 8);
}

static void names__each_value_and_outside(void **state)
{
	(void)state;
	assert_string_equal(ka_reason_action_name(KA_ACTION_NONE), "none");
	assert_string_equal(ka_reason_action_name(KA_ACTION_LOCKED), "locked");
	assert_string_equal(ka_reason_action_name((enum ka_action)(KA_ACTION_LOCKED + 1)), "-");
	assert_string_equal(ka_reason_level_name(KA_LEVEL_INFO), "info");
	assert_string_equal(ka_reason_level_name(KA_LEVEL_ALERT), "alert");
	assert_string_equal(ka_reason_level_name((enum ka_level)(KA_LEVEL_ALERT + 1)), "-");
	assert_string_equal(ka_reason_step_name(KA_STEP_LISTENER), "listener");
	assert_string_equal(ka_reason_step_name(KA_STEP_COMMAND), "command");
	assert_string_equal(ka_reason_step_name(KA_STEP_NOWHERE), "nowhere");
	assert_string_equal(ka_reason_step_name((enum ka_step)(KA_STEP_NOWHERE + 1)), "-");
	assert_string_equal(ka_reason_step_name((enum ka_step)-1), "-");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none_and_outside__every_question__has_a_harmless_answer),
		cmocka_unit_test(is_of_key__table),
		cmocka_unit_test(find__anything_but_an_id__is_none),
		cmocka_unit_test(find__text_without_nul__reads_no_further),
		cmocka_unit_test(id__every_row__is_found_again_and_spelt_like_its_enumerator),
		cmocka_unit_test(text__every_row__is_short_plain_and_there),
		cmocka_unit_test(fix__command__has_known_placeholders_only),
		cmocka_unit_test(action__broken_structure_and_open_doors__are_locked_and_nothing_else),
		cmocka_unit_test(step_and_class__every_row__fit_together),
		cmocka_unit_test(row__samples_of_each_kind__are_as_documented),
		cmocka_unit_test(nearest__too_far_or_too_long__is_none),
		cmocka_unit_test(nearest__up_to_three_slips__finds_the_id),
		cmocka_unit_test(nearest__three_swaps__finds_the_id),
		cmocka_unit_test(nearest__every_id_with_one_letter_lost__is_found),
		cmocka_unit_test(family__before_the_dot),
		cmocka_unit_test(names__each_value_and_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
