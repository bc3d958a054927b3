/* The loops of authkeys-vet, which read one descriptor to its end and write another: bytes in, bytes out. Included once by a target. */
#ifndef KA_TESTS_FUZZ_THROUGHFDS_H
#define KA_TESTS_FUZZ_THROUGHFDS_H

#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "tests/fuzz/fuzz.h"

static char throughfds_said[1 << 20]; /* what was written */

/* @loop: judges what it reads from @in on @out; *len: how much was written */
static enum ka_err throughfds(enum ka_err (*loop)(int in, int out), struct ka_span text, size_t *len)
{
	KA_AUTOCLOSE int in = memfd_create("in", MFD_CLOEXEC);
	KA_AUTOCLOSE int out = memfd_create("out", MFD_CLOEXEC);
	enum ka_err err;

	MUST(ka_fd_write_all(in, text.p, text.len) == KA_ERR_OK && lseek(in, 0, SEEK_SET) == 0);
	err = loop(in, out);
	MUST(lseek(out, 0, SEEK_SET) == 0);
	MUST(ka_fd_read_all(out, throughfds_said, sizeof(throughfds_said), len) == KA_ERR_OK);
	return err;
}

#endif
