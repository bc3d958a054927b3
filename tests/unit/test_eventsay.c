/* audit/eventsay: the sentence of each event, short and full, what it never says, and that it always fits. */
#include "audit/eventsay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/text.h"
#include "tests/unit/lib/sampleevent.h"

#include "base/poison.h"

static char said[KA_EVENTSAY_MAX];

static void message__reason_by_reason__sentences(void **state)
{
	struct sample *s = sample_new();
	struct ka_evidence *ev = &s->finding.evidence;
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, said);
	s->e.reason = s->finding.reason = KA_REASON_PERM_WORLD_WRITABLE;
	ev->mode = S_IFREG | 0666;
	SAMPLE_SET(ev->note, "anybody here could add a key");
	SAMPLE_SET(s->e.text, "seen twice");
	ka_eventsay_message(&s->e, false, &b);
	assert_string_equal(said, "ssh key refused for alice from 203.0.113.7 port 50514: /home/alice/.ssh/authorized_keys is writable by "
				  "everyone (mode 0666) (anybody here could add a key); seen twice");
	ka_buf_cut(&b, 0);
	s->e.reason = s->finding.reason = KA_REASON_PERM_WRONG_OWNER;
	s->e.source_ip[0] = s->e.text[0] = ev->note[0] = '\0';
	SAMPLE_SET(ev->owner, "bob\n");
	ka_eventsay_why(&s->e, false, &b);
	assert_string_equal(said, "/home/alice/.ssh/authorized_keys belongs to bob\\x0a (mode 0666)");
	ka_buf_cut(&b, 0);
	s->e.reason = s->finding.reason = KA_REASON_OPTION_UNKNOWN;
	ev->line = 3;
	SAMPLE_SET(ev->detail, "agent-forwading");
	ka_eventsay_why(&s->e, false, &b);
	assert_memory_equal(said, ka_reason_meaning(KA_REASON_OPTION_UNKNOWN), strlen(ka_reason_meaning(KA_REASON_OPTION_UNKNOWN)));
	assert_non_null(strstr(said, " (/home/alice/.ssh/authorized_keys line 3; agent-forwading)"));
	ka_buf_cut(&b, 0);
	ka_eventsay_cause(&s->e, &b);
	assert_string_equal(said, ka_reason_meaning(KA_REASON_OPTION_UNKNOWN));
	ka_buf_cut(&b, 0);
	s->e.finding = NULL;
	s->e.reason = KA_REASON_NONE;
	ka_eventsay_cause(&s->e, &b);
	assert_int_equal(b.len, 0);
	free(s);
}

