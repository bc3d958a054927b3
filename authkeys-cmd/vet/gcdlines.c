/* Reading, comparing, answering. It must never call a key alone that was not compared with all others. */
#include "authkeys-cmd/vet/gcdlines.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authkeys-cmd/vet/gcdmates.h"
#include "authkeys-cmd/vet/gcdtree.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "key/keyb64.h"
#include "key/keyblob.h"
#include "verdict/sharedanswer.h"

#include "base/poison.h"

struct modulus {
	BIGNUM *n;
	uint32_t line; /* from 1 */
};

struct keys {
	struct modulus *all; /* those of RSA keys, in the order of their lines, later in that of their values */
	size_t count, room;
	size_t bits;
	uint64_t lines;
	uint8_t blob[KA_BLOB_MAX];
	struct ka_sharedanswer *answers; /* of the first KA_GCD_LINES_MAX lines */
	struct ka_gcdmates *hits;
	int out;
};

static void free_keys(struct keys *k)
{
	for (size_t i = 0; i < k->count; i++)
		BN_free(k->all[i].n);
	free(k->all);
	free(k->answers);
	free(k->hits);
}

static enum ka_err put(struct keys *k, struct ka_span n)
{
	if (k->count == k->room) {
		size_t room = k->room == 0 ? 1024 : 2 * k->room;
		struct modulus *all = realloc(k->all, room * sizeof(*all));

		if (all == NULL)
			return KA_ERR_NOMEM;
		k->all = all;
		k->room = room;
	}
	k->all[k->count].n = BN_bin2bn(n.p, (int)n.len, NULL);
	k->all[k->count].line = (uint32_t)k->lines;
	if (k->all[k->count].n == NULL)
		return KA_ERR_NOMEM;
	k->bits += (size_t)BN_num_bits(k->all[k->count++].n);
	return KA_ERR_OK;
}

/* what is no RSA key, and what the tree cannot hold any more, stays unjudged */
static enum ka_err take(struct keys *k, struct ka_span line)
{
	struct ka_keyblob key;
	struct ka_span n;
	size_t len = 0;

	k->lines++;
	if (k->lines > KA_GCD_LINES_MAX || !ka_keyb64_decode(line, k->blob, sizeof(k->blob), &len) ||
	    ka_keyblob_parse((struct ka_span){ k->blob, len }, (struct ka_span){ NULL, 0 }, &key) != KA_REASON_NONE || key.is_cert ||
	    key.type->kind != KA_KEYKIND_RSA)
		return KA_ERR_OK;
	n = key.rsa_n;
	if (n.len < 2 || n.len > KA_RSA_BITS_HARD_MAX / 8 || (n.p[n.len - 1] & 1) == 0 || k->bits + 8 * n.len > KA_GCD_BITS_MAX)
		return KA_ERR_OK;
	return put(k, n);
}

static enum ka_err read_lines(struct keys *k, int in, char *block)
{
	size_t have = 0;

	for (;;) {
		ssize_t got = read(in, block + have, KA_VET_LINE_MAX - have);
		struct ka_span rest;

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? KA_ERR_SYS : have == 0 ? KA_ERR_OK : KA_ERR_SYNTAX;
		have += (size_t)got;
		rest = (struct ka_span){ (const uint8_t *)block, have };
		for (size_t n = ka_span_find(rest, '\n'); n < rest.len; n = ka_span_find(rest, '\n')) {
			enum ka_err err = take(k, ka_span_sub(rest, 0, n));

			if (err != KA_ERR_OK)
				return err;
			rest = ka_span_sub(rest, n + 1, rest.len);
		}
		have = rest.len;
		memmove(block, rest.p, have);
		if (have == KA_VET_LINE_MAX)
			return KA_ERR_LIMIT;
	}
}

/* ---- the comparison ---- */

