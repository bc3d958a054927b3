/* Blocks. MUST: call a block ours only when its key is byte for byte the one that was to sign, and the text is this one. */
#include "keyaudit/sign/signblock.h"

#include "base/poison.h"

enum ka_signblock_answer ka_signblock_judge(struct ka_span block, struct ka_sshsig_text *text, struct ka_signblock *out)
{
	if (!ka_sshsig_parse(block, out->storage, sizeof(out->storage), &out->sig))
		return KA_SIGNBLOCK_BROKEN;
	if (!out->sig.is_supported)
		return KA_SIGNBLOCK_FOREIGN;
	return ka_sshsig_verify(&out->sig, text) ? KA_SIGNBLOCK_HOLDS : KA_SIGNBLOCK_BROKEN;
}

static bool is_key(const struct ka_signblock *b, const struct ka_signerkey *key)
{
	return ka_span_equal(b->sig.public_key, (struct ka_span){ key->blob, key->len });
}

bool ka_signblock_is_by(struct ka_span block, const struct ka_signerkey *key, struct ka_sshsig_text *text, struct ka_signblock *room)
{
	return ka_signblock_judge(block, text, room) == KA_SIGNBLOCK_HOLDS && is_key(room, key);
}

bool ka_signblock_is_signed(const struct ka_signeddoc *doc, const struct ka_signerkey *keys, size_t count, struct ka_signblock *room)
{
	struct ka_sshsig_text text;

	ka_sshsig_text(doc->text, &text);
	for (size_t k = 0; k < count; k++) {
		bool found = false;

		for (size_t i = 0; i < doc->blocks && !found; i++)
			found = ka_signblock_is_by(doc->block[i], &keys[k], &text, room);
		if (!found)
			return false;
	}
	return count > 0;
}

bool ka_signblock_take(struct ka_span file, struct ka_span *block)
{
	struct ka_cursor c;
	struct ka_span line;

	ka_cursor_init(&c, file.p, file.len);
	if (!ka_cursor_line(&c, &line, NULL) || !ka_span_is(line, KA_SSHSIG_BEGIN))
		return false;
	block->p = c.p;
	while (ka_cursor_line(&c, &line, NULL))
		if (ka_span_is(line, KA_SSHSIG_END)) {
			block->len = (size_t)(line.p - block->p);
			return ka_cursor_left(&c) == 0;
		}
	return false;
}

void ka_signblock_put(struct ka_span block, struct ka_buf *out)
{
	ka_buf_text(out, KA_SSHSIG_BEGIN "\n");
	ka_buf_span(out, block);
	ka_buf_text(out, KA_SSHSIG_END "\n");
}
