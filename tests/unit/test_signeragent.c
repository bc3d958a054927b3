/* keyaudit/signeragent: an agent's list, from bytes and over a socket; hostile, cut, silent. */
#include "keyaudit/sign/signeragent.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/keysample.h"
#include "tests/unit/lib/verbplace.h"

#include "base/poison.h"

#define NO_KEY "which key? --key KEY, or an agent (ssh-add) that holds one"

static struct ka_signerkey key;
static struct ka_keysample samples[KA_KEYSAMPLE_COUNT];
static char room[KA_SIGNERAGENT_MAX + 64];
static struct timeval limits[2];
static bool is_hasty;

/* stands before libc's: nobody waits out the seconds that a silent agent has */
int setsockopt(int fd, int level, int option, const void *value, socklen_t len)
{
	const struct timeval soon = { .tv_usec = 20000 };

	if (level != SOL_SOCKET || (option != SO_RCVTIMEO && option != SO_SNDTIMEO))
		return (int)syscall(SYS_setsockopt, fd, level, option, value, len);
	memcpy(&limits[option == SO_SNDTIMEO], value, sizeof(limits[0]));
	return (int)syscall(SYS_setsockopt, fd, level, option, is_hasty ? &soon : value, len);
}

static int setup(void **state)
{
	for (size_t i = 0; i < KA_KEYSAMPLE_COUNT; i++)
		ka_keysample_load(i, &samples[i]);
	unsetenv("SSH_AUTH_SOCK");
	return verbplace_begin(state);
}

static const struct ka_keysample *sample(const char *name)
{
	for (size_t i = 0; i < KA_KEYSAMPLE_COUNT; i++)
		if (strcmp(samples[i].name, name) == 0)
			return &samples[i];
	fail_msg("no sample %s", name);
	return NULL;
}

static void begin(struct ka_buf *b, uint32_t keys)
{
	ka_buf_init_array(b, room);
	ka_buf_char(b, 12);
	ka_buf_be32(b, keys);
}

static void add(struct ka_buf *b, struct ka_span blob, const char *comment)
{
	ka_buf_string(b, blob);
	ka_buf_string(b, ka_span_of(comment));
}

static struct ka_span answer_of(const char *const *names, size_t count)
{
	struct ka_buf b;

	begin(&b, (uint32_t)count);
	for (size_t i = 0; i < count; i++)
		add(&b, sample(names[i])->blob, "\033]0;evil\a\n\xff");
	return ka_buf_as_span(&b);
}

static void pick__its_only_ed25519_key__whatever_else_is_there(void **state)
{
	static const char *const names[] = { "rsa2048", "ed25519", "ecdsa256", "ed25519-cert" };

	(void)state;
	memset(&key, 0, sizeof(key));
	ka_signeragent_pick(answer_of(names, KA_ARRAY_LEN(names)), &key);
	assert_null(key.wrong);
	assert_string_equal(key.fp, sample("ed25519")->fingerprint);
	assert_string_equal(key.path, "");
	assert_false(key.is_sk || key.is_encrypted);
}

static void pick__security_key__is_one(void **state)
{
	static const char *const names[] = { "sk-ecdsa256", "sk-ed25519" };

	(void)state;
	ka_signeragent_pick(answer_of(names, 2), &key);
	assert_null(key.wrong);
	assert_true(key.is_sk);
	assert_string_equal(key.fp, sample("sk-ed25519")->fingerprint);
}

static void pick__none_or_two__is_said(void **state)
{
	static const char *const two[] = { "ed25519", "sk-ed25519" }, *const none[] = { "rsa2048" };

	(void)state;
	ka_signeragent_pick(answer_of(two, 2), &key);
	assert_string_equal(key.wrong, "the agent holds more than one Ed25519 key: which one? --key with its public key");
	ka_signeragent_pick(answer_of(none, 1), &key);
	assert_string_equal(key.wrong, "the agent holds no Ed25519 key; --key KEY names a file");
	ka_signeragent_pick(answer_of(none, 0), &key);
	assert_string_equal(key.wrong, "the agent holds no Ed25519 key; --key KEY names a file");
}

