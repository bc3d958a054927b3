/*
 * Removal without recursion: what is inside a folder that is not empty is moved up to its top and emptied there.
 * MUST: never follow a link, never leave @dir, end after a fixed number of steps.
 */
#include "keyaudit/case/removal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"

#include "base/poison.h"

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* unlink() it, or rmdir() it when it is an empty folder; true also when it is not there (any more) */
static bool remove_plain(int dir, const char *name)
{
	return unlinkat(dir, name, 0) == 0 || errno == ENOENT || unlinkat(dir, name, AT_REMOVEDIR) == 0 || errno == ENOENT;
}

static DIR *open_folder(int dir, const char *name)
{
	KA_AUTOCLOSE int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;

	if (d != NULL)
		ka_steal_fd(&fd);
	return d;
}

/* one level of folder @name in @top: files go, folders that are not empty move up into @top */
static unsigned flatten(int top, const char *name, unsigned steps)
{
	KA_AUTOCLOSEDIR DIR *d = open_folder(top, name);
	const struct dirent *e;

	while (d != NULL && steps > 0 && (e = readdir(d)) != NULL) {
		char up[48];
		struct ka_buf b;

		if (is_dots(e->d_name))
			continue;
		steps--;
		if (remove_plain(dirfd(d), e->d_name))
			continue;
		ka_buf_init_array(&b, up);
		ka_buf_text(&b, "up.");
		ka_buf_i64(&b, ka_clock_wall_us());
		ka_buf_char(&b, '.');
		ka_buf_u64(&b, steps);
		if (renameat2(dirfd(d), e->d_name, top, up, RENAME_NOREPLACE) != 0)
			return 0; /* somebody builds against us: next time */
	}
	return steps;
}

bool ka_removal_entry(int dir, const char *name)
{
	unsigned steps = KA_REMOVAL_STEPS_MAX;

	if (remove_plain(dir, name))
		return true;
	while (steps > 0) {
		KA_AUTOCLOSEDIR DIR *top = open_folder(dir, name);
		const struct dirent *e;
		unsigned before = steps;

		while (top != NULL && steps > 0 && (e = readdir(top)) != NULL) {
			if (is_dots(e->d_name))
				continue;
			steps--;
			if (!remove_plain(dirfd(top), e->d_name)) {
				steps = flatten(dirfd(top), e->d_name, steps);
				remove_plain(dirfd(top), e->d_name);
			}
		}
		if (remove_plain(dir, name))
			return true;
		if (steps == before)
			return false; /* nothing moves */
	}
	return false;
}
