/*
 * sourcecheckfile: a file that the fetcher alone reads, judged by what the kernel lets the fetcher and the command do. The
 * users are those of the test: uids are really taken, so it needs root.
 */
#include "keyaudit/config/sourcecheckfile.h"

#include <grp.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/rights.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

enum { COMMAND = 61100, FETCH = 61110, OTHER = 61120 };

static char text[KA_CONF_ERROR_MAX];
static enum ka_rights_answer says = KA_RIGHTS_TAKEN;

static unsigned id_of(const char *user)
{
	return strcmp(user, "_keyfetch") == 0 ? FETCH : COMMAND;
}

/* these stand before the ones in the archive and in libc */
struct passwd *getpwnam(const char *name)
{
	static struct passwd pw;

	pw.pw_uid = id_of(name);
	return &pw;
}

enum ka_err ka_rights_take_as(const char *user, const char *groups_of, struct ka_rights *r)
{
	gid_t gid = id_of(groups_of);

	r->answer = says;
	if (says == KA_RIGHTS_TAKEN && (setgroups(1, &gid) != 0 || setegid(gid) != 0 || seteuid(id_of(user)) != 0))
		abort();
	return KA_ERR_OK;
}

enum ka_err ka_rights_take(const char *user, struct ka_rights *r)
{
	return ka_rights_take_as(user, user, r);
}

void ka_rights_give_back(struct ka_rights *r)
{
	if (r->answer == KA_RIGHTS_TAKEN && (seteuid(0) != 0 || setegid(0) != 0 || setgroups(0, NULL) != 0))
		abort();
}

static int make_tree(void **state)
{
	(void)state;
	trustroot_dir("/k", 0755, 0);
	trustroot_dir("/closed", 0700, 0);
	return 0;
}

static const char *look(const char *path, bool is_secret, bool on_miss)
{
	const struct ka_sourcecheckfile f = { "token_file", path, is_secret, on_miss };
	enum ka_reason reason;
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	assert_int_equal(ka_sourcecheckfile_look(&f, &reason, &b), KA_ERR_OK);
	assert_int_equal(geteuid(), 0);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	assert_int_equal(reason == KA_REASON_NONE, b.len == 0);
	return ka_reason_id(reason);
}

static const char *with(uid_t uid, gid_t gid, mode_t mode, bool is_secret, bool on_miss)
{
	trustroot_file("/k/token", mode, uid, "secret");
	assert_int_equal(chown("/k/token", uid, gid), 0);
	assert_int_equal(chmod("/k/token", mode), 0);
	return look("/k/token", is_secret, on_miss);
}

static void need_uids(void)
{
	if (trustroot_has_uids())
		return;
	print_message("skipped: not root\n");
	skip();
}

static void secret__the_fetchers_own__is_fine_on_both_ways(void **state)
{
	static const mode_t good[] = { 0400, 0600 };

	(void)state;
	need_uids();
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_string_equal(with(FETCH, 0, good[i], true, true), "-");
		assert_string_equal(with(FETCH, COMMAND, good[i], true, false), "-");
	}
	assert_string_equal(with(FETCH, FETCH, 0440, true, true), "-");
	assert_string_equal(look("", true, true), "-");
}

static void secret__for_the_fetchers_group__is_for_the_timer_alone(void **state)
{
	(void)state;
	need_uids();
	assert_string_equal(with(0, FETCH, 0640, true, false), "-");
	assert_string_equal(with(0, FETCH, 0640, true, true), "conf.invalid");
	assert_string_equal(text, "token_file: /k/token: mode 0640, owner 0, group 61110: the fetcher that a login starts is _keyfetch with "
				  "the groups of _keyaudit, and cannot read it; it should be _keyfetch's with mode 0400; "
				  "mend: chown _keyfetch /k/token");
	assert_string_equal(with(0, 0, 0600, true, false), "conf.invalid");
	assert_non_null(strstr(text, ": the timer's fetcher, _keyfetch, cannot read it; it should be "));
}

