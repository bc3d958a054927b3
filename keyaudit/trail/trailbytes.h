/*
 * The bytes of one file of the trail at any place in it, also when it is compressed: a child `gzip -dc` reads the
 * descriptor that was opened and judged here, and what it says is taken in order and never kept whole.
 */
#ifndef KA_TRAILBYTES_H
#define KA_TRAILBYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/* why a file could not be read to its end */
enum ka_trailbytes_fault {
	KA_TRAILBYTES_FINE,
	KA_TRAILBYTES_CLOSED,     /* it may not be opened */
	KA_TRAILBYTES_UNREADABLE, /* a read failed */
	KA_TRAILBYTES_NO_GZIP,    /* gzip is not there, or cannot be started, or was killed, or hangs */
	KA_TRAILBYTES_DAMAGED,    /* gzip says so */
	KA_TRAILBYTES_ENDLESS,    /* more than KA_TRAIL_UNPACKED_MAX */
};

struct ka_trailbytes {
	int fd;            /* of the file itself; -1: none */
	bool is_packed;
	enum ka_trailbytes_fault fault; /* set by a read, and stays until ka_trailbytes_rest() */
	const char *gzip;  /* absolute path, borrowed */
	pid_t child;       /* 0: none */
	int from;          /* its output */
	int64_t at;        /* how far it has been taken */
	bool is_over;      /* it ended there, and well */
};

/**
 * ka_trailbytes_open() - open @name in the folder @dirfd (AT_FDCWD: any path)
 *
 * It is packed when it begins as gzip begins, or is called .gz and does not begin with a brace. Owns: ka_trailbytes_close().
 * Errors: KA_ERR_SYS (errno; EINVAL when it is no regular file); then there is nothing to close.
 */
KA_MUST_CHECK enum ka_err ka_trailbytes_open(int dirfd, const char *name, struct ka_trailbytes *b);

/**
 * ka_trailbytes_read() - at most @size bytes from @at on
 *
 * Going on where the last read ended costs nothing; anywhere else a packed file is unpacked again up to there.
 * Answers: how many; 0 at the end, and where b->fault says why nothing more comes.
 */
size_t ka_trailbytes_read(struct ka_trailbytes *b, int64_t at, char *out, size_t size);

/** ka_trailbytes_rest() - end the child, if there is one, and forget the fault; the next read begins another */
void ka_trailbytes_rest(struct ka_trailbytes *b);

void ka_trailbytes_close(struct ka_trailbytes *b);

/** ka_trailbytes_why() - a fault in words, behind "could not be read: " */
const char *ka_trailbytes_why(enum ka_trailbytes_fault fault);

#endif
