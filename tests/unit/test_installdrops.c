/* keyaudit/doctor/installdrops: a warning, and what it names. */
#include "keyaudit/doctor/installdrops.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "keyaudit/doctor/lastdrop.h"

#include "base/poison.h"

static enum ka_reason dropped;
static const char *dropped_at;
static struct ka_install list;

/* stands before the one in the archive: no trail of this machine decides */
void ka_lastdrop_find(const char *trail, int64_t now_sec, const char *user, const char *address, struct ka_lastdrop *out)
{
	(void)trail;
	assert_string_equal(user, "/");
	assert_string_equal(address, "");
	assert_true(now_sec > 1700000000);
	memset(out, 0, sizeof(*out));
	out->reason = dropped;
	ka_span_copy(ka_span_of(dropped_at), out->at, sizeof(out->at));
}

static const struct ka_install_item *check(enum ka_reason reason, const char *at)
{
	static struct ka_sshdconf sshd;

	dropped = reason;
	dropped_at = at;
	memset(&list, 0, sizeof(list));
	ka_sshdconf_default(&sshd);
	ka_installdrops_check("/nonexistent", &sshd, &list);
	return list.count > 0 ? &list.items[0] : NULL;
}

static void drops__fresh__a_warning_with_its_setting(void **state)
{
	const struct ka_install_item *item = check(KA_REASON_CONN_MAX_STARTUPS, "9999-01-01T00:00:00Z");

	(void)state;
	assert_non_null(item);
	assert_int_equal(item->state, KA_INSTALL_WARN);
	assert_int_equal(item->reason, KA_REASON_CONN_MAX_STARTUPS);
	assert_non_null(strstr(item->text, "last told at 9999-01-01T00:00:00Z: MaxStartups "));
	assert_non_null(strstr(item->mend, "raise MaxStartups"));
	item = check(KA_REASON_CONN_SOURCE_PENALTY, "9999-01-01T00:00:00\x1b");
	assert_non_null(strstr(item->text, "\\x1b: PerSourcePenalties "));
}

static void drops__none__nothing(void **state)
{
	(void)state;
	assert_null(check(KA_REASON_NONE, "9999-01-01T00:00:00Z"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drops__fresh__a_warning_with_its_setting),
		cmocka_unit_test(drops__none__nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
