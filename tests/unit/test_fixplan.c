/* keyaudit/mend/fixplan: the rules of --fix, one row each, and the nearest neighbour that is allowed. */
#include "keyaudit/mend/fixplan.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static struct ka_fixworld world;
static struct ka_fixwalk walk;
static struct ka_fixop op;

/* alice, 1001, with a home of her own, and her key file 0666 */
static int plain(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	memset(&walk, 0, sizeof(walk));
	memset(&op, 0, sizeof(op));
	world.uid = world.gid = 1001;
	world.uid_min = 1000;
	world.has_home = true;
	world.home_st = (struct ka_fixstat){ .dev = 1, .ino = 10, .mount = 5, .mode = S_IFDIR | 0700, .uid = 1001 };
	world.systems_count = 1;
	world.systems[0] = (struct ka_fixstat){ .dev = 1, .ino = 2 };
	walk.fd = walk.dir = 0;
	walk.is_in_home = true;
	memcpy(walk.name, "authorized_keys", 16);
	walk.parent = (struct ka_fixstat){ .dev = 1, .ino = 11, .mount = 5, .mode = S_IFDIR | 0700, .uid = 1001 };
	walk.it = (struct ka_fixstat){ .dev = 1, .ino = 12, .mount = 5, .mode = S_IFREG | 0666, .uid = 1001, .gid = 1001, .links = 1, .size = 100 };
	op.as_user = op.is_key_file = true;
	op.keep = 07755;
	return 0;
}

static void is(enum ka_fixplan_answer want)
{
	enum ka_fixplan_answer got = ka_fixplan_judge(&op, &walk, &world);

	if (got != want)
		fail_msg("%s, not %s", ka_fixplan_id(got), ka_fixplan_id(want));
}

static void place__holds_for_every_kind(void **state)
{
	for (unsigned kind = 0; kind < KA_FIXOP_KINDS; kind++) {
		plain(state);
		op.kind = (enum ka_fixop_kind)kind;
		walk.it.mode = S_IFREG | (kind == KA_FIXOP_EDIT ? 0600 : 0666);
		is(KA_FIXPLAN_FINE);
		walk.fd = -1;
		walk.errnum = ENOENT;
		is(KA_FIXPLAN_GONE);
		walk.errnum = ELOOP;
		is(KA_FIXPLAN_LINK);
		plain(state);
		op.kind = (enum ka_fixop_kind)kind;
		walk.it.mode = S_IFLNK | 0777;
		is(KA_FIXPLAN_LINK);
		walk.it.mode = S_IFIFO | 0666;
		is(KA_FIXPLAN_KIND);
		walk.it.mode = S_IFCHR | 0666;
		is(KA_FIXPLAN_KIND);
		walk.it.mode = S_IFREG | 04666;
		is(KA_FIXPLAN_SETID);
		walk.it.mode = S_IFREG | 01666;
		is(KA_FIXPLAN_SETID);
		walk.it.mode = S_IFREG | 0666;
		world.is_system = true;
		is(KA_FIXPLAN_SYSTEM);
		world.is_system = false;
		memcpy(world.other, "bob", 4);
		is(KA_FIXPLAN_HOME_OTHER);
		world.other[0] = '\0';
		walk.it.ino = 2;
		is(KA_FIXPLAN_SYSTEM);
	}
}

/* whose home it is matters for the home and for what lies in it, and for nothing else */
static void place__of_another_home__only_below_it(void **state)
{
	(void)state;
	op.kind = KA_FIXOP_CHMOD;
	world.is_system = true;
	walk.is_in_home = false;
	is(KA_FIXPLAN_FINE);
	world.is_system = false;
	memcpy(world.other, "bob", 4);
	is(KA_FIXPLAN_FINE);
	walk.it = world.home_st; /* the home itself is not below itself */
	walk.it.mode = S_IFDIR | 0777;
	is(KA_FIXPLAN_HOME_OTHER);
	world.is_system = true;
	is(KA_FIXPLAN_SYSTEM);
	world.has_home = false; /* nobody knows where it is: this is not it */
	is(KA_FIXPLAN_FINE);
}

