/* authkeys-fetch/fetchargs: each form, and what is next to it and refused. */
#include "authkeys-cmd/fetch/fetchargs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"

#include "base/poison.h"

#define FP "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"

#define SHA256_REST "3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SHA256 "e" SHA256_REST

static struct ka_fetchargs a;

/* up to six arguments behind the program's name; true when they are taken */
static bool takes(const char *const *args)
{
	static char text[512]; /* what was parsed points into it */
	char *argv[16] = { text };
	struct ka_buf b;
	int argc = 1;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "authkeys-fetch");
	ka_buf_char(&b, '\0');
	for (; *args != NULL; args++) {
		argv[argc++] = text + b.len;
		ka_buf_text(&b, *args);
		ka_buf_char(&b, '\0');
	}
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	ka_fetchargs_parse(argc, argv, &a);
	return a.wrong == NULL;
}

#define TAKES(...) takes((const char *const[]){ __VA_ARGS__, NULL })

static void one__source_and_user__with_its_options(void **state)
{
	(void)state;
	assert_true(TAKES("corp", "alice"));
	assert_true(a.job == KA_FETCH_ONE && strcmp(a.source, "corp") == 0 && strcmp(a.user, "alice") == 0);
	assert_true(a.deadline_ms == KA_FETCH_DEADLINE_MS && a.fp[0] == '\0' && !a.background);
	assert_true(TAKES("--deadline", "700", "--fp", FP, "--background", "corp", "alice"));
	assert_true(a.deadline_ms == 700 && strcmp(a.fp, FP) == 0 && a.background);
	assert_true(TAKES("--fp", FP, "--key", "AAAAC3NzaC1lZDI1NTE5AAAAIP4c0dsOHq5vBNwtKeroAvBjRTyCtcz7jgy5OCu3feNl", "corp", "alice"));
	assert_int_equal(strlen(a.key), 68);
	assert_true(a.except[0] == '\0');
	assert_true(TAKES("--except", SHA256, "corp", "alice"));
	assert_string_equal(a.except, SHA256);
	assert_true(TAKES("corp", "alice", "--deadline", "1"));
	assert_true(TAKES("corp", "alice", "--deadline", "60000"));
	assert_true(TAKES("corp", ":revoked"));
	assert_true(TAKES("corp", ":index"));
	assert_true(TAKES("corp", "a.b@c+d-e_f$"));
}

static void one__anything_else__is_refused(void **state)
{
	char *none[] = { NULL };

	(void)state;
	ka_fetchargs_parse(0, none, &a);
	assert_non_null(a.wrong);
	assert_false(TAKES("corp"));
	assert_false(TAKES("corp", "alice", "bob"));
	assert_false(TAKES("corp", ""));
	assert_false(TAKES("", ""));
	assert_false(TAKES("corp", "../alice"));
	assert_false(TAKES("corp", "alice/"));
	assert_false(TAKES("corp", "al ice"));
	assert_false(TAKES("corp", "al\nice"));
	assert_false(TAKES("corp", "-alice"));
	assert_false(TAKES("corp", ":other"));
	assert_false(TAKES("corp", ":index:"));
	assert_false(TAKES("corp", "alice", "--deadline", "0"));
	assert_false(TAKES("corp", "alice", "--deadline", "60001"));
	assert_false(TAKES("corp", "alice", "--deadline", "-1"));
	assert_false(TAKES("corp", "alice", "--deadline", "1e3"));
	assert_false(TAKES("corp", "alice", "--deadline", ""));
	assert_false(TAKES("corp", "alice", "--deadline"));
	assert_false(TAKES("corp", "alice", "--fp", "MD5:00"));
	assert_false(TAKES("corp", "alice", "--fp", FP "x"));
	assert_false(TAKES("corp", "alice", "--fp", ""));
	assert_false(TAKES("corp", "alice", "--fp"));
	assert_false(TAKES("corp", "alice", "--key", "AAAA")); /* the entry is named by the fingerprint */
	assert_false(TAKES("corp", "alice", "--fp", FP, "--key", "AA AA"));
	assert_false(TAKES("corp", "alice", "--fp", FP, "--key", "AAAA&user=root"));
	assert_false(TAKES("corp", "alice", "--fp", FP, "--key", "AAAA\r\nX: y"));
	assert_false(TAKES("corp", "alice", "--fp", FP, "--key", "AA===="));
	assert_false(TAKES("corp", "alice", "--except", "e3b0"));
	assert_false(TAKES("corp", "alice", "--except", SHA256 "0"));
	assert_false(TAKES("corp", "alice", "--except", "G" SHA256_REST));
	assert_false(TAKES("corp", "alice", "--except", "E" SHA256_REST));
	assert_false(TAKES("--refresh", "--except", SHA256));
	assert_false(TAKES("-c", "/tmp/conf", "corp", "alice"));
	assert_false(TAKES("--config=/tmp/conf", "corp", "alice"));
	assert_false(TAKES("--", "corp", "alice"));
	assert_false(TAKES("-", "alice"));
}

