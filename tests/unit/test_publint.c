/* keyaudit/publint: which lines of a key file go into a document, and what is said of the others. */
#include "keyaudit/publish/publint.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/keysample.h"
#include "tests/unit/lib/signplace.h"
#include "tests/unit/lib/verbplace.h"
#include "vet/vetselftest.h"

#include "base/poison.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP4c0dsOHq5vBNwtKeroAvBjRTyCtcz7jgy5OCu3feNl"

static struct ka_keysample ed25519, cert, rsa1024;
static struct ka_toolpolicy policy;
static struct ka_pubrevoked none, revoked;
static struct ka_publint *l;
static char room[KA_SIGNED_DOC_MAX + 1];
static struct ka_buf body;

static int setup_all(void **state)
{
	char line[128];

	ka_keysample_find("ed25519", &ed25519);
	ka_keysample_find("ed25519-cert", &cert);
	ka_keysample_find("rsa1024", &rsa1024);
	assert_true(snprintf(line, sizeof(line), "%s\n", ed25519.fingerprint) > 0);
	assert_int_equal(ka_pubrevoked_read(ka_span_of(line), &revoked), KA_ERR_OK);
	ka_vetpolicy_default(&policy.policy);
	ka_judge_open(NULL, &policy.judge);
	return verbplace_begin(state);
}

static int teardown_all(void **state)
{
	ka_pubrevoked_free(&revoked);
	ka_judge_close(&policy.judge);
	return verbplace_end(state);
}

static int setup(void **state)
{
	(void)state;
	verbplace_clear();
	l = calloc(1, sizeof(*l));
	assert_non_null(l);
	l->policy = &policy;
	l->revoked = &none;
	l->when.now_sec = 1795370513;
	l->when.whole = true;
	l->when.ed25519 = ka_vetselftest_ed25519();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(l);
	return 0;
}

static enum ka_plainfile_answer lint(const char *label)
{
	enum ka_plainfile_answer got;

	ka_buf_init(&body, room, sizeof(room));
	caught_begin();
	ka_out_init(&l->show.out, stdout, KA_OUT_NEVER);
	got = ka_publint_file(l, AT_FDCWD, "keys", label, &body);
	caught_end();
	assert_string_equal(caught_err, "");
	return got;
}

static void lint_text(const char *text)
{
	verbplace_put("keys", text);
	assert_int_equal(lint("from/keys"), KA_PLAINFILE_READ);
	assert_int_equal(l->err, KA_ERR_OK);
}

static bool body_is(const char *expected)
{
	if (!ka_span_is(ka_buf_as_span(&body), expected))
		print_message("body: %.*s", (int)body.len, room);
	return ka_span_is(ka_buf_as_span(&body), expected);
}

static void file__good_keys__go_without_comments_and_blank_lines(void **state)
{
	(void)state;
	lint_text("# alice's\n\n" KEY " one\r\n  \t" KEY " two \t\n \n#\n" KEY);
	assert_true(body_is(KEY " one\n" KEY " two\n" KEY "\n"));
	assert_int_equal(l->keys, 3);
	assert_int_equal(l->warned + l->refused + l->left_out, 0);
	assert_string_equal(caught_out, "");
	lint_text("");
	assert_true(body_is("") && l->keys == 0);
}

static void file__is_appended__and_counts_are_of_all(void **state)
{
	(void)state;
	l->refused_is = KA_PUBLINT_LEAVE_OUT;
	lint_text(KEY "\nno key\n");
	lint_text(KEY "\nno key\nnor this\n");
	assert_int_equal(l->keys, 1);
	assert_int_equal(l->refused, 3);
	assert_int_equal(l->left_out, 3);
	/* behind what is there */
	ka_buf_init(&body, room, sizeof(room));
	ka_buf_text(&body, "before\n");
	caught_begin();
	(void)!(ka_publint_file(l, AT_FDCWD, "keys", "x", &body) == KA_PLAINFILE_READ);
	caught_end();
	assert_true(body_is("before\n" KEY "\n"));
}

