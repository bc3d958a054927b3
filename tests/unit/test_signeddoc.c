/* store/signeddoc: where the signed text ends, what may stand behind it, and every limit with its neighbour. */
#include "store/signeddoc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "store/sshsig.h"

#include "base/poison.h"

#define HEAD "# keyaudit-keys-v1\n# user: alice\n# hosts: *\n# serial: 1\n# issued: 2026-11-22T10:00:00Z\n# expires: 2026-11-29T10:00:00Z\n"
#define KEY "ssh-ed25519 AAAA alice\n"
#define BEGIN KA_SSHSIG_BEGIN "\n"
#define END KA_SSHSIG_END "\n"
#define BLOCK BEGIN "AAAA\n" END

static struct ka_signeddoc d;
static char *room;
static struct ka_buf b;

static int make(void **state)
{
	(void)state;
	room = malloc(KA_SIGNED_BULK_MAX + 65536);
	if (room == NULL)
		return -1;
	ka_buf_init(&b, room, KA_SIGNED_BULK_MAX + 65536);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	free(room);
	return 0;
}

static enum ka_reason parse(const char *text)
{
	return ka_signeddoc_parse(ka_span_of(text), KA_SIGNEDDOC_KEYS, &d);
}

static enum ka_reason parse_written(enum ka_signeddoc_kind kind)
{
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	return ka_signeddoc_parse(ka_buf_as_span(&b), kind, &d);
}

static void document__whole__its_parts(void **state)
{
	(void)state;
	assert_int_equal(parse(HEAD "\n# note\n" KEY KEY BLOCK "\n" BEGIN "BBBB\nCCCC\n" END), KA_REASON_NONE);
	assert_true(ka_span_is(d.text, HEAD "\n# note\n" KEY KEY));
	assert_true(ka_span_is(d.body, "\n# note\n" KEY KEY));
	assert_true(ka_span_is(d.head.user, "alice"));
	assert_int_equal(d.head.serial, 1);
	assert_int_equal(d.lines, 2);
	assert_int_equal(d.blocks, 2);
	assert_true(ka_span_is(d.block[0], "AAAA\n"));
	assert_true(ka_span_is(d.block[1], "BBBB\nCCCC\n"));
	assert_null(d.wrong);
}

/* what looks like a header behind the headers is none, and was signed */
static void body__header_again__a_comment(void **state)
{
	(void)state;
	assert_int_equal(parse(HEAD "\n# user: mallory\n" KEY BLOCK), KA_REASON_NONE);
	assert_true(ka_span_is(d.head.user, "alice"));
	assert_int_equal(parse(HEAD "# Made by hand\n# user: mallory\n" KEY BLOCK), KA_REASON_NONE);
	assert_int_equal(parse(HEAD "# user: mallory\n" KEY BLOCK), KA_REASON_STORE_BAD_ANSWER);
	assert_int_equal(d.bad_line, 7);
}

