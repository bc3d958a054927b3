/*
 * The content of one key file, looked at before and after a change: read from the
 * descriptor that was judged, by a child with the user's rights.
 *
 * MUST: never open by name; never read anything but a regular file, and no more than
 * KA_FIX_FILE_MAX of it.
 */
#ifndef KA_MEND_FIXLOOK_H
#define KA_MEND_FIXLOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "keyaudit/mend/fixkeys.h"
#include "keyaudit/mend/fixwalk.h"
#include "keyaudit/mend/fixworld.h"

struct ka_fixlook {
	uint32_t errnum;     /* why it could not be read, 0; EFBIG: too long */
	uint32_t len;
	uint8_t sha256[32];
	struct ka_fixkeys keys;
};

/**
 * ka_fixlook_read() - look at the regular file that @walk has open
 * @out:   large: allocate it
 * @bytes: when not NULL: the content, the caller's to free(); NULL when it could not be read
 *
 * Where the file is not the user's, root opens it for the child that reads it.
 * Errors: KA_ERR_SYS, KA_ERR_NOMEM, KA_ERR_TIMEOUT - the child hangs or did not answer as it should.
 */
KA_MUST_CHECK enum ka_err ka_fixlook_read(const struct ka_fixworld *world, const struct ka_fixwalk *walk, struct ka_fixlook *out,
					  char **bytes);

/**
 * ka_fixlook_has_writer() - does somebody hold the file open for writing? Their descriptor outlives every mode
 *
 * Asked by a read lease (fcntl(2) F_SETLEASE) that is given back at once; SIGIO must be ignored.
 * Answers: false also where the file system knows no leases.
 */
bool ka_fixlook_has_writer(const struct ka_fixwalk *walk);

#endif
