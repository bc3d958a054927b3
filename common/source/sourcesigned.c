/* Signers, memory, judgement, memory again. */
#include "source/sourcesigned.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/paths.h"
#include "key/keyb64.h"
#include "perm/permwalk.h"

#include "base/poison.h"

static void close_serials(struct ka_serialdir *d)
{
	ka_serialdir_close(d);
}
#define AUTO_SERIALS __attribute__((cleanup(close_serials))) struct ka_serialdir

void ka_sourcesigned_host(const struct ka_conf_source *s, char *out, size_t size)
{
	struct utsname node;

	if (s->host_id[0] != '\0')
		ka_span_copy(ka_span_of(s->host_id), out, size);
	else if (uname(&node) != 0 || !ka_span_copy(ka_span_of(node.nodename), out, size))
		out[0] = '\0';
}

/* an error of the file is the configuration's: it names who may sign */
static enum ka_reason read_signers(const char *path, struct ka_sourcesigned *out)
{
	const struct ka_permwalk_trust trust = { .owner = 0 };
	struct ka_permwalk_refusal why;
	KA_AUTOCLOSE int fd = -1;
	size_t len;

	if (ka_permwalk_open(path, &trust, &fd, &why) != KA_ERR_OK)
		return KA_REASON_CONF_INVALID;
	if (fd < 0)
		return why.reason != KA_REASON_NONE ? why.reason : KA_REASON_CONF_INVALID;
	if (ka_fd_read_all(fd, out->signers_text, sizeof(out->signers_text) - 1, &len) != KA_ERR_OK ||
	    !ka_signers_parse((struct ka_span){ (const uint8_t *)out->signers_text, len }, &out->signers))
		return KA_REASON_CONF_INVALID;
	return KA_REASON_NONE;
}

static enum ka_reason read_memory(const struct ka_serialdir *d, const struct ka_sourcesigned_ask *ask, struct ka_serial_memory *m)
{
	enum ka_serial_answer answer;

	*m = (struct ka_serial_memory){ .known = false };
	if (ask->memory != NULL) {
		*m = *ask->memory;
		return KA_REASON_NONE;
	}
	if (d->fd < 0 || ka_serial_read(d, ask->source->name, ask->what, &answer, m) != KA_ERR_OK || answer == KA_SERIAL_BROKEN)
		return KA_REASON_STORE_CACHE_INVALID;
	return KA_REASON_NONE;
}

/* a full disk must not keep everybody out; what it says is said by the caller */
static enum ka_reason remember(const struct ka_serialdir *d, const struct ka_sourcesigned_ask *ask, struct ka_sourcesigned *out)
{
	const struct ka_serial_new n = {
		.source = ask->source->name, .what = ask->what, .serial = out->doc.head.serial, .sha512 = out->check.sha512, .now = ask->now,
	};
	struct ka_serial_kept kept;

	if (!ask->may_remember || ask->memory != NULL)
		return KA_REASON_NONE;
	if (out->memory.known && out->memory.serial == n.serial)
		return KA_REASON_NONE; /* remembered already, and the check has compared it: nothing to lock for */
	out->not_kept = ka_serial_remember(d, &n, &kept) != KA_ERR_OK;
	out->is_first = !out->not_kept && kept.is_first;
	return kept.reason;
}

enum ka_reason ka_sourcesigned_check(const struct ka_sourcesigned_ask *ask, struct ka_span bytes, struct ka_sourcesigned *out)
{
	AUTO_SERIALS dir = { .fd = -1 };
	struct ka_signedcheck_in in = {
		.signers = &out->signers, .threshold = ask->source->threshold, .sk_verify_required = ask->source->sk_verify_required,
		.user = ask->user, .host_id = out->host, .now = ask->now, .memory = &out->memory, .ed25519 = ask->ed25519,
		.storage = out->storage, .storage_size = sizeof(out->storage),
	};
	enum ka_reason reason = ka_signeddoc_parse(bytes, ask->kind, &out->doc);

	out->is_first = out->not_kept = false;
	if (reason != KA_REASON_NONE)
		return reason;
	reason = read_signers(ask->source->signers, out);
	if (reason != KA_REASON_NONE)
		return reason;
	if (ask->memory == NULL && ka_serialdir_open(KA_PATH_SERIALS, &dir) != KA_ERR_OK)
		return KA_REASON_STORE_CACHE_INVALID;
	reason = read_memory(&dir, ask, &out->memory);
	if (reason != KA_REASON_NONE)
		return reason;
	ka_sourcesigned_host(ask->source, out->host, sizeof(out->host));
	ka_signedcheck(&out->doc, &in, &out->check);
	return out->check.reason != KA_REASON_NONE ? out->check.reason : remember(&dir, ask, out);
}

