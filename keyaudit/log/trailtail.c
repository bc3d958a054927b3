/* Reading the trail's end. Lines that are whole and wanted are parsed, all others passed over. */
#include "keyaudit/log/trailtail.h"

#include <stdlib.h>

#include "audit/trailend.h"
#include "base/cleanup.h"
#include "base/limits.h"

#include "base/poison.h"

void ka_trailtail_each(const char *trail, ka_trailtail_wants *wants, ka_trailtail_take *take, void *ctx)
{
	KA_AUTOFREE char *text = NULL;
	struct ka_cursor c;
	struct ka_span line;
	bool whole;
	size_t len;

	if (ka_trailend_read(trail, KA_TRAIL_TAIL_MAX, &text, &len) != KA_ERR_OK)
		return;
	ka_cursor_init(&c, text, len);
	while (ka_cursor_line(&c, &line, &whole)) {
		json_t *event;

		if (!whole || line.len >= KA_EVENT_LINE_MAX || !wants(ctx, line))
			continue;
		event = json_loadb((const char *)line.p, line.len, 0, NULL);
		if (event != NULL)
			take(ctx, event);
		json_decref(event);
	}
}
