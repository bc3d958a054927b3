/* diag/facts: sshd's command and its configuration, the sshd that listens, and what a person is told besides. */
#include "tests/unit/lib/factsworld.h"

#include "base/poison.h"

static void command__ours_or_not__which_configuration(void **state)
{
	(void)state;
	put(world.sshd.command, "/usr/libexec/keyaudit/authkeys-cmd -c /x -u %u -k %k");
	gather();
	assert_true(facts->asks_us);
	assert_string_equal(asked.conf_path, "of </usr/libexec/keyaudit/authkeys-cmd -c /x -u %u -k %k>");
	assert_false(asked.sources_query.whole);
	memset(world.sshd.command, 0, sizeof(world.sshd.command));
	put(world.sshd.command, "/usr/libexec/keyaudit/authkeys-cmd -u %u -P strict");
	gather();
	assert_true(asked.sources_query.whole && asked.sources_query.profile == KA_CONF_PROFILE_STRICT); /* sshd names no key: one limit for all lines */
	memset(world.sshd.command, 0, sizeof(world.sshd.command));
	put(world.sshd.command, "/opt/other %u");
	gather();
	assert_false(facts->asks_us);
	assert_string_equal(asked.conf_path, "of <>");
	world.sshd.is_known = false; /* could not be asked: believed to be ours */
	gather();
	assert_true(facts->asks_us);
	assert_false(asked.sources_query.whole);
	subject.conf_path = "/etc/mine";
	gather();
	assert_string_equal(asked.conf_path, "/etc/mine");
}

static void command__broken_configuration__nothing_is_asked_of_it(void **state)
{
	static const struct { enum ka_reason reason; bool conf; } rows[] = {
		{ KA_REASON_NONE, true }, { KA_REASON_CONF_DISABLED, true }, { KA_REASON_CONF_INVALID, false }, { KA_REASON_CONF_UNSAFE, false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		world.conf_reason = rows[i].reason;
		gather();
		assert_int_equal(asked.has_conf, rows[i].conf);
	}
}

static void by_hand__the_gate_and_the_daemon(void **state)
{
	(void)state;
	subject.by_hand = true;
	fakesshd.has_listener = true;
	put(world.sshd.pam_service, "sshd-x");
	world.sshd.use_pam = true;
	gather();
	assert_int_equal(asked.pam, 1);
	assert_string_equal(asked.pam_service, "sshd-x");
	assert_int_equal(fakesshd.examined, 1);
	assert_int_equal(facts->daemon.loaded_us, 77);
	world.sshd.use_pam = false;
	gather();
	assert_int_equal(asked.pam, 1);
	world.home = NULL; /* no user: nothing to look around for */
	gather();
	assert_int_equal(asked.pam, 1);
}

/* options that could be told apart are asked along; others, another configuration, a younger file are not judged */
static void listener__options_and_other_files(void **state)
{
	const bool *is = facts->unjudged.is;

	(void)state;
	subject.by_hand = true;
	gather();
	assert_false(asked.has_args || fakesshd.options > 0);
	fakesshd.has_listener = true;
	gather();
	assert_true(asked.has_args && fakesshd.options == 1);
	fakesshd.has_other = true; /* beside ours: somebody else's business */
	gather();
	assert_false(is[KA_UNJUDGED_LISTENER] || is[KA_UNJUDGED_RELOAD]);
	fakesshd.is_ambiguous = fakesshd.is_untold = true;
	gather();
	assert_true(is[KA_UNJUDGED_LISTENER] && is[KA_UNJUDGED_RELOAD]);
	fakesshd.has_listener = fakesshd.is_ambiguous = false;
	gather();
	assert_true(is[KA_UNJUDGED_LISTENER] && !asked.has_args);
}

/* a person sees every line, with what the command's policy says of its key: its configuration, and the profile of its line */
static void rows__by_hand__judged_as_the_command_would(void **state)
{
	(void)state;
	world.rows_count = 2;
	gather();
	assert_int_equal(asked.rows, 0); /* nobody looks at them */
	subject.by_hand = true;
	put(world.sshd.command, "/usr/libexec/keyaudit/authkeys-cmd -u %u -k %k -P strict");
	gather();
	assert_int_equal(asked.rows, 1);
	assert_ptr_equal(asked.rows_query.conf, &facts->command.conf);
	assert_string_equal(asked.rows_query.user, "alice");
	assert_int_equal(asked.rows_query.profile, KA_CONF_PROFILE_STRICT);
	assert_int_equal(asked.rows_query.now_sec, 1792000000);
	world.conf_reason = KA_REASON_CONF_DISABLED;
	gather();
	assert_int_equal(asked.rows, 2);
	world.conf_reason = KA_REASON_CONF_INVALID; /* it serves nobody: there is nothing to say of one key */
	gather();
	world.conf_reason = KA_REASON_NONE;
	world.rows_count = 0;
	gather();
	assert_int_equal(asked.rows, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(command__ours_or_not__which_configuration),
		T(command__broken_configuration__nothing_is_asked_of_it),
		T(by_hand__the_gate_and_the_daemon),
		T(listener__options_and_other_files),
		T(rows__by_hand__judged_as_the_command_would),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