static void refused__stop_leave_out_or_publish(void **state)
{
	static char text[8192];

	(void)state;
	assert_true(snprintf(text, sizeof(text), "%s\n" KEY "\n", rsa1024.line) > 0);
	lint_text(text);
	assert_true(body_is(KEY "\n")); /* nothing will come of it */
	assert_true(l->refused == 1 && l->left_out == 0);
	assert_non_null(strstr(caught_out, "from/keys:1: reject ssh-rsa 1024"));
	assert_ptr_equal(strchr(caught_out, '\n'), caught_out + strlen(caught_out) - 1); /* findings, and only these */
	l->refused_is = KA_PUBLINT_LEAVE_OUT;
	lint_text(text);
	assert_true(body_is(KEY "\n"));
	assert_true(l->refused == 2 && l->left_out == 1);
	l->refused_is = KA_PUBLINT_PUBLISH;
	lint_text(text);
	assert_true(body_is(text));
	assert_true(l->refused == 3 && l->left_out == 1 && l->keys == 2);
}

static void no_whole_key__never_goes(void **state)
{
	static const char *const lines[] = {
		"<html>", "ssh-ed25519", "ssh-ed25519 AAAA", KEY "=", "-----BEGIN OPENSSH PRIVATE KEY-----", "ssh-ed25519 \033[2J", "\xff\xfe",
		"# keyaudit-keys-v1x\nuser alice", "ssh-nothing AAAAC3NzaC1lZDI1NTE5", "-----BEGIN SSH SIGNATURE-----",
	};

	(void)state;
	for (size_t how = KA_PUBLINT_STOP; how <= KA_PUBLINT_PUBLISH; how++)
		for (size_t i = 0; i < KA_ARRAY_LEN(lines); i++) {
			l->refused_is = (enum ka_publint_refused)how;
			l->refused = l->left_out = 0;
			lint_text(lines[i]);
			assert_true(body_is("") && l->keys == 0);
			assert_int_equal(l->refused, 1);
			assert_int_equal(l->left_out, how != KA_PUBLINT_STOP);
			assert_true(caught_is_plain(caught_out));
		}
}

static void key_cut_by_line_ends__no_part_of_it_goes(void **state)
{
	char text[256];

	(void)state;
	l->refused_is = KA_PUBLINT_PUBLISH;
	assert_true(snprintf(text, sizeof(text), "%.40s\n%s\n", KEY, &KEY[40]) > 0);
	lint_text(text);
	assert_true(body_is(""));
	assert_non_null(strstr(caught_out, "line.wrapped"));
}

static void comment_with_a_key__is_said_and_does_not_go(void **state)
{
	(void)state;
	l->revoked = &revoked;
	l->refused_is = KA_PUBLINT_PUBLISH;
	lint_text("#" KEY "\n");
	assert_true(body_is("") && l->keys == 0 && l->refused == 0);
	assert_int_equal(l->warned, caught_out[0] != '\0');
}

static void comment_without_end__is_a_comment(void **state)
{
	char *text = malloc(KA_LINE_MAX + 300);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', KA_LINE_MAX + 10);
	memcpy(text + KA_LINE_MAX + 10, "\n" KEY "\n", sizeof("\n" KEY "\n"));
	text[0] = '#';
	lint_text(text);
	assert_true(body_is(KEY "\n"));
	assert_int_equal(l->refused, 0);
	/* and a key of that length is none */
	text[0] = 'x';
	lint_text(text);
	assert_true(body_is(KEY "\n"));
	assert_int_equal(l->refused, 1);
	free(text);
}

static void revoked__key_and_its_certificate__whatever_is_asked_for(void **state)
{
	static char text[8192];

	(void)state;
	l->revoked = &revoked;
	assert_true(snprintf(text, sizeof(text), "%s\n" KEY " other\n", ed25519.line) > 0);
	lint_text(text);
	assert_true(body_is(KEY " other\n") && l->refused == 1);
	assert_non_null(strstr(caught_out, "reject"));
	assert_non_null(strstr(caught_out, "revoked.store"));
	/* the deciding reason first, and the others too */
	assert_true(snprintf(text, sizeof(text), "cert-authority %s\n", ed25519.line) > 0);
	lint_text(text);
	assert_non_null(strstr(caught_out, " revoked.store,"));
	assert_true(snprintf(text, sizeof(text), "%s\n", cert.line) > 0);
	lint_text(text);
	assert_non_null(strstr(caught_out, " revoked.store"));
	assert_true(body_is(""));
}

