/* Looking at the configuration. MUST: believe what authkeys-cmd would believe, and read no file that it would refuse. */
#include "keyaudit/health/healthconflook.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "keyaudit/config/sourcecheck.h"
#include "source/confload.h"
#include "source/sourcedir.h"
#include "store/entry.h"

#include "base/poison.h"

static const struct ka_permwalk_trust roots = { .owner = 0 };

static bool hash(int fd, char out[static KA_ENTRY_HEX])
{
	KA_AUTOFREE char *text = NULL;
	size_t len = 0;

	if (ka_fd_slurp(fd, KA_CONF_FILE_MAX, &text, &len) != KA_ERR_OK)
		return false;
	ka_entry_sha256((struct ka_span){ (const uint8_t *)text, len }, out);
	return true;
}

static void look_at_file(const char *path, struct ka_healthconf *out)
{
	struct ka_healthconf_file *f = &out->file[out->files];
	struct ka_permwalk_refusal why;
	KA_AUTOCLOSE int fd = -1;
	struct stat st;

	if (out->files == KA_CONF_FILES_MAX || lstat(path, &st) != 0)
		return;
	memset(f, 0, sizeof(*f));
	if (!ka_span_copy(ka_span_of(path), f->path, sizeof(f->path)))
		return;
	out->files++;
	out->is_editing |= ka_health_is_fresh(&st);
	if (ka_permwalk_open(path, &roots, &fd, &why) != KA_ERR_OK || fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return;
	out->is_editing |= ka_health_is_fresh(&st);
	if (!hash(fd, f->sha256))
		f->sha256[0] = '\0';
	f->mode = st.st_mode;
	f->uid = st.st_uid;
	f->gid = st.st_gid;
}

/* *.conf of conf.d, in its order */
static bool look_at_folder(const char *path, struct ka_healthconf *out)
{
	KA_AUTOCLOSEDIR DIR *dir = opendir(path);
	KA_AUTOFREE struct ka_sourcedir *names = malloc(sizeof(*names));
	char file[KA_PATH_TRUSTED_MAX];
	struct stat st;

	if (dir == NULL || names == NULL)
		return dir == NULL && lstat(path, &st) != 0;
	if (fstat(dirfd(dir), &st) == 0)
		out->is_editing |= ka_health_is_fresh(&st);
	if (ka_sourcedir_list(dir, ".conf", KA_CONF_FILES_MAX - 1, names) != KA_ERR_OK)
		return false;
	for (size_t i = 0; i < names->count; i++) {
		struct ka_buf b;

		ka_buf_init_array(&b, file);
		ka_buf_text(&b, path);
		ka_buf_char(&b, '/');
		ka_buf_text(&b, names->names[i]);
		if (ka_buf_check(&b) == KA_ERR_OK)
			look_at_file(file, out);
	}
	return true;
}

static void take_source(void *ctx, const struct ka_sourcecheck *c)
{
	struct ka_healthconf *out = ctx;
	struct ka_healthconf_source *s = &out->source[out->sources];

	if (out->sources == KA_SOURCES_MAX)
		return;
	out->sources++;
	*s = (struct ka_healthconf_source){ .reason = KA_REASON_NONE };
	(void)ka_span_copy(ka_span_of(c->source), s->name, sizeof(s->name));
	/* what is missing of the installation is the doctor's business */
	if (c->reason != KA_REASON_CONF_UNSAFE && c->reason != KA_REASON_CONF_INVALID)
		return;
	s->reason = c->reason;
	memcpy(s->text, c->text, sizeof(s->text));
}

enum ka_err ka_healthconflook(const char *path, struct ka_conf *conf, struct ka_healthconf *out)
{
	KA_AUTOFREE struct ka_confload *load = calloc(1, sizeof(*load));
	char folder[KA_PATH_TRUSTED_MAX];
	const char *slash = strrchr(path, '/');
	struct ka_buf b;
	enum ka_err err;

	if (load == NULL)
		return KA_ERR_NOMEM;
	memset(out, 0, sizeof(*out));
	err = ka_confload(path, conf, load, NULL);
	if (err != KA_ERR_OK)
		return err;
	out->reason = load->reason;
	memcpy(out->text, load->text, sizeof(out->text));
	out->why = load->why;
	look_at_file(path, out);
	ka_buf_init_array(&b, folder);
	ka_buf_put(&b, path, slash != NULL ? (size_t)(slash - path) : 0);
	ka_buf_text(&b, "/conf.d");
	out->is_listed = ka_buf_check(&b) == KA_ERR_OK && look_at_folder(folder, out);
	if (out->reason == KA_REASON_NONE || out->reason == KA_REASON_CONF_DISABLED)
		err = ka_sourcecheck_each(conf, take_source, out);
	return err;
}
