/* form/formcef: header, extension, and which address goes where. */
#include "keyaudit/form/formcef.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "tests/unit/lib/formsample.h"

#include "base/poison.h"

static char out[KA_FORM_LINE_MAX];

static const char *written(const json_t *event)
{
	struct ka_buf b;

	ka_buf_init_array(&b, out);
	ka_formcef_write(event, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	return out;
}

static const char *of(const struct sample *s)
{
	json_t *event = formsample_event(s);

	written(event);
	json_decref(event);
	return out;
}

static void write__sample__is_this_line(void **state)
{
	struct sample *s = sample_new();

	(void)state;
	assert_non_null(strstr(of(s), "CEF:0|keyaudit|keyaudit|" KA_VERSION "|perm.group-writable|ssh key refused|4|rt=1787480142123 duser=alice duid=1001 "
			      "src=203.0.113.7 spt=50514 dst=198.51.100.5 dpt=22 dhost=web01 app=ssh dproc=sshd dpid=4240 "
			      "act=ssh-key-refused outcome=failure reason="));
	assert_non_null(strstr(out, " filePath=/home/alice/.ssh/authorized_keys filePermission=0664 cs1Label=keyFingerprint cs1=" SAMPLE_FP
				    " cs2Label=keyType cs2=ssh-ed25519 "));
	assert_non_null(strstr(out, " externalId=fi7vpgkfaann3oq7v2fa7tnhg4 "));
	free(s);
}

static void write__ipv6__has_a_key_of_its_own(void **state)
{
	struct sample *s = sample_new();

	(void)state;
	SAMPLE_SET(s->e.source_ip, "2001:db8::7");
	assert_non_null(strstr(of(s), " c6a2Label=Source IPv6 Address c6a2=2001:db8::7 spt=50514 dst="));
	assert_null(strstr(out, " src="));
	free(s);
}

static void write__marks_of_the_form__are_escaped(void **state)
{
	json_t *e = formsample_json("{'@timestamp':'2026-08-23T10:15:42.123456Z','event':{'action':'a|b\\\\c','severity':11},"
				    "'user':{'name':'x\\n= src=1.2.3.4'},'source':{'ip':'no address','port':70000}}");

	(void)state;
	assert_string_equal(written(e), "CEF:0|keyaudit|keyaudit|" KA_VERSION "|a\\|b\\\\c|a%7cb%5cc|0|rt=1787480142123 "
			    "duser=x\\\\x0a\\= src\\=1.2.3.4 act=a|b\\\\c");
	json_decref(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write__sample__is_this_line),
		cmocka_unit_test(write__ipv6__has_a_key_of_its_own),
		cmocka_unit_test(write__marks_of_the_form__are_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
