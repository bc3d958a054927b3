/*
 * Ownership of locals, visible in their declaration. Each cleanup helper frees
 * what it finds and accepts "nothing" (NULL, -1); ka_steal_*() hands ownership
 * on and leaves "nothing" behind.
 */
#ifndef KA_BASE_CLEANUP_H
#define KA_BASE_CLEANUP_H

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static inline void ka_cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void ka_cleanup_close(int *fd)
{
	if (*fd >= 0) {
		int saved = errno;

		close(*fd);
		errno = saved;
	}
}

static inline void ka_cleanup_closedir(DIR **dir)
{
	if (*dir != NULL) {
		int saved = errno;

		closedir(*dir);
		errno = saved;
	}
}

static inline int ka_steal_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

static inline void *ka_steal_ptr_(void *p)
{
	void **slot = p;
	void *taken = *slot;

	*slot = NULL;
	return taken;
}
#define ka_steal_ptr(p) ((__typeof__(*(p)))ka_steal_ptr_(p))

#define KA_AUTOFREE __attribute__((cleanup(ka_cleanup_free)))
#define KA_AUTOCLOSE __attribute__((cleanup(ka_cleanup_close)))
#define KA_AUTOCLOSEDIR __attribute__((cleanup(ka_cleanup_closedir)))

#endif
