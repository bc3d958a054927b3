/* health/healthdata: of looks at the files that keys are judged by, what is another than before, once. The look itself is the test's. */
#include "keyaudit/health/healthdata.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "keyaudit/config/datacheck.h"
#include "tests/unit/lib/healthplace.h"

#include "base/poison.h"

#define KRL "/nowhere/revoked.krl"
#define LIST "/nowhere/list.dat"
#define FOLLOWS "every key is refused: "

static struct ka_health h;
static struct ka_conf conf;
static enum ka_err check_says;
static size_t count;
static struct seen {
	const char *path;
	enum ka_reason reason;
	const char *text;
} seen[3];

/* this stands before the one in the archive */
enum ka_err ka_datacheck_each(const struct ka_conf *c, void (*take)(void *ctx, const struct ka_datacheck *c), void *ctx)
{
	assert_ptr_equal(c, &conf);
	for (size_t i = 0; i < count; i++) {
		struct ka_datacheck d = { .key = "revoked", .path = ka_span_of(seen[i].path), .reason = seen[i].reason,
					  .cause = seen[i].reason != KA_REASON_NONE ? strlen(FOLLOWS) : 0 };

		memcpy(d.text, seen[i].text, strlen(seen[i].text) + 1);
		take(ctx, &d);
	}
	return check_says;
}

static int make(void **state)
{
	if (healthplace_setup(state) != 0)
		return 1;
	check_says = KA_ERR_OK;
	count = 2;
	seen[0] = (struct seen){ KRL, KA_REASON_NONE, "a KRL" };
	seen[1] = (struct seen){ LIST, KA_REASON_NONE, "3 compromised keys" };
	healthplace_open(&h);
	return 0;
}

static int drop(void **state)
{
	ka_health_close(&h);
	return healthplace_teardown(state);
}

static void look(void)
{
	assert_int_equal(ka_healthdata_look(&h, &conf), KA_ERR_OK);
}

static void look__all_is_well__nothing_is_told(void **state)
{
	static const char *const none[] = { NULL };

	(void)state;
	look();
	seen[1].text = "4 compromised keys";
	look();
	healthplace_events_are(none);
}

static void look__unusable__once_and_when_it_is_over(void **state)
{
	static const char *const said[] = {
		"failure no key can be judged: a data file that vetting needs is not there (" KRL "; is not there)",
		"failure no key can be judged: a data file that vetting needs is damaged or has the wrong owner (" KRL "; it is empty)",
		"failure no key can be judged: a data file that vetting needs is older than the policy allows (" LIST "; it is old)",
		"success keys are judged again, " KRL ": it can be relied on again",
		NULL,
	};

	(void)state;
	seen[0] = (struct seen){ KRL, KA_REASON_DATA_MISSING, FOLLOWS "is not there; mend: put it back" };
	look();
	look();
	/* a writer that begins anew knows it too */
	ka_health_close(&h);
	healthplace_open(&h);
	look();
	seen[0] = (struct seen){ KRL, KA_REASON_DATA_INVALID, FOLLOWS "it is empty" };
	look();
	seen[1] = (struct seen){ LIST, KA_REASON_DATA_STALE, FOLLOWS "it is old; mend: x" };
	look();
	seen[0] = (struct seen){ KRL, KA_REASON_NONE, "a KRL" };
	look();
	look();
	healthplace_events_are(said);
}

static void look__being_written__waits(void **state)
{
	static const char *const none[] = { NULL };
	char path[KA_PATH_TRUSTED_MAX];
	json_t *all;
	int fd;

	(void)state;
	assert_true(snprintf(path, sizeof(path), "%s/half", healthplace.run.path) > 0);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	close(fd);
	count = 1;
	seen[0] = (struct seen){ path, KA_REASON_DATA_INVALID, FOLLOWS "line 1" };
	look();
	healthplace_events_are(none);
	usleep(KA_HEALTH_EDIT_US + 50000);
	look();
	all = writerplace_events(&healthplace);
	assert_int_equal(json_array_size(all), 1);
	assert_string_equal(writerplace_action(json_array_get(all, 0)), "data-unusable");
	json_decref(all);
	assert_int_equal(unlink(path), 0);
}

static void look__named_no_more__forgotten(void **state)
{
	(void)state;
	ka_health_note(&h, "file /etc/keyaudit/keyaudit.conf", "one");
	seen[0] = (struct seen){ KRL, KA_REASON_DATA_MISSING, FOLLOWS "is not there" };
	look();
	assert_true(ka_span_starts(ka_span_of(ka_health_value(&h, "data " KRL)), "data.missing "));
	assert_string_equal(ka_health_value(&h, "data " LIST), "");
	seen[0] = seen[1];
	count = 1;
	look();
	assert_null(ka_health_value(&h, "data " KRL));
	assert_string_equal(ka_health_value(&h, "data " LIST), "");
	assert_string_equal(ka_health_value(&h, "file /etc/keyaudit/keyaudit.conf"), "one");
}

static void look__it_cannot_look__forgets_nothing(void **state)
{
	(void)state;
	look();
	count = 0;
	check_says = KA_ERR_NOMEM;
	assert_int_equal(ka_healthdata_look(&h, &conf), KA_ERR_NOMEM);
	assert_non_null(ka_health_value(&h, "data " KRL));
}

#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(look__all_is_well__nothing_is_told),
		T(look__unusable__once_and_when_it_is_over),
		T(look__being_written__waits),
		T(look__named_no_more__forgotten),
		T(look__it_cannot_look__forgets_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
