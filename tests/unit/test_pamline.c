/* diag/pamline: lines kept as Linux-PAM reads them, and nothing kept of what does not fit. */
#include "diag/pamline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "diag/pamconf.h"

#include "base/poison.h"

static struct ka_pamconf conf;

static void include(void *ctx, struct ka_span name, enum ka_pamconf_phase phase)
{
	struct ka_pamconf *c = ctx;

	(void)name;
	ka_pamconf_parse(ka_span_of("auth required pam_in.so\naccount required pam_in.so\n"), "sshd", phase, include, c, c);
}

static const struct ka_pamline *parse(const char *text, size_t count)
{
	memset(&conf, 0, sizeof(conf));
	ka_pamline_file(&conf.lines, "/etc/pam.d/sshd");
	ka_pamconf_parse(ka_span_of(text), "sshd", KA_PAMCONF_PHASES, include, &conf, &conf);
	assert_int_equal(conf.lines.count, count);
	return conf.lines.lines;
}

static void lines__of_account_and_session__are_kept_in_order(void **state)
{
	const struct ka_pamline *l = parse("# c\nauth required pam_unix.so\naccount  REQUIRED \\\n  /lib/security/pam_access.so  nodefgroup x # c\n"
					   "session [success=ok default=1] pam_x.so\npassword required pam_y.so\n"
					   "-account optional pam_z.so\n", 3);

	(void)state;
	assert_int_equal(l[0].phase, KA_PAMCONF_ACCOUNT);
	assert_int_equal(l[0].line, 3);
	assert_string_equal(l[0].control, "success=ok new_authtok_reqd=ok ignore=ignore default=bad");
	assert_string_equal(l[0].arguments, "nodefgroup x");
	assert_true(ka_pamline_is(&l[0], "pam_access.so"));
	assert_false(ka_pamline_is(&l[0], "access.so"));
	assert_true(ka_pamline_has(&l[0], "x") && !ka_pamline_has(&l[0], "nodef"));
	assert_int_equal(l[1].phase, KA_PAMCONF_SESSION);
	assert_string_equal(l[1].control, "success=ok default=1");
	assert_int_equal(l[1].line, 5);
	assert_string_equal(l[2].module, "pam_z.so");
	assert_string_equal(conf.lines.files[l[2].file], "/etc/pam.d/sshd");
}

static void lines__of_includes__stand_in_their_place(void **state)
{
	const struct ka_pamline *l = parse("@include x\naccount include x\naccount substack x\naccount required pam_last.so\nsession include x\n", 5);

	(void)state;
	assert_string_equal(l[0].module, "pam_in.so");
	assert_string_equal(l[1].module, "pam_in.so");
	assert_true(l[2].is_substack);
	assert_int_equal(l[2].level, 0);
	assert_int_equal(l[3].level, 1);
	assert_int_equal(l[4].level, 0);
}

static void lines__too_many_or_too_long__are_said(void **state)
{
	static char text[KA_PAMLINE_MAX * 64], word[KA_PAMLINE_CONTROL_MAX + 1], line[2 * KA_PAMLINE_CONTROL_MAX];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < KA_PAMLINE_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "account required pam_x.so\n");
	parse(text, KA_PAMLINE_MAX);
	assert_false(conf.lines.is_cut);
	snprintf(text + n, sizeof(text) - n, "account required pam_x.so\n");
	parse(text, KA_PAMLINE_MAX);
	assert_true(conf.lines.is_cut);
	memset(word, 'x', sizeof(word) - 1);
	snprintf(line, sizeof(line), "account [%s] pam_x.so\n", word);
	parse(line, 0);
	assert_true(conf.lines.is_cut);
	snprintf(line, sizeof(line), "account required %s\n", word);
	parse(line, 0);
	assert_true(conf.lines.is_cut);
	snprintf(line, sizeof(line), "account required pam_x.so %s\n", word);
	assert_int_equal(strlen(parse(line, 1)->arguments), KA_PAMLINE_ARGUMENTS_MAX - 1);
	assert_false(conf.lines.is_cut);
}

static void files__more_than_there_is_room_for__are_said(void **state)
{
	(void)state;
	memset(&conf, 0, sizeof(conf));
	for (size_t i = 0; i < KA_ARRAY_LEN(conf.lines.files); i++)
		assert_int_equal(ka_pamline_file(&conf.lines, "/x"), i > 0 ? i - 1 : 0);
	assert_false(conf.lines.is_cut);
	ka_pamline_file(&conf.lines, "/x");
	assert_true(conf.lines.is_cut);
	ka_pamline_back(&conf.lines, 2);
	assert_int_equal(conf.lines.file_now, 2);
}

static void action__table(void **state)
{
	static const struct { const char *control, *value, *action; } cases[] = {
		{ "success=ok default=bad", "success", "ok" },
		{ "success=ok default=bad", "acct_expired", "bad" },
		{ "default=die success=2", "success", "2" },
		{ "default=die success=2", "ignore", "die" },
		{ "success=ok", "ignore", "bad" },
		{ "", "success", "bad" },
		{ "success", "success", "bad" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(cases); i++)
		assert_true(ka_span_is(ka_pamline_action(ka_span_of(cases[i].control), cases[i].value), cases[i].action));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines__of_account_and_session__are_kept_in_order),
		cmocka_unit_test(lines__of_includes__stand_in_their_place),
		cmocka_unit_test(lines__too_many_or_too_long__are_said),
		cmocka_unit_test(files__more_than_there_is_room_for__are_said),
		cmocka_unit_test(action__table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
