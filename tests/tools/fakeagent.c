/*
 * An ssh agent that holds a key and cannot prove it: for clients that offer and never sign, or sign wrongly.
 * usage: fakeagent SOCKET fail|bad|hang KEY.pub...   Serves one client at a time until it is ended.
 *        fakeagent SOCKET sk|sk-touch|sk-verify KEY.pub   The same with a security key of its own, whose public half it
 *        writes to KEY.pub: signatures say that nobody has touched it, that somebody has, that a PIN was given too.
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/cursor.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"
#include "key/keyb64.h"

#include "base/poison.h"

enum { FAILURE = 5, LIST = 11, LIST_ANSWER = 12, SIGN = 13, SIGN_ANSWER = 14 };

#define MESSAGE_MAX (256 * 1024)

static uint8_t out[MESSAGE_MAX];
static size_t out_len;
static bool is_bad;  /* sign, but wrongly */
static bool is_hung; /* be asked to sign, and say nothing for a while */

#define HANG_SEC 4

/* PROTOCOL.u2f: the application, and what a signature says about the person */
#define SK_TYPE "sk-ssh-ed25519@openssh.com"
#define SK_APPLICATION "ssh:"
enum { SK_TOUCHED = 1, SK_VERIFIED = 4 };

static bool is_sk;
static uint8_t sk_flags;
static uint8_t sk_public[crypto_sign_PUBLICKEYBYTES], sk_secret[crypto_sign_SECRETKEYBYTES];

static void put(const void *bytes, size_t n)
{
	if (n > sizeof(out) - out_len)
		_exit(3);
	memcpy(out + out_len, bytes, n);
	out_len += n;
}

static void put_u32(size_t v)
{
	uint8_t be[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };

	put(be, sizeof(be));
}

static void put_string(const void *bytes, size_t n)
{
	put_u32(n);
	put(bytes, n);
}

static void put_key(const char *path)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[KA_LINE_MAX];
	uint8_t blob[KA_BLOB_MAX];
	struct ka_span rest, type, base64;
	size_t len;

	if (fd < 0 || ka_fd_read_all(fd, text, sizeof(text), &len) != KA_ERR_OK)
		_exit(4);
	rest = (struct ka_span){ (const uint8_t *)text, len };
	if (!ka_text_word(&rest, &type) || !ka_text_word(&rest, &base64) || !ka_keyb64_decode(base64, blob, sizeof(blob), &len))
		_exit(5);
	put_string(blob, len);
	put_string("fake", 4);
}

/* "string key blob, string data, u32 flags": the data of a request to sign */
static struct ka_span request_data(const uint8_t *in, size_t n)
{
	struct ka_span blob, data = { NULL, 0 };
	struct ka_cursor c;

	ka_cursor_init(&c, in + 1, n - 1);
	if (!ka_cursor_string(&c, &blob) || !ka_cursor_string(&c, &data))
		_exit(6);
	return data;
}

/* PROTOCOL.u2f "SSH U2F Signatures": hash of the application, flags, counter, hash of the data; all that under ed25519 */
static void answer_sk(struct ka_span data)
{
	uint8_t said[32 + 1 + 4 + 32] = { 0 }, signature[crypto_sign_BYTES];
	size_t type = strlen(SK_TYPE);

	crypto_hash_sha256(said, (const uint8_t *)SK_APPLICATION, strlen(SK_APPLICATION));
	said[32] = sk_flags;
	said[36] = 1; /* the counter */
	crypto_hash_sha256(said + 37, data.p, data.len);
	crypto_sign_detached(signature, NULL, said, sizeof(said), sk_secret);
	put(&(uint8_t){ SIGN_ANSWER }, 1);
	put_u32(4 + type + 4 + sizeof(signature) + 1 + 4);
	put_string(SK_TYPE, type);
	put_string(signature, sizeof(signature));
	put(said + 32, 5);
}

