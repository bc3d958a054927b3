/* Bytes from a file or from an address, as they are and as they are when they are unpacked. Nobody has looked at them yet. */
#ifndef KA_BLOCKBRING_H
#define KA_BLOCKBRING_H

#include <stdbool.h>
#include <stdint.h>

#include "keyaudit/blocklist/blockchild.h"

struct ka_blockbring_from {
	const char *ca_file, *pins; /* for an address; "" for none */
};

/** ka_blockbring_is_url() - "https://..." or "http://..."; anything else is a file */
bool ka_blockbring_is_url(const char *from);

/**
 * ka_blockbring() - a descriptor of all the bytes at @from, to be read from its beginning
 * @max: of them; what has more is refused
 * @fd:  the caller's to close; -1 when they cannot be had, which is said on standard error
 *
 * An address is asked by authkeys-fetch --download; the bytes lie in memory then. A file is opened with the caller's rights.
 * Answers: the exit status: KA_EXIT_FINE, _UNDECIDED, _TEMPORARY (the server), _NOPERM.
 */
int ka_blockbring(const char *from, const struct ka_blockbring_from *how, uint64_t max, int *fd);

struct ka_blockbring_open {
	int fd;                      /* to read from */
	struct ka_blockchild unpack; /* xz; its fd is the one above */
};

/**
 * ka_blockbring_unpack() - what begins like a file of xz goes through it, everything else stays as it is
 * @raw: borrowed, positioned at its beginning
 *
 * Errors: KA_ERR_SYS.
 */
KA_MUST_CHECK enum ka_err ka_blockbring_unpack(int raw, struct ka_blockbring_open *out);

/** ka_blockbring_end() - false when xz was asked and did not come to a good end */
bool ka_blockbring_end(struct ka_blockbring_open *o);

#endif
