/* Reading cache entries. Hot path: no directory is opened, nothing is allocated. */
#include "store/cachedir.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"

#include "base/poison.h"

struct ka_cachedir_name ka_cachedir_name(const char *name, const char *suffix)
{
	struct ka_cachedir_name n;
	struct ka_buf b;

	ka_buf_init_array(&b, n.text);
	ka_buf_text(&b, name);
	ka_buf_text(&b, suffix);
	return n;
}

bool ka_cachedir_path(const char *cache, const char *source, const char *file, char out[static KA_PATH_TRUSTED_MAX])
{
	struct ka_buf b;

	ka_buf_init(&b, out, KA_PATH_TRUSTED_MAX);
	ka_buf_text(&b, cache);
	ka_buf_char(&b, '/');
	ka_buf_text(&b, source);
	ka_buf_char(&b, '/');
	ka_buf_text(&b, file);
	return ka_buf_check(&b) == KA_ERR_OK;
}

/* a descriptor of a file that only the fetcher's uid could write; -1: @answer says why */
static int open_file(const char *cache, const char *source, const char *name, size_t max, size_t *size,
		     enum ka_cachedir_answer *answer)
{
	char path[KA_PATH_TRUSTED_MAX];
	struct stat folder, st;
	KA_AUTOCLOSE int fd = -1;

	*answer = KA_CACHEDIR_INVALID;
	if (!ka_cachedir_path(cache, source, name, path))
		return -1;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0) {
		*answer = errno == ENOENT || errno == ENOTDIR ? KA_CACHEDIR_ABSENT : KA_CACHEDIR_INVALID;
		return -1;
	}
	if (lstat(cache, &folder) != 0 || !S_ISDIR(folder.st_mode) || (folder.st_mode & 0022) != 0)
		return -1;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_uid != folder.st_uid || (st.st_mode & 0022) != 0 ||
	    st.st_nlink > 1 || st.st_size < 0 || (size_t)st.st_size > max)
		return -1;
	*size = (size_t)st.st_size;
	*answer = KA_CACHEDIR_FOUND;
	return ka_steal_fd(&fd);
}

/* one call: an entry is replaced and never written to, so what has another length than it had a moment ago is none of ours */
static bool read_whole(int fd, void *bytes, size_t size)
{
	return read(fd, bytes, size + 1) == (ssize_t)size;
}

enum ka_cachedir_answer ka_cachedir_read(const char *cache, const char *source, const char *user, const char *name, const char *url,
					 void *storage, size_t size, struct ka_entry *out)
{
	enum ka_cachedir_answer answer;
	size_t len = 0;
	KA_AUTOCLOSE int fd = open_file(cache, source, name, size - 1, &len, &answer);

	if (fd < 0)
		return answer;
	if (!read_whole(fd, storage, len) || !ka_entry_parse((struct ka_span){ storage, len }, out))
		return KA_CACHEDIR_INVALID;
	if (strcmp(out->source, source) != 0 || (user != NULL && strcmp(out->user, user) != 0))
		return KA_CACHEDIR_INVALID;
	/* the source's address or format was changed: what lies here answers another question */
	return url == NULL || strcmp(out->url, url) == 0 ? KA_CACHEDIR_FOUND : KA_CACHEDIR_ABSENT;
}

bool ka_cachedir_lasttry(const char *cache, const char *source, const char *name, struct ka_lasttry *out)
{
	enum ka_cachedir_answer answer;
	size_t len = 0;
	KA_AUTOCLOSE int fd = open_file(cache, source, ka_cachedir_name(name, ".try").text, KA_LASTTRY_MAX, &len, &answer);
	char text[KA_LASTTRY_MAX + 1];

	return fd >= 0 && read_whole(fd, text, len) && ka_lasttry_parse((struct ka_span){ (const uint8_t *)text, len }, out);
}
