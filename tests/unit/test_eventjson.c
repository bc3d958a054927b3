/* audit/eventjson (and eventown): the fields, what is never said, and the bound of one write. */
#include "audit/eventjson.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/text.h"
#include "tests/unit/lib/sampleevent.h"

#include "base/poison.h"

static char out[2 * KA_EVENT_LINE_MAX];

/* writes @s, checks what every line keeps, and parses it */
static json_t *written(const struct sample *s)
{
	struct ka_buf b;
	json_error_t err;
	json_t *j;

	ka_buf_init(&b, out, KA_EVENT_LINE_MAX + 1);
	ka_eventjson_write(&s->e, &s->h, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	assert_true(b.len <= KA_EVENT_LINE_MAX);
	assert_ptr_equal(memchr(out, '\n', b.len), out + b.len - 1);
	for (size_t i = 0; i + 1 < b.len; i++)
		assert_false(ka_text_is_control((uint8_t)out[i]));
	j = json_loadb(out, b.len, JSON_REJECT_DUPLICATES, &err);
	assert_non_null(j);
	return j;
}

/* a dotted path below @j, NULL when it is not there */
static json_t *at(json_t *j, const char *path)
{
	struct ka_span rest = ka_span_of(path), part;

	while (j != NULL && ka_text_split(&rest, '.', &part)) {
		char key[64];

		assert_true(ka_span_copy(part, key, sizeof(key)));
		j = json_object_get(j, key);
	}
	return j;
}

static void is_text(json_t *j, const char *path, const char *want)
{
	const char *got = json_string_value(at(j, path));

	if (got == NULL || strcmp(got, want) != 0)
		fail_msg("%s is \"%s\", not \"%s\"", path, got != NULL ? got : "(none)", want);
}

static void is_absent(json_t *j, const char *path)
{
	if (at(j, path) != NULL)
		fail_msg("%s is there", path);
}

static void write__sample__is_this_line(void **state)
{
	static const char want[] =
		"{\"@timestamp\":\"2026-08-23T10:15:42.123456Z\",\"ecs\":{\"version\":\"9.4.0\"},"
		"\"message\":\"ssh key refused for alice from 203.0.113.7 port 50514: /home/alice/.ssh/authorized_keys is writable by group staff (mode 0664)\","
		"\"event\":{\"kind\":\"event\",\"category\":[\"authentication\"],\"type\":[\"start\"],\"action\":\"ssh-key-refused\",\"outcome\":\"failure\","
		"\"code\":\"perm.group-writable\",\"reason\":\"%s\",\"module\":\"keyaudit\",\"dataset\":\"keyaudit.audit\","
		"\"provider\":\"keyaudit-collect\",\"id\":\"fi7vpgkfaann3oq7v2fa7tnhg4\",\"severity\":4},"
		"\"user\":{\"name\":\"alice\",\"id\":\"1001\"},\"source\":{\"ip\":\"203.0.113.7\",\"port\":50514},"
		"\"destination\":{\"ip\":\"198.51.100.5\",\"port\":22},\"network\":{\"protocol\":\"ssh\",\"transport\":\"tcp\"},"
		"\"host\":{\"name\":\"web01\",\"id\":\"0a1b2c3d4e5f60718293a4b5c6d7e8f9\",\"boot\":{\"id\":\"6f1c2d3e-4b5a-4978-8796-a5b4c3d2e1f0\"}},"
		"\"service\":{\"name\":\"sshd\",\"type\":\"ssh\"},\"process\":{\"name\":\"sshd\",\"pid\":4240},"
		"\"file\":{\"path\":\"/home/alice/.ssh/authorized_keys\",\"mode\":\"0664\",\"owner\":\"alice\",\"group\":\"staff\",\"type\":\"file\"},"
		"\"related\":{\"user\":[\"alice\"],\"ip\":[\"203.0.113.7\"],\"hosts\":[\"web01\"],\"hash\":[\"" SAMPLE_FP_OTHER "\",\"" SAMPLE_FP "\"]},"
		"\"keyaudit\":{\"schema\":1,\"connection\":\"4240.8123771\",\"ref\":\"asm6lelb\",\"trust\":\"seen\",\"phase\":\"end\","
		"\"stage\":\"perm\",\"basis\":\"inspected\",\"method\":\"publickey\",\"methods\":[\"publickey\"],\"source_from\":\"socket\","
		"\"key\":{\"type\":\"ssh-ed25519\",\"fingerprint\":\"" SAMPLE_FP "\"},"
		"\"offers\":[\"ssh-ed25519 " SAMPLE_FP_OTHER " key.not-listed\",\"ssh-ed25519 " SAMPLE_FP " perm.group-writable\"],\"offers_total\":2,"
		"\"fix\":\"runuser -u alice -- chmod go-w /home/alice/.ssh/authorized_keys\"}}\n";
	struct sample *s = sample_new();
	struct ka_span front, back, whole, template = ka_span_of(want);

	(void)state;
	json_decref(written(s));
	whole = ka_span_of(out);
	/* all but the wording of the meaning, which belongs to the vocabulary */
	front = ka_span_sub(template, 0, (size_t)(strstr(want, "%s") - want));
	back = ka_span_sub(template, front.len + 2, template.len);
	assert_true(whole.len > front.len + back.len);
	assert_memory_equal(whole.p, front.p, front.len);
	assert_memory_equal(whole.p + whole.len - back.len, back.p, back.len);
	free(s);
}

static void write__accepted__has_no_reason(void **state)
{
	struct sample *s = sample_new();
	json_t *j;

	(void)state;
	s->e.action = KA_EVENT_LOGIN_ACCEPTED;
	s->e.reason = KA_REASON_NONE;
	s->e.finding = NULL;
	s->e.level = KA_LEVEL_INFO;
	s->e.key_bits = 256;
	j = written(s);
	is_text(j, "event.outcome", "success");
	is_text(j, "message", "ssh login accepted for alice from 203.0.113.7 port 50514 with ssh-ed25519 " SAMPLE_FP);
	assert_int_equal(json_integer_value(at(j, "event.severity")), 2);
	assert_int_equal(json_integer_value(at(j, "keyaudit.key.bits")), 256);
	is_absent(j, "event.code");
	is_absent(j, "event.reason");
	is_absent(j, "keyaudit.stage");
	is_absent(j, "keyaudit.fix");
	is_absent(j, "file");
	json_decref(j);
	free(s);
}

static void write__unknown__is_absent(void **state)
{
	struct sample *s = sample_new();
	json_t *j;

	(void)state;
	s->e = (struct ka_event){ .action = KA_EVENT_TRAIL_GAP, .at_us = 1, .summary_count = 3, .level = KA_LEVEL_WARNING };
	memset(&s->h, '0', sizeof(s->h));
	s->h.name[0] = s->h.machine_id[32] = s->h.boot_id[32] = '\0';
	j = written(s);
	is_absent(j, "user");
	is_absent(j, "source");
	is_absent(j, "destination");
	is_absent(j, "process");
	is_absent(j, "network");
	is_absent(j, "host.name");
	is_absent(j, "host.id");
	is_absent(j, "host.boot");
	is_absent(j, "related.hash");
	is_absent(j, "event.outcome");
	is_absent(j, "keyaudit.connection");
	is_absent(j, "keyaudit.ref");
	is_absent(j, "keyaudit.offers");
	is_text(j, "event.provider", "keyaudit");
	assert_int_equal(json_integer_value(at(j, "keyaudit.count")), 3);
	json_decref(j);
	free(s);
}

/* what changes of state say beyond other events */
static void write__health__its_own_fields(void **state)
{
	static const char sum[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
	struct sample *s = sample_new();
	json_t *j;

	(void)state;
	s->e.sources = &(const struct ka_recordsrc){ .name = "corp", .answer = KA_SOURCE_UNAVAILABLE, .reason = KA_REASON_STORE_TIMEOUT,
						    .evidence = ka_source_evidence_none() };
	s->e.sources_count = 1;
	s->e.reason = s->finding.reason = KA_REASON_STORE_TIMEOUT;
	s->e.action = KA_EVENT_STORE_DEGRADED;
	j = written(s);
	is_text(j, "event.action", "store-degraded");
	is_text(j, "event.outcome", "failure");
	assert_string_equal(json_string_value(json_array_get(at(j, "keyaudit.sources"), 0)), "corp unavailable store.timeout");
	assert_non_null(strstr(json_string_value(at(j, "message")), ", source corp: "));
	json_decref(j);
	s->e.action = KA_EVENT_CONFIG_CHANGED;
	s->e.reason = s->finding.reason = KA_REASON_NONE;
	s->e.file_sha256 = sum;
	j = written(s);
	is_text(j, "event.outcome", "success");
	assert_string_equal(json_string_value(json_array_get(at(j, "event.type"), 0)), "change");
	assert_string_equal(json_string_value(json_array_get(at(j, "event.category"), 0)), "configuration");
	is_text(j, "file.hash.sha256", sum);
	assert_non_null(strstr(json_string_value(at(j, "message")), ", /home/alice/.ssh/authorized_keys"));
	json_decref(j);
	s->e.action = KA_EVENT_TRAIL_SEAL;
	s->e.is_failing = true;
	j = written(s);
	is_text(j, "event.outcome", "failure");
	json_decref(j);
	free(s);
}

static void write__claimed__no_alert_and_no_address(void **state)
{
	struct sample *s = sample_new();
	json_t *j;

	(void)state;
	s->e.level = KA_LEVEL_ALERT;
	j = written(s);
	is_text(j, "event.kind", "alert");
	assert_int_equal(json_integer_value(at(j, "event.severity")), 9);
	json_decref(j);
	s->e.trust = KA_TRUST_CLAIMED;
	j = written(s);
	is_text(j, "event.kind", "event");
	is_text(j, "keyaudit.trust", "claimed");
	assert_int_equal(json_integer_value(at(j, "event.severity")), 6);
	is_absent(j, "source");
	is_absent(j, "related.ip");
	is_absent(j, "keyaudit.source_from");
	assert_null(strstr(out, "203.0.113.7"));
	json_decref(j);
	free(s);
}

/* ---- hostile bytes ---------------------------------------------------------------------------------------------- */

static const char *const hostile[] = {
	"a\" rhost=1.2.3.4 port=1 fp=x", "a\"},\"event\":{\"id\":\"fi7vpgkfaann3oq7v2fa7tnhg4\"},\"x\":{\"y\":\"", "\x1b]0;owned\x07\x1b[2J",
	"two\nlines\r\n", "\xff\xfe\xc3(", "\xe2\x80\xaetxt.\xe2\x81\xa6", "\xe2\x80\xa8\xe2\x80\xa9", "\\x41\\u0041\\", "\xc2\x9b[31m", "%n%s%99999d",
	"../../etc/passwd", "\x7f\x01", "\xed\xa0\x80",
};

static void everything_hostile(struct sample *s, const char *text)
{
	SAMPLE_SET(s->e.user, text);
	SAMPLE_SET(s->e.text, text);
	SAMPLE_SET(s->e.source_ip, text);
	SAMPLE_SET(s->e.destination_ip, text);
	SAMPLE_SET(s->h.name, text);
	SAMPLE_SET(s->finding.evidence.path, text);
	SAMPLE_SET(s->finding.evidence.owner, text);
	SAMPLE_SET(s->finding.evidence.group, text);
	SAMPLE_SET(s->finding.evidence.detail, text);
	SAMPLE_SET(s->finding.evidence.note, text);
	SAMPLE_SET(s->finding.fix.command[0], text);
	s->e.key_label = text;
	for (size_t i = 0; i < KA_DIAG_OFFERS_MAX; i++) {
		SAMPLE_SET(s->offers[i].type, text);
		SAMPLE_SET(s->offers[i].fp, text);
	}
}

/* every string of the line may be printed on a terminal */
static void only_plain_strings(json_t *j)
{
	const char *key;
	json_t *v;
	size_t i;

	if (json_is_string(j))
		assert_true(ka_text_is_plain((struct ka_span){ (const uint8_t *)json_string_value(j), json_string_length(j) }));
	json_object_foreach(j, key, v)
		only_plain_strings(v);
	json_array_foreach(j, i, v)
		only_plain_strings(v);
}

static void write__hostile_everywhere__is_one_plain_object(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(hostile); i++) {
		struct sample *s = sample_new();
		json_t *j;

		everything_hostile(s, hostile[i]);
		j = written(s);
		only_plain_strings(j);
		is_text(j, "event.id", "fi7vpgkfaann3oq7v2fa7tnhg4");
		is_absent(j, "source");
		is_absent(j, "x");
		assert_int_equal(json_array_size(at(j, "keyaudit.offers")), 2);
		json_decref(j);
		free(s);
	}
}

static void write__backslash_names__never_look_alike(void **state)
{
	struct sample *s = sample_new();
	json_t *j;

	(void)state;
	SAMPLE_SET(s->e.user, "a\x1b");
	j = written(s);
	is_text(j, "user.name", "a\\x1b");
	json_decref(j);
	SAMPLE_SET(s->e.user, "a\\x1b");
	j = written(s);
	is_text(j, "user.name", "a\\x5cx1b");
	json_decref(j);
	free(s);
}

/* ---- too long --------------------------------------------------------------------------------------------------- */

static void fill(char *field, size_t size, char c)
{
	memset(field, c, size - 1);
	field[size - 1] = '\0';
}
#define FILL(field, c) fill((field), sizeof(field), (c))

static struct sample *long_sample(size_t offers)
{
	struct sample *s = sample_new();

	for (size_t i = 0; i < offers; i++) {
		SAMPLE_SET(s->offers[i].type, "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com");
		SAMPLE_SET(s->offers[i].fp, SAMPLE_FP);
		s->offers[i].fp[8] = (char)('A' + i % 26);
		s->offers[i].verdict = KA_REASON_KEY_NOT_LISTED;
	}
	s->e.offers_count = offers;
	s->e.also_count = KA_ARRAY_LEN(s->e.also);
	for (size_t i = 0; i < s->e.also_count; i++)
		s->e.also[i] = KA_REASON_KEY_NOT_LISTED;
	return s;
}

static const struct ka_recordsrc source = {
	"corp", KA_SOURCE_STALE, KA_REASON_STORE_STALE_SERVED, { 5400, 503, 2, 42, 1, KA_REASON_STORE_HTTP_STATUS },
};

static void write__too_long__drops_in_order(void **state)
{
	static const char *const order[] = { "keyaudit.offers", "keyaudit.sources", "keyaudit.also", "keyaudit.fix", "file", "keyaudit.key.label" };
	struct sample *s = long_sample(16);
	size_t gone = 0, steps = 0;

	(void)state;
	s->e.sources = &source;
	s->e.sources_count = 1;
	s->e.key_label = "ann@example.org";
	/* grow one text after the other, and look at what is still there */
	for (size_t n = 0; n < 2600; n += 20) {
		size_t in_path = n < 1000 ? n : 1000, in_fix = n - in_path < 1200 ? n - in_path : 1200, in_user = n - in_path - in_fix;
		size_t now = 0;
		json_t *j;

		memset(s->finding.evidence.path, 'p', in_path);
		memset(s->finding.fix.command[0], 'f', in_fix);
		memset(s->e.user, 'u', in_user < 255 ? in_user : 255);
		j = written(s);
		while (now < KA_ARRAY_LEN(order) && at(j, order[now]) == NULL)
			now++;
		for (size_t i = now; i < KA_ARRAY_LEN(order); i++)
			assert_non_null(at(j, order[i]));
		assert_true(now >= gone);
		steps += now > gone;
		gone = now;
		assert_int_equal(json_integer_value(at(j, "keyaudit.offers_total")), 16);
		is_text(j, "event.code", "perm.group-writable");
		json_decref(j);
	}
	assert_true(gone >= 3 && steps >= 2);
	free(s);
}

static void write__everything_at_its_longest__fits_and_keeps_what_must_stay(void **state)
{
	static const char fillers[] = "x\"\\\x1b\xff";
	char label[KA_LABEL_MAX + 1];
	size_t lost = 0;

	(void)state;
	for (const char *c = fillers; *c != '\0'; c++) {
		struct sample *s = long_sample(KA_DIAG_OFFERS_MAX);
		json_t *j;

		FILL(s->e.user, *c);
		FILL(s->e.text, *c);
		FILL(s->h.name, *c);
		FILL(s->finding.evidence.path, *c);
		FILL(s->finding.evidence.owner, *c);
		FILL(s->finding.evidence.group, *c);
		FILL(s->finding.evidence.detail, *c);
		FILL(s->finding.evidence.note, *c);
		FILL(s->finding.fix.command[0], *c);
		FILL(label, *c);
		s->e.key_label = label;
		for (size_t i = 0; i < KA_DIAG_OFFERS_MAX; i++) {
			FILL(s->offers[i].type, *c);
			FILL(s->offers[i].fp, *c);
		}
		SAMPLE_SET(s->e.source_ip, "2001:db8:1111:2222:3333:4444:5555:6666");
		SAMPLE_SET(s->e.destination_ip, "2001:db8:1111:2222:3333:4444:5555:7777");
		j = written(s);
		is_text(j, "event.code", "perm.group-writable");
		is_text(j, "event.id", "fi7vpgkfaann3oq7v2fa7tnhg4");
		is_text(j, "keyaudit.connection", "4240.8123771");
		assert_non_null(at(j, "event.reason"));
		assert_true(json_string_length(at(j, "user.name")) >= 250);
		lost += at(j, "keyaudit.key.label") == NULL;
		json_decref(j);
		free(s);
	}
	assert_true(lost > 0); /* before the sentence is cut the label goes */
}

static void write__many_offers__sixteen_with_the_key_among_them(void **state)
{
	struct sample *s = long_sample(40);
	json_t *j, *offers;

	(void)state;
	s->e.also_count = 0;
	s->e.key = &s->offers[33];
	SAMPLE_SET(s->offers[33].type, "ssh-rsa");
	for (size_t i = 0; i < 40; i++)
		if (i != 33)
			SAMPLE_SET(s->offers[i].type, "t");
	j = written(s);
	offers = at(j, "keyaudit.offers");
	assert_int_equal(json_array_size(offers), KA_EVENT_OFFERS_MAX);
	assert_memory_equal(json_string_value(json_array_get(offers, 15)), "ssh-rsa ", 8);
	assert_int_equal(json_integer_value(at(j, "keyaudit.offers_total")), 40);
	json_decref(j);
	free(s);
}

static void random_field(unsigned *seed, char *field, size_t size)
{
	size_t n = (size_t)rand_r(seed) % size;

	memset(field, 0, size);
	for (size_t i = 0; i < n; i++) {
		int c = rand_r(seed) >> 4;

		field[i] = (char)(c % 3 == 0 ? "\"\\\x1b\xc3"[c / 3 % 4] : c % 255 + 1);
	}
}
#define RANDOM(field) random_field(&seed, (field), sizeof(field))

static void write__random_fields__parse_and_fit(void **state)
{
	unsigned seed = 20260823;

	(void)state;
	for (int round = 0; round < 1500; round++) {
		struct sample *s = sample_new();
		char label[KA_LABEL_MAX + 1];

		RANDOM(label);
		s->e.key_label = label;
		s->e.action = (enum ka_action_event)(rand_r(&seed) % KA_EVENT_COUNT);
		s->e.trust = (enum ka_event_trust)(rand_r(&seed) % 3);
		s->e.reason = (enum ka_reason)(rand_r(&seed) % KA_REASON_COUNT);
		s->e.level = rand_r(&seed) % 4;
		s->e.has_conn = rand_r(&seed) % 4 != 0;
		s->e.offers_count = (size_t)rand_r(&seed) % KA_DIAG_OFFERS_MAX;
		s->e.also_count = (size_t)rand_r(&seed) % 17;
		s->finding.evidence.mode = (mode_t)rand_r(&seed);
		s->finding.fix.commands = (size_t)rand_r(&seed) % 4;
		RANDOM(s->e.user);
		RANDOM(s->e.text);
		RANDOM(s->h.name);
		RANDOM(s->finding.evidence.path);
		RANDOM(s->finding.evidence.detail);
		RANDOM(s->finding.evidence.note);
		RANDOM(s->finding.evidence.owner);
		RANDOM(s->finding.fix.advice);
		for (size_t i = 0; i < 3; i++)
			RANDOM(s->finding.fix.command[i]);
		for (size_t i = 0; i < s->e.offers_count; i++) {
			RANDOM(s->offers[i].type);
			RANDOM(s->offers[i].fp);
		}
		json_decref(written(s));
		free(s);
	}
}

static void write__room_too_small__overflows(void **state)
{
	struct sample *s = sample_new();
	struct ka_buf b;

	(void)state;
	ka_buf_init(&b, out, 700);
	ka_eventjson_write(&s->e, &s->h, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_LIMIT);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write__sample__is_this_line), cmocka_unit_test(write__accepted__has_no_reason),
		cmocka_unit_test(write__health__its_own_fields),
		cmocka_unit_test(write__unknown__is_absent), cmocka_unit_test(write__claimed__no_alert_and_no_address),
		cmocka_unit_test(write__hostile_everywhere__is_one_plain_object),
		cmocka_unit_test(write__backslash_names__never_look_alike), cmocka_unit_test(write__too_long__drops_in_order),
		cmocka_unit_test(write__everything_at_its_longest__fits_and_keeps_what_must_stay),
		cmocka_unit_test(write__many_offers__sixteen_with_the_key_among_them),
		cmocka_unit_test(write__random_fields__parse_and_fit), cmocka_unit_test(write__room_too_small__overflows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
