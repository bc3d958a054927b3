/*
 * Public halves of signing keys. MUST: keep nothing of a private half; what was read of one is wiped.
 *
 *   "openssh-key-v1" NUL string(cipher) string(kdf) string(kdf options) u32(keys) string(public key) ...
 *
 * Source: OpenSSH PROTOCOL.key.
 */
#include "keyaudit/sign/signerkey.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "key/keyb64.h"
#include "key/keyfpr.h"
#include "key/keyline.h"
#include "keyaudit/sign/plainfile.h"
#include "store/signers.h"
#include "vet/vetselftest.h"

#include "base/poison.h"

#define BEGIN "-----BEGIN OPENSSH PRIVATE KEY-----"
#define END "-----END OPENSSH PRIVATE KEY-----"
#define MAGIC "openssh-key-v1" /* with its NUL */

struct work {
	char line[2 * KA_SIGNERS_BLOB_MAX];
	char base64[KA_SIGNERKEY_FILE_MAX];
	uint8_t bytes[KA_SIGNERKEY_FILE_MAX];
	struct ka_keyline key;
	struct ka_signers signers;
};

/* what stands between BEGIN and END, without its line ends */
static bool unfold(struct ka_span file, struct ka_buf *out)
{
	struct ka_cursor c;
	struct ka_span line;

	ka_cursor_init(&c, file.p, file.len);
	if (!ka_cursor_line(&c, &line, NULL) || !ka_span_is(ka_text_trim(line), BEGIN))
		return false;
	while (ka_cursor_line(&c, &line, NULL)) {
		if (ka_span_is(ka_text_trim(line), END))
			return ka_buf_check(out) == KA_ERR_OK;
		ka_buf_span(out, ka_text_trim(line));
	}
	return false;
}

/* the public key of a private key file */
static bool from_private(struct work *w, struct ka_span file, struct ka_span *blob, bool *is_encrypted)
{
	struct ka_span magic, cipher, kdf, options;
	struct ka_cursor c;
	struct ka_buf b;
	uint32_t keys;
	size_t len;

	ka_buf_init_array(&b, w->base64);
	if (!unfold(file, &b) || !ka_keyb64_decode(ka_buf_as_span(&b), w->bytes, sizeof(w->bytes), &len))
		return false;
	ka_cursor_init(&c, w->bytes, len);
	if (!ka_cursor_take(&c, sizeof(MAGIC), &magic) || memcmp(magic.p, MAGIC, sizeof(MAGIC)) != 0)
		return false;
	if (!ka_cursor_string(&c, &cipher) || !ka_cursor_string(&c, &kdf) || !ka_cursor_string(&c, &options) ||
	    !ka_cursor_u32(&c, &keys) || keys != 1 || !ka_cursor_string(&c, blob))
		return false;
	*is_encrypted = !ka_span_is(cipher, "none");
	return true;
}

static bool from_public(struct work *w, struct ka_span file, struct ka_span *blob)
{
	struct ka_cursor c;
	struct ka_span line;

	ka_cursor_init(&c, file.p, file.len);
	if (file.len > sizeof(w->bytes) || !ka_cursor_line(&c, &line, NULL))
		return false;
	_Static_assert(sizeof(w->bytes) >= KA_BLOB_MAX, "a line's key needs room");
	ka_keyline_parse(line, w->bytes, &w->key);
	*blob = w->key.key.blob;
	return w->key.reason == KA_REASON_NONE && w->key.options_text.len == 0 && !w->key.key.is_cert;
}

