/* A chained trail in memory. */
#include "chainsample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

void ka_chainsample_begin(struct ka_chainsample *c)
{
	memset(c, 0, sizeof(*c));
	ka_buf_init_array(&c->b, c->text);
	ka_buf_init_array(&c->s, c->seals);
	memcpy(c->head, KA_CHAIN_ZEROS, sizeof(c->head));
	memcpy(c->last.mac, KA_CHAIN_ZEROS, sizeof(c->last.mac));
	memset(c->k0.bytes, 7, sizeof(c->k0.bytes));
	c->key = c->k0;
	ka_sealkey_evolve(&c->key);
}

void ka_chainsample_put(struct ka_chainsample *c, const char *action, const char *own)
{
	char line[1024], prev[KA_CHAIN_HEX];
	struct ka_buf b;

	ka_buf_init_array(&b, line);
	ka_buf_text(&b, "{\"@timestamp\":\"2026-08-23T10:");
	ka_buf_u64(&b, 10 + c->seq / 60);
	ka_buf_text(&b, c->seq % 60 < 10 ? ":0" : ":");
	ka_buf_u64(&b, c->seq % 60);
	ka_buf_text(&b, ".000000Z\",\"event\":{\"action\":\"");
	ka_buf_text(&b, action);
	ka_buf_text(&b, "\"},\"keyaudit\":{\"schema\":1");
	ka_buf_text(&b, own[0] != '\0' ? "," : "");
	ka_buf_text(&b, own);
	ka_buf_text(&b, "}}\n");
	memcpy(prev, c->head, sizeof(prev));
	c->seq++;
	assert_true(ka_chain_put(&c->b, ka_buf_as_span(&b), c->seq, prev, c->head));
	assert_false(c->b.overflow);
}

void ka_chainsample_genesis(struct ka_chainsample *c, const char *begin)
{
	char own[256];
	struct ka_buf b;

	ka_buf_init_array(&b, own);
	ka_buf_text(&b, "\"trail\":{\"chain\":\"" KA_CHAINSAMPLE_ID "\",\"base\":0,\"begin\":\"");
	ka_buf_text(&b, begin);
	ka_buf_text(&b, "\"}");
	ka_chainsample_put(c, "trail-genesis", own);
}

void ka_chainsample_records(struct ka_chainsample *c, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		ka_chainsample_put(c, "ssh-key-refused", "");
}

void ka_chainsample_seal(struct ka_chainsample *c)
{
	struct ka_seal s = { .seq = c->seq, .chain = KA_CHAINSAMPLE_ID, .at = "2026-08-23T10:15:00.000000Z", .why = "timer",
			     .boot_ms = c->key.epoch * 1000, .boot_id = KA_CHAINSAMPLE_ID };

	memcpy(s.head, c->head, sizeof(s.head));
	memcpy(s.prev, c->last.mac, sizeof(s.prev));
	ka_sealline_write(&s, &c->key, &c->s);
	assert_false(c->s.overflow);
	c->last = s;
	ka_sealkey_evolve(&c->key);
}