static void make_sk(const char *mode, const char *path)
{
	static const uint8_t seed[crypto_sign_SEEDBYTES] = "a security key of keyaudit tests";
	char base64[256];
	FILE *to = fopen(path, "we");

	if (to == NULL || sodium_init() < 0)
		_exit(7);
	is_sk = true;
	sk_flags = strcmp(mode, "sk") == 0 ? 0 : strcmp(mode, "sk-touch") == 0 ? SK_TOUCHED : SK_TOUCHED | SK_VERIFIED;
	crypto_sign_seed_keypair(sk_public, sk_secret, seed);
	put_string(SK_TYPE, strlen(SK_TYPE));
	put_string(sk_public, sizeof(sk_public));
	put_string(SK_APPLICATION, strlen(SK_APPLICATION));
	sodium_bin2base64(base64, sizeof(base64), out, out_len, sodium_base64_VARIANT_ORIGINAL);
	fprintf(to, "%s %s fake\n", SK_TYPE, base64);
	fclose(to);
}

static void answer(uint8_t request, struct ka_span data, char **keys, size_t count)
{
	uint8_t signature[4 + 11 + 4 + 64] = { 0, 0, 0, 11 };

	out_len = 0;
	if (request == LIST) {
		put(&(uint8_t){ LIST_ANSWER }, 1);
		put_u32(count);
		for (size_t i = 0; i < count; i++)
			put_key(keys[i]);
	} else if (request == SIGN && is_hung) {
		sleep(HANG_SEC);
		put(&(uint8_t){ FAILURE }, 1);
	} else if (request == SIGN && is_sk) {
		answer_sk(data);
	} else if (request == SIGN && is_bad) {
		memcpy(signature + 4, "ssh-ed25519", 11);
		signature[18] = 64;
		memset(signature + 19, 0x42, 64);
		put(&(uint8_t){ SIGN_ANSWER }, 1);
		put_string(signature, sizeof(signature));
	} else {
		put(&(uint8_t){ FAILURE }, 1);
	}
}

static bool read_exactly(int fd, uint8_t *bytes, size_t n)
{
	while (n > 0) {
		ssize_t got = read(fd, bytes, n);

		if (got <= 0)
			return false;
		bytes += got;
		n -= (size_t)got;
	}
	return true;
}

static void serve(int fd, char **keys, size_t count)
{
	static uint8_t in[MESSAGE_MAX];
	uint8_t head[4];

	while (read_exactly(fd, head, sizeof(head))) {
		size_t n = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3], body;
		uint8_t len[4];

		if (n == 0 || n > sizeof(in) || !read_exactly(fd, in, n))
			return;
		answer(in[0], in[0] == SIGN ? request_data(in, n) : (struct ka_span){ NULL, 0 }, keys, count);
		body = out_len;
		len[0] = (uint8_t)(body >> 24);
		len[1] = (uint8_t)(body >> 16);
		len[2] = (uint8_t)(body >> 8);
		len[3] = (uint8_t)body;
		if (ka_fd_write_all(fd, len, sizeof(len)) != KA_ERR_OK || ka_fd_write_all(fd, out, body) != KA_ERR_OK)
			return;
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	KA_AUTOCLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (argc < 4 || fd < 0 || !ka_span_copy(ka_span_of(argv[1]), at.sun_path, sizeof(at.sun_path))) {
		fputs("usage: fakeagent SOCKET fail|bad|hang|sk|sk-touch|sk-verify KEY.pub...\n", stderr);
		return 2;
	}
	is_bad = strcmp(argv[2], "bad") == 0;
	is_hung = strcmp(argv[2], "hang") == 0;
	if (strncmp(argv[2], "sk", 2) == 0)
		make_sk(argv[2], argv[3]);
	unlink(argv[1]);
	if (bind(fd, (const struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, 8) < 0) {
		perror(argv[1]);
		return 1;
	}
	for (;;) {
		KA_AUTOCLOSE int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

		if (client < 0 && errno != EINTR)
			return 1;
		if (client >= 0)
			serve(client, argv + 3, (size_t)argc - 3);
	}
}
