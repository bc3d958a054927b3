/* diag/pamconf: a PAM file's lines of our module, read as PAM and as the module itself read them. */
#include "diag/pamconf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pam_keyaudit/pamargs.h"

#include "base/poison.h"

static struct ka_pamconf conf;
static char included[256]; /* "NAME PHASE;" for each */
static char modes[160];

static void include(void *ctx, struct ka_span name, enum ka_pamconf_phase phase)
{
	size_t n = strlen(included);

	assert_ptr_equal(ctx, &conf);
	assert_true(snprintf(included + n, sizeof(included) - n, "%.*s %d;", (int)name.len, (const char *)name.p, (int)phase) > 0);
}

static const char *parse_for(const char *text, const char *service, enum ka_pamconf_phase only)
{
	struct ka_buf b;

	memset(&conf, 0, sizeof(conf));
	included[0] = '\0';
	ka_pamconf_parse(ka_span_of(text), service, only, include, &conf, &conf);
	ka_buf_init_array(&b, modes);
	ka_pamconf_modes(&conf, &b);
	return modes;
}

static const char *parse(const char *text)
{
	return parse_for(text, "sshd", KA_PAMCONF_PHASES);
}

static void lines__of_other_modules__say_nothing(void **state)
{
	(void)state;
	assert_string_equal(parse("# session required pam_keyaudit.so enforce\n"
				  "session required pam_limits.so enforce # pam_keyaudit.so\n"
				  "session required pam_keyaudit.so.bak enforce\n"
				  "session required /opt/pam_keyaudit.so/other.so\n"
				  "sessions required pam_keyaudit.so\nsession\nsession required\n\n\\\n"
				  "[session] required pam_keyaudit.so\n"), "");
	assert_false(conf.is_cut);
	assert_int_equal(conf.enforce, KA_PAMCONF_ENFORCE_NO);
}

static void lines__the_three_of_the_example__are_read(void **state)
{
	(void)state;
	assert_string_equal(parse("account   optional   pam_keyaudit.so\nsession   optional   pam_keyaudit.so\n"), "account, session");
	assert_string_equal(parse("AUTH\t[default=ignore maxtries=die]\t/usr/lib/security/pam_keyaudit.so final notice\n"
				  "-session required pam_keyaudit.so enforce=soft"), "auth (final, notice), session (enforce=soft)");
	assert_string_equal(parse("session \\\n  required pam_keyaudit.so \\\n enforce\n"), "session (enforce)");
	assert_string_equal(parse("session required pam_keyaudit.so enforce\nsession required pam_keyaudit.so enforce=soft\n"),
			    "session (enforce)"); /* the strictest */
	assert_string_equal(parse("auth optional pam_keyaudit.so enforce\nsession optional pam_keyaudit.so final\n"), "auth, session");
	assert_false(conf.is_toothless);
}

/* a gate that PAM passes over is none */
static void enforce__in_a_line_whose_refusal_is_not_heard__does_not_count(void **state)
{
	static const struct { const char *control; bool heard; } rows[] = {
		{ "optional", false }, { "Sufficient", false }, { "[success=ok default=ignore]", false },
		{ "[success=ok session_err=ignore default=bad]", false }, { "[session_err=1]", false }, { "[default=reset]", false },
		{ "required", true }, { "requisite", true }, { "[success=ok]", true }, { "[default=die]", true },
		{ "[success=ok session_err=bad default=ignore]", true }, { "[default=ignore session_err=die]", true }, { "[]", true },
		{ "[default=ok]", true }, { "[session_err=done default=ignore]", true },
	};
	char text[160];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		assert_true(snprintf(text, sizeof(text), "session %s pam_keyaudit.so enforce\n", rows[i].control) > 0);
		assert_string_equal(parse(text), rows[i].heard ? "session (enforce)" : "session");
		assert_int_equal(conf.is_toothless, !rows[i].heard);
	}
}

/* the module answers PAM_IGNORE: a list that does not know it turns everybody away */
static void ignore__taken_for_a_failure__is_said(void **state)
{
	static const struct { const char *control; bool closed; } rows[] = {
		{ "[success=ok]", true }, { "[success=ok default=ok]", true }, { "[session_err=ignore default=die]", true },
		{ "[success=ok ignore=ignore default=bad]", false }, { "[default=ignore maxtries=die]", false }, { "required", false },
		{ "optional", false }, { "requisite", false }, { "sufficient", false },
	};
	char text[160];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		assert_true(snprintf(text, sizeof(text), "account %s pam_keyaudit.so\n", rows[i].control) > 0);
		parse(text);
		assert_int_equal(conf.is_closed, rows[i].closed);
		assert_true(snprintf(text, sizeof(text), "auth %s pam_keyaudit.so\n", rows[i].control) > 0);
		parse(text);
		assert_false(conf.is_closed); /* for a password only */
	}
}

