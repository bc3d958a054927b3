/*
 * Makes an SSHSIG block over what stands on stdin, field by field, from an Ed25519 key of our own: for samples that
 * ssh-keygen does not make. No hardware is needed for sk- signatures, since any Ed25519 key can sign what an
 * authenticator would.
 *
 * usage: sigmake --seed HEX [--sk APPLICATION] [--public]
 *                [--flags N] [--counter N] [--hash NAME] [--namespace NAME] [--reserved TEXT] [--version N]
 *                [--type NAME] [--behind TEXT] [--wrap N]
 *   --public    print the public key instead: type and base64
 *   --type      the type that the public key and the signature call themselves
 *   --behind    put TEXT behind the last field
 *   --wrap      characters in a line of base64 (default 70)
 */
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/buf.h"
#include "base/fd.h"
#include "key/keyb64.h"

#include "base/poison.h"

static struct {
	uint8_t seed[32], pk[32], sk[64];
	const char *application, *hash, *namespace, *reserved, *type, *behind;
	unsigned long flags, counter, version, wrap;
	int is_public;
} w = { .hash = "sha512", .namespace = "keyaudit", .reserved = "", .behind = "", .flags = 1, .counter = 7, .version = 1, .wrap = 70 };

static uint8_t text[4 * 1024 * 1024], room[8192], signed_room[1024], d_room[1024];
static char base64[16384];

static void put(struct ka_buf *b, const char *s)
{
	ka_buf_string(b, ka_span_of(s));
}

static void put_bytes(struct ka_buf *b, const uint8_t *p, size_t n)
{
	ka_buf_string(b, (struct ka_span){ p, n });
}

static void put_public(struct ka_buf *b)
{
	put(b, w.type);
	put_bytes(b, w.pk, sizeof(w.pk));
	if (w.application != NULL)
		put(b, w.application);
}

/* what is signed; the namespace and the hash as the block names them */
static struct ka_span make_signed(size_t len)
{
	uint8_t hash[64], sum[32];
	struct ka_buf d, sk;

	ka_buf_init_array(&d, d_room);
	ka_buf_text(&d, "SSHSIG");
	put(&d, w.namespace);
	put(&d, w.reserved);
	put(&d, w.hash);
	if (strcmp(w.hash, "sha256") == 0)
		crypto_hash_sha256(hash, text, len);
	else
		crypto_hash_sha512(hash, text, len);
	put_bytes(&d, hash, strcmp(w.hash, "sha256") == 0 ? 32 : 64);
	if (w.application == NULL)
		return ka_buf_as_span(&d);
	ka_buf_init_array(&sk, signed_room);
	crypto_hash_sha256(sum, (const uint8_t *)w.application, strlen(w.application));
	ka_buf_put(&sk, sum, sizeof(sum));
	ka_buf_char(&sk, (char)w.flags);
	ka_buf_be32(&sk, (uint32_t)w.counter);
	crypto_hash_sha256(sum, ka_buf_as_span(&d).p, d.len);
	ka_buf_put(&sk, sum, sizeof(sum));
	return ka_buf_as_span(&sk);
}

static struct ka_span make_block(size_t len)
{
	static uint8_t part[2048];
	struct ka_span what = make_signed(len);
	struct ka_buf b, inner;
	uint8_t sig[64];

	crypto_sign_detached(sig, NULL, what.p, what.len, w.sk);
	ka_buf_init_array(&b, room);
	ka_buf_text(&b, "SSHSIG");
	ka_buf_be32(&b, (uint32_t)w.version);
	ka_buf_init_array(&inner, part);
	put_public(&inner);
	ka_buf_string(&b, ka_buf_as_span(&inner));
	put(&b, w.namespace);
	put(&b, w.reserved);
	put(&b, w.hash);
	ka_buf_init_array(&inner, part);
	put(&inner, w.type);
	put_bytes(&inner, sig, sizeof(sig));
	if (w.application != NULL) {
		ka_buf_char(&inner, (char)w.flags);
		ka_buf_be32(&inner, (uint32_t)w.counter);
	}
	ka_buf_string(&b, ka_buf_as_span(&inner));
	ka_buf_text(&b, w.behind);
	return ka_buf_as_span(&b);
}

static size_t to_base64(struct ka_span bytes)
{
	struct ka_buf b;

	ka_buf_init_array(&b, base64);
	ka_keyb64_encode(&b, bytes);
	return b.len;
}

static void print_public(void)
{
	struct ka_buf b;

	ka_buf_init_array(&b, room);
	put_public(&b);
	to_base64(ka_buf_as_span(&b));
	printf("%s %s\n", w.type, base64);
}

static void print_block(struct ka_span bytes)
{
	size_t len = to_base64(bytes);

	puts("-----BEGIN SSH SIGNATURE-----");
	for (size_t i = 0; i < len; i += w.wrap)
		printf("%.*s\n", (int)(len - i < w.wrap ? len - i : w.wrap), base64 + i);
	puts("-----END SSH SIGNATURE-----");
}

static int read_options(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", 1, NULL, 's' }, { "sk", 1, NULL, 'a' }, { "public", 0, NULL, 'p' }, { "flags", 1, NULL, 'f' },
		{ "counter", 1, NULL, 'c' }, { "hash", 1, NULL, 'h' }, { "namespace", 1, NULL, 'n' }, { "reserved", 1, NULL, 'r' },
		{ "version", 1, NULL, 'v' }, { "type", 1, NULL, 't' }, { "behind", 1, NULL, 'b' }, { "wrap", 1, NULL, 'w' }, { 0 },
	};
	size_t n = 0;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (c) {
		case 's': if (sodium_hex2bin(w.seed, 32, optarg, strlen(optarg), NULL, &n, NULL) != 0) return -1; break;
		case 'a': w.application = optarg; break;
		case 'p': w.is_public = 1; break;
		case 'f': w.flags = strtoul(optarg, NULL, 0); break;
		case 'c': w.counter = strtoul(optarg, NULL, 0); break;
		case 'h': w.hash = optarg; break;
		case 'n': w.namespace = optarg; break;
		case 'r': w.reserved = optarg; break;
		case 'v': w.version = strtoul(optarg, NULL, 0); break;
		case 't': w.type = optarg; break;
		case 'b': w.behind = optarg; break;
		case 'w': w.wrap = strtoul(optarg, NULL, 0); break;
		default: return -1;
		}
	if (w.type == NULL)
		w.type = w.application != NULL ? "sk-ssh-ed25519@openssh.com" : "ssh-ed25519";
	return n == 32 && optind == argc && w.wrap > 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
	size_t len = 0;

	if (read_options(argc, argv) != 0) {
		fputs("usage: sigmake --seed HEX [--sk APPLICATION] [--public] ... < TEXT\n", stderr);
		return 2;
	}
	crypto_sign_seed_keypair(w.pk, w.sk, w.seed);
	if (w.is_public)
		print_public();
	else if (ka_fd_read_all(0, text, sizeof(text), &len) == KA_ERR_OK)
		print_block(make_block(len));
	else
		return 1;
	return 0;
}
