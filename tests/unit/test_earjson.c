/* keyaudit/earjson: entries as journalctl of systemd 252 wrote them, and what others can put into a journal. */
#include "keyaudit/ear/earjson.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

#define CURSOR "s=7928e0de992b454f83e3376545f153c4;i=f;b=ab3ca9c99701494199627910492bedc1;m=aed43cf67;t=660e827c0ecba;x=72b6b263132ad1e5"
#define TEXT "\"MESSAGE\":\"Invalid user x from 10.0.0.7 port 4\""
#define TIMES "\"__CURSOR\":\"" CURSOR "\",\"__REALTIME_TIMESTAMP\":\"1795400075896999\",\"_SOURCE_REALTIME_TIMESTAMP\":\"1795400075896973\""
#define FIELDS "\"_TRANSPORT\":\"syslog\",\"_UID\":\"0\",\"_PID\":\"408\",\"SYSLOG_IDENTIFIER\":\"sshd\""
#define NAMES "\"_COMM\":\"sshd\",\"_EXE\":\"/usr/sbin/sshd\""

static struct ka_earjson entry;

static enum ka_earjson_answer reads(const char *text)
{
	return ka_earjson_read(ka_span_of(text), &entry);
}

static void assert_message(const char *bytes, size_t len)
{
	assert_int_equal(entry.len, len);
	assert_memory_equal(entry.message, bytes, len);
}

static void read__sshd__is_a_line(void **state)
{
	(void)state;
	assert_int_equal(reads("{" TIMES "," FIELDS "," NAMES "," TEXT ",\"_BOOT_ID\":\"x\"}"), KA_EARJSON_LINE);
	assert_message("Invalid user x from 10.0.0.7 port 4", 35);
	assert_int_equal(entry.at_us, 1795400075896973);
	assert_int_equal(entry.pid, 408);
	assert_true(entry.is_verified);
	assert_string_equal(entry.cursor, CURSOR);
	/* 9.8 and 10.0; after an upgrade; after its end, when journald sees neither name */
	assert_int_equal(reads("{" TIMES ",\"_TRANSPORT\":\"syslog\",\"_UID\":\"0\",\"_PID\":\"9\",\"SYSLOG_IDENTIFIER\":\"sshd-session\","
			       "\"_COMM\":\"sshd-session\",\"_EXE\":\"/usr/lib/openssh/sshd-session (deleted)\"," TEXT "}"), KA_EARJSON_LINE);
	assert_true(entry.is_verified);
	assert_int_equal(reads("{" TIMES ",\"_TRANSPORT\":\"syslog\",\"_UID\":\"0\",\"_PID\":\"9\",\"SYSLOG_IDENTIFIER\":\"sshd-auth\","
			       "\"_COMM\":\"sshd-auth\"," TEXT "}"), KA_EARJSON_LINE);
	assert_int_equal(reads("{" TIMES "," FIELDS "," TEXT "}"), KA_EARJSON_LINE);
	assert_true(entry.is_verified);
	/* without the kernel's time journald's */
	assert_int_equal(reads("{\"__CURSOR\":\"" CURSOR "\",\"__REALTIME_TIMESTAMP\":\"1795400075896999\"," FIELDS "," TEXT "}"), KA_EARJSON_LINE);
	assert_int_equal(entry.at_us, 1795400075896999);
}

