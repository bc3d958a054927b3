/*
 * Where a setting of sshd stands: file and line of the place that gives a value, and of those that lose. `sshd -T -C` says
 * what the value is for a user and address; it does not say where from.
 *
 * How sshd chooses (sshd_config(5)): outside of Match blocks the first value of a keyword wins, and what stands on the command
 * line comes before all files. A Match block that applies beats both, wherever it stands, and of several the first one wins.
 * Whether one applies is not judged here: a place in a block is named when it has the value that sshd says it has. Some
 * keywords add up: each of their lines counts (AllowUsers, DenyUsers, AllowGroups, DenyGroups, AcceptEnv, HostKey, Port,
 * ListenAddress, HostCertificate, Subsystem, SetEnv).
 */
#ifndef KA_DIAG_SSHDPLACE_H
#define KA_DIAG_SSHDPLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/limits.h"

struct ka_facts;
struct ka_evidence;

/* one line of the configuration, inside the tables below; texts are offsets into .text */
struct ka_sshdplace_line {
	uint32_t keyword, value, path, match_path; /* value: all arguments, unquoted, with one blank between them */
	unsigned line, match_line;
	bool in_match;
};

/* a file that was read, or should have been */
struct ka_sshdplace_file {
	uint32_t path, from;       /* @from: the file whose Include names it ... */
	unsigned from_line;        /* ... and its line; 0: it is the first */
	bool is_closed;            /* it cannot be opened or read, see @errnum */
	int errnum;
	int64_t changed_us;        /* mtime, wall clock; 0 when closed */
};

struct ka_sshdplaces {
	bool is_cut;               /* there was more than fits, or a file could not be read: places may be missing */
	size_t count;
	struct ka_sshdplace_line lines[KA_SSHDPLACE_LINES_MAX];
	size_t files_count;
	struct ka_sshdplace_file files[KA_DIAG_SSHD_FILES_MAX];
	size_t text_len;
	char text[KA_SSHDPLACE_TEXT_MAX];
};

/* one place, for who asks; borrows from the tables */
struct ka_sshdplace {
	const char *path;          /* raw bytes; "" on the command line */
	unsigned line;             /* 1-based; 0 on the command line */
	bool in_match;             /* inside the Match block that begins at match_path, match_line */
	const char *match_path;
	unsigned match_line;
	bool is_command_line;      /* an -o of the sshd that listens */
	bool is_certain;           /* false: another place may give the value as well, and which one applies is not known */
	const char *value;         /* as described at struct ka_sshdplace_line */
	size_t index;              /* in ka_sshdplaces.lines */
};

/** ka_sshdplace_keyword() - a keyword under the name that sshd -T prints: sshd takes some older ones for it. Borrows */
struct ka_span ka_sshdplace_keyword(struct ka_span keyword);

/**
 * ka_sshdplace_find() - the place that gives the effective value
 * @keyword:   any case; older names of a keyword are found as well (PubkeyAcceptedKeyTypes)
 * @effective: what sshd -T -C prints for it; for a keyword that adds up one of its values
 *
 * A value that sshd prints in another form than it is written in ("2m" as 120, "+ssh-rsa" as a whole list) fits no line by
 * its text: then it is the first line outside of Match blocks, and not certain where a Match block has the keyword too.
 *
 * Answers: false when the keyword stands nowhere: then the value is sshd's default.
 * Safe:    pure; borrows from @p.
 */
bool ka_sshdplace_find(const struct ka_sshdplaces *p, const char *keyword, struct ka_span effective, struct ka_sshdplace *out);

/**
 * ka_sshdplace_next() - all places of a keyword, in the order in which sshd reads them
 * @at: 0 at first, then moved on
 */
bool ka_sshdplace_next(const struct ka_sshdplaces *p, const char *keyword, size_t *at, struct ka_sshdplace *out);

/**
 * ka_sshdplace_shadowed() - is there a place of the same keyword that says something else, and loses against @winner?
 * @loser: the first one that is certain to lose: outside of Match blocks, or later in the winner's own
 *
 * Answers: false for keywords that add up, unless a Match block wins over the lines outside.
 */
bool ka_sshdplace_shadowed(const struct ka_sshdplaces *p, const char *keyword, const struct ka_sshdplace *winner, struct ka_sshdplace *loser);

/**
 * ka_sshdplace_evidence() - path, line and detail ("PubkeyAuthentication no") of a keyword's effective value, for an explain
 * function
 *
 * The value is the first one that sshd -T -C printed. A place inside a Match block, on the command line of the sshd that
 * listens, or sshd's default is said in the note, unless one stands there already. What is not known stays as it was.
 */
void ka_sshdplace_evidence(const struct ka_facts *f, const char *keyword, struct ka_evidence *e);

/** ka_sshdplace_evidence_of() - the same for one value of a keyword that adds up (the pattern of DenyUsers that matched) */
void ka_sshdplace_evidence_of(const struct ka_facts *f, const char *keyword, struct ka_span value, struct ka_evidence *e);

#endif
