/* keyaudit/watchconf, and the reload of keyaudit/caseevent: all of a new configuration, or nothing of it. */
#include "keyaudit/collect/watchconf.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

#define CONF "/etc/keyaudit/keyaudit.conf"
#define REST "[lookup]\nsources = local\n[source local]\ntype = file\npath = /etc/keyaudit/keys.d/%u\n[audit]\n"

static struct ka_watchstate *k;

static int make(void **state)
{
	(void)state;
	trustroot_dir("/etc", 0755, 0);
	trustroot_dir("/etc/keyaudit", 0755, 0);
	k = calloc(1, sizeof(*k));
	if (k != NULL)
		k->w = calloc(1, sizeof(*k->w));
	if (k == NULL || k->w == NULL)
		return 1;
	k->w->provider = "keyaudit-collect";
	k->w->conf_path = CONF;
	k->w->trail_lock = "/run/keyaudit/lock";
	ka_conf_default(&k->w->conf);
	return 0;
}

static void reload(mode_t mode, const char *text)
{
	trustroot_file(CONF, mode, 0, text);
	k->shut_until_ms = 77;
	ka_watchconf_reload(k);
}

static void reload__good__is_taken_whole(void **state)
{
	(void)state;
	reload(0644, REST "trail = /var/log/keyaudit/a.jsonl\nflood_limit = 3\nsshd_log = /var/log/auth.log\nsinks = trail\n");
	assert_string_equal(k->w->conf.trail, "/var/log/keyaudit/a.jsonl");
	assert_string_equal(k->w->conf.sshd_log_file, "/var/log/auth.log");
	assert_int_equal(k->w->conf.sshd_log, KA_CONF_LOG_FILE);
	assert_false(k->w->conf.sink_syslog);
	assert_int_equal(k->flood.limit, 3);
	assert_int_equal(k->shut_until_ms, 0);
	assert_string_equal(k->w->provider, "keyaudit-collect");
	assert_string_equal(k->w->conf_path, CONF);
	assert_string_equal(k->w->trail_lock, "/run/keyaudit/lock");
}

static void reload__what_is_no_longer_said__is_the_default_again(void **state)
{
	(void)state;
	reload(0644, REST "trail = /var/log/keyaudit/a.jsonl\nflood_limit = 3\nlevel.key.not-listed = warning\n");
	assert_int_equal(k->w->conf.levels_count, 1);
	reload(0644, REST);
	assert_int_equal(k->w->conf.levels_count, 0);
	assert_string_equal(k->w->conf.trail, "/var/log/keyaudit/audit.jsonl");
	assert_int_equal(k->flood.limit, 10);
}

static void reload__wrong__leaves_everything_as_it_was(void **state)
{
	static const struct {
		mode_t mode;
		const char *text;
	} wrong[] = {
		{ 0644, REST "flood_limit = 9\ncolour = red\n" },
		{ 0666, REST "flood_limit = 9\n" },
		{ 0644, "" },
	};
	const struct ka_writer *before;

	(void)state;
	reload(0644, REST "trail = /var/log/keyaudit/a.jsonl\nflood_limit = 3\n");
	before = k->w;
	for (size_t i = 0; i < KA_ARRAY_LEN(wrong); i++) {
		reload(wrong[i].mode, wrong[i].text);
		assert_ptr_equal(k->w, before);
		assert_false(ka_caseevent_is_broken(k->w));
		assert_string_equal(k->w->conf.trail, "/var/log/keyaudit/a.jsonl");
		assert_int_equal(k->flood.limit, 3);
		assert_int_equal(k->shut_until_ms, 77);
	}
}

static void reload__why__is_said_with_file_and_line(void **state)
{
	char why[KA_CONF_ERROR_MAX];

	(void)state;
	trustroot_file(CONF, 0644, 0, REST "colour = red\n");
	assert_int_equal(ka_caseevent_reload(&k->w, why), KA_ERR_OK);
	assert_memory_equal(why, CONF ":7: ", strlen(CONF ":7: "));
	trustroot_file(CONF, 0644, 0, REST);
	assert_int_equal(ka_caseevent_reload(&k->w, why), KA_ERR_OK);
	assert_string_equal(why, "");
}

static void hold__hangup__waits(void **state)
{
	sigset_t pending;

	(void)state;
	ka_watchconf_hold();
	assert_int_equal(raise(SIGHUP), 0);
	assert_int_equal(sigpending(&pending), 0);
	assert_int_equal(sigismember(&pending, SIGHUP), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reload__good__is_taken_whole),
		cmocka_unit_test(reload__what_is_no_longer_said__is_the_default_again),
		cmocka_unit_test(reload__wrong__leaves_everything_as_it_was),
		cmocka_unit_test(reload__why__is_said_with_file_and_line),
		cmocka_unit_test(hold__hangup__waits),
	};

	return trustroot_run(tests, make);
}