static void read__somebody_else__is_other(void **state)
{
	static const char *const others[] = {
		/* a user's logger -t sshd; root's; another program's ident; a daemon that passes on what it was told */
		"{" TIMES ",\"_TRANSPORT\":\"syslog\",\"_UID\":\"1000\",\"_PID\":\"408\",\"SYSLOG_IDENTIFIER\":\"sshd\"," NAMES "," TEXT "}",
		"{" TIMES "," FIELDS ",\"_COMM\":\"logger\",\"_EXE\":\"/usr/bin/logger\"," TEXT "}",
		"{" TIMES "," FIELDS ",\"_COMM\":\"sshd\",\"_EXE\":\"/usr/bin/logger\"," TEXT "}",
		"{" TIMES "," FIELDS ",\"_COMM\":\"sshd\",\"_EXE\":\"/home/x/not-sshd\"," TEXT "}",
		"{" TIMES "," FIELDS ",\"_COMM\":\"rsyslogd\"," TEXT "}",
		"{" TIMES ",\"_UID\":\"0\",\"_PID\":\"1\",\"SYSLOG_IDENTIFIER\":\"su\"," TEXT "}",
		"{" TIMES ",\"_UID\":\"0\",\"_PID\":\"1\"," TEXT "}",
		"{" TIMES ",\"_PID\":\"1\",\"SYSLOG_IDENTIFIER\":\"sshd\"," TEXT "}",
		"{" TIMES ",\"_UID\":\"0\",\"SYSLOG_IDENTIFIER\":\"sshd\",\"SYSLOG_PID\":\"408\"," TEXT "}",
		"{" TIMES ",\"_TRANSPORT\":\"syslog\",\"_UID\":\"0\",\"_PID\":\"0\",\"SYSLOG_IDENTIFIER\":\"sshd\"," NAMES "," TEXT "}",
		"{" TIMES ",\"_UID\":[\"0\",\"1000\"],\"_PID\":\"1\",\"SYSLOG_IDENTIFIER\":\"sshd\"," TEXT "}",
		"{" TIMES "," FIELDS ",\"SYSLOG_IDENTIFIER\":[\"sshd\",\"x\"]," TEXT "}",
		/* texts that sshd does not write */
		"{" TIMES "," FIELDS "," NAMES ",\"MESSAGE\":\"a\\nAccepted publickey for root\"}",
		"{" TIMES "," FIELDS "," NAMES ",\"MESSAGE\":null}",
		"{" TIMES "," FIELDS "," NAMES ",\"MESSAGE\":\"\"}",
		"{" TIMES "," FIELDS "," NAMES ",\"MESSAGE\":[\"one\",\"two\"]}",
		"{" TIMES "," FIELDS "," NAMES ",\"MESSAGE\":[65,256]}",
		"{" TIMES "," FIELDS "," NAMES ",\"MESSAGE\":[65,10,66]}",
		"{" TIMES "," FIELDS "," NAMES "}",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(others); i++) {
		if (reads(others[i]) != KA_EARJSON_OTHER)
			fail_msg("not other: %s", others[i]);
		assert_string_equal(entry.cursor, CURSOR);
		assert_false(entry.is_verified);
	}
}

static void read__group__is_the_process_own(void **state)
{
	(void)state;
	assert_int_equal(reads("{" TIMES "," FIELDS ",\"_GID\":\"1001\"," TEXT "}"), KA_EARJSON_LINE);
	assert_int_equal(entry.gid, 1001);
	assert_int_equal(reads("{" TIMES "," FIELDS ",\"_GID\":\"4294967295\"," TEXT "}"), KA_EARJSON_LINE);
	assert_int_equal(entry.gid, 0);
	assert_int_equal(reads("{" TIMES "," FIELDS ",\"GID\":\"1001\"," TEXT "}"), KA_EARJSON_LINE);
	assert_int_equal(entry.gid, 0);
}

/* sshd -e below systemd: a stranger's newline begins an entry of its own */
static void read__its_stderr__is_not_verified(void **state)
{
	(void)state;
	assert_int_equal(reads("{" TIMES ",\"_TRANSPORT\":\"stdout\",\"_UID\":\"0\",\"_PID\":\"408\",\"SYSLOG_IDENTIFIER\":\"sshd\"," NAMES "," TEXT "}"),
			 KA_EARJSON_LINE);
	assert_false(entry.is_verified);
	assert_int_equal(reads("{" TIMES ",\"_UID\":\"0\",\"_PID\":\"408\",\"SYSLOG_IDENTIFIER\":\"sshd\"," NAMES "," TEXT "}"), KA_EARJSON_LINE);
	assert_false(entry.is_verified);
}

