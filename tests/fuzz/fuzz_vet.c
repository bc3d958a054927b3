/* A verdict: the command's way and the tool's agree, what we write is judged as what we read, nothing locked gets through. */
#include "vet/vet.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "vet/veted25519.h"

#include "base/poison.h"

static struct ka_vetpolicy usual, lax;
static struct ka_keyline k, again;
static struct ka_vet hot, whole, second;
static uint8_t storage[KA_BLOB_MAX], storage_again[KA_BLOB_MAX];
static char text[2 * KA_LINE_MAX];

static void judge(const struct ka_keyline *line, const struct ka_vetpolicy *p, bool all, struct ka_vet *out)
{
	struct ka_vet_when when = { .now_sec = 1790000000, .whole = all, .ed25519 = KA_VET_ED25519_SOUND };

	ka_vet_line(line, p, &when, out);
	MUST(out->count <= KA_VERDICT_REASONS_MAX && (out->verdict == KA_VERDICT_ACCEPT) == (out->count == 0));
	MUST(line->reason == KA_REASON_NONE || (out->verdict == KA_VERDICT_REJECT && out->reasons[0] == line->reason));
	for (size_t i = 0; i < out->count; i++)
		MUST(ka_reason_action(out->reasons[i]) != KA_ACTION_LOCKED || out->verdict == KA_VERDICT_REJECT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_buf b;

	ka_vetpolicy_default(&usual);
	ka_vetpolicy_default(&lax);
	memset(lax.action, KA_ACTION_OFF, sizeof(lax.action));
	ka_keyline_parse((struct ka_span){ data, size }, storage, &k);
	judge(&k, &usual, false, &hot);
	judge(&k, &usual, true, &whole);
	MUST(hot.verdict == whole.verdict && (hot.count == 0 || hot.reasons[0] == whole.reasons[0]));
	judge(&k, &lax, true, &second);
	MUST(second.verdict != KA_VERDICT_WARN);
	if (second.verdict == KA_VERDICT_ACCEPT && k.key.type->kind == KA_KEYKIND_ED25519)
		MUST(ka_veted25519_in_group(k.key.pk.p)); /* whatever the policy says */
	if (hot.verdict == KA_VERDICT_REJECT)
		return 0;
	ka_buf_init_array(&b, text);
	ka_keyline_emit(&k, "", &b);
	MUST(ka_buf_check(&b) == KA_ERR_OK && b.len > 0);
	ka_keyline_parse((struct ka_span){ (const uint8_t *)text, b.len - 1 }, storage_again, &again);
	judge(&again, &usual, false, &second);
	MUST(second.verdict == hot.verdict && second.count == hot.count);
	MUST(memcmp(second.reasons, hot.reasons, sizeof(hot.reasons)) == 0);
	return 0;
}
