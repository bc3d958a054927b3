/*
 * How the scripted key store (tests/tools/faultstore.c) answers: one word and its
 * argument a line, in any order.
 *
 *	status 503 Busy          200 OK unless told
 *	header Retry-After: 120  any number of them
 *	etag "v1"                that header; and 304 without a body to If-None-Match: "v1"
 *	body TEXT                the body: this line,
 *	fill N                   N bytes of nothing,
 *	file PATH                what is in the file,
 *	tree FOLDER              what is in the file FOLDER/REST of the request /NAME/REST; 404 when it is not there
 *	length N | none          Content-Length as it stands here; none: the body ends with the connection
 *	fill-header N            header lines of N bytes in all
 *	raw                      no status line and no header at all
 *	pause MS                 before the answer
 *	drip MS                  a single byte of the body each MS
 *	hang WHERE               never another byte, until the client goes
 *	reset WHERE              the connection is reset
 *	close WHERE              the connection is closed
 *
 * WHERE is answer (the request was read, nothing is said), header (behind the
 * header), or N (behind N bytes of the body). In the script of a listener, where
 * nothing was read and no TLS spoken yet, it is accept.
 */
#ifndef KA_TEST_FAULTSCRIPT_H
#define KA_TEST_FAULTSCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#define FAULTSCRIPT_MAX 65536

enum faultscript_end { FAULTSCRIPT_NONE, FAULTSCRIPT_HANG, FAULTSCRIPT_RESET, FAULTSCRIPT_CLOSE };
enum faultscript_where { FAULTSCRIPT_AT_ACCEPT, FAULTSCRIPT_AT_ANSWER, FAULTSCRIPT_AT_HEADER, FAULTSCRIPT_AT_BODY };

struct faultscript {
	char status[64];
	char headers[16384]; /* with their CRLF */
	char etag[256];
	char body[16384];
	size_t fill, fill_header;
	char file[1024], tree[1024];
	bool is_raw, has_length, no_length;
	long long length;
	unsigned pause_ms, drip_ms;
	enum faultscript_end end;
	enum faultscript_where where;
	size_t behind; /* bytes of the body, with FAULTSCRIPT_AT_BODY */
};

/**
 * faultscript_read() - the script at @path; false when there is none
 *
 * A line that is not understood ends the program: a test that means something else than
 * what happens is worth nothing.
 */
bool faultscript_read(const char *path, struct faultscript *out);

#endif
