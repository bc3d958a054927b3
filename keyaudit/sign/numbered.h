/* Names in a working directory: a number and what stands behind it, "7", "7.sig". Nobody else's text is in them. */
#ifndef KA_NUMBERED_H
#define KA_NUMBERED_H

#include <stddef.h>

#include "base/text.h"

struct ka_numbered {
	char text[2 * KA_TEXT_U64_MAX];
};

/** ka_numbered() - the name. @suffix: "" or at most KA_TEXT_U64_MAX characters of ours. Pure */
struct ka_numbered ka_numbered(size_t number, const char *suffix);

#endif
