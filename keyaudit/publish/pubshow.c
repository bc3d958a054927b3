/* Progress and sum. Draws only on a terminal. */
#include "keyaudit/publish/pubshow.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit/jsonout.h"
#include "base/clock.h"
#include "keyaudit/publish/publish.h"
#include "keyaudit/screen/exit.h"
#include "keyaudit/screen/out_text.h"
#include "keyaudit/sign/signtext.h"

#include "base/poison.h"

void ka_pubshow_begin(struct ka_pubshow *s)
{
	s->begin_ms = ka_clock_boot_ms();
	ka_progress_begin(&s->bar);
}

void ka_pubshow_stage(struct ka_pubshow *s, const char *stage, size_t total)
{
	ka_progress_stage(&s->bar, stage, total);
}

void ka_pubshow_done(void *ctx, size_t done)
{
	struct ka_pubshow *s = ctx;

	ka_progress_done(&s->bar, done);
}

void ka_pubshow_clear(struct ka_pubshow *s)
{
	ka_progress_clear(&s->bar);
}

void ka_pubshow_note(struct ka_publish *p, const char *about, const char *what)
{
	struct ka_out err;

	ka_pubshow_clear(&p->show);
	fflush(stdout);
	ka_out_init(&err, stderr, KA_OUT_AUTO);
	fputs("keyaudit publish: ", stderr);
	ka_out_escaped(&err, KA_OUT_PLAIN, about, KA_TEXT_PATH_MAX);
	fprintf(stderr, "%s%s\n", about[0] != '\0' ? ": " : "", what);
}

void ka_pubshow_problem(struct ka_publish *p, const char *about, const char *what)
{
	p->problems++;
	ka_pubshow_note(p, about, what);
}

static size_t users_of(const struct ka_publish *p)
{
	return p->planned[KA_PUBPLAN_KEEP] + p->planned[KA_PUBPLAN_WRITE];
}

static void sum_json(const struct ka_publish *p, int status, int64_t ms)
{
	char text[2048], until[KA_SIGNTEXT_TIME];
	struct ka_buf b;

	ka_signtext_time(p->terms.now + p->terms.life, until);
	ka_buf_init_array(&b, text);
	ka_jsonout_object(&b, NULL);
	ka_jsonout_plain(&b, "schema", KA_PUBSHOW_SCHEMA);
	ka_jsonout_bool(&b, "published", status == KA_EXIT_FINE && !p->dry_run);
	ka_jsonout_bool(&b, "dry_run", p->dry_run);
	ka_jsonout_u64(&b, "users", users_of(p));
	ka_jsonout_u64(&b, "written", p->planned[KA_PUBPLAN_WRITE]);
	ka_jsonout_u64(&b, "unchanged", p->planned[KA_PUBPLAN_KEEP]);
	ka_jsonout_u64(&b, "removed", p->planned[KA_PUBPLAN_EMPTY]);
	ka_jsonout_u64(&b, "gone", p->planned[KA_PUBPLAN_DROP]);
	ka_jsonout_u64(&b, "refused", p->lint.refused);
	ka_jsonout_u64(&b, "left_out", p->lint.left_out);
	ka_jsonout_u64(&b, "warned", p->lint.warned);
	ka_jsonout_u64(&b, "problems", p->problems);
	if (p->revoked != NULL) {
		ka_jsonout_u64(&b, "revoked", p->revoked->count);
		ka_jsonout_u64(&b, "revoked_lost", p->lost);
	}
	ka_jsonout_bool(&b, "revoked_written", p->revoked_number > 0);
	ka_jsonout_bool(&b, "index_written", p->index_number > 0);
	ka_jsonout_u64(&b, "serial", p->serial);
	ka_jsonout_plain(&b, "expires", until);
	ka_jsonout_u64(&b, "milliseconds", (uint64_t)ms);
	ka_jsonout_object_end(&b);
	puts(text);
}

static void sum_text(const struct ka_publish *p, int status, int64_t ms)
{
	const char *would = p->dry_run ? "would be " : "";
	struct ka_out out;

	ka_out_init(&out, stdout, KA_OUT_AUTO);
	ka_out_mark(&out, status == KA_EXIT_FINE ? KA_OUT_GOOD : KA_OUT_BAD);
	if (status != KA_EXIT_FINE) {
		fputs(" nothing was published", stdout);
	} else {
		printf(" %zu users: %zu %swritten, %zu unchanged", users_of(p), p->planned[KA_PUBPLAN_WRITE], would,
		       p->planned[KA_PUBPLAN_KEEP]);
		if (p->planned[KA_PUBPLAN_EMPTY] > 0)
			printf(", %zu %semptied", p->planned[KA_PUBPLAN_EMPTY], would);
		if (p->planned[KA_PUBPLAN_DROP] > 0)
			printf(", %zu %staken away", p->planned[KA_PUBPLAN_DROP], would);
		if (p->revoked != NULL)
			printf("; %zu revoked", p->revoked->count);
		if (p->index_number > 0 && !p->dry_run)
			printf("; serial %llu", (unsigned long long)p->serial);
	}
	if (p->lint.refused > 0)
		printf("; %zu key%s refused, %zu of them left out", p->lint.refused, p->lint.refused == 1 ? "" : "s", p->lint.left_out);
	if (p->lint.warned > 0)
		printf("; %zu warning%s", p->lint.warned, p->lint.warned == 1 ? "" : "s");
	printf(" (%lld.%01lld s)\n", (long long)(ms / 1000), (long long)(ms % 1000 / 100));
}

void ka_pubshow_sum(struct ka_publish *p, int status)
{
	int64_t ms = ka_clock_boot_ms() - p->show.begin_ms;

	ka_pubshow_clear(&p->show);
	if (p->show.json)
		sum_json(p, status, ms);
	else
		sum_text(p, status, ms);
}
