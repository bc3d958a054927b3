/* authkeys-cmd/cmdserve: which lines leave, and what the record says, with sources that answer what a test wants. */
#include "authkeys-cmd/cmdserve.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/serveplace.h"

#include "base/poison.h"

/* what each source answers, by the name of its path */
static struct answer {
	const char *path, *bytes;
	size_t len;
	enum ka_source_answer answer;
	enum ka_reason reason;
	enum ka_err err;
} answers[KA_SOURCES_MAX];

/* stands before the one in the archive */
enum ka_err ka_sourcefile_read(const struct ka_conf_source *source, const struct ka_source_query *query,
			       ka_sourcefile_take *take, void *ctx, struct ka_sourcefile_out *out)
{
	(void)query;
	for (size_t i = 0; i < KA_ARRAY_LEN(answers); i++) {
		const struct answer *a = &answers[i];

		if (a->path == NULL || strcmp(a->path, source->path) != 0)
			continue;
		*out = (struct ka_sourcefile_out){ .answer = a->answer, .reason = a->reason };
		if (a->bytes != NULL)
			take(ctx, a->path, (struct ka_span){ (const uint8_t *)a->bytes, a->len > 0 ? a->len : strlen(a->bytes) });
		return a->err;
	}
	fail();
	return KA_ERR_BUG;
}

static unsigned programs_run;

/* as above: the program prints what stands at its path, and says what it was told */
enum ka_err ka_sourcecommand_read(const struct ka_conf_source *source, const struct ka_source_query *query,
				  ka_sourcefile_take *take, void *ctx, struct ka_sourcefile_out *out,
				  struct ka_source_evidence *evidence)
{
	programs_run++;
	assert_string_equal(query->type, "ssh-ed25519");
	assert_true(strlen(query->key) > 60);
	assert_string_equal(query->fp, "SHA256:of-the-key");
	*evidence = ka_source_evidence_none();
	evidence->status = 3;
	return ka_sourcefile_read(source, query, take, ctx, out);
}

static void add(const char *name, const struct answer *a)
{
	answers[serveplace_source(name, a->path)] = *a;
}

#define ADD(name, ...) add(name, &(struct answer){ __VA_ARGS__ })

static int setup(void **state)
{
	(void)state;
	serveplace_clear();
	memset(answers, 0, sizeof(answers));
	return 0;
}

/* the source that was added last is a program */
static void as_program(void)
{
	conf.sources[conf.sources_count - 1].kind = KA_CONF_KIND_COMMAND;
	programs_run = 0;
	assert_true(ka_span_copy(ka_span_of("SHA256:of-the-key"), record.fp, sizeof(record.fp)));
}

static const char *canonical(const struct ka_keysample *s, const char *options)
{
	static char text[8192];
	const char *base64 = strchr(s->line, ' ') + 1;

	assert_true(snprintf(text, sizeof(text), "%s%.*s\n", options,
			     (int)(base64 - s->line) + (int)strcspn(base64, " \n"), s->line) > 0);
	return text;
}

static void run__no_source_has_keys__is_no_refusal(void **state)
{
	(void)state;
	ADD("a", .path = "/a", .answer = KA_SOURCE_NO_KEYS, .reason = KA_REASON_STORE_NO_KEYS);
	ADD("b", .path = "/b", .answer = KA_SOURCE_NO_KEYS, .reason = KA_REASON_STORE_NO_KEYS);
	run(&good);
	assert_string_equal(printed, "");
	assert_string_equal(record.src, "a:no-keys:store.no-keys,b:no-keys:store.no-keys");
	assert_string_equal(record.reasons, "");
	assert_int_equal(serve.served, 0);
}

static void run__refused_source__is_noted_though_another_served(void **state)
{
	(void)state;
	ADD("a", .path = "/a", .answer = KA_SOURCE_NO_KEYS, .reason = KA_REASON_STORE_NO_KEYS);
	ADD("b", .path = "/b", .answer = KA_SOURCE_REFUSED, .reason = KA_REASON_CONF_UNSAFE);
	ADD("c", .path = "/c", .answer = KA_SOURCE_FOUND, .reason = KA_REASON_STORE_TOO_LARGE, .bytes = good.line);
	run(&good);
	assert_string_equal(printed, canonical(&good, ""));
	assert_string_equal(record.src, "a:no-keys:store.no-keys,b:refused:conf.unsafe,c:found:store.too-large:served=1");
	assert_string_equal(record.reasons, "conf.unsafe,store.too-large");
	assert_int_equal(serve.served, 1);
}

