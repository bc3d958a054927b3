/* keyaudit/lastrefusal: one user's last refusal, out of a trail that holds strangers' text. */
#include "keyaudit/doctor/lastrefusal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "tests/unit/lib/sampleevent.h"
#include "tests/unit/lib/trailplace.h"

#include "base/poison.h"

static struct ka_lastrefusal found;

#define EVENT(at, action, user, rest) \
	"{\"@timestamp\":\"" at "\",\"event\":{\"action\":\"" action "\",\"code\":\"key.not-listed\"},\"user\":{\"name\":\"" user "\"}" rest "}\n"
#define CAME_IN(user) "{\"event\":{\"action\":\"ssh-login-accepted\"},\"user\":{\"name\":\"" user "\"}}\n"
#define REFUSED(at, user, rest) EVENT(at, "ssh-key-refused", user, rest)
#define FULL ",\"source\":{\"ip\":\"203.0.113.7\",\"port\":40001},\"keyaudit\":{\"ref\":\"asm6lelb\",\"offers\":[\"ssh-ed25519 " SAMPLE_FP \
	     " key.not-listed\",\"ssh-rsa " SAMPLE_FP_OTHER "\"]}"

static struct trailplace *place(void **state)
{
	struct trailplace *p = *state;

	assert_true(mkdir(p->folder, 0700) == 0 || access(p->folder, F_OK) == 0);
	return p;
}

/* alice's, when the trail is this text */
static void find(void **state, const char *text)
{
	struct trailplace *p = place(state);

	unlink(p->path);
	trailplace_put(p->path, text, 0640);
	memset(&found, 0xa5, sizeof(found));
	ka_lastrefusal_find(p->path, "alice", &found);
}

static void find__several__the_last_of_this_user(void **state)
{
	find(state, REFUSED("1", "alice", FULL) REFUSED("2", "alice", "") REFUSED("3", "bob", FULL) EVENT("4", "store-degraded", "alice", "")
	     REFUSED("5", "alic", "") REFUSED("6", "alice2", ""));
	assert_string_equal(found.at, "2");
	assert_string_equal(found.address, ""); /* nothing is left of the first */
	assert_string_equal(found.reason, "key.not-listed");
	assert_int_equal(found.offers_count, 0);
	assert_int_equal(found.port, 0);
}

static void find__the_place__out_of_the_message(void **state)
{
#define PLACED(message) REFUSED("1", "alice", ",\"file\":{\"path\":\"/home/a/k\"},\"message\":\"" message "\"")
	find(state, PLACED("refused: not marked (/home/a/k line 12; certificate (/home/a/k line 9)"));
	assert_string_equal(found.path, "/home/a/k");
	assert_int_equal(found.line, 12);
	find(state, PLACED("refused: not marked (/home/a/kk line 12)"));
	assert_int_equal(found.line, 0);
	find(state, PLACED("refused: not marked (/home/a/k line 99999999999)"));
	assert_int_equal(found.line, 0);
	find(state, REFUSED("1", "alice", ",\"message\":\"( line 3\""));
	assert_string_equal(found.path, "");
	assert_int_equal(found.line, 0);
}

/* a login that was denied, a key that came to nothing, a session that died: refusals for who asks */
static void find__every_end_that_is_no_login__counts(void **state)
{
	static const char *const actions[] = { "ssh-key-refused", "ssh-login-denied", "ssh-key-offered", "ssh-login-accepted" };
	char text[1024];

	/* a remark beside a login is none */
	find(state, "{\"@timestamp\":\"7\",\"event\":{\"action\":\"ssh-login-accepted\",\"code\":\"conf.invalid\"},\"user\":{\"name\":\"alice\"}}\n");
	assert_string_equal(found.at, "");
	assert_true(found.is_over);
	for (size_t i = 0; i < KA_ARRAY_LEN(actions); i++) {
		snprintf(text, sizeof(text), "{\"@timestamp\":\"7\",\"event\":{\"action\":\"%s\",\"code\":\"account.password-expired\"},\"user\":{\"name\":\"alice\"}}\n",
			 actions[i]);
		find(state, text);
		assert_string_equal(found.at, "7");
		assert_int_equal(found.code, KA_REASON_ACCOUNT_PASSWORD_EXPIRED);
		assert_false(found.is_over);
	}
}

