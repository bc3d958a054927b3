/* spool/record, base/fields: what the writer makes is all that the reader takes. */
#include "spool/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

#include "base/poison.h"

static struct ka_record sample(void)
{
	struct ka_record r = { .at_us = 1790000000123456, .up_ms = 77, .pp = 811, .pid = 4242, .has_uid = true, .uid = 1001,
			       .verdict = KA_RECORD_REFUSED };

	memcpy(r.user, "alice", 6);
	memcpy(r.type, "ssh-ed25519", 12);
	memcpy(r.fp, "SHA256:lPnmAAbrNMYg4YQtud9EaR2o2sWlA3V8Th96QOOebF8", 51);
	memcpy(r.key, "AAAAC3NzaC1lZDI1NTE5AAAA", 25);
	memcpy(r.c, "127.0.0.1 22 10.0.0.7 40000", 28);
	memcpy(r.src, "local:found:-", 14);
	memcpy(r.reasons, "key.rsa-too-short,line.nul", 27);
	return r;
}

static struct ka_span written(const struct ka_record *r, char *text, size_t size)
{
	struct ka_buf b;

	ka_buf_init(&b, text, size);
	ka_record_write(r, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	assert_int_equal(b.p[b.len - 1], '\n');
	return (struct ka_span){ (const uint8_t *)b.p, b.len - 1 };
}

static void record__round_trip__is_the_same(void **state)
{
	struct ka_record r = sample(), back;
	char text[8192];

	(void)state;
	assert_true(ka_record_parse(written(&r, text, sizeof(text)), &back));
	assert_memory_equal(&r, &back, sizeof(r));
}

static void record__hostile_user__stays_one_word(void **state)
{
	struct ka_record r = sample(), back;
	char text[8192];
	struct ka_span line;

	(void)state;
	memcpy(r.user, "a b\nka1 attempt user=root \x1b[2J%", 32);
	line = written(&r, text, sizeof(text));
	assert_null(memchr(line.p, '\n', line.len));
	assert_null(memchr(line.p, '\x1b', line.len));
	assert_true(ka_record_parse(line, &back));
	assert_string_equal(back.user, r.user);
}

static void record__every_truncation_and_bit__never_reads_as_another_user(void **state)
{
	struct ka_record r = sample(), back;
	char text[8192];
	struct ka_span line = written(&r, text, sizeof(text));
	char copy[8192];

	(void)state;
	for (size_t n = 0; n < line.len; n++) {
		memcpy(copy, line.p, line.len);
		if (ka_record_parse((struct ka_span){ (const uint8_t *)copy, n }, &back))
			assert_true(n > line.len - 30); /* only the last value may be shorter */
		for (int bit = 0; bit < 8; bit++) {
			copy[n] = (char)(line.p[n] ^ (1 << bit));
			(void)ka_record_parse((struct ka_span){ (const uint8_t *)copy, line.len }, &back);
			copy[n] = (char)line.p[n];
		}
	}
}

static void parse__missing_doubled_or_unknown_field__is_refused(void **state)
{
	static const char *const bad[] = {
		"", "ka1", "ka1 attempt", "ka2 overflow at=1 up=1", "ka1 overflow at=1", "ka1 overflow at=1 up=1 more=1",
		"ka1 overflow  at=1 up=1", "ka1 overflow at=-1 up=1", "ka1 overflow at=1 at=1 up=1", "ka1 overflow at= up=1",
		"ka1 overflow at=1 up=99999999999999999999",
		"ka1 attempt at=1 up=1 pp=1 pid=1 uid=x user=a type=t fp=f key=- c=- src=- verdict=none reasons=- opts=-",
		"ka1 attempt at=1 up=1 pp=1 pid=1 uid=1 user=a type=t fp=f key=- c=- src=- verdict=maybe reasons=- opts=-",
		"ka1 attempt at=1 up=1 pp=1 pid=1 uid=1 user=%00 type=t fp=f key=- c=- src=- verdict=none reasons=- opts=-",
	};
	struct ka_record r;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++)
		assert_false(ka_record_parse(ka_span_of(bad[i]), &r));
	assert_true(ka_record_parse(ka_span_of("ka1 overflow at=1 up=1"), &r));
	assert_true(r.is_overflow);
	assert_true(ka_record_parse(ka_span_of("ka1 attempt at=1 up=1 pp=1 pid=1 uid=- user=a type=t fp=f key=- c=- src=- "
					       "verdict=none reasons=- opts=-"), &r));
	assert_false(r.has_uid);
}

static void write__too_long__loses_the_key_first_and_never_the_user(void **state)
{
	struct ka_record r = sample(), back;
	char text[8192];

	(void)state;
	memset(r.user, '\n', sizeof(r.user) - 1);
	memset(r.c, '\n', sizeof(r.c) - 1);
	memset(r.key, 'A', sizeof(r.key) - 1);
	memset(r.src, ' ', sizeof(r.src) - 1);
	assert_true(ka_record_parse(written(&r, text, sizeof(text)), &back));
	assert_string_equal(back.user, r.user);
	assert_string_equal(back.key, "");
}