static void refresh__its_options__and_no_others(void **state)
{
	(void)state;
	assert_true(TAKES("--refresh"));
	assert_true(a.job == KA_FETCH_REFRESH && !a.now && a.only_source[0] == '\0');
	assert_true(TAKES("--now", "--source", "corp", "--refresh"));
	assert_true(a.now && strcmp(a.only_source, "corp") == 0);
	assert_false(TAKES("--refresh", "corp", "alice"));
	assert_false(TAKES("--refresh", "--background"));
	assert_false(TAKES("--refresh", "--deadline", "700"));
	assert_false(TAKES("--refresh", "--source"));
	assert_false(TAKES("--now", "corp", "alice"));
	assert_false(TAKES("--source", "corp", "corp", "alice"));
}

static void wanted__alone(void **state)
{
	(void)state;
	assert_true(TAKES("--wanted"));
	assert_int_equal(a.job, KA_FETCH_WANTED);
	assert_false(TAKES("--wanted", "--now"));
	assert_false(TAKES("--wanted", "corp"));
	assert_false(TAKES("--wanted", "--refresh"));
	assert_false(TAKES("--refresh", "--wanted"));
}

#define PIN "sha256//" "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static void download__url_and_a_cap__no_names(void **state)
{
	(void)state;
	assert_true(TAKES("--download", "https://update.example.org/v0/data.json", "--max", "1000"));
	assert_true(a.job == KA_FETCH_DOWNLOAD && a.max == 1000 && a.ca_file[0] == '\0' && a.pins[0] == '\0');
	assert_string_equal(a.url, "https://update.example.org/v0/data.json");
	assert_true(TAKES("--download", "http://127.0.0.1:8080/x", "--max", "1", "--ca-file", "/etc/ca.pem", "--pins", PIN " " PIN));
	assert_string_equal(a.ca_file, "/etc/ca.pem");
	assert_false(TAKES("--download", "https://update.example.org/"));
	assert_false(TAKES("--download", "https://update.example.org/", "--max", "0"));
	assert_false(TAKES("--download", "https://update.example.org/", "--max", "1073741825"));
	assert_false(TAKES("--download", "http://update.example.org/", "--max", "1"));
	assert_false(TAKES("--download", "file:///etc/shadow", "--max", "1"));
	assert_false(TAKES("--download", "unix:/run/socket:/x", "--max", "1"));
	assert_false(TAKES("--download", "http://169.254.169.254/x", "--max", "1"));
	assert_false(TAKES("--download", "https://update.example.org/%2e", "--max", "1"));
	assert_false(TAKES("--download", "https://u:p@update.example.org/", "--max", "1"));
	assert_false(TAKES("--download", "https://update.example.org/", "--max", "1", "--ca-file", "ca.pem"));
	assert_false(TAKES("--download", "https://update.example.org/", "--max", "1", "--pins", "sha256//short"));
	assert_false(TAKES("--download", "https://update.example.org/", "--max", "1", "--pins", "/etc/passwd"));
	assert_false(TAKES("--download", "https://update.example.org/", "--max", "1", "corp", "alice"));
	assert_false(TAKES("--max", "1", "corp", "alice"));
	assert_false(TAKES("--refresh", "--ca-file", "/etc/ca.pem"));
}

static void help_and_version__are_jobs(void **state)
{
	(void)state;
	assert_true(TAKES("--help"));
	assert_int_equal(a.job, KA_FETCH_HELP);
	assert_true(TAKES("--version"));
	assert_int_equal(a.job, KA_FETCH_VERSION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one__source_and_user__with_its_options),
		cmocka_unit_test(one__anything_else__is_refused),
		cmocka_unit_test(refresh__its_options__and_no_others),
		cmocka_unit_test(wanted__alone),
		cmocka_unit_test(download__url_and_a_cap__no_names),
		cmocka_unit_test(help_and_version__are_jobs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