/* as hosts read it in their signer file; what they would refuse must not sign here */
static const char *judge(struct work *w, struct ka_signerkey *out)
{
	struct ka_keyblob key;
	struct ka_buf b;

	if (ka_keyblob_parse((struct ka_span){ out->blob, out->len }, (struct ka_span){ NULL, 0 }, &key) != KA_REASON_NONE)
		return "the public key in it is broken";
	ka_buf_init_array(&b, w->line);
	ka_buf_text(&b, "self ");
	ka_buf_text(&b, ka_keyblob_name(&key));
	ka_buf_char(&b, ' ');
	ka_keyb64_encode(&b, (struct ka_span){ out->blob, out->len });
	ka_buf_char(&b, '\n');
	if (ka_buf_check(&b) != KA_ERR_OK || !ka_signers_parse(ka_buf_as_span(&b), &w->signers))
		return w->signers.wrong != NULL ? w->signers.wrong : "the key is too long";
	if (w->signers.count == 0)
		return "not an Ed25519 key: documents are signed by ssh-ed25519 or sk-ssh-ed25519 (ssh-keygen -t ed25519)";
	if (ka_signers_bad_point(&w->signers, ka_vetselftest_ed25519()) != NULL)
		return "its point is none that ssh-keygen makes";
	out->is_sk = ka_span_is(ka_span_of(ka_keyblob_name(&key)), "sk-ssh-ed25519@openssh.com");
	ka_keyfpr_text((struct ka_span){ out->blob, out->len }, out->fp);
	return NULL;
}

static void parse(struct work *w, struct ka_span file, struct ka_signerkey *out)
{
	struct ka_span blob;

	out->wrong = "neither an OpenSSH private key nor a public key";
	out->len = 0;
	out->is_encrypted = false;
	if (!from_private(w, file, &blob, &out->is_encrypted) && !from_public(w, file, &blob))
		return;
	out->wrong = "not an Ed25519 key: documents are signed by ssh-ed25519 or sk-ssh-ed25519 (ssh-keygen -t ed25519)";
	if (blob.len > sizeof(out->blob))
		return;
	memcpy(out->blob, blob.p, blob.len);
	out->len = blob.len;
	out->wrong = judge(w, out);
}

void ka_signerkey_parse(struct ka_span file, struct ka_signerkey *out)
{
	KA_AUTOFREE struct work *w = calloc(1, sizeof(*w));

	if (w == NULL) {
		out->wrong = "no memory";
		return;
	}
	parse(w, file, out);
	sodium_memzero(w, sizeof(*w));
}

enum ka_err ka_signerkey_absolute(const char *path, char out[static KA_PATH_TRUSTED_MAX])
{
	KA_AUTOFREE char *cwd = path[0] != '/' ? getcwd(NULL, 0) : NULL;
	struct ka_buf b;

	if (path[0] != '/' && cwd == NULL)
		return KA_ERR_SYS;
	ka_buf_init(&b, out, KA_PATH_TRUSTED_MAX);
	ka_buf_text(&b, cwd != NULL ? cwd : "");
	ka_buf_text(&b, cwd != NULL ? "/" : "");
	ka_buf_text(&b, path);
	return ka_buf_check(&b);
}

/* private keys of the older forms hold no public half that could be read: it lies beside them */
static bool is_older_form(struct ka_span file)
{
	return ka_span_starts(file, "-----BEGIN ") && !ka_span_starts(file, BEGIN);
}

static const char *read_file(const char *path, struct ka_signerkey *out, bool *is_older)
{
	char *text;
	size_t len;
	enum ka_plainfile_answer got = ka_plainfile_read(AT_FDCWD, path, true, KA_SIGNERKEY_FILE_MAX, &text, &len, NULL);

	*is_older = false;
	if (got != KA_PLAINFILE_READ)
		return ka_plainfile_text(got);
	*is_older = is_older_form((struct ka_span){ (const uint8_t *)text, len });
	ka_signerkey_parse((struct ka_span){ (const uint8_t *)text, len }, out);
	sodium_memzero(text, len);
	free(text);
	return out->wrong;
}

enum ka_err ka_signerkey_read(const char *path, struct ka_signerkey *out)
{
	char public[KA_PATH_TRUSTED_MAX];
	enum ka_err err;
	struct ka_buf b;
	bool is_older;

	*out = (struct ka_signerkey){ .len = 0 };
	err = ka_signerkey_absolute(path, out->path);
	if (err != KA_ERR_OK)
		return err;
	out->wrong = read_file(out->path, out, &is_older);
	if (!is_older)
		return KA_ERR_OK;
	ka_buf_init_array(&b, public);
	ka_buf_text(&b, out->path);
	ka_buf_text(&b, ".pub");
	err = ka_buf_check(&b);
	if (err == KA_ERR_OK)
		out->wrong = read_file(public, out, &is_older);
	out->is_encrypted = true; /* nobody knows: ssh-keygen may ask */
	return err;
}
