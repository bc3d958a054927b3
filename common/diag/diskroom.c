/* Room on the file systems of a session. Looks, never writes. */
#include "diag/diskroom.h"

#include <string.h>
#include <sys/statvfs.h>

#include "base/poison.h"

static const char *const paths[KA_DISKROOM_PLACES] = {
	[KA_DISKROOM_ROOT] = "/", [KA_DISKROOM_RUN] = "/run", [KA_DISKROOM_VAR] = "/var",
};

const char *ka_diskroom_path(enum ka_diskroom_place place)
{
	return (unsigned)place < KA_DISKROOM_PLACES ? paths[place] : "";
}

void ka_diskroom_look(struct ka_diskroom *out)
{
	memset(out, 0, sizeof(*out));
	for (unsigned i = 0; i < KA_DISKROOM_PLACES; i++) {
		struct statvfs v;

		if (statvfs(paths[i], &v) != 0)
			continue;
		/* a file system without a number of inodes (btrfs) says 0 of 0 */
		out->is_full[i] = (v.f_blocks > 0 && v.f_bavail == 0) || (v.f_files > 0 && v.f_favail == 0);
		out->is_readonly[i] = (v.f_flag & ST_RDONLY) != 0;
	}
}
