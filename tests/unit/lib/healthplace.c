/* The book's place, and what the trail got. */
#include "tests/unit/lib/healthplace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/poison.h"

struct writerplace healthplace;
char healthplace_folder[128];

int healthplace_setup(void **state)
{
	struct ka_buf b;

	(void)state;
	if (writerplace_make(&healthplace) != 0)
		return 1;
	ka_buf_init_array(&b, healthplace_folder);
	ka_buf_text(&b, healthplace.run.path);
	ka_buf_text(&b, "/health");
	return 0;
}

int healthplace_teardown(void **state)
{
	(void)state;
	return writerplace_drop(&healthplace);
}

void healthplace_open(struct ka_health *h)
{
	assert_int_equal(ka_health_open(h, healthplace.w, healthplace_folder, "test"), KA_ERR_OK);
}

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "-";
}

void healthplace_events_are(const char *const *said)
{
	json_t *all = writerplace_events(&healthplace);
	size_t n = 0;
	char got[1024];

	for (; said[n] != NULL; n++) {
		const json_t *event = json_array_get(all, n);

		assert_true(snprintf(got, sizeof(got), "%s %s", text_of(json_object_get(event, "event"), "outcome"), text_of(event, "message")) > 0);
		assert_string_equal(got, said[n]);
	}
	assert_int_equal(json_array_size(all), n);
	json_decref(all);
}
