#include "tests/unit/lib/writerplace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"

#include "base/poison.h"

int writerplace_make(struct writerplace *p)
{
	void *trail = NULL;

	p->w = calloc(1, sizeof(*p->w));
	if (p->w == NULL || trailplace_setup(&trail) != 0 || runplace_make(&p->run) != 0)
		return -1;
	p->trail = trail;
	ka_conf_default(&p->w->conf);
	ka_eventjson_host(&p->w->host);
	p->w->conf.trail = p->trail->path;
	p->w->conf.min_free_mib = 0;
	p->w->conf.sink_syslog = false;
	p->w->conf.sshd_log = KA_CONF_LOG_NONE;
	p->w->trail_lock = p->trail->lock;
	p->w->provider = "test";
	p->w->conf_path = "/nonexistent";
	p->w->dirs = p->run.r;
	return 0;
}

int writerplace_drop(struct writerplace *p)
{
	void *trail = p->trail;

	free(p->w);
	return trailplace_teardown(&trail) == 0 && runplace_drop(&p->run) == 0 ? 0 : -1;
}

json_t *writerplace_events(const struct writerplace *p)
{
	json_t *all = json_array();
	KA_AUTOFREE char *text = NULL;
	struct ka_cursor c;
	struct ka_span line;
	size_t len;

	if (access(p->trail->path, F_OK) != 0)
		return all;
	text = trailplace_slurp(p->trail->path, &len);
	ka_cursor_init(&c, text, len);
	while (ka_cursor_line(&c, &line, NULL)) {
		json_t *event = json_loadb((const char *)line.p, line.len, 0, NULL);

		assert_non_null(event);
		if (strncmp(writerplace_action(event), "trail-genesis", 13) == 0)
			json_decref(event);
		else
			json_array_append_new(all, event);
	}
	return all;
}

const char *writerplace_action(const json_t *event)
{
	const char *action = json_string_value(json_object_get(json_object_get(event, "event"), "action"));

	assert_non_null(action);
	return action;
}

int writerplace_count(const json_t *event)
{
	return (int)json_integer_value(json_object_get(json_object_get(event, "keyaudit"), "count"));
}
