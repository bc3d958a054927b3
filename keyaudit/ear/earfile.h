/*
 * A log file, followed like tail -F, with what rotation does to it:
 *
 *   renamed         the old file is read to its end, and once more when the new one has its first byte: the writer has changed
 *                   over then, however late it was told
 *   copied and
 *   truncated       bytes that were not read yet are in the copy, which is found by the bytes before them
 *   while nobody
 *   listened        the file of the kept position is found among its neighbours, then those that were rotated away after it are
 *                   read in their order, then the present one. What was compressed meanwhile is lost to us
 */
#ifndef KA_EARFILE_H
#define KA_EARFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "keyaudit/ear/earframe.h"
#include "keyaudit/ear/earkeep.h"
#include "keyaudit/ear/earlines.h"
#include "keyaudit/ear/earnotice.h"

struct ka_earfile {
	char path[KA_PATH_MAX];
	bool follow;
	int fd;            /* -1: none found yet */
	struct stat st;    /* of fd, when it was opened */
	enum ka_earframe_kind kind;
	/* the kind of the file that @path named last: truncated, it is still the same one */
	uint64_t known_dev, known_ino;
	enum ka_earframe_kind known_kind;
	bool is_idle;      /* the end was reached */
	bool is_leaving;   /* another file has the name, and has bytes: read once more, then go there */
	bool is_drained;   /* the end was reached at least once */
	int64_t since_us;  /* a first start: no older lines ... */
	uint64_t since_end; /* ... before this offset */
	const char *trouble;
	struct ka_earnotice notice;
	size_t tail_len;   /* the last bytes read, to see that they are still there */
	uint8_t tail[KA_EAR_MARK_MAX];
	struct ka_earlines lines;
	uint8_t first[KA_EAR_LINE_MAX]; /* the first line, while it is judged */
	uint8_t bytes[KA_EAR_LINE_MAX + KA_EAR_BLOCK];
};

/**
 * ka_earfile_begin() - open it if it is there
 * @position: where it was left, of this path; NULL: a first start
 * @since_us: then no lines older than that
 */
void ka_earfile_begin(struct ka_earfile *f, const char *path, bool follow, const struct ka_earposition *position, int64_t since_us);

/** ka_earfile_next() - the next line; false: none now. Reads at most once */
bool ka_earfile_next(struct ka_earfile *f, struct ka_earline *out);

/** ka_earfile_position() - behind the last line given out; false when there is no file */
bool ka_earfile_position(const struct ka_earfile *f, struct ka_earposition *out);

/** ka_earfile_end() - close everything */
void ka_earfile_end(struct ka_earfile *f);

#endif
