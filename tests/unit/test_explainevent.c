/* keyaudit/explainevent: an event found by id or reference and told; a trail may be anybody's file. Runs from the root of the tree. */
#include "keyaudit/explain/explainevent.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/caught.h"

#include "base/poison.h"

#define ID "fi7vpgkfaann3oq7v2fa7tnhg4"
#define EVENT(ref, id, more) \
	"{\"@timestamp\":\"2026-08-23T10:15:42.123456Z\",\"message\":\"it says\",\"event\":{\"action\":\"ssh-key-refused\",\"code\":\"perm.group-writable\"," \
	"\"id\":\"" id "\"},\"user\":{\"name\":\"alice\"},\"source\":{\"ip\":\"203.0.113.7\",\"port\":50514}," \
	"\"file\":{\"path\":\"/home/alice/.ssh/authorized_keys\",\"mode\":\"0664\",\"owner\":\"alice\",\"group\":\"staff\"}," \
	"\"keyaudit\":{\"ref\":\"" ref "\",\"connection\":\"4240.8123771\",\"trust\":\"seen\",\"phase\":\"end\",\"basis\":\"inspected\"," \
	"\"source_from\":\"socket\",\"offers\":[\"one key.not-listed\",\"two perm.group-writable\"],\"fix\":\"chmod go-w X\"" more "}}\n"

static char path[64];

static void write_trail(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int make(void **state)
{
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "/tmp/ka-test-XXXXXX");
	fd = mkstemp(path);
	return fd < 0 || close(fd) != 0;
}

static int drop(void **state)
{
	(void)state;
	return unlink(path) != 0 && errno != ENOENT;
}

static void name__forms__table(void **state)
{
	static const char *const yes[] = { ID, "asm6lelb", "22222222" };
	static const char *const no[] = { "", "-", "asm6lel", "asm6lelbx", "ASM6LELB", "asm6lel1", "perm.acl", "asm6le b", ID "x" };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_true(ka_explainevent_is_name(yes[i]));
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (ka_explainevent_is_name(no[i]))
			fail_msg("%s", no[i]);
}

static json_t *find_in(const char *trail, const char *name)
{
	const struct ka_logquery query = { .event = name };
	struct ka_trailread *t;
	json_t *event;

	assert_int_equal(ka_trailread_begin("explain", trail, "", &query, &t), 0);
	event = ka_explainevent_find(t);
	ka_trailread_free(&t);
	return event;
}

static json_t *find(const char *name)
{
	return find_in(path, name);
}

static void find__by_id_or_reference__the_last_one(void **state)
{
	json_t *event;

	(void)state;
	write_trail(EVENT("asm6lelb", ID, "") "not an event\n" EVENT("asm6lelb", "ai7vpgkfaann3oq7v2fa7tnhg4", ",\"last\":1") EVENT("bbbbbbbb", "b", ""));
	event = find("asm6lelb");
	assert_non_null(json_object_get(json_object_get(event, "keyaudit"), "last"));
	json_decref(event);
	event = find(ID);
	assert_non_null(event);
	assert_null(json_object_get(json_object_get(event, "keyaudit"), "last"));
	json_decref(event);
	assert_null(find("aaaaaaaa"));
}

static void tell(const char *trail, const char *name)
{
	struct ka_out o;
	json_t *event;

	write_trail(trail);
	event = find_in(path, name);
	assert_non_null(event);
	caught_begin();
	ka_out_init(&o, stdout, KA_OUT_NEVER);
	ka_explainevent_text(&o, event);
	caught_end();
	json_decref(event);
}

static void text__an_event__all_that_was_seen(void **state)
{
	(void)state;
	tell(EVENT("asm6lelb", ID, ""), ID);
	assert_non_null(strstr(caught_out, "ssh-key-refused  perm.group-writable\n"
					   "  when    2026-08-23T10:15:42.123456Z\n"
					   "  who     alice from 203.0.113.7 port 50514, seen by socket\n"
					   "  says    it says\n"
					   "  offered one key.not-listed\n"
					   "          two perm.group-writable\n"
					   "  file    /home/alice/.ssh/authorized_keys  mode 0664 alice:staff\n"
					   "  basis   inspected, trust: seen, ended in phase: end\n"
					   "  ref     asm6lelb, event " ID ", connection 4240.8123771\n"
					   "  fix     chmod go-w X\n"
					   "  means   "));
}

/* what is not there has no row; what is of another kind is not taken for text */
static void text__poor_or_hostile_event__nothing_moves_the_cursor(void **state)
{
	(void)state;
	tell("{\"event\":{\"id\":\"" ID "\",\"action\":7,\"code\":\"x\\u001b[2J\"},\"keyaudit\":{\"offers\":[1,{}]},\"user\":\"x\","
	     "\"source\":[],\"message\":\"a\\u001b[2J\\n\\u202eb\"}\n", ID);
	assert_true(caught_is_plain(caught_out));
	assert_null(strchr(caught_out, '\x1b'));
	assert_null(strstr(caught_out, "  who "));
	assert_null(strstr(caught_out, "  offered "));
	assert_null(strstr(caught_out, "  means "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(name__forms__table),
		cmocka_unit_test_setup_teardown(find__by_id_or_reference__the_last_one, make, drop),
		cmocka_unit_test_setup_teardown(text__an_event__all_that_was_seen, make, drop),
		cmocka_unit_test_setup_teardown(text__poor_or_hostile_event__nothing_moves_the_cursor, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
