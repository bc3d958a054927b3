/* Following a PAM stack through its files. It must end whatever they include: themselves, each other, a FIFO. */
#include "diag/pamask.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/paths.h"
#include "base/text.h"

#include "base/poison.h"

static const char *const folders[] = { KA_SYSCONFDIR "/pam.d/", "/usr/lib/pam.d/" };

struct walk {
	const char *const *dirs;
	size_t dirs_count;
	const char *service;
	struct ka_pamconf *out;
	unsigned files, depth;
	enum ka_err err;
};

static void follow(void *ctx, struct ka_span name, enum ka_pamconf_phase phase);

/* false: it is not there, or cannot be read */
static bool read_file(struct walk *w, const char *path, enum ka_pamconf_phase phase)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	KA_AUTOFREE char *text = NULL;
	enum ka_err err;
	size_t len, before;

	if (fd < 0)
		return false;
	err = ka_fd_slurp(fd, KA_PAM_SERVICE_MAX, &text, &len);
	if (err == KA_ERR_NOMEM)
		w->err = err;
	if (err != KA_ERR_OK)
		return false;
	w->depth++;
	before = ka_pamline_file(&w->out->lines, path);
	ka_pamconf_parse((struct ka_span){ (const uint8_t *)text, len }, w->service, phase, follow, w, w->out);
	ka_pamline_back(&w->out->lines, before);
	w->depth--;
	return true;
}

/* a bare name lies beside the others; @path is set to what was read */
static bool find_file(struct walk *w, struct ka_span name, enum ka_pamconf_phase phase, char path[static KA_PAMCONF_PATH_MAX])
{
	bool is_absolute = name.len > 0 && name.p[0] == '/';

	for (size_t i = 0; i < (is_absolute ? 1 : w->dirs_count); i++) {
		struct ka_buf b;

		ka_buf_init(&b, path, KA_PAMCONF_PATH_MAX);
		ka_buf_text(&b, is_absolute ? "" : w->dirs[i]);
		ka_buf_span(&b, name);
		if (!b.overflow && ka_span_find(name, '\0') == name.len && read_file(w, path, phase))
			return true;
	}
	return false;
}

static void follow(void *ctx, struct ka_span name, enum ka_pamconf_phase phase)
{
	struct walk *w = ctx;
	char path[KA_PAMCONF_PATH_MAX];

	if (w->depth >= KA_PAMASK_DEPTH_MAX || w->files >= KA_PAMASK_FILES_MAX) {
		w->out->is_cut = w->out->lines.is_cut = true;
		return;
	}
	w->files++;
	if (!find_file(w, name, phase, path))
		w->out->is_cut = w->out->lines.is_cut = true;
}

enum ka_err ka_pamask(const char *dir, const char *service, struct ka_pamconf *out)
{
	struct walk w = { .dirs = dir != NULL ? &dir : folders, .dirs_count = dir != NULL ? 1 : KA_ARRAY_LEN(folders), .service = service, .out = out, .err = KA_ERR_OK };

	memset(out, 0, sizeof(*out));
	if (service[0] != '\0' && strchr(service, '/') == NULL)
		out->is_known = find_file(&w, ka_span_of(service), KA_PAMCONF_PHASES, out->path);
	return w.err;
}