static void run__source_fails__is_unavailable_and_hides_no_other(void **state)
{
	(void)state;
	ADD("a", .path = "/a", .err = KA_ERR_NOMEM);
	ADD("b", .path = "/b", .answer = KA_SOURCE_FOUND, .bytes = good.line);
	run(&good);
	assert_string_equal(printed, canonical(&good, ""));
	assert_string_equal(record.src, "a:unavailable:internal.error,b:found:-:served=1");
	assert_string_equal(record.reasons, "internal.error");
}

static void run__program__is_told_of_the_key_and_its_lines_are_judged(void **state)
{
	(void)state;
	ADD("a", .path = "/a", .answer = KA_SOURCE_FOUND, .bytes = good.line);
	as_program();
	run(&good);
	assert_string_equal(printed, canonical(&good, ""));
	assert_string_equal(record.src, "a:found:-:status=3/served=1");
	assert_int_equal(programs_run, 1);
}

/* one wait for a connection: the records of this one say that it hung before */
static void run__program_that_timed_out_before__is_not_run_again(void **state)
{
	static struct ka_record old;
	char line[KA_RECORD_MAX], path[] = "/tmp/keyaudit-serve-XXXXXX";
	struct ka_buf b;

	(void)state;
	memset(&old, 0, sizeof(old));
	assert_true(ka_span_copy(ka_span_of("a:unavailable:store.timeout"), old.src, sizeof(old.src)));
	ka_buf_init_array(&b, line);
	ka_record_write(&old, &b);
	attempt.fd = mkstemp(path);
	unlink(path);
	assert_int_equal(ka_fd_write_all(attempt.fd, b.p, b.len), KA_ERR_OK);
	serve.attempt = &attempt;
	ADD("b", .path = "/b", .answer = KA_SOURCE_NO_KEYS, .reason = KA_REASON_STORE_NO_KEYS);
	as_program();
	ADD("a", .path = "/a", .answer = KA_SOURCE_FOUND, .bytes = good.line);
	as_program();
	run(&good);
	close(attempt.fd);
	assert_string_equal(printed, "");
	assert_int_equal(programs_run, 1); /* b's */
	assert_string_equal(record.src, "b:no-keys:store.no-keys:status=3,a:unavailable:store.timeout");
	assert_string_equal(record.reasons, "store.timeout");
}

static void run__weak_key__named_and_not_printed(void **state)
{
	(void)state;
	ADD("a", .path = "/a", .answer = KA_SOURCE_FOUND, .bytes = weak.line);
	run(&weak);
	assert_string_equal(printed, "");
	assert_string_equal(record.reasons, "key.rsa-too-short");
}

static void run__offered_key_not_listed__nothing(void **state)
{
	(void)state;
	ADD("a", .path = "/a", .answer = KA_SOURCE_FOUND, .bytes = weak.line);
	run(&good);
	assert_string_equal(printed, "");
	assert_string_equal(record.reasons, ""); /* of keys that were not offered nothing is said */
}

/* the text of the offered key inside a longer one, in a comment, behind a hash: no key */
static void run__offered_text_elsewhere__nothing(void **state)
{
	char text[4096];
	const char *base64 = strchr(good.line, ' ') + 1;
	int len = (int)strcspn(base64, " \n");

	(void)state;
	assert_true(snprintf(text, sizeof(text), "# ssh-ed25519 %.*s\n%.*s ssh-ed25519 %.*s\nssh-ed25519 %.*sAAAA\nssh-rsa %.*s\n",
			     len, base64, (int)strcspn(other.line, "\n"), other.line, len, base64, len, base64, len, base64) > 0);
	ADD("a", .path = "/a", .answer = KA_SOURCE_FOUND, .bytes = text);
	run(&good);
	assert_string_equal(printed, "");
}