static void find__a_login_behind_it__is_over(void **state)
{
	find(state, REFUSED("1", "alice", FULL) CAME_IN("bob"));
	assert_false(found.is_over);
	find(state, REFUSED("1", "alice", FULL) CAME_IN("alice"));
	assert_true(found.is_over);
	assert_string_equal(found.at, "1"); /* and still the last one */
	find(state, CAME_IN("alice") REFUSED("1", "alice", ""));
	assert_false(found.is_over);
}

static void find__whole_event__every_field(void **state)
{
	find(state, REFUSED("2026-08-23T10:15:42.000000Z", "alice", FULL));
	assert_string_equal(found.at, "2026-08-23T10:15:42.000000Z");
	assert_string_equal(found.address, "203.0.113.7");
	assert_int_equal(found.port, 40001);
	assert_string_equal(found.ref, "asm6lelb");
	assert_int_equal(found.offers_count, 2);
	assert_string_equal(found.offers[0].type, "ssh-ed25519");
	assert_string_equal(found.offers[0].fp, SAMPLE_FP);
	assert_string_equal(found.offers[1].fp, SAMPLE_FP_OTHER);
	assert_string_equal(found.offers[1].key, "");
	assert_int_equal(found.offered[0], KA_REASON_KEY_NOT_LISTED);
	assert_int_equal(found.offered[1], KA_REASON_NONE);
}

static void find__more_than_are_kept__the_newest_in_order(void **state)
{
	find(state, REFUSED("1", "alice", "") REFUSED("2", "alice", FULL) EVENT("3", "ssh-login-denied", "alice", "") REFUSED("4", "alice", "")
	     REFUSED("5", "alice", "") REFUSED("6", "alice", ""));
	assert_string_equal(found.at, "6");
	assert_int_equal(found.earlier_count, KA_LASTREFUSAL_EARLIER_MAX);
	assert_string_equal(found.earlier[0].at, "5");
	assert_string_equal(found.earlier[2].at, "3");
	assert_string_equal(found.earlier[3].at, "2");
	assert_int_equal(found.earlier[3].offers_count, 2);
	assert_string_equal(found.earlier[3].ref, "asm6lelb");
	find(state, REFUSED("1", "alice", ""));
	assert_int_equal(found.earlier_count, 0);
}

static void take__any__every_final_event_of_this_user(void **state)
{
	static const struct { const char *action; bool refusal, any; } rows[] = {
		{ "ssh-key-refused", true, true }, { "ssh-login-denied", true, true }, { "ssh-login-accepted", false, true },
		{ "ssh-key-offered", true, true }, { "trail-gap", false, false },
	};
	char text[128];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		json_t *event;

		snprintf(text, sizeof(text), "{\"event\":{\"action\":\"%s\"},\"user\":{\"name\":\"alice\"}}", rows[i].action);
		event = json_loads(text, 0, NULL);
		memset(&found, 0, sizeof(found));
		assert_int_equal(ka_lastrefusal_take(event, "alice", false, &found), rows[i].refusal);
		assert_int_equal(ka_lastrefusal_take(event, "alice", true, &found), rows[i].any);
		assert_false(ka_lastrefusal_take(event, "bob", true, &found));
		json_decref(event);
	}
}

