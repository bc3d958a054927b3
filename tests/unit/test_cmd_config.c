/* keyaudit config check|show, and the shipped configuration: all keys, all defaults. The verb runs in a child. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "conf/conf.h"
#include "conf/confrow.h"
#include "conf/confvalue.h"
#include "keyaudit/cmd.h"

#include "base/poison.h"

#define LOCAL "[lookup]\nsources = local\n[source local]\ntype = file\npath = /etc/keyaudit/keys.d/%u\n"
#define OUTPUT_MAX 65536

static char output[OUTPUT_MAX];
static char dir[64], file[96];

/* run the verb; stdout and stderr both into @output */
static int verb(const char *const *argv)
{
	FILE *to = tmpfile();
	char *args[12] = { NULL };
	int argc = 0, status = 0;
	size_t len = 0;
	pid_t pid;

	assert_non_null(to);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		while (argv[argc] != NULL) {
			args[argc] = strdup(argv[argc]);
			argc++;
		}
		if (dup2(fileno(to), 1) != 1 || dup2(fileno(to), 2) != 2)
			_exit(99);
		status = ka_cmd_config(argc, args);
		fflush(NULL);
		_exit(status);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(lseek(fileno(to), 0, SEEK_SET), 0);
	assert_int_equal(ka_fd_read_all(fileno(to), output, sizeof(output) - 1, &len), KA_ERR_OK);
	output[len] = '\0';
	fclose(to);
	return WEXITSTATUS(status);
}

#define RUN(...) verb((const char *const[]){ "config", __VA_ARGS__, NULL })

static void put_in(const char *path, const char *text)
{
	KA_AUTOCLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(ka_fd_write_all(fd, text, strlen(text)), KA_ERR_OK);
}

static void put(const char *text)
{
	put_in(file, text);
}

static void has(const char *text)
{
	if (strstr(output, text) == NULL)
		fail_msg("no \"%s\" in:\n%s", text, output);
}

static int drop_dir(void **state)
{
	(void)state;
	if (dir[0] != '\0') {
		unlink(file);
		rmdir(dir);
	}
	return 0;
}

/* where the configuration is believed: a container may have a /run that everybody may write to */
static int make_dir(void **state)
{
	static const char *const places[] = { "/run", "/var", "/root" };

	for (size_t i = 0; geteuid() == 0 && i < KA_ARRAY_LEN(places); i++) {
		(void)snprintf(dir, sizeof(dir), "%s/ka-config-XXXXXX", places[i]);
		(void)snprintf(file, sizeof(file), "%s/keyaudit.conf", mkdtemp(dir) != NULL ? dir : "");
		if (access(dir, F_OK) != 0)
			continue;
		assert_int_equal(chmod(dir, 0755), 0);
		put(LOCAL);
		RUN("check", "-c", file);
		if (strstr(output, "not believed") == NULL)
			return 0;
		drop_dir(state);
	}
	dir[0] = '\0';
	return 0;
}

static void need_dir(void)
{
	if (dir[0] != '\0')
		return;
	print_message("skipped: not root, or no directory that only root may write to\n");
	skip();
}

static void config__wrong_usage__is_2(void **state)
{
	(void)state;
	assert_int_equal(verb((const char *const[]){ "config", NULL }), KA_EXIT_USAGE);
	assert_int_equal(RUN("chekc"), KA_EXIT_USAGE);
	has("neither check nor show: \"chekc\"");
	assert_int_equal(RUN("check", "-c"), KA_EXIT_USAGE);
	assert_int_equal(RUN("check", "--effective"), KA_EXIT_USAGE);
	assert_int_equal(RUN("show", "a", "b"), KA_EXIT_USAGE);
	assert_int_equal(RUN("show", "--\x1b[2J"), KA_EXIT_USAGE);
	has("unknown argument \"--\\x1b[2J\"");
	assert_int_equal(RUN("check", "--help"), KA_EXIT_FINE);
	has("examples:");
}

static void check__missing__is_1_and_says_so(void **state)
{
	(void)state;
	assert_int_equal(RUN("check", "-c", "/nonexistent-keyaudit/x.conf"), KA_EXIT_FINDINGS);
	has("/nonexistent-keyaudit: is not there");
	has("1 error; no key is served with this configuration");
}