static void document__damaged__reason(void **state)
{
	static const struct { const char *text; enum ka_reason reason; } rows[] = {
		{ "", KA_REASON_STORE_BAD_ANSWER },
		{ BLOCK, KA_REASON_STORE_BAD_ANSWER },
		{ "# keyaudit-keys-v1", KA_REASON_STORE_BAD_ANSWER },
		{ "# keyaudit-keys-v1\n", KA_REASON_STORE_BAD_ANSWER },
		{ "\n" HEAD KEY BLOCK, KA_REASON_STORE_BAD_ANSWER },
		{ "\xef\xbb\xbf" HEAD KEY BLOCK, KA_REASON_STORE_BAD_ANSWER },
		{ HEAD KEY, KA_REASON_STORE_SIGNATURE_MISSING },
		{ HEAD "ssh-ed25519 AAAA alice" BLOCK, KA_REASON_STORE_SIGNATURE_MISSING }, /* what cat makes without a last LF */
		{ HEAD KEY " " BLOCK, KA_REASON_STORE_SIGNATURE_MISSING },
		{ HEAD KEY KA_SSHSIG_BEGIN " \n" "AAAA\n" END, KA_REASON_STORE_SIGNATURE_MISSING },
		{ HEAD KEY "-----BEGIN SSH SIGNATURE----\n" "AAAA\n" END, KA_REASON_STORE_SIGNATURE_MISSING },
		{ HEAD KEY END, KA_REASON_STORE_SIGNATURE_MISSING },
		{ HEAD KEY KA_SSHSIG_BEGIN, KA_REASON_STORE_SIGNATURE_BAD },
		{ HEAD KEY BEGIN, KA_REASON_STORE_SIGNATURE_BAD },
		{ HEAD KEY BEGIN "AAAA\n", KA_REASON_STORE_SIGNATURE_BAD },
		{ HEAD KEY BEGIN "AAAA\n" KA_SSHSIG_END, KA_REASON_STORE_SIGNATURE_BAD },
		{ HEAD KEY BLOCK BEGIN "AAAA\n", KA_REASON_STORE_SIGNATURE_BAD },
		{ HEAD KEY BLOCK KEY, KA_REASON_STORE_BAD_ANSWER },
		{ HEAD KEY BLOCK KEY BLOCK, KA_REASON_STORE_BAD_ANSWER },
		{ HEAD KEY BLOCK "# x\n", KA_REASON_STORE_BAD_ANSWER },
		{ HEAD KEY BLOCK END, KA_REASON_STORE_BAD_ANSWER },
		{ HEAD KEY BLOCK "\r\n", KA_REASON_STORE_BAD_ANSWER },
		{ HEAD "ssh-ed25519 AAAA\r\n" BLOCK, KA_REASON_STORE_BAD_ANSWER },
		{ HEAD "ssh-ed25519\rAAAA\n", KA_REASON_STORE_BAD_ANSWER },
		{ HEAD KEY BLOCK, KA_REASON_NONE },
		{ HEAD KEY BLOCK "\n \t\n", KA_REASON_NONE },
		{ HEAD KEY BEGIN END, KA_REASON_NONE }, /* an empty block is sshsig's to refuse */
		{ HEAD BLOCK, KA_REASON_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum ka_reason got = parse(rows[i].text);

		if (got != rows[i].reason)
			fail_msg("row %zu: %s (%s)", i, ka_reason_id(got), d.wrong != NULL ? d.wrong : "-");
		assert_int_equal(d.wrong == NULL, got == KA_REASON_NONE);
	}
}

static void document__without_keys__accepted_with_no_lines(void **state)
{
	(void)state;
	assert_int_equal(parse(HEAD "\n# nobody\n \t \n" BLOCK), KA_REASON_NONE);
	assert_int_equal(d.lines, 0);
}

static void magic__of_another_kind__refused(void **state)
{
	(void)state;
	for (int magic = 0; magic < 3; magic++)
		for (int kind = 0; kind < 3; kind++) {
			ka_buf_cut(&b, 0);
			ka_buf_text(&b, ka_signeddoc_magic((enum ka_signeddoc_kind)magic));
			ka_buf_text(&b, magic == KA_SIGNEDDOC_KEYS ? "\n# user: alice\n" : "\n");
			ka_buf_text(&b, strstr(HEAD, "# hosts"));
			ka_buf_text(&b, BLOCK);
			assert_int_equal(parse_written((enum ka_signeddoc_kind)kind) == KA_REASON_NONE, magic == kind);
		}
}

static void fill(const char *piece, size_t times)
{
	for (size_t i = 0; i < times; i++)
		ka_buf_text(&b, piece);
}

static void lines__limit__one_more_refused(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++) {
		ka_buf_cut(&b, 0);
		ka_buf_text(&b, HEAD);
		fill("#\n", 5);
		fill(KEY, KA_SIGNED_LINES_MAX + more);
		ka_buf_text(&b, BLOCK);
		assert_int_equal(parse_written(KA_SIGNEDDOC_KEYS), more ? KA_REASON_STORE_TOO_LARGE : KA_REASON_NONE);
	}
}

