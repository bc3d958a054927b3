/* logrotate's configuration, read in its order, and what it means for the trail. It must end whatever the files include. */
#include "keyaudit/doctor/installrotate.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/paths.h"
#include "base/text.h"
#include "keyaudit/doctor/installmend.h"
#include "keyaudit/doctor/logrotate.h"

#include "base/poison.h"

#define CONF KA_SYSCONFDIR "/logrotate.conf"
#define FOLDER KA_SYSCONFDIR "/logrotate.d"

enum { TRAIL, SEALS, FILES };

struct look {
	const char *root;
	struct ka_install *out;
	struct ka_logrotate rotate;
	struct ka_logrotate_file files[FILES];
	bool is_said[FILES];
	const char *path; /* of the file that is being read; NULL: none yet */
	size_t read;
	unsigned depth;
};

static const char *mend_of(const struct ka_logrotate_file *f, bool is_seals)
{
	if (is_seals)
		return "take seals.jsonl out of it: the seals stay in one file for ever";
	if (f->does == KA_LOGROTATE_CUTS)
		return "take the trail out of it, above all copytruncate: keyaudit-rotate.timer rotates it, and examples/logrotate-keyaudit "
		       "compresses what was renamed";
	return "take the trail out of it: keyaudit-rotate.timer rotates it, and examples/logrotate-keyaudit compresses what was renamed";
}

static void say(struct look *l, size_t which)
{
	const struct ka_logrotate_file *f = &l->files[which];
	struct ka_install_item *item;
	struct ka_buf b;

	if (l->out->count >= KA_INSTALL_CHECKS_MAX)
		return;
	item = &l->out->items[l->out->count++];
	memset(item, 0, sizeof(*item));
	item->state = f->does == KA_LOGROTATE_CUTS || which == SEALS ? KA_INSTALL_FAIL : KA_INSTALL_WARN;
	ka_span_copy(ka_span_of("logrotate"), item->what, sizeof(item->what));
	ka_buf_init_array(&b, item->text);
	ka_text_escape(&b, ka_span_of(l->path), 0, 200);
	ka_buf_char(&b, ':');
	ka_buf_u64(&b, f->line);
	ka_buf_text(&b, f->does == KA_LOGROTATE_CUTS ? ": copytruncate, which loses events and breaks the chain: " :
						       ": renames by itself, without the last record and the seal: ");
	ka_text_escape(&b, ka_span_of(f->path), 0, 200);
	ka_installmend_say(item, mend_of(f, which == SEALS));
}

/* What was found in the file that is being read since the last time. */
static void say_new(struct look *l)
{
	for (size_t i = 0; i < FILES; i++) {
		if (l->files[i].does == KA_LOGROTATE_NOTHING || l->is_said[i])
			continue;
		l->is_said[i] = true;
		say(l, i);
	}
}

static void read_file(struct look *l, const char *path)
{
	const char *outer = l->path;
	char whole[KA_LOGROTATE_NAME_MAX];
	KA_AUTOCLOSE int fd = -1;
	KA_AUTOFREE char *text = NULL;
	struct stat st;
	struct ka_buf b;
	size_t len = 0;

	ka_buf_init_array(&b, whole);
	ka_buf_text(&b, l->root);
	ka_buf_text(&b, path);
	if (b.overflow || l->read >= KA_LOGROTATE_FILES_READ_MAX)
		return;
	l->read++;
	fd = open(whole, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || ka_fd_slurp(fd, KA_LOGROTATE_FILE_MAX, &text, &len) != KA_ERR_OK)
		return;
	l->path = path;
	ka_logrotate_read(&l->rotate, (struct ka_span){ (const uint8_t *)text, len });
	say_new(l);
	l->path = outer;
}

/* what logrotate passes over by itself: hidden files, and what editors and packages leave behind */
static int is_wanted(const struct dirent *e)
{
	static const char *const taboo[] = {
		"~", ",v", ".bak", ".swp", ".disabled", ".cfsaved", ".dpkg-bak", ".dpkg-del", ".dpkg-dist", ".dpkg-new", ".dpkg-old",
		".dpkg-tmp", ".rpmnew", ".rpmorig", ".rpmsave", ".ucf-dist", ".ucf-new", ".ucf-old",
	};
	size_t len = strlen(e->d_name);

	if (e->d_name[0] == '.')
		return 0;
	for (size_t i = 0; i < KA_ARRAY_LEN(taboo); i++) {
		size_t n = strlen(taboo[i]);

		if (len >= n && strcmp(e->d_name + len - n, taboo[i]) == 0)
			return 0;
	}
	return 1;
}

static void read_folder(struct look *l, const char *path, const char *whole)
{
	struct dirent **found = NULL;
	int n = scandir(whole, &found, is_wanted, alphasort);

	for (int i = 0; i < n; i++) {
		char name[KA_LOGROTATE_NAME_MAX];
		struct ka_buf b;

		ka_buf_init_array(&b, name);
		ka_buf_text(&b, path);
		ka_buf_char(&b, '/');
		ka_buf_text(&b, found[i]->d_name);
		if (!b.overflow)
			read_file(l, name);
		free(found[i]);
	}
	free(found);
}

/* `include`: a file, or all files of a folder */
static void include(void *ctx, const char *path)
{
	struct look *l = ctx;
	char whole[KA_LOGROTATE_NAME_MAX];
	struct stat st;
	struct ka_buf b;

	ka_buf_init_array(&b, whole);
	ka_buf_text(&b, l->root);
	ka_buf_text(&b, path);
	if (b.overflow || path[0] != '/' || l->depth >= KA_LOGROTATE_DEPTH_MAX || stat(whole, &st) < 0)
		return;
	say_new(l);
	l->depth++;
	if (S_ISDIR(st.st_mode))
		read_folder(l, path, whole);
	else
		read_file(l, path);
	l->depth--;
}

void ka_installrotate_check(const char *root, const char *trail, struct ka_install *out)
{
	KA_AUTOFREE struct look *l = calloc(1, sizeof(*l));
	const char *slash = strrchr(trail, '/');
	char seals[KA_LOGROTATE_NAME_MAX];
	struct ka_buf b;

	if (l == NULL || slash == NULL)
		return;
	ka_buf_init_array(&b, seals);
	ka_buf_put(&b, trail, (size_t)(slash - trail) + 1);
	ka_buf_text(&b, "seals.jsonl");
	l->root = root;
	l->out = out;
	l->files[TRAIL].path = trail;
	l->files[SEALS].path = seals;
	l->rotate = (struct ka_logrotate){
		.files = l->files, .count = b.overflow ? SEALS : FILES, .hook = "keyaudit log rotate", .include = include, .ctx = l,
	};
	include(l, CONF);
	if (l->read == 0)
		include(l, FOLDER);
}
