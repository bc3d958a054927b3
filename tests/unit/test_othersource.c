/* diag/othersource: the offered key under another user's name, in a root of our own. */
#include "diag/othersource.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "keyaudit/case/removal.h"
#include "tests/unit/lib/keyscansample.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

static struct ka_conf conf;
static struct ka_keysource out;

static int begin(void **state)
{
	return keyscansample_alice(state);
}

/* an empty place for every test, and a configuration of one source */
static int clean(void **state)
{
	(void)state;
	while (!ka_removal_entry(AT_FDCWD, "/k"))
		;
	trustroot_dir("/k", 0755, 0);
	memset(&out, 0, sizeof(out));
	return begin(state);
}

static void look(const char *path, enum ka_conf_owner owner)
{
	struct ka_keysource_query q = { .conf = &conf, .user = "alice", .home = "/home/alice", .uid = 1000, .has_uid = true,
					.offers = keyscansample.offers, .offers_count = keyscansample.offers_count, .now_sec = 1792000000 };

	ka_conf_default(&conf);
	conf.sources_count = 1;
	conf.sources[0] = (struct ka_conf_source){ .name = "local", .path = path, .owner = owner };
	assert_int_equal(ka_othersource_look(&q, &out), KA_ERR_OK);
}

static void othersource__names__through_the_grammar(void **state)
{
	static const struct { const char *pattern, *name, *user; } rows[] = {
		{ "%u", "bob", "bob" }, { "%u.keys", "bob.keys", "bob" }, { "k-%u", "k-bob", "bob" }, { "%u.keys", "bob", NULL },
		{ "%u", "..", NULL }, { "%u", ".bob", NULL }, { "%u", "a b", NULL }, { "%u", "-x", NULL }, { "%u.keys", ".keys", NULL },
		{ "plain", "plain", NULL }, { "%u-%u", "a-a", NULL }, { "%U-%u", "1-a", NULL }, { "%u", "bob\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		char user[KA_USER_NAME_MAX];
		bool found = ka_othersource_name(ka_span_of(rows[i].pattern), rows[i].name, user);

		assert_int_equal(found, rows[i].user != NULL);
		if (found)
			assert_string_equal(user, rows[i].user);
	}
}

static void name__longest_user__and_one_more(void **state)
{
	char name[2 * KA_USER_NAME_MAX], user[KA_USER_NAME_MAX];

	(void)state;
	memset(name, 'a', sizeof(name));
	name[KA_USER_NAME_MAX - 2] = '\0';
	assert_true(ka_othersource_name(ka_span_of("%u"), name, user));
	assert_string_equal(user, name);
	name[KA_USER_NAME_MAX - 2] = 'a';
	name[KA_USER_NAME_MAX - 1] = '\0';
	assert_false(ka_othersource_name(ka_span_of("%u"), name, user));
	assert_false(ka_othersource_name(ka_span_of(""), "", user));
	assert_false(ka_othersource_name(ka_span_of("%"), "x", user));
	assert_false(ka_othersource_name(ka_span_of("%u%u"), "aa", user));
	assert_false(ka_othersource_name(ka_span_of("a%u"), "", user));
}

static void look__under_another_name__is_elsewhere(void **state)
{
	(void)state;
	trustroot_file("/k/alice", 0644, 0, B "\n");
	trustroot_file("/k/bob", 0644, 0, "# c\n" A "\n");
	look("/k/%u", KA_CONF_OWNER_ROOT);
	assert_true(out.key[0].is_elsewhere);
	assert_string_equal(out.key[0].other_user, "bob");
	assert_string_equal(out.key[0].path, "/k/bob");
	assert_int_equal(out.key[0].line, 2);
	memset(&out, 0, sizeof(out));
	look("/m/%u /k/%u.keys", KA_CONF_OWNER_ROOT); /* another pattern: bob's file is no user's */
	assert_false(out.key[0].is_elsewhere);
}

/* a file that would not be believed for its own user is not believed here either */
static void look__others_unsafe_file__is_not_believed(void **state)
{
	(void)state;
	trustroot_file("/k/bob", 0666, 0, A "\n");
	trustroot_file("/k/.hidden", 0644, 0, A "\n");
	look("/k/%u", KA_CONF_OWNER_ROOT);
	assert_false(out.key[0].is_elsewhere);
}

/* what the user's own file says is found elsewhere, and homes are never searched */
static void look__own_file_and_homes__are_not_searched(void **state)
{
	(void)state;
	trustroot_file("/k/alice", 0644, 0, A "\n");
	look("/k/%u", KA_CONF_OWNER_ROOT);
	assert_false(out.key[0].is_elsewhere);
	trustroot_file("/k/bob", 0644, 0, A "\n");
	look("/k/%u", KA_CONF_OWNER_USER);
	assert_false(out.key[0].is_elsewhere);
	look("/k/%h/%u", KA_CONF_OWNER_ROOT);
	look("/k/%U/%u", KA_CONF_OWNER_ROOT);
	look("%u", KA_CONF_OWNER_ROOT);
	look("/k/plain", KA_CONF_OWNER_ROOT);
	look("/absent/%u", KA_CONF_OWNER_ROOT);
	look("", KA_CONF_OWNER_ROOT);
	assert_false(out.key[0].is_elsewhere);
	out.key[0].is_listed = true; /* nothing is wanted then */
	look("/k/%u", KA_CONF_OWNER_ROOT);
	assert_false(out.key[0].is_elsewhere);
}

static void look__name_in_a_directory__is_filled_in_below(void **state)
{
	(void)state;
	trustroot_dir("/k/bob", 0755, 0);
	trustroot_file("/k/bob/keys", 0644, 0, B "\n\n" A "\n");
	look("/k/%u/keys", KA_CONF_OWNER_ROOT);
	assert_true(out.key[0].is_elsewhere);
	assert_string_equal(out.key[0].path, "/k/bob/keys");
	assert_int_equal(out.key[0].line, 3);
}

/* a directory that others may write to tells whatever they like */
static void look__unsafe_directory__is_not_listed(void **state)
{
	(void)state;
	trustroot_file("/k/bob", 0644, 0, A "\n");
	trustroot_dir("/k", 0777, 0);
	look("/k/%u", KA_CONF_OWNER_ROOT);
	assert_false(out.key[0].is_elsewhere);
	trustroot_dir("/k", 0755, 0);
	look("/k/%u", KA_CONF_OWNER_ROOT);
	assert_true(out.key[0].is_elsewhere);
}

static void look__several_offers__each_is_told_once(void **state)
{
	(void)state;
	keyscansample_offer("ssh-ed25519", B64);
	keyscansample_offer("ecdsa-sha2-nistp256", E64);
	trustroot_file("/k/bob", 0644, 0, "ssh-ed25519 nonsense\n" B "\n" B "\n" A " a \x1b[2J\n");
	look("/k/%u", KA_CONF_OWNER_ROOT);
	assert_false(out.key[0].is_elsewhere); /* a control character: that line serves nobody */
	assert_true(out.key[1].is_elsewhere);
	assert_int_equal(out.key[1].line, 2);
	assert_false(out.key[2].is_elsewhere);
}

/* how many of the files have been read since they were made */
static int read_files(void)
{
	int n = 0;

	for (int i = 0; i < KA_SOURCE_FILES_MAX + 50; i++) {
		char name[32];
		struct stat st;

		snprintf(name, sizeof(name), "/k/u%d", i);
		assert_int_equal(stat(name, &st), 0);
		n += st.st_atim.tv_sec != 1;
	}
	return n;
}

static void look__more_names_than_are_tried__the_limit_is_one_for_all_paths(void **state)
{
	(void)state;
	for (int i = 0; i < KA_SOURCE_FILES_MAX + 50; i++) {
		const struct timespec old[2] = { { .tv_sec = 1 }, { .tv_sec = 2 } };
		char name[32];

		snprintf(name, sizeof(name), "/k/u%d", i);
		trustroot_file(name, 0644, 0, B "\n");
		assert_int_equal(utimensat(AT_FDCWD, name, old, 0), 0);
	}
	look("/k/none/%u /k/%u /k/%u", KA_CONF_OWNER_ROOT);
	assert_int_equal(read_files(), KA_SOURCE_FILES_MAX);
}

int main(void)
{
#define IN_ROOT(f) cmocka_unit_test_setup(f, clean)
	const struct CMUnitTest tests[] = {
		IN_ROOT(othersource__names__through_the_grammar),
		IN_ROOT(name__longest_user__and_one_more),
		IN_ROOT(look__under_another_name__is_elsewhere),
		IN_ROOT(look__others_unsafe_file__is_not_believed),
		IN_ROOT(look__own_file_and_homes__are_not_searched),
		IN_ROOT(look__name_in_a_directory__is_filled_in_below),
		IN_ROOT(look__unsafe_directory__is_not_listed),
		IN_ROOT(look__several_offers__each_is_told_once),
		IN_ROOT(look__more_names_than_are_tried__the_limit_is_one_for_all_paths),
	};

	return trustroot_run(tests, begin);
}