static void find__no_trail__nothing(void **state)
{
	struct trailplace *p = place(state);

	ka_lastrefusal_find(p->path, "alice", &found);
	assert_string_equal(found.at, "");
	assert_int_equal(mkdir(p->path, 0700), 0);
	ka_lastrefusal_find(p->path, "alice", &found);
	assert_string_equal(found.at, "");
	assert_int_equal(rmdir(p->path), 0);
	assert_int_equal(mkfifo(p->path, 0600), 0);
	ka_lastrefusal_find(p->path, "alice", &found); /* nobody is waited for */
	assert_string_equal(found.at, "");
	find(state, "");
	assert_string_equal(found.at, "");
}

/* what is no event is passed over; what is still being written too */
static void find__lines_that_are_no_events__are_passed_over(void **state)
{
	static const char *const lines[] = {
		"ssh-key-refused\n", "{\"ssh-key-refused\":\n", "[\"ssh-key-refused\"]\n", "\"ssh-key-refused\"\n", "\xff\x1b[2J ssh-key-refused\n",
		"{\"event\":\"ssh-key-refused\"}\n", "{\"event\":{\"action\":\"ssh-key-refused\"},\"user\":\"alice\"}\n",
		"{\"event\":{\"action\":[\"ssh-key-refused\"]},\"user\":{\"name\":\"alice\"}}\n", "\n\n",
		"{\"event\":{\"action\":\"ssh-key-refused\"},\"user\":{\"name\":\"alice\\u0000\"}}\n",
		"{\"event\":{\"action\":\"ssh-key-refused\"},\"user\":{\"name\":\"alice\"}}", /* no newline yet */
	};
	char text[1024];

	for (size_t i = 0; i < KA_ARRAY_LEN(lines); i++) {
		snprintf(text, sizeof(text), REFUSED("1", "alice", "") "%s", lines[i]);
		find(state, text);
		if (strcmp(found.at, "1") != 0)
			fail_msg("line %zu: %s", i, found.at);
	}
}

/* what has no room is left out and not cut: half a fingerprint names another key */
static void find__hostile_fields__bounded(void **state)
{
	static char text[KA_EVENT_LINE_MAX + 2];
	char big[1000];

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	snprintf(text, sizeof(text), "{\"@timestamp\":5,\"event\":{\"action\":\"ssh-key-refused\",\"code\":\"%s\"},\"user\":{\"name\":\"alice\"},"
		 "\"source\":{\"ip\":\"%s\",\"port\":\"x\"},\"keyaudit\":{\"ref\":\"\\u001b[2J\",\"offers\":[5,null,\"\",\"ssh-rsa\",\"ssh-rsa SHA256:x\","
		 "\"%s " SAMPLE_FP "\",\"ssh-rsa " SAMPLE_FP "x\",\"t " SAMPLE_FP " a b\"]}}\n", big, big, big);
	find(state, text);
	assert_string_equal(found.at, "?");
	assert_string_equal(found.reason, "");
	assert_string_equal(found.address, "");
	assert_int_equal(found.port, 0);
	assert_string_equal(found.ref, "\x1b[2J"); /* raw: whoever shows it escapes it */
	assert_int_equal(found.offers_count, 1);
	assert_string_equal(found.offers[0].type, "t");
}

static void find__offers__as_many_as_an_event_has(void **state)
{
	static char text[KA_EVENT_LINE_MAX + 2];

	for (int n = KA_EVENT_OFFERS_MAX - 1; n <= KA_EVENT_OFFERS_MAX + 1; n++) {
		size_t len = (size_t)snprintf(text, sizeof(text), "{\"@timestamp\":\"1\",\"event\":{\"action\":\"ssh-key-refused\"},\"user\":{\"name\":\"alice\"},"
								  "\"keyaudit\":{\"offers\":[\"\"");

		for (int i = 0; i < n; i++)
			len += (size_t)snprintf(text + len, sizeof(text) - len, ",\"t%d " SAMPLE_FP "\"", i);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "]}}\n");
		assert_true(len < sizeof(text));
		find(state, text);
		assert_int_equal(found.offers_count, n < KA_EVENT_OFFERS_MAX ? n : KA_EVENT_OFFERS_MAX);
		assert_string_equal(found.offers[0].type, "t0");
	}
}