static void blocks__limit__one_more_refused(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++) {
		ka_buf_cut(&b, 0);
		ka_buf_text(&b, HEAD KEY);
		fill(BLOCK, KA_SIGNED_BLOCKS_MAX + more);
		assert_int_equal(parse_written(KA_SIGNEDDOC_KEYS), more ? KA_REASON_STORE_TOO_LARGE : KA_REASON_NONE);
	}
	assert_int_equal(d.blocks, KA_SIGNED_BLOCKS_MAX);
}

static void line__limit__one_more_refused(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++) {
		ka_buf_cut(&b, 0);
		ka_buf_text(&b, HEAD);
		fill("x", KA_LINE_MAX + more);
		ka_buf_text(&b, "\n" BLOCK);
		assert_int_equal(parse_written(KA_SIGNEDDOC_KEYS), more ? KA_REASON_STORE_TOO_LARGE : KA_REASON_NONE);
	}
}

static void hosts__limit__one_more_refused(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++) {
		ka_buf_cut(&b, 0);
		ka_buf_text(&b, "# keyaudit-keys-v1\n# user: alice\n# hosts: a");
		fill(" b", KA_SIGNED_HOSTS_MAX - 1 + more);
		ka_buf_text(&b, "\n");
		ka_buf_text(&b, strstr(HEAD, "# serial"));
		ka_buf_text(&b, BLOCK);
		assert_int_equal(parse_written(KA_SIGNEDDOC_KEYS), more ? KA_REASON_STORE_TOO_LARGE : KA_REASON_NONE);
	}
}

static void bytes__limit__by_kind(void **state)
{
	static const size_t max[] = { KA_SIGNED_DOC_MAX, KA_SIGNED_BULK_MAX, KA_SIGNED_BULK_MAX };

	(void)state;
	for (int kind = 0; kind < 3; kind++)
		for (size_t more = 0; more < 2; more++) {
			ka_buf_cut(&b, 0);
			ka_buf_text(&b, ka_signeddoc_magic((enum ka_signeddoc_kind)kind));
			ka_buf_text(&b, kind == KA_SIGNEDDOC_KEYS ? "\n# user: alice\n" : "\n");
			ka_buf_text(&b, strstr(HEAD, "# hosts"));
			while (b.len + sizeof(BLOCK) - 1 + 100 < max[kind])
				ka_buf_text(&b, "#########\n");
			while (b.len + sizeof(BLOCK) - 1 < max[kind] + more)
				ka_buf_text(&b, "\n");
			ka_buf_text(&b, BLOCK);
			assert_int_equal(b.len, max[kind] + more);
			assert_int_equal(parse_written((enum ka_signeddoc_kind)kind), more ? KA_REASON_STORE_TOO_LARGE : KA_REASON_NONE);
		}
}

static void list__many_lines__only_bytes_count(void **state)
{
	(void)state;
	ka_buf_text(&b, "# keyaudit-revoked-v1\n");
	ka_buf_text(&b, strstr(HEAD, "# hosts"));
	fill("SHA256:x\n", 10 * KA_SIGNED_LINES_MAX);
	ka_buf_text(&b, BLOCK);
	assert_int_equal(parse_written(KA_SIGNEDDOC_REVOKED), KA_REASON_NONE);
	assert_int_equal(d.lines, 10 * KA_SIGNED_LINES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(document__whole__its_parts),
		cmocka_unit_test(body__header_again__a_comment),
		cmocka_unit_test(document__damaged__reason),
		cmocka_unit_test(document__without_keys__accepted_with_no_lines),
		cmocka_unit_test_setup_teardown(magic__of_another_kind__refused, make, drop),
		cmocka_unit_test_setup_teardown(lines__limit__one_more_refused, make, drop),
		cmocka_unit_test_setup_teardown(blocks__limit__one_more_refused, make, drop),
		cmocka_unit_test_setup_teardown(line__limit__one_more_refused, make, drop),
		cmocka_unit_test_setup_teardown(hosts__limit__one_more_refused, make, drop),
		cmocka_unit_test_setup_teardown(bytes__limit__by_kind, make, drop),
		cmocka_unit_test_setup_teardown(list__many_lines__only_bytes_count, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
