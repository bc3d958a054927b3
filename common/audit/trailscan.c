/* Looking for an event in the trail. It reads bounded blocks and must never take a fragment for an event. */
#include "audit/trailscan.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

#include "base/poison.h"

bool ka_trailscan_is_closed(struct ka_span line)
{
	size_t depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < line.len; i++) {
		uint8_t c = line.p[i];

		if (in_string && c == '\\')
			i++;
		else if (c == '"')
			in_string = !in_string;
		else if (!in_string && (c == '{' || c == '['))
			depth++;
		else if (!in_string && (c == '}' || c == ']') && (depth == 0 || --depth == 0))
			return i == line.len - 1 && line.p[0] == '{' && c == '}';
	}
	return false;
}

/* The quotes of the needle are raw: inside a JSON string they would stand behind a backslash. */
static bool has_id(struct ka_span line, const char *id)
{
	char needle[KA_EVENT_ID_MAX + 8];
	struct ka_buf b;

	ka_buf_init_array(&b, needle);
	ka_buf_text(&b, "\"id\":\"");
	ka_buf_text(&b, id);
	ka_buf_char(&b, '"');
	return !b.overflow && memmem(line.p, line.len, b.p, b.len) != NULL;
}

bool ka_trailscan_holds(struct ka_span line, const char *const *ids)
{
	if (line.len == 0 || line.len >= KA_EVENT_LINE_MAX)
		return false;
	for (; ids != NULL && *ids != NULL; ids++)
		if (has_id(line, *ids))
			return ka_trailscan_is_closed(line);
	return false;
}

static enum ka_err read_at(int fd, char *p, size_t n, int64_t at, size_t *got)
{
	ssize_t r;

	do
		r = pread(fd, p, n, (off_t)at);
	while (r < 0 && errno == EINTR);
	*got = r > 0 ? (size_t)r : 0;
	return r < 0 ? KA_ERR_SYS : KA_ERR_OK;
}

/* the byte before @at, '\n' at the very beginning */
static enum ka_err byte_before(int fd, int64_t at, char *out)
{
	size_t got = 1;
	enum ka_err err = KA_ERR_OK;

	*out = '\n';
	if (at > 0)
		err = read_at(fd, out, 1, at - 1, &got);
	if (err == KA_ERR_OK && got == 0)
		*out = '\0';
	return err;
}

/* Looks at the complete lines of @text; *used = how much of it is done with. */
static bool scan_lines(struct ka_span text, bool *skipping, const char *const *ids, size_t *used)
{
	struct ka_cursor c;
	struct ka_span line;
	bool ended = false;

	*used = 0;
	ka_cursor_init(&c, text.p, text.len);
	while (ka_cursor_line(&c, &line, &ended) && ended) {
		*used += line.len + 1;
		if (!*skipping && ka_trailscan_holds(line, ids))
			return true;
		*skipping = false;
	}
	/* a long beginning without an end is no line of ours: let it go by */
	if (text.len - *used >= KA_EVENT_LINE_MAX) {
		*skipping = true;
		*used = text.len;
	}
	return false;
}

static enum ka_err scan(int fd, int64_t from, const char *const *ids, char *block, bool *found)
{
	size_t kept = 0, got = 0, used;
	bool skipping = false;

	for (;; from += (int64_t)got) {
		enum ka_err err = read_at(fd, block + kept, KA_TRAILSCAN_BLOCK - kept, from, &got);

		if (err != KA_ERR_OK || got == 0)
			return err;
		kept += got;
		*found = scan_lines((struct ka_span){ (const uint8_t *)block, kept }, &skipping, ids, &used);
		if (*found)
			return KA_ERR_OK;
		kept -= used;
		memmove(block, block + used, kept);
	}
}

enum ka_err ka_trailscan_find(int fd, int64_t since, const char *const *ids, char *block, bool *found, bool *torn)
{
	struct stat st;
	enum ka_err err;
	char before;

	*found = false;
	*torn = false;
	if (fstat(fd, &st) < 0)
		return KA_ERR_SYS;
	err = byte_before(fd, st.st_size, &before);
	if (err != KA_ERR_OK)
		return err;
	*torn = before != '\n';
	if (since < 0 || since > st.st_size)
		since = 0;
	err = byte_before(fd, since, &before);
	if (err != KA_ERR_OK || ids == NULL || ids[0] == NULL)
		return err;
	return scan(fd, before == '\n' ? since : 0, ids, block, found);
}
