/* Names and answers of keys. It must never make one name out of two questions that may have two answers. */
#include "judge/recall.h"

#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"
#include "verdict/verdicts.h"

#include "base/poison.h"

static uint64_t number(int64_t n)
{
	return (uint64_t)n;
}

/* the device is left out: it may have another number after a boot */
static void put_program(const struct stat *st, struct ka_buf *b)
{
	ka_buf_be64(b, number((int64_t)st->st_ino));
	ka_buf_be64(b, number(st->st_size));
	ka_buf_be64(b, number(st->st_mtim.tv_sec));
	ka_buf_be64(b, number(st->st_mtim.tv_nsec));
	ka_buf_be64(b, number(st->st_ctim.tv_sec));
	ka_buf_be64(b, number(st->st_ctim.tv_nsec));
}

static bool make_name(const struct ka_recall *r, struct ka_span blob, struct ka_verdictkey *out)
{
	char rounds[4 + 1], program[2 * 6 * 8 + 1];
	struct ka_buf b, c;
	struct stat st;

	if (r->dir == NULL || stat(r->program, &st) != 0)
		return false;
	ka_buf_init_array(&b, rounds);
	ka_buf_be32(&b, r->fermat_rounds);
	ka_buf_init_array(&c, program);
	put_program(&st, &c);
	if (r->primes != NULL && r->primes[0] != '\0') {
		if (stat(r->primes, &st) != 0)
			return false;
		put_program(&st, &c);
	}
	if (ka_buf_check(&b) != KA_ERR_OK || ka_buf_check(&c) != KA_ERR_OK)
		return false;
	ka_verdictkey_make((const struct ka_span[]){ blob, ka_buf_as_span(&b), ka_span_of(KA_VERSION), ka_buf_as_span(&c) }, 4, out);
	return true;
}

bool ka_recall_point(struct ka_recall *r, struct ka_span blob, enum ka_vet_ed25519 trust)
{
	char how[] = "ed25519 point 0";
	struct ka_vetanswer a;

	how[sizeof(how) - 2] = (char)('0' + trust);
	r->has_name = r->dir != NULL;
	if (!r->has_name)
		return false;
	ka_verdictkey_make((const struct ka_span[]){ blob, ka_span_of(how), ka_span_of(KA_VERSION) }, 3, &r->name);
	return ka_verdicts_get(r->dir, &r->name, &a) && a.word == KA_VETANSWER_OK;
}

bool ka_recall_answer(struct ka_recall *r, struct ka_span blob, struct ka_vetanswer *out)
{
	*out = (struct ka_vetanswer){ .word = KA_VETANSWER_UNJUDGED, .reason = KA_REASON_NONE };
	r->has_name = make_name(r, blob, &r->name);
	return r->has_name && ka_verdicts_get(r->dir, &r->name, out);
}

void ka_recall_keep(const struct ka_recall *r, const struct ka_vetanswer *a)
{
	if (r->has_name && r->may_keep)
		(void)ka_verdicts_put(r->dir, &r->name, a); /* nobody's loss */
}
