/*
 * A line of seals.jsonl or of the anchors, and the files of keys: what is accepted is what we write, to the byte, and a seal is
 * an anchor as well.
 */
#include "keyaudit/seal/sealline.h"

#include <string.h>

#include "base/err.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

#define MAC_END 66 /* the digits of mac, a quote and a brace */

static void check_seal(struct ka_span line, const struct ka_seal *s)
{
	struct ka_sealkey key = { .epoch = s->epoch, .bytes = { 1, 2, 3 } };
	struct ka_seal made = *s, again, anchor;
	char text[KA_SEAL_LINE_MAX + 1];
	struct ka_buf b;

	MUST(s->epoch > 0);
	ka_buf_init_array(&b, text);
	ka_sealline_write(&made, &key, &b);
	MUST(ka_buf_check(&b) == KA_ERR_OK && b.len == line.len + 1 && text[b.len - 1] == '\n');
	MUST(memcmp(text, line.p, line.len - MAC_END) == 0);
	MUST(ka_sealline_parse((struct ka_span){ (const uint8_t *)text, b.len - 1 }, &again));
	MUST(memcmp(&again.seq, &s->seq, sizeof(s->seq)) == 0 && strcmp(again.head, s->head) == 0 && strcmp(again.prev, s->prev) == 0);
	MUST(ka_sealline_is_made_with((struct ka_span){ (const uint8_t *)text, b.len - 1 }, &again, &key));
	MUST(!ka_sealline_is_made_with(line, s, &key) || strcmp(s->mac, again.mac) == 0);
	MUST(ka_sealline_anchor(line, &anchor));
	MUST(anchor.epoch == s->epoch && anchor.seq == s->seq && strcmp(anchor.head, s->head) == 0 && strcmp(anchor.chain, s->chain) == 0);
}

static void check_keys(struct ka_span text)
{
	struct ka_sealkey k, again;
	char room[KA_SEALKEY_FILE_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, room);
	if (ka_sealkey_load(text, &k)) {
		ka_sealkey_save(&k, &b);
		MUST(k.epoch > 0 && ka_buf_check(&b) == KA_ERR_OK);
		MUST(ka_sealkey_load(ka_buf_as_span(&b), &again) && again.epoch == k.epoch && memcmp(again.bytes, k.bytes, sizeof(k.bytes)) == 0);
	}
	ka_buf_init_array(&b, room);
	if (ka_sealkey_read(text, &k)) {
		ka_sealkey_show(&k, &b);
		MUST(k.epoch == 0 && ka_buf_check(&b) == KA_ERR_OK);
		MUST(ka_sealkey_read(ka_buf_as_span(&b), &again) && memcmp(again.bytes, k.bytes, sizeof(k.bytes)) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_span line = { data, size };
	struct ka_seal s;

	if (ka_sealline_parse(line, &s))
		check_seal(line, &s);
	if (ka_sealline_anchor(line, &s))
		MUST(strlen(s.chain) == KA_SEAL_CHAIN_MAX - 1 && strlen(s.head) == KA_SEAL_HEX_MAX - 1);
	check_keys(line);
	return 0;
}
