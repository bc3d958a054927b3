/* audit/eventtext: fixed fields in fixed order, and no user name that ends its field. */
#include "audit/eventtext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/text.h"
#include "tests/unit/lib/sampleevent.h"

#include "base/poison.h"

static const char *written(const struct sample *s)
{
	static char out[KA_SYSLOG_LINE_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, out);
	ka_eventtext_write(&s->e, &s->h, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	assert_true(ka_text_is_plain(ka_buf_as_span(&b)));
	return out;
}

static void write__sample__is_this_line(void **state)
{
	struct sample *s = sample_new();

	(void)state;
	assert_string_equal(written(s),
			    "ssh key refused: reason=perm.group-writable user=\"alice\" rhost=203.0.113.7 port=50514 fp=" SAMPLE_FP
			    " path=\"/home/alice/.ssh/authorized_keys\" mode=0664 event=fi7vpgkfaann3oq7v2fa7tnhg4 ref=asm6lelb");
	free(s);
}

static void write__nothing_known__dashes(void **state)
{
	struct sample *s = sample_new();

	(void)state;
	s->e = (struct ka_event){ .action = KA_EVENT_LOGIN_ACCEPTED, .at_us = 1 };
	assert_memory_equal(written(s), "ssh login accepted: reason=- user=- rhost=- port=- fp=- path=- mode=- event=", 76);
	s->e.action = KA_EVENT_KEY_SUMMARY;
	s->e.summary_count = 812;
	assert_non_null(strstr(written(s), " ref=- count=812"));
	/* which key store; a login may have asked many */
	s->e.sources = &(const struct ka_recordsrc){ .name = "corp" };
	s->e.sources_count = 1;
	s->e.action = KA_EVENT_STORE_DEGRADED;
	assert_non_null(strstr(written(s), "key store degraded: reason=- "));
	assert_non_null(strstr(written(s), " ref=- count=812 source=corp"));
	s->e.action = KA_EVENT_KEY_REFUSED;
	assert_null(strstr(written(s), "corp"));
	s->e.action = KA_EVENT_KEY_SUMMARY;
	s->e.sources_count = 0;
	/* a flood must not be counted once more by filters for one refusal */
	assert_memory_equal(written(s), "ssh keys refused in a flood: ", 29);
	free(s);
}

static void write__claimed__has_no_address(void **state)
{
	struct sample *s = sample_new();

	(void)state;
	s->e.trust = KA_TRUST_CLAIMED;
	assert_non_null(strstr(written(s), " rhost=- port=- "));
	free(s);
}

static unsigned count(const char *text, const char *what)
{
	unsigned n = 0;

	for (const char *p = text; (p = strstr(p, what)) != NULL; p++)
		n++;
	return n;
}

static void write__hostile_names__stay_in_their_quotes(void **state)
{
	static const char *const hostile[] = {
		"a\" rhost=1.2.3.4 port=1 fp=x", "\"", "-", "a\n<0>b", "\x1b[31m", "\xe2\x80\xae", "\\\"", "\xff",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(hostile); i++) {
		struct sample *s = sample_new();
		const char *line;

		SAMPLE_SET(s->e.user, hostile[i]);
		SAMPLE_SET(s->finding.evidence.path, hostile[i]);
		SAMPLE_SET(s->offers[1].fp, hostile[i]);
		line = written(s);
		assert_int_equal(count(line, "\""), 4);
		assert_int_equal(count(line, " rhost=203.0.113.7 "), 1);
		free(s);
	}
}

static void write__everything_long__fits_and_keeps_its_end(void **state)
{
	static const char fillers[] = "x\"\\\x1b";

	(void)state;
	for (const char *c = fillers; *c != '\0'; c++) {
		struct sample *s = sample_new();

		memset(s->e.user, *c, sizeof(s->e.user) - 1);
		memset(s->finding.evidence.path, *c, sizeof(s->finding.evidence.path) - 1);
		memset(s->offers[1].fp, *c, sizeof(s->offers[1].fp) - 1);
		SAMPLE_SET(s->e.source_ip, "2001:db8:1111:2222:3333:4444:5555:6666");
		assert_in_range(strlen(written(s)), 600, KA_SYSLOG_LINE_MAX - 100);
		assert_non_null(strstr(written(s), "...\" mode=0664 event=fi7vpgkfaann3oq7v2fa7tnhg4 ref=asm6lelb"));
		free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write__sample__is_this_line), cmocka_unit_test(write__nothing_known__dashes),
		cmocka_unit_test(write__claimed__has_no_address), cmocka_unit_test(write__hostile_names__stay_in_their_quotes),
		cmocka_unit_test(write__everything_long__fits_and_keeps_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
