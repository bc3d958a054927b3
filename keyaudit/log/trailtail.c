/* Reading the trail's end. Lines that are whole and wanted are parsed, all others passed over. */
#include "keyaudit/log/trailtail.h"

#include "base/limits.h"
#include "keyaudit/log/logread.h"
#include "keyaudit/trail/trailfiles.h"

#include "base/poison.h"

/* The file with which the last bytes begin, and where in it. A compressed one is read whole, if it is no large one. */
static size_t find_begin(const struct ka_trailfiles *f, int64_t *at)
{
	int64_t left = KA_TRAIL_TAIL_MAX;
	size_t i = f->count;

	for (*at = 0; i > 0 && left > 0; i--) {
		const struct ka_trailfile *one = &f->file[i - 1];

		if (one->bytes.is_packed && one->size > KA_TRAIL_TAIL_MAX)
			break;
		*at = one->bytes.is_packed || one->size <= left ? 0 : one->size - left;
		left = one->bytes.is_packed ? 0 : left - one->size;
	}
	return i;
}

static void take_lines(struct ka_logread *r, ka_trailtail_wants *wants, ka_trailtail_take *take, void *ctx)
{
	struct ka_span line;

	while (ka_logread_line(r, &line)) {
		json_t *event;

		if (line.len == 0 || !wants(ctx, line))
			continue;
		event = json_loadb((const char *)line.p, line.len, 0, NULL);
		if (event != NULL)
			take(ctx, event);
		json_decref(event);
	}
}

void ka_trailtail_each(const char *trail, ka_trailtail_wants *wants, ka_trailtail_take *take, void *ctx)
{
	struct ka_trailfiles files;
	struct ka_logread *r = NULL;
	int64_t at = 0;

	if (ka_trailfiles_find(trail, KA_TRAILFILES_ALL, &files) == KA_ERR_OK && ka_logread_new(NULL, &r) == KA_ERR_OK) {
		for (size_t i = find_begin(&files, &at); i < files.count; i++) {
			ka_logread_turn(r, &files.file[i].bytes);
			ka_logread_seek(r, at);
			take_lines(r, wants, take, ctx);
			at = 0;
		}
	}
	ka_logread_free(&r);
	ka_trailfiles_free(&files);
}
