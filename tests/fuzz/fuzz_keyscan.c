/* A key file: whatever stands in it, the facts are in range, and a key is listed only where its text is. */
#include "diag/keyscan.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

#define KEY "AAAAC3NzaC1lZDI1NTE5AAAAIH5o6oOJv2e/nXMrxcsqmLT1EqRGkU7CtG7sA7DzTGQu"

static struct ka_keyscan_offer offers[2];
static struct ka_keyscan_work work;
static struct ka_keyscan scan;

/* the same key twice: with its text, and by its fingerprint alone */
static void make_offers(void)
{
	struct ka_offer o = { .type = "ssh-ed25519", .key = KEY };

	ka_keyscan_offer(&o, &offers[0]);
	o.key[0] = '\0';
	memcpy(o.fp, offers[0].fp, sizeof(o.fp));
	ka_keyscan_offer(&o, &offers[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_keyscan_query q = { .offers = offers, .offers_count = 2, .address = "192.0.2.7", .now_sec = 1792000000 };
	const struct ka_keyscan_hit *text, *print;
	uint8_t *copy = malloc(size + 1);

	MUST(copy != NULL);
	make_offers();
	if (size > 0)
		memcpy(copy, data, size);
	ka_keyscan_run(copy, size, &q, &work, &scan);
	free(copy);
	MUST(ka_keyscan_check(&scan, q.offers_count));
	MUST(scan.usable + scan.comments <= scan.lines);
	for (size_t i = 0; i < scan.hits_count; i++)
		MUST(scan.hits[i].line >= 1 && scan.hits[i].line <= scan.lines);
	text = ka_keyscan_hit(&scan, 0);
	print = ka_keyscan_hit(&scan, 1);
	if (text != NULL && text->fit == KA_KEYSCAN_LISTED) {
		MUST(memmem(data, size, KEY, sizeof(KEY) - 1) != NULL);
		MUST(print != NULL && print->fit == KA_KEYSCAN_LISTED && print->line == text->line);
	}
	return 0;
}
