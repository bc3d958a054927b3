/* keyaudit/pubplan, publist: what is done with each document; whose files these are. */
#include "keyaudit/publish/pubplan.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "tests/unit/lib/verbplace.h"

#include "base/poison.h"

#define NOW 1795370513
#define DAY 86400
#define LIFE (9 * DAY) /* due with a third of it left at the latest: 3 days; with two thirds at the earliest: 6 */

static const struct ka_pubplan_terms terms = { .now = NOW, .life = LIFE };
static char name[] = "alice", source[] = "alice.pub";

/* published by us, unchanged, @left seconds to go */
static struct ka_pubuser published(int64_t left)
{
	return (struct ka_pubuser){
		.name = name, .source = source, .keys = 1,
		.old = { .is_there = true, .is_document = true, .is_ours = true, .has_keys = true, .serial = 5, .expires = NOW + left },
	};
}

static void plan__same_and_far_from_its_end__kept(void **state)
{
	struct ka_pubuser u = published(LIFE - DAY);

	(void)state;
	assert_int_equal(ka_pubplan_of(&u, &terms), KA_PUBPLAN_KEEP);
	u = published(LIFE * 2 / 3);
	assert_int_equal(ka_pubplan_of(&u, &terms), KA_PUBPLAN_KEEP);
}

static void plan__near_its_end_changed_or_not_ours__written(void **state)
{
	struct ka_pubuser u = published(LIFE / 3 - 1);

	(void)state;
	assert_int_equal(ka_pubplan_of(&u, &terms), KA_PUBPLAN_WRITE);
	u = published(-1);
	assert_int_equal(ka_pubplan_of(&u, &terms), KA_PUBPLAN_WRITE);
	u = published(LIFE + 1); /* made for longer than is wanted now */
	assert_int_equal(ka_pubplan_of(&u, &terms), KA_PUBPLAN_WRITE);
	u = published(LIFE - DAY);
	u.content[31] = 1;
	assert_int_equal(ka_pubplan_of(&u, &terms), KA_PUBPLAN_WRITE);
	u = published(LIFE - DAY);
	u.old.is_ours = false;
	assert_int_equal(ka_pubplan_of(&u, &terms), KA_PUBPLAN_WRITE);
	u = published(0);
	u.old = (struct ka_pubold){ .is_there = false };
	assert_int_equal(ka_pubplan_of(&u, &terms), KA_PUBPLAN_WRITE);
}

static void plan__many_users__are_not_due_at_one_moment(void **state)
{
	unsigned due[4] = { 0 };
	char names[400][16];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++) {
		struct ka_pubuser u = published(0);

		assert_true(snprintf(names[i], sizeof(names[i]), "user%zu", i) > 0);
		u.name = names[i];
		for (size_t day = 0; day < KA_ARRAY_LEN(due); day++) {
			u.old.expires = NOW + (int64_t)(day + 3) * DAY; /* 3 to 6 days left */
			due[day] += ka_pubplan_of(&u, &terms) == KA_PUBPLAN_WRITE;
		}
	}
	/* nobody with two thirds of the life left, about a third of them each day, everybody at one third */
	assert_int_equal(due[3], 0);
	assert_in_range(due[2], 80, 190);
	assert_in_range(due[1], 210, 320);
	assert_true(due[0] >= 395);
}

static void plan__file_is_gone__emptied_and_kept_until_nobody_holds_the_old_one(void **state)
{
	struct ka_pubuser u = published(LIFE);

	(void)state;
	u.source = NULL;
	u.keys = 0;
	assert_int_equal(ka_pubplan_of(&u, &terms), KA_PUBPLAN_EMPTY);
	assert_int_equal(ka_pubplan_expires(&u, &terms), NOW + LIFE);
	u.old.expires = NOW + 2 * LIFE; /* the one with keys is good for longer: the one without as well */
	assert_int_equal(ka_pubplan_expires(&u, &terms), NOW + 2 * LIFE);
	u.old.has_keys = false;
	assert_int_equal(ka_pubplan_of(&u, &terms), KA_PUBPLAN_KEEP_EMPTY);
	u.old.expires = NOW - DAY; /* never made anew */
	assert_int_equal(ka_pubplan_of(&u, &terms), KA_PUBPLAN_KEEP_EMPTY);
	u.old.expires = NOW - DAY - 1;
	assert_int_equal(ka_pubplan_of(&u, &terms), KA_PUBPLAN_DROP);
	/* by a signer of yesterday, who may still be one on some host */
	u = published(LIFE);
	u.source = NULL;
	u.old.is_ours = u.old.has_keys = false;
	assert_int_equal(ka_pubplan_of(&u, &terms), KA_PUBPLAN_EMPTY);
	u.old.is_document = false;
	assert_int_equal(ka_pubplan_of(&u, &terms), KA_PUBPLAN_ALIEN);
}

