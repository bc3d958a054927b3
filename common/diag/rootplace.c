/* Walking down a path. What is not there yet will be made by root. */
#include "diag/rootplace.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/cursor.h"
#include "base/limits.h"

#include "base/poison.h"

bool ka_rootplace_is(const char *path)
{
	char dir[KA_TEXT_PATH_MAX];
	struct stat st;

	if (path[0] != '/')
		return false;
	for (size_t i = 0; path[i] != '\0'; i++) {
		if (path[i] != '/')
			continue;
		if (!ka_span_copy(ka_span_sub(ka_span_of(path), 0, i > 0 ? i : 1), dir, sizeof(dir)))
			return false;
		if (lstat(dir, &st) != 0)
			return errno == ENOENT;
		if (!S_ISDIR(st.st_mode) || st.st_uid != 0 || (st.st_mode & 022) != 0)
			return false;
	}
	return true;
}