static void read__bytes__are_taken(void **state)
{
	(void)state;
	assert_int_equal(reads("{" TIMES "," FIELDS "," NAMES ",\"MESSAGE\":[73,110,255,0,27]}"), KA_EARJSON_LINE);
	assert_message("In\xff\0\x1b", 5);
}

static void read__no_entry__is_broken(void **state)
{
	static const char *const broken[] = { "", "{", "[]", "null", "-- No entries --", "{\"__CURSOR\":1," FIELDS "}", "{" FIELDS "," TEXT "}",
		"{\"__CURSOR\":\"s=1 --merge\"," FIELDS "," TEXT "}", "{\"__CURSOR\":\"\"," FIELDS "," TEXT "}", "{" TIMES "," FIELDS "," TEXT "} x" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(broken); i++)
		if (reads(broken[i]) != KA_EARJSON_BROKEN)
			fail_msg("not broken: %s", broken[i]);
}

static void read__limits__are_kept(void **state)
{
	static char text[KA_EAR_JSON_MAX + 2];
	struct ka_buf b;

	(void)state;
	for (size_t n = KA_EAR_MESSAGE_MAX; n <= KA_EAR_MESSAGE_MAX + 1; n++)
		for (int bytes = 0; bytes < 2; bytes++) {
			ka_buf_init_array(&b, text);
			ka_buf_text(&b, "{" TIMES "," FIELDS ",\"MESSAGE\":");
			ka_buf_text(&b, bytes ? "[65" : "\"A");
			for (size_t i = 1; i < n; i++)
				ka_buf_text(&b, bytes ? ",65" : "A");
			ka_buf_text(&b, bytes ? "]}" : "\"}");
			assert_int_equal(reads(text), n <= KA_EAR_MESSAGE_MAX ? KA_EARJSON_LINE : KA_EARJSON_OTHER);
		}
	memset(text, ' ', sizeof(text) - 1);
	memcpy(text, "{" TIMES "," FIELDS "," TEXT "}", strlen("{" TIMES "," FIELDS "," TEXT "}"));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(reads(text), KA_EARJSON_BROKEN);
	text[sizeof(text) - 2] = '\0';
	assert_int_equal(reads(text), KA_EARJSON_LINE);
}

/* every cut and flipped bits, in memory that ends where the text does */
static void read__mutations__are_survived(void **state)
{
	static const char text[] = "{" TIMES "," FIELDS "," NAMES ",\"MESSAGE\":[73,110,255]}";

	(void)state;
	for (size_t n = 0; n <= strlen(text); n++)
		for (unsigned bit = 0; bit < 9; bit++) {
			uint8_t *exact = malloc(n > 0 ? n : 1);

			assert_non_null(exact);
			memcpy(exact, text, n);
			if (n > 0 && bit < 8)
				exact[n - 1] ^= (uint8_t)(1u << bit);
			(void)ka_earjson_read((struct ka_span){ exact, n }, &entry);
			free(exact);
		}
}

static void is_cursor__anything_else__is_none(void **state)
{
	(void)state;
	assert_true(ka_earjson_is_cursor(CURSOR));
	assert_false(ka_earjson_is_cursor(""));
	assert_false(ka_earjson_is_cursor("s=1 x"));
	assert_false(ka_earjson_is_cursor("s=1\n"));
	assert_false(ka_earjson_is_cursor("s=1/../x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__sshd__is_a_line),
		cmocka_unit_test(read__somebody_else__is_other),
		cmocka_unit_test(read__group__is_the_process_own),
		cmocka_unit_test(read__its_stderr__is_not_verified),
		cmocka_unit_test(read__bytes__are_taken),
		cmocka_unit_test(read__no_entry__is_broken),
		cmocka_unit_test(read__limits__are_kept),
		cmocka_unit_test(read__mutations__are_survived),
		cmocka_unit_test(is_cursor__anything_else__is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
