/* diag/sshdcache: what an answer depends on. */
#include "diag/sshdcache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/tmptree.h"

#include "base/poison.h"

static char config[96], part[96], kept[96];

static void write_file(const char *path, const char *text)
{
	tmptree_write(path + strlen(tmptree) + 1, text);
}

static int set_up(void **state)
{
	int rc = tmptree_make(state);

	snprintf(config, sizeof(config), "%s/sshd_config", tmptree);
	snprintf(part, sizeof(part), "%s/part.conf", tmptree);
	snprintf(kept, sizeof(kept), "%s/kept", tmptree);
	return rc;
}

static struct ka_listener_args options = { .options = { { 'o', "UsePAM=no" } } };

static const char *name_of(const char *user, const char *address)
{
	static char names[16][KA_SSHDCACHE_NAME_MAX];
	static unsigned next;
	struct ka_sshdask ask = { .program = "/bin/sh", .config = config, .user = user, .address = address, .args = &options };
	char *name = names[next++ % 16];

	return ka_sshdcache_name(&ask, "T", name) ? name : "";
}

static void name__depends_on_user_and_configuration(void **state)
{
	char text[160];
	const char *first, *other;

	(void)state;
	snprintf(text, sizeof(text), "# c\nInclude %s/*.conf\n", tmptree);
	write_file(config, text);
	first = name_of("alice", "10.0.0.1");
	assert_int_equal(strlen(first), 64);
	assert_string_equal(first, name_of("alice", "10.0.0.1"));
	options.count = 1;
	assert_string_not_equal(first, name_of("alice", "10.0.0.1"));
	other = name_of("alice", "10.0.0.1");
	options.options[0].value[0] = 'u';
	assert_string_not_equal(other, name_of("alice", "10.0.0.1"));
	options.count = 0;
	assert_string_equal(first, name_of("alice", "10.0.0.1"));
	assert_string_equal(first, name_of("bob", "10.0.0.1"));   /* nothing looks at the user ... */
	assert_string_equal(first, name_of("alice", "10.0.0.2")); /* ... nor at the address */
	write_file(part, "PubkeyAuthentication no\n");          /* a new include */
	assert_string_not_equal(first, name_of("alice", "10.0.0.1"));
	first = name_of("alice", "10.0.0.1");
	write_file(part, "PubkeyAuthentication yes\n"); /* a changed include, another size */
	assert_string_not_equal(first, name_of("alice", "10.0.0.1"));
}

static void name__match_on_addresses__depends_on_the_address(void **state)
{
	(void)state;
	write_file(config, "  mAtCh user x ADDRESS 10.0.0.0/8\n  PubkeyAuthentication no\n");
	assert_string_not_equal(name_of("alice", "10.0.0.1"), name_of("alice", "10.0.0.2"));
	write_file(config, "Match=Host 10.*\n");
	assert_string_not_equal(name_of("alice", "10.0.0.1"), name_of("alice", "10.0.0.2"));
	write_file(config, "Match User address\n"); /* cautious: the word is enough */
	assert_string_not_equal(name_of("alice", "10.0.0.1"), name_of("alice", "10.0.0.2"));
	write_file(config, "Match User bob\n");
	assert_string_equal(name_of("alice", "10.0.0.1"), name_of("alice", "10.0.0.2"));
	assert_string_not_equal(name_of("alice", "10.0.0.1"), name_of("bob", "10.0.0.1"));
	write_file(config, "  match=\"LocalPort 22\"\n"); /* cautious: any of them may */
	assert_string_not_equal(name_of("alice", "10.0.0.1"), name_of("bob", "10.0.0.1"));
}

static void name__what_cannot_be_told__is_not_kept(void **state)
{
	char text[160];

	(void)state;
	assert_string_equal(name_of("alice", ""), ""); /* no configuration */
	snprintf(text, sizeof(text), "Include %s\n", config);
	write_file(config, text); /* itself, for ever */
	assert_string_equal(name_of("alice", ""), "");
	snprintf(text, sizeof(text), "Include=\"%s/none*\"\n", tmptree);
	write_file(config, text);
	assert_int_equal(strlen(name_of("alice", "")), 64);
}

static void kept__comes_back_until_it_is_old(void **state)
{
	struct timespec old[2] = { { .tv_sec = time(NULL) - 120 }, { .tv_sec = time(NULL) - 120 } };
	char path[160], *text;
	size_t len;

	(void)state;
	assert_false(ka_sshdcache_get(kept, "abc", KA_DIAG_SSHD_T_AGE_SEC, &text, &len));
	ka_sshdcache_put(kept, "abc", "port 22\n", 8);
	assert_true(ka_sshdcache_get(kept, "abc", KA_DIAG_SSHD_T_AGE_SEC, &text, &len));
	assert_string_equal(text, "port 22\n");
	free(text);
	snprintf(path, sizeof(path), "%s/abc", kept);
	assert_int_equal(utimensat(-1, path, old, 0), 0);
	assert_false(ka_sshdcache_get(kept, "abc", KA_DIAG_SSHD_T_AGE_SEC, &text, &len));
}

static void kept__in_a_directory_of_others__is_not_believed(void **state)
{
	char *text;
	size_t len;

	(void)state;
	assert_int_equal(mkdir(kept, 0700), 0);
	ka_sshdcache_put(kept, "abc", "port 22\n", 8);
	assert_int_equal(chmod(kept, 0770), 0);
	assert_false(ka_sshdcache_get(kept, "abc", KA_DIAG_SSHD_T_AGE_SEC, &text, &len));
}

static void kept__too_many__begins_again(void **state)
{
	char name[32], *text;
	size_t len;

	(void)state;
	for (int i = 0; i < KA_DIAG_SSHD_T_KEPT_MAX + 10; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		ka_sshdcache_put(kept, name, "x", 1);
	}
	assert_true(ka_sshdcache_get(kept, name, KA_DIAG_SSHD_T_AGE_SEC, &text, &len));
	free(text);
	assert_false(ka_sshdcache_get(kept, "n0", KA_DIAG_SSHD_T_AGE_SEC, &text, &len));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tmptree_remove)
	const struct CMUnitTest tests[] = {
		T(name__depends_on_user_and_configuration), T(name__match_on_addresses__depends_on_the_address),
		T(name__what_cannot_be_told__is_not_kept), T(kept__comes_back_until_it_is_old),
		T(kept__in_a_directory_of_others__is_not_believed), T(kept__too_many__begins_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
