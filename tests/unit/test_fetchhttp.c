/* authkeys-fetch/fetchhttp: libcurl as we set it up, against a server of one answer behind a unix socket. */
#include "authkeys-cmd/fetch/fetchhttp.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"
#include "tests/unit/lib/fetchsource.h"

#include "base/poison.h"

#define MAX 1000 /* bytes of a body, here */

static char place[] = "/tmp/ka-fetchhttp.XXXXXX", path[64];
static struct ka_fetchhttp http;
static struct ka_fetchhttp_answer got;
/* shared with the server: what it was asked, and how many bytes of its answer were taken */
static struct { char request[8192]; size_t sent; } *seen;

/* what the server does when a request is there */
struct answer {
	const char *head;  /* whole, with its blank line */
	const char *body;
	size_t fill;       /* then so many bytes */
	bool hang;         /* then nothing, until the client goes */
};

/* a head, and behind it the seven bytes that a POST of ours has here */
static bool is_whole(const char *request, size_t len)
{
	const char *end = memmem(request, len, "\r\n\r\n", 4);

	return end != NULL && (strncmp(request, "POST", 4) != 0 || len >= (size_t)(end - request) + 4 + 7);
}

static void serve_one(int fd, const struct answer *a)
{
	char block[4096];
	size_t len = 0;
	ssize_t n;

	while (!is_whole(seen->request, len)) {
		n = read(fd, seen->request + len, sizeof(seen->request) - 1 - len);
		if (n <= 0)
			return;
		len += (size_t)n;
	}
	if (ka_fd_write_all(fd, a->head, strlen(a->head)) != KA_ERR_OK || ka_fd_write_all(fd, a->body, strlen(a->body)) != KA_ERR_OK)
		return;
	memset(block, 'x', sizeof(block));
	while (seen->sent < a->fill) {
		n = send(fd, block, a->fill - seen->sent < sizeof(block) ? a->fill - seen->sent : sizeof(block), MSG_NOSIGNAL);
		if (n <= 0)
			return;
		seen->sent += (size_t)n;
	}
	while (a->hang && read(fd, block, sizeof(block)) > 0)
		;
}

