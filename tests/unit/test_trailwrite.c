/* audit/trailwrite: the file that is written into, and what is put behind its end. */
#include "audit/trailwrite.h"

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
#include "tests/unit/lib/trailplace.h"

#include "base/poison.h"

#define LINE "{\"event\":{\"action\":\"x\"},\"keyaudit\":{\"a\":1}}\n"

struct open {
	struct ka_trailwrite w;
	enum ka_err err;
	bool full;
};

static struct open open_trail(const struct trailplace *p, unsigned min_free_mib)
{
	struct open o = { .w = { .name = "audit.jsonl", .fd = -1, .min_free_mib = min_free_mib, .block = malloc(KA_TRAILSCAN_BLOCK) } };

	(void)mkdir(p->folder, 0750);
	o.w.dirfd = open(p->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(o.w.dirfd >= 0 && o.w.block != NULL);
	o.err = ka_trailwrite_open(&o.w, &o.full);
	return o;
}

static void shut(struct open *o)
{
	if (o->w.fd >= 0)
		close(o->w.fd);
	close(o->w.dirfd);
	free(o->w.block);
}

static void open__nothing_there__is_made(void **state)
{
	const struct trailplace *p = *state;
	struct open o = open_trail(p, 0);

	assert_true(o.err == KA_ERR_OK && !o.full && o.w.fd >= 0 && o.w.head.seq == 1);
	shut(&o);
	assert_int_equal(trailplace_whole(p), 0);
}

static void open__below_the_floor__changes_nothing(void **state)
{
	const struct trailplace *p = *state;
	struct open o = open_trail(p, UINT32_MAX);

	assert_true(o.err == KA_ERR_OK && o.full);
	shut(&o);
	assert_int_equal(access(p->path, F_OK), -1);
	trailplace_put(p->path, "unchained\n", 0640);
	o = open_trail(p, UINT32_MAX);
	assert_true(o.err == KA_ERR_OK && o.full);
	shut(&o);
	assert_int_equal(access(p->path, F_OK), 0);
}

static void line__one_behind_the_other__is_a_chain(void **state)
{
	const struct trailplace *p = *state;
	struct open o = open_trail(p, 0);
	struct trailplace_walk w = { .hash = KA_CHAIN_ZEROS };
	bool full;

	o.w.is_synced = true;
	for (int i = 0; i < 5; i++)
		assert_int_equal(ka_trailwrite_line(&o.w, ka_span_of(LINE), &full), KA_ERR_OK);
	assert_int_equal(o.w.head.seq, 6);
	assert_int_equal(ka_trailwrite_line(&o.w, ka_span_of("{\"a\":1}\n"), &full), KA_ERR_SYNTAX);
	trailplace_walk(p->path, &w);
	assert_int_equal(w.seq, 6);
	assert_string_equal(w.hash, o.w.head.hash);
	shut(&o);
}

static void line__behind_a_fragment__describes_it_first(void **state)
{
	const struct trailplace *p = *state;
	struct open o = open_trail(p, 0);
	bool full;

	shut(&o);
	trailplace_put(p->path, "{\"torn", 0640);
	o = open_trail(p, 0);
	assert_true(o.w.head.fragment.is_there && o.w.head.fragment.bytes == 6);
	assert_int_equal(ka_trailwrite_line(&o.w, ka_span_of(LINE), &full), KA_ERR_OK);
	assert_int_equal(o.w.head.seq, 3);
	assert_false(o.w.head.fragment.is_there);
	assert_int_equal(ka_trailwrite_line(&o.w, ka_span_of(LINE), &full), KA_ERR_OK);
	shut(&o);
	assert_int_equal(trailplace_whole(p), 1);
}

/* a chained file whose end is lost is set aside, too, by a name that says so, and a new chain begins */
static void open__damaged__is_set_aside(void **state)
{
	const struct trailplace *p = *state;
	struct open o = open_trail(p, 0);
	struct trailplace_walk w = { .hash = KA_CHAIN_ZEROS };

	shut(&o);
	for (unsigned i = 0; i < KA_TRAILSCAN_BLOCK / 16; i++)
		trailplace_put(p->path, "0123456789abcdef", 0640);
	o = open_trail(p, 0);
	assert_true(o.err == KA_ERR_OK && o.w.head.seq == 1);
	shut(&o);
	trailplace_walk(p->path, &w);
	assert_non_null(strstr(w.last, "\"begin\":\"damaged\",\"previous\":{\"file\":\"audit.jsonl-damaged-2"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, trailplace_setup, trailplace_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(open__nothing_there__is_made), T(open__below_the_floor__changes_nothing), T(line__one_behind_the_other__is_a_chain),
		T(line__behind_a_fragment__describes_it_first), T(open__damaged__is_set_aside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
