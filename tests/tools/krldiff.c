/*
 * Compares our reading of lists of revoked keys with that of ssh-keygen -Q, which is sshd's own. usage:
 * krldiff SSH-KEYGEN MUTANTS FOLDER; the folder holds lists NAME.krl, keys and certificates NAME.pub, and gets a file "mutant".
 *
 * Of each list all keys are asked. Then MUTANTS cut-off or bit-flipped forms of each list (0: each cut and each bit): what
 * ssh-keygen refuses or revokes there, we must not find fine. We may refuse what it takes, and that is counted. So is what
 * ssh-keygen refuses for an authority that is not on its curve, where a plain key is asked: what stands there of that
 * authority's certificates does not touch it.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/sha.h>
#include <sodium.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/spawn.h"
#include "base/text.h"
#include "key/keyline.h"
#include "revoke/krl.h"

#include "base/poison.h"

enum { KEYS_MAX = 128, LIST_MAX = 65536, REFUSED = 255 };

enum verdict { FINE, REVOKED, REFUSES };

static const char *const words[] = { "fine", "revoked", "refused" };

struct one {
	char path[512];
	char line[KA_LINE_MAX];
	uint8_t blob[KA_BLOB_MAX];
	struct ka_keyline k;
	uint8_t plain[KA_BLOB_MAX];
	size_t plain_len;
	enum verdict ours, theirs;
};

static struct one *keys;
static size_t keys_count;
static unsigned all, agreed, stricter, points, failed;
static char folder[200], mutant_path[256];
static const char *program;

static void die(const char *what, const char *path)
{
	fprintf(stderr, "krldiff: %s: %s\n", path, what);
	exit(2);
}

static size_t slurp(const char *path, void *out, size_t size)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;

	if (fd < 0 || ka_fd_read_all(fd, out, size, &len) != KA_ERR_OK)
		die("cannot be read", path);
	return len;
}

static void load_key(const char *path)
{
	struct one *k = &keys[keys_count];
	struct ka_buf b;
	size_t len;

	if (keys_count == KEYS_MAX)
		die("too many keys", path);
	keys_count++;
	snprintf(k->path, sizeof(k->path), "%s", path);
	len = slurp(path, k->line, sizeof(k->line));
	ka_keyline_parse((struct ka_span){ (const uint8_t *)k->line, len > 0 ? len - 1 : 0 }, k->blob, &k->k);
	if (k->k.reason != KA_REASON_NONE)
		die(ka_reason_id(k->k.reason), path);
	ka_buf_init(&b, k->plain, sizeof(k->plain));
	ka_keyblob_plain(&k->k.key, &b);
	k->plain_len = b.len;
}

/* what authkeys-vet is asked */
static bool is_on_curve(struct ka_span blob)
{
	static const int curves[] = { NID_X9_62_prime256v1, NID_secp384r1, NID_secp521r1 };
	struct ka_keyblob key;
	EC_GROUP *group;
	EC_POINT *point;
	bool good;

	if (ka_keyblob_parse(blob, (struct ka_span){ NULL, 0 }, &key) != KA_REASON_NONE)
		return false;
	group = EC_GROUP_new_by_curve_name(curves[key.bits == 256 ? 0 : key.bits == 384 ? 1 : 2]);
	point = EC_POINT_new(group);
	good = EC_POINT_oct2point(group, point, key.pk.p, key.pk.len, NULL) == 1;
	EC_POINT_free(point);
	EC_GROUP_free(group);
	return good;
}

static bool ask(const struct ka_krl *krl, struct ka_span plain, const struct ka_keycert *cert)
{
	uint8_t sha1[KA_KRL_SHA1_LEN], sha256[KA_KRL_SHA256_LEN];
	const struct ka_krl_key key = { .plain = plain, .sha256 = sha256, .sha1 = sha1, .cert = cert, .points_are_good = true };

	SHA1(plain.p, plain.len, sha1);
	crypto_hash_sha256(sha256, plain.p, plain.len);
	return ka_krl_ask(krl, &key) != KA_KRL_FINE;
}

static bool has_bad_point(const struct ka_krl *krl)
{
	struct ka_cursor c;
	struct ka_span blob;

	ka_cursor_init(&c, krl->sections.p, krl->sections.len);
	while (ka_krl_point(&c, &blob))
		if (!is_on_curve(blob))
			return true;
	return false;
}

static enum verdict ask_us(const struct ka_krl *krl, const struct one *k)
{
	const struct ka_keycert *cert = k->k.key.is_cert ? &k->k.key.cert : NULL;

	if (krl->wrong != NULL || (cert != NULL && has_bad_point(krl)))
		return REFUSES;
	return ask(krl, (struct ka_span){ k->plain, k->plain_len }, cert) || (cert != NULL && ask(krl, cert->ca, NULL)) ? REVOKED : FINE;
}

