/*
 * The files of a run: what was named, and what lies below directories that were named, in the order of their names. Nothing
 * outside of a directory that was named is opened, nothing but regular files is read, and what cannot be read is said and
 * counted and does not end the walk.
 */
#ifndef KA_VETWALK_H
#define KA_VETWALK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/limits.h"

struct ka_vetwalk_file {
	int fd;              /* borrowed */
	const char *name;    /* as it was named, or with the directory's name in front; "-" is standard input */
	const char *account; /* whose keys these are, by its path (vetaccount.h); the name where the path does not say it */
	off_t size;          /* 0: not known */
};

/** One file. An error ends the walk */
typedef enum ka_err ka_vetwalk_take(void *ctx, const struct ka_vetwalk_file *f);

/** Something is not read. Both texts are borrowed; the name is a stranger's */
typedef void ka_vetwalk_complain(void *ctx, const char *what, const char *name);

/* zeroed, with what stands above the line set, it is ready; large: allocated */
struct ka_vetwalk {
	bool all; /* in directories every regular file, not only those that are called like key files */
	ka_vetwalk_take *take;
	ka_vetwalk_complain *complain;
	void *ctx;
	/* counted */
	size_t files, failed;
	size_t passed_over; /* regular files in directories that are not called like key files */
	/* private */
	int root;
	size_t below;
	char path[KA_PATH_MAX];
	char account[KA_PATH_MAX];
};

/**
 * ka_vetwalk_run() - one FILE, DIRECTORY or "-"
 *
 * In directories: names that begin with a dot are passed over, but for .ssh; a symbolic link counts as the regular file to
 * which it leads inside the directory that was named, and as unreadable when it leads elsewhere (before Linux 5.6: always);
 * links to directories are not entered. A directory without a key file is a complaint.
 * Limits: KA_PATH_DEPTH_MAX levels, KA_VET_WALK_NAMES_MAX names in a directory; beyond, it counts as failed.
 * Errors: those of take, unchanged; KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_vetwalk_run(struct ka_vetwalk *w, const char *name);

#endif
