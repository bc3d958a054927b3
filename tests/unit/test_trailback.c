/* audit/trailback: positions over several files, and looking for an event behind one of them. */
#include "audit/trailback.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "audit/trailscan.h"
#include "base/cleanup.h"
#include "tests/unit/lib/memfile.h"
#include "tests/unit/lib/trailplace.h"

#include "base/poison.h"

#define FILES (KA_TRAIL_BACK_MAX + 3)

static void line__begins_behind_a_newline(void **state)
{
	static const char text[] = "ab\ncd\n\nef";
	KA_AUTOCLOSE int fd = memfile_of(text, sizeof(text) - 1);
	static const int64_t want[] = { 0, 3, 3, 3, 6, 6, 6, 7, 9, 9, 9 };

	(void)state;
	for (size_t i = 0; i < sizeof(text) + 1; i++)
		assert_int_equal(ka_trailback_line(fd, (int64_t)i), i <= sizeof(text) - 1 ? want[i] : (int64_t)i - 1);
	assert_int_equal(ka_trailback_line(fd, -5), 0);
	assert_int_equal(ka_trailback_line(-1, 5), -1);
}

static bool finds(const struct trailplace *p, const char *id, int64_t since)
{
	KA_AUTOCLOSE int dir = open(p->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	KA_AUTOCLOSE int fd = open(p->path, O_RDONLY | O_CLOEXEC);
	KA_AUTOFREE char *block = malloc(KA_TRAILSCAN_BLOCK);
	const char *const ids[] = { id, NULL };
	bool found;

	assert_true(dir >= 0 && fd >= 0 && block != NULL);
	assert_int_equal(ka_trailback_find(dir, fd, since, ids, block, &found), KA_ERR_OK);
	return found;
}

/* one event in each of FILES files; what is there from a position on is found, and nothing before it */
static void find__over_renamed_files__from_the_position_on(void **state)
{
	const struct trailplace *p = *state;
	char id[FILES][KA_EVENT_ID_MAX], old[256], gone[256];
	int64_t begin[FILES];

	for (unsigned i = 0; i < FILES; i++) {
		begin[i] = i > 0 ? ka_trail_offset(p->path) : 0;
		if (i > 0) {
			snprintf(old, sizeof(old), "%s-%u", p->path, i);
			assert_int_equal(rename(p->path, old), 0);
		}
		trailplace_id(1, i, id[i]);
		trailplace_append_ok(p, id[i], KA_TRAIL_WRITTEN);
		assert_true(i == 0 || begin[i] > begin[i - 1]);
	}
	for (unsigned i = 0; i < FILES; i++)
		for (unsigned from = FILES - KA_TRAIL_BACK_MAX; from < FILES; from++) {
			assert_int_equal(finds(p, id[i], begin[from]), i >= from);
			assert_int_equal(finds(p, id[i], begin[from] + 1), i >= from); /* inside a line: the event's is a later one */
		}
	assert_true(finds(p, id[FILES - 1 - KA_TRAIL_BACK_MAX], 0)); /* so many files are looked into, and no more */
	assert_false(finds(p, id[FILES - 2 - KA_TRAIL_BACK_MAX], 0));
	snprintf(gone, sizeof(gone), "%s-%u", p->path, (unsigned)FILES - 2);
	assert_int_equal(chmod(gone, 0666), 0); /* not ours: holds nothing, nor does what lies behind it */
	assert_false(finds(p, id[FILES - 3], 0));
	assert_true(finds(p, id[FILES - 2], 0));
	assert_int_equal(unlink(old), 0);
	assert_false(finds(p, id[FILES - 2], 0));
	assert_true(finds(p, id[FILES - 1], 0));
	assert_false(finds(p, NULL, 0));
}

/* a genesis that names its own file, or a younger one */
static void find__circle__ends(void **state)
{
	const struct trailplace *p = *state;
	char id[KA_EVENT_ID_MAX], old[160];

	trailplace_id(1, 1, id);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
	snprintf(old, sizeof(old), "%s.1", p->path);
	assert_int_equal(rename(p->path, old), 0);
	trailplace_id(1, 2, id);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
	assert_int_equal(unlink(old), 0);
	assert_int_equal(link(p->path, old), 0);
	trailplace_id(1, 3, id);
	assert_false(finds(p, id, 0));
}

#define T(f) cmocka_unit_test_setup_teardown(f, trailplace_setup, trailplace_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line__begins_behind_a_newline), T(find__over_renamed_files__from_the_position_on), T(find__circle__ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