static void secret__that_the_command_can_read__is_unsafe(void **state)
{
	(void)state;
	need_uids();
	for (int on_miss = 0; on_miss < 2; on_miss++) {
		assert_string_equal(with(0, COMMAND, 0640, true, on_miss), "conf.unsafe");
		assert_string_equal(text, "token_file: /k/token: sshd's command (_keyaudit) may read the secret in it; it should be "
					  "_keyfetch's with mode 0400; mend: chmod 0400 /k/token");
		assert_string_equal(with(FETCH, COMMAND, 0440, true, on_miss), "conf.unsafe");
		assert_string_equal(with(COMMAND, 0, 0400, true, on_miss), "conf.unsafe");
		assert_string_equal(with(FETCH, 0, 0404, true, on_miss), "conf.unsafe");
		assert_non_null(strstr(text, "/k/token: others may read the secret in it"));
	}
}

static void secret__that_others_may_change__is_unsafe(void **state)
{
	(void)state;
	need_uids();
	assert_string_equal(with(FETCH, FETCH, 0620, true, true), "conf.unsafe");
	assert_non_null(strstr(text, "/k/token: others may change it; it should be _keyfetch's with mode 0400; mend: chmod 0400 /k/token"));
	assert_string_equal(with(OTHER, FETCH, 0440, true, false), "conf.unsafe");
	assert_non_null(strstr(text, "owner 61120, group 61110: whose it is can change it; it should be _keyfetch's"));
	assert_non_null(strstr(text, "mend: chown _keyfetch /k/token"));
}

static void other_file__must_be_readable_and_need_not_be_closed(void **state)
{
	(void)state;
	need_uids();
	assert_string_equal(with(0, 0, 0644, false, true), "-");
	assert_string_equal(with(0, COMMAND, 0640, false, true), "-");
	assert_string_equal(with(0, 0, 0600, false, true), "conf.invalid");
	assert_non_null(strstr(text, "cannot read it; mend: chmod a+r /k/token"));
	assert_string_equal(with(0, 0, 0666, false, true), "conf.unsafe");
}

static void path__that_leads_nowhere_or_through_a_closed_directory__says_where(void **state)
{
	(void)state;
	need_uids();
	assert_string_equal(look("/k/none", true, true), "conf.invalid");
	assert_string_equal(text, "token_file: /k/none: is not there");
	trustroot_file("/closed/token", 0400, FETCH, "secret");
	assert_string_equal(look("/closed/token", true, true), "conf.invalid");
	assert_non_null(strstr(text, "token_file: /closed: mode 0700, "));
	assert_non_null(strstr(text, "cannot look into it; mend: chmod a+x /closed"));
}

/* who is not root sees with his own eyes, and says nothing about what he may not look at */
static void look__without_the_rights_to_take__passes_over_what_is_closed(void **state)
{
	(void)state;
	need_uids();
	trustroot_file("/k/token", 0400, FETCH, "secret");
	says = KA_RIGHTS_OWN;
	assert_int_equal(seteuid(OTHER), 0);
	{
		const struct ka_sourcecheckfile f = { "token_file", "/k/token", true, true };
		enum ka_reason reason = KA_REASON_CONF_INVALID;
		struct ka_buf b;

		ka_buf_init_array(&b, text);
		assert_int_equal(ka_sourcecheckfile_look(&f, &reason, &b), KA_ERR_OK);
		assert_int_equal(reason, KA_REASON_NONE);
	}
	assert_int_equal(seteuid(0), 0);
	says = KA_RIGHTS_TAKEN;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secret__the_fetchers_own__is_fine_on_both_ways),
		cmocka_unit_test(secret__for_the_fetchers_group__is_for_the_timer_alone),
		cmocka_unit_test(secret__that_the_command_can_read__is_unsafe),
		cmocka_unit_test(secret__that_others_may_change__is_unsafe),
		cmocka_unit_test(other_file__must_be_readable_and_need_not_be_closed),
		cmocka_unit_test(path__that_leads_nowhere_or_through_a_closed_directory__says_where),
		cmocka_unit_test(look__without_the_rights_to_take__passes_over_what_is_closed),
	};

	return trustroot_run(tests, make_tree);
}
