/*
 * Looking at a user's key files with the user's rights. Opens without blocking,
 * judges the descriptor, reads with a limit; never follows a name twice.
 */
#include "diag/userlook.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "diag/aclook.h"
#include "diag/mountlook.h"
#include "diag/keyrow.h"
#include "diag/nearname.h"
#include "diag/scannames.h"
#include "perm/permcollect.h"

#include "base/poison.h"

/* everything large, in one piece of memory */
struct look {
	const struct ka_userfiles_query *query;
	int fd;
	struct ka_userfile file;
	struct ka_permcollect perm;
	struct ka_keyscan_work work;
	uint64_t seen; /* offers that stand in one of the configured files, one bit each */
};

static void set_stat(struct ka_userfile_stat *to, const char *path, const struct stat *st)
{
	ka_span_copy(ka_span_of(path), to->path, sizeof(to->path));
	to->mode = st->st_mode;
	to->uid = st->st_uid;
	to->gid = st->st_gid;
}

/* the first directory on the way that the user may not search */
static void find_blocked(struct ka_userfile *f)
{
	char dir[KA_TEXT_PATH_MAX];
	struct stat st;

	for (size_t i = 1; f->path[i] != '\0'; i++) {
		if (f->path[i] != '/')
			continue;
		ka_span_copy(ka_span_sub(ka_span_of(f->path), 0, i), dir, sizeof(dir));
		if (faccessat(AT_FDCWD, dir, X_OK, AT_EACCESS) != 0 && errno == EACCES && stat(dir, &st) == 0) {
			set_stat(&f->blocked, dir, &st);
			return;
		}
	}
}

static void judge_perm(struct look *l)
{
	const struct ka_userfiles_query *q = l->query;
	struct ka_userfile *f = &l->file;
	size_t at = 0;

	if (ka_permcollect(f->path, q->home, q->uid, &l->perm) != KA_ERR_OK) {
		f->perm_unjudged = q->strict_modes; /* no verdict is no "yes" */
		return;
	}
	if (strcmp(l->perm.real, f->path) != 0)
		ka_span_copy(ka_span_of(l->perm.real), f->real, sizeof(f->real));
	if (!q->strict_modes)
		return;
	ka_aclook_run(&l->perm, q->uid, f);
	f->perm_reason = (uint32_t)ka_permjudge_chain(l->perm.facts, l->perm.count, q->uid, q->rule, &at);
	if (f->perm_reason == KA_REASON_NONE || at >= l->perm.count)
		return;
	ka_permcollect_path(&l->perm, at, f->perm.path, sizeof(f->perm.path));
	f->perm_object = l->perm.facts[at].object;
	f->perm.mode = l->perm.facts[at].mode;
	f->perm.uid = l->perm.facts[at].uid;
	f->perm.gid = l->perm.facts[at].gid;
}

/* the content, at most KA_DIAG_FILE_MAX of it */
static void scan(struct look *l, int fd, size_t size)
{
	size_t room = size < KA_DIAG_FILE_MAX ? size + 65536 : KA_DIAG_FILE_MAX, len = 0;
	KA_AUTOFREE uint8_t *bytes = malloc(room);
	enum ka_err err;

	if (bytes == NULL) {
		l->file.errnum = ENOMEM;
		return;
	}
	err = ka_fd_read_all(fd, bytes, room, &len);
	if (err == KA_ERR_SYS) {
		l->file.errnum = (uint32_t)errno;
		return;
	}
	if (l->file.entry == KA_USERFILE_NAMES)
		ka_scannames_run(bytes, len, l->query->scan, &l->work, &l->file.scan);
	else
		ka_keyscan_run(bytes, len, l->query->scan, &l->work, &l->file.scan);
	l->file.scan.cut = err == KA_ERR_LIMIT;
	l->file.is_read = 1;
}

