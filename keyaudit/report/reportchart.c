/*
 * Stacked bars, one a day. Units are tenths of a CSS pixel, so that whole numbers do. A colour is never the only sign: the
 * legend stands in the order of the stack, and the table behind it has every number.
 */
#include "keyaudit/report/reportchart.h"

#include <inttypes.h>

#include "base/err.h"

#include "base/poison.h"

#define LEFT 600
#define WIDTH 8300
#define TOP 200
#define HEIGHT 2400

struct chart {
	FILE *to;
	const struct ka_report *r;
	enum ka_reason top[KA_REPORT_SERIES_MAX];
	size_t n;       /* of top */
	uint64_t scale; /* what the full height stands for */
};

static uint64_t total_of(const struct ka_report *r, unsigned day)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < KA_REASON_COUNT; i++)
		sum += r->by_day[day][i];
	return sum;
}

/* the others of a day: what has no colour of its own */
static uint64_t others_of(const struct chart *c, unsigned day)
{
	uint64_t sum = total_of(c->r, day);

	for (size_t s = 0; s < c->n; s++)
		sum -= c->r->by_day[day][c->top[s]];
	return sum;
}

static bool has_others(const struct chart *c)
{
	for (unsigned d = 0; d < c->r->days; d++)
		if (others_of(c, d) > 0)
			return true;
	return false;
}

/* 2, 4, 10, 20, 40, 100 ...: even, so that the line in the middle has a whole number too */
static uint64_t round_up(uint64_t max)
{
	static const uint64_t steps[] = { 2, 4, 10 };

	for (uint64_t ten = 1; ten < UINT64_MAX / 100; ten *= 10)
		for (size_t i = 0; i < KA_ARRAY_LEN(steps); i++)
			if (steps[i] * ten >= max)
				return steps[i] * ten;
	return max;
}

/* "2026-08-23" */
static void day_text(const struct ka_report *r, unsigned day, char out[static KA_CLOCK_TEXT_MAX])
{
	ka_clock_text((r->last_day - (int64_t)r->days + 1 + day) * INT64_C(86400000000), out);
	out[10] = '\0';
}

static uint64_t height_of(const struct chart *c, uint64_t n)
{
	return n > UINT64_MAX / HEIGHT ? HEIGHT : n * HEIGHT / c->scale;
}

static void grid(const struct chart *c)
{
	for (unsigned i = 0; i <= 2; i++) {
		unsigned y = TOP + HEIGHT - i * HEIGHT / 2;

		fprintf(c->to, "<path class=\"grid\" d=\"M%d %uH%d\"/><text x=\"%d\" y=\"%u\" text-anchor=\"end\">%" PRIu64 "</text>\n", LEFT, y,
			LEFT + WIDTH, LEFT - 80, y + 40, c->scale * i / 2);
	}
}

static void bar(const struct chart *c, unsigned day)
{
	unsigned step = WIDTH / c->r->days, wide = step * 4 / 5 < 800 ? step * 4 / 5 : 800;
	unsigned x = LEFT + day * WIDTH / c->r->days + (step - wide) / 2;
	uint64_t below = 0;

	for (size_t s = 0; s <= c->n; s++) {
		uint64_t n = s < c->n ? c->r->by_day[day][c->top[s]] : others_of(c, day);
		uint64_t from = height_of(c, below), to = height_of(c, below + n);

		below += n;
		if (n > 0)
			fprintf(c->to, "<rect class=\"s%zu\" x=\"%u\" y=\"%" PRIu64 "\" width=\"%u\" height=\"%" PRIu64 "\"/>\n",
				s < c->n ? s : KA_REPORT_SERIES_MAX, x, TOP + HEIGHT - to, wide, to - from);
	}
}

/* at most six dates below, the last one always */
static void dates(const struct chart *c)
{
	unsigned every = (c->r->days + 5) / 6;

	for (unsigned day = 0; day < c->r->days; day++) {
		char text[KA_CLOCK_TEXT_MAX];

		if ((c->r->days - 1 - day) % every != 0)
			continue;
		day_text(c->r, day, text);
		fprintf(c->to, "<text x=\"%u\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
			LEFT + day * WIDTH / c->r->days + WIDTH / c->r->days / 2, TOP + HEIGHT + 220, text + 5);
	}
}