/* one run for all keys: a line "PATH (comment): ok" or "...: REVOKED" for each, or nothing when it refuses the list */
static void ask_keygen(const char *list)
{
	const char *argv[KEYS_MAX + 5] = { program, "-Q", "-f", list };
	struct ka_spawn what = { .argv = argv, .output_max = 1024 * 1024, .deadline_ms = 20000 };
	struct ka_spawn_out out;
	struct ka_cursor c;
	struct ka_span line;

	for (size_t i = 0; i < keys_count; i++) {
		argv[4 + i] = keys[i].path;
		keys[i].theirs = REFUSES;
	}
	if (ka_spawn_run(&what, &out) != KA_ERR_OK || !WIFEXITED(out.status) || WEXITSTATUS(out.status) == 127)
		die("could not be asked", program);
	ka_cursor_init(&c, out.output, out.len);
	for (size_t i = 0; i < keys_count && ka_cursor_line(&c, &line, NULL);) {
		if (!ka_span_starts(line, keys[i].path))
			continue;
		keys[i++].theirs = line.len > 7 && ka_span_is(ka_span_sub(line, line.len - 7, 7), "REVOKED") ? REVOKED : FINE;
	}
	free(out.output);
}

static void compare(const char *name, struct ka_span bytes, const char *path, const char *what, size_t at)
{
	struct ka_krl krl;

	if (ka_krl_is(bytes))
		ka_krl_read(bytes, &krl);
	else
		krl = (struct ka_krl){ .wrong = "no list" };
	ask_keygen(path);
	for (size_t i = 0; i < keys_count; i++) {
		enum verdict ours = ask_us(&krl, &keys[i]), theirs = keys[i].theirs;

		all++;
		agreed += ours == theirs;
		stricter += what != NULL && ours != theirs && ours == REFUSES;
		if (ours == theirs || (what != NULL && ours != FINE))
			continue;
		if (what != NULL && theirs == REFUSES && !keys[i].k.key.is_cert && krl.wrong == NULL && has_bad_point(&krl)) {
			points++;
			continue;
		}
		failed++;
		if (failed < 20)
			printf("not ok %s %s %zu, %s: ours %s (%s), ssh-keygen %s\n", name, what != NULL ? what : "whole", at, keys[i].path, words[ours],
			       krl.wrong != NULL ? krl.wrong : "-", words[theirs]);
	}
}

static void compare_mutant(const char *name, const uint8_t *bytes, size_t len, const char *what, size_t at)
{
	KA_AUTOCLOSE int fd = open(mutant_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	KA_AUTOFREE uint8_t *exact = malloc(len > 0 ? len : 1);

	if (fd < 0 || exact == NULL || ka_fd_write_all(fd, bytes, len) != KA_ERR_OK)
		die("cannot be written", mutant_path);
	memcpy(exact, bytes, len);
	compare(name, (struct ka_span){ exact, len }, mutant_path, what, at);
}

static void compare_list(const char *name, size_t mutants)
{
	static uint8_t bytes[LIST_MAX];
	char path[512];
	size_t len, forms, step;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	len = slurp(path, bytes, sizeof(bytes));
	compare(name, (struct ka_span){ bytes, len }, path, NULL, 0);
	forms = len + 8 * len;
	step = mutants == 0 || mutants >= forms ? 1 : forms / mutants;
	/* 7919 is no divisor of any of these: spread over the list, and the same on every run */
	for (size_t n = 0; n < forms; n += step) {
		size_t at = step > 1 ? (n * 7919 + len) % forms : n;

		if (at < len) {
			compare_mutant(name, bytes, at, "cut at", at);
			continue;
		}
		at -= len;
		bytes[at / 8] ^= (uint8_t)(1u << at % 8);
		compare_mutant(name, bytes, len, "bit", at);
		bytes[at / 8] ^= (uint8_t)(1u << at % 8);
	}
}

static bool ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n > m && strcmp(name + n - m, end) == 0;
}

static void each_file(const char *end, void (*take)(const char *name, size_t mutants), size_t mutants)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		if (ends_in(entries[i]->d_name, end))
			take(entries[i]->d_name, mutants);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

static void take_key(const char *name, size_t mutants)
{
	char path[512];

	(void)mutants;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	load_key(path);
}

int main(int argc, char **argv)
{
	uint64_t mutants;

	if (argc != 4 || !ka_text_to_u64(ka_span_of(argv[2]), 100000, &mutants) || strlen(argv[3]) >= sizeof(folder)) {
		fprintf(stderr, "usage: krldiff SSH-KEYGEN MUTANTS FOLDER\n");
		return 2;
	}
	program = argv[1];
	keys = calloc(KEYS_MAX, sizeof(*keys));
	if (keys == NULL)
		return 2;
	snprintf(folder, sizeof(folder), "%s", argv[3]);
	snprintf(mutant_path, sizeof(mutant_path), "%s/mutant", folder);
	each_file(".pub", take_key, 0);
	each_file(".krl", compare_list, mutants);
	printf("krl: %u agree of %u, %u where we refuse a damaged list that ssh-keygen takes, %u beside a point off its curve, %u laxer\n", agreed,
	       all - stricter - points, stricter, points, failed);
	free(keys);
	return failed == 0 && agreed > 0 ? 0 : 1;
}
