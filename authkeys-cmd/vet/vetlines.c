/* A line, a judgement, a line. It must never answer fewer lines than came, nor in another order. */
#include "authkeys-cmd/vet/vetlines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "authkeys-cmd/vet/certverify.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "key/keyb64.h"
#include "verdict/vetanswer.h"

#include "base/poison.h"

/* any plain key's, also of a kind that is not judged here */
static void answer_sha1(struct ka_span line, uint8_t *blob, struct ka_buf *out)
{
	static const struct ka_vetanswer unjudged = { .word = KA_VETANSWER_UNJUDGED, .reason = KA_REASON_NONE };
	uint8_t hash[KA_VETANSWER_SHA1_LEN];
	struct ka_keyblob key;
	unsigned n = 0;
	size_t len = 0;

	if (ka_keyb64_decode(line, blob, KA_BLOB_MAX, &len) &&
	    ka_keyblob_parse((struct ka_span){ blob, len }, (struct ka_span){ NULL, 0 }, &key) == KA_REASON_NONE && !key.is_cert &&
	    EVP_MD_get_size(EVP_sha1()) == sizeof(hash) && EVP_Digest(blob, len, hash, &n, EVP_sha1(), NULL) == 1)
		ka_vetanswer_write_sha1(hash, out);
	else
		ka_vetanswer_write(&unjudged, out);
}

void ka_vetlines_one(const struct ka_vetter *v, struct ka_span line, uint8_t *blob, struct ka_buf *out)
{
	struct ka_vetanswer a = { .word = KA_VETANSWER_UNJUDGED, .reason = KA_REASON_NONE };
	struct ka_vetter_out found = { .is_judged = false };
	bool is_cert = ka_span_starts(line, KA_VETANSWER_CERT);
	struct ka_keyblob key;
	size_t len = 0;

	if (ka_span_starts(line, KA_VETANSWER_SHA1)) {
		answer_sha1(ka_span_sub(line, strlen(KA_VETANSWER_SHA1), line.len), blob, out);
		return;
	}
	if (is_cert)
		line = ka_span_sub(line, strlen(KA_VETANSWER_CERT), line.len);
	if (!ka_keyb64_decode(line, blob, KA_BLOB_MAX, &len) ||
	    ka_keyblob_parse((struct ka_span){ blob, len }, (struct ka_span){ NULL, 0 }, &key) != KA_REASON_NONE || key.is_cert != is_cert)
		found.is_judged = false;
	else if (is_cert)
		ka_certverify_judge(v, &key, &found);
	else
		ka_vetter_judge(v, &key, &found);
	if (found.is_judged) {
		a.word = found.reason == KA_REASON_NONE ? KA_VETANSWER_OK : KA_VETANSWER_BAD;
		a.reason = found.reason;
		a.factor = found.factor;
	}
	ka_vetanswer_write(&a, out);
}

static enum ka_err flush(int fd, struct ka_buf *answers)
{
	enum ka_err err = ka_buf_check(answers);

	if (err == KA_ERR_OK)
		err = ka_fd_write_all(fd, answers->p, answers->len);
	ka_buf_cut(answers, 0);
	return err;
}

/* answers the whole lines of @text; *used: their bytes */
static enum ka_err answer(const struct ka_vetter *v, struct ka_span text, uint8_t *blob, int out, struct ka_buf *answers, size_t *used)
{
	enum ka_err err = KA_ERR_OK;

	for (*used = 0; err == KA_ERR_OK;) {
		struct ka_span rest = ka_span_sub(text, *used, text.len);
		size_t n = ka_span_find(rest, '\n');

		if (n == rest.len)
			break;
		ka_vetlines_one(v, ka_span_sub(rest, 0, n), blob, answers);
		*used += n + 1;
		if (answers->size - answers->len < KA_VET_ANSWER_MAX)
			err = flush(out, answers);
	}
	return err == KA_ERR_OK ? flush(out, answers) : err;
}

enum ka_err ka_vetlines_run(const struct ka_vetter *v, int in, int out)
{
	KA_AUTOFREE char *block = malloc(KA_VET_LINE_MAX);
	KA_AUTOFREE char *room = malloc(KA_VET_LINE_MAX);
	KA_AUTOFREE uint8_t *blob = malloc(KA_BLOB_MAX);
	size_t have = 0, used;
	struct ka_buf answers;

	if (block == NULL || room == NULL || blob == NULL)
		return KA_ERR_NOMEM;
	ka_buf_init(&answers, room, KA_VET_LINE_MAX);
	for (;;) {
		ssize_t got = read(in, block + have, KA_VET_LINE_MAX - have);
		enum ka_err err;

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0 && have == 0 ? KA_ERR_OK : got == 0 ? KA_ERR_SYNTAX : KA_ERR_SYS;
		have += (size_t)got;
		err = answer(v, (struct ka_span){ (const uint8_t *)block, have }, blob, out, &answers, &used);
		if (err != KA_ERR_OK)
			return err;
		have -= used;
		memmove(block, block + used, have);
		if (have == KA_VET_LINE_MAX)
			return KA_ERR_LIMIT;
	}
}