static void findings__hostile_label_and_comment__are_escaped(void **state)
{
	(void)state;
	verbplace_put("keys", "no-such-option " KEY " \033[2J\xff\n");
	assert_int_equal(lint("from/" SIGNPLACE_HOSTILE), KA_PLAINFILE_READ);
	assert_true(caught_is_plain(caught_out));
	assert_int_equal(strncmp(caught_out, "from/e\\x1b[2J\\x0a\\xff\\xc3(x:1: ", 30), 0);
	l->show.json = true;
	assert_int_equal(lint("from/" SIGNPLACE_HOSTILE), KA_PLAINFILE_READ);
	assert_true(caught_is_plain(caught_out));
	assert_non_null(strstr(caught_out, "\"line\":1"));
}

/* such a line can be read by sshd, and can stand in no signed text */
static void key_with_a_nul_or_a_carriage_return__never_goes(void **state)
{
	static const char text[] = KEY " a\0b\n" KEY " c\rd\n" KEY " e\nenvironment=\"A=\r\" " KEY "\n";
	int fd = open("keys", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	(void)state;
	assert_int_equal(ka_fd_write_all(fd, text, sizeof(text) - 1), KA_ERR_OK);
	close(fd);
	l->refused_is = KA_PUBLINT_PUBLISH;
	assert_int_equal(lint("keys"), KA_PLAINFILE_READ);
	assert_true(body_is(KEY " e\n"));
	assert_true(caught_is_plain(caught_out));
}

static void file__cannot_be_read__says_which_way(void **state)
{
	(void)state;
	l->keys = 7;
	assert_int_equal(lint("x"), KA_PLAINFILE_ABSENT);
	assert_int_equal(l->keys, 0);
	verbplace_put("real", KEY "\n");
	assert_int_equal(symlink("real", "keys"), 0);
	assert_int_equal(lint("x"), KA_PLAINFILE_NO_REGULAR);
	verbplace_shell("rm keys; mkfifo keys");
	assert_int_equal(lint("x"), KA_PLAINFILE_NO_REGULAR);
	verbplace_shell("rm keys; truncate -s 4194305 keys");
	assert_int_equal(lint("x"), KA_PLAINFILE_TOO_LARGE);
	assert_int_equal(body.len + l->refused, 0);
	assert_string_equal(caught_out, "");
}

static void limits__more_than_a_document__is_for_the_caller_to_see(void **state)
{
	char *text = calloc(KA_SIGNED_LINES_MAX + 1, sizeof(KEY));

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i <= KA_SIGNED_LINES_MAX; i++)
		memcpy(text + i * sizeof(KEY), KEY "\n", sizeof(KEY));
	text[(KA_SIGNED_LINES_MAX + 1) * sizeof(KEY) - 1] = '\0';
	lint_text(text);
	assert_int_equal(l->keys, KA_SIGNED_LINES_MAX + 1);
	assert_false(body.overflow);
	ka_buf_init(&body, room, 500);
	caught_begin();
	(void)!(ka_publint_file(l, AT_FDCWD, "keys", "x", &body) == KA_PLAINFILE_READ);
	caught_end();
	assert_true(body.overflow);
	free(text);
}

static void findings__that_nobody_can_read__are_an_error(void **state)
{
	FILE *full = fopen("/dev/full", "we");

	(void)state;
	assert_non_null(full);
	setvbuf(full, NULL, _IONBF, 0);
	verbplace_put("keys", "<html>\n");
	ka_buf_init(&body, room, sizeof(room));
	for (int i = 0; i < 2; i++) {
		l->show.json = i == 1;
		ka_out_init(&l->show.out, full, KA_OUT_NEVER);
		assert_int_equal(ka_publint_file(l, AT_FDCWD, "keys", "x", &body), KA_PLAINFILE_READ);
		assert_int_equal(l->err, KA_ERR_SYS);
	}
	fclose(full);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(file__good_keys__go_without_comments_and_blank_lines),
		CASE(file__is_appended__and_counts_are_of_all),
		CASE(refused__stop_leave_out_or_publish),
		CASE(no_whole_key__never_goes),
		CASE(key_cut_by_line_ends__no_part_of_it_goes),
		CASE(comment_with_a_key__is_said_and_does_not_go),
		CASE(comment_without_end__is_a_comment),
		CASE(revoked__key_and_its_certificate__whatever_is_asked_for),
		CASE(findings__hostile_label_and_comment__are_escaped),
		CASE(key_with_a_nul_or_a_carriage_return__never_goes),
		CASE(file__cannot_be_read__says_which_way),
		CASE(limits__more_than_a_document__is_for_the_caller_to_see),
		CASE(findings__that_nobody_can_read__are_an_error),
	};

	return cmocka_run_group_tests(tests, setup_all, teardown_all);
}
