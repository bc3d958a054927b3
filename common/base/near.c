/* Optimal string alignment distance over short words. Never allocates, never looks at more than KA_NEAR_WORD_MAX bytes. */
#include "base/near.h"

#include <string.h>

#include "base/text.h"

#include "base/poison.h"

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* @a and @b are at most KA_NEAR_WORD_MAX long */
static unsigned slips(struct ka_span a, struct ka_span b)
{
	uint8_t rows[3][KA_NEAR_WORD_MAX + 1];

	for (size_t j = 0; j <= b.len; j++)
		rows[0][j] = (uint8_t)j;
	for (size_t i = 1; i <= a.len; i++) {
		uint8_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *older = rows[(i + 1) % 3];
		uint8_t x = ka_text_lower(a.p[i - 1]);

		now[0] = (uint8_t)i;
		for (size_t j = 1; j <= b.len; j++) {
			uint8_t y = ka_text_lower(b.p[j - 1]);
			unsigned n = before[j - 1] + (x != y ? 1u : 0u);

			n = least(n, least(before[j], now[j - 1]) + 1u);
			if (i > 1 && j > 1 && x == ka_text_lower(b.p[j - 2]) && y == ka_text_lower(a.p[i - 2]))
				n = least(n, older[j - 2] + 1u);
			now[j] = (uint8_t)n;
		}
	}
	return rows[a.len % 3][b.len];
}

void ka_near_init(struct ka_near *n, struct ka_span word)
{
	n->word = word;
	n->best = NULL;
	n->slips = word.len < 4 ? 2 : word.len < 7 ? 3 : KA_NEAR_SLIPS_MAX + 1;
}

void ka_near_try(struct ka_near *n, const char *candidate)
{
	struct ka_span c = ka_span_of(candidate);
	unsigned s;

	if (n->word.len == 0 || n->word.len > KA_NEAR_WORD_MAX || c.len > KA_NEAR_WORD_MAX)
		return;
	s = slips(n->word, c);
	if (s < n->slips) {
		n->slips = s;
		n->best = candidate;
	}
}