static void pick__cut_anywhere_or_another_message__is_no_answer(void **state)
{
	static const char *const one[] = { "ed25519" };
	struct ka_span answer = answer_of(one, 1);

	(void)state;
	for (size_t n = 0; n < answer.len; n++) {
		ka_signeragent_pick(ka_span_sub(answer, 0, n), &key);
		assert_string_equal(key.wrong, "the agent's answer is none");
	}
	room[0] = 5; /* SSH_AGENT_FAILURE */
	ka_signeragent_pick(answer, &key);
	assert_string_equal(key.wrong, "the agent's answer is none");
	/* more keys are promised than there are */
	answer = answer_of(one, 1);
	room[1] = (char)0xff;
	ka_signeragent_pick(answer, &key);
	assert_string_equal(key.wrong, "the agent's answer is none");
}

static void pick__blobs_that_only_begin_like_one__are_refused(void **state)
{
	struct ka_span good = sample("ed25519")->blob;
	static char blob[KA_SIGNERS_BLOB_MAX + 64];
	struct ka_buf b;

	(void)state;
	for (size_t n = 0; n < good.len; n++) {
		begin(&b, 1);
		add(&b, ka_span_sub(good, 0, n), "");
		ka_signeragent_pick(ka_buf_as_span(&b), &key);
		assert_non_null(key.wrong);
	}
	/* with something behind, as much as there is room for, and more */
	for (size_t n = good.len + 1; n <= sizeof(blob); n += n == good.len + 1 ? KA_SIGNERS_BLOB_MAX - n : 1) {
		memcpy(blob, good.p, good.len);
		begin(&b, 1);
		add(&b, (struct ka_span){ (const uint8_t *)blob, n }, "");
		ka_signeragent_pick(ka_buf_as_span(&b), &key);
		assert_non_null(key.wrong);
		/* one that there is no room for is not even looked at */
		assert_int_equal(strcmp(key.wrong, "the agent holds no Ed25519 key; --key KEY names a file") == 0, n > KA_SIGNERS_BLOB_MAX);
	}
}

static void line__a_key__is_what_a_pub_file_has(void **state)
{
	static const char *const one[] = { "ed25519" };
	char text[256];
	struct ka_buf b;

	(void)state;
	ka_signeragent_pick(answer_of(one, 1), &key);
	ka_buf_init_array(&b, text);
	ka_signeragent_line(&key, &b);
	assert_int_equal(strncmp(text, sample("ed25519")->line, strlen(text) - 1), 0);
	assert_int_equal(text[strlen(text) - 1], '\n');
	/* nothing of what is none */
	key.len--;
	ka_buf_init_array(&b, text);
	ka_signeragent_line(&key, &b);
	assert_int_equal(b.len, 0);
}

/* an agent that waits for a request and writes @n bytes, then ends or waits to be ended */
static pid_t agent(const void *bytes, size_t n, bool stays)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = "agent" };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	uint8_t request[5];
	pid_t pid;

	unlink("agent");
	assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(fd, 1) == 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int c = accept(fd, NULL, NULL);

		signal(SIGPIPE, SIG_IGN);
		if (read(c, request, 5) != 5 || memcmp(request, "\0\0\0\1\13", 5) != 0)
			_exit(1);
		for (size_t done = 0; done < n;) {
			ssize_t put = write(c, (const char *)bytes + done, n - done);

			if (put <= 0)
				break;
			done += (size_t)put;
		}
		while (stays && read(c, request, 1) > 0)
			;
		_exit(0);
	}
	close(fd);
	return pid;
}

