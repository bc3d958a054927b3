/* The bar: one line, drawn over and over. */
#include "keyaudit/screen/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"

#include "base/poison.h"

#define BAR_WIDTH 24

void ka_progress_begin(struct ka_progress *p)
{
	memset(p, 0, sizeof(*p));
	p->is_live = isatty(STDERR_FILENO) == 1;
}

void ka_progress_stage(struct ka_progress *p, const char *stage, size_t total)
{
	ka_progress_clear(p);
	p->stage = stage;
	p->total = total;
	p->stage_ms = ka_clock_boot_ms();
	p->next_ms = p->stage_ms + KA_PROGRESS_STEP_MS;
}

void ka_progress_done(struct ka_progress *p, size_t done)
{
	char bar[BAR_WIDTH + 1];
	int64_t now;
	size_t full;

	if (!p->is_live || p->total == 0)
		return;
	now = ka_clock_boot_ms();
	if (now < p->next_ms)
		return;
	p->next_ms = now + KA_PROGRESS_STEP_MS;
	p->is_drawn = true;
	if (p->total == KA_PROGRESS_UNKNOWN) {
		fprintf(stderr, "\r%-8s %zu, %lld/s ", p->stage, done, (long long)((int64_t)done * 1000 / (now - p->stage_ms)));
		return;
	}
	if (done > p->total)
		done = p->total;
	full = done * BAR_WIDTH / p->total;
	memset(bar, '.', BAR_WIDTH);
	memset(bar, '#', full);
	bar[BAR_WIDTH] = '\0';
	fprintf(stderr, "\r%-8s [%s] %zu of %zu, %lld/s ", p->stage, bar, done, p->total,
		(long long)((int64_t)done * 1000 / (now - p->stage_ms)));
}

void ka_progress_clear(struct ka_progress *p)
{
	if (p->is_drawn)
		fprintf(stderr, "\r%72s\r", "");
	p->is_drawn = false;
}