static void services__others__do_not_count(void **state)
{
	(void)state;
	assert_string_equal(parse("session required pam_keyaudit.so enforce services=login,cron\n"), "");
	assert_string_equal(parse("session required pam_keyaudit.so enforce services=login,sshd\n"), "session (enforce)");
	assert_string_equal(parse_for("session required pam_keyaudit.so enforce\n", "ssh2", KA_PAMCONF_PHASES), "");
	assert_string_equal(parse_for("session required pam_keyaudit.so services=ssh2\n", "ssh2", KA_PAMCONF_PHASES), "session");
}

static void includes__all_forms__are_handed_out(void **state)
{
	(void)state;
	parse("@include common-auth\nsession include common-session\naccount substack sub # x\nsession optional include\n@include\n"
	      "session include\n");
	assert_string_equal(included, "common-auth 4;common-session 2;sub 1;");
	parse_for("@include a\nsession include b\nauth include c\nauth required pam_keyaudit.so final\n", "sshd", KA_PAMCONF_SESSION);
	assert_string_equal(included, "a 2;b 2;");
	assert_string_equal(modes, "");
}

/* "[]" is an empty word for PAM: a module that it does not find, and no head of a substack */
static void module__an_empty_word__is_one_that_nobody_has(void **state)
{
	(void)state;
	parse("account required []\naccount substack x\naccount include []\n");
	assert_int_equal(conf.lines.count, 2);
	assert_false(conf.lines.lines[0].is_substack);
	assert_string_equal(conf.lines.lines[0].module, "[]");
	assert_true(conf.lines.lines[1].is_substack);
	assert_string_equal(included, "x 1; 1;");
}

static void lines__too_long__are_said_to_be_left_out(void **state)
{
	static char text[2 * KA_PAMCONF_LINE_MAX];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	memcpy(text + sizeof(text) - 42, "\nsession required pam_keyaudit.so enforce\n", 42);
	text[sizeof(text) - 1] = '\0';
	assert_string_equal(parse(text), "session (enforce)");
	assert_true(conf.is_cut);
}

/* the module and the doctor read a line alike */
static void arguments__any__mean_what_they_mean_to_the_module(void **state)
{
	static const char *const rows[] = {
		"", "enforce", "enforce=soft", "enforce=hard", "enforce=", "enforce enforce=soft", "enforce=soft enforce", "Enforce",
		"final", "final=yes", "notice quiet final", "services= enforce", "services=x services=sshd enforce", "services=sshd,x",
		"services=xsshd", "debug deadline_ms=20 enforce", "[enforce]", "enforce=soft,", "notice\tfinal",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		char text[160], copy[160], *argv[8], *save = NULL;
		struct ka_pamargs args;
		int argc = 0;
		bool works;

		assert_true(snprintf(copy, sizeof(copy), "%s", rows[i]) >= 0);
		for (char *w = strtok_r(copy, " \t[]", &save); w != NULL; w = strtok_r(NULL, " \t[]", &save))
			argv[argc++] = w;
		ka_pamargs_parse(argc, (const char *const *)argv, &args);
		works = ka_pamargs_has_service(&args, "sshd");
		assert_true(snprintf(text, sizeof(text), "session required pam_keyaudit.so %s\n", rows[i]) > 0);
		parse(text);
		assert_int_equal(conf.stands[KA_PAMCONF_SESSION], works);
		assert_int_equal(conf.enforce, works ? (int)args.enforce : 0);
		assert_true(snprintf(text, sizeof(text), "auth required pam_keyaudit.so %s\n", rows[i]) > 0);
		parse(text);
		assert_int_equal(conf.final, works && args.final);
		assert_int_equal(conf.notice, works && args.notice);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines__of_other_modules__say_nothing),
		cmocka_unit_test(lines__the_three_of_the_example__are_read),
		cmocka_unit_test(module__an_empty_word__is_one_that_nobody_has),
		cmocka_unit_test(lines__too_long__are_said_to_be_left_out),
		cmocka_unit_test(enforce__in_a_line_whose_refusal_is_not_heard__does_not_count),
		cmocka_unit_test(ignore__taken_for_a_failure__is_said),
		cmocka_unit_test(services__others__do_not_count),
		cmocka_unit_test(includes__all_forms__are_handed_out),
		cmocka_unit_test(arguments__any__mean_what_they_mean_to_the_module),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