static void find__longest_line__and_one_more(void **state)
{
	static char text[KA_EVENT_LINE_MAX + 10];

	for (size_t n = KA_EVENT_LINE_MAX - 1; n <= KA_EVENT_LINE_MAX + 1; n++) { /* its newline counted */
		static const char line[] = "{\"@timestamp\":\"1\",\"event\":{\"action\":\"ssh-key-refused\"},\"user\":{\"name\":\"alice\"}";

		memset(text, ' ', n);
		memcpy(text, line, sizeof(line) - 1);
		text[n - 2] = '}';
		text[n - 1] = '\n';
		text[n] = '\0';
		find(state, text);
		assert_string_equal(found.at, n <= KA_EVENT_LINE_MAX ? "1" : "");
	}
}

/* a refusal that lies further back than the tail is not found; one that the tail begins inside of is none either */
static void find__before_the_tail__is_not_looked_at(void **state)
{
	static const char line[] = REFUSED("1", "alice", "");
	static char text[KA_TRAIL_TAIL_MAX + sizeof(line) + 8];

	for (size_t more = 0; more <= 2; more++) {
		size_t rest = KA_TRAIL_TAIL_MAX - (sizeof(line) - 1) - 1 + more;

		memcpy(text, line, sizeof(line) - 1);
		memset(text + sizeof(line) - 1, '\n', rest);
		text[sizeof(line) - 1 + rest] = '\0';
		find(state, text);
		assert_string_equal(found.at, more <= 1 ? "1" : "");
	}
}

/* the message has the evidence behind the meaning */
static void find__why__is_the_evidence_or_the_meaning(void **state)
{
	static const struct { const char *message, *why; } cases[] = {
		{ "ssh key refused for alice: too old (a file; 2020)", "a file; 2020" },
		{ "ssh key refused for alice: too old", "too old" },
		{ "ssh key refused for alice: too old (a file; 20", "too old" },
		{ "ssh key refused for alice: too old ()", "too old" },
		{ "ssh key refused for alice: something else (a file)", "too old" },
	};
	char text[1024], filler[400];

	for (size_t i = 0; i <= KA_ARRAY_LEN(cases); i++) {
		bool is_long = i == KA_ARRAY_LEN(cases);

		memset(filler, 'x', sizeof(filler) - 1);
		filler[sizeof(filler) - 1] = '\0';
		snprintf(text, sizeof(text),
			 "{\"@timestamp\":\"1\",\"message\":\"%s%s%s\",\"event\":{\"action\":\"ssh-key-refused\",\"code\":\"cert.expired\","
			 "\"reason\":\"too old\"},\"user\":{\"name\":\"alice\"}}\n",
			 is_long ? "too old (" : cases[i].message, is_long ? filler : "", is_long ? ")" : "");
		find(state, text);
		if (is_long)
			assert_int_equal(strlen(found.why), sizeof(found.why) - 1);
		else
			assert_string_equal(found.why, cases[i].why);
	}
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, trailplace_setup, trailplace_teardown)
	const struct CMUnitTest tests[] = {
		T(find__the_place__out_of_the_message),
		T(find__several__the_last_of_this_user),
		T(find__every_end_that_is_no_login__counts),
		T(find__a_login_behind_it__is_over),
		T(find__whole_event__every_field),
		T(find__no_trail__nothing),
		T(find__more_than_are_kept__the_newest_in_order),
		T(take__any__every_final_event_of_this_user),
		T(find__lines_that_are_no_events__are_passed_over),
		T(find__hostile_fields__bounded),
		T(find__offers__as_many_as_an_event_has),
		T(find__longest_line__and_one_more),
		T(find__before_the_tail__is_not_looked_at),
		T(find__why__is_the_evidence_or_the_meaning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
