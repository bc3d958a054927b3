/*
 * What logrotate would do to some files, as far as its configuration says so. Pure; what stands in the text is anybody's.
 * Source: logrotate.conf(5), config.c of logrotate 3.21: names, and in braces behind them settings and scripts up to endscript;
 * settings outside of braces hold for what follows, in files that are read later, too.
 */
#ifndef KA_LOGROTATE_H
#define KA_LOGROTATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cursor.h"

enum ka_logrotate_does {
	KA_LOGROTATE_NOTHING, /* no section names it, or one that leaves it in its place (copy) or has the hook */
	KA_LOGROTATE_RENAMES,
	KA_LOGROTATE_CUTS,    /* copytruncate */
};

/* a file that is looked for, and what was found of it; all but @path begins with 0 */
struct ka_logrotate_file {
	const char *path; /* borrowed */
	bool is_named;    /* by a section; the first one counts, as it does for logrotate */
	enum ka_logrotate_does does;
	size_t line;      /* of the section's first name, from 1 */
};

struct ka_logrotate {
	struct ka_logrotate_file *files; /* borrowed; at most KA_LOGROTATE_FILES_MAX are looked at */
	size_t count;
	const char *hook;                /* words of a script: who has them knows what he does */
	bool copytruncate, copy;         /* for the sections that follow */
	void (*include)(void *ctx, const char *path); /* `include PATH`; NULL: nobody follows it */
	void *ctx;
};

/**
 * ka_logrotate_read() - read one more file of the configuration
 *
 * Safe: a name beyond KA_LOGROTATE_NAME_MAX, or with more than KA_LOGROTATE_STARS_MAX stars, names nothing.
 */
void ka_logrotate_read(struct ka_logrotate *r, struct ka_span text);

#endif
