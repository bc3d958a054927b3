/* The walk itself. It must end whatever the files include: themselves, each other, a FIFO. */
#include "diag/sshdwalk.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

#define FOLDER "/etc/ssh/"

struct walk {
	const struct ka_sshdwalk *what;
	size_t files;
	bool is_whole;
};

static void complain(struct walk *w, enum ka_sshdwalk_trouble kind, const char *path, int errnum, const struct ka_sshdwalk_place *at)
{
	w->is_whole = false;
	if (w->what->trouble != NULL)
		w->what->trouble(w->what->ctx, kind, path, errnum, at);
}

static void walk_file(struct walk *w, const char *path, const struct ka_sshdwalk_place *from, unsigned depth);

static void walk_pattern(struct walk *w, const char *pattern, const struct ka_sshdwalk_place *at, unsigned depth)
{
	glob_t found;

	if (w->what->pattern != NULL)
		w->what->pattern(w->what->ctx, pattern);
	switch (glob(pattern, 0, NULL, &found)) {
	case 0:
		for (size_t i = 0; i < found.gl_pathc && w->files < KA_DIAG_SSHD_FILES_MAX + 1; i++)
			walk_file(w, found.gl_pathv[i], at, depth + 1);
		globfree(&found);
		break;
	case GLOB_NOMATCH: /* sshd says nothing either */
		break;
	default:
		complain(w, KA_SSHDWALK_GLOB, pattern, 0, at);
		break;
	}
}

static void walk_include(struct walk *w, struct ka_span rest, const struct ka_sshdwalk_place *at, unsigned depth)
{
	char word[KA_TEXT_PATH_MAX], pattern[KA_TEXT_PATH_MAX + sizeof(FOLDER)];
	struct ka_buf b;

	for (;;) {
		ka_buf_init_array(&b, word);
		if (!ka_sshdline_word(&rest, &b))
			return;
		if (b.overflow) {
			complain(w, KA_SSHDWALK_GLOB, "", 0, at);
			return;
		}
		ka_buf_init_array(&b, pattern);
		ka_buf_text(&b, word[0] == '/' || word[0] == '~' ? "" : FOLDER);
		ka_buf_text(&b, word);
		walk_pattern(w, pattern, at, depth);
	}
}

static bool is_keyword(struct ka_span word, const char *name)
{
	return ka_text_equal_nocase(word, ka_span_of(name));
}

static void walk_lines(struct walk *w, struct ka_span text, const char *path, const struct ka_sshdwalk_place *from, unsigned depth)
{
	struct ka_sshdwalk_place at = { .path = path, .in_match = from->in_match, .match_path = from->match_path,
					.match_line = from->match_line };
	struct ka_sshdline line;
	struct ka_cursor c;
	struct ka_span s;

	ka_cursor_init(&c, text.p, text.len);
	while (ka_cursor_line(&c, &s, NULL)) {
		at.line++;
		if (!ka_sshdline_parse(s, &line))
			continue;
		if (is_keyword(line.keyword, "match")) {
			at.in_match = true;
			at.match_path = path;
			at.match_line = at.line;
		}
		if (w->what->line != NULL)
			w->what->line(w->what->ctx, &line, &at);
		if (is_keyword(line.keyword, "include"))
			walk_include(w, line.rest, &at, depth);
	}
}

static void walk_file(struct walk *w, const char *path, const struct ka_sshdwalk_place *from, unsigned depth)
{
	KA_AUTOCLOSE int fd = -1;
	KA_AUTOFREE char *text = NULL;
	struct stat st;
	size_t len = 0;
	enum ka_err err;
	int errnum;

	if (depth > KA_SSHDWALK_DEPTH_MAX || ++w->files > KA_DIAG_SSHD_FILES_MAX) {
		complain(w, depth > KA_SSHDWALK_DEPTH_MAX ? KA_SSHDWALK_DEEP : KA_SSHDWALK_MANY, path, 0, from);
		return;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	errnum = errno;
	if (w->what->file != NULL)
		w->what->file(w->what->ctx, path, fd >= 0 && fstat(fd, &st) == 0 ? &st : NULL, from);
	if (fd < 0) {
		complain(w, KA_SSHDWALK_CLOSED, path, errnum, from);
		return;
	}
	err = ka_fd_slurp(fd, KA_SSHDWALK_FILE_MAX, &text, &len);
	errnum = errno;
	if (err == KA_ERR_OK)
		walk_lines(w, (struct ka_span){ (const uint8_t *)text, len }, path, from, depth);
	else
		complain(w, err == KA_ERR_SYS ? KA_SSHDWALK_CLOSED : KA_SSHDWALK_LARGE, path, err == KA_ERR_SYS ? errnum : 0, from);
}

bool ka_sshdwalk_run(const char *config, const struct ka_sshdwalk *what)
{
	const struct ka_sshdwalk_place nowhere = { .path = NULL };
	struct walk w = { .what = what, .is_whole = true };

	walk_file(&w, config, &nowhere, 0);
	return w.is_whole;
}
