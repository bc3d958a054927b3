/* Keeping sshd's answers. MUST: keep nothing that a change of configuration could have made untrue; trust only root's files. */
#include "diag/sshdcache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"
#include "diag/sshdwalk.h"

#include "base/poison.h"

struct walk {
	crypto_generichash_state hash;
	bool asks_user;    /* there is a Match line: any of them may depend on the user ... */
	bool asks_address; /* ... and this one on where the client comes from */
};

static void add(struct walk *w, const void *bytes, size_t n)
{
	crypto_generichash_update(&w->hash, bytes, n);
}

static void add_text(struct walk *w, const char *text)
{
	add(w, text, strlen(text) + 1);
}

static void add_identity(struct walk *w, const struct stat *st)
{
	add(w, &st->st_dev, sizeof(st->st_dev));
	add(w, &st->st_ino, sizeof(st->st_ino));
	add(w, &st->st_size, sizeof(st->st_size));
	add(w, &st->st_mtim, sizeof(st->st_mtim));
	add(w, &st->st_ctim, sizeof(st->st_ctim));
}

static bool has_nocase(struct ka_span line, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= line.len; i++)
		if (ka_text_equal_nocase(ka_span_sub(line, i, n), ka_span_of(word)))
			return true;
	return false;
}

static void take_file(void *ctx, const char *path, const struct stat *st, const struct ka_sshdwalk_place *includes)
{
	(void)includes;
	add_text(ctx, path);
	if (st != NULL)
		add_identity(ctx, st);
}

static void take_pattern(void *ctx, const char *pattern)
{
	add_text(ctx, pattern);
}

static void take_line(void *ctx, const struct ka_sshdline *line, const struct ka_sshdwalk_place *at)
{
	struct walk *w = ctx;

	(void)at;
	if (!ka_text_equal_nocase(line->keyword, ka_span_of("match")))
		return;
	w->asks_user = true;
	w->asks_address |= has_nocase(line->rest, "address") || has_nocase(line->rest, "host");
}

bool ka_sshdcache_name(const struct ka_sshdask *ask, const char *kind, char out[static KA_SSHDCACHE_NAME_MAX])
{
	KA_AUTOCLOSE int program = open(ask->program, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct walk w = { .asks_address = false };
	const struct ka_sshdwalk files = { .ctx = &w, .file = take_file, .line = take_line, .pattern = take_pattern };
	uint8_t sum[32];
	struct stat st;

	crypto_generichash_init(&w.hash, NULL, 0, sizeof(sum));
	add_text(&w, kind);
	add_text(&w, ask->program);
	if (program < 0 || fstat(program, &st) != 0)
		return false;
	add_identity(&w, &st);
	if (strcmp(kind, "T") == 0) {
		if (!ka_sshdwalk_run(ask->config, &files))
			return false;
		add_text(&w, w.asks_user ? ask->user : "");
		add_text(&w, w.asks_address ? ask->address : "");
		for (size_t i = 0; ask->args != NULL && i < ask->args->count; i++) {
			add(&w, &ask->args->options[i].letter, 1);
			add_text(&w, ask->args->options[i].value);
		}
	}
	crypto_generichash_final(&w.hash, sum, sizeof(sum));
	ka_text_hex(sum, sizeof(sum), out, KA_SSHDCACHE_NAME_MAX);
	return true;
}

static int open_dir(const char *dir)
{
	KA_AUTOCLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0 || st.st_uid != geteuid() || (st.st_mode & 077) != 0)
		return -1;
	return ka_steal_fd(&fd);
}

bool ka_sshdcache_get(const char *dir, const char *name, int age_sec, char **text, size_t *len)
{
	KA_AUTOCLOSE int dirfd = open_dir(dir);
	KA_AUTOCLOSE int fd = dirfd >= 0 ? openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
	time_t now = (time_t)(ka_clock_wall_us() / 1000000);
	struct stat st;

	*text = NULL;
	*len = 0;
	if (fd < 0 || fstat(fd, &st) != 0 || st.st_mtime > now || now - st.st_mtime > age_sec)
		return false;
	return ka_fd_slurp(fd, KA_DIAG_SSHD_T_MAX, text, len) == KA_ERR_OK;
}

/* make room: when too many are kept, or one was left half written, all go */
static bool has_room(int dirfd)
{
	int again = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	KA_AUTOCLOSEDIR DIR *d = again >= 0 ? fdopendir(again) : NULL;
	const struct dirent *e;
	size_t n = 0;

	while (d != NULL && (e = readdir(d)) != NULL)
		n++;
	if (d == NULL || n < KA_DIAG_SSHD_T_KEPT_MAX)
		return d != NULL;
	rewinddir(d);
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			unlinkat(dirfd, e->d_name, 0);
	return true;
}

void ka_sshdcache_put(const char *dir, const char *name, const char *text, size_t len)
{
	KA_AUTOCLOSE int dirfd = -1;
	KA_AUTOCLOSE int fd = -1;
	char temporary[32];
	struct ka_buf b;

	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return;
	dirfd = open_dir(dir);
	if (dirfd < 0 || !has_room(dirfd))
		return;
	ka_buf_init_array(&b, temporary);
	ka_buf_text(&b, "new.");
	ka_buf_i64(&b, getpid());
	fd = openat(dirfd, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	if (ka_fd_write_all(fd, text, len) != KA_ERR_OK || renameat(dirfd, temporary, dirfd, name) != 0)
		unlinkat(dirfd, temporary, 0);
}
