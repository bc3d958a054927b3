/* diag/facts: who is asked what, and who is not asked at all. Everything that is asked is invented. */
#include "tests/unit/lib/factsworld.h"

#include "base/poison.h"

static void gather__ordinary__everybody_is_asked_once(void **state)
{
	(void)state;
	gather();
	assert_int_equal(asked.sshd, 1);
	assert_string_equal(asked.program, "/usr/sbin/sshd");
	assert_string_equal(asked.config, "/etc/ssh/sshd_config");
	assert_string_equal(fakesshd.places, "/etc/ssh/sshd_config");
	assert_string_equal(asked.user, "alice");
	assert_string_equal(asked.address, "192.0.2.7");
	assert_int_equal(facts->account, KA_FACTS_ACCOUNT_KNOWN);
	assert_int_equal(facts->uid, 1001);
	assert_string_equal(facts->home, "/home/alice");
	assert_int_equal(asked.files, 1);
	assert_true(facts->has_files);
	assert_int_equal(asked.paths_count, 2);
	assert_string_equal(asked.paths[0], "/home/alice/.ssh/authorized_keys");
	assert_int_equal(asked.files_query.rule, KA_PERM_RULE_DEBIAN);
	assert_int_equal(asked.files_query.gid, 1002);
	assert_int_equal(asked.files_query.deadline_ms, KA_DIAG_CHILD_MS);
	assert_string_equal(asked.scan_address, "192.0.2.7");
	assert_int_equal(asked.sources, 1);
	assert_true(asked.has_conf && asked.has_home && asked.sources_query.has_uid);
	assert_int_equal(asked.account, 1);
	assert_int_equal(asked.near + asked.pam + fakesshd.examined, 0); /* sshd asks no PAM; nobody asks by hand */
	assert_int_equal(facts->offers_count, 1);
}

static void gather__records_only__nobody_is_asked(void **state)
{
	(void)state;
	subject.records_only = subject.by_hand = true;
	gather();
	assert_int_equal(asked.sshd + asked.files + asked.conf + asked.sources + asked.pam + fakesshd.examined + asked.account + asked.near, 0);
	assert_int_equal(facts->account, KA_FACTS_ACCOUNT_UNASKED);
	assert_true(facts->asks_us);
	assert_false(facts->has_files);
	assert_int_equal(facts->offers_count, 1);
}

/* passwd says no, or cannot say: two things */
static void account__unknown_or_not_to_be_told(void **state)
{
	static const char *const homes[] = { "", "relative", NULL };
	static char far[KA_TEXT_PATH_MAX + 2];

	(void)state;
	world.home = NULL;
	gather();
	assert_int_equal(facts->account, KA_FACTS_ACCOUNT_UNKNOWN);
	assert_int_equal(asked.files + asked.sources + asked.account, 0);
	assert_int_equal(asked.near, 1);
	assert_int_equal(facts->who.near_count, 1);
	world.passwd_err = 5; /* EIO: the name service fails */
	gather();
	assert_int_equal(facts->account, KA_FACTS_ACCOUNT_UNASKED);
	assert_int_equal(asked.files, 0);
	assert_int_equal(asked.sources, 1);
	assert_false(asked.has_home || asked.sources_query.has_uid);
	world.passwd_err = 0;
	for (size_t i = 0; homes[i] != NULL; i++) {
		world.home = homes[i];
		gather();
		assert_int_equal(facts->account, KA_FACTS_ACCOUNT_UNASKED);
	}
	memset(far, 'x', sizeof(far) - 1);
	far[0] = '/';
	for (size_t n = KA_TEXT_PATH_MAX - 1; n <= KA_TEXT_PATH_MAX; n++) {
		far[n] = '\0';
		world.home = far;
		gather();
		assert_int_equal(facts->account, n < KA_TEXT_PATH_MAX ? KA_FACTS_ACCOUNT_KNOWN : KA_FACTS_ACCOUNT_UNASKED);
		far[n] = 'x';
	}
	subject.user[0] = '\0';
	world.home = "/home/alice";
	gather();
	assert_int_equal(facts->account, KA_FACTS_ACCOUNT_UNASKED);
}

