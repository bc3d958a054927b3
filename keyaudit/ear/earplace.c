/* Log files on disk. MUST: read no file that is not a log: everything is judged on its descriptor. */
#include "keyaudit/ear/earplace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/cursor.h"
#include "base/text.h"

#include "base/poison.h"

static bool is_owner(uid_t uid)
{
	const struct passwd *pw;

	if (uid == 0 || uid == geteuid())
		return true;
	pw = getpwnam("syslog"); /* rsyslogd's on Ubuntu */
	return pw != NULL && pw->pw_uid == uid;
}

static const char *wrong_with(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "the log is not a regular file";
	if (!is_owner(st->st_uid))
		return "the log file belongs neither to root nor to syslog";
	return (st->st_mode & S_IWOTH) != 0 ? "the log file can be written by everybody" : NULL;
}

static int open_at(int dir, const char *path, struct stat *st, const char **why)
{
	KA_AUTOCLOSE int fd = openat(dir, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	*why = NULL;
	if (fd < 0)
		*why = errno == ENOENT ? "there is no log file yet" : errno == ELOOP ? "the log file is a symbolic link" :
										      "the log file cannot be opened";
	else if (fstat(fd, st) != 0)
		*why = "the log file cannot be looked at";
	else
		*why = wrong_with(st);
	return *why == NULL ? ka_steal_fd(&fd) : -1;
}

int ka_earplace_open(const char *path, struct stat *st, const char **why)
{
	return open_at(AT_FDCWD, path, st, why);
}

bool ka_earplace_hash(const uint8_t *bytes, size_t len, uint8_t mark[static KA_EARKEEP_MARK])
{
	return crypto_generichash(mark, KA_EARKEEP_MARK, bytes, len, NULL, 0) == 0;
}

bool ka_earplace_mark(int fd, uint64_t offset, uint8_t mark[static KA_EARKEEP_MARK])
{
	size_t len = offset < KA_EAR_MARK_MAX ? (size_t)offset : KA_EAR_MARK_MAX;
	uint8_t bytes[KA_EAR_MARK_MAX];

	if (pread(fd, bytes, len, (off_t)(offset - len)) != (ssize_t)len)
		return false;
	return ka_earplace_hash(bytes, len, mark);
}

bool ka_earplace_is(int fd, const struct ka_earplace *place)
{
	uint8_t mark[KA_EARKEEP_MARK];

	return ka_earplace_mark(fd, place->offset, mark) && memcmp(mark, place->mark, sizeof(mark)) == 0;
}

/* the folder of @path, and its name there */
static DIR *open_dir(const char *path, const char **name)
{
	const char *slash = strrchr(path, '/');
	KA_AUTOFREE char *dir = slash != NULL ? strndup(path, (size_t)(slash - path) + 1) : NULL;

	*name = slash != NULL ? slash + 1 : path;
	return dir != NULL ? opendir(dir) : NULL;
}

static int open_entry(DIR *d, const char *entry, struct stat *st)
{
	const char *why;

	return open_at(dirfd(d), entry, st, &why);
}

/* "auth" of auth.log: logrotate may put the date before or behind the extension */
static bool is_kin(const char *name, const char *entry)
{
	size_t stem = ka_span_find(ka_span_of(name), '.');

	return strncmp(name, entry, stem) == 0 && strcmp(name, entry) != 0;
}

int ka_earplace_find(const char *path, const struct ka_earplace *place, struct stat *st)
{
	KA_AUTOCLOSE int copy = -1;
	KA_AUTOCLOSEDIR DIR *d = NULL;
	const struct dirent *e;
	const char *name = "";
	struct stat copy_st = { .st_ino = 0 };

	d = open_dir(path, &name);
	for (int n = 0; d != NULL && n < KA_EAR_NAMES_MAX && (e = readdir(d)) != NULL; n++) {
		KA_AUTOCLOSE int fd = is_kin(name, e->d_name) ? open_entry(d, e->d_name, st) : -1;

		if (fd < 0 || !ka_earplace_is(fd, place))
			continue;
		if (st->st_dev == place->dev && st->st_ino == place->ino)
			return ka_steal_fd(&fd);
		if (copy >= 0 || place->offset < KA_EAR_MARK_MAX)
			continue;
		copy = ka_steal_fd(&fd);
		copy_st = *st;
	}
	if (copy >= 0)
		*st = copy_st;
	return ka_steal_fd(&copy);
}

/* auth.log.1, auth.log-20261123 */
static bool is_rotated(const char *name, const char *entry)
{
	size_t n = strlen(name);

	if (strncmp(name, entry, n) != 0 || (entry[n] != '.' && entry[n] != '-'))
		return false;
	while (ka_text_is_digit((uint8_t)entry[++n]) || entry[n] == '-')
		continue;
	return entry[n] == '\0' && ka_text_is_digit((uint8_t)entry[n - 1]);
}

static bool is_later(const struct stat *a, const struct stat *b)
{
	return a->st_mtim.tv_sec > b->st_mtim.tv_sec ||
	       (a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec > b->st_mtim.tv_nsec);
}

int ka_earplace_after(const char *path, const struct stat *old, struct stat *st)
{
	KA_AUTOCLOSE int best = -1;
	KA_AUTOCLOSEDIR DIR *d = NULL;
	const struct dirent *e;
	const char *name = "";

	d = open_dir(path, &name);
	for (int n = 0; d != NULL && n < KA_EAR_NAMES_MAX && (e = readdir(d)) != NULL; n++) {
		struct stat here;
		KA_AUTOCLOSE int fd = is_rotated(name, e->d_name) ? open_entry(d, e->d_name, &here) : -1;

		if (fd < 0 || !is_later(&here, old) || (here.st_ino == old->st_ino && here.st_dev == old->st_dev))
			continue;
		if (best >= 0 && !is_later(st, &here))
			continue;
		if (best >= 0)
			close(best);
		best = ka_steal_fd(&fd);
		*st = here;
	}
	return ka_steal_fd(&best);
}