static void expires__with_keys__never_longer_than_the_life(void **state)
{
	struct ka_pubuser u = published(2 * LIFE);

	(void)state;
	assert_int_equal(ka_pubplan_expires(&u, &terms), NOW + LIFE);
}

static void serial__always_rises(void **state)
{
	(void)state;
	assert_int_equal(ka_pubplan_serial(0, 0, NOW), NOW);
	assert_int_equal(ka_pubplan_serial(NOW - 1, 0, NOW), NOW);
	assert_int_equal(ka_pubplan_serial(NOW, 0, NOW), NOW + 1);
	assert_int_equal(ka_pubplan_serial(NOW + 500, 0, NOW), NOW + 501);
	assert_int_equal(ka_pubplan_serial(7, NOW + 9, NOW), NOW + 9);
	assert_int_equal(ka_pubplan_serial(INT64_MAX - 1, 0, NOW), INT64_MAX);
	assert_int_equal(ka_pubplan_serial(INT64_MAX, 0, NOW), 0);
}

static void removed__a_tenth_or_a_few(void **state)
{
	(void)state;
	assert_int_equal(ka_pubplan_removed_max(0), 5);
	assert_int_equal(ka_pubplan_removed_max(59), 5);
	assert_int_equal(ka_pubplan_removed_max(60), 6);
	assert_int_equal(ka_pubplan_removed_max(10000), 1000);
	assert_int_equal(ka_pubplan_removed_max(SIZE_MAX), SIZE_MAX / 100 * 10 + SIZE_MAX % 100 / 10);
}

static void content__hosts_and_lines__cannot_be_mistaken_for_each_other(void **state)
{
	uint8_t a[32], b[32];

	(void)state;
	ka_pubplan_content(ka_span_of("ab"), ka_span_of("c"), a);
	ka_pubplan_content(ka_span_of("a"), ka_span_of("bc"), b);
	assert_memory_not_equal(a, b, sizeof(a));
}

/* ---- whose files ---- */

static char wrong_names[256];

static void note_wrong(void *ctx, const char *file)
{
	(void)ctx;
	assert_true(strlen(wrong_names) + strlen(file) + 2 < sizeof(wrong_names));
	memcpy(wrong_names + strlen(wrong_names), " ", 2);
	memcpy(wrong_names + strlen(wrong_names), file, strlen(file) + 1);
}

static const struct ka_pubuser *find(const struct ka_publist *l, const char *user)
{
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->users[i].name, user) == 0)
			return &l->users[i];
	return NULL;
}

static void list__files_of_both_folders__one_row_a_user(void **state)
{
	struct ka_publist l = { .users = NULL };
	int from, to;

	(void)state;
	verbplace_shell("mkdir from to from/folder && cd from && touch alice bob.keys carol.pub dave dave.pub .hidden 'x y' .keys a.b.pub");
	verbplace_shell("cd to && touch -- alice.keys zoe.keys index revoked bob .new.keys '-x.keys'");
	from = open("from", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	to = open("to", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(from >= 0 && to >= 0);
	assert_int_equal(ka_publist_sources(&l, from, note_wrong, NULL), KA_ERR_OK);
	assert_int_equal(ka_publist_published(&l, to), KA_ERR_OK);
	ka_publist_merge(&l);
	assert_string_equal(wrong_names, " x y");
	assert_int_equal(l.count, 6);
	for (size_t i = 1; i < l.count; i++)
		assert_true(strcmp(l.users[i - 1].name, l.users[i].name) < 0);
	assert_true(find(&l, "alice")->old.is_there);
	assert_string_equal(find(&l, "alice")->source, "alice");
	assert_false(find(&l, "bob")->old.is_there);
	assert_string_equal(find(&l, "bob")->source, "bob.keys");
	assert_string_equal(find(&l, "dave")->source, "dave");
	assert_string_equal(find(&l, "dave")->rival, "dave.pub");
	assert_string_equal(find(&l, "a.b")->source, "a.b.pub");
	assert_null(find(&l, "zoe")->source);
	ka_publist_free(&l);
	close(from);
	close(to);
	verbplace_clear();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan__same_and_far_from_its_end__kept),
		cmocka_unit_test(plan__near_its_end_changed_or_not_ours__written),
		cmocka_unit_test(plan__many_users__are_not_due_at_one_moment),
		cmocka_unit_test(plan__file_is_gone__emptied_and_kept_until_nobody_holds_the_old_one),
		cmocka_unit_test(expires__with_keys__never_longer_than_the_life),
		cmocka_unit_test(serial__always_rises),
		cmocka_unit_test(removed__a_tenth_or_a_few),
		cmocka_unit_test(content__hosts_and_lines__cannot_be_mistaken_for_each_other),
		cmocka_unit_test(list__files_of_both_folders__one_row_a_user),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
