/* authkeys-fetch/fetchdownload: which addresses, and what becomes of an answer. */
#include "authkeys-cmd/fetch/fetchdownload.h"

#include <fcntl.h>
#include <sys/wait.h>

#include "tests/unit/lib/fakehttp.h"

#include "base/cleanup.h"

#include "base/poison.h"

static void url__tls_or_this_host__and_nothing_else(void **state)
{
	static const char *const good[] = { "https://h.example/", "https://h.example:8443/a/b?c=d", "http://localhost/x", "http://127.0.0.1:1/x", "http://[::1]/x" };
	static const char *const bad[] = { "", "h.example", "http://h.example/", "ftp://h.example/", "unix:/s:/x", "https://h.example/%u",
					   "http://169.254.169.254/", "https://user@h.example/", "https://h.example/#f", "https://h.example/a b" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(good); i++)
		assert_true(ka_fetchdownload_is_url(good[i]));
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++)
		assert_false(ka_fetchdownload_is_url(bad[i]));
}

/* in a child, since it goes into a sandbox; what came through the pipe, its status in *@status */
static const char *download(const struct fakehttp *answers, uint64_t max, int *status)
{
	static char text[64];
	KA_AUTOCLOSE int from = -1;
	ssize_t n;
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	from = ends[0];
	pid = fork();
	if (pid == 0) {
		close(2);
		fake_answers(answers);
		_exit(ka_fetchdownload(&(struct ka_fetchdownload){ .url = "https://h.example/x", .ca_file = "", .pins = "", .max = max }, ends[1]));
	}
	close(ends[1]);
	n = read(from, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	assert_int_equal(waitpid(pid, status, 0), pid);
	*status = WIFEXITED(*status) ? WEXITSTATUS(*status) : -1;
	return text;
}

static void answer__whole__is_passed_on(void **state)
{
	int status;

	(void)state;
	assert_string_equal(download((const struct fakehttp[]){ { .url = "https://h.example/x", .status = 200, .body = "bytes" }, { 0 } }, 5, &status), "bytes");
	assert_int_equal(status, 0);
}

static void answer__other_status_too_large_no_answer__status_1(void **state)
{
	int status;

	(void)state;
	assert_string_equal(download((const struct fakehttp[]){ { .url = "https://h.example/x", .status = 301, .body = "moved" }, { 0 } }, 5, &status), "");
	assert_int_equal(status, 1);
	assert_string_equal(download((const struct fakehttp[]){ { .url = "https://h.example/x", .status = 200, .body = "bytes" }, { 0 } }, 4, &status), "");
	assert_int_equal(status, 1);
	assert_string_equal(download((const struct fakehttp[]){ { .url = "https://h.example/x", .reason = KA_REASON_STORE_TLS }, { 0 } }, 4, &status), "");
	assert_int_equal(status, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(url__tls_or_this_host__and_nothing_else),
		cmocka_unit_test(answer__whole__is_passed_on),
		cmocka_unit_test(answer__other_status_too_large_no_answer__status_1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
