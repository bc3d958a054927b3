/* One configuration that a test reads texts into, and what was wrong with them. */
#ifndef KA_TESTS_CONFSAMPLE_H
#define KA_TESTS_CONFSAMPLE_H

#include <stddef.h>

#include "conf/conf.h"

/* the smallest that is complete */
#define CONFSAMPLE_LOCAL "[lookup]\nsources = local\n[source local]\ntype = file\npath = /etc/keyaudit/keys.d/%u\n"

extern struct ka_conf confsample;
extern struct ka_conf_errors confsample_errors;

/** confsample_begin() - the default again, and no error; nothing may depend on what was there */
void confsample_begin(void);

/** confsample_bytes(), confsample_file() - read one more file of that name and content */
void confsample_bytes(const char *file, const char *text, size_t len);
void confsample_file(const char *file, const char *text);

/** confsample_first_error() - read this one file, not finished: the first error, "" when there is none */
const char *confsample_first_error(const char *text);

/** confsample_wrong() - each text, read as above, has this one error and no other */
struct confsample_row {
	const char *text, *error;
};
void confsample_wrong(const struct confsample_row *rows, size_t count);

/** confsample_whole_error() - the same for a file that is the whole configuration */
const char *confsample_whole_error(const char *text);

#endif