static const char *message(const struct ka_event *e, bool is_short)
{
	struct ka_buf b;

	ka_buf_init_array(&b, said);
	ka_eventsay_message(e, is_short, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	return said;
}

static const char *why(const struct ka_event *e, bool is_short)
{
	struct ka_buf b;

	ka_buf_init_array(&b, said);
	ka_eventsay_why(e, is_short, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	return said;
}

#define WHO " for alice from 203.0.113.7 port 50514"
#define KEY "ssh-ed25519 " SAMPLE_FP

/* everything but its finding */
static void message__each_action__its_sentence(void **state)
{
	static const struct { enum ka_action_event action; unsigned long count; const char *said; } rows[] = {
		{ KA_EVENT_LOGIN_ACCEPTED, 0, "ssh login accepted" WHO " with " KEY },
		{ KA_EVENT_LOGIN_DENIED, 0, "ssh login denied" WHO },
		{ KA_EVENT_KEY_OFFERED, 0, "ssh key offered" WHO ", " KEY ": served, but no login followed" },
		{ KA_EVENT_KEY_REFUSED, 7, "ssh key refused" WHO },
		{ KA_EVENT_KEY_SUMMARY, 0, "ssh keys refused in a flood" WHO ", 0 refusals counted in this one event" },
		{ KA_EVENT_KEY_SUMMARY, 12, "ssh keys refused in a flood" WHO ", 12 refusals counted in this one event" },
		{ KA_EVENT_SPOOL_TAMPERED, 0, "spool tampered" WHO }, { KA_EVENT_SPOOL_TAMPERED, 1, "spool tampered" WHO },
		{ KA_EVENT_SPOOL_TAMPERED, 2, "spool tampered" WHO ", 2 files" },
		{ KA_EVENT_TRAIL_GAP, 0, "trail gap" WHO }, { KA_EVENT_TRAIL_GAP, 1, "trail gap" WHO ", 1 connections unknown" },
		{ KA_EVENT_DIAG_FAILED, 0, "diagnosis failed" WHO ": its event was written from the records alone" },
		{ KA_EVENT_COUNT, 0, "unknown event" WHO }, { (enum ka_action_event)99, 0, "unknown event" WHO },
	};
	struct sample *s = sample_new();

	(void)state;
	s->e.reason = KA_REASON_NONE;
	s->e.finding = NULL;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		s->e.action = rows[i].action;
		s->e.summary_count = rows[i].count;
		assert_string_equal(message(&s->e, false), rows[i].said);
		assert_string_equal(message(&s->e, true), rows[i].said);
	}
	assert_string_equal(ka_eventsay_title((enum ka_action_event)-1), "unknown event");
	free(s);
}

static void message__unknown__is_left_out(void **state)
{
	struct sample *s = sample_new();

	(void)state;
	s->e.reason = KA_REASON_NONE;
	s->e.action = KA_EVENT_LOGIN_ACCEPTED;
	s->e.user[0] = '\0';
	s->e.source_port = 0;
	s->offers[1].fp[0] = '\0';
	assert_string_equal(message(&s->e, false), "ssh login accepted from 203.0.113.7");
	s->e.key = NULL;
	SAMPLE_SET(s->e.source_ip, "not an address");
	assert_string_equal(message(&s->e, false), "ssh login accepted");
	SAMPLE_SET(s->e.text, "seen twice");
	assert_string_equal(message(&s->e, false), "ssh login accepted: seen twice");
	assert_string_equal(message(&s->e, true), "ssh login accepted");
	free(s);
}

/* the command's uid alone vouches for it: nobody is accused by their address */
static void message__claimed_or_unverified__no_address(void **state)
{
	struct sample *s = sample_new();

	(void)state;
	s->e.trust = KA_TRUST_CLAIMED;
	assert_null(strstr(message(&s->e, false), "203.0.113"));
	assert_null(strstr(message(&s->e, true), " port "));
	s->e.trust = KA_TRUST_LOG_UNVERIFIED;
	s->e.source_from = NULL;
	assert_null(strstr(message(&s->e, false), "203.0.113"));
	s->e.source_from = "sshd-log";
	assert_non_null(strstr(message(&s->e, false), " from 203.0.113.7 port 50514"));
	free(s);
}

static void why__evidence_that_is_missing__falls_back_to_the_meaning(void **state)
{
	struct sample *s = sample_new();
	struct ka_evidence *ev = &s->finding.evidence;
	const char *meaning = ka_reason_meaning(KA_REASON_PERM_GROUP_WRITABLE);

	(void)state;
	assert_string_equal(why(&s->e, false), "/home/alice/.ssh/authorized_keys is writable by group staff (mode 0664)");
	assert_string_equal(why(&s->e, true), meaning);
	ev->has_stat = false;
	assert_string_equal(why(&s->e, false), "/home/alice/.ssh/authorized_keys is writable by group staff");
	ev->group[0] = '\0';
	assert_memory_equal(why(&s->e, false), meaning, strlen(meaning));
	assert_string_equal(said + strlen(meaning), " (/home/alice/.ssh/authorized_keys)");
	ev->line = UINT32_MAX;
	SAMPLE_SET(ev->detail, "d");
	SAMPLE_SET(ev->note, "n");
	assert_string_equal(why(&s->e, false) + strlen(meaning), " (/home/alice/.ssh/authorized_keys line 4294967295; d; n)");
	ev->path[0] = '\0';
	assert_string_equal(why(&s->e, false) + strlen(meaning), " (d; n)");
	ev->detail[0] = '\0';
	assert_string_equal(why(&s->e, false) + strlen(meaning), " (n)");
	ev->note[0] = '\0';
	assert_string_equal(why(&s->e, false), meaning);
	s->e.finding = NULL;
	assert_string_equal(why(&s->e, false), meaning);
	s->e.reason = KA_REASON_NONE;
	s->e.finding = &s->finding;
	SAMPLE_SET(ev->note, "n");
	assert_string_equal(why(&s->e, false), "");
	free(s);
}

/* the file type is no part of a mode that one could give to chmod(1) */
static void why__mode__four_digits_without_the_type(void **state)
{
	static const struct { mode_t mode; const char *text; } rows[] = {
		{ S_IFREG, "(mode 0000)" }, { S_IFREG | 0020, "(mode 0020)" }, { S_IFDIR | 07777, "(mode 7777)" }, { (mode_t)-1, "(mode 7777)" },
	};
	struct sample *s = sample_new();

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		s->finding.evidence.mode = rows[i].mode;
		assert_non_null(strstr(why(&s->e, false), rows[i].text));
	}
	free(s);
}

