/*
 * fleetkeys COUNT [RSA-PERCENT]: a dump of COUNT keys of as many accounts for keyaudit vet --dump, made quickly; 80 of 100 are
 * Ed25519 unless it is told otherwise. What they are:
 *
 *   Ed25519  real: random seeds
 *   ECDSA    real: random points of P-256, 5 of 100
 *   RSA      15 of 100, 2048 bits. The first two share a prime (three real primes). The rest is SYNTHETIC: products of two
 *            numbers of 1024 bits that are hardly ever primes, but have no factor up to 65537, so that all but about one in
 *            2,000 pass every test of a single key (of that one authkeys-vet finds a factor). Those numbers are N + i M, M being the product of the primes up to 719, each used once; no two of
 *            them have a factor in common (it would divide the difference of two i, and all of those are below 65537).
 *
 * The last key of the dump is the first one once more, in another account: the one that is reused. The numbers are drawn from
 * a fixed seed, so each run has the same keys.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <sodium.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/text.h"
#include "key/keyb64.h"

#include "base/poison.h"

#define BITS 2048
#define PRIME_LAST 65537
#define INDEX_LAST 65536
#define SMALL_LAST 719

static uint64_t drawn;
static BN_CTX *ctx;
static char line[8192];

static void fail(const char *what)
{
	fprintf(stderr, "fleetkeys: %s\n", what);
	exit(1);
}

static void draw(void *bytes, size_t n)
{
	uint8_t seed[randombytes_SEEDBYTES] = { 'f', 'l', 'e', 'e', 't' };

	drawn++;
	memcpy(seed + 8, &drawn, sizeof(drawn));
	randombytes_buf_deterministic(bytes, n, seed);
}

static void print(const char *account, const char *type, const struct ka_buf *blob)
{
	struct ka_buf b;

	ka_buf_init_array(&b, line);
	ka_buf_text(&b, account);
	ka_buf_char(&b, '\t');
	ka_buf_text(&b, type);
	ka_buf_char(&b, ' ');
	ka_keyb64_encode(&b, ka_buf_as_span(blob));
	ka_buf_text(&b, " made for a measurement\n");
	if (ka_buf_check(&b) != KA_ERR_OK)
		fail("a line is too long");
	fwrite(b.p, 1, b.len, stdout);
}

static void begin_blob(struct ka_buf *b, char *room, size_t size, const char *type)
{
	ka_buf_init(b, room, size);
	ka_buf_string(b, ka_span_of(type));
}

static void ed25519(const char *account, uint64_t number)
{
	uint8_t seed[crypto_sign_SEEDBYTES] = { 'e', 'd' }, pk[crypto_sign_PUBLICKEYBYTES], sk[crypto_sign_SECRETKEYBYTES];
	char room[128];
	struct ka_buf b;

	memcpy(seed + 8, &number, sizeof(number));
	crypto_generichash(seed, sizeof(seed), seed, sizeof(seed), NULL, 0);
	crypto_sign_seed_keypair(pk, sk, seed);
	begin_blob(&b, room, sizeof(room), "ssh-ed25519");
	ka_buf_string(&b, (struct ka_span){ pk, sizeof(pk) });
	print(account, "ssh-ed25519", &b);
}

static void ecdsa(const char *account)
{
	static EC_GROUP *group;
	static EC_POINT *point;
	uint8_t scalar[32], octets[65];
	BIGNUM *k;
	char room[256];
	struct ka_buf b;

	if (group == NULL) {
		group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
		point = EC_POINT_new(group);
	}
	draw(scalar, sizeof(scalar));
	k = BN_bin2bn(scalar, sizeof(scalar), NULL);
	if (k == NULL || !EC_POINT_mul(group, point, k, NULL, NULL, ctx) ||
	    EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, octets, sizeof(octets), ctx) != sizeof(octets))
		fail("no point");
	BN_free(k);
	begin_blob(&b, room, sizeof(room), "ecdsa-sha2-nistp256");
	ka_buf_string(&b, ka_span_of("nistp256"));
	ka_buf_string(&b, (struct ka_span){ octets, sizeof(octets) });
	print(account, "ecdsa-sha2-nistp256", &b);
}

static void rsa(const char *account, const BIGNUM *n)
{
	uint8_t bytes[1 + BITS / 8] = { 0 };
	char room[512];
	struct ka_buf b;

	if (BN_num_bits(n) != BITS || BN_bn2binpad(n, bytes + 1, BITS / 8) < 0)
		fail("a modulus of another size");
	begin_blob(&b, room, sizeof(room), "ssh-rsa");
	ka_buf_string(&b, (struct ka_span){ (const uint8_t *)"\1\0\1", 3 });
	ka_buf_string(&b, (struct ka_span){ bytes, sizeof(bytes) });
	print(account, "ssh-rsa", &b);
}

/* ---- moduli ---- */

