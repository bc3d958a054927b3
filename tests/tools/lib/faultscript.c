/* Reading the script of an answer. It trusts the test that wrote it, and nobody else ever writes one. */
#include "tests/tools/lib/faultscript.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/fd.h"

#include "base/poison.h"

static void die(const char *path, const char *line)
{
	fprintf(stderr, "faultstore: %s: not understood: %s\n", path, line);
	exit(2);
}

static bool append(char *to, size_t size, const char *text, const char *end)
{
	size_t len = strlen(to);
	int n = snprintf(to + len, size - len, "%s%s", text, end);

	return n >= 0 && (size_t)n < size - len;
}

static bool number(const char *text, long long *out)
{
	char *end;

	*out = strtoll(text, &end, 10);
	return *text != '\0' && *end == '\0' && *out >= 0;
}

static bool words(const char *word, const char *rest, struct faultscript *s)
{
	const struct { const char *word; char *to; size_t size; const char *end; } texts[] = {
		{ "status", s->status, sizeof(s->status), "" }, { "header", s->headers, sizeof(s->headers), "\r\n" },
		{ "etag", s->etag, sizeof(s->etag), "" },       { "body", s->body, sizeof(s->body), "\n" },
		{ "file", s->file, sizeof(s->file), "" },       { "tree", s->tree, sizeof(s->tree), "" },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(texts); i++)
		if (strcmp(word, texts[i].word) == 0) {
			if (texts[i].end[0] == '\0')
				texts[i].to[0] = '\0';
			return append(texts[i].to, texts[i].size, rest, texts[i].end);
		}
	return false;
}

static bool numbers(const char *word, const char *rest, struct faultscript *s)
{
	long long n;

	if (strcmp(word, "length") == 0 && strcmp(rest, "none") == 0)
		return s->no_length = true;
	if (!number(rest, &n))
		return false;
	if (strcmp(word, "fill") == 0)
		s->fill = (size_t)n;
	else if (strcmp(word, "fill-header") == 0)
		s->fill_header = (size_t)n;
	else if (strcmp(word, "length") == 0)
		s->length = n;
	else if (strcmp(word, "pause") == 0)
		s->pause_ms = (unsigned)n;
	else if (strcmp(word, "drip") == 0)
		s->drip_ms = (unsigned)n;
	else
		return false;
	s->has_length = s->has_length || strcmp(word, "length") == 0;
	return true;
}

static bool ends(const char *word, const char *rest, struct faultscript *s)
{
	static const struct { const char *word; enum faultscript_end end; } kinds[] = {
		{ "hang", FAULTSCRIPT_HANG }, { "reset", FAULTSCRIPT_RESET }, { "close", FAULTSCRIPT_CLOSE },
	};
	static const struct { const char *word; enum faultscript_where where; } places[] = {
		{ "accept", FAULTSCRIPT_AT_ACCEPT }, { "answer", FAULTSCRIPT_AT_ANSWER }, { "header", FAULTSCRIPT_AT_HEADER },
	};
	long long n = 0;

	for (size_t i = 0; i < KA_ARRAY_LEN(kinds); i++)
		if (strcmp(word, kinds[i].word) == 0)
			s->end = kinds[i].end;
	if (s->end == FAULTSCRIPT_NONE)
		return false;
	for (size_t i = 0; i < KA_ARRAY_LEN(places); i++)
		if (strcmp(rest, places[i].word) == 0) {
			s->where = places[i].where;
			return true;
		}
	s->where = FAULTSCRIPT_AT_BODY;
	s->behind = number(rest, &n) ? (size_t)n : 0;
	return number(rest, &n);
}

bool faultscript_read(const char *path, struct faultscript *out)
{
	static char text[FAULTSCRIPT_MAX + 1];
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *line, *rest = text, *word, *argument;
	size_t len;

	memset(out, 0, sizeof(*out));
	append(out->status, sizeof(out->status), "200 OK", "");
	if (fd < 0)
		return false;
	if (ka_fd_read_all(fd, text, FAULTSCRIPT_MAX, &len) != KA_ERR_OK)
		die(path, "(too long)");
	text[len] = '\0';
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (line[0] == '\0')
			continue;
		argument = line;
		word = strsep(&argument, " ");
		if (argument == NULL)
			argument = line + strlen(line);
		if (strcmp(word, "raw") == 0)
			out->is_raw = true;
		else if (!words(word, argument, out) && !numbers(word, argument, out) && !ends(word, argument, out))
			die(path, line);
	}
	return true;
}
