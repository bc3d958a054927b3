/* One question, one answer, one deadline. It must never take an answer for another key's, nor wait for ever. */
#include "judge/vetask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/childpipe.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/paths.h"
#include "key/keyb64.h"

#include "base/poison.h"

#define ROUNDS_DIGITS 16

void ka_vetask_init(struct ka_vetask *a, const char *program, unsigned fermat_rounds)
{
	/* not the room: nobody who never asks is to pay for its pages */
	a->program = program;
	a->fermat_rounds = fermat_rounds;
	a->primes = "";
	a->deadline_ms = KA_VETASK_DEADLINE_MS;
	a->known = NULL;
	a->known_ctx = NULL;
	a->pid = 0;
	a->to = a->from = -1;
	a->is_broken = false;
}

/* the one that was built or installed with us stands beside us, or where the build says */
const char *ka_vetask_program(char *room, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", room, size);
	char *slash = n > 0 && (size_t)n < size ? memrchr(room, '/', (size_t)n) : NULL;
	struct ka_buf b;

	if (slash == NULL)
		return KA_PATH_VET;
	ka_buf_init(&b, slash + 1, size - (size_t)(slash + 1 - room));
	ka_buf_text(&b, KA_NAME_VET);
	return ka_buf_check(&b) == KA_ERR_OK && access(room, X_OK) == 0 ? room : KA_PATH_VET;
}

static bool start(struct ka_vetask *a)
{
	char rounds[ROUNDS_DIGITS];
	const char *argv[] = { NULL, "--fermat-rounds", rounds, a->primes[0] != '\0' ? "--primes" : NULL, a->primes, NULL };
	int ends[2];
	enum ka_err err;
	struct ka_buf b;

	if (a->pid > 0)
		return true;
	argv[0] = a->program != NULL ? a->program : ka_vetask_program(a->room, sizeof(a->room));
	ka_buf_init_array(&b, rounds);
	ka_buf_u64(&b, a->fermat_rounds);
	if (ka_buf_check(&b) != KA_ERR_OK || pipe2(ends, O_CLOEXEC) != 0)
		return false;
	err = ka_childpipe_start(argv, ends[0], &a->pid, &a->from);
	close(ends[0]);
	a->to = ends[1];
	return err == KA_ERR_OK && fcntl(a->to, F_SETFL, O_NONBLOCK) == 0;
}

static bool write_line(const struct ka_vetask *a, struct ka_span line, int64_t until_ms)
{
	while (line.len > 0) {
		ssize_t n = ka_fd_write_quietly(a->to, line.p, line.len);

		if (n > 0)
			line = ka_span_sub(line, (size_t)n, line.len);
		else if (n == 0 || (errno != EAGAIN && errno != EINTR) || !ka_fd_wait(a->to, POLLOUT, until_ms))
			return false;
	}
	return true;
}

/* exactly one line may come: more, or none, and nobody can say any more which answer is whose */
static bool read_line(const struct ka_vetask *a, char *room, size_t size, int64_t until_ms, struct ka_span *line)
{
	size_t have = 0;

	while (have < size) {
		ssize_t n;

		if (!ka_fd_wait(a->from, POLLIN, until_ms))
			return false;
		n = read(a->from, room + have, size - have);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return false;
		have += n > 0 ? (size_t)n : 0;
		*line = (struct ka_span){ (const uint8_t *)room, ka_span_find((struct ka_span){ (const uint8_t *)room, have }, '\n') };
		if (line->len < have)
			return line->len + 1 == have;
	}
	return false;
}

