/* Sources of type file: local key files, opened, judged on their descriptor, read with a limit. */
#ifndef KA_SOURCE_SOURCEFILE_H
#define KA_SOURCE_SOURCEFILE_H

#include "perm/permwalk.h"
#include "source/source.h"

/* called once per file that could be read; @path is borrowed, as are the bytes */
typedef void ka_sourcefile_take(void *ctx, const char *path, struct ka_span bytes);

struct ka_sourcefile_out {
	enum ka_source_answer answer;
	enum ka_reason reason;           /* conf.unsafe (with why), conf.invalid (a %h or %U that was not given), source limits */
	struct ka_permwalk_refusal why;  /* of the first refused file */
	size_t files;                    /* files read */
};

/**
 * ka_sourcefile_read() - read every file that the source names for this user
 *
 * Entries in their order; an entry ending in '/' is its *.pub files without dot files, in byte order. A
 * refused file never hides the others (answer FOUND with reason set when others were read; REFUSED when none).
 * Limits: KA_SOURCE_FILE_MAX a file, KA_SOURCE_FILES_MAX files. Errors: KA_ERR_NOMEM, KA_ERR_SYS.
 */
KA_MUST_CHECK enum ka_err ka_sourcefile_read(const struct ka_conf_source *source, const struct ka_source_query *query,
					     ka_sourcefile_take *take, void *ctx, struct ka_sourcefile_out *out);

#endif
