/* Reading the trail's end. Lines that are whole and wanted are parsed, all others passed over. */
#include "keyaudit/log/trailtail.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"

#include "base/poison.h"

static bool read_tail(const char *trail, char **text, size_t *len)
{
	KA_AUTOCLOSE int fd = open(trail, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	if (st.st_size > KA_TRAIL_TAIL_MAX && lseek(fd, st.st_size - KA_TRAIL_TAIL_MAX, SEEK_SET) < 0)
		return false;
	return ka_fd_slurp(fd, 2 * KA_TRAIL_TAIL_MAX, text, len) == KA_ERR_OK;
}

void ka_trailtail_each(const char *trail, ka_trailtail_wants *wants, ka_trailtail_take *take, void *ctx)
{
	KA_AUTOFREE char *text = NULL;
	struct ka_cursor c;
	struct ka_span line;
	bool whole;
	size_t len;

	if (!read_tail(trail, &text, &len))
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
