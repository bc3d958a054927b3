/*
 * The answers of stores in the wild, tests/cases/json/STORE/:
 *
 *   source          the lines of [source corp] that read it; @TOKEN@ is a file with a token
 *   request         what is asked for alice by them: method and URL, headers, and behind a blank line the body
 *   NAME.answer     a body that comes with status 200
 *   NAME.expected   the lines that it gives and "serial N" when it has one, or the reason why none
 */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authkeys-cmd/fetch/fetchask.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "tests/unit/lib/fetchsource.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

#define CASES "tests/cases/json"
#define NOW 1790000000 /* 2026-09-21 14:13:20 UTC */

enum { STORES_MAX = 64, ANSWERS_MAX = 16 };

struct answer {
	char name[64], *body, *expected;
	size_t len;
};

static struct store {
	char name[64], *source, *request;
	struct answer answers[ANSWERS_MAX];
	size_t count;
} stores[STORES_MAX];
static size_t stores_count;

static char *slurp(const char *folder, const char *file, const char *suffix, size_t *len)
{
	char path[512], *text = NULL;
	KA_AUTOCLOSE int fd = -1;
	size_t ignored;

	assert_in_range(snprintf(path, sizeof(path), CASES "/%s/%s%s", folder, file, suffix), 1, sizeof(path) - 1);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail_msg("%s cannot be opened", path);
	assert_int_equal(ka_fd_slurp(fd, 1 << 20, &text, len != NULL ? len : &ignored), KA_ERR_OK);
	return text;
}

static void load_answers(struct store *s)
{
	char path[512];
	KA_AUTOCLOSEDIR DIR *dir = NULL;
	const struct dirent *e;

	assert_in_range(snprintf(path, sizeof(path), CASES "/%s", s->name), 1, sizeof(path) - 1);
	dir = opendir(path);
	assert_non_null(dir);
	while ((e = readdir(dir)) != NULL) {
		struct answer *a = &s->answers[s->count];
		struct ka_span name = ka_span_sub(ka_span_of(e->d_name), 0, ka_span_find(ka_span_of(e->d_name), '.'));

		if (strstr(e->d_name, ".answer") == NULL)
			continue;
		assert_true(s->count++ < ANSWERS_MAX && ka_span_copy(name, a->name, sizeof(a->name)));
		a->body = slurp(s->name, a->name, ".answer", &a->len);
		a->expected = slurp(s->name, a->name, ".expected", NULL);
	}
}

static void load(void)
{
	KA_AUTOCLOSEDIR DIR *dir = opendir(CASES);
	const struct dirent *e;

	assert_non_null(dir);
	while ((e = readdir(dir)) != NULL) {
		struct store *s = &stores[stores_count];

		if (e->d_name[0] == '.')
			continue;
		assert_true(stores_count++ < STORES_MAX && ka_span_copy(ka_span_of(e->d_name), s->name, sizeof(s->name)));
		s->source = slurp(s->name, "source", "", NULL);
		s->request = slurp(s->name, "request", "", NULL);
		load_answers(s);
	}
}

static const struct ka_conf_source *source_of(const struct store *s)
{
	char text[4096];
	const char *rest = s->source, *token;
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "[source corp]\ntype = http\n");
	for (; (token = strstr(rest, "@TOKEN@")) != NULL; rest = token + strlen("@TOKEN@")) {
		ka_buf_put(&b, rest, (size_t)(token - rest));
		ka_buf_text(&b, "/k/token");
	}
	ka_buf_text(&b, rest);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	return fetchsource_of(s->name, text, b.len);
}

static struct ka_fetchask ask;

static void prepare(const struct store *s)
{
	const struct ka_fetchone one = {
		.source = source_of(s), .user = "alice", .fp = "SHA256:lPnmAAbrNMYg4YQtud9EaR2o2sWlA3V8Th96QOOebF8",
		.key = "AAAAC3NzaC1lZDI1NTE5AAAAIP4c0dsOHq5vBNwtKeroAvBjRTyCtcz7jgy5OCu3feNl",
	};
	const char *wrong = ka_fetchask_prepare(&one, &ask);

	if (wrong != NULL)
		fail_msg("%s: %s", s->name, wrong);
}

static void line(struct ka_buf *b, const char *a, const char *text)
{
	ka_buf_text(b, a);
	ka_buf_text(b, text);
	ka_buf_char(b, '\n');
}

static void check_request(const struct store *s)
{
	struct ka_fetchhttp_ask q;
	char text[4096];
	struct ka_buf b;

	ka_fetchask_question(&ask, 0, NULL, 1000, &q);
	ka_buf_init_array(&b, text);
	line(&b, q.is_post ? "POST " : "GET ", q.url);
	line(&b, "Accept: ", q.accept);
	for (size_t i = 0; q.headers[i] != NULL; i++)
		line(&b, "", q.headers[i]);
	if (q.token[0] != '\0')
		line(&b, "", q.token);
	if (q.is_post) {
		line(&b, "", "");
		line(&b, "", q.body);
	}
	if (strcmp(text, s->request) != 0)
		fail_msg("%s asks:\n%s", s->name, text);
}

static void check_answer(const struct store *s, const struct answer *a)
{
	static char kept[KA_STORE_BODY_MAX + 1];
	struct ka_fetchhttp_answer answer = { .status = 200, .body = a->body, .len = a->len };
	struct ka_fetchjudge_ask judge;
	struct ka_fetchjudge got;
	struct ka_buf b;

	ka_fetchhead_init(&answer.head);
	ka_fetchask_judge(&ask, false, NOW, &judge);
	ka_buf_init_array(&b, kept);
	ka_fetchjudge(&judge, &answer, &b, &got);
	if (got.reason != KA_REASON_NONE) {
		ka_buf_cut(&b, 0);
		line(&b, "", ka_reason_id(got.reason));
	} else if (got.serial > 0) {
		ka_buf_text(&b, "serial ");
		ka_buf_i64(&b, got.serial);
		ka_buf_char(&b, '\n');
	}
	if (strcmp(kept, a->expected) != 0)
		fail_msg("%s/%s gives:\n%s", s->name, a->name, kept);
}

static int make_token(void **state)
{
	(void)state;
	trustroot_dir("/k", 0755, 0);
	trustroot_file("/k/token", 0400, 0, "token-of-the-test\n");
	return 0;
}

static void cases__of_every_store__are_asked_and_read_as_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < stores_count; i++) {
		prepare(&stores[i]);
		check_request(&stores[i]);
		assert_true(stores[i].count > 0);
		for (size_t j = 0; j < stores[i].count; j++)
			check_answer(&stores[i], &stores[i].answers[j]);
	}
	assert_true(stores_count >= 20);
}

/* no answer that was cut is ever a shorter list, but for plain lines, where nobody can tell */
static void cases__json_cut_anywhere__are_never_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < stores_count; i++) {
		prepare(&stores[i]);
		if (ask.source->format != KA_CONF_FORMAT_JSON)
			continue;
		for (size_t j = 0; j < stores[i].count; j++) {
			struct answer cut = stores[i].answers[j];

			cut.expected = strdup("store.bad-answer\n");
			for (cut.len = 0; cut.len < stores[i].answers[j].len; cut.len++)
				check_answer(&stores[i], &cut);
			free(cut.expected);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cases__of_every_store__are_asked_and_read_as_written),
		cmocka_unit_test(cases__json_cut_anywhere__are_never_keys),
	};

	load();
	return trustroot_run(tests, make_token);
}