/* which rule, which program: our configuration comes first */
static void conf__sshd_and_rule__table(void **state)
{
	static const struct { const char *version; enum ka_conf_strict strict; bool debian; } rows[] = {
		{ "OpenSSH_9.2p1 Debian-2", KA_CONF_STRICT_AUTO, true }, { "OpenSSH_9.2p1", KA_CONF_STRICT_AUTO, false }, { "", KA_CONF_STRICT_AUTO, false },
		{ "OpenSSH_9.2p1", KA_CONF_STRICT_DEBIAN, true }, { "OpenSSH_9.2p1 Debian-2", KA_CONF_STRICT_UPSTREAM, false },
	};

	(void)state;
	subject.conf = &conf;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		world.version = rows[i].version;
		conf.strict_modes = rows[i].strict;
		gather();
		if (facts->is_debian != rows[i].debian)
			fail_msg("row %zu", i);
	}
	conf.sshd_program = "/opt/sshd";
	conf.sshd_config = "/opt/config";
	gather();
	assert_string_equal(asked.program, "/opt/sshd");
	assert_string_equal(asked.config, "/opt/config");
}

/* sshd expands patterns since 10.0; an older one takes the star for a letter */
static void files__patterns__by_release(void **state)
{
	(void)state;
	world.sshd.files_count = 2;
	put(world.sshd.files[0], ".ssh/keys*");
	put(world.sshd.files[1], "/etc/keys/%u");
	gather();
	assert_int_equal(asked.paths_count, 2);
	assert_string_equal(asked.paths[0], "/home/alice/.ssh/keys*");
	assert_false(facts->unjudged.is[KA_UNJUDGED_PATTERN]);
	world.version = "OpenSSH_10.0p1";
	gather();
	assert_int_equal(asked.paths_count, 1);
	assert_string_equal(asked.paths[0], "/etc/keys/alice");
	assert_true(facts->unjudged.is[KA_UNJUDGED_PATTERN]);
	assert_string_equal(facts->unjudged.about[KA_UNJUDGED_PATTERN], ".ssh/keys*");
	world.version = ""; /* not known: a letter */
	gather();
	assert_int_equal(asked.paths_count, 2);
}

static void files__what_the_child_could_not_judge__is_said(void **state)
{
	(void)state;
	world.acl = "/home/alice/.ssh";
	world.unjudged = true;
	gather();
	assert_string_equal(facts->unjudged.about[KA_UNJUDGED_ACL], "/home/alice/.ssh");
	assert_string_equal(facts->unjudged.about[KA_UNJUDGED_WAY], "/home/alice/k");
}

/* with UseDNS names count too, and we do not ask for them: from= is not judged then */
static void address__use_dns__is_not_judged(void **state)
{
	(void)state;
	world.sshd.use_dns = true;
	gather();
	assert_string_equal(asked.scan_address, "");
	assert_string_equal(asked.sources_query.address, "");
	assert_string_equal(asked.address, "192.0.2.7"); /* Match blocks are sshd's own business */
}

static void offers__more_than_there_is_room_for__the_first(void **state)
{
	(void)state;
	for (size_t n = KA_DIAG_OFFERS_MAX - 1; n <= KA_DIAG_OFFERS_MAX + 1; n++) {
		subject.offers_count = n;
		gather();
		assert_int_equal(facts->offers_count, n < KA_DIAG_OFFERS_MAX ? n : KA_DIAG_OFFERS_MAX);
		assert_int_equal(asked.scan.offers_count, facts->offers_count);
		assert_int_equal(asked.sources_query.offers_count, facts->offers_count);
	}
}

/* the first fault ends it, and is handed on as it is */
static void fault__of_each_one_asked__is_handed_on(void **state)
{
	enum ka_err *const errs[] = { &world.sshd_err, &world.files_err, &world.conf_err, &world.sources_err, &world.rows_err, &world.pam_err, &world.account_err };

	(void)state;
	subject.by_hand = true;
	world.rows_count = 1;
	world.sshd.use_pam = true;
	for (size_t i = 0; i < KA_ARRAY_LEN(errs); i++) {
		*errs[i] = KA_ERR_NOMEM;
		assert_int_equal(ka_facts_gather(&subject, facts), KA_ERR_NOMEM);
		*errs[i] = KA_ERR_OK;
	}
	gather();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(gather__ordinary__everybody_is_asked_once),
		T(gather__records_only__nobody_is_asked),
		T(account__unknown_or_not_to_be_told),
		T(conf__sshd_and_rule__table),
		T(files__patterns__by_release),
		T(files__what_the_child_could_not_judge__is_said),
		T(address__use_dns__is_not_judged),
		T(offers__more_than_there_is_room_for__the_first),
		T(fault__of_each_one_asked__is_handed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
