/* The case folders (tests/cases/make.py says what is in them): every line's verdict and reasons, in order. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "judge/judge.h"
#include "keyaudit/vet/vetscan.h"
#include "vet/vetconf.h"

#include "base/poison.h"

#define CASES "tests/cases"
#define NOW 1790000000 /* 2026-09-21 14:13:20 UTC */

static struct ka_vetpolicy policy;
static struct ka_judge judge;
static struct ka_conf conf;
static struct ka_vetscan scan;
static struct ka_vet out;
static char answer[512];

/* the case in hand */
static struct {
	const char *name;
	struct ka_cursor want;
	bool produced, passed;
} it;

/* the file of a case; false when it is not there */
static bool slurp(const char *name, const char *file, char **text, size_t *len)
{
	char path[256];
	KA_AUTOCLOSE int fd = -1;

	assert_in_range(snprintf(path, sizeof(path), CASES "/%s/%s", name, file), 1, sizeof(path) - 1);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	assert_int_equal(ka_fd_slurp(fd, 1 << 20, text, len), KA_ERR_OK);
	return true;
}

static void read_policy(const char *name)
{
	struct ka_conf_errors errors = { 0 };
	char *text;
	size_t len;

	ka_vetpolicy_default(&policy);
	if (!slurp(name, "policy.conf", &text, &len))
		return;
	ka_conf_default(&conf);
	ka_conf_read(&conf, "policy.conf", (struct ka_span){ (const uint8_t *)text, len }, &errors);
	ka_vetconf_make(&conf, &policy, &errors);
	if (errors.count > 0)
		fail_msg("%s: %s", name, errors.first);
	free(text);
}

static bool is_skipped(const struct ka_keyline *k, enum ka_reason seen)
{
	return k->reason == KA_REASON_LINE_EMPTY && seen == KA_REASON_NONE;
}

static const char *answer_to(const struct ka_keyline *k, enum ka_reason seen)
{
	struct ka_vet_when when = { .now_sec = NOW, .whole = true, .seen = seen };
	struct ka_buf b;

	if (is_skipped(k, seen))
		return "skip";
	ka_judge_line(&judge, k, &policy, &when, &out);
	ka_buf_init_array(&b, answer);
	ka_buf_text(&b, ka_vet_verdict_text(out.verdict));
	ka_buf_text(&b, out.count > 0 ? " " : " -");
	for (size_t i = 0; i < out.count; i++) {
		ka_buf_text(&b, i > 0 ? "," : "");
		ka_buf_text(&b, ka_reason_id(out.reasons[i]));
	}
	return answer;
}

/* without `whole` the same verdict, and the same deciding reason: what the command does */
static void assert_short_way_agrees(const struct ka_keyline *k, enum ka_reason seen)
{
	struct ka_vet_when when = { .now_sec = NOW, .seen = seen };
	struct ka_vet hot;

	if (is_skipped(k, seen))
		return;
	ka_judge_line(&judge, k, &policy, &when, &hot);
	assert_int_equal(hot.verdict, out.verdict);
	if (out.count > 0)
		assert_int_equal(hot.reasons[0], out.reasons[0]);
}

/* the case's reason decides */
static bool is_produced(void)
{
	return out.count > 0 && strcmp(ka_reason_id(out.reasons[0]), it.name) == 0;
}

static enum ka_err take(void *ctx, uint64_t number, const struct ka_keyline *k, enum ka_reason seen)
{
	const char *got = answer_to(k, seen);
	struct ka_span expected;
	char shown[256];

	(void)ctx;
	assert_true(ka_cursor_line(&it.want, &expected, NULL));
	if (!ka_span_is(expected, got)) {
		assert_true(ka_span_copy(expected, shown, sizeof(shown)));
		fail_msg("%s:%d: got \"%s\", expected \"%s\"", it.name, (int)number, got, shown);
	}
	assert_short_way_agrees(k, seen);
	it.produced |= !is_skipped(k, seen) && is_produced();
	it.passed |= !is_skipped(k, seen) && out.verdict != KA_VERDICT_REJECT;
	return KA_ERR_OK;
}

static void run_case(const char *name)
{
	struct ka_span text, left;
	struct ka_cursor in;
	char *input, *wanted;
	size_t input_len, wanted_len;

	assert_true(slurp(name, "input", &input, &input_len));
	assert_true(slurp(name, "expected", &wanted, &wanted_len));
	read_policy(name);
	it.name = name;
	it.produced = it.passed = false;
	ka_cursor_init(&in, input, input_len);
	ka_cursor_init(&it.want, wanted, wanted_len);
	for (uint64_t number = 1; ka_cursor_line(&in, &text, NULL); number++)
		assert_int_equal(ka_vetscan_line(&scan, number, text), KA_ERR_OK);
	assert_int_equal(ka_vetscan_end(&scan), KA_ERR_OK);
	assert_false(ka_cursor_line(&it.want, &left, NULL));
	if (!it.passed || (!it.produced && strcmp(name, "neighbours") != 0))
		fail_msg("%s: %s", name, it.passed ? "no line gives it" : "no neighbour passes");
	free(input);
	free(wanted);
}

static void cases__every_folder__gives_what_is_expected(void **state)
{
	KA_AUTOCLOSEDIR DIR *dir = opendir(CASES);
	struct dirent *entry;
	int count = 0;

	(void)state;
	assert_non_null(dir);
	ka_judge_open(NULL, &judge);
	judge.ask.deadline_ms = 60000;
	scan.take = take;
	while ((entry = readdir(dir)) != NULL) {
		char path[512];
		struct stat st;

		assert_in_range(snprintf(path, sizeof(path), CASES "/%s/input", entry->d_name), 1, sizeof(path) - 1);
		if (entry->d_name[0] == '.' || stat(path, &st) != 0)
			continue;
		run_case(entry->d_name);
		count++;
	}
	ka_judge_close(&judge);
	assert_true(count > 50);
}

/* never found by looking at lines: of the host, of its data, of sshd's settings (diag/rulecert), of more files than one */
static bool is_found_elsewhere(enum ka_reason r)
{
	static const enum ka_reason elsewhere[] = {
		KA_REASON_INTERNAL_ERROR, KA_REASON_INTERNAL_CRYPTO_SELFTEST, KA_REASON_KEY_NOT_JUDGED, KA_REASON_POLICY_KEY_REUSED,
		KA_REASON_DATA_MISSING, KA_REASON_DATA_INVALID, KA_REASON_DATA_STALE, KA_REASON_KEY_RSA_SHARED_PRIME,
		KA_REASON_REVOKED_STORE, KA_REASON_REVOKED_KRL, KA_REASON_REVOKED_LIST,
		KA_REASON_CERT_CA_UNTRUSTED,
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(elsewhere); i++)
		if (elsewhere[i] == r)
			return true;
	return false;
}

static void cases__every_live_vetting_reason__has_a_folder(void **state)
{
	(void)state;
	for (int i = 1; i < KA_REASON_COUNT; i++) {
		enum ka_reason r = (enum ka_reason)i;
		char path[256];
		struct stat st;

		if (!ka_reason_is_live(r) || ka_reason_action(r) == KA_ACTION_NONE || is_found_elsewhere(r))
			continue;
		assert_in_range(snprintf(path, sizeof(path), CASES "/%s/input", ka_reason_id(r)), 1, sizeof(path) - 1);
		if (stat(path, &st) != 0)
			fail_msg("%s has no folder", ka_reason_id(r));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cases__every_folder__gives_what_is_expected),
		cmocka_unit_test(cases__every_live_vetting_reason__has_a_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