static void chown__only_dot_ssh_and_key_files(void **state)
{
	(void)state;
	op.kind = KA_FIXOP_CHOWN;
	op.as_user = false;
	walk.it.uid = 0;
	walk.it.mode = S_IFREG | 0600;
	is(KA_FIXPLAN_FINE);
	op.is_key_file = false;
	is(KA_FIXPLAN_NOT_OURS);
	walk.it.mode = S_IFDIR | 0700;
	op.is_key_file = true; /* a directory of that name */
	is(KA_FIXPLAN_NOT_OURS);
	walk.parent = world.home_st;
	memcpy(walk.name, ".ssh", 5);
	is(KA_FIXPLAN_FINE);
	memcpy(walk.name, ".sso", 5);
	is(KA_FIXPLAN_NOT_OURS);
	memcpy(walk.name, ".ssh", 5);
	walk.parent.ino = 99; /* another directory's .ssh */
	is(KA_FIXPLAN_NOT_OURS);
	walk.parent = world.home_st;
	walk.it.links = 3; /* a directory has more than one, and any size */
	walk.it.size = KA_FIX_FILE_MAX + 1;
	is(KA_FIXPLAN_FINE);
	walk.it.links = 1;
	walk.it.size = KA_FIX_FILE_MAX;
	op.is_key_file = false;
	walk.it.mode = S_IFREG | 0700; /* a file of that name is not the directory */
	is(KA_FIXPLAN_NOT_OURS);
	op.is_key_file = true;
	walk.it.mode = S_IFREG | 0700; /* a file called ~/.ssh that is a key file is one */
	is(KA_FIXPLAN_FINE);
	walk.is_in_home = false;
	is(KA_FIXPLAN_NOT_OURS);
}

static void chown__each_rule(void **state)
{
	(void)state;
	op.kind = KA_FIXOP_CHOWN;
	walk.it.uid = 0;
	walk.it.mode = S_IFREG | 0600;
	walk.it.links = 2;
	is(KA_FIXPLAN_LINKS);
	walk.it.links = 1;
	world.uid = 999;
	world.home_st.uid = 999;
	is(KA_FIXPLAN_LOW_UID);
	world.uid = world.home_st.uid = 1000;
	is(KA_FIXPLAN_FINE);
	world.home_st.uid = 0;
	is(KA_FIXPLAN_HOME_OWNER);
	world.home_st.uid = 1000;
	walk.it.mount = 6;
	is(KA_FIXPLAN_MOUNT);
	walk.it.mount = 5;
	walk.it.dev = 2;
	is(KA_FIXPLAN_MOUNT);
	walk.it.dev = 1;
	walk.it.size = KA_FIX_FILE_MAX + 1;
	is(KA_FIXPLAN_LARGE);
	walk.it.size = KA_FIX_FILE_MAX;
	is(KA_FIXPLAN_FINE);
	world.has_home = false; /* nobody knows what its owner may have */
	is(KA_FIXPLAN_NOT_OURS);
}

static void size__of_what_is_closed_or_edited__up_to_the_limit(void **state)
{
	for (unsigned kind = 0; kind < KA_FIXOP_KINDS; kind++) {
		if (kind == KA_FIXOP_CHOWN)
			continue;
		plain(state);
		op.kind = (enum ka_fixop_kind)kind;
		walk.it.mode = S_IFREG | (kind == KA_FIXOP_EDIT ? 0600 : 0666);
		walk.it.size = KA_FIX_FILE_MAX;
		is(KA_FIXPLAN_FINE);
		walk.it.size = KA_FIX_FILE_MAX + 1;
		is(KA_FIXPLAN_LARGE);
	}
	op.kind = KA_FIXOP_CHMOD;
	walk.it.mode = S_IFDIR | 0777;
	is(KA_FIXPLAN_FINE);
}

static void chmod__takes_away_or_gives_the_least(void **state)
{
	static const struct { unsigned old, keep, set; bool dir; enum ka_fixplan_answer answer; } rows[] = {
		{ 0666, 07755, 0, false, KA_FIXPLAN_FINE }, { 0755, 07755, 0, true, KA_FIXPLAN_NOTHING }, { 0000, 0, 0600, false, KA_FIXPLAN_FINE },
		{ 0000, 0, 0644, false, KA_FIXPLAN_FINE }, { 0000, 0, 0700, true, KA_FIXPLAN_FINE }, { 0000, 0, 0700, false, KA_FIXPLAN_WIDER },
		{ 0600, 0, 0666, false, KA_FIXPLAN_WIDER }, { 0700, 0, 0755, true, KA_FIXPLAN_WIDER }, { 0600, 07777, 04000, false, KA_FIXPLAN_WIDER },
		{ 0644, 0, 0600, false, KA_FIXPLAN_FINE }, { 0000, 0, 0644, true, KA_FIXPLAN_WIDER },
	};

	(void)state;
	op.kind = KA_FIXOP_CHMOD;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		walk.it.mode = (rows[i].dir ? S_IFDIR : S_IFREG) | rows[i].old;
		op.keep = rows[i].keep;
		op.set = rows[i].set;
		if (ka_fixplan_judge(&op, &walk, &world) != rows[i].answer)
			fail_msg("row %zu: %s", i, ka_fixplan_id(ka_fixplan_judge(&op, &walk, &world)));
	}
}