static void open_and_look(struct look *l)
{
	struct ka_userfile *f = &l->file;
	struct stat st;
	KA_AUTOCLOSE int fd = open(f->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int saved = errno;

	if (lstat(f->path, &st) == 0 && S_ISLNK(st.st_mode)) {
		ssize_t n = readlink(f->path, f->real, sizeof(f->real) - 1);

		f->is_link = 1;
		f->real[n > 0 ? n : 0] = '\0';
	}
	ka_mountlook_file(f);
	if (fd < 0) {
		f->errnum = (uint32_t)saved;
		if (stat(f->path, &st) == 0)
			set_stat(&f->own, f->path, &st);
		if (saved == EACCES)
			find_blocked(f);
		return;
	}
	if (fstat(fd, &st) != 0) {
		f->errnum = (uint32_t)errno;
		return;
	}
	set_stat(&f->own, f->path, &st);
	if (!S_ISREG(st.st_mode))
		return;
	judge_perm(l);
	scan(l, fd, st.st_size > 0 ? (size_t)st.st_size : 0);
}

static void note_seen(struct look *l)
{
	for (size_t i = 0; i < l->file.scan.hits_count; i++)
		if (l->file.scan.hits[i].offer < KA_DIAG_OFFERS_MAX)
			l->seen |= (uint64_t)1 << l->file.scan.hits[i].offer;
}

/* the file, and behind it its rows where they are wanted */
static enum ka_err send_file(struct look *l)
{
	struct ka_keyrows *rows = l->query->scan->rows;
	enum ka_err err = ka_fd_write_all(l->fd, &l->file, sizeof(l->file));
	uint32_t head[3];

	if (rows == NULL || err != KA_ERR_OK)
		return err;
	head[0] = rows->count;
	head[1] = rows->left_out;
	head[2] = rows->keys_len;
	err = ka_fd_write_all(l->fd, head, sizeof(head));
	if (err == KA_ERR_OK)
		err = ka_fd_write_all(l->fd, rows->row, rows->count * sizeof(rows->row[0]));
	return err == KA_ERR_OK ? ka_fd_write_all(l->fd, rows->keys, rows->keys_len) : err;
}

static void begin_rows(const struct look *l)
{
	if (l->query->scan->rows != NULL)
		l->query->scan->rows->count = l->query->scan->rows->left_out = l->query->scan->rows->keys_len = 0;
}

static enum ka_err look_at_configured(struct look *l, size_t i)
{
	memset(&l->file, 0, sizeof(l->file));
	l->file.entry = (uint32_t)i;
	memcpy(l->file.path, l->query->paths[i], sizeof(l->file.path));
	begin_rows(l);
	open_and_look(l);
	note_seen(l);
	return send_file(l);
}

static enum ka_err look_at_names(struct look *l)
{
	memset(&l->file, 0, sizeof(l->file));
	l->file.entry = KA_USERFILE_NAMES;
	if (l->query->names == NULL || !ka_span_copy(ka_span_of(l->query->names), l->file.path, sizeof(l->file.path)))
		return KA_ERR_OK;
	begin_rows(l);
	open_and_look(l);
	return send_file(l);
}

/* a file with a similar name is told only when an offered key stands in it that stands nowhere else */
static enum ka_err look_at_near(struct look *l, const struct ka_nearname *near)
{
	bool worth = false;

	memset(&l->file, 0, sizeof(l->file));
	l->file.entry = UINT32_MAX;
	memcpy(l->file.path, near->path, sizeof(l->file.path));
	memcpy(l->file.expected, near->expected, sizeof(l->file.expected));
	begin_rows(l);
	l->file.expected_exists = faccessat(AT_FDCWD, near->expected, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	open_and_look(l);
	for (size_t i = 0; i < l->file.scan.hits_count; i++) {
		const struct ka_keyscan_hit *h = &l->file.scan.hits[i];

		worth = worth || (h->offer < KA_DIAG_OFFERS_MAX && (l->seen >> h->offer & 1) == 0 && h->fit <= KA_KEYSCAN_WHOLE);
	}
	return worth ? send_file(l) : KA_ERR_OK;
}

static enum ka_err send_home(const struct look *l)
{
	struct ka_userfiles_home home = { 0 };
	struct stat st;

	if (stat(l->query->home, &st) != 0) {
		home.errnum = (uint32_t)errno;
	} else {
		home.errnum = S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
		home.mode = st.st_mode;
		home.uid = st.st_uid;
		home.gid = st.st_gid;
	}
	ka_mountlook_home(l->query, &home);
	return ka_fd_write_all(l->fd, &home, sizeof(home));
}

enum ka_err ka_userlook_all(const struct ka_userfiles_query *query, int fd)
{
	KA_AUTOFREE struct look *l = calloc(1, sizeof(*l));
	KA_AUTOFREE struct ka_nearname *near = calloc(KA_DIAG_NEAR_MAX, sizeof(*near));
	enum ka_err err;
	size_t n;

	if (l == NULL || near == NULL)
		return KA_ERR_NOMEM;
	l->query = query;
	l->fd = fd;
	err = send_home(l);
	for (size_t i = 0; i < query->paths_count && err == KA_ERR_OK; i++)
		err = look_at_configured(l, i);
	if (err == KA_ERR_OK)
		err = look_at_names(l);
	n = err == KA_ERR_OK ? ka_nearname_find(query, near) : 0;
	for (size_t i = 0; i < n && err == KA_ERR_OK; i++)
		err = look_at_near(l, &near[i]);
	return err;
}
