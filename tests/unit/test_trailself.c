/* audit/trailself: the records of the trail about itself, as docs/json.md shows them, and a genesis read back. */
#include "audit/trailself.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/cleanup.h"
#include "base/fd.h"

#include "base/poison.h"

#define CHAIN "5e0c27a6d1b94f3388a7c6e5d4f3b2a1"
#define HASH "602786cbbbd355f013b184bd8f8670d45d7bf5f24c71a479d9abf78202a85774"

static const struct ka_event_host host = { "web01", "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "6f1c2d3e4b5a49788796a5b4c3d2e1f0" };
static const struct ka_trailself self = { &host, CHAIN, 184204, 1787480142123456 };
static const struct ka_trailorigin rotated = {
	.chain = CHAIN, .base = 331776123, .begin = KA_TRAIL_ROTATED, .file = "audit.jsonl-20260823T101542Z", .seq = 184203, .hash = HASH,
};

static char line[KA_EVENT_LINE_MAX + 1];

/* @b holds one line that can be chained; the chained one, in @line, as JSON */
static json_t *chained(const struct ka_buf *b)
{
	char hash[KA_CHAIN_HEX];
	struct ka_buf out;
	json_t *j;

	ka_buf_init_array(&out, line);
	assert_int_equal(ka_buf_check(b), KA_ERR_OK);
	assert_true(ka_chain_put(&out, ka_buf_as_span(b), self.seq, HASH, hash));
	assert_int_equal(ka_buf_check(&out), KA_ERR_OK);
	line[--out.len] = '\0';
	j = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(j);
	return j;
}

static json_t *sample(void)
{
	KA_AUTOCLOSE int fd = open("docs/json.md", O_RDONLY | O_CLOEXEC);
	KA_AUTOFREE char *text = NULL;
	char *p, *end;
	size_t len;
	json_t *j;

	assert_true(fd >= 0);
	assert_int_equal(ka_fd_slurp(fd, 1 << 20, &text, &len), KA_ERR_OK);
	p = strstr(text, "<!-- sample: trail-genesis -->");
	assert_non_null(p);
	p = strstr(p, "```json\n") + 8;
	end = strstr(p, "```");
	assert_non_null(end);
	j = json_loadb(p, (size_t)(end - p), JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(j);
	return j;
}

static void genesis__sample_of_the_page__is_what_is_written(void **state)
{
	json_t *want = sample(), *got;
	char room[KA_TRAILSELF_MAX];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, room);
	ka_trailself_genesis(&self, &rotated, &b);
	got = chained(&b);
	if (!json_equal(want, got))
		fail_msg("docs/json.md is not: %s", line);
	json_decref(want);
	json_decref(got);
}

static void origin__each_beginning__is_read_back(void **state)
{
	struct ka_trailorigin o = rotated, got;
	char room[KA_TRAILSELF_MAX];
	struct ka_buf b;

	(void)state;
	for (unsigned i = 0; i < KA_TRAIL_BEGIN_COUNT; i++) {
		o.begin = (enum ka_trailself_begin)i;
		o.fragment = (struct ka_trailfragment){ .is_there = i == KA_TRAIL_RENAMED, .bytes = 7, .hash = HASH };
		if (i == KA_TRAIL_FIRST)
			o.file[0] = '\0';
		else
			(void)ka_span_copy(ka_span_of("audit.jsonl.1"), o.file, sizeof(o.file));
		ka_buf_init_array(&b, room);
		ka_trailself_genesis(&self, &o, &b);
		json_decref(chained(&b));
		assert_true(ka_trailself_origin(ka_span_of(line), &got));
		assert_string_equal(got.chain, CHAIN);
		assert_int_equal(got.base, 331776123);
		assert_int_equal(got.begin, i);
		assert_string_equal(got.file, o.file);
		assert_int_equal(strstr(line, "\"fragment\"") != NULL, i == KA_TRAIL_RENAMED);
		assert_int_equal(strstr(line, "\"sha256\"") != NULL, i >= KA_TRAIL_UNCHAINED);
	}
}

/* a name that somebody gave the file before: one line, and never a way out of the folder */
static void origin__names__table(void **state)
{
	static const struct { const char *name, *back; } rows[] = {
		{ "audit.jsonl-20260823T101542Z-2", "audit.jsonl-20260823T101542Z-2" },
		{ "audit.jsonl.1.gz", "audit.jsonl.1.gz" },
		{ "audit.jsonl-\"},\"x", "" },
		{ "audit.jsonl-\n{}", "" },
		{ "audit.jsonl-\xff", "" },
		{ "audit.jsonl-/../x", "" },
		{ ".hidden", "" },
	};
	struct ka_trailorigin o = rotated, got;
	char room[KA_TRAILSELF_MAX];
	struct ka_buf b;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		(void)ka_span_copy(ka_span_of(rows[i].name), o.file, sizeof(o.file));
		ka_buf_init_array(&b, room);
		ka_trailself_genesis(&self, &o, &b);
		json_decref(chained(&b));
		assert_true(ka_trailself_origin(ka_span_of(line), &got));
		assert_string_equal(got.file, rows[i].back);
	}
	memset(o.file, '\x01', sizeof(o.file) - 1);
	ka_buf_init_array(&b, room);
	ka_trailself_genesis(&self, &o, &b);
	json_decref(chained(&b)); /* the worst of all names fits */
}

static void origin__no_genesis__is_none(void **state)
{
	struct ka_trailorigin got;
	char room[KA_TRAILSELF_MAX], *p;
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, room);
	ka_trailself_rotate(&self, "audit.jsonl-20260823T101542Z", &b);
	json_decref(chained(&b));
	assert_non_null(strstr(line, "\"trail\":{\"chain\":\"" CHAIN "\",\"file\":\"audit.jsonl-20260823T101542Z\"},\"seq\":184204,"));
	assert_false(ka_trailself_origin(ka_span_of(line), &got));
	ka_buf_init_array(&b, room);
	ka_trailself_genesis(&self, &rotated, &b);
	assert_false(ka_trailself_origin(ka_buf_as_span(&b), &got)); /* not chained */
	json_decref(chained(&b));
	p = strstr(line, "\"base\":") + 7;
	*p = '-';
	assert_false(ka_trailself_origin(ka_span_of(line), &got));
	*p = '3';
	p = strstr(line, "rotated\"");
	*p = 'R';
	assert_false(ka_trailself_origin(ka_span_of(line), &got));
	assert_false(ka_trailself_origin(ka_span_of(""), &got));
}

static void recovery__says_the_fragment(void **state)
{
	const struct ka_trailfragment f = { .is_there = true, .bytes = 1034, .hash = HASH };
	char room[KA_TRAILSELF_MAX];
	struct ka_buf b;
	json_t *j;

	(void)state;
	ka_buf_init_array(&b, room);
	ka_trailself_recovery(&self, &f, &b);
	j = chained(&b);
	assert_non_null(strstr(line, "\"trail\":{\"chain\":\"" CHAIN "\",\"fragment\":{\"bytes\":1034,\"hash\":\"" HASH "\"}},\"seq\":"));
	assert_string_equal(json_string_value(json_object_get(json_object_get(j, "event"), "action")), "trail-recovery");
	json_decref(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(genesis__sample_of_the_page__is_what_is_written), cmocka_unit_test(origin__each_beginning__is_read_back),
		cmocka_unit_test(origin__names__table), cmocka_unit_test(origin__no_genesis__is_none),
		cmocka_unit_test(recovery__says_the_fragment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
