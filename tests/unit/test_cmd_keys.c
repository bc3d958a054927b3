/* keyaudit keys, in a root of its own: its words, its statuses, and that nothing of a key file reaches the terminal as it is. */
#include "keyaudit/cmd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/err.h"
#include "base/paths.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/keysample.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

#define KEYS(...) CAUGHT(ka_cmd_keys, "keys", __VA_ARGS__)
#define CONF "[lookup]\nsources = local\n[source local]\ntype = file\npath = /k/%u\n"

static struct ka_keysample good, weak, listed;

static int begin(void **state)
{
	(void)state;
	ka_keysample_find("ed25519", &good);
	ka_keysample_find("rsa1024", &weak);
	ka_keysample_find("ed25519-cert", &listed);
	return 0;
}

static int clean(void **state)
{
	(void)state;
	trustroot_dir("/etc", 0755, 0);
	trustroot_dir("/etc/keyaudit", 0755, 0);
	trustroot_dir("/k", 0755, 0);
	trustroot_file("/etc/passwd", 0644, 0, "root:x:0:0::/:/bin/sh\nalice:x:1001:1001::/home/alice:/bin/sh\n");
	trustroot_file("/etc/nsswitch.conf", 0644, 0, "passwd: files\ngroup: files\n");
	trustroot_file(KA_PATH_CONF, 0644, 0, CONF);
	unlink(KA_PATH_DISABLED);
	unlink("/k/alice");
	return 0;
}

static void put_keys(const char *text)
{
	trustroot_file("/k/alice", 0644, 0, text);
}

static void usage__bad_words__table(void **state)
{
	static const struct { const char *words[4]; const char *says; } rows[] = {
		{ { NULL }, "which user?" }, { { "--json" }, "which user?" }, { { "alice", "bob" }, "one argument too many: \"bob\"" },
		{ { "--nonsense", "alice" }, "no such option: \"--nonsense\"" }, { { "alice", "-c" }, "a value is missing behind \"-c\"" },
		{ { "alice", "a\x1b[2J\n" }, "\"a\\x1b[2J\\x0a\"" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		int status = caught_verb(ka_cmd_keys, "keys", rows[i].words);

		if (status != KA_EXIT_USAGE || strstr(caught_err, rows[i].says) == NULL)
			fail_msg("row %zu: %d %s", i, status, caught_err);
		assert_string_equal(caught_out, "");
		assert_true(caught_is_plain(caught_err));
	}
	assert_int_equal(KEYS("--help"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_out, "examples:"));
}

static void user__outside_of_the_grammar_or_unknown(void **state)
{
	static const char *const names[] = { "a b", "../alice", "a\x1b[2J\n", "", "a%b" };

	(void)state;
	put_keys(good.line);
	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++) {
		assert_int_equal(KEYS(names[i]), KA_EXIT_FINDINGS);
		assert_non_null(strstr(caught_err, "keyaudit keys: policy.user-name: "));
		assert_true(caught_is_plain(caught_err));
		assert_string_equal(caught_out, "");
	}
	assert_int_equal(KEYS("bob"), KA_EXIT_UNKNOWN);
	assert_non_null(strstr(caught_err, "no user \"bob\" here"));
}

static void conf__broken_missing_or_disabled(void **state)
{
	(void)state;
	put_keys(good.line);
	assert_int_equal(KEYS("-c", "/absent", "alice"), KA_EXIT_UNDECIDED);
	assert_non_null(strstr(caught_err, "nothing is served: conf.invalid: "));
	trustroot_file(KA_PATH_CONF, 0644, 0, CONF "a\x1b[2Jb = 1\n");
	assert_int_equal(KEYS("alice"), KA_EXIT_UNDECIDED);
	assert_true(caught_is_plain(caught_err));
	assert_non_null(strstr(caught_err, ":6: "));
	trustroot_file(KA_PATH_CONF, 0666, 0, CONF);
	assert_int_equal(KEYS("alice"), KA_EXIT_UNDECIDED);
	assert_non_null(strstr(caught_err, "conf.unsafe"));
	trustroot_file(KA_PATH_CONF, 0644, 0, CONF);
	trustroot_file(KA_PATH_DISABLED, 0644, 0, "");
	assert_int_equal(KEYS("alice"), KA_EXIT_FINDINGS);
	assert_non_null(strstr(caught_err, "conf.disabled"));
	assert_string_equal(caught_out, "");
}

static void keys__served_and_refused__line_by_line(void **state)
{
	char text[16384], want[512];

	(void)state;
	snprintf(text, sizeof(text), "# c\n\n%s\n%s\n", good.line, weak.line);
	put_keys(text);
	assert_int_equal(KEYS("alice"), KA_EXIT_FINE);
	snprintf(want, sizeof(want), "ok   served  /k/alice:3: ssh-ed25519 %s\n", good.fingerprint);
	assert_int_equal(strncmp(caught_out, want, strlen(want)), 0);
	snprintf(want, sizeof(want), "FAIL refused /k/alice:4: ssh-rsa %s  key.rsa-too-short\n", weak.fingerprint);
	assert_non_null(strstr(caught_out, want));
	assert_non_null(strstr(caught_out, "\n1 would be served, 1 refused\n"));
	put_keys(weak.line);
	assert_int_equal(KEYS("alice"), KA_EXIT_FINDINGS);
	assert_non_null(strstr(caught_out, "0 would be served, 1 refused\n"));
	unlink("/k/alice");
	assert_int_equal(KEYS("alice"), KA_EXIT_FINDINGS);
	assert_string_equal(caught_out, "0 would be served, 0 refused\n");
	assert_non_null(strstr(caught_err, "source local: no-keys"));
}

