/* authkeys-cmd/vet/vetlines: as many answers as lines, in their order, at once. */
#include "authkeys-cmd/vet/vetlines.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "key/keyb64.h"
#include "tests/unit/lib/certvectors.h"
#include "tests/unit/lib/rsavectors.h"

#include "base/poison.h"

static struct ka_vetter vetter;

static int begin(void **state)
{
	return certvectors_setup(state) == 0 && rsavectors_setup(state) == 0 && ka_vetter_init(&vetter, 100) == KA_ERR_OK ? 0 : -1;
}

static int end(void **state)
{
	ka_vetter_free(&vetter);
	certvectors_teardown(state);
	return rsavectors_teardown(state);
}

static void one__what_is_no_key__is_unjudged(void **state)
{
	static const char *const lines[] = { "", "AAAA", "!", "AAAAB3NzaC1yc2E=", "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f" };
	uint8_t blob[KA_BLOB_MAX];
	char text[64];
	struct ka_buf b;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(lines); i++) {
		ka_buf_init_array(&b, text);
		ka_vetlines_one(&vetter, ka_span_of(lines[i]), blob, &b);
		assert_string_equal(text, "unjudged\n");
	}
}

/* @word before the certificate called @what */
static const char *ask(const char *word, const char *what)
{
	static char text[KA_LINE_MAX], got[64];
	uint8_t blob[KA_BLOB_MAX];
	struct ka_buf b, out;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, word);
	ka_keyb64_encode(&b, certvectors_find(what));
	assert_false(b.overflow);
	ka_buf_init_array(&out, got);
	ka_vetlines_one(&vetter, ka_buf_as_span(&b), blob, &out);
	return got;
}

static void one__certificate__is_asked_by_its_word_only(void **state)
{
	(void)state;
	assert_string_equal(ask("cert ", "RSA with SHA-512"), "ok\n");
	assert_string_equal(ask("cert ", "a security key, P-256"), "ok\n");
	assert_string_equal(ask("cert ", "P-256 with SHA-512"), "bad cert.signature-bad\n");
	assert_string_equal(ask("cert ", "RSA with SHA-1"), "bad cert.signature-algorithm\n");
	assert_string_equal(ask("cert ", "an Ed25519 authority"), "unjudged\n"); /* not here */
	assert_string_equal(ask("cert ", "type 3"), "unjudged\n");
	assert_string_equal(ask("", "RSA with SHA-512"), "unjudged\n");
	assert_string_equal(ask("cert  ", "RSA with SHA-512"), "unjudged\n");
	assert_string_equal(ask("cert", "RSA with SHA-512"), "unjudged\n");
	assert_string_equal(ask("cert AAAAB3NzaC1yc2E=", "RSA with SHA-512"), "unjudged\n");
}

/* what sha1sum(1) says about the blob of tests/data/keys/ed25519.pub */
static void one__sha1__of_a_plain_key(void **state)
{
	static const char key[] = "AAAAC3NzaC1lZDI1NTE5AAAAIPi4GWnImmqghAeMMYpc5WT8t0yNBmqwMs0qtWaNx9rh";
	uint8_t blob[KA_BLOB_MAX];
	char line[256], text[64];
	struct ka_buf b;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		snprintf(line, sizeof(line), "%s%s", i == 0 ? "sha1 " : i == 1 ? "sha1" : "sha1  ", key);
		ka_buf_init_array(&b, text);
		ka_vetlines_one(&vetter, ka_span_of(line), blob, &b);
		assert_string_equal(text, i == 0 ? "sha1 8ddb863a814da3f2a7392eb6809334b4d879cbfc\n" : "unjudged\n");
	}
	assert_string_equal(ask("sha1 ", "RSA with SHA-512"), "unjudged\n"); /* a certificate is no plain key */
}

/* a child that works on two pipes */
struct worker {
	int in, out;
	pid_t pid;
};

static struct worker start(void)
{
	struct worker w;
	int in[2], out[2];

	assert_int_equal(pipe2(in, O_CLOEXEC) + pipe2(out, O_CLOEXEC), 0);
	w.pid = fork();
	if (w.pid == 0) {
		close(in[1]);
		close(out[0]);
		_exit(-(int)ka_vetlines_run(&vetter, in[0], out[1]));
	}
	close(in[0]);
	close(out[1]);
	w.in = in[1];
	w.out = out[0];
	return w;
}

static int finish(struct worker *w)
{
	int status = 0;

	if (w->in >= 0)
		close(w->in);
	close(w->out);
	assert_int_equal(waitpid(w->pid, &status, 0), w->pid);
	return WIFEXITED(status) ? -WEXITSTATUS(status) : 1;
}

static void say(const struct worker *w, const char *text)
{
	assert_int_equal(ka_fd_write_all(w->in, text, strlen(text)), KA_ERR_OK);
}

static void run__asked_one_by_one__answers_one_by_one(void **state)
{
	struct worker w = start();
	char line[64];
	size_t len;

	(void)state;
	for (size_t i = 0; i < 6; i++) { /* the honest ones stand in front */
		say(&w, rsavectors_blob(rsavectors[i].n));
		say(&w, "\n");
		assert_int_equal(ka_fd_read_deadline(w.out, line, sizeof(line), 20000, &len), KA_ERR_OK);
		assert_string_equal(line, rsavectors[i].reason == KA_REASON_NONE ? "ok\n" : "?");
	}
	assert_int_equal(finish(&w), KA_ERR_OK);
}

static void run__thousands__are_all_answered(void **state)
{
	struct worker w = start();
	KA_AUTOFREE char *answers = NULL;
	size_t len = 0;
	pid_t writer;

	(void)state;
	writer = fork();
	if (writer == 0) {
		for (int i = 0; i < 30000; i++)
			say(&w, i % 3 == 0 ? "\n" : "AAAA\n");
		_exit(0);
	}
	close(w.in);
	w.in = -1;
	assert_int_equal(ka_fd_slurp(w.out, 1 << 20, &answers, &len), KA_ERR_OK);
	assert_int_equal(len, 30000 * strlen("unjudged\n"));
	assert_int_equal(waitpid(writer, NULL, 0), writer);
	assert_int_equal(finish(&w), KA_ERR_OK);
}

static void run__no_end_or_too_long__is_a_fault(void **state)
{
	KA_AUTOFREE char *much = malloc(KA_VET_LINE_MAX + 1);
	struct worker w = start();

	(void)state;
	say(&w, "AAAA");
	close(w.in);
	w.in = -1;
	poll(NULL, 0, 10);
	assert_int_equal(finish(&w), KA_ERR_SYNTAX);
	w = start();
	memset(much, 'A', KA_VET_LINE_MAX);
	much[KA_VET_LINE_MAX] = '\0';
	say(&w, much);
	close(w.in);
	w.in = -1;
	assert_int_equal(finish(&w), KA_ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one__certificate__is_asked_by_its_word_only),
		cmocka_unit_test(one__sha1__of_a_plain_key),
		cmocka_unit_test(one__what_is_no_key__is_unjudged),
		cmocka_unit_test(run__asked_one_by_one__answers_one_by_one),
		cmocka_unit_test(run__thousands__are_all_answered),
		cmocka_unit_test(run__no_end_or_too_long__is_a_fault),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