/* @line: in @said */
static bool exchange(struct ka_vetask *a, const char *word, struct ka_span blob, char said[static KA_VET_ANSWER_MAX], struct ka_span *line)
{
	int64_t until_ms = ka_clock_boot_ms() + a->deadline_ms;
	struct ka_buf b;

	if (!start(a))
		return false;
	ka_buf_init_array(&b, a->room);
	ka_buf_text(&b, word);
	ka_keyb64_encode(&b, blob);
	ka_buf_char(&b, '\n');
	return ka_buf_check(&b) == KA_ERR_OK && write_line(a, ka_buf_as_span(&b), until_ms) &&
	       read_line(a, said, KA_VET_ANSWER_MAX, until_ms, line);
}

static bool ask(struct ka_vetask *a, const char *word, struct ka_span blob, struct ka_vetanswer *out)
{
	char said[KA_VET_ANSWER_MAX];
	struct ka_span line;

	return exchange(a, word, blob, said, &line) && ka_vetanswer_parse(line, out);
}

static void give_up(struct ka_vetask *a)
{
	ka_vetask_end(a);
	a->is_broken = true;
}

static void ask_or_give_up(struct ka_vetask *a, const char *word, struct ka_span blob, struct ka_vetanswer *out)
{
	*out = (struct ka_vetanswer){ .word = KA_VETANSWER_UNJUDGED, .reason = KA_REASON_NONE };
	if (a->is_broken || ask(a, word, blob, out))
		return;
	*out = (struct ka_vetanswer){ .word = KA_VETANSWER_UNJUDGED, .reason = KA_REASON_NONE };
	give_up(a);
}

void ka_vetask_key(struct ka_vetask *a, struct ka_span blob, struct ka_vetanswer *out)
{
	if (a->known == NULL || !a->known(a->known_ctx, blob, out))
		ask_or_give_up(a, "", blob, out);
}

void ka_vetask_cert(struct ka_vetask *a, struct ka_span blob, struct ka_vetanswer *out)
{
	ask_or_give_up(a, KA_VETANSWER_CERT, blob, out);
}

bool ka_vetask_sha1(struct ka_vetask *a, struct ka_span blob, uint8_t out[static KA_VETANSWER_SHA1_LEN])
{
	struct ka_vetanswer other;
	char said[KA_VET_ANSWER_MAX];
	struct ka_span line;

	memset(out, 0, KA_VETANSWER_SHA1_LEN);
	if (a->is_broken)
		return false;
	if (!exchange(a, KA_VETANSWER_SHA1, blob, said, &line)) {
		give_up(a);
		return false;
	}
	if (ka_vetanswer_parse_sha1(line, out))
		return true;
	if (!ka_vetanswer_parse(line, &other) || other.word != KA_VETANSWER_UNJUDGED)
		give_up(a); /* an answer to something else */
	return false;
}

void ka_vetask_end(struct ka_vetask *a)
{
	KA_AUTOCLOSE int to = a->to;
	KA_AUTOCLOSE int from = a->from;

	if (a->pid > 0)
		ka_childpipe_stop(a->pid);
	a->pid = 0;
	a->to = a->from = -1;
	(void)to;
	(void)from;
}

bool ka_vetask_works(struct ka_vetask *a)
{
	/* FIPS 186-4 D.1.2.3: ecdsa-sha2-nistp256, and 0x04, x, y */
	static const uint8_t point[] =
		"\0\0\0\x13" "ecdsa-sha2-nistp256" "\0\0\0\x8" "nistp256" "\0\0\0\x41\x04"
		"\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2"
		"\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96"
		"\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16"
		"\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5";
	uint8_t beside[sizeof(point) - 1];
	struct ka_vetanswer good, bad;

	memcpy(beside, point, sizeof(beside));
	ka_vetask_key(a, (struct ka_span){ beside, sizeof(beside) }, &good);
	beside[sizeof(beside) - 1] ^= 1;
	ka_vetask_key(a, (struct ka_span){ beside, sizeof(beside) }, &bad);
	ka_vetask_end(a);
	return good.word == KA_VETANSWER_OK && bad.word == KA_VETANSWER_BAD && bad.reason == KA_REASON_KEY_ECDSA_POINT_INVALID;
}
