/* Files of authorities. It must never trust half a file: a key that was meant to be there may be the one that was lost. */
#include "judge/trustedca.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/text.h"

#include "base/poison.h"

_Static_assert(sizeof(((struct ka_trustedca *)0)->hash[0]) == crypto_hash_sha256_BYTES, "another SHA-256");

static bool is_listed(const struct ka_trustedca *t, const uint8_t hash[static crypto_hash_sha256_BYTES])
{
	for (size_t i = 0; i < t->count; i++)
		if (memcmp(t->hash[i], hash, crypto_hash_sha256_BYTES) == 0)
			return true;
	return false;
}

static bool take_line(struct ka_span line, struct ka_trustedca *t)
{
	const struct ka_keyline *k = &t->parsed;
	uint8_t hash[crypto_hash_sha256_BYTES];

	ka_keyline_parse(line, t->blob, &t->parsed);
	if (k->reason == KA_REASON_LINE_EMPTY)
		return true;
	if (k->reason != KA_REASON_NONE || k->key.is_cert || k->options_text.len > 0)
		return false;
	crypto_hash_sha256(hash, k->key.blob.p, k->key.blob.len);
	if (is_listed(t, hash))
		return true;
	if (t->count == KA_TRUSTEDCA_MAX)
		return false;
	memcpy(t->hash[t->count++], hash, sizeof(hash));
	return true;
}

unsigned ka_trustedca_parse(struct ka_span text, struct ka_trustedca *t)
{
	struct ka_cursor c;
	struct ka_span line;

	ka_cursor_init(&c, text.p, text.len);
	for (unsigned number = 1; ka_cursor_line(&c, &line, NULL); number++)
		if (!take_line(line, t))
			return number;
	return 0;
}

static enum ka_reason read_file(const char *path, struct ka_trustedca *t)
{
	const struct ka_permwalk_trust trust = { .owner = 0 };
	KA_AUTOFREE char *text = NULL;
	KA_AUTOCLOSE int fd = -1;
	enum ka_err err;
	size_t len = 0;

	if (ka_permwalk_open(path, &trust, &fd, &t->why) != KA_ERR_OK)
		return KA_REASON_CONF_INVALID;
	if (fd < 0)
		return t->why.reason != KA_REASON_NONE ? t->why.reason : KA_REASON_CONF_INVALID;
	err = ka_fd_slurp(fd, KA_TRUSTEDCA_FILE_MAX, &text, &len);
	if (err != KA_ERR_OK) {
		t->why.errnum = err == KA_ERR_LIMIT ? EFBIG : err == KA_ERR_SYS ? errno : ENOMEM;
		return err == KA_ERR_NOMEM ? KA_REASON_INTERNAL_ERROR : KA_REASON_CONF_INVALID;
	}
	t->line = ka_trustedca_parse((struct ka_span){ (const uint8_t *)text, len }, t);
	return t->line > 0 ? KA_REASON_CONF_INVALID : KA_REASON_NONE;
}

void ka_trustedca_init(struct ka_trustedca *t)
{
	t->trouble = KA_REASON_NONE;
	t->count = 0;
	t->line = 0;
}

void ka_trustedca_add(struct ka_span path, struct ka_trustedca *t)
{
	char text[KA_PATH_TRUSTED_MAX];

	t->file = (const char *)path.p;
	t->file_len = path.len;
	t->why = (struct ka_permwalk_refusal){ .reason = KA_REASON_NONE };
	t->trouble = ka_span_copy(path, text, sizeof(text)) ? read_file(text, t) : KA_REASON_CONF_INVALID;
}

void ka_trustedca_open(const struct ka_conf *c, struct ka_trustedca *t)
{
	struct ka_span rest = ka_span_of(c->trusted_ca), path;

	ka_trustedca_init(t);
	while (t->trouble == KA_REASON_NONE && ka_text_word(&rest, &path))
		ka_trustedca_add(path, t);
	if (t->trouble != KA_REASON_NONE)
		t->count = 0;
}

bool ka_trustedca_has(const struct ka_trustedca *t, struct ka_span ca)
{
	uint8_t hash[crypto_hash_sha256_BYTES];

	if (t->count == 0 || ca.len == 0)
		return false;
	crypto_hash_sha256(hash, ca.p, ca.len);
	return is_listed(t, hash);
}

void ka_trustedca_judge(const struct ka_trustedca *t, const struct ka_keyblob *key, struct ka_vetnote *note)
{
	if (!key->is_cert)
		return;
	if (t->trouble != KA_REASON_NONE)
		ka_vetnote_refuse(note, t->trouble, "trusted_ca");
	else if (!ka_trustedca_has(t, key->cert.ca))
		ka_vetnote_refuse(note, KA_REASON_CERT_CA_UNTRUSTED, NULL);
}
