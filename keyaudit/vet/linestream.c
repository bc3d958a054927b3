/* Lines from a descriptor. It must never hold more than one chunk and one line. */
#include "keyaudit/vet/linestream.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/poison.h"

void ka_linestream_init(struct ka_linestream *s, int fd)
{
	s->fd = fd;
	s->number = 0;
	s->at = s->len = 0;
	s->is_over = false;
}

static enum ka_err fill(struct ka_linestream *s)
{
	ssize_t n;

	do
		n = read(s->fd, s->chunk, sizeof(s->chunk));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return KA_ERR_SYS;
	s->at = 0;
	s->len = (size_t)n;
	s->is_over = n == 0;
	return KA_ERR_OK;
}

enum ka_err ka_linestream_next(struct ka_linestream *s, struct ka_span *line, bool *more)
{
	size_t kept = 0;
	bool begun = false, ended = false;

	while (!ended) {
		const uint8_t *from, *newline;
		size_t n, take;

		if (s->at == s->len) {
			enum ka_err err = s->is_over ? KA_ERR_OK : fill(s);

			if (err != KA_ERR_OK)
				return err;
			if (s->is_over)
				break;
		}
		from = s->chunk + s->at;
		newline = memchr(from, '\n', s->len - s->at);
		ended = newline != NULL;
		n = ended ? (size_t)(newline - from) : s->len - s->at;
		take = n < sizeof(s->line) - kept ? n : sizeof(s->line) - kept;
		memcpy(s->line + kept, from, take);
		kept += take;
		s->at += n + ended;
		begun = true;
	}
	*more = begun;
	s->number += begun;
	*line = (struct ka_span){ s->line, kept };
	return KA_ERR_OK;
}
