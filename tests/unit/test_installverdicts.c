/* keyaudit/doctor/installverdicts: how many are kept, and each thing that keeps the command from keeping any. */
#include "keyaudit/doctor/installverdicts.h"

#include <errno.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "verdict/verdictlook.h"

#include "base/poison.h"

#define DIR "/var/lib/x\x1b/verdicts"

static struct ka_verdictlook seen;
static int fault; /* an errno, or 0 */
static bool has_user;
static struct ka_install list;

/* these stand before libc's and the one in the archive */
struct passwd *getpwnam(const char *name)
{
	static struct passwd pw = { .pw_uid = 7 };

	assert_string_equal(name, "someone");
	return has_user ? &pw : NULL;
}

enum ka_err ka_verdictlook(const char *dir, struct ka_verdictlook *out)
{
	assert_string_equal(dir, DIR);
	*out = seen;
	errno = fault;
	return fault != 0 ? KA_ERR_SYS : KA_ERR_OK;
}

static const struct ka_install_item *check(int errnum, enum ka_verdictlook_state state, uid_t owner)
{
	memset(&list, 0, sizeof(list));
	fault = errnum;
	has_user = true;
	seen = (struct ka_verdictlook){ .state = state, .owner = owner, .kept = state == KA_VERDICTLOOK_TABLE ? 12 : 0 };
	ka_installverdicts_check(DIR, "someone", &list);
	return list.count > 0 ? &list.items[0] : NULL;
}

#define NONE_IS_KEPT "none is kept, so RSA and ECDSA keys are judged anew at each offer: "

static void verdicts__usable__how_many(void **state)
{
	const struct ka_install_item *item = check(0, KA_VERDICTLOOK_TABLE, 7);

	(void)state;
	assert_int_equal(item->state, KA_INSTALL_OK);
	assert_string_equal(item->what, "verdicts");
	assert_string_equal(item->text, "12 kept in /var/lib/x\\x1b/verdicts");
	assert_string_equal(item->mend, "");
	item = check(0, KA_VERDICTLOOK_NONE, 7);
	assert_int_equal(item->state, KA_INSTALL_OK);
	assert_string_equal(item->text, "0 kept in /var/lib/x\\x1b/verdicts");
	seen.owner = 8;
	has_user = false; /* another check says so */
	list.count = 0;
	ka_installverdicts_check(DIR, "someone", &list);
	assert_int_equal(list.items[0].state, KA_INSTALL_OK);
}

static void verdicts__not_usable__a_warning_and_its_mend(void **state)
{
	static const struct { int errnum; enum ka_verdictlook_state state; uid_t owner; const char *text, *mend; } rows[] = {
		{ ENOENT, KA_VERDICTLOOK_NONE, 7, "cannot be opened: ", "systemd-tmpfiles --create keyaudit.conf" },
		{ EPERM, KA_VERDICTLOOK_NONE, 7, "others than its owner may write in ", "systemd-tmpfiles --create keyaudit.conf" },
		{ 0, KA_VERDICTLOOK_TABLE, 8, "another user than sshd's command owns ", "systemd-tmpfiles --create keyaudit.conf" },
		{ 0, KA_VERDICTLOOK_UNUSABLE, 7, "the table is not its owner's alone in ", "keyaudit cache clear --verdicts" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		const struct ka_install_item *item = check(rows[i].errnum, rows[i].state, rows[i].owner);

		assert_int_equal(item->state, KA_INSTALL_WARN);
		assert_ptr_equal(strstr(item->text, NONE_IS_KEPT), item->text);
		assert_ptr_equal(strstr(item->text, rows[i].text), item->text + strlen(NONE_IS_KEPT));
		assert_non_null(strstr(item->text, "/var/lib/x\\x1b/verdicts"));
		assert_string_equal(item->mend, rows[i].mend);
		assert_false(item->is_prose);
	}
}

static void verdicts__cannot_be_seen_or_no_room__nothing(void **state)
{
	(void)state;
	assert_null(check(EACCES, KA_VERDICTLOOK_NONE, 7));
	list.count = KA_INSTALL_CHECKS_MAX;
	fault = 0;
	ka_installverdicts_check(DIR, "someone", &list);
	assert_int_equal(list.count, KA_INSTALL_CHECKS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts__usable__how_many),
		cmocka_unit_test(verdicts__not_usable__a_warning_and_its_mend),
		cmocka_unit_test(verdicts__cannot_be_seen_or_no_room__nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
