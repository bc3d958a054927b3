/* form/formkv: the same line as syslog has it, of every action. */
#include "keyaudit/form/formkv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audit/eventtext.h"
#include "base/limits.h"
#include "tests/unit/lib/formsample.h"

#include "base/poison.h"

static char got[16384], want[KA_SYSLOG_LINE_MAX];

static void compare(const struct sample *s)
{
	json_t *event = formsample_event(s);
	struct ka_buf g, w;

	ka_buf_init_array(&g, got);
	ka_buf_init_array(&w, want);
	ka_formkv_write(event, &g);
	ka_eventtext_write(&s->e, &s->h, &w);
	assert_string_equal(got, want);
	json_decref(event);
}

static void write__every_action__is_the_line_of_syslog(void **state)
{
	static const char *const names[] = { "alice", "a b", "a\"b rhost=1.2.3.4", "a\nb", "\xff|=\\%n", "" };
	struct sample *s = sample_new();

	(void)state;
	for (unsigned a = 0; a < KA_EVENT_COUNT; a++)
		for (size_t i = 0; i < KA_ARRAY_LEN(names); i++) {
			s->e.action = (enum ka_action_event)a;
			s->e.summary_count = a;
			SAMPLE_SET(s->e.user, names[i]);
			SAMPLE_SET(s->finding.evidence.path, names[i]);
			s->e.has_conn = i % 2 == 0;
			compare(s);
		}
	s->e.sources = &(const struct ka_recordsrc){ .name = "corp", .reason = KA_REASON_STORE_TIMEOUT };
	s->e.sources_count = 1;
	compare(s);
	s->e.action = KA_EVENT_KEY_REFUSED;
	compare(s);
	s->e.trust = KA_TRUST_CLAIMED; /* no address */
	s->e.reason = KA_REASON_NONE;
	s->e.finding = NULL;
	s->e.key = NULL;
	compare(s);
	free(s);
}

static void write__long_path__no_longer_than_an_old_relay_takes(void **state)
{
	struct sample *s = sample_new();
	json_t *event;
	struct ka_buf g;

	(void)state;
	memset(s->finding.evidence.path, 'p', sizeof(s->finding.evidence.path) - 1);
	memset(s->finding.evidence.path, 0x22, 200);
	event = formsample_event(s);
	ka_buf_init_array(&g, got);
	ka_formkv_write(event, &g);
	assert_true(g.len < KA_SYSLOG_LINE_MAX - KA_SYSLOG_HEADER_MAX);
	assert_non_null(strstr(got, "...\" mode=0664 event=fi7vpgkfaann3oq7v2fa7tnhg4 ref=asm6lelb"));
	json_decref(event);
	free(s);
}

static void write__strange_types__dashes(void **state)
{
	json_t *e = formsample_json("{'event':{'action':'ssh-key-refused\\n\\u001b[2J','code':7,'id':'x y=z'},'user':{'name':['x']},"
				    "'source':{'ip':'nobody','port':'22'},'file':{'mode':'9999'},'keyaudit':{'count':'7'}}");
	struct ka_buf g;

	(void)state;
	ka_buf_init_array(&g, got);
	ka_formkv_write(e, &g);
	assert_string_equal(got, "ssh-key-refused%0a%1b%5b2J: reason=- user=- rhost=- port=- fp=- path=- mode=- event=x%20y=z ref=- count=-");
	json_decref(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write__every_action__is_the_line_of_syslog),
		cmocka_unit_test(write__long_path__no_longer_than_an_old_relay_takes),
		cmocka_unit_test(write__strange_types__dashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
