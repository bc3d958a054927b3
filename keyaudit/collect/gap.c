/* What a reboot took with it. Reads the end of the trail, which only root writes, as carefully as anything else. */
#include "keyaudit/collect/gap.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/trailend.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"

#include "base/poison.h"

#define MARKER "started"
#define MAY_BE_MISSING " (this boot) may be missing" /* a trail-gap may also be about a full disk */

static const char *text_at(const json_t *object, const char *a, const char *b)
{
	const char *text = json_string_value(b != NULL ? json_object_get(json_object_get(object, a), b) : json_object_get(object, a));

	return text != NULL ? text : "";
}

/* "6f1c2d3e-4b5a-..." and "6f1c2d3e4b5a..." are the same boot */
static bool is_boot(const json_t *event, const char *boot_id)
{
	const char *id = text_at(json_object_get(event, "host"), "boot", "id");

	for (; *id != '\0'; id++)
		if (*id != '-' && *id != *boot_id++)
			return false;
	return *boot_id == '\0';
}

static void take_line(struct ka_span line, const char *boot_id, struct ka_gap *out)
{
	json_t *event = json_loadb((const char *)line.p, line.len, 0, NULL);
	const char *at = text_at(event, "@timestamp", NULL);

	if (event != NULL && text_at(json_object_get(event, "host"), "boot", "id")[0] != '\0') {
		if (is_boot(event, boot_id))
			out->is_said |= strcmp(text_at(event, "event", "action"), ka_event_action_text(KA_EVENT_TRAIL_GAP)) == 0 &&
					strstr(text_at(event, "message", NULL), MAY_BE_MISSING) != NULL;
		else if (ka_span_copy(ka_span_of(at), out->last, sizeof(out->last)))
			out->has_earlier = true;
	}
	json_decref(event);
}

void ka_gap_read(struct ka_span lines, const char *boot_id, struct ka_gap *out)
{
	struct ka_cursor c;
	struct ka_span line;
	bool whole;

	memset(out, 0, sizeof(*out));
	ka_cursor_init(&c, lines.p, lines.len);
	while (ka_cursor_line(&c, &line, &whole))
		if (whole && line.len < KA_EVENT_LINE_MAX)
			take_line(line, boot_id, out);
}

static void read_tail(const struct ka_writer *w, struct ka_gap *gap)
{
	KA_AUTOFREE char *text = NULL;
	size_t len;

	memset(gap, 0, sizeof(*gap));
	if (ka_trailend_read(w->conf.trail, KA_GAP_TAIL_MAX, &text, &len) == KA_ERR_OK)
		ka_gap_read((struct ka_span){ (const uint8_t *)text, len }, w->host.boot_id, gap);
}

static enum ka_err say(struct ka_writer *w, const struct ka_gap *gap)
{
	char text[160], boot[KA_CLOCK_TEXT_MAX];
	struct ka_buf b;

	ka_clock_text(ka_clock_wall_us() - ka_clock_boot_ms() * 1000, boot);
	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "connections between ");
	ka_buf_text(&b, gap->last);
	ka_buf_text(&b, " (the last event) and ");
	ka_buf_text(&b, boot);
	ka_buf_text(&b, MAY_BE_MISSING);
	return ka_caseevent_health(w, KA_EVENT_TRAIL_GAP, NULL, 0, text);
}

enum ka_err ka_gap_check(struct ka_writer *w)
{
	KA_AUTOCLOSE int fd = -1;
	enum ka_err err = KA_ERR_OK;
	struct ka_gap gap;
	struct stat st;

	if (fstatat(w->dirs.run, MARKER, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return KA_ERR_OK;
	read_tail(w, &gap);
	if (gap.has_earlier && !gap.is_said)
		err = say(w, &gap);
	if (err == KA_ERR_OK)
		fd = openat(w->dirs.run, MARKER, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return err;
}
