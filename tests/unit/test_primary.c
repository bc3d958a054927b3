/* diag/primary: the order of reasons, tried over all pairs of class and step. */
#include "diag/primary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static struct ka_primary p;

static int clear(void **state)
{
	(void)state;
	memset(&p, 0, sizeof(p));
	return 0;
}

static void add(enum ka_reason reason, int offer, enum ka_step step, enum ka_class class, unsigned place)
{
	struct ka_primary_item *item = ka_primary_add(&p, reason, offer, step, class);

	assert_non_null(item);
	item->place = place;
}

static enum ka_reason choose(size_t offers, int *offer)
{
	const struct ka_primary_item *item = ka_primary_choose(&p, offers, offer);

	return item != NULL ? item->reason : KA_REASON_NONE;
}

static const enum ka_class best_first[] = { KA_CLASS_ALONE, KA_CLASS_LOST, KA_CLASS_BLOCKED, KA_CLASS_ABSENT };
static const enum ka_step steps[] = { KA_STEP_FILES, KA_STEP_CA, KA_STEP_COMMAND };

/* one key: the best class wins wherever it stands; inside a class the first place */
static void one_key__every_pair__class_then_first_place(void **state)
{
	int offer;

	for (size_t a = 0; a < KA_ARRAY_LEN(best_first); a++)
		for (size_t b = 0; b < KA_ARRAY_LEN(best_first); b++)
			for (size_t s = 0; s < KA_ARRAY_LEN(steps); s++)
				for (size_t t = 0; t < KA_ARRAY_LEN(steps); t++) {
					bool first = a != b ? a < b : steps[s] <= steps[t];

					clear(state);
					add(KA_REASON_FILE_MISSING, 0, steps[s], best_first[a], 0);
					add(KA_REASON_KEY_NOT_LISTED, 0, steps[t], best_first[b], 0);
					assert_int_equal(choose(1, &offer), first ? KA_REASON_FILE_MISSING : KA_REASON_KEY_NOT_LISTED);
					assert_int_equal(offer, 0);
				}
}

static void one_key__same_step__first_file_wins(void **state)
{
	int offer;

	(void)state;
	add(KA_REASON_LINE_WRAPPED, 0, KA_STEP_FILES, KA_CLASS_LOST, 1);
	add(KA_REASON_PERM_GROUP_WRITABLE, 0, KA_STEP_FILES, KA_CLASS_LOST, 0);
	assert_int_equal(choose(1, &offer), KA_REASON_PERM_GROUP_WRITABLE);
}

static void one_key__secondary_only__no_primary(void **state)
{
	int offer;

	(void)state;
	add(KA_REASON_PERM_ACL, 0, KA_STEP_FILES, KA_CLASS_SECONDARY, 0);
	assert_int_equal(choose(1, &offer), KA_REASON_NONE);
	assert_int_equal(offer, KA_PRIMARY_ALL);
}

/* several keys: best class, then latest step, then last offered */
static void several_keys__class__beats_step(void **state)
{
	int offer;

	(void)state;
	add(KA_REASON_LINE_WRAPPED, 0, KA_STEP_FILES, KA_CLASS_LOST, 0);
	add(KA_REASON_CONF_INVALID, 1, KA_STEP_COMMAND, KA_CLASS_BLOCKED, 0);
	add(KA_REASON_KEY_NOT_LISTED, 2, KA_STEP_COMMAND, KA_CLASS_ABSENT, 0);
	assert_int_equal(choose(3, &offer), KA_REASON_LINE_WRAPPED);
	assert_int_equal(offer, 0);
}

static void several_keys__same_class__latest_step(void **state)
{
	int offer;

	(void)state;
	add(KA_REASON_KEY_RSA_TOO_SHORT, 0, KA_STEP_COMMAND, KA_CLASS_LOST, 0);
	add(KA_REASON_LINE_WRAPPED, 1, KA_STEP_FILES, KA_CLASS_LOST, 0);
	assert_int_equal(choose(2, &offer), KA_REASON_KEY_RSA_TOO_SHORT);
	assert_int_equal(offer, 0);
}

static void several_keys__all_equal__last_offered(void **state)
{
	int offer;

	(void)state;
	add(KA_REASON_KEY_NOT_LISTED, KA_PRIMARY_ALL, KA_STEP_COMMAND, KA_CLASS_ABSENT, 0);
	assert_int_equal(choose(3, &offer), KA_REASON_KEY_NOT_LISTED);
	assert_int_equal(offer, 2);
}