static int by_value(const void *a, const void *b)
{
	const struct modulus *x = a, *y = b;
	int order = BN_cmp(x->n, y->n);

	return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static void answer(struct keys *k, uint32_t line, enum ka_sharedanswer_word word, uint32_t mate)
{
	k->answers[line - 1] = (struct ka_sharedanswer){ .word = word, .a = mate };
}

/* each modulus once; those that came more than once are answered */
static size_t distinct(struct keys *k, BIGNUM **n, uint32_t *lines)
{
	size_t count = 0;

	for (size_t i = 0; i < k->count; i++) {
		if (count > 0 && BN_cmp(n[count - 1], k->all[i].n) == 0) {
			answer(k, k->all[i].line, KA_SHAREDANSWER_SHARED, lines[count - 1]);
			if (k->answers[lines[count - 1] - 1].word != KA_SHAREDANSWER_SHARED)
				answer(k, lines[count - 1], KA_SHAREDANSWER_SHARED, k->all[i].line);
			continue;
		}
		n[count] = k->all[i].n;
		lines[count++] = k->all[i].line;
	}
	return count;
}

static void told(void *ctx, unsigned step, unsigned steps)
{
	const struct keys *k = ctx;
	char text[64];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_sharedanswer_write(&(struct ka_sharedanswer){ KA_SHAREDANSWER_STEP, step, steps }, &b);
	if (ka_fd_write_all(k->out, b.p, b.len) != KA_ERR_OK)
		return; /* nobody reads: the answers will meet the same */
}

static enum ka_err note_mates(struct keys *k, const uint32_t *lines, BIGNUM *const *n, BIGNUM *const *common, size_t count)
{
	size_t hits = 0;
	enum ka_err err;

	for (size_t i = 0; i < count; i++)
		if (!BN_is_one(common[i]))
			k->hits[hits++] = (struct ka_gcdmates){ .n = n[i], .common = common[i], .line = lines[i] };
	err = ka_gcdmates_find(k->hits, hits);
	for (size_t i = 0; err == KA_ERR_OK && i < count; i++)
		if (k->answers[lines[i] - 1].word == KA_SHAREDANSWER_UNJUDGED)
			answer(k, lines[i], KA_SHAREDANSWER_ALONE, 0);
	for (size_t i = 0; err == KA_ERR_OK && i < hits; i++)
		if (k->answers[k->hits[i].line - 1].word != KA_SHAREDANSWER_SHARED)
			answer(k, k->hits[i].line, KA_SHAREDANSWER_SHARED, k->hits[i].mate);
	return err;
}

static enum ka_err compare(struct keys *k, BIGNUM **n, BIGNUM **common, uint32_t *lines)
{
	BN_CTX *ctx = BN_CTX_new();
	size_t count;
	enum ka_err err = ctx != NULL ? KA_ERR_OK : KA_ERR_NOMEM;

	if (k->count > 0)
		qsort(k->all, k->count, sizeof(*k->all), by_value);
	count = distinct(k, n, lines);
	for (size_t i = 0; err == KA_ERR_OK && i < count; i++) {
		common[i] = BN_new();
		err = common[i] != NULL ? KA_ERR_OK : KA_ERR_NOMEM;
	}
	if (err == KA_ERR_OK)
		err = ka_gcdtree_run(n, count, common, ctx, told, k);
	if (err == KA_ERR_OK)
		err = note_mates(k, lines, n, common, count);
	for (size_t i = 0; i < count; i++)
		BN_free(common[i]);
	BN_CTX_free(ctx);
	return err;
}

static enum ka_err judge(struct keys *k)
{
	size_t lines = k->lines < KA_GCD_LINES_MAX ? (size_t)k->lines : (size_t)KA_GCD_LINES_MAX;
	KA_AUTOFREE BIGNUM **n = calloc(k->count + 1, sizeof(*n));
	KA_AUTOFREE BIGNUM **common = calloc(k->count + 1, sizeof(*common));
	KA_AUTOFREE uint32_t *of = calloc(k->count + 1, sizeof(*of));
	enum ka_err err;

	k->hits = calloc(k->count + 1, sizeof(*k->hits));
	k->answers = calloc(lines + 1, sizeof(*k->answers)); /* all unjudged */
	if (n == NULL || common == NULL || of == NULL || k->hits == NULL || k->answers == NULL)
		return KA_ERR_NOMEM;
	err = compare(k, n, common, of);
	if (err != KA_ERR_OK)
		memset(k->answers, 0, lines * sizeof(*k->answers));
	return KA_ERR_OK;
}

static enum ka_err write_answers(const struct keys *k, char *block)
{
	static const struct ka_sharedanswer unjudged = { .word = KA_SHAREDANSWER_UNJUDGED };
	enum ka_err err = KA_ERR_OK;
	struct ka_buf b;

	ka_buf_init(&b, block, KA_VET_LINE_MAX);
	for (uint64_t i = 0; err == KA_ERR_OK && i < k->lines; i++) {
		ka_sharedanswer_write(i < KA_GCD_LINES_MAX ? &k->answers[i] : &unjudged, &b);
		if (b.size - b.len > 64 && i + 1 < k->lines)
			continue;
		err = ka_fd_write_all(k->out, b.p, b.len);
		ka_buf_cut(&b, 0);
	}
	return err;
}

enum ka_err ka_gcdlines_run(int in, int out)
{
	KA_AUTOFREE struct keys *k = calloc(1, sizeof(*k));
	KA_AUTOFREE char *block = malloc(KA_VET_LINE_MAX);
	enum ka_err err;

	if (k == NULL || block == NULL)
		return KA_ERR_NOMEM;
	k->out = out;
	err = read_lines(k, in, block);
	if (err == KA_ERR_OK)
		err = judge(k);
	if (err == KA_ERR_OK)
		err = write_answers(k, block);
	free_keys(k);
	return err;
}
