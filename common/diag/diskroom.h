/* Can the file systems that a session needs be written to? For evidence; it judges no login. */
#ifndef KA_DIAG_DISKROOM_H
#define KA_DIAG_DISKROOM_H

#include <stdbool.h>

enum ka_diskroom_place { KA_DISKROOM_ROOT, KA_DISKROOM_RUN, KA_DISKROOM_VAR, KA_DISKROOM_PLACES };

struct ka_diskroom {
	bool is_full[KA_DISKROOM_PLACES];     /* no block, or no inode, for who is not root */
	bool is_readonly[KA_DISKROOM_PLACES];
};

/** ka_diskroom_look() - statvfs(3) of /, /run and /var; what cannot be asked says nothing */
void ka_diskroom_look(struct ka_diskroom *out);

/** ka_diskroom_path() - "/", "/run", "/var" */
const char *ka_diskroom_path(enum ka_diskroom_place place);

#endif