/* a listed key is told although others are unknown, which is normal noise */
static void several_keys__one_is_lost__noise_is_not_primary(void **state)
{
	int offer;

	(void)state;
	add(KA_REASON_KEY_NOT_LISTED, KA_PRIMARY_ALL, KA_STEP_COMMAND, KA_CLASS_ABSENT, 0);
	add(KA_REASON_PERM_WORLD_WRITABLE, 1, KA_STEP_FILES, KA_CLASS_LOST, 0);
	assert_int_equal(choose(3, &offer), KA_REASON_PERM_WORLD_WRITABLE);
	assert_int_equal(offer, 1);
	assert_int_equal(ka_primary_of(&p, 0)->reason, KA_REASON_KEY_NOT_LISTED);
	assert_int_equal(ka_primary_of(&p, 2)->reason, KA_REASON_KEY_NOT_LISTED);
}

/* a served key: no file finding may become primary; what decided alone may */
static void settled__file_findings__never_primary(void **state)
{
	int offer;

	(void)state;
	add(KA_REASON_PERM_WORLD_WRITABLE, KA_PRIMARY_ALL, KA_STEP_FILES, KA_CLASS_BLOCKED, 0);
	add(KA_REASON_LINE_WRAPPED, 0, KA_STEP_FILES, KA_CLASS_LOST, 0);
	p.settled[1] = true;
	assert_int_equal(choose(2, &offer), KA_REASON_NONE);
	assert_int_equal(offer, KA_PRIMARY_ALL);
	add(KA_REASON_SIG_MISSING, 1, KA_STEP_SIGNATURE, KA_CLASS_ALONE, 0);
	assert_int_equal(choose(2, &offer), KA_REASON_SIG_MISSING);
	assert_int_equal(offer, 1);
}

static void no_key__items_for_all__decide(void **state)
{
	int offer;

	(void)state;
	assert_int_equal(choose(0, &offer), KA_REASON_NONE);
	add(KA_REASON_FILE_MISSING, KA_PRIMARY_ALL, KA_STEP_FILES, KA_CLASS_ABSENT, 0);
	add(KA_REASON_LINE_WRAPPED, 0, KA_STEP_FILES, KA_CLASS_LOST, 0);
	assert_int_equal(choose(0, &offer), KA_REASON_FILE_MISSING);
}

static void add__none_or_too_many__is_not_added(void **state)
{
	(void)state;
	assert_null(ka_primary_add(&p, KA_REASON_NONE, 0, KA_STEP_FILES, KA_CLASS_LOST));
	for (size_t i = 0; i < KA_DIAG_ITEMS_MAX; i++)
		assert_non_null(ka_primary_add(&p, KA_REASON_FILE_MISSING, 0, KA_STEP_FILES, KA_CLASS_LOST));
	assert_null(ka_primary_add(&p, KA_REASON_FILE_MISSING, 0, KA_STEP_FILES, KA_CLASS_LOST));
	assert_true(p.overflow);
}

static void sort__mixed__is_the_way_of_sshd(void **state)
{
	(void)state;
	add(KA_REASON_SIG_MISSING, 0, KA_STEP_SIGNATURE, KA_CLASS_ALONE, 0);
	add(KA_REASON_KEY_NOT_LISTED, KA_PRIMARY_ALL, KA_STEP_COMMAND, KA_CLASS_ABSENT, 0);
	add(KA_REASON_LINE_WRAPPED, 1, KA_STEP_FILES, KA_CLASS_LOST, 1);
	add(KA_REASON_PERM_GROUP_WRITABLE, 0, KA_STEP_FILES, KA_CLASS_BLOCKED, 0);
	add(KA_REASON_ACCOUNT_UNKNOWN, KA_PRIMARY_ALL, KA_STEP_USER, KA_CLASS_ALONE, 0);
	ka_primary_sort(&p);
	assert_int_equal(p.items[0].reason, KA_REASON_ACCOUNT_UNKNOWN);
	assert_int_equal(p.items[1].reason, KA_REASON_PERM_GROUP_WRITABLE);
	assert_int_equal(p.items[2].reason, KA_REASON_LINE_WRAPPED);
	assert_int_equal(p.items[3].reason, KA_REASON_KEY_NOT_LISTED);
	assert_int_equal(p.items[4].reason, KA_REASON_SIG_MISSING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_key__every_pair__class_then_first_place, clear),
		cmocka_unit_test_setup(one_key__same_step__first_file_wins, clear),
		cmocka_unit_test_setup(one_key__secondary_only__no_primary, clear),
		cmocka_unit_test_setup(several_keys__class__beats_step, clear),
		cmocka_unit_test_setup(several_keys__same_class__latest_step, clear),
		cmocka_unit_test_setup(several_keys__all_equal__last_offered, clear),
		cmocka_unit_test_setup(several_keys__one_is_lost__noise_is_not_primary, clear),
		cmocka_unit_test_setup(settled__file_findings__never_primary, clear),
		cmocka_unit_test_setup(no_key__items_for_all__decide, clear),
		cmocka_unit_test_setup(add__none_or_too_many__is_not_added, clear),
		cmocka_unit_test_setup(sort__mixed__is_the_way_of_sshd, clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
