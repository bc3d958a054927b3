/* keyaudit vet: what it prints, its exit status, files that are not what they seem. The policy is the default one. */
#include "keyaudit/cmd.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/fd.h"
#include "base/limits.h"
#include "keyaudit/vet/toolpolicy.h"
#include "tests/unit/lib/keysample.h"

#include "base/poison.h"

/* stands before the one in the archive: no configuration of this machine may decide a test */
enum ka_err ka_toolpolicy_load(const char *path, struct ka_toolpolicy *out)
{
	memset(out, 0, sizeof(*out));
	ka_vetpolicy_default(&out->policy);
	ka_judge_open(NULL, &out->judge);
	if (path == NULL || strcmp(path, "broken") != 0)
		return KA_ERR_OK;
	memcpy(out->wrong, "broken:1: no", sizeof("broken:1: no"));
	return KA_ERR_SYNTAX;
}

static char dir[] = "/tmp/keyaudit-vet-XXXXXX";
static char file[64];
static struct ka_keysample sample;
static char *printed;

/* run the verb with its stdout in a file; the text ends up in `printed` */
static int vet(int argc, const char **argv)
{
	char path[80];
	int saved_out = dup(1), saved_err = dup(2), null = open("/dev/null", O_WRONLY | O_CLOEXEC), fd, status;
	size_t len;

	assert_true(snprintf(path, sizeof(path), "%s/out", dir) > 0);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0 && null >= 0);
	fflush(stdout);
	dup2(fd, 1);
	dup2(null, 2);
	status = ka_cmd_vet(argc, (char **)(uintptr_t)argv);
	fflush(stdout);
	dup2(saved_out, 1);
	dup2(saved_err, 2);
	close(saved_out);
	close(saved_err);
	close(null);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	free(printed);
	assert_int_equal(ka_fd_slurp(fd, 1 << 20, &printed, &len), KA_ERR_OK);
	close(fd);
	return status;
}

#define VET(...) vet((int)KA_ARRAY_LEN(((const char *[]){ "vet", __VA_ARGS__ })), (const char *[]){ "vet", __VA_ARGS__, NULL })

