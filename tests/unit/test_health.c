/* health/health with a real trail: a change is told once, whoever is killed at which step, and the book is nobody else's. */
#include "keyaudit/health/health.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "tests/unit/lib/healthplace.h"

#include "base/poison.h"

/* the events of the trail, from the first on; NULL ends them */
static void events_are(const char *const *actions)
{
	json_t *all = writerplace_events(&healthplace);
	size_t n = 0;

	for (; actions[n] != NULL; n++)
		assert_string_equal(writerplace_action(json_array_get(all, n)), actions[n]);
	assert_int_equal(json_array_size(all), n);
	json_decref(all);
}
#define EVENTS(...) events_are((const char *const[]){ __VA_ARGS__, NULL })

static enum ka_err tell(struct ka_health *h, const char *value)
{
	const struct ka_healthchange c = { .subject = "store corp", .value = value, .text = "so it is",
					   .action = value[0] != '\0' ? KA_EVENT_STORE_DEGRADED : KA_EVENT_STORE_RECOVERED };

	return ka_health_tell(h, &c);
}

static void change__is_told_once(void **state)
{
	struct ka_health h;

	(void)state;
	healthplace_open(&h);
	assert_null(ka_health_value(&h, "store corp"));
	assert_int_equal(tell(&h, ""), KA_ERR_OK); /* nothing was ever wrong */
	EVENTS(NULL);
	for (int i = 0; i < 3; i++)
		assert_int_equal(tell(&h, "away"), KA_ERR_OK);
	EVENTS("store-degraded");
	ka_health_close(&h);
	healthplace_open(&h); /* another process */
	assert_string_equal(ka_health_value(&h, "store corp"), "away");
	assert_true(ka_health_since_us(&h, "store corp") > 0);
	assert_int_equal(tell(&h, "away"), KA_ERR_OK);
	EVENTS("store-degraded");
	assert_int_equal(tell(&h, ""), KA_ERR_OK);
	assert_int_equal(tell(&h, ""), KA_ERR_OK);
	EVENTS("store-degraded", "store-recovered");
	assert_int_equal(tell(&h, "away"), KA_ERR_OK);
	EVENTS("store-degraded", "store-recovered", "store-degraded");
	ka_health_close(&h);
}

static void killed__between_the_steps__is_told_once(void **state)
{
	struct ka_healthrow *r;
	struct ka_health h;

	(void)state;
	/* behind the first step: the event is not there */
	healthplace_open(&h);
	r = ka_healthbook_take(h.book, "store corp");
	*r = (struct ka_healthrow){ .subject = "store corp", .next = "away", .is_pending = true, .action = KA_EVENT_STORE_DEGRADED, .at_us = 77 };
	memcpy(r->boot, healthplace.w->host.boot_id, sizeof(r->boot));
	ka_health_note(&h, "other", "x"); /* writes the book */
	ka_health_close(&h);
	healthplace_open(&h);
	assert_string_equal(ka_health_value(&h, "store corp"), "");
	assert_int_equal(tell(&h, "away"), KA_ERR_OK);
	EVENTS("store-degraded");
	/* behind the second one: it is */
	r = ka_healthbook_take(h.book, "store corp");
	r->value[0] = '\0';
	r->is_pending = true;
	ka_health_note(&h, "other", "y");
	ka_health_close(&h);
	healthplace_open(&h);
	assert_string_equal(ka_health_value(&h, "store corp"), "away");
	assert_int_equal(tell(&h, "away"), KA_ERR_OK);
	EVENTS("store-degraded");
	ka_health_close(&h);
}

/* a trail that is full takes it later, at the time and with the id of the first try, unless it is not so any more */
static void trail__that_takes_nothing__later_the_same_event(void **state)
{
	struct ka_health h;
	int64_t begun;
	json_t *all;

	(void)state;
	healthplace_open(&h);
	healthplace.w->conf.min_free_mib = 1u << 30;
	assert_int_equal(tell(&h, "away"), KA_ERR_TIMEOUT);
	begun = ka_healthbook_find(h.book, "store corp")->at_us;
	assert_int_equal(tell(&h, "away"), KA_ERR_TIMEOUT);
	assert_true(ka_healthbook_find(h.book, "store corp")->at_us == begun);
	healthplace.w->conf.min_free_mib = 0;
	assert_int_equal(tell(&h, "away"), KA_ERR_OK);
	assert_true(ka_health_since_us(&h, "store corp") == begun);
	healthplace.w->conf.min_free_mib = 1u << 30;
	assert_int_equal(tell(&h, ""), KA_ERR_TIMEOUT);
	healthplace.w->conf.min_free_mib = 0;
	assert_int_equal(tell(&h, "away"), KA_ERR_OK); /* it was back for a moment that nobody could be told of */
	EVENTS("store-degraded");
	all = writerplace_events(&healthplace);
	assert_string_equal(json_string_value(json_object_get(json_object_get(json_array_get(all, 0), "event"), "outcome")), "failure");
	json_decref(all);
	ka_health_close(&h);
}

