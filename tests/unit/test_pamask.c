/* diag/pamask: service files below /tmp, and how far their includes are followed. */
#include "diag/pamask.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "keyaudit/case/removal.h"

#include "base/poison.h"

#define ENV "session required pam_env.so user_readenv=1 envfile=/etc/default/locale\n"
#define OURS "session optional pam_keyaudit.so\n"

static char dir[] = "/tmp/ka-pamask.XXXXXX";
static struct ka_pamconf pam;
static char folder[sizeof(dir) + 1]; /* with its slash */

static void put(const char *name, const char *text)
{
	KA_AUTOCLOSE int at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	KA_AUTOCLOSE int fd = openat(at, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ka_fd_write_all(fd, text, strlen(text)), KA_ERR_OK);
}

static void look(const char *text)
{
	put("sshd", text);
	memset(&pam, 0xa5, sizeof(pam));
	assert_int_equal(ka_pamask(folder, "sshd", &pam), KA_ERR_OK);
	assert_true(pam.is_known);
}

static int make(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return 1;
	memcpy(folder, dir, sizeof(dir));
	folder[sizeof(dir) - 1] = '/';
	folder[sizeof(dir)] = '\0';
	return 0;
}

static int drop(void **state)
{
	(void)state;
	return !ka_removal_entry(AT_FDCWD, dir);
}

static void read__module_behind_a_users_environment__is_too_late(void **state)
{
	static const char *const late[] = {
		ENV OURS,
		"-session required /lib/security/pam_env.so debug user_readenv\n" OURS,
		"SESSION [success=ok default=bad] pam_env.so user_readenv=1\nsession required /usr/lib/pam_keyaudit.so enforce\n",
		"session required \\\n  pam_env.so \\\n  user_readenv=1\n" OURS,
		"@include common\n" OURS,
		"session include common\n" OURS,
		"session substack common\n" OURS,
		ENV OURS OURS,
	};

	(void)state;
	put("common", "# nothing\n" ENV);
	for (size_t i = 0; i < KA_ARRAY_LEN(late); i++) {
		look(late[i]);
		assert_true(pam.stands[KA_PAMCONF_SESSION] && pam.is_too_late);
		assert_int_equal(pam.enforce != KA_PAMCONF_ENFORCE_NO, i == 2);
	}
}

static void read__its_neighbours__are_in_time(void **state)
{
	static const char *const good[] = {
		OURS ENV,
		OURS ENV OURS,
		"session required pam_env.so\n" OURS,
		"session required pam_env.so user_readenv=0\n" OURS,
		"auth required pam_env.so user_readenv=1\n" OURS,
		"# " ENV OURS,
		"session required pam_env.so # user_readenv=1\n" OURS,
		"session required my_pam_env.so user_readenv=1\n" OURS,
		"account include common\n" OURS,
		"session include missing\n" OURS,
		"@include sshd\n" OURS,
	};

	(void)state;
	put("common", ENV);
	for (size_t i = 0; i < KA_ARRAY_LEN(good); i++) {
		look(good[i]);
		assert_true(pam.stands[KA_PAMCONF_SESSION] && !pam.is_too_late);
	}
}

static void read__no_session_line__is_told(void **state)
{
	(void)state;
	look("");
	assert_false(pam.stands[KA_PAMCONF_SESSION] || pam.stands[KA_PAMCONF_ACCOUNT] || pam.is_cut);
	look("#session optional pam_keyaudit.so\nsession\nsession [a\nsession required\n@include\n");
	assert_false(pam.stands[KA_PAMCONF_SESSION]);
	look("account optional pam_keyaudit.so enforce\n" ENV);
	assert_true(pam.stands[KA_PAMCONF_ACCOUNT] && !pam.stands[KA_PAMCONF_SESSION] && !pam.is_too_late);
	assert_int_equal(pam.enforce, KA_PAMCONF_ENFORCE_NO);
	look("session required pam_keyaudit.so notice enforce=soft\n");
	assert_int_equal(pam.enforce, KA_PAMCONF_ENFORCE_SOFT);
}

static void read__what_cannot_be_followed__is_said(void **state)
{
	(void)state;
	look("session include missing\n");
	assert_true(pam.is_cut);
	look("@include sshd\nsession required pam_keyaudit.so enforce\n");
	assert_true(pam.is_cut); /* and it ends */
	assert_int_equal(pam.enforce, KA_PAMCONF_ENFORCE_HARD);
	put("common", "auth required pam_keyaudit.so final\nsession required pam_keyaudit.so enforce\n");
	look("session include common\n");
	assert_false(pam.is_cut || pam.final);
	assert_int_equal(pam.enforce, KA_PAMCONF_ENFORCE_HARD);
}

static void read__no_file__is_not_known(void **state)
{
	static const char *const names[] = { "", "absent", "../passwd", "a/b" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++) {
		memset(&pam, 0xa5, sizeof(pam));
		assert_int_equal(ka_pamask(folder, names[i], &pam), KA_ERR_OK);
		assert_false(pam.is_known || pam.stands[KA_PAMCONF_SESSION]);
	}
	assert_int_equal(ka_pamask(NULL, "no-such-service-of-keyaudit", &pam), KA_ERR_OK);
	assert_false(pam.is_known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__module_behind_a_users_environment__is_too_late),
		cmocka_unit_test(read__its_neighbours__are_in_time),
		cmocka_unit_test(read__no_session_line__is_told),
		cmocka_unit_test(read__what_cannot_be_followed__is_said),
		cmocka_unit_test(read__no_file__is_not_known),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
