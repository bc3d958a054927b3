/* keyaudit/mend/fixtell: strangers' text never gets out of its line, nor out of a comment of the script. */
#include "keyaudit/mend/fixtell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/lib/fixsample.h"

#include "base/poison.h"

static struct fixsample s;

static int plain(void **state)
{
	(void)state;
	fixsample_make(&s);
	return 0;
}

static struct ka_out out_to(FILE *f)
{
	const struct ka_out o = { .to = f };

	assert_non_null(f);
	return o;
}

/* every line of the script is a comment, empty, ours, or the command */
static void is_harmless(const char *text, bool command)
{
	bool seen = false;

	for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
		assert_non_null(strchr(line, '\n'));
		if (strncmp(line, "runuser -u alice -- chmod go-w -- /x\n", 37) == 0)
			seen = true;
		else if (line[0] != '#' && line[0] != '\n' && strncmp(line, "set -eu\n", 8) != 0)
			fail_msg("%s", line);
	}
	assert_int_equal(seen, command);
	assert_null(strchr(text, '\x1b'));
}

static const char *script(bool trust)
{
	struct ka_out o = out_to(tmpfile());

	ka_fixtell_script_head(&o, FIXSAMPLE_EVIL);
	ka_fixtell_script(&o, &s.turn, trust);
	return fixsample_read(o.to);
}

static void script__a_command_when_it_would_be_done(void **state)
{
	(void)state;
	is_harmless(script(true), true);
	is_harmless(script(false), false); /* nobody has vouched: it stands there as a comment */
	assert_non_null(strstr(script(false), "#   runuser -u alice"));
	s.turn.needs_trust = false;
	is_harmless(script(false), true);
	s.turn.state = KA_FIXTURN_BY_HAND;
	s.turn.answer = KA_FIXPLAN_LINKS;
	is_harmless(script(true), false);
	assert_non_null(strstr(script(true), "hard links"));
}

static void turn__shows_commands_and_keys(void **state)
{
	struct ka_out o = out_to(tmpfile());
	const char *text;

	(void)state;
	ka_fixtell_turn(&o, &s.turn, 1);
	text = fixsample_read(o.to);
	assert_non_null(strstr(text, "run      runuser -u alice -- chmod go-w -- /x\n"));
	assert_non_null(strstr(text, "was written at 2023-11-14T22:13:20Z and has 1 key:"));
	assert_non_null(strstr(text, "line 3   ssh-ed25519  SHA256:x  a\\x0arm -rf /\\x1b[2J"));
	assert_non_null(strstr(text, "2 lines that cannot be read as a key, the first is line 7"));
	assert_null(strchr(text, '\x1b'));
	assert_null(strstr(text, "\nrm"));
}

static void result__each_state_says_why(void **state)
{
	(void)state;
	for (unsigned i = KA_FIXTURN_BY_HAND; i <= KA_FIXTURN_FAILED; i++) {
		struct ka_out o = out_to(tmpfile());
		const char *text;

		s.turn.state = (enum ka_fixturn_state)i;
		s.turn.why = "it broke";
		s.turn.errnum = 13;
		ka_fixtell_result(&o, &s.turn);
		text = fixsample_read(o.to);
		assert_int_equal(strstr(text, "not done: ") == NULL, i == KA_FIXTURN_DONE);
		assert_int_equal(strstr(text, "it broke (EACCES)") != NULL, i == KA_FIXTURN_FAILED);
		assert_int_equal(strstr(text, "--trust-content") != NULL, i == KA_FIXTURN_UNTRUSTED);
	}
}

#define T(name) cmocka_unit_test_setup(name, plain)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(script__a_command_when_it_would_be_done), T(turn__shows_commands_and_keys), T(result__each_state_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