static void check__errors__each_with_file_and_line(void **state)
{
	char want[256];

	(void)state;
	need_dir();
	put(LOCAL "[policy]\nrsa_min_bit = 1\ntypes = ssh-ed2551\ntrusted_ca = x\n");
	assert_int_equal(RUN("check", file), KA_EXIT_FINDINGS);
	(void)snprintf(want, sizeof(want), "%s:7: unknown key \"rsa_min_bit\" in [policy]; did you mean \"rsa_min_bits\"?\n", file);
	has(want);
	(void)snprintf(want, sizeof(want), "%s:8: types: \"ssh-ed2551\" is not a key type; did you mean \"ssh-ed25519\"?\n", file);
	has(want);
	(void)snprintf(want, sizeof(want), "%s:9: trusted_ca: \"x\" is not an absolute path\n", file);
	has(want);
	has("3 errors; no key is served");
	assert_int_equal(RUN("show", "-c", file), KA_EXIT_FINDINGS);
	assert_null(strstr(output, "rsa_max_bits ="));
	assert_int_equal(RUN("check", "--json", file), KA_EXIT_FINDINGS);
	has("{\"schema\":\"keyaudit.config-check/1\",\"file\":\"");
	has("unknown key \\\"rsa_min_bit\\\" in [policy]");
	has("\"ok\":false,\"files\":1,\"reason\":\"conf.invalid\"");
}

static void check__file_of_revoked_keys__is_named_and_judged(void **state)
{
	char text[1024], list[256];

	(void)state;
	need_dir();
	(void)snprintf(list, sizeof(list), "%s.revoked", file);
	(void)snprintf(text, sizeof(text), "%s[policy]\nrevoked = %s\n", LOCAL, list);
	put(text);
	assert_int_equal(RUN("check", "-c", file), KA_EXIT_FINDINGS);
	(void)snprintf(text, sizeof(text), " revoked: data.missing: every key is refused: %s: is not there\n", list);
	has(text);
	assert_int_equal(RUN("check", "--json", "-c", file), KA_EXIT_FINDINGS);
	has("\"ok\":false,");
	has("\"data\":[{\"key\":\"revoked\",\"reason\":\"data.missing\",\"text\":\"every key is refused: ");
	put_in(list, "# nobody\nSHA256:lPnmAAbrNMYg4YQtud9EaR2o2sWlA3V8Th96QOOebF8\n");
	assert_int_equal(RUN("check", "-c", file), KA_EXIT_FINE);
	(void)snprintf(text, sizeof(text), " revoked: %s: 1 key or fingerprint\n", list);
	has(text);
	assert_int_equal(RUN("check", "--json", "-c", file), KA_EXIT_FINE);
	has("\"data\":[{\"key\":\"revoked\",\"reason\":\"-\",");
	assert_int_equal(unlink(list), 0);
}

static void check__fine__says_what_was_tried(void **state)
{
	(void)state;
	need_dir();
	put(LOCAL);
	assert_int_equal(RUN("check", "-c", file), KA_EXIT_FINE);
	has(": no errors (1 file)\n");
	has("authkeys-vet knows a good ECDSA key from a bad one");
	has("crypto self-test");
	assert_int_equal(RUN("check", "--json", "-c", file), KA_EXIT_FINE);
	has("\"errors\":[],\"ok\":true,\"files\":1,\"reason\":\"-\",\"selftest\":true,\"vetter\":true,\"sources\":[");
}

static void show__every_key__with_its_place(void **state)
{
	char want[256];

	(void)state;
	need_dir();
	put(LOCAL "[policy]\nseverity.key.rsa-e-small = reject\nrsa_min_bits = 3072\n[source spare]\ntype = file\npath = /s\n");
	assert_int_equal(RUN("show", "--effective", file), KA_EXIT_FINE);
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++)
		if (!ka_confrow_is_prefix(ka_confrow_at((enum ka_conf_key)k)) &&
		    (ka_confrow_at((enum ka_conf_key)k)->section != KA_CONF_SECTION_SOURCE ||
		     (ka_confrow_at((enum ka_conf_key)k)->who & KA_CONFROW_OF_FILE) != 0)) {
			(void)snprintf(want, sizeof(want), "  %s = ", ka_confrow_name(ka_confrow_at((enum ka_conf_key)k)));
			has(want);
		}
	(void)snprintf(want, sizeof(want), "%s:8   rsa_min_bits = 3072\n", file);
	has(want);
	(void)snprintf(want, sizeof(want), "%s:7   severity.key.rsa-e-small = reject\n", file);
	has(want);
	has("default");
	has("[source spare]   (not in [lookup] sources, so it is not asked)\n");
	assert_int_equal(RUN("show", "--json", file), KA_EXIT_FINE);
	has("{\"schema\":\"keyaudit.config/1\",\"section\":\"policy\",\"key\":\"rsa_max_bits\",\"value\":\"8192\",\"default\":true,\"origin\":\"default\"}\n");
	has("\"section\":\"source\",\"source\":\"spare\",\"asked\":false,\"key\":\"path\",\"value\":\"/s\",\"default\":false,\"origin\":\"");
}