static void ask(const void *bytes, size_t n, bool stays)
{
	pid_t pid = agent(bytes, n, stays);
	int status;

	ka_signeragent_only("agent", &key);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void only__an_answer__is_read_whole(void **state)
{
	static const char *const names[] = { "rsa2048", "ed25519" };
	static char message[KA_SIGNERAGENT_MAX + 8];
	struct ka_buf b;
	pid_t pid;
	int status;

	(void)state;
	ka_buf_init_array(&b, message);
	ka_buf_string(&b, answer_of(names, 2));
	memset(&key, 0xee, sizeof(key));
	ask(message, b.len, true);
	assert_null(key.wrong);
	assert_string_equal(key.fp, sample("ed25519")->fingerprint);
	assert_string_equal(key.path, "");
	assert_int_equal(limits[0].tv_sec, KA_SIGNERAGENT_SEC);
	assert_int_equal(limits[1].tv_sec, KA_SIGNERAGENT_SEC);
	/* where SSH_AUTH_SOCK says */
	pid = agent(message, b.len, true);
	assert_int_equal(setenv("SSH_AUTH_SOCK", "agent", 1), 0);
	ka_signeragent_only(NULL, &key);
	unsetenv("SSH_AUTH_SOCK");
	assert_null(key.wrong);
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

static void only__cut_or_too_long_or_silent__does_not_answer(void **state)
{
	static char message[KA_SIGNERAGENT_MAX + 8];

	(void)state;
	memcpy(message, "\0\0\0\5\14\0\0\0\0", 9);
	for (size_t n = 0; n < 9; n++) {
		ask(message, n, false);
		assert_string_equal(key.wrong, "the agent does not answer");
	}
	ask(message, 9, false);
	assert_string_equal(key.wrong, "the agent holds no Ed25519 key; --key KEY names a file");
	is_hasty = true;
	ask("", 0, true);
	is_hasty = false;
	assert_string_equal(key.wrong, "the agent does not answer");
	/* the largest is read, one byte more is not */
	memcpy(message, "\0\4\0\0\14\0\0\0\0", 9);
	ask(message, KA_SIGNERAGENT_MAX + 4, false);
	assert_string_equal(key.wrong, "the agent holds no Ed25519 key; --key KEY names a file");
	memcpy(message, "\0\4\0\1\14\0\0\0\0", 9);
	ask(message, KA_SIGNERAGENT_MAX + 5, false);
	assert_string_equal(key.wrong, "the agent does not answer");
	memcpy(message, "\377\377\377\377", 4);
	ask(message, 4, false);
	assert_string_equal(key.wrong, "the agent does not answer");
}

static void only__no_socket__is_said(void **state)
{
	char path[256];

	(void)state;
	ka_signeragent_only(NULL, &key);
	assert_string_equal(key.wrong, NO_KEY);
	ka_signeragent_only("absent", &key);
	assert_string_equal(key.wrong, "the agent does not answer");
	verbplace_put("file", "x");
	ka_signeragent_only("file", &key);
	assert_string_equal(key.wrong, "the agent does not answer");
	/* a path that no socket can have is not cut to another one */
	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	ka_signeragent_only(path, &key);
	assert_string_equal(key.wrong, "the agent does not answer");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pick__its_only_ed25519_key__whatever_else_is_there),
		cmocka_unit_test(pick__security_key__is_one),
		cmocka_unit_test(pick__none_or_two__is_said),
		cmocka_unit_test(pick__cut_anywhere_or_another_message__is_no_answer),
		cmocka_unit_test(pick__blobs_that_only_begin_like_one__are_refused),
		cmocka_unit_test(line__a_key__is_what_a_pub_file_has),
		cmocka_unit_test(only__an_answer__is_read_whole),
		cmocka_unit_test(only__cut_or_too_long_or_silent__does_not_answer),
		cmocka_unit_test(only__no_socket__is_said),
	};

	return cmocka_run_group_tests(tests, setup, verbplace_end);
}