static void run__several_lines_of_the_key__each_by_itself(void **state)
{
	char text[4096], want[4096];

	(void)state;
	assert_true(snprintf(text, sizeof(text), "command=\"x\" %s\nno-pty %s\n", good.line, good.line) > 0);
	ADD("a", .path = "/a", .answer = KA_SOURCE_FOUND, .bytes = text);
	run(&good);
	assert_true(snprintf(want, sizeof(want), "%s", canonical(&good, "no-pty ")) > 0);
	assert_string_equal(printed, want);
	assert_string_equal(record.reasons, "option.not-allowed");
	assert_string_equal(record.opts, "no-pty");
}

static void run__without_a_key__every_good_line(void **state)
{
	char text[8192], want[8192];
	int n;

	(void)state;
	assert_true(snprintf(text, sizeof(text), "# c\n\n%s\n%s\r\nrubbish\n%s", good.line, weak.line, other.line) > 0);
	ADD("a", .path = "/a", .answer = KA_SOURCE_FOUND, .bytes = text);
	run(NULL);
	n = snprintf(want, sizeof(want), "%s", canonical(&good, ""));
	assert_true(snprintf(want + n, sizeof(want) - (size_t)n, "%s", canonical(&other, "")) > 0);
	assert_string_equal(printed, want);
	assert_string_equal(record.reasons, "");
}

static void run__forced_options__stand_behind(void **state)
{
	char text[4096];

	(void)state;
	policy.option_allowed[KA_KEYOPT_PTY] = true;
	memcpy(policy.force_options, "no-pty", sizeof("no-pty"));
	assert_true(snprintf(text, sizeof(text), "pty %s\n", good.line) > 0);
	ADD("a", .path = "/a", .answer = KA_SOURCE_FOUND, .bytes = text);
	run(&good);
	assert_string_equal(printed, canonical(&good, "pty,no-pty "));
	assert_string_equal(record.opts, "pty,no-pty"); /* what was served, not what the line has */
}

static void run__forced_options_of_a_refused_line__are_not_recorded(void **state)
{
	(void)state;
	memcpy(policy.force_options, "no-pty", sizeof("no-pty"));
	ADD("a", .path = "/a", .answer = KA_SOURCE_FOUND, .bytes = weak.line);
	run(&weak);
	assert_string_equal(record.opts, "");
}

/* without Z it is local time, which is asked for though no line has such a time */
static void run__forced_expiry_is_past__nothing(void **state)
{
	(void)state;
	memcpy(policy.force_options, "expiry-time=\"20200101\"", sizeof("expiry-time=\"20200101\""));
	policy.option_forced[KA_KEYOPT_EXPIRY_TIME] = true;
	ADD("a", .path = "/a", .answer = KA_SOURCE_FOUND, .bytes = good.line);
	run(&good);
	assert_string_equal(printed, "");
	assert_string_equal(record.reasons, "option.expired");
	assert_true(serve.has_local_offset);
}

/* more output than the buffer holds leaves in several writes; every line whole */
static void run__more_than_the_buffer__all_of_it(void **state)
{
	size_t n = strlen(good.line), lines = 2000, len = 0;
	char *text = malloc((n + 1) * lines);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < lines; i++) {
		memcpy(text + len, good.line, n);
		len += n;
		if (text[len - 1] != '\n')
			text[len++] = '\n';
	}
	ADD("a", .path = "/a", .answer = KA_SOURCE_FOUND, .bytes = text, .len = len);
	serve.out_fd = -1;
	begin(NULL);
	serve.out_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	ka_cmdserve_run(&serve);
	close(serve.out_fd);
	assert_int_equal(serve.served, lines);
	assert_string_equal(record.reasons, "");
	free(text);
}

static void run__too_many_lines__ends_and_says_so(void **state)
{
	size_t lines = KA_KEYS_MAX + 5, len = 2 * lines;
	char *text = malloc(len);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < lines; i++)
		memcpy(text + 2 * i, "x\n", 2);
	ADD("a", .path = "/a", .answer = KA_SOURCE_FOUND, .bytes = text, .len = len);
	ADD("b", .path = "/b", .answer = KA_SOURCE_FOUND, .bytes = good.line);
	run(NULL);
	assert_string_equal(record.reasons, "store.too-large");
	assert_string_equal(printed, canonical(&good, "")); /* the limit is one of each source */
	free(text);
}

