/*
 * Walking an sshd_config and all that it includes, in the order in which sshd reads it. Opens and reads; it never judges.
 *
 * What sshd does not do it does not do either: Include is followed in every block, since which Match block applies is for
 * sshd to say (sshd -T -C).
 */
#ifndef KA_DIAG_SSHDWALK_H
#define KA_DIAG_SSHDWALK_H

#include <stdbool.h>
#include <sys/stat.h>

#include "diag/sshdline.h"

/* where a line stands */
struct ka_sshdwalk_place {
	const char *path;       /* as sshd opened it */
	unsigned line;          /* 1-based */
	bool in_match;          /* inside a Match block, of this file or of one that includes it ... */
	const char *match_path; /* ... which begins here */
	unsigned match_line;
};

/* what is wrong with a configuration file, as far as a walk can see it */
enum ka_sshdwalk_trouble {
	KA_SSHDWALK_FINE,
	KA_SSHDWALK_CLOSED,   /* it cannot be opened or read; sshd then does not start */
	KA_SSHDWALK_DEEP,     /* Include in Include in ..., more than sshd follows */
	KA_SSHDWALK_MANY,     /* more files than we look at */
	KA_SSHDWALK_LARGE,    /* longer than we read */
	KA_SSHDWALK_GLOB      /* the pattern of an Include could not be expanded */
};

/* told on the way; any of them may be NULL. All text is borrowed for the time of the call */
struct ka_sshdwalk {
	void *ctx;
	/* a file, before its lines. @st is NULL with CLOSED; @includes: the line that names it, path NULL for the first file */
	void (*file)(void *ctx, const char *path, const struct stat *st, const struct ka_sshdwalk_place *includes);
	void (*line)(void *ctx, const struct ka_sshdline *line, const struct ka_sshdwalk_place *at);
	void (*pattern)(void *ctx, const char *pattern); /* of an Include, made absolute */
	/* @path: the file or pattern; @errnum: of CLOSED, else 0; @at: the line that names it, path NULL for the first file */
	void (*trouble)(void *ctx, enum ka_sshdwalk_trouble kind, const char *path, int errnum, const struct ka_sshdwalk_place *at);
};

/**
 * ka_sshdwalk_run() - read @config and what it includes
 *
 * At most KA_DIAG_SSHD_FILES_MAX files of at most KA_SSHDWALK_FILE_MAX bytes, Includes KA_SSHDWALK_DEPTH_MAX deep as sshd.
 *
 * Answers: false when there was any trouble; the rest is read all the same.
 * Source:  sshd_config(5) Include, Match; sshd takes relative names below /etc/ssh.
 */
bool ka_sshdwalk_run(const char *config, const struct ka_sshdwalk *what);

#endif