static void message__every_reason__is_one_plain_line(void **state)
{
	struct sample *s = sample_new();

	(void)state;
	for (unsigned r = 0; r < KA_REASON_COUNT; r++)
		for (unsigned a = 0; a <= KA_EVENT_COUNT; a++) {
			s->e.reason = s->finding.reason = (enum ka_reason)r;
			s->e.action = (enum ka_action_event)a;
			for (int is_short = 0; is_short < 2; is_short++) {
				assert_true(ka_text_is_plain(ka_span_of(message(&s->e, is_short))));
				if (r != KA_REASON_NONE && a == KA_EVENT_LOGIN_ACCEPTED)
					assert_non_null(strstr(said, "; found on the way: "));
			}
		}
	free(s);
}

/* @text in every field that a stranger may fill, to its last byte */
static void fill(struct sample *s, const char *text)
{
	char longest[2 * KA_TEXT_PATH_MAX];
	size_t n = strlen(text);

	for (size_t i = 0; i < sizeof(longest) - 1; i++)
		longest[i] = text[i % n];
	longest[sizeof(longest) - 1] = '\0';
	SAMPLE_SET(s->e.user, longest);
	SAMPLE_SET(s->e.text, longest);
	SAMPLE_SET(s->e.source_ip, longest);
	SAMPLE_SET(s->finding.evidence.path, longest);
	SAMPLE_SET(s->finding.evidence.target, longest);
	SAMPLE_SET(s->finding.evidence.owner, longest);
	SAMPLE_SET(s->finding.evidence.group, longest);
	SAMPLE_SET(s->finding.evidence.detail, longest);
	SAMPLE_SET(s->finding.evidence.note, longest);
	SAMPLE_SET(s->offers[1].type, longest);
	SAMPLE_SET(s->offers[1].fp, longest);
	s->finding.evidence.line = UINT32_MAX;
	s->e.source_port = UINT32_MAX;
	s->e.summary_count = UINT32_MAX;
}

static void message__everything_long_and_hostile__fits_and_is_plain(void **state)
{
	static const char *const texts[] = { "x", "\x1b", "\xff", "\xe2\x80\xae", "\n", "\xf0\x9f\x94\x91", "\\" };
	struct sample *s = sample_new();

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(texts); i++) {
		fill(s, texts[i]);
		if (i % 2 == 0)
			SAMPLE_SET(s->e.source_ip, "2001:db8:1111:2222:3333:4444:5555:6666");
		for (unsigned r = 0; r < KA_REASON_COUNT; r++) {
			s->e.reason = s->finding.reason = (enum ka_reason)r;
			s->e.action = (enum ka_action_event)((r + i) % KA_EVENT_COUNT);
			assert_true(ka_text_is_plain(ka_span_of(message(&s->e, false))));
			assert_true(strlen(message(&s->e, true)) < 700);
		}
	}
	free(s);
}

/* a name of 64 bytes is whole in a short sentence, one of 65 is cut */
static void message__short__cuts_names_to_the_byte(void **state)
{
	struct sample *s = sample_new();

	(void)state;
	s->e.reason = KA_REASON_NONE;
	for (size_t n = KA_EVENTSAY_SHORT_MAX - 1; n <= KA_EVENTSAY_SHORT_MAX + 1; n++) {
		memset(s->e.user, 'u', n);
		s->e.user[n] = '\0';
		assert_int_equal(strstr(message(&s->e, true), "uuu...") != NULL, n > KA_EVENTSAY_SHORT_MAX);
		assert_null(strstr(message(&s->e, false), "..."));
	}
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(message__reason_by_reason__sentences), cmocka_unit_test(message__each_action__its_sentence),
		cmocka_unit_test(message__unknown__is_left_out), cmocka_unit_test(message__claimed_or_unverified__no_address),
		cmocka_unit_test(why__evidence_that_is_missing__falls_back_to_the_meaning),
		cmocka_unit_test(why__mode__four_digits_without_the_type), cmocka_unit_test(message__every_reason__is_one_plain_line),
		cmocka_unit_test(message__everything_long_and_hostile__fits_and_is_plain),
		cmocka_unit_test(message__short__cuts_names_to_the_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
