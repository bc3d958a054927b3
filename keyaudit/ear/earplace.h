/* Log files on disk: opening one and judging it, and knowing it again after it was renamed or copied. */
#ifndef KA_EARPLACE_H
#define KA_EARPLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "keyaudit/ear/earkeep.h"

/* a place in a file: which file, how far, and the bytes before that, by which a copy of it is known */
struct ka_earplace {
	uint64_t dev, ino, offset;
	uint8_t mark[KA_EARKEEP_MARK];
};

/**
 * ka_earplace_open() - open a log file for reading
 * @why: set when the answer is -1 to a constant text
 *
 * Answers: -1 unless it is a regular file of root, of our own or of the user syslog, which not everybody may write. A link is not
 *          followed.
 */
int ka_earplace_open(const char *path, struct stat *st, const char **why);

/** ka_earplace_hash() - of such bytes; false when the library refuses */
bool ka_earplace_hash(const uint8_t *bytes, size_t len, uint8_t mark[static KA_EARKEEP_MARK]);

/** ka_earplace_mark() - hash of the up to KA_EAR_MARK_MAX bytes before @offset; false when the file is shorter */
bool ka_earplace_mark(int fd, uint64_t offset, uint8_t mark[static KA_EARKEEP_MARK]);

/** ka_earplace_is() - is the file behind @fd the one of the place, as far as its bytes before it say? */
bool ka_earplace_is(int fd, const struct ka_earplace *place);

/**
 * ka_earplace_find() - the file of a place among those in the folder of the log file @path whose names begin like its own
 *
 * The same inode whose bytes agree; or a copy, known by KA_EAR_MARK_MAX bytes that agree. The file that @path names itself is not
 * looked at. At most KA_EAR_NAMES_MAX names are.
 *
 * Answers: a descriptor; -1 when there is none.
 */
int ka_earplace_find(const char *path, const struct ka_earplace *place, struct stat *st);

/**
 * ka_earplace_after() - the file that was rotated away next after the one of @old: of those named like PATH.1 or PATH-20261123,
 * and changed later than it, the first; -1 when there is none
 */
int ka_earplace_after(const char *path, const struct stat *old, struct stat *st);

#endif
