/* Where PAM modules lie. It must never call a module missing that another folder of the system may have. */
#include "diag/pammodule.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"

#include "base/poison.h"

struct folders {
	size_t count;
	bool is_cut;
	char path[KA_PAMMODULE_FOLDERS_MAX][KA_PAMMODULE_FOLDER_LEN_MAX];
};

static bool join(char *out, size_t size, const char *a, const char *b, const char *c)
{
	struct ka_buf buf;

	ka_buf_init(&buf, out, size);
	ka_buf_text(&buf, a);
	ka_buf_text(&buf, b);
	ka_buf_text(&buf, c);
	return !buf.overflow;
}

static void add(struct folders *f, const char *lib, const char *sub)
{
	struct stat st;

	if (f->count == KA_PAMMODULE_FOLDERS_MAX || !join(f->path[f->count], sizeof(f->path[0]), lib, sub, "/security/")) {
		f->is_cut = true;
		return;
	}
	if (stat(f->path[f->count], &st) == 0 && S_ISDIR(st.st_mode))
		f->count++;
}

static void find_folders(const char *root, struct folders *f)
{
	static const char *const libs[] = { "/usr/lib", "/usr/lib64", "/lib", "/lib64" };

	for (size_t i = 0; i < KA_ARRAY_LEN(libs); i++) {
		char lib[KA_PAMMODULE_FOLDER_LEN_MAX], sub[KA_PAMMODULE_FOLDER_LEN_MAX];
		KA_AUTOCLOSEDIR DIR *d = NULL;
		const struct dirent *e;
		size_t n = 0;

		if (!join(lib, sizeof(lib), root, libs[i], "") || (d = opendir(lib)) == NULL)
			continue;
		add(f, lib, "");
		/* "x86_64-linux-gnu": what has no dash is no folder of an architecture */
		for (; n < KA_DIAG_ENTRIES_MAX && (e = readdir(d)) != NULL; n++)
			if (strchr(e->d_name, '-') != NULL && join(sub, sizeof(sub), "/", e->d_name, ""))
				add(f, lib, sub);
		f->is_cut = f->is_cut || n == KA_DIAG_ENTRIES_MAX;
	}
}

static bool is_there(const char *root, const struct folders *f, const char *module)
{
	char path[2 * KA_PAMCONF_PATH_MAX];

	if (module[0] == '/')
		return !join(path, sizeof(path), root, module, "") || access(path, F_OK) == 0;
	for (size_t i = 0; i < f->count; i++)
		if (!join(path, sizeof(path), f->path[i], module, "") || access(path, F_OK) == 0)
			return true;
	return false;
}

void ka_pammodule_look(const char *root, struct ka_pamlines *l)
{
	struct folders f = { .count = 0 };

	find_folders(root, &f);
	for (size_t i = 0; i < l->count; i++) {
		struct ka_pamline *line = &l->lines[i];

		line->is_missing = !line->is_substack && strchr(line->module, '$') == NULL &&
				   (line->module[0] == '/' || (f.count > 0 && !f.is_cut)) && !is_there(root, &f, line->module);
	}
}
