/* seals.jsonl: the last seal in it, and one more behind that. */
#ifndef KA_SEALFILE_H
#define KA_SEALFILE_H

#include "base/cursor.h"
#include "base/err.h"
#include "keyaudit/seal/sealline.h"

struct ka_sealfile {
	int fd;              /* owned: ka_sealfile_close() */
	bool is_torn;        /* the last line has no newline */
	struct ka_seal last; /* epoch 0: there is none */
};

/**
 * ka_sealfile_open() - @path, made when it is missing (0640, its folder's group), and its last seal
 *
 * What a crash tore is no seal; a seal that lacks nothing but its newline is one. Errors: KA_ERR_SYS, EPERM when it is not ours.
 */
KA_MUST_CHECK enum ka_err ka_sealfile_open(const char *path, struct ka_sealfile *f);

/** ka_sealfile_append() - a line with its newline, on the disk when this answers. Errors: KA_ERR_SYS, KA_ERR_LIMIT */
KA_MUST_CHECK enum ka_err ka_sealfile_append(struct ka_sealfile *f, struct ka_span line);

void ka_sealfile_close(struct ka_sealfile *f);

#endif
