/* Loads the committed certificates: see certsample.h. */
#include "tests/unit/lib/certsample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

const char *certsample_text(const char *name)
{
	static char text[8192];
	char path[128];
	FILE *from;
	size_t n;

	assert_true(snprintf(path, sizeof(path), "tests/data/certs/%s.pub", name) < (int)sizeof(path));
	from = fopen(path, "r");
	assert_non_null(from);
	n = fread(text, 1, sizeof(text) - 1, from);
	fclose(from);
	assert_true(n > 0);
	text[n] = '\0';
	return text;
}

void certsample_take(const char *name, struct ka_offer *offer, struct ka_keyscan_offer *ready)
{
	static char longer[KA_OFFER_KEY_MAX + 1];
	struct ka_span rest = ka_span_of(certsample_text(name)), type, key = { NULL, 0 };

	memset(offer, 0, sizeof(*offer));
	assert_true(ka_text_word(&rest, &type) && ka_text_word(&rest, &key));
	assert_true(ka_span_copy(type, offer->type, sizeof(offer->type)));
	if (!ka_span_copy(key, offer->key, sizeof(offer->key))) {
		assert_true(ka_span_copy(key, longer, sizeof(longer)));
		offer->long_key = longer;
	}
	ka_keyscan_offer(offer, ready);
}

void certsample_offer(size_t i, const char *name)
{
	certsample_take(name, &factsample.offers[i], &factsample.facts.offers[i]);
	if (factsample.facts.offers_count <= i)
		factsample.subject.offers_count = factsample.facts.offers_count = i + 1;
	factsample.subject.now_sec = CERTSAMPLE_NOW;
	factsample.facts.sshd.is_known = true;
}
