/* Walking to what is to be changed. It must never go through a name twice. */
#include "keyaudit/mend/fixwalk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"

#include "base/poison.h"

#define STEP (O_PATH | O_NOFOLLOW | O_CLOEXEC)

/* the way while it is gone */
struct way {
	struct ka_fixwalk *w;
	const struct ka_fixstat *home;
	char rest[2 * KA_TEXT_PATH_MAX]; /* names that are still to be gone */
	char target[KA_TEXT_PATH_MAX];   /* of a link, while it is put in its place */
	char joined[2 * KA_TEXT_PATH_MAX];
	unsigned links;
};

static bool stop(struct ka_fixwalk *w, int errnum)
{
	w->errnum = errnum;
	return false;
}

/* back to / */
static bool begin(struct way *way)
{
	struct ka_fixwalk *w = way->w;

	ka_fixwalk_close(w);
	w->is_roots = true;
	w->is_in_home = false;
	w->real[0] = '\0';
	w->fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (w->fd < 0 || ka_fixstat_take(w->fd, &w->it) != KA_ERR_OK)
		return stop(w, errno);
	return true;
}

/* what was the object is now the directory to go on from */
static void descend(struct way *way)
{
	struct ka_fixwalk *w = way->w;

	w->is_roots = w->is_roots && w->it.uid == 0 && (w->it.mode & 022) == 0 && w->it.acl_writes == 0;
	w->is_in_home = w->is_in_home || (way->home != NULL && ka_fixstat_is_same(&w->it, way->home));
	if (w->dir >= 0)
		close(w->dir);
	w->dir = ka_steal_fd(&w->fd);
	w->parent = w->it;
}

static bool append_real(struct ka_fixwalk *w, struct ka_span name)
{
	struct ka_buf b = { .p = w->real, .len = strlen(w->real), .size = sizeof(w->real) };

	ka_buf_char(&b, '/');
	ka_buf_span(&b, name);
	return !b.overflow && ka_span_copy(name, w->name, sizeof(w->name));
}

/* a link of root's, where nobody else could have put one: its target takes its place */
static bool follow(struct way *way, struct ka_span rest)
{
	struct ka_fixwalk *w = way->w;
	struct ka_buf b;
	ssize_t n;

	if (!w->is_roots || w->it.uid != 0 || rest.len == 0 || ++way->links > KA_PATH_LINKS_MAX)
		return stop(w, ELOOP);
	n = readlinkat(w->fd, "", way->target, sizeof(way->target));
	if (n <= 0 || (size_t)n >= sizeof(way->target))
		return stop(w, ELOOP);
	ka_buf_init_array(&b, way->joined);
	if (way->target[0] != '/') {
		ka_buf_span(&b, ka_span_sub(ka_span_of(w->real), 0, strlen(w->real) - strlen(w->name)));
		ka_buf_char(&b, '/');
	}
	ka_buf_put(&b, way->target, (size_t)n);
	ka_buf_char(&b, '/');
	ka_buf_span(&b, rest);
	if (b.overflow || !ka_span_copy(ka_buf_as_span(&b), way->rest, sizeof(way->rest)))
		return stop(w, ENAMETOOLONG);
	return begin(way);
}

/* one name on; *again: the names begin anew */
static bool step(struct way *way, struct ka_span name, struct ka_span rest, bool *again)
{
	struct ka_fixwalk *w = way->w;

	descend(way);
	if (!append_real(w, name))
		return stop(w, ENAMETOOLONG);
	w->fd = openat(w->dir, w->name, STEP);
	if (w->fd < 0 || ka_fixstat_take(w->fd, &w->it) != KA_ERR_OK) {
		stop(w, errno);
		if (rest.len > 0) /* on the way: the directory of the object was not come to */
			close(ka_steal_fd(&w->dir));
		return false;
	}
	*again = S_ISLNK(w->it.mode);
	return *again ? follow(way, rest) : true;
}

/* no path of ours: nothing is held that somebody could take for its object */
static bool refuse(struct ka_fixwalk *w)
{
	ka_fixwalk_close(w);
	return stop(w, EINVAL);
}

static bool go(struct way *way)
{
	struct ka_span rest = ka_span_of(way->rest), name;
	unsigned depth = 0;

	while (ka_text_split(&rest, '/', &name)) {
		bool again = false;

		if (name.len == 0 || ka_span_is(name, "."))
			continue;
		if (ka_span_is(name, "..") || ++depth > KA_PATH_DEPTH_MAX)
			return refuse(way->w);
		if (!step(way, name, rest, &again))
			return false;
		if (again)
			rest = ka_span_of(way->rest);
	}
	return way->w->dir >= 0 ? true : refuse(way->w); /* "/" itself lies nowhere */
}

bool ka_fixwalk_open(const char *path, const struct ka_fixstat *home, struct ka_fixwalk *w)
{
	KA_AUTOFREE struct way *way = calloc(1, sizeof(*way));

	memset(w, 0, sizeof(*w));
	w->fd = w->dir = -1;
	if (way == NULL)
		return stop(w, ENOMEM);
	way->w = w;
	way->home = home;
	if (path[0] != '/' || !ka_span_copy(ka_span_of(path), way->rest, sizeof(way->rest)))
		return stop(w, EINVAL);
	return begin(way) && go(way);
}

bool ka_fixwalk_again(const char *path, const struct ka_fixstat *home, const struct ka_fixwalk *before)
{
	struct ka_fixwalk now;
	bool same = ka_fixwalk_open(path, home, &now) && ka_fixstat_is_unchanged(&now.it, &before->it) &&
		    ka_fixstat_is_same(&now.parent, &before->parent) && now.parent.uid == before->parent.uid &&
		    now.is_in_home == before->is_in_home && now.is_roots == before->is_roots;

	ka_fixwalk_close(&now);
	return same;
}

void ka_fixwalk_close(struct ka_fixwalk *w)
{
	if (w->fd >= 0)
		close(ka_steal_fd(&w->fd));
	if (w->dir >= 0)
		close(ka_steal_fd(&w->dir));
}
