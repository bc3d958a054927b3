/* spool/phase: what the writer makes comes back; nothing else is taken; the file is ours or untouched. */
#include "spool/phase.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"

#include "base/poison.h"

static const struct ka_phase_record sample = {
	.at_us = 1764000000123456, .up_ms = 8123, .pid = 4241, .phase = KA_PHASE_SESSION, .service = "sshd", .user = "alice",
	.rhost = "192.0.2.7", .conn = "192.0.2.7 40001 198.51.100.2 22", .info = "publickey ssh-ed25519 AAAA+/=\npassword\n",
};
static const char sample_line[] =
	"ka1 phase at=1764000000123456 up=8123 pid=4241 phase=session service=sshd user=alice rhost=192.0.2.7 "
	"conn=192.0.2.7%2040001%20198.51.100.2%2022 info=publickey%20ssh-ed25519%20AAAA+/=%0apassword%0a";
static const struct ka_conn conn = { 4240, 77 };

static char line[KA_PHASE_RECORD_MAX], storage[KA_PHASE_RECORD_MAX + 8];

static size_t written(const struct ka_phase_record *r)
{
	struct ka_buf b;

	ka_buf_init_array(&b, line);
	ka_phase_write(r, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	assert_int_equal(line[b.len - 1], '\n');
	assert_ptr_equal(memchr(line, '\n', b.len), line + b.len - 1);
	return b.len - 1;
}

static bool parsed(const char *text, size_t len, struct ka_phase_record *out)
{
	return ka_phase_parse((struct ka_span){ (const uint8_t *)text, len }, storage, len + 8, out);
}

static void write__sample__is_the_documented_line(void **state)
{
	struct ka_phase_record back;
	size_t n = written(&sample);

	(void)state;
	assert_int_equal(n, sizeof(sample_line) - 1);
	assert_memory_equal(line, sample_line, n);
	assert_true(parsed(line, n, &back));
	assert_int_equal(back.at_us, sample.at_us);
	assert_int_equal(back.up_ms, sample.up_ms);
	assert_int_equal(back.pid, sample.pid);
	assert_int_equal(back.phase, sample.phase);
	assert_string_equal(back.service, sample.service);
	assert_string_equal(back.user, sample.user);
	assert_string_equal(back.rhost, sample.rhost);
	assert_string_equal(back.conn, sample.conn);
	assert_string_equal(back.info, sample.info);
	assert_false(back.info_too_long);
}

static void round_trip__hostile_texts__come_back(void **state)
{
	static const char *const texts[] = {
		"", "-", "!", "%", "%41", "a b", "x\ninfo=!", "../../etc/shadow", "\x1b[2J\x07", "\xff\xfe\xc3", "=", "user=root phase=auth",
		"'; rm -rf /; '", "-oProxyCommand=x",
	};
	struct ka_phase_record r = sample, back;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		r.service = r.user = r.rhost = r.conn = r.info = texts[i];
		assert_true(parsed(line, written(&r), &back));
		assert_string_equal(back.service, texts[i]);
		assert_string_equal(back.user, texts[i]);
		assert_string_equal(back.rhost, texts[i]);
		assert_string_equal(back.conn, texts[i]);
		assert_string_equal(back.info, texts[i]);
		assert_false(back.info_too_long);
	}
}

static void round_trip__missing_texts__are_empty(void **state)
{
	struct ka_phase_record r = { .at_us = 1, .up_ms = 2, .pid = 3, .phase = KA_PHASE_AUTH }, back;

	(void)state;
	assert_true(parsed(line, written(&r), &back));
	assert_string_equal(back.user, "");
	assert_string_equal(back.info, "");
	assert_int_equal(back.phase, KA_PHASE_AUTH);
}

static void write__huge_texts__are_bounded(void **state)
{
	static char huge[KA_PHASE_INFO_MAX + 2];
	struct ka_phase_record r = sample, back;

	(void)state;
	memset(huge, '\n', sizeof(huge) - 1);
	r.service = r.user = r.rhost = r.conn = r.info = huge;
	assert_true(parsed(line, written(&r), &back));
	assert_int_equal(strlen(back.user), KA_PHASE_TEXT_MAX);
	assert_true(back.info_too_long);
	assert_string_equal(back.info, "");
	r.info = huge + 1; /* exactly the limit, every byte escaped: still fits one record */
	assert_true(parsed(line, written(&r), &back));
	assert_false(back.info_too_long);
	assert_int_equal(strlen(back.info), KA_PHASE_INFO_MAX);
}

static void parse__every_truncation__is_refused(void **state)
{
	struct ka_phase_record back;
	const char *info = strstr(sample_line, "info=");

	(void)state;
	for (size_t n = 0; n < (size_t)(info - sample_line) + 6; n++)
		if (parsed(sample_line, n, &back))
			fail_msg("accepted %zu bytes", n);
}

static void parse__every_bit_flip__is_refused_or_harmless(void **state)
{
	char bent[sizeof(sample_line)];
	struct ka_phase_record back;

	(void)state;
	for (size_t i = 0; i < sizeof(sample_line) - 1; i++)
		for (int bit = 0; bit < 8; bit++) {
			memcpy(bent, sample_line, sizeof(bent));
			bent[i] = (char)(bent[i] ^ 1 << bit);
			if (!parsed(bent, sizeof(bent) - 1, &back))
				continue;
			assert_true(back.phase <= KA_PHASE_DENIED);
			assert_true(back.pid >= 0);
		}
}