static uint8_t is_composite[PRIME_LAST + 1]; /* and of those i for which N + i M has a small factor, in ruled_out */
static uint8_t ruled_out[INDEX_LAST];
static uint32_t left[INDEX_LAST]; /* i that are not */
static size_t left_count;
static BIGNUM *base, *factor;
static BIGNUM *paired[2];

/* i with N + i M = 0 (mod p): all of them are ruled out */
static void rule_out(uint32_t p)
{
	uint64_t n = BN_mod_word(base, p), m = BN_mod_word(factor, p), inverse = 1, power = p - 2, square = m;

	if (m == 0) {
		if (n == 0)
			fail("the base has a factor of M");
		return;
	}
	for (; power > 0; power >>= 1, square = square * square % p)
		if (power & 1)
			inverse = inverse * square % p;
	for (uint64_t i = (p - n) % p * inverse % p; i < INDEX_LAST; i += p)
		ruled_out[i] = 1;
}

static void prepare_moduli(void)
{
	uint8_t bytes[BITS / 16];
	BIGNUM *common, *p[3];

	factor = BN_new();
	common = BN_new();
	draw(bytes, sizeof(bytes));
	bytes[0] = (bytes[0] & 0x3f) | 0xc0; /* and all N + i M have as many bits */
	base = BN_bin2bn(bytes, sizeof(bytes), NULL);
	if (factor == NULL || common == NULL || base == NULL || !BN_one(factor))
		fail("no memory");
	for (uint32_t v = 2; v <= PRIME_LAST; v++) {
		for (uint32_t k = 2 * v; !is_composite[v] && k <= PRIME_LAST; k += v)
			is_composite[k] = 1;
		if (!is_composite[v] && v <= SMALL_LAST && !BN_mul_word(factor, v))
			fail("no memory");
	}
	do
		if (!BN_add_word(base, 1) || !BN_gcd(common, base, factor, ctx))
			fail("no memory");
	while (!BN_is_one(common));
	for (uint32_t v = 2; v <= PRIME_LAST; v++)
		if (!is_composite[v])
			rule_out(v);
	for (uint32_t i = 0; i < INDEX_LAST; i++)
		if (!ruled_out[i])
			left[left_count++] = i;
	for (size_t i = 0; i < 3; i++) {
		p[i] = BN_new();
		if (p[i] == NULL || !BN_generate_prime_ex(p[i], BITS / 2, 0, NULL, NULL, NULL))
			fail("no prime");
	}
	for (size_t i = 0; i < 2; i++) {
		paired[i] = BN_new();
		if (paired[i] == NULL || !BN_mul(paired[i], p[0], p[i + 1], ctx))
			fail("no memory");
	}
}

static void half(BIGNUM *n, uint32_t i)
{
	if (n == NULL || BN_copy(n, factor) == NULL || !BN_mul_word(n, i) || !BN_add(n, n, base))
		fail("no memory");
}

static void next_rsa(const char *account)
{
	static size_t made;
	BIGNUM *n = BN_new(), *other = BN_new();
	size_t at = made - 2;

	if (made++ < 2) {
		rsa(account, paired[made - 1]);
	} else if (at < left_count / 2) {
		/* far apart, or Fermat's way would find them */
		half(n, left[at]);
		half(other, left[at + left_count / 2]);
		if (!BN_mul(n, n, other, ctx))
			fail("no memory");
		rsa(account, n);
	} else {
		fail("no more moduli: at most about 20000");
	}
	BN_free(n);
	BN_free(other);
}

static uint64_t number(const char *text, uint64_t most)
{
	uint64_t v;

	if (!ka_text_to_u64(ka_span_of(text), most, &v))
		fail("usage: fleetkeys COUNT [RSA-PERCENT]");
	return v;
}

int main(int argc, char **argv)
{
	uint64_t count, percent;
	char account[32];

	if (argc != 2 && argc != 3)
		fail("usage: fleetkeys COUNT [RSA-PERCENT]");
	count = number(argv[1], 100000000);
	percent = argc == 3 ? number(argv[2], 95) : 15;
	ctx = BN_CTX_new();
	if (sodium_init() < 0 || ctx == NULL)
		fail("a library does not start");
	prepare_moduli();
	for (uint64_t i = 0; i < count; i++) {
		uint64_t kind = i * 37 % 100; /* mixed */

		snprintf(account, sizeof(account), "user%llu", (unsigned long long)i);
		if (i + 1 == count)
			ed25519(account, 0);
		else if (i > 0 && kind < percent)
			next_rsa(account);
		else if (i > 0 && kind < percent + 5)
			ecdsa(account);
		else
			ed25519(account, i);
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
