/* Keeping sshd's answers. MUST: keep nothing that a change of configuration could have made untrue; trust only root's files. */
#include "diag/sshdcache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
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

#include "base/poison.h"


struct walk {
	crypto_generichash_state hash;
	size_t files;
	bool asks_address; /* a Match line depends on where the client comes from */
};

static void add(struct walk *w, const void *bytes, size_t n)
{
	crypto_generichash_update(&w->hash, bytes, n);
}

static void add_text(struct walk *w, const char *text)
{
	add(w, text, strlen(text) + 1);
}

static bool add_identity(struct walk *w, int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return false;
	add(w, &st.st_dev, sizeof(st.st_dev));
	add(w, &st.st_ino, sizeof(st.st_ino));
	add(w, &st.st_size, sizeof(st.st_size));
	add(w, &st.st_mtim, sizeof(st.st_mtim));
	add(w, &st.st_ctim, sizeof(st.st_ctim));
	return true;
}

static bool walk_file(struct walk *w, const char *path, int depth);

/* the patterns of an Include line; sshd takes relative ones below /etc/ssh */
static bool walk_include(struct walk *w, struct ka_span rest, int depth)
{
	struct ka_span word;

	while (ka_text_word(&rest, &word)) {
		char pattern[1024];
		struct ka_buf b;
		glob_t found;
		bool fine = true;

		if (word.len > 1 && word.p[0] == '"' && word.p[word.len - 1] == '"')
			word = ka_span_sub(word, 1, word.len - 2);
		ka_buf_init_array(&b, pattern);
		ka_buf_text(&b, word.len > 0 && word.p[0] == '/' ? "" : "/etc/ssh/");
		ka_buf_span(&b, word);
		if (b.overflow)
			return false;
		add_text(w, pattern);
		switch (glob(pattern, 0, NULL, &found)) {
		case 0:
			for (size_t i = 0; fine && i < found.gl_pathc; i++)
				fine = walk_file(w, found.gl_pathv[i], depth + 1);
			globfree(&found);
			break;
		case GLOB_NOMATCH:
			break;
		default:
			return false;
		}
		if (!fine)
			return false;
	}
	return true;
}

static bool has_nocase(struct ka_span line, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= line.len; i++)
		if (ka_text_equal_nocase(ka_span_sub(line, i, n), ka_span_of(word)))
			return true;
	return false;
}

static bool walk_line(struct walk *w, struct ka_span line, int depth)
{
	const struct ka_span whole = line;
	struct ka_span word;
	size_t equals;

	if (!ka_text_word(&line, &word))
		return true;
	equals = ka_span_find(word, '='); /* "Include=FILE" is one word */
	if (equals < word.len) {
		line = ka_span_sub(whole, (size_t)(word.p - whole.p) + equals + 1, whole.len);
		word = ka_span_sub(word, 0, equals);
	}
	if (ka_text_equal_nocase(word, ka_span_of("match")))
		w->asks_address |= has_nocase(line, "address") || has_nocase(line, "host");
	if (!ka_text_equal_nocase(word, ka_span_of("include")))
		return true;
	return walk_include(w, line, depth);
}

static bool walk_file(struct walk *w, const char *path, int depth)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	KA_AUTOFREE char *text = NULL;
	struct ka_cursor c;
	struct ka_span line;
	size_t len;

	add_text(w, path);
	if (fd < 0 || depth > KA_SSHDCACHE_INCLUDE_DEPTH_MAX || ++w->files > KA_DIAG_SSHD_FILES_MAX || !add_identity(w, fd) ||
	    ka_fd_slurp(fd, KA_SSHDCACHE_CONFIG_MAX, &text, &len) != KA_ERR_OK)
		return false;
	ka_cursor_init(&c, text, len);
	while (ka_cursor_line(&c, &line, NULL))
		if (!walk_line(w, line, depth))
			return false;
	return true;
}

bool ka_sshdcache_name(const struct ka_sshdask *ask, const char *kind, char out[static KA_SSHDCACHE_NAME_MAX])
{
	KA_AUTOCLOSE int program = open(ask->program, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	uint8_t sum[32];
	struct walk w = { .files = 0 };

	crypto_generichash_init(&w.hash, NULL, 0, sizeof(sum));
	add_text(&w, kind);
	add_text(&w, ask->program);
	if (program < 0 || !add_identity(&w, program))
		return false;
	if (strcmp(kind, "T") == 0) {
		if (!walk_file(&w, ask->config, 0))
			return false;
		add_text(&w, ask->user);
		add_text(&w, w.asks_address ? ask->address : "");
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

bool ka_sshdcache_get(const char *dir, const char *name, char **text, size_t *len)
{
	KA_AUTOCLOSE int dirfd = open_dir(dir);
	KA_AUTOCLOSE int fd = dirfd >= 0 ? openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
	time_t now = (time_t)(ka_clock_wall_us() / 1000000);
	struct stat st;

	*text = NULL;
	*len = 0;
	if (fd < 0 || fstat(fd, &st) != 0 || st.st_mtime > now || now - st.st_mtime > KA_DIAG_SSHD_T_AGE_SEC)
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