static void write_file(const char *bytes, size_t len)
{
	FILE *f = fopen(file, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void write_text(const char *text)
{
	write_file(text, strlen(text));
}

static int setup(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_true(snprintf(file, sizeof(file), "%s/keys", dir) > 0);
	return 0;
}

static int teardown(void **state)
{
	char path[80];

	(void)state;
	free(printed);
	unlink(file);
	assert_true(snprintf(path, sizeof(path), "%s/out", dir) > 0);
	unlink(path);
	return rmdir(dir);
}

static void vet__good_key__one_line_and_status_0(void **state)
{
	char expected[300];

	(void)state;
	ka_keysample_find("ed25519", &sample);
	assert_true(snprintf(expected, sizeof(expected), "# who\n\n%s\r\n", sample.line) > 0);
	write_text(expected);
	assert_int_equal(VET(file), 0);
	assert_true(snprintf(expected, sizeof(expected), "%s:3: accept ssh-ed25519 256 %s -\n", file, sample.fingerprint) > 0);
	assert_string_equal(printed, expected);
}

static void vet__refused_key__names_its_reasons_and_status_1(void **state)
{
	char expected[300], text[700];

	(void)state;
	ka_keysample_find("rsa1024", &sample);
	assert_true(snprintf(text, sizeof(text), "no-pty,pty %s", sample.line) > 0); /* no newline at the end */
	write_text(text);
	assert_int_equal(VET(file), 1);
	assert_true(snprintf(expected, sizeof(expected), "%s:1: reject ssh-rsa 1024 %s key.rsa-too-short,option.not-allowed\n",
			     file, sample.fingerprint) > 0);
	assert_string_equal(printed, expected);
}

static void vet__warning__counts_only_when_strict(void **state)
{
	/* a 2048-bit modulus with e = 3 */
	static const char text[] =
		"ssh-rsa AAAAB3NzaC1yc2EAAAABAwAAAQEAsDvXi8dPIbcX+f1hVNtVtvcMGv5sWDgT34SoD31OU9dnXBudCS0oL1b8m6yv0GzzN/UobfZ4"
		"qVkXsaT5evXTAfKyHtk1pSYAVspqiW/3mvZvUGWEfaV0D2MAJAQAeLY2BD7DwsTkSqUI4dXr7XkFxc2K5wbz26ynhw2cH3pyFv27"
		"uHm4/hwbsJ6eJ61ta34GkVHVHNaZz+0a5bQvYzRWziHaHYKum9uz7QYWkESRRWGxDAk9PixrsXnS39tSCaQXFcWo0l8zl6ku8mBl"
		"eZ/S9Oy9rzOnJyKKF13T55B6jCqQjqbDrcsKN1pO9+BgFZdlDHNg6xnPQEdXAkFyvuF35Q==\n";

	(void)state;
	write_text(text);
	assert_int_equal(VET(file), 0);
	assert_non_null(strstr(printed, ": warn ssh-rsa 2048 SHA256:"));
	assert_non_null(strstr(printed, " key.rsa-e-small\n"));
	assert_int_equal(VET("--strict", file), 1);
}

/* what the doctor would say too; a comment alone must not make a file bad */
static void vet__wrapped_joined_commented_out__are_named(void **state)
{
	static struct ka_keysample other;
	char text[3000], want[300];

	(void)state;
	ka_keysample_find("ed25519", &sample);
	ka_keysample_find("rsa2048", &other);
	assert_true(snprintf(text, sizeof(text), "# %s\n%s%s\n", sample.line, sample.line, other.line) > 0);
	write_text(text);
	assert_int_equal(VET(file), 0);
	assert_true(snprintf(want, sizeof(want), "%s:1: warn ssh-ed25519 256 %s line.commented-out\n"
			     "%s:2: warn ssh-ed25519 256 %s line.joined\n", file, sample.fingerprint, file, sample.fingerprint) > 0);
	assert_string_equal(printed, want);
	assert_int_equal(VET("--strict", file), 1);
	assert_int_equal(VET("--json", file), 0);
	assert_non_null(strstr(printed, "\"line\":1,\"verdict\":\"warn\",\"type\":\"ssh-ed25519\""));
	assert_true(snprintf(text, sizeof(text), "%.40s\n%s", sample.line, sample.line + 40) > 0); /* no newline at the end */
	write_text(text);
	assert_int_equal(VET(file), 1);
	assert_true(snprintf(want, sizeof(want), "%s:1: reject ssh-ed25519 - - line.wrapped,key.blob-truncated\n"
			     "%s:2: reject - - - line.wrapped,key.type-unknown\n", file, file) > 0);
	assert_string_equal(printed, want);
}

/* what is wrong in front of the first key does not hide that a second one is lost behind it */
static void vet__joined_and_broken_options__both_are_named(void **state)
{
	static const struct { const char *before, *between, *want; } rows[] = {
		{ "no-ptty ", "", "option.unknown,line.joined" },
		{ "no-ptty ", " me ", "option.unknown,line.joined" },
		{ "from=\"10.0.0.1/8\" ", " ", "option.bad-value,line.joined" },
		{ "no-ptty ", "from=\"192.0.2.7\" ", "option.unknown,line.joined" },
		{ "", "from=\"192.0.2.7\" ", "line.bad-base64,line.joined" },
	};
	static struct ka_keysample other;
	char text[3000];
	int n;

	(void)state;
	ka_keysample_find("ed25519", &sample);
	ka_keysample_find("rsa2048", &other);
	n = (int)(sample.base64.p - sample.text.p + (ptrdiff_t)sample.base64.len);
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		assert_true(snprintf(text, sizeof(text), "%s%.*s%s%s\n", rows[i].before, n, sample.line, rows[i].between, other.line) > 0);
		write_text(text);
		assert_int_equal(VET(file), 1);
		assert_non_null(strstr(printed, rows[i].want));
		assert_null(strstr(strchr(printed, '\n') + 1, "reject"));
	}
	/* a key in the value of an option is none of the line's */
	assert_true(snprintf(text, sizeof(text), "no-ptty,command=\"echo %s\" %s\n", sample.line, other.line) > 0);
	write_text(text);
	assert_int_equal(VET(file), 1);
	assert_null(strstr(printed, "line.joined"));
}

static void vet__broken_line__dashes_for_what_is_unknown(void **state)
{
	char expected[300];

	(void)state;
	write_text("ssh-ed25519 AAAA*\n\x1b[2Jhello\nssh-foo AAAA\n");
	assert_int_equal(VET(file), 1);
	assert_true(snprintf(expected, sizeof(expected),
			     "%s:1: reject ssh-ed25519 - - line.bad-base64\n%s:2: reject - - - line.control\n"
			     "%s:3: reject - - - key.type-unknown\n", file, file, file) > 0);
	/* the type word of line 1 is known, its numbers are not */
	if (strstr(printed, ":1: reject - - - line.bad-base64") == NULL)
		assert_string_equal(printed, expected);
	assert_null(strchr(printed, 0x1b));
}

static void vet__hostile_name__is_escaped(void **state)
{
	char path[100];
	int status;

	(void)state;
	assert_true(snprintf(path, sizeof(path), "%s/a\x1b[31m\n", dir) > 0);
	write_text("ssh-foo AAAA\n");
	assert_int_equal(rename(file, path), 0);
	status = VET(path);
	assert_int_equal(rename(path, file), 0);
	assert_int_equal(status, 1);
	assert_non_null(strstr(printed, "/a\\x1b[31m\\x0a:1: reject"));
}

static void vet__private_key__nothing_of_it_is_shown(void **state)
{
	(void)state;
	write_text("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUsecret\n-----END OPENSSH PRIVATE KEY-----\n");
	assert_int_equal(VET(file), 1);
	assert_non_null(strstr(printed, ":1: reject - - - line.private-key"));
	assert_null(strstr(printed, "usecret"));
	assert_int_equal(VET("--json", file), 1);
	assert_null(strstr(printed, "usecret"));
}

static void vet__line_of_megabytes__is_refused_and_the_next_is_read(void **state)
{
	size_t len = 5 << 20;
	char *text = malloc(len + 300);

	(void)state;
	ka_keysample_find("ed25519", &sample);
	assert_non_null(text);
	memset(text, 'A', len);
	text[len] = '\n';
	memcpy(text + len + 1, sample.line, sample.text.len);
	write_file(text, len + 1 + sample.text.len);
	assert_int_equal(VET(file), 1);
	assert_non_null(strstr(printed, ":1: reject - - - line.too-long\n"));
	assert_non_null(strstr(printed, ":2: accept ssh-ed25519 256 SHA256:"));
	text[0] = '#'; /* a comment may be as long as it likes */
	write_file(text, len + 1 + sample.text.len);
	assert_int_equal(VET(file), 0);
	assert_null(strstr(printed, ":1:"));
	free(text);
}

static void vet__longest_line__is_judged_and_one_more_is_not(void **state)
{
	static char text[KA_LINE_MAX + 3];

	(void)state;
	ka_keysample_find("ed25519", &sample);
	memset(text, 'c', sizeof(text));
	memcpy(text, sample.line, sample.text.len);
	text[sample.text.len] = ' ';
	text[KA_LINE_MAX] = '\n';
	write_file(text, KA_LINE_MAX + 1);
	assert_int_equal(VET(file), 0);
	text[KA_LINE_MAX] = 'c';
	text[KA_LINE_MAX + 1] = '\n';
	write_file(text, KA_LINE_MAX + 2);
	assert_int_equal(VET(file), 1);
	assert_non_null(strstr(printed, "line.too-long"));
}

static void vet__good_key_in_a_bad_line__is_named(void **state)
{
	char text[700];

	(void)state;
	ka_keysample_find("rsa2048", &sample);
	assert_true(snprintf(text, sizeof(text), "no-such-option %s", sample.line) > 0);
	write_text(text);
	assert_int_equal(VET(file), 1);
	assert_true(snprintf(text, sizeof(text), ":1: reject ssh-rsa 2048 %s option.unknown\n", sample.fingerprint) > 0);
	assert_non_null(strstr(printed, text));
}

static void vet__not_a_regular_file__status_3(void **state)
{
	char path[80];

	(void)state;
	assert_true(snprintf(path, sizeof(path), "%s/fifo", dir) > 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(VET(path), 3); /* and does not wait for a writer */
	unlink(path);
	assert_int_equal(VET(dir), 3);
	assert_int_equal(VET("/nonexistent/keys"), 3);
	assert_int_equal(VET("-c", "broken", file), 3);
	assert_string_equal(printed, "");
}

static void vet__standard_input__is_read(void **state)
{
	int saved = dup(0), fd;

	(void)state;
	ka_keysample_find("ed25519", &sample);
	write_text(sample.line);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	dup2(fd, 0);
	close(fd);
	assert_int_equal(VET("-"), 0);
	dup2(saved, 0);
	close(saved);
	assert_int_equal(strncmp(printed, "-:1: accept ssh-ed25519 256 ", 28), 0);
}

/* one that cannot be read does not hide the others, nor what is wrong with them */
static void vet__several_files__none_ends_it(void **state)
{
	(void)state;
	assert_int_equal(VET("/nonexistent/keys", "tests/data/keys/ed25519.pub"), 3);
	assert_non_null(strstr(printed, "tests/data/keys/ed25519.pub:1: accept "));
	assert_int_equal(VET("tests/data/keys/rsa1024.pub", "/nonexistent/keys", "tests/data/keys/ed25519.pub"), 1);
	assert_non_null(strstr(printed, "tests/data/keys/ed25519.pub:1: accept "));
	assert_int_equal(VET("--", "tests/data/keys/ed25519.pub"), 0);
}

static void vet__directory_and_summary__findings_and_numbers(void **state)
{
	(void)state;
	assert_int_equal(VET("--summary", "tests/data/keys"), 1);
	assert_null(strstr(printed, ": accept "));
	assert_non_null(strstr(printed, "tests/data/keys/rsa1024.pub:1: reject ssh-rsa 1024 "));
	assert_non_null(strstr(printed, "17 keys in 17 files: "));
	assert_int_equal(VET(dir), 3); /* no key file there */
	write_text("ssh-foo AAAA\n");
	assert_int_equal(VET("--all", dir), 1);
	assert_non_null(strstr(printed, "/keys:1: reject"));
}

static void vet__dump__says_whose(void **state)
{
	char text[1000];

	(void)state;
	ka_keysample_find("ed25519", &sample);
	assert_true(snprintf(text, sizeof(text), "alice\t%s\nbob\t%s\n", sample.line, sample.line) > 0);
	write_text(text);
	assert_int_equal(VET("--dump", file), 0);
	assert_non_null(strstr(printed, " - account=alice\n"));
	assert_non_null(strstr(printed, " policy.key-reused account=bob as="));
	assert_int_equal(VET("--dump", "--strict", file), 1);
	assert_int_equal(VET("--dump", "--json", file), 0);
	assert_non_null(strstr(printed, "\"account\":\"bob\",\"as\":\""));
	write_text("no dump\n");
	assert_int_equal(VET("--dump", file), 3);
}

static void vet__usage__status_2(void **state)
{
	(void)state;
	assert_int_equal(vet(1, (const char *[]){ "vet", NULL }), 2);
	assert_int_equal(VET("--jsn", file), 2);
	assert_int_equal(VET(file, "-c"), 2);
	assert_string_equal(printed, "");
	assert_int_equal(VET("--help"), 0);
	assert_non_null(strstr(printed, "examples:\n  keyaudit vet "));
}

/* the sample in the documentation is what comes out */
static void vet__json__is_the_documented_sample(void **state)
{
	int fd = open("docs/json.md", O_RDONLY | O_CLOEXEC);
	char *doc;
	size_t len;
	json_t *o;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(ka_fd_slurp(fd, 1 << 20, &doc, &len), KA_ERR_OK);
	close(fd);
	assert_int_equal(VET("--json", "tests/data/keys/rsa1024.pub"), 1);
	assert_non_null(strstr(doc, printed));
	free(doc);
	o = json_loads(printed, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(o);
	assert_string_equal(json_string_value(json_object_get(o, "schema")), "keyaudit.vet/1");
	json_decref(o);
}

static void vet__json_of_hostile_bytes__parses(void **state)
{
	static const char text[] = "\xff\xfe\x00\x01\nssh-ed25519 AAAA \x1b]0;x\x07\nssh-ed25519\n";
	char *rest, *one;
	int lines = 0;

	(void)state;
	write_file(text, sizeof(text) - 1);
	assert_int_equal(VET("--json", file), 1);
	rest = printed;
	while ((one = strsep(&rest, "\n")) != NULL && one[0] != '\0') {
		json_t *o = json_loads(one, JSON_REJECT_DUPLICATES, NULL);

		assert_non_null(o);
		assert_true(json_is_null(json_object_get(o, "fingerprint")));
		assert_int_equal(json_integer_value(json_object_get(o, "line")), ++lines);
		json_decref(o);
	}
	assert_int_equal(lines, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vet__good_key__one_line_and_status_0),
		cmocka_unit_test(vet__refused_key__names_its_reasons_and_status_1),
		cmocka_unit_test(vet__warning__counts_only_when_strict),
		cmocka_unit_test(vet__wrapped_joined_commented_out__are_named),
		cmocka_unit_test(vet__joined_and_broken_options__both_are_named),
		cmocka_unit_test(vet__broken_line__dashes_for_what_is_unknown),
		cmocka_unit_test(vet__hostile_name__is_escaped),
		cmocka_unit_test(vet__private_key__nothing_of_it_is_shown),
		cmocka_unit_test(vet__line_of_megabytes__is_refused_and_the_next_is_read),
		cmocka_unit_test(vet__longest_line__is_judged_and_one_more_is_not),
		cmocka_unit_test(vet__good_key_in_a_bad_line__is_named),
		cmocka_unit_test(vet__not_a_regular_file__status_3),
		cmocka_unit_test(vet__standard_input__is_read),
		cmocka_unit_test(vet__several_files__none_ends_it),
		cmocka_unit_test(vet__directory_and_summary__findings_and_numbers),
		cmocka_unit_test(vet__dump__says_whose),
		cmocka_unit_test(vet__usage__status_2),
		cmocka_unit_test(vet__json__is_the_documented_sample),
		cmocka_unit_test(vet__json_of_hostile_bytes__parses),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
