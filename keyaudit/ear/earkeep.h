/*
 * The position in sshd's log, in a file of its own (KA_PATH_EAR): one line, replaced as a whole.
 *
 *   ka1 ear log=journal cursor=CURSOR at=US
 *   ka1 ear log=file path=PATH dev=N ino=N offset=N mark=HEX kind=N
 */
#ifndef KA_EARKEEP_H
#define KA_EARKEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"

#define KA_EARKEEP_MARK 16 /* bytes of a hash */

struct ka_earposition {
	bool is_file;
	/* the journal: the last entry dealt with */
	char cursor[KA_EAR_CURSOR_MAX];
	int64_t at_us;
	/* a file */
	char path[KA_PATH_MAX];         /* as configured */
	uint64_t dev, ino, offset;      /* which file that was then, and the end of the last line dealt with */
	uint8_t mark[KA_EARKEEP_MARK];  /* hash of up to KA_EAR_MARK_MAX bytes before that */
	unsigned kind;                  /* enum ka_earframe_kind */
};

/** ka_earkeep_read() - what was kept in the folder @dir; false: nothing, or nothing that can be believed: not ours, damaged */
bool ka_earkeep_read(int dir, struct ka_earposition *out);

/** ka_earkeep_write() - replace it. Errors: KA_ERR_SYS, KA_ERR_LIMIT - the old one stays */
KA_MUST_CHECK enum ka_err ka_earkeep_write(int dir, const struct ka_earposition *p);

#endif