static void keys__authority__is_served_for_certificates_and_no_key(void **state)
{
	char text[16384], conf[512];

	(void)state;
	snprintf(text, sizeof(text), "%s\ncert-authority %s\n", good.line, good.line);
	put_keys(text);
	snprintf(conf, sizeof(conf), "%s[policy]\ncertificates = yes\noptions = cert-authority\n", CONF);
	trustroot_file(KA_PATH_CONF, 0644, 0, conf);
	assert_int_equal(KEYS("alice"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_out, "\n          only for a certificate that this authority has signed;"));
	assert_non_null(strstr(strstr(caught_out, "/k/alice:2:"), "only for"));
	assert_null(strstr(strstr(caught_out, "only for") + 1, "only for a"));
	assert_non_null(strstr(caught_out, "\n2 would be served, 1 of them for certificates only, 0 refused\n"));
	assert_int_equal(KEYS("--json", "alice"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_out, "\"line\":1,\"served\":true,\"served_for\":\"key\","));
	assert_non_null(strstr(caught_out, "\"line\":2,\"served\":true,\"served_for\":\"certificate\","));
	/* however mild the policy is: authkeys-cmd prints it for nobody where no certificate is served */
	snprintf(conf, sizeof(conf), "%s[policy]\noptions = cert-authority\nseverity.option.cert-authority = warn\n", CONF);
	trustroot_file(KA_PATH_CONF, 0644, 0, conf);
	assert_int_equal(KEYS("alice"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_out, "FAIL refused /k/alice:2: "));
	assert_non_null(strstr(caught_out, "\n1 would be served, 1 refused\n"));
	assert_int_equal(KEYS("--json", "alice"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_out, "\"line\":2,\"served\":false,\"verdict\":\"reject\","));
}

static void keys__listed_certificate__is_for_nobody(void **state)
{
	char text[16384];

	(void)state;
	trustroot_file(KA_PATH_CONF, 0644, 0, CONF "[policy]\ncertificates = yes\n");
	put_keys(listed.line);
	assert_int_equal(KEYS("alice"), KA_EXIT_FINDINGS);
	assert_non_null(strstr(caught_out, "\n          sshd matches no certificate that is listed;"));
	assert_non_null(strstr(caught_out, "\n1 would be served, 1 of them for nobody, 0 refused\n"));
	snprintf(text, sizeof(text), "%s\n%s\n", listed.line, good.line);
	put_keys(text);
	assert_int_equal(KEYS("--json", "alice"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_out, "\"line\":1,\"served\":true,\"served_for\":\"nobody\","));
	assert_non_null(strstr(caught_out, "\"line\":2,\"served\":true,\"served_for\":\"key\","));
}

static void keys__source_that_is_not_safe__is_said(void **state)
{
	(void)state;
	trustroot_file("/k/alice", 0666, 0, good.line);
	assert_int_equal(KEYS("alice"), KA_EXIT_FINDINGS);
	assert_non_null(strstr(caught_err, "source local: refused (conf.unsafe: "));
	assert_non_null(strstr(caught_err, "/k/alice"));
}

/* options, comments and types are strangers' text */
static void keys__hostile_lines__nothing_of_them_as_it_is(void **state)
{
	char text[16384];

	(void)state;
	snprintf(text, sizeof(text), "%s \x1b[2J\n\x1b]0;x\x07 y\nssh-\x1b[2J AAAA\ncommand=\"\x1b[2J\" %s\n\xff\xfe\n%s gr\xc3\xbc\xc3\x9f\xe2\x80\xae\n", good.line,
		 good.line, good.line);
	put_keys(text);
	KEYS("alice");
	assert_true(caught_is_plain(caught_out) && caught_is_plain(caught_err));
	KEYS("--json", "alice");
	assert_true(caught_is_plain(caught_out) && caught_is_plain(caught_err));
}

static void json__each_line_is_one_object(void **state)
{
	char text[16384];
	json_t *j;
	char *line, *end;

	(void)state;
	snprintf(text, sizeof(text), "%s\n%s\n\"}{\n", good.line, weak.line);
	put_keys(text);
	assert_int_equal(KEYS("--json", "alice"), KA_EXIT_FINE);
	for (line = caught_out, end = strchr(line, '\n'); end != NULL; line = end + 1, end = strchr(line, '\n')) {
		j = json_loadb(line, (size_t)(end - line), JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(j);
		assert_string_equal(json_string_value(json_object_get(j, "schema")), "keyaudit.keys/1");
		assert_string_equal(json_string_value(json_object_get(j, "file")), "/k/alice");
		json_decref(j);
	}
	assert_int_equal(strncmp(caught_out, "{\"schema\":\"keyaudit.keys/1\",\"source\":\"local\"", 42), 0);
	assert_non_null(strstr(caught_out, "\"line\":3,\"served\":false"));
	assert_null(strstr(caught_out, "would be served"));
}

int main(void)
{
#define IN_ROOT(f) cmocka_unit_test_setup(f, clean)
	const struct CMUnitTest tests[] = {
		IN_ROOT(usage__bad_words__table),
		IN_ROOT(user__outside_of_the_grammar_or_unknown),
		IN_ROOT(conf__broken_missing_or_disabled),
		IN_ROOT(keys__served_and_refused__line_by_line),
		IN_ROOT(keys__authority__is_served_for_certificates_and_no_key), IN_ROOT(keys__listed_certificate__is_for_nobody),
		IN_ROOT(keys__source_that_is_not_safe__is_said),
		IN_ROOT(keys__hostile_lines__nothing_of_them_as_it_is),
		IN_ROOT(json__each_line_is_one_object),
	};
	void *none = NULL;

	begin(&none); /* the samples lie outside of that root */
	return trustroot_run(tests, NULL);
}
