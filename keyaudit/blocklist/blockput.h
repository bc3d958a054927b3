/*
 * Putting a blocklist in the place of the one that lies there: written beside it, on the disk, and then renamed, so that who
 * looks finds the old one or the new one, whenever the machine stops.
 *
 * MUST: write only into a directory that nobody else can write to; leave what lies there as it is until all is good.
 */
#ifndef KA_BLOCKPUT_H
#define KA_BLOCKPUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"

struct ka_blockput {
	int dir, fd; /* the locked directory; the file that is written. -1 */
	char name[KA_BLOCKPUT_NAME_MAX];
	uint64_t old_bytes; /* of what lies there; 0 when nothing does */
};

/**
 * ka_blockput_open() - lock the directory of @path and begin a new file there
 * @out: ka_blockput_close() in any case
 *
 * Answers: NULL, or what is wrong: static text. The directory and those above it must be root's or ours and writable for nobody
 *          else; another update that is running is waited for a moment.
 */
const char *ka_blockput_open(const char *path, struct ka_blockput *out);

/** ka_blockput_write() - further bytes. Errors: KA_ERR_SYS with errno */
KA_MUST_CHECK enum ka_err ka_blockput_write(struct ka_blockput *p, const void *bytes, size_t n);

/**
 * ka_blockput_commit() - to the disk, and in the place of what lay there
 * @names: of the file beside it; empty leaves the one that is there
 *
 * The names go first: their numbers keep their meaning. Errors: KA_ERR_SYS with errno, and the old file lies there still.
 */
KA_MUST_CHECK enum ka_err ka_blockput_commit(struct ka_blockput *p, struct ka_span names);

/** ka_blockput_close() - what was not committed is removed */
void ka_blockput_close(struct ka_blockput *p);

#endif
