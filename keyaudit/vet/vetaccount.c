/* Names, from the last one back. */
#include "keyaudit/vet/vetaccount.h"

#include <string.h>

#include "base/cursor.h"

#include "base/poison.h"

static bool ends_with(struct ka_span s, const char *end)
{
	size_t n = strlen(end);

	return s.len > n && ka_span_is(ka_span_sub(s, s.len - n, n), end);
}

static struct ka_span without(struct ka_span s, const char *end)
{
	return ka_span_sub(s, 0, s.len - strlen(end));
}

bool ka_vetaccount_is_keyfile(const char *name)
{
	struct ka_span s = ka_span_of(name);

	return ka_span_starts(s, "authorized_keys") || ends_with(s, ".keys") || ends_with(s, ".pub");
}

/* the last name of what is left of a path, which gets shorter; empty when none is left */
static struct ka_span last_name(struct ka_span *path)
{
	size_t end = path->len, begin;

	while (end > 0 && path->p[end - 1] == '/')
		end--;
	begin = end;
	while (begin > 0 && path->p[begin - 1] != '/')
		begin--;
	*path = ka_span_sub(*path, 0, begin);
	return (struct ka_span){ path->p + begin, end - begin };
}

static bool is_name(struct ka_span s)
{
	return s.len > 0 && !ka_span_is(s, ".") && !ka_span_is(s, "..");
}

void ka_vetaccount_of(const char *path, size_t below, struct ka_buf *out)
{
	struct ka_span rest = ka_span_of(path), file = last_name(&rest), folder, above;
	bool is_inside = rest.len > below;

	folder = last_name(&rest);
	above = last_name(&rest);
	if (ka_span_is(folder, ".ssh") && is_name(above))
		ka_buf_span(out, above);
	else if (ka_span_starts(file, "authorized_keys"))
		ka_buf_span(out, is_name(folder) && !ka_span_is(folder, ".ssh") ? folder : (struct ka_span){ NULL, 0 });
	else if (ends_with(file, ".keys"))
		ka_buf_span(out, without(file, ".keys"));
	else if (ends_with(file, ".pub"))
		ka_buf_span(out, is_inside && is_name(folder) ? folder : without(file, ends_with(file, "-cert.pub") ? "-cert.pub" : ".pub"));
	else
		ka_buf_span(out, file);
}