static void show__question__the_policy_for_it(void **state)
{
	char want[256];

	(void)state;
	need_dir();
	put(LOCAL "profile = fips\n[policy]\nuser_profiles = root:sk-only\n");
	assert_int_equal(RUN("show", "--user", "root", "--source=local", "-P", "bsi", file), KA_EXIT_FINE);
	assert_ptr_equal(strstr(output, "[policy]   (for user root, source local, -P bsi)\n"), output);
	(void)snprintf(want, sizeof(want), "%s:8 (user_profiles root:sk-only)", file);
	has(want);
	has("  rsa_min_bits = 3000\n");
	has("(source local: profile fips)");
	has("  severity.key.rsa-e-small = reject\n");
	has("  severity.option.expired = reject\n");
	assert_null(strstr(output, "[audit]"));
	assert_int_equal(RUN("show", "--user", "root", "--json", file), KA_EXIT_FINE);
	has("\"section\":\"policy\",\"for\":{\"user\":\"root\"},\"key\":\"types\",\"value\":\"sk-ssh-ed25519@openssh.com "
	    "sk-ecdsa-sha2-nistp256@openssh.com\",\"default\":false,\"origin\":\"");
	assert_int_equal(RUN("show", "--source", "loca", file), KA_EXIT_USAGE);
	has("no such source: \"loca\"");
	assert_int_equal(RUN("show", "-P", "stri", file), KA_EXIT_USAGE);
	has("no such profile (default, strict, bsi, fips, sk-only): \"stri\"");
	assert_int_equal(RUN("show", file, "-P"), KA_EXIT_USAGE);
	assert_int_equal(RUN("check", file, "-P", "strict"), KA_EXIT_USAGE);
}

/* conf/keyaudit.conf: what is commented out shows the default, and every key is there */
static size_t uncomment(char *text, const char *from, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		if (from[i] != '#' || from[i + 1] == ' ' || from[i + 1] == '\n' || (i > 0 && from[i - 1] != '\n'))
			text[n++] = from[i];
	return n;
}

static void shipped__as_it_is_and_uncommented__is_the_default(void **state)
{
	static char text[KA_CONF_FILE_MAX], all[KA_CONF_FILE_MAX];
	static struct ka_conf conf;
	KA_AUTOCLOSE int fd = open("conf/keyaudit.conf", O_RDONLY | O_CLOEXEC);
	struct ka_conf_errors errors = { .count = 0 };
	char value[KA_CONF_TEXT_MAX];
	size_t len = 0, all_len;
	struct ka_buf b;

	(void)state;
	if (fd < 0)
		skip(); /* not run from the top of the tree */
	assert_int_equal(ka_fd_read_all(fd, text, sizeof(text) - 1, &len), KA_ERR_OK);
	all_len = uncomment(all, text, len);
	assert_true(all_len < len);
	ka_conf_default(&conf);
	ka_conf_read(&conf, "shipped", (struct ka_span){ (const uint8_t *)text, len }, &errors);
	ka_conf_finish(&conf, &errors);
	assert_string_equal(errors.first, "");
	assert_int_equal(conf.at[KA_CONF_KEY_TYPES].line, 0);
	ka_conf_default(&conf);
	ka_conf_read(&conf, "all", (struct ka_span){ (const uint8_t *)all, all_len }, &errors);
	ka_conf_finish(&conf, &errors);
	assert_string_equal(errors.first, "");
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++) {
		const struct ka_confrow *row = ka_confrow_at((enum ka_conf_key)k);

		if (ka_confrow_is_prefix(row) || row->section == KA_CONF_SECTION_SOURCE)
			continue;
		if (conf.at[k].line == 0)
			fail_msg("%s is not in conf/keyaudit.conf", ka_confrow_name(row));
		if (ka_confrow_default(row) == NULL)
			continue;
		ka_buf_init_array(&b, value);
		ka_confvalue_show(&conf, row, &b);
		assert_string_equal(value, ka_confrow_default(row));
	}
	assert_int_equal(conf.severities_count, 1);
	assert_int_equal(conf.severities[0].value, ka_reason_action(conf.severities[0].reason));
	assert_int_equal(conf.levels_count, 1);
	assert_int_equal(conf.levels[0].value, ka_reason_level(conf.levels[0].reason));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(config__wrong_usage__is_2),
		cmocka_unit_test(check__missing__is_1_and_says_so),
		cmocka_unit_test(check__errors__each_with_file_and_line),
		cmocka_unit_test(check__file_of_revoked_keys__is_named_and_judged),
		cmocka_unit_test(check__fine__says_what_was_tried),
		cmocka_unit_test(show__every_key__with_its_place),
		cmocka_unit_test(show__question__the_policy_for_it),
		cmocka_unit_test(shipped__as_it_is_and_uncommented__is_the_default),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