static void parse__other_shapes__are_refused(void **state)
{
	static const char *const bad[] = {
		"", "ka1", "ka1 phase", "ka2 phase at=1 up=2 pid=3 phase=auth service=- user=- rhost=- conn=- info=-",
		"ka1 phase at=1 up=2 pid=3 phase=login service=- user=- rhost=- conn=- info=-",
		"ka1 phase at=-1 up=2 pid=3 phase=auth service=- user=- rhost=- conn=- info=-",
		"ka1 phase at=1 up=2 pid=2147483648 phase=auth service=- user=- rhost=- conn=- info=-",
		"ka1 phase at=1 up=2 pid=3 phase=auth user=- service=- rhost=- conn=- info=-",
		"ka1 phase at=1 up=2 pid=3 phase=auth service= user=- rhost=- conn=- info=-",
		"ka1 phase at=1 up=2 pid=3 phase=auth service=- user=- user=root rhost=- conn=- info=-",
		"ka1 phase at=1 up=2 pid=3 phase=auth service=- user=- rhost=- conn=- info=- ",
		"ka1 phase at=1 up=2 pid=3 phase=auth service=- user=- rhost=- conn=- info=- more=1",
		"ka1 phase  at=1 up=2 pid=3 phase=auth service=- user=- rhost=- conn=- info=-",
		"ka1 phase at=1 up=2 pid=3 phase=auth service=- user=%00 rhost=- conn=- info=-",
		"ka1 phase at=1 up=2 pid=3 phase=auth service=- user=%4 rhost=- conn=- info=-",
		"ka1 phase at=1 up=2 pid=3 phase=auth service=- user=- rhost=- conn=- info=!!",
		"ka1 attempt at=1 up=2 pid=3 phase=auth service=- user=- rhost=- conn=- info=-",
	};
	struct ka_phase_record back;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (parsed(bad[i], strlen(bad[i]), &back) && strcmp(back.info, "!!") != 0)
			fail_msg("accepted: %s", bad[i]);
	assert_false(ka_phase_parse(ka_span_of(sample_line), storage, 0, &back));
	assert_false(ka_phase_parse(ka_span_of(sample_line), storage, 12, &back));
}

/* a directory of our own for each test */
static int make_dir(void **state)
{
	static char dir[64];

	memcpy(dir, "/tmp/ka-phase-XXXXXX", 21);
	if (mkdtemp(dir) == NULL)
		return -1;
	*state = dir;
	return chdir(dir);
}

static int drop_dir(void **state)
{
	if (unlink("4240.77") < 0)
		rmdir("4240.77");
	unlink("other");
	return chdir("/") == 0 ? rmdir(*state) : -1;
}

static size_t content(char *out, size_t size)
{
	int fd = open("4240.77", O_RDONLY);
	size_t n = 0;

	assert_int_equal(ka_fd_read_all(fd, out, size, &n), KA_ERR_OK);
	close(fd);
	return n;
}

static void append__twice__is_two_lines_of_a_private_file(void **state)
{
	static char got[4096];
	struct stat st;
	size_t n = sizeof(sample_line) - 1;

	umask(0);
	assert_int_equal(ka_phase_append(*state, &conn, &sample), KA_ERR_OK);
	assert_int_equal(ka_phase_append(*state, &conn, &sample), KA_ERR_OK);
	assert_int_equal(content(got, sizeof(got)), 2 * (n + 1));
	assert_memory_equal(got, sample_line, n);
	assert_memory_equal(got + n + 1, sample_line, n);
	assert_int_equal(stat("4240.77", &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
}

static void append__not_a_plain_file__is_left_alone(void **state)
{
	int fd = open("other", O_CREAT | O_WRONLY, 0600);
	struct stat st;

	assert_int_equal(symlink("other", "4240.77"), 0);
	assert_int_equal(ka_phase_append(*state, &conn, &sample), KA_ERR_SYS);
	unlink("4240.77");
	assert_int_equal(link("other", "4240.77"), 0);
	assert_int_equal(ka_phase_append(*state, &conn, &sample), KA_ERR_SYNTAX);
	unlink("4240.77");
	assert_int_equal(mkfifo("4240.77", 0600), 0);
	assert_int_not_equal(ka_phase_append(*state, &conn, &sample), KA_ERR_OK);
	unlink("4240.77");
	assert_int_equal(mkdir("4240.77", 0700), 0);
	assert_int_equal(ka_phase_append(*state, &conn, &sample), KA_ERR_SYS);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 0);
	close(fd);
}

static void append__full__is_limit(void **state)
{
	int fd = open("4240.77", O_CREAT | O_WRONLY, 0600);
	struct stat st;

	assert_int_equal(ftruncate(fd, KA_PHASE_FILE_MAX), 0);
	assert_int_equal(ka_phase_append(*state, &conn, &sample), KA_ERR_LIMIT);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, KA_PHASE_FILE_MAX);
	close(fd);
}

static void append__no_directory__is_a_fault(void **state)
{
	(void)state;
	assert_int_equal(ka_phase_append("/nonexistent/phase", &conn, &sample), KA_ERR_SYS);
	assert_int_equal(ka_phase_append("/dev/null", &conn, &sample), KA_ERR_SYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write__sample__is_the_documented_line),
		cmocka_unit_test(round_trip__hostile_texts__come_back),
		cmocka_unit_test(round_trip__missing_texts__are_empty),
		cmocka_unit_test(write__huge_texts__are_bounded),
		cmocka_unit_test(parse__every_truncation__is_refused),
		cmocka_unit_test(parse__every_bit_flip__is_refused_or_harmless),
		cmocka_unit_test(parse__other_shapes__are_refused),
		cmocka_unit_test_setup_teardown(append__twice__is_two_lines_of_a_private_file, make_dir, drop_dir),
		cmocka_unit_test_setup_teardown(append__not_a_plain_file__is_left_alone, make_dir, drop_dir),
		cmocka_unit_test_setup_teardown(append__full__is_limit, make_dir, drop_dir),
		cmocka_unit_test(append__no_directory__is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
