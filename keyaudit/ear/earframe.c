/* The frame of a line. MUST: never take a frame out of a stranger's text, nor a stranger's line for one of sshd -E. */
#include "keyaudit/ear/earframe.h"

#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "keyaudit/ear/ear.h"
#include "keyaudit/ear/logline.h"

#include "base/poison.h"

enum ka_earframe_kind ka_earframe_kind(struct ka_span first, const struct stat *st)
{
	if (ka_logline_has_time(first))
		return KA_EARFRAME_SYSLOG;
	return (st->st_uid == 0 || st->st_uid == geteuid()) && (st->st_mode & 0022) == 0 ? KA_EARFRAME_BARE : KA_EARFRAME_SYSLOG;
}

bool ka_earframe_read(enum ka_earframe_kind kind, struct ka_span line, int64_t now_sec, struct ka_earline *out)
{
	struct ka_logline l;

	*out = (struct ka_earline){ .pid = 0 };
	if (line.len == 0 || memchr(line.p, '\0', line.len) != NULL)
		return false;
	if (kind == KA_EARFRAME_BARE) {
		if (line.p[line.len - 1] == '\r') /* sshd ends its lines with both */
			line.len--;
		out->is_from_file = true;
		out->message = ka_text_trim(line);
		return out->message.len > 0;
	}
	if (kind != KA_EARFRAME_SYSLOG || !ka_logline_read(line, now_sec, &l))
		return false;
	out->pid = (pid_t)l.pid;
	out->at_us = l.at_us;
	out->message = l.message;
	return l.message.len > 0;
}
