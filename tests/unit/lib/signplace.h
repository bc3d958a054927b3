/* The signers of tests/data at work in a verbplace: keys as they are read, texts as ssh-keygen signs them. */
#ifndef KA_TESTS_SIGNPLACE_H
#define KA_TESTS_SIGNPLACE_H

#include "base/cursor.h"
#include "keyaudit/sign/signerkey.h"

/** signplace_key() - copy the key NAME into the working directory and read it */
void signplace_key(const char *name, struct ka_signerkey *out);

/** signplace_sign() - what ssh-keygen -Y sign writes for this text by the key NAME of the working directory; free() it */
char *signplace_sign(const char *name, const char *namespace, struct ka_span text);

/** signplace_document() - the text with a block of each of the keys behind it; free() it. @keys: names, ended by NULL */
char *signplace_document(const char *text, const char *const *keys);

/** signplace_headers() - a document of this user with these lines, made now, good for a week; valid until the next call */
const char *signplace_headers(const char *magic, const char *user, unsigned long long serial, const char *lines);

/** SIGNPLACE_HOSTILE - a name with ESC, newline, and bytes that are no UTF-8 */
#define SIGNPLACE_HOSTILE "e\033[2J\n\xff\xc3(x"

#endif