/* of a document with one key and one signature: the cache's checksum over all of it, the armour, the hash of the text */
static bool spend_reading(struct ka_sourcesigned *out, unsigned signatures)
{
	/* base64 in whole groups; what reading head, signer and serial costs is spent as so many more bytes to hash, as measured */
	enum { TEXT = 384, ARMOUR = 4 * 72, REST = 1344, ALL = TEXT + ARMOUR + REST };
	uint8_t *decoded = out->storage + ALL, hash[crypto_hash_sha512_BYTES];
	bool good = true;
	size_t len;

	memset(out->storage, 'A', ALL);
	crypto_hash_sha256(hash, out->storage, ALL);
	crypto_hash_sha512(hash, out->storage, TEXT);
	for (unsigned i = 0; i < signatures; i++)
		good &= ka_keyb64_decode((struct ka_span){ out->storage, ARMOUR }, decoded, ARMOUR, &len);
	return good;
}

bool ka_sourcesigned_spend(const struct ka_sourcesigned_ask *ask, struct ka_sourcesigned *out)
{
	/* RFC 8032 7.1, TEST 2: a signature that is none would be turned away before the arithmetic */
	static const uint8_t pk[] = { 0x3d, 0x40, 0x17, 0xc3, 0xe8, 0x43, 0x89, 0x5a, 0x92, 0xb7, 0x0a, 0xa7, 0x4d, 0x1b, 0x7e, 0xbc,
				      0x9c, 0x98, 0x2c, 0xcf, 0x2e, 0xc4, 0x96, 0x8c, 0xc0, 0xcd, 0x55, 0xf1, 0x2a, 0xf4, 0x66, 0x0c };
	static const uint8_t sig[] = { 0x92, 0xa0, 0x09, 0xa9, 0xf0, 0xd4, 0xca, 0xb8, 0x72, 0x0e, 0x82, 0x0b, 0x5f, 0x64, 0x25, 0x40,
				       0xa2, 0xb2, 0x7b, 0x54, 0x16, 0x50, 0x3f, 0x8f, 0xb3, 0x76, 0x22, 0x23, 0xeb, 0xdb, 0x69, 0xda,
				       0x08, 0x5a, 0xc1, 0xe4, 0x3e, 0x15, 0x99, 0x6e, 0x45, 0x8f, 0x36, 0x13, 0xd0, 0xf1, 0x1d, 0x8c,
				       0x38, 0x7b, 0x2e, 0xae, 0xb4, 0x30, 0x2a, 0xee, 0xb0, 0x0d, 0x29, 0x16, 0x12, 0xbb, 0x0c, 0x00 };
	static const uint8_t message[] = { 0x72 };
	AUTO_SERIALS dir = { .fd = -1 };
	bool good = true;

	_Static_assert(sizeof(out->storage) >= 4096, "the sample and what it decodes to lie in it");
	if (read_signers(ask->source->signers, out) != KA_REASON_NONE)
		return false; /* a document would have come no farther */
	if ((ask->memory == NULL && ka_serialdir_open(KA_PATH_SERIALS, &dir) != KA_ERR_OK) || read_memory(&dir, ask, &out->memory) != KA_REASON_NONE)
		return false;
	ka_sourcesigned_host(ask->source, out->host, sizeof(out->host));
	good &= spend_reading(out, ask->source->threshold);
	for (unsigned i = 0; i < ask->source->threshold; i++)
		good &= crypto_sign_verify_detached(sig, message, sizeof(message), pk) == 0;
	return good;
}

bool ka_sourcesigned_knows(const char *source, const char *what)
{
	AUTO_SERIALS dir = { .fd = -1 };
	enum ka_serial_answer answer;
	struct ka_serial_memory memory;

	/* what cannot be read is as if it were known: the careful side */
	return ka_serialdir_open(KA_PATH_SERIALS, &dir) != KA_ERR_OK ||
	       ka_serial_read(&dir, source, what, &answer, &memory) != KA_ERR_OK || answer != KA_SERIAL_MISSING;
}