static void run__reader_gone__noted(void **state)
{
	int fd[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(fd), 0);
	close(fd[0]);
	ADD("a", .path = "/a", .answer = KA_SOURCE_FOUND, .bytes = good.line);
	begin(&good);
	serve.out_fd = fd[1];
	ka_cmdserve_run(&serve);
	close(fd[1]);
	assert_string_equal(record.reasons, "internal.error");
}

static void run__offered_key_is_no_base64__refused(void **state)
{
	static struct ka_keysample bad;

	(void)state;
	bad = good;
	memcpy(bad.line, "ssh-ed25519 AAAA*", sizeof("ssh-ed25519 AAAA*"));
	ADD("a", .path = "/a", .answer = KA_SOURCE_FOUND, .bytes = "ssh-ed25519 AAAA*\n");
	run(&bad);
	assert_string_equal(printed, "");
	assert_string_equal(record.reasons, "line.bad-base64");
}

static size_t count(const char *text, char c)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == c;
	return n;
}

/* a list that does not fit its record loses whole entries, never a part of one */
static void run__more_than_a_record_holds__whole_entries_only(void **state)
{
	char name[KA_SOURCE_NAME_MAX];

	(void)state;
	for (int i = 0; i < KA_SOURCES_MAX; i++) {
		snprintf(name, sizeof(name), "a-source-with-a-rather-long-%03d", i);
		ADD(name, .path = "/same", .answer = KA_SOURCE_UNAVAILABLE, .reason = KA_REASON_STORE_UNREACHABLE);
	}
	run(&good);
	assert_true(strlen(record.src) > sizeof(record.src) / 2);
	assert_int_equal(count(record.src, ':'), 2 * (count(record.src, ',') + 1));
	assert_string_equal(record.src + strlen(record.src) - strlen(":store.unreachable"), ":store.unreachable");
	for (unsigned r = 1; r < KA_REASON_COUNT; r++)
		ka_cmdserve_note(&serve, (enum ka_reason)r);
	assert_true(strlen(record.reasons) > sizeof(record.reasons) / 2);
	assert_int_not_equal(ka_reason_find(strrchr(record.reasons, ',') + 1, strlen(strrchr(record.reasons, ',') + 1)), KA_REASON_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(run__no_source_has_keys__is_no_refusal, setup),
		cmocka_unit_test_setup(run__refused_source__is_noted_though_another_served, setup),
		cmocka_unit_test_setup(run__source_fails__is_unavailable_and_hides_no_other, setup),
		cmocka_unit_test_setup(run__program__is_told_of_the_key_and_its_lines_are_judged, setup),
		cmocka_unit_test_setup(run__program_that_timed_out_before__is_not_run_again, setup),
		cmocka_unit_test_setup(run__weak_key__named_and_not_printed, setup),
		cmocka_unit_test_setup(run__offered_key_not_listed__nothing, setup),
		cmocka_unit_test_setup(run__offered_text_elsewhere__nothing, setup),
		cmocka_unit_test_setup(run__offered_key_is_no_base64__refused, setup),
		cmocka_unit_test_setup(run__reader_gone__noted, setup),
		cmocka_unit_test_setup(run__more_than_a_record_holds__whole_entries_only, setup),
		cmocka_unit_test_setup(run__too_many_lines__ends_and_says_so, setup),
		cmocka_unit_test_setup(run__more_than_the_buffer__all_of_it, setup),
		cmocka_unit_test_setup(run__several_lines_of_the_key__each_by_itself, setup),
		cmocka_unit_test_setup(run__without_a_key__every_good_line, setup),
		cmocka_unit_test_setup(run__forced_options__stand_behind, setup),
		cmocka_unit_test_setup(run__forced_options_of_a_refused_line__are_not_recorded, setup),
		cmocka_unit_test_setup(run__forced_expiry_is_past__nothing, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
