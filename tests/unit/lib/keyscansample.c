/* Key files as text. Must say which row failed: the tables of the tests are long. */
#include "tests/unit/lib/keyscansample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

#define NOW 1792000000 /* 2026-10-14 */

struct keyscansample keyscansample = { .address = "192.0.2.7" };

void keyscansample_begin(void)
{
	keyscansample.offers_count = 0;
}

void keyscansample_take(const struct ka_offer *o)
{
	assert_true(keyscansample.offers_count < KA_ARRAY_LEN(keyscansample.offers));
	ka_keyscan_offer(o, &keyscansample.offers[keyscansample.offers_count++]);
}

void keyscansample_offer(const char *type, const char *base64)
{
	struct ka_offer o = { .said = KA_OFFER_NONE };

	assert_true(ka_span_copy(ka_span_of(type), o.type, sizeof(o.type)));
	assert_true(ka_span_copy(ka_span_of(base64), o.key, sizeof(o.key)));
	keyscansample_take(&o);
}

void keyscansample_run(const void *bytes, size_t len)
{
	struct ka_keyscan_query q = { .offers = keyscansample.offers, .offers_count = keyscansample.offers_count,
				      .address = keyscansample.address, .now_sec = NOW };
	uint8_t *copy = malloc(len + 1);

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	ka_keyscan_run(copy, len, &q, &keyscansample.work, &keyscansample.scan);
	free(copy);
	assert_true(ka_keyscan_check(&keyscansample.scan, keyscansample.offers_count));
}

const struct ka_keyscan_hit *keyscansample_hit(size_t offer)
{
	return ka_keyscan_hit(&keyscansample.scan, offer);
}

void keyscansample_check(const struct keyscansample_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct ka_keyscan_hit *hit;

		keyscansample_run(rows[i].text, rows[i].len);
		hit = keyscansample_hit(0);
		if ((hit == NULL) != (rows[i].fit == NO_HIT) ||
		    (hit != NULL && (hit->reason != (uint32_t)rows[i].reason || hit->fit != rows[i].fit || hit->line != rows[i].line ||
				     (rows[i].column != 0 && hit->column != rows[i].column))))
			fail_msg("row %zu: %.60s...: got %s fit %d at %u:%u", i, rows[i].text,
				 hit != NULL ? ka_reason_id((enum ka_reason)hit->reason) : "nothing", hit != NULL ? (int)hit->fit : -1,
				 hit != NULL ? hit->line : 0, hit != NULL ? hit->column : 0);
	}
}

int keyscansample_alice(void **state)
{
	(void)state;
	keyscansample_begin();
	keyscansample_offer("ssh-ed25519", A64);
	return 0;
}

int keyscansample_rsa(void **state)
{
	(void)state;
	keyscansample_begin();
	keyscansample_offer("ssh-rsa", R64_1 R64_2);
	return 0;
}
