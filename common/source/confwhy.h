/* A refused file in words: what is wrong with it and the command that mends it. For people; escaped. Pure. */
#ifndef KA_SOURCE_CONFWHY_H
#define KA_SOURCE_CONFWHY_H

#include "base/buf.h"
#include "perm/permwalk.h"

/**
 * ka_confwhy_write() - append "PATH: mode 0666, owner 0: writable by others; mend: chmod go-w PATH"
 * @is_dir: the refused object should have been a directory
 *
 * A path with anything but letters, digits and ./_-+@: gets advice in words and no command.
 */
void ka_confwhy_write(const struct ka_permwalk_refusal *why, bool is_dir, struct ka_buf *out);

/** ka_confwhy_mend() - append "; mend: " and the command @what with @path behind it, or @advice when the path would need quotes */
void ka_confwhy_mend(struct ka_buf *out, const char *what, const char *advice, struct ka_span path);

#endif
