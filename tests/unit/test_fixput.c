/* keyaudit/mend/fixput: new content is complete in its place, or nothing of it is there. */
#include "keyaudit/mend/fixput.h"

#include <dirent.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/fixplace.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

static struct ka_fixwalk walk;
static struct ka_fixdo_result result;
static bool may;
static void (*attack)(void);

static bool ready(void *ctx, const struct ka_fixdo_result *r)
{
	(void)ctx;
	assert_int_equal(r->after.mode, S_IFREG | 0640);
	assert_int_equal(r->after.uid, ALICE);
	if (attack != NULL)
		attack();
	return may;
}

/* names in ~/.ssh: a temporary that stayed would be one more */
static size_t names(void)
{
	DIR *d = opendir(FIXPLACE_SSH);
	size_t n = 0;

	while (d != NULL && readdir(d) != NULL)
		n++;
	if (d != NULL)
		closedir(d);
	return n;
}

static uint32_t edit(const char *text, const char *judged)
{
	const struct ka_fixop op = { .kind = KA_FIXOP_EDIT, .as_user = true, .line = 1, .column = 1, .old = "a", .new = "bb" };
	uint8_t sum[32];
	const struct ka_fixdo what = { .op = &op, .world = &fixplace.world, .walk = &walk, .sha256 = sum, .ready = ready };

	if (!trustroot_has_uids())
		skip();
	fixplace_file(text, 0640, ALICE);
	crypto_hash_sha256(sum, (const uint8_t *)judged, strlen(judged));
	assert_true(ka_fixworld_take("alice", &fixplace.world));
	assert_true(ka_fixwalk_open(FIXPLACE_FILE, NULL, &walk));
	ka_fixdo_run(&what, &result);
	ka_fixwalk_close(&walk);
	return result.answer;
}

static void link_instead(void)
{
	assert_int_equal(unlink(FIXPLACE_FILE), 0);
	assert_int_equal(symlink("/etc/passwd", FIXPLACE_FILE), 0);
}

static void append(void)
{
	FILE *f = fopen(FIXPLACE_FILE, "a");

	assert_non_null(f);
	assert_true(fputs("more\n", f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int begin(void **state)
{
	may = true;
	attack = NULL;
	walk.fd = walk.dir = -1;
	return fixplace_setup(state);
}

static void content__complete_with_mode_and_owner(void **state)
{
	(void)state;
	assert_int_equal(edit("a\nc\n", "a\nc\n"), KA_FIXDO_DONE);
	assert_string_equal(fixplace_text(FIXPLACE_FILE), "bb\nc\n");
	assert_int_equal(fixplace_mode(FIXPLACE_FILE), S_IFREG | 0640);
	assert_int_equal(fixplace_owner(FIXPLACE_FILE), ALICE);
	assert_int_equal(names(), 3);
}

static void content__that_is_another__stays(void **state)
{
	(void)state;
	assert_int_equal(edit("a\nc\n", "a\nd\n"), KA_FIXDO_CHANGED);
	assert_int_equal(edit("x\nc\n", "x\nc\n"), KA_FIXDO_MISSING);
	assert_string_equal(fixplace_text(FIXPLACE_FILE), "x\nc\n");
	assert_int_equal(names(), 3);
}

static void content__changed_while_the_note_is_written__stays(void **state)
{
	(void)state;
	attack = append;
	assert_int_equal(edit("a\n", "a\n"), KA_FIXDO_CHANGED);
	assert_string_equal(fixplace_text(FIXPLACE_FILE), "a\nmore\n");
	attack = link_instead;
	assert_int_equal(edit("a\n", "a\n"), KA_FIXDO_CHANGED);
	assert_int_equal(fixplace_mode(FIXPLACE_FILE) & S_IFMT, S_IFLNK);
	assert_int_equal(names(), 3);
}

static void content__without_a_note__stays(void **state)
{
	(void)state;
	may = false;
	assert_int_equal(edit("a\n", "a\n"), KA_FIXDO_NO_NOTE);
	assert_string_equal(fixplace_text(FIXPLACE_FILE), "a\n");
	assert_int_equal(names(), 3);
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, fixplace_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(content__complete_with_mode_and_owner), T(content__that_is_another__stays),
		T(content__changed_while_the_note_is_written__stays), T(content__without_a_note__stays),
	};

	return trustroot_run(tests, fixplace_group);
}