static void chmod__who_does_it(void **state)
{
	(void)state;
	op.kind = KA_FIXOP_CHMOD;
	walk.it.uid = 0;
	is(KA_FIXPLAN_FOREIGN);
	op.as_user = false; /* root: where nobody else can move things, and one file */
	is(KA_FIXPLAN_OPEN_WAY);
	walk.is_roots = true;
	is(KA_FIXPLAN_FINE);
	walk.it.uid = world.uid;
	is(KA_FIXPLAN_FINE);
	walk.it.uid = 0;
	walk.it.links = 2;
	is(KA_FIXPLAN_LINKS);
	walk.it.links = 1;
	walk.it.uid = 1002;
	is(KA_FIXPLAN_FOREIGN);
	walk.it.uid = 0;
	walk.it.mode = S_IFDIR | 0777;
	is(KA_FIXPLAN_SHARED_DIR);
}

static void edit__own_plain_files(void **state)
{
	(void)state;
	op.kind = KA_FIXOP_EDIT;
	is(KA_FIXPLAN_OPEN_FILE);
	walk.it.mode = S_IFREG | 0600;
	is(KA_FIXPLAN_FINE);
	walk.it.links = 2;
	is(KA_FIXPLAN_LINKS);
	walk.it.links = 1;
	walk.it.has_acl = 1;
	is(KA_FIXPLAN_ACL);
	op.kind = KA_FIXOP_RENAME;
	is(KA_FIXPLAN_FINE);
	walk.it.uid = 0;
	is(KA_FIXPLAN_FOREIGN);
	walk.it.uid = 1001;
	walk.is_in_home = false;
	is(KA_FIXPLAN_NOT_OURS);
	walk.it.mode = S_IFDIR | 0700;
	is(KA_FIXPLAN_KIND);
}

static void after__the_next_change_sees_it(void **state)
{
	(void)state;
	op.kind = KA_FIXOP_CHOWN;
	walk.it.uid = walk.it.gid = 0;
	ka_fixplan_after(&op, &world, &walk.it);
	assert_int_equal(walk.it.uid, 1001);
	assert_int_equal(walk.it.gid, 1001);
	assert_int_equal(walk.it.mode, S_IFREG | 0666);
	walk.it.uid = walk.it.gid = 0;
	op.kind = KA_FIXOP_EDIT; /* neither owner nor mode */
	ka_fixplan_after(&op, &world, &walk.it);
	assert_int_equal(walk.it.uid, 0);
	assert_int_equal(walk.it.mode, S_IFREG | 0666);
	walk.it.uid = 1001;
	op.kind = KA_FIXOP_CHMOD;
	ka_fixplan_after(&op, &world, &walk.it);
	assert_int_equal(walk.it.mode, S_IFREG | 0644);
	is(KA_FIXPLAN_NOTHING);
}

/* back to any mode, but by nobody else and nowhere else */
static void undo__a_wider_mode__as_long_as_it_is_the_users(void **state)
{
	(void)state;
	op.kind = KA_FIXOP_CHMOD;
	op.keep = 0;
	op.set = 0666;
	walk.it.mode = S_IFREG | 0644;
	is(KA_FIXPLAN_WIDER);
	assert_int_equal(ka_fixplan_undo(&op, &walk, &world), KA_FIXPLAN_FINE);
	walk.it.uid = 0;
	assert_int_equal(ka_fixplan_undo(&op, &walk, &world), KA_FIXPLAN_FOREIGN);
	op.kind = KA_FIXOP_CHOWN;
	world.uid_min = 2000;
	assert_int_equal(ka_fixplan_undo(&op, &walk, &world), KA_FIXPLAN_LOW_UID);
}

static void why__each_answer_has_words(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KA_FIXPLAN_ANSWERS; i++) {
		assert_true(ka_fixplan_id((enum ka_fixplan_answer)i)[0] != '\0');
		assert_int_equal(ka_fixplan_why((enum ka_fixplan_answer)i)[0] == '\0', i == KA_FIXPLAN_FINE);
	}
}

#define T(name) cmocka_unit_test_setup(name, plain)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(place__holds_for_every_kind), T(place__of_another_home__only_below_it),
		T(size__of_what_is_closed_or_edited__up_to_the_limit), T(chown__only_dot_ssh_and_key_files), T(chown__each_rule), T(chmod__takes_away_or_gives_the_least),
		T(chmod__who_does_it), T(edit__own_plain_files), T(after__the_next_change_sees_it),
		T(undo__a_wider_mode__as_long_as_it_is_the_users), T(why__each_answer_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