/* an error behind the write: nobody knows that it is there, and it is tried again */
static void change__that_is_there_already__is_not_written_again(void **state)
{
	struct ka_healthrow *r;
	struct ka_health h;

	(void)state;
	healthplace_open(&h);
	assert_int_equal(tell(&h, "away"), KA_ERR_OK);
	r = ka_healthbook_find(h.book, "store corp");
	r->value[0] = '\0';
	r->is_pending = true;
	assert_int_equal(tell(&h, "away"), KA_ERR_OK);
	EVENTS("store-degraded");
	ka_health_close(&h);
}

static void book__of_another_boot__is_settled_by_that_boots_id(void **state)
{
	struct ka_healthrow *r;
	struct ka_health h;

	(void)state;
	healthplace_open(&h);
	assert_int_equal(tell(&h, "away"), KA_ERR_OK);
	r = ka_healthbook_find(h.book, "store corp");
	r->value[0] = '\0';
	r->is_pending = true;
	ka_health_note(&h, "other", "x");
	ka_health_close(&h);
	memset(healthplace.w->host.boot_id, 'e', 32);
	healthplace_open(&h);
	assert_string_equal(ka_health_value(&h, "store corp"), "away");
	ka_health_close(&h);
}

/* the changes of the trail, each another one than before; what a kill tore off, and the record of it, are none */
static size_t count_changes(void)
{
	size_t len, n = 0;
	KA_AUTOFREE char *text = trailplace_slurp(healthplace.trail->path, &len);
	struct ka_span line;
	struct ka_cursor c;

	ka_cursor_init(&c, text, len);
	while (ka_cursor_line(&c, &line, NULL)) {
		json_t *event = json_loadb((const char *)line.p, line.len, 0, NULL);

		if (event != NULL && strncmp(writerplace_action(event), "trail-", 6) != 0)
			assert_string_equal(writerplace_action(event), n++ % 2 == 0 ? "store-degraded" : "store-recovered");
		json_decref(event);
	}
	return n;
}

static void change_for_ever(void)
{
	struct ka_health h;

	healthplace_open(&h);
	for (;;) {
		const char *value = ka_health_value(&h, "store corp");

		if (tell(&h, value == NULL || value[0] == '\0' ? "away" : "") != KA_ERR_OK)
			_exit(1);
	}
}

/* killed at any moment: it goes on, and the book is never half a book */
static void sigkill__at_random__one_event_for_each_change(void **state)
{
	(void)state;
	for (int round = 0; round < 40; round++) {
		pid_t pid = fork();

		if (pid == 0)
			change_for_ever();
		usleep((useconds_t)(1000 + round * 131 % 5000));
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	assert_true(count_changes() > 0);
}

static void open__where_another_has_it__or_others_write__fails(void **state)
{
	struct ka_health h, second;

	(void)state;
	healthplace_open(&h);
	assert_int_equal(ka_health_open(&second, healthplace.w, healthplace_folder, "test"), KA_ERR_TIMEOUT);
	assert_int_equal(ka_health_open(&second, healthplace.w, healthplace_folder, "other"), KA_ERR_OK);
	ka_health_close(&second);
	ka_health_close(&h);
	assert_int_equal(chmod(healthplace_folder, 0777), 0);
	assert_int_equal(ka_health_open(&h, healthplace.w, healthplace_folder, "test"), KA_ERR_SYS);
	assert_int_equal(chmod(healthplace_folder, 0700), 0);
}

/* it is told all the same */
static void book__that_cannot_be_kept__keeps_nobody_from_telling(void **state)
{
	char fresh[160];
	struct ka_health h;
	struct ka_buf b;

	(void)state;
	healthplace_open(&h);
	ka_buf_init_array(&b, fresh);
	ka_buf_text(&b, healthplace_folder);
	ka_buf_text(&b, "/test.new");
	assert_int_equal(mkdir(fresh, 0700), 0);
	assert_int_equal(tell(&h, "away"), KA_ERR_OK);
	assert_true(h.is_unkept);
	assert_int_equal(rmdir(fresh), 0);
	assert_int_equal(tell(&h, ""), KA_ERR_OK);
	assert_false(h.is_unkept);
	EVENTS("store-degraded", "store-recovered");
	ka_health_close(&h);
}

#define T HEALTHPLACE_TEST

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(change__is_told_once),
		T(killed__between_the_steps__is_told_once),
		T(trail__that_takes_nothing__later_the_same_event),
		T(change__that_is_there_already__is_not_written_again),
		T(book__of_another_boot__is_settled_by_that_boots_id),
		T(sigkill__at_random__one_event_for_each_change),
		T(open__where_another_has_it__or_others_write__fails),
		T(book__that_cannot_be_kept__keeps_nobody_from_telling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
