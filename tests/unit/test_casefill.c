/* keyaudit/casefill: which record's sources an event tells of. */
#include "keyaudit/casefill.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

#define FP1 "SHA256:lPnmAAbrNMYg4YQtud9EaR2o2sWlA3V8Th96QOOebF8"
#define FP2 "SHA256:Qx1cT0pdM3mYk2uVw9aL5rB7eJ4sH6fN8gZtC0iXoKE"
#define ATTEMPT(fp, src) \
	"ka1 attempt at=1 up=1 pp=1 pid=1 uid=1001 user=alice type=ssh-ed25519 fp=" fp \
	" key=- c=- src=" src " verdict=none reasons=- opts=-\n"

static struct ka_event event;

static struct ka_case *case_of(const char *attempts)
{
	const struct ka_conn conn = { 4240, 99 };
	struct ka_case *c = ka_case_new(&conn);

	assert_non_null(c);
	ka_case_attempts(c, ka_span_of(attempts));
	memset(&event, 0, sizeof(event));
	return c;
}

static void sources__of_the_events_key__not_of_another(void **state)
{
	struct ka_case *c = case_of(ATTEMPT(FP1, "a:found:-,b:stale:store.stale-served:age=7/served=1") ATTEMPT(FP2, "a:found:-")
				    ATTEMPT(FP1, "a:unavailable:store.timeout"));

	(void)state;
	event.key = &c->offers[0]; /* the first run for it went the whole way, the next one found a cache */
	ka_casefill_sources(c, &event);
	assert_int_equal(event.sources_count, 2);
	assert_string_equal(event.sources[1].name, "b");
	assert_int_equal(event.sources[1].answer, KA_SOURCE_STALE);
	assert_int_equal(event.sources[1].reason, KA_REASON_STORE_STALE_SERVED);
	assert_int_equal(event.sources[1].evidence.age_sec, 7);
	assert_int_equal(event.sources[1].evidence.served, 1);
	assert_int_equal(event.sources[1].evidence.status, -1);
	event.key = &c->offers[1];
	ka_casefill_sources(c, &event);
	assert_int_equal(event.sources_count, 1);
	assert_string_equal(event.sources[0].name, "a");
	ka_case_free(&c);
}

/* the key of a session is known from PAM, and may come from a file that nobody asked us about */
static void sources__of_a_session__by_fingerprint(void **state)
{
	struct ka_case *c = case_of(ATTEMPT(FP1, "a:found:-:served=1"));

	(void)state;
	event.key = &c->session_key;
	memcpy(c->session_key.fp, FP1, sizeof(FP1));
	ka_casefill_sources(c, &event);
	assert_int_equal(event.sources_count, 1);
	memcpy(c->session_key.fp, FP2, sizeof(FP2));
	ka_casefill_sources(c, &event);
	assert_int_equal(event.sources_count, 0);
	c->session_key.fp[0] = '\0';
	ka_casefill_sources(c, &event);
	assert_int_equal(event.sources_count, 0);
	ka_case_free(&c);
}

static void sources__no_key_is_named__the_last_record(void **state)
{
	struct ka_case *c = case_of(ATTEMPT("-", "a:found:-") ATTEMPT("-", "a:refused:conf.unsafe"));

	(void)state;
	ka_casefill_sources(c, &event);
	assert_int_equal(event.sources_count, 1);
	assert_int_equal(event.sources[0].answer, KA_SOURCE_REFUSED);
	ka_case_free(&c);
}

/* the command's uid writes what it likes: more sources than there can be, and what is no entry */
static void sources__hostile__as_many_as_a_configuration_has(void **state)
{
	struct ka_case *c = case_of(ATTEMPT(FP1, "a:found:-,b:found:-,c:found:-,d:found:-,e:found:-,f:found:-,g:found:-,h:found:-,i:found:-,"
							"j:found:-,k:found:-,l:found:-,m:found:-,n:found:-,o:found:-,p:found:-,q:found:-"));

	(void)state;
	event.key = &c->offers[0];
	ka_casefill_sources(c, &event);
	assert_int_equal(event.sources_count, KA_SOURCES_MAX);
	ka_case_free(&c);
	c = case_of(ATTEMPT(FP1, "a:found:-,%1b%5b2J:found:-,b:found:-"));
	event.key = &c->offers[0];
	ka_casefill_sources(c, &event);
	assert_int_equal(event.sources_count, 1);
	ka_case_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources__of_the_events_key__not_of_another),
		cmocka_unit_test(sources__of_a_session__by_fingerprint),
		cmocka_unit_test(sources__no_key_is_named__the_last_record),
		cmocka_unit_test(sources__hostile__as_many_as_a_configuration_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
