/* health/healthseal: that sealing begins, fails and works is told once each; a seal itself is not. */
#include "keyaudit/health/healthseal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/healthplace.h"

#include "base/poison.h"

static void tell(struct ka_health *h, enum ka_healthseal what, const char *wrong)
{
	assert_int_equal(ka_healthseal_tell_in(h, "test", what, wrong), KA_ERR_OK);
}

static void seal__changes__are_told_once(void **state)
{
	static const char *const said[] = {
		"success trail seal: sealing has begun",
		"failure trail seal: anchor cannot be left: nobody listens",
		"success trail seal: anchor can be left again",
		"failure trail seal: the trail cannot be sealed: its key is gone",
		"success trail seal: the trail is sealed again",
		NULL,
	};
	struct ka_health h;

	(void)state;
	healthplace_open(&h);
	tell(&h, KA_HEALTHSEAL_BEGUN, NULL);
	for (int i = 0; i < 2; i++) {
		tell(&h, KA_HEALTHSEAL_SEAL, NULL);
		tell(&h, KA_HEALTHSEAL_ANCHOR, NULL);
	}
	for (int i = 0; i < 2; i++)
		tell(&h, KA_HEALTHSEAL_ANCHOR, "nobody listens");
	for (int i = 0; i < 2; i++)
		tell(&h, KA_HEALTHSEAL_ANCHOR, NULL);
	ka_health_close(&h);
	healthplace_open(&h);
	for (int i = 0; i < 2; i++)
		tell(&h, KA_HEALTHSEAL_SEAL, "its key is gone");
	tell(&h, KA_HEALTHSEAL_SEAL, NULL);
	ka_health_close(&h);
	healthplace_events_are(said);
}

/* a first seal of what nobody has told of yet, and a second beginning */
static void seal__beginning__is_told_by_whoever_comes_first(void **state)
{
	static const char *const said[] = { "success trail seal: sealing has begun", "success trail seal: sealing has begun", NULL };
	struct ka_health h;

	(void)state;
	healthplace_open(&h);
	tell(&h, KA_HEALTHSEAL_SEAL, NULL);
	tell(&h, KA_HEALTHSEAL_SEAL, NULL);
	tell(&h, KA_HEALTHSEAL_BEGUN, NULL);
	tell(&h, KA_HEALTHSEAL_SEAL, NULL);
	ka_health_close(&h);
	healthplace_events_are(said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HEALTHPLACE_TEST(seal__changes__are_told_once),
		HEALTHPLACE_TEST(seal__beginning__is_told_by_whoever_comes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