static void label__optional__round_trip_with_and_without_net(void **state)
{
	static const char *const labels[] = { "", "ann@example.org", "Ann%20M%c3%bcller%1b%5b2J%0aka1", "%2d" };
	char text[8192];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(labels); i++)
		for (int net = 0; net < 2; net++) {
			struct ka_record r = sample(), back;
			struct ka_span line;

			r.label = ka_span_of(labels[i]);
			r.net_ms = net * 17;
			r.took_us = net * INT64_C(3600000000);
			line = written(&r, text, sizeof(text));
			assert_true(ka_record_parse(line, &back));
			assert_true(ka_span_is(back.label, labels[i]));
			assert_int_equal(back.net_ms, r.net_ms);
			assert_int_equal(back.took_us, r.took_us);
			assert_string_equal(back.reasons, r.reasons);
		}
}

static void label__not_as_it_is_written__is_refused(void **state)
{
	static const char front[] = "ka1 attempt at=1 up=1 pp=1 pid=1 uid=1 user=a type=t fp=f key=- c=- src=- verdict=none reasons=- opts=-";
	static const struct { const char *tail; bool is_record; } rows[] = {
		{ "", true }, { " net=5", true }, { " label=a", true }, { " net=5 label=a", true }, { " label=%1b", true },
		{ " label=a net=5", false }, { " label=", false }, { " label=-", false }, { " label=%", false }, { " label=%00", false },
		{ " label=a label=b", false }, { " label=a b", false }, { " net=5 net=5", false }, { " labels=a", false }, { " ", false },
		{ " net= label=a", false }, { " took=7", true }, { " net=5 took=7 label=a", true }, { " took=7 net=5", false },
		{ " label=a took=7", false }, { " took=3600000001", false }, { " took=-7", false }, { " took=7 took=7", false },
	};
	struct ka_record r;
	struct ka_buf b;
	char text[4096];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		ka_buf_init_array(&b, text);
		ka_buf_text(&b, front);
		ka_buf_text(&b, rows[i].tail);
		if (ka_record_parse(ka_buf_as_span(&b), &r) != rows[i].is_record)
			fail_msg("\"%s\"", rows[i].tail);
	}
	for (size_t n = KA_LABEL_MAX; n <= KA_LABEL_MAX + 1; n++) {
		ka_buf_init_array(&b, text);
		ka_buf_text(&b, front);
		ka_buf_text(&b, " label=");
		for (size_t i = 0; i < n; i++)
			ka_buf_text(&b, "%41");
		assert_int_equal(ka_record_parse(ka_buf_as_span(&b), &r), n == KA_LABEL_MAX);
	}
}

static void write__too_long__loses_the_label_before_the_key(void **state)
{
	struct ka_record r = sample(), back;
	char text[8192];
	size_t lost = 0;

	(void)state;
	memset(r.c, '\n', sizeof(r.c) - 1);
	memset(r.key, 'A', sizeof(r.key) - 1);
	r.label = ka_span_of("ann@example.org");
	for (size_t n = 0; n < sizeof(r.user) - 1 && lost == 0; n++) { /* until one of them goes */
		r.user[n] = '\n';
		memset(r.src, ' ', n);
		assert_true(ka_record_parse(written(&r, text, sizeof(text)), &back));
		lost = back.label.len == 0 ? n : 0;
		assert_string_equal(back.key, r.key);
	}
	assert_true(lost > 0);
}

static void addresses__both_orders__give_the_client(void **state)
{
	char client[64];
	unsigned port;

	(void)state;
	assert_true(ka_record_addresses("127.0.0.1 22 10.0.0.7 40000", 22, client, &port)); /* as sshd sends it */
	assert_string_equal(client, "10.0.0.7");
	assert_int_equal(port, 40000);
	assert_true(ka_record_addresses("10.0.0.7 40000 127.0.0.1 22", 22, client, &port)); /* as its manual says */
	assert_string_equal(client, "10.0.0.7");
	assert_true(ka_record_addresses("::1 2222 fe80::1%eth0 40000", 22, client, &port));
	assert_string_equal(client, "fe80::1%eth0");
	assert_false(ka_record_addresses("", 22, client, &port));
	assert_false(ka_record_addresses("a b c", 22, client, &port));
	assert_false(ka_record_addresses("127.0.0.1 22 10.0.0.7 40000 5", 22, client, &port));
	assert_false(ka_record_addresses("127.0.0.1 22 <script> 40000", 22, client, &port));
	assert_false(ka_record_addresses("127.0.0.1 22 10.0.0.7 70000", 22, client, &port));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record__round_trip__is_the_same), cmocka_unit_test(record__hostile_user__stays_one_word),
		cmocka_unit_test(record__every_truncation_and_bit__never_reads_as_another_user),
		cmocka_unit_test(parse__missing_doubled_or_unknown_field__is_refused),
		cmocka_unit_test(write__too_long__loses_the_key_first_and_never_the_user),
		cmocka_unit_test(label__optional__round_trip_with_and_without_net),
		cmocka_unit_test(label__not_as_it_is_written__is_refused),
		cmocka_unit_test(write__too_long__loses_the_label_before_the_key),
		cmocka_unit_test(addresses__both_orders__give_the_client),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
