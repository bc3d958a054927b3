/* Questions in turn to each, answers in the order of the questions. It must never give a key the answer of another one. */
#include "keyaudit/vet/vetahead.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "base/buf.h"
#include "base/childpipe.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"
#include "judge/vetask.h"
#include "key/keyb64.h"

#include "base/poison.h"

static void digest_of(struct ka_span blob, uint8_t out[static KA_VETAHEAD_DIGEST])
{
	crypto_generichash(out, KA_VETAHEAD_DIGEST, blob.p, blob.len, NULL, 0);
}

static bool start(struct ka_vetahead *a, struct ka_vetahead_worker *w)
{
	char rounds[KA_TEXT_U64_MAX];
	const char *argv[] = { a->program != NULL ? a->program : ka_vetask_program(a->path, sizeof(a->path)), "--fermat-rounds", rounds, NULL };
	int ends[2];
	enum ka_err err;

	if (w->pid > 0)
		return true;
	ka_text_u64(a->fermat_rounds, rounds);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	err = fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0 ? ka_childpipe_start(argv, ends[0], &w->pid, &w->from) : KA_ERR_SYS;
	close(ends[0]);
	w->to = ends[1];
	if (err != KA_ERR_OK)
		close(ends[1]);
	return err == KA_ERR_OK;
}

static void stop(struct ka_vetahead_worker *w)
{
	if (w->pid > 0) {
		close(w->to);
		close(w->from);
		ka_childpipe_stop(w->pid);
	}
	w->pid = 0;
	w->is_broken = true;
}

/* the pipe has room for it: what was asked and not answered is kept below its size */
static bool write_line(const struct ka_vetahead_worker *w, struct ka_span line)
{
	ssize_t n;

	do
		n = ka_fd_write_quietly(w->to, line.p, line.len);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)line.len;
}

enum ka_vetahead_asked ka_vetahead_ask(struct ka_vetahead *a, struct ka_span blob)
{
	unsigned n = (unsigned)(a->asked % a->workers_max);
	struct ka_vetahead_worker *w = &a->worker[n];
	struct ka_vetahead_question *q = &a->question[a->asked % KA_VET_QUEUE_ROWS];
	struct ka_buf b;

	ka_buf_init_array(&b, a->line);
	ka_keyb64_encode(&b, blob);
	ka_buf_char(&b, '\n');
	if (w->is_broken || ka_buf_check(&b) != KA_ERR_OK)
		return KA_VETAHEAD_NEVER;
	if (a->asked - a->taken == KA_VET_QUEUE_ROWS || w->waiting + b.len > KA_VET_AHEAD_BYTES_MAX)
		return KA_VETAHEAD_FULL;
	if (!start(a, w) || !write_line(w, ka_buf_as_span(&b))) {
		stop(w);
		return KA_VETAHEAD_NEVER;
	}
	digest_of(blob, q->digest);
	q->worker = n;
	q->bytes = b.len;
	w->waiting += b.len;
	a->asked++;
	return KA_VETAHEAD_ASKED;
}

/* the next answer of a worker */
static bool hear(struct ka_vetahead_worker *w, struct ka_vetanswer *out)
{
	int64_t until_ms = ka_clock_boot_ms() + KA_VETASK_DEADLINE_MS;

	for (;;) {
		struct ka_span text = { (const uint8_t *)w->heard, w->have };
		size_t n = ka_span_find(text, '\n');
		ssize_t got;

		if (n < text.len) {
			bool ok = ka_vetanswer_parse(ka_span_sub(text, 0, n), out);

			w->have -= n + 1;
			memmove(w->heard, w->heard + n + 1, w->have);
			return ok;
		}
		if (w->have == sizeof(w->heard) || !ka_fd_wait(w->from, POLLIN, until_ms))
			return false;
		got = read(w->from, w->heard + w->have, sizeof(w->heard) - w->have);
		if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
			return false;
		w->have += got > 0 ? (size_t)got : 0;
	}
}

/* the answer to the oldest question */
static bool take(struct ka_vetahead *a, struct ka_vetanswer *out)
{
	const struct ka_vetahead_question *q = &a->question[a->taken % KA_VET_QUEUE_ROWS];
	struct ka_vetahead_worker *w = &a->worker[q->worker];

	a->taken++;
	w->waiting -= q->bytes;
	if (w->is_broken)
		return false;
	if (hear(w, out))
		return true;
	stop(w);
	return false;
}

static bool is_waiting(const struct ka_vetahead *a, const uint8_t *digest)
{
	for (uint64_t i = a->taken; i < a->asked; i++)
		if (memcmp(a->question[i % KA_VET_QUEUE_ROWS].digest, digest, KA_VETAHEAD_DIGEST) == 0)
			return true;
	return false;
}

bool ka_vetahead_known(void *ctx, struct ka_span blob, struct ka_vetanswer *out)
{
	struct ka_vetahead *a = ctx;
	uint8_t digest[KA_VETAHEAD_DIGEST];
	bool is_it, ok;

	digest_of(blob, digest);
	if (!is_waiting(a, digest))
		return false;
	do {
		is_it = memcmp(a->question[a->taken % KA_VET_QUEUE_ROWS].digest, digest, KA_VETAHEAD_DIGEST) == 0;
		ok = take(a, out);
	} while (!is_it);
	return ok && out->word != KA_VETANSWER_UNJUDGED;
}

void ka_vetahead_end(struct ka_vetahead *a)
{
	for (unsigned i = 0; i < KA_VET_WORKERS_MAX; i++)
		stop(&a->worker[i]);
}