static pid_t serve(const struct answer *a)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), fd;
	pid_t pid;

	memset(seen, 0, sizeof(*seen));
	memcpy(to.sun_path, path, strlen(path) + 1);
	unlink(path);
	assert_int_equal(bind(listening, (const struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(listen(listening, 1), 0);
	pid = fork();
	if (pid == 0) {
		alarm(20);
		fd = accept(listening, NULL, NULL);
		serve_one(fd, a);
		_exit(0);
	}
	close(listening);
	return pid;
}

/* set what differs from a plain GET in @ask */
static const char *ask_with(const struct answer *a, struct ka_fetchhttp_ask ask)
{
	static const char *const none[] = { NULL };
	pid_t pid = serve(a);

	ask.source = fetchsource("");
	ask.accept = "text/plain";
	ask.url = ask.url != NULL ? ask.url : "http://localhost/alice";
	ask.unix_socket = path;
	ask.body = ask.body != NULL ? ask.body : "";
	ask.headers = ask.headers != NULL ? ask.headers : none;
	ask.token = ask.token != NULL ? ask.token : "";
	ask.etag = ask.etag != NULL ? ask.etag : "";
	ask.modified = ask.modified != NULL ? ask.modified : "";
	ask.timeout_ms = ask.timeout_ms != 0 ? ask.timeout_ms : 5000;
	ask.max = MAX;
	ka_fetchhttp_release(&got);
	assert_int_equal(ka_fetchhttp_ask(&http, &ask, 0, &got), KA_ERR_OK);
	ka_fetchhttp_close(&http); /* the server waits for the end of the connection */
	assert_int_equal(ka_fetchhttp_open(&http), KA_ERR_OK);
	kill(pid, got.reason == KA_REASON_NONE ? 0 : SIGTERM);
	waitpid(pid, NULL, 0);
	return got.reason == KA_REASON_NONE ? "" : ka_reason_id(got.reason);
}

static const char *ask(const char *head, const char *body, size_t fill, bool hang)
{
	return ask_with(&(struct answer){ head, body, fill, hang }, (struct ka_fetchhttp_ask){ .timeout_ms = hang ? 300 : 0 });
}

static bool was_sent(const char *text)
{
	return strstr(seen->request, text) != NULL;
}

#define OK "HTTP/1.1 200 OK\r\nConnection: close\r\n"
#define END "\r\n"

static void answer__with_its_head_and_body__is_taken(void **state)
{
	(void)state;
	assert_string_equal(ask(OK "ETag: \"1\"\r\nContent-Length: 5\r\n" END, "hello", 0, false), "");
	assert_int_equal(got.status, 200);
	assert_string_equal(got.head.etag, "\"1\"");
	assert_string_equal(got.body, "hello");
	assert_int_equal(got.len, 5);
	assert_string_equal(ask(OK END, "", 0, false), "");
	assert_int_equal(got.len, 0);
	assert_string_equal(got.body, "");
}

/* a body that is passed on: how much of it, and when enough is enough */
struct passed {
	size_t bytes, most;
};

static bool pass(void *ctx, const void *bytes, size_t n)
{
	struct passed *p = ctx;

	(void)bytes;
	p->bytes += n;
	return p->bytes <= p->most;
}

static void answer__passed_on__is_not_kept(void **state)
{
	struct passed p = { .most = SIZE_MAX };

	(void)state;
	assert_string_equal(ask_with(&(struct answer){ OK END, "hello", 100, false }, (struct ka_fetchhttp_ask){ .each = pass, .ctx = &p }), "");
	assert_int_equal(p.bytes, 105);
	assert_int_equal(got.len, 105);
	assert_string_equal(got.body, "");
	/* the cap holds all the same, and of another status nothing is passed on */
	p.bytes = 0;
	assert_string_equal(ask_with(&(struct answer){ OK END, "", 1000000, false }, (struct ka_fetchhttp_ask){ .each = pass, .ctx = &p }), "store.too-large");
	assert_true(p.bytes <= MAX);
	p.bytes = 0;
	assert_string_equal(ask_with(&(struct answer){ "HTTP/1.1 404 No\r\nConnection: close\r\n" END, "no", 0, false },
				     (struct ka_fetchhttp_ask){ .each = pass, .ctx = &p }), "");
	assert_int_equal(p.bytes, 0);
	assert_int_equal(got.status, 404);
	/* who takes it has had enough */
	p.most = 3;
	assert_string_equal(ask_with(&(struct answer){ OK END, "hello", 0, false }, (struct ka_fetchhttp_ask){ .each = pass, .ctx = &p }), "store.unreachable");
}

static void request__says_who_we_are_and_nothing_else(void **state)
{
	(void)state;
	assert_string_equal(ask(OK END, "", 0, false), "");
	assert_true(was_sent("GET /alice HTTP/1.1\r\n"));
	assert_true(was_sent("User-Agent: keyaudit/"));
	assert_true(was_sent("Accept: text/plain\r\n"));
	assert_false(was_sent("Accept-Encoding"));
	assert_false(was_sent("Cookie"));
	assert_false(was_sent("Authorization"));
	assert_false(was_sent("If-None-Match"));
	assert_false(was_sent("Referer"));
}

static void request__validators_headers_token(void **state)
{
	const char *const headers[] = { "X-A: one", "X-B: two", NULL };

	(void)state;
	assert_string_equal(ask_with(&(struct answer){ OK END, "", 0, false },
				     (struct ka_fetchhttp_ask){ .etag = "W/\"1\"", .modified = "yesterday", .headers = headers,
								.token = "Authorization: Bearer t" }),
			    "");
	assert_true(was_sent("If-None-Match: W/\"1\"\r\n"));
	assert_false(was_sent("If-Modified-Since"));
	assert_true(was_sent("X-A: one\r\n") && was_sent("X-B: two\r\n") && was_sent("Authorization: Bearer t\r\n"));
	assert_string_equal(ask_with(&(struct answer){ OK END, "", 0, false }, (struct ka_fetchhttp_ask){ .modified = "yesterday" }), "");
	assert_true(was_sent("If-Modified-Since: yesterday\r\n"));
}

static void request__post__sends_its_body(void **state)
{
	(void)state;
	assert_string_equal(ask_with(&(struct answer){ OK END, "", 0, false }, (struct ka_fetchhttp_ask){ .is_post = true, .body = "{\"a\":1}" }), "");
	assert_true(was_sent("POST /alice HTTP/1.1\r\n"));
	assert_true(was_sent("Content-Type: application/json\r\n"));
	assert_false(was_sent("Expect"));
	assert_true(was_sent("\r\n\r\n{\"a\":1}"));
}

static void body__as_long_as_may_be__and_one_more(void **state)
{
	(void)state;
	assert_string_equal(ask(OK END, "", MAX, false), "");
	assert_int_equal(got.len, MAX);
	assert_string_equal(ask(OK END, "", MAX + 1, false), "store.too-large");
	assert_true(got.len <= MAX);
	/* said beforehand: not even begun */
	assert_string_equal(ask(OK "Content-Length: 1001\r\n" END, "", 1001, false), "store.too-large");
	assert_int_equal(got.len, 0);
	/* counted, not believed */
	assert_string_equal(ask(OK END, "", 100 * 1000 * 1000, false), "store.too-large");
	assert_true(seen->sent < 10 * 1000 * 1000);
}

static void body__of_anything_but_200__is_not_kept(void **state)
{
	(void)state;
	assert_string_equal(ask("HTTP/1.1 404 No\r\nConnection: close\r\n" END, "", 2000, false), "");
	assert_int_equal(got.status, 404);
	assert_int_equal(got.len, 0);
	assert_string_equal(ask("HTTP/1.1 500 Oh\r\nContent-Length: 100000000\r\n" END, "", 100 * 1000 * 1000, false), "");
	assert_int_equal(got.status, 500);
	assert_true(seen->sent < 10 * 1000 * 1000);
	assert_string_equal(ask("HTTP/1.1 503 Oh\r\nConnection: close\r\n" END, "", 100 * 1000 * 1000, false), "");
	assert_int_equal(got.status, 503);
	assert_true(seen->sent < 10 * 1000 * 1000);
}

static void redirect__is_not_followed(void **state)
{
	(void)state;
	assert_string_equal(ask("HTTP/1.1 302 Found\r\nLocation: http://localhost/other\r\nContent-Length: 0\r\nConnection: close\r\n" END, "", 0,
				false),
			    "");
	assert_int_equal(got.status, 302);
}

static void head__without_end__is_too_large(void **state)
{
	static char head[2 * KA_FETCH_HEADS_MAX];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, head);
	ka_buf_text(&b, "HTTP/1.1 200 OK\r\n");
	while (b.len < KA_FETCH_HEADS_MAX)
		ka_buf_text(&b, "X-Long: 0123456789012345678901234567890123456789\r\n");
	ka_buf_text(&b, "\r\n");
	assert_string_equal(ask(head, "", 0, false), "store.too-large");
}

static void answer__that_is_cut__is_none(void **state)
{
	(void)state;
	assert_string_equal(ask(OK "Content-Length: 10\r\n" END, "hello", 0, false), "store.unreachable");
	assert_string_equal(ask("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "", 0, false), "store.unreachable");
	assert_string_equal(ask("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "", 0, false), "");
	assert_string_equal(got.body, "hello");
	assert_string_equal(ask("", "", 0, false), "store.unreachable");
	assert_string_equal(ask("hello\n", "", 0, false), "store.unreachable");
}

static void answer__that_does_not_come__ends_in_time(void **state)
{
	int64_t begin = ka_clock_boot_ms();

	(void)state;
	assert_string_equal(ask(OK "Content-Length: 10\r\n" END, "hello", 0, true), "store.timeout");
	assert_int_equal(got.status, 200);
	assert_string_equal(ask("", "", 0, true), "store.timeout");
	assert_true(ka_clock_boot_ms() - begin < 3000);
}

static void interim_answers__are_passed_over(void **state)
{
	(void)state;
	assert_string_equal(ask("HTTP/1.1 103 Early Hints\r\nETag: \"hint\"\r\n\r\n" OK "Content-Length: 2\r\n" END, "ok", 0, false), "");
	assert_int_equal(got.status, 200);
	assert_string_equal(got.head.etag, "");
}

static void nobody_there__is_unreachable(void **state)
{
	static const char *const none[] = { NULL };
	struct ka_fetchhttp_ask ask_ = { .source = fetchsource(""), .url = "http://localhost/alice", .unix_socket = "/tmp/ka-is-not-there",
					 .body = "", .headers = none, .token = "", .accept = "", .etag = "", .modified = "", .timeout_ms = 1000, .max = MAX };

	(void)state;
	ka_fetchhttp_release(&got);
	assert_int_equal(ka_fetchhttp_ask(&http, &ask_, 0, &got), KA_ERR_OK);
	assert_int_equal(got.reason, KA_REASON_STORE_UNREACHABLE);
	/* plain HTTP stays on this host, whoever asks; other protocols are none */
	ask_.unix_socket = "";
	ask_.url = "file:///etc/passwd";
	ka_fetchhttp_release(&got);
	assert_int_equal(ka_fetchhttp_ask(&http, &ask_, 0, &got), KA_ERR_OK);
	assert_int_equal(got.reason, KA_REASON_STORE_UNREACHABLE);
	assert_int_equal(got.len, 0);
}

/* a proxy of the environment would take the connection, and say nothing */
static void proxy__of_the_environment__is_not_asked(void **state)
{
	static const char *const none[] = { NULL };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof(to);
	KA_AUTOCLOSE int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct ka_fetchhttp_ask ask_ = { .source = fetchsource(""), .url = "http://127.0.0.1:1/alice", .unix_socket = "", .body = "",
					 .headers = none, .token = "", .accept = "", .etag = "", .modified = "", .timeout_ms = 1000, .max = MAX };
	char proxy[64], port[KA_TEXT_U64_MAX];
	struct ka_buf b;

	(void)state;
	assert_int_equal(bind(listening, (const struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(listen(listening, 1), 0);
	assert_int_equal(getsockname(listening, (struct sockaddr *)&to, &size), 0);
	ka_text_u64(ntohs(to.sin_port), port);
	ka_buf_init_array(&b, proxy);
	ka_buf_text(&b, "http://127.0.0.1:");
	ka_buf_text(&b, port);
	setenv("http_proxy", proxy, 1);
	setenv("all_proxy", proxy, 1);
	ka_fetchhttp_release(&got);
	assert_int_equal(ka_fetchhttp_ask(&http, &ask_, 0, &got), KA_ERR_OK);
	assert_int_equal(got.reason, KA_REASON_STORE_UNREACHABLE);
	unsetenv("http_proxy");
	unsetenv("all_proxy");
}

static int set_up(void **state)
{
	struct ka_buf b;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(seen != MAP_FAILED);
	assert_non_null(mkdtemp(place));
	ka_buf_init_array(&b, path);
	ka_buf_text(&b, place);
	ka_buf_text(&b, "/socket");
	return ka_fetchhttp_open(&http);
}

static int tear_down(void **state)
{
	(void)state;
	ka_fetchhttp_release(&got);
	ka_fetchhttp_close(&http);
	curl_global_cleanup();
	unlink(path);
	return rmdir(place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answer__with_its_head_and_body__is_taken),
		cmocka_unit_test(answer__passed_on__is_not_kept),
		cmocka_unit_test(request__says_who_we_are_and_nothing_else),
		cmocka_unit_test(request__validators_headers_token),
		cmocka_unit_test(request__post__sends_its_body),
		cmocka_unit_test(body__as_long_as_may_be__and_one_more),
		cmocka_unit_test(body__of_anything_but_200__is_not_kept),
		cmocka_unit_test(redirect__is_not_followed),
		cmocka_unit_test(head__without_end__is_too_large),
		cmocka_unit_test(answer__that_is_cut__is_none),
		cmocka_unit_test(answer__that_does_not_come__ends_in_time),
		cmocka_unit_test(interim_answers__are_passed_over),
		cmocka_unit_test(nobody_there__is_unreachable),
		cmocka_unit_test(proxy__of_the_environment__is_not_asked),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
