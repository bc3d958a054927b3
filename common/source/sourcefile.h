/*
 * Sources of type file: local key files, opened through trusted directories, judged
 * on their descriptor, read with a limit. Hot path: no NSS, no locale.
 */
#ifndef KA_SOURCE_SOURCEFILE_H
#define KA_SOURCE_SOURCEFILE_H

#include "perm/permwalk.h"
#include "source/source.h"

/* called once per file that could be read, or with query->by_lines once per piece; @path is borrowed, as are the bytes */
typedef void ka_sourcefile_take(void *ctx, const char *path, struct ka_span bytes);

struct ka_sourcefile_out {
	enum ka_source_answer answer;
	enum ka_reason reason;          /* KA_REASON_NONE, or the first trouble; a refusal goes before "unavailable" */
	struct ka_permwalk_refusal why; /* of the file that reason is about; the entry itself for conf.invalid */
	size_t files;                   /* files with content that were taken */
};

/**
 * ka_sourcefile_read() - read every file that the source names for this user
 * @source:  its path list; %u, %U and %h are expanded, nothing else
 * @take:    gets each file's bytes, in the entries' order; they are gone when it returns. By lines, a file that grows beyond the
 *           limit while it is read, or cannot be read on, has been taken up to there: whoever relies on all of it reads it whole
 *
 * An entry ending in '/' is its *.pub files without dot files, in byte order. With owner = user files and
 * directories may belong to query->uid_number besides root; everything else must be root's.
 *
 * Answers: FOUND - a file with content was read; reason is set as well when another was not: a refused file
 *          never hides the others. Else REFUSED, UNAVAILABLE (store.unreachable: EACCES, EIO, EMFILE ...) or NO_KEYS
 *          (store.no-keys: nothing there, or empty).
 *          Refusals: conf.unsafe; conf.invalid - %h, %U or owner = user without what the command line must give,
 *          a value that must not stand in a path, another %, not absolute; store.too-large - beyond
 *          KA_SOURCE_FILE_MAX bytes or KA_SOURCE_FILES_MAX files (those behind them are not read).
 *          A source of another type is UNAVAILABLE.
 * Errors:  KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_sourcefile_read(const struct ka_conf_source *source, const struct ka_source_query *query,
					     ka_sourcefile_take *take, void *ctx, struct ka_sourcefile_out *out);

#endif