static void legend(const struct chart *c)
{
	fputs("<ul class=\"legend\">\n", c->to);
	for (size_t s = 0; s < c->n; s++)
		fprintf(c->to, "<li><span class=\"k%zu\"></span>%s</li>\n", s, ka_reason_id(c->top[s]));
	if (has_others(c))
		fprintf(c->to, "<li><span class=\"k%d\"></span>others</li>\n", KA_REPORT_SERIES_MAX);
	fputs("</ul>\n", c->to);
}

static void figure(const struct chart *c)
{
	fprintf(c->to,
		"<figure>\n<div class=\"wide\" role=\"region\" aria-label=\"Chart of refusals by day and reason\" tabindex=\"0\">\n<svg role=\"img\" aria-labelledby=\"chart-title chart-text\" viewBox=\"0 0 9100 2950\">\n"
		"<title id=\"chart-title\">Refusals by day and reason</title>\n"
		"<desc id=\"chart-text\">Stacked bars, one for each of %u days. The table below has the same numbers.</desc>\n",
		c->r->days);
	grid(c);
	for (unsigned day = 0; day < c->r->days; day++)
		bar(c, day);
	dates(c);
	fputs("</svg>\n</div>\n<figcaption>Refusals a day (UTC); the bars are stacked in this order, from below:</figcaption>\n", c->to);
	legend(c);
	fputs("</figure>\n", c->to);
}

static void row(const struct chart *c, unsigned day, bool others)
{
	char text[KA_CLOCK_TEXT_MAX];

	day_text(c->r, day, text);
	fprintf(c->to, "<tr><th scope=\"row\">%s</th>", text);
	for (size_t s = 0; s < c->n; s++)
		fprintf(c->to, "<td class=\"n\">%" PRIu32 "</td>", c->r->by_day[day][c->top[s]]);
	if (others)
		fprintf(c->to, "<td class=\"n\">%" PRIu64 "</td>", others_of(c, day));
	fprintf(c->to, "<td class=\"n\">%" PRIu64 "</td></tr>\n", total_of(c->r, day));
}

static void table(const struct chart *c)
{
	bool others = has_others(c);

	fputs("<details>\n<summary>The same numbers as a table</summary>\n<div class=\"wide\" role=\"region\" "
	      "aria-label=\"Refusals by day and reason\" tabindex=\"0\">\n<table>\n<caption>Refusals by day and reason; days without any are left "
	      "out</caption>\n<thead><tr><th scope=\"col\">Day</th>", c->to);
	for (size_t s = 0; s < c->n; s++)
		fprintf(c->to, "<th scope=\"col\" class=\"n\">%s</th>", ka_reason_id(c->top[s]));
	fprintf(c->to, "%s<th scope=\"col\" class=\"n\">all</th></tr></thead>\n<tbody>\n",
		others ? "<th scope=\"col\" class=\"n\">others</th>" : "");
	for (unsigned day = 0; day < c->r->days; day++)
		if (total_of(c->r, day) > 0)
			row(c, day, others);
	fputs("</tbody>\n</table>\n</div>\n</details>\n", c->to);
}

void ka_reportchart_print(FILE *to, const struct ka_report *r)
{
	struct chart c = { .to = to, .r = r };
	uint64_t max = 0;

	c.n = ka_reportsum_top(r, c.top, KA_ARRAY_LEN(c.top));
	for (unsigned day = 0; day < r->days; day++)
		max = total_of(r, day) > max ? total_of(r, day) : max;
	if (max == 0) {
		fputs("<p>No key was refused in this time.</p>\n", to);
	} else {
		c.scale = round_up(max);
		figure(&c);
		table(&c);
	}
	if (r->earlier > 0)
		fprintf(to, "<p>%" PRIu64 " refusals are of earlier days than are drawn.</p>\n", r->earlier);
}
