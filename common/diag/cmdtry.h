/*
 * What another program that is sshd's AuthorizedKeysCommand prints: it leaves no record, and sshd says nothing of what it could
 * not read. So a person's doctor runs it, where sshd would run it, in the way in which sshd runs it; and what was seen is kept
 * for a while, so that the event of a login that fails meanwhile can name it.
 *
 * MUST: run nothing that sshd would not run (ruletried.h), nothing with root's rights, and nothing at all for anybody but the
 * root who asks by hand; no shell, a clean environment, a deadline, a cap, and nobody left behind.
 */
#ifndef KA_DIAG_CMDTRY_H
#define KA_DIAG_CMDTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"

struct ka_facts;

enum ka_cmdtry_answer {
	KA_CMDTRY_UNKNOWN, /* not run, or nothing can be said of it */
	KA_CMDTRY_FINE,    /* status 0, and a key among what it printed, or nothing but comments and blank lines */
	KA_CMDTRY_RUBBISH, /* status 0, and not one line that sshd can read as a key */
	KA_CMDTRY_STATUS,  /* another status, see .number */
	KA_CMDTRY_SIGNAL,  /* killed by one, see .number */
	KA_CMDTRY_UNRUN,   /* execve(2) failed, errno in .number */
	KA_CMDTRY_LATE,    /* no end within KA_CMDTRY_MS */
};

struct ka_cmdtry {
	enum ka_cmdtry_answer answer;
	int number;
	int64_t at_us;                          /* wall clock; of one that is kept when it was seen, else 0 */
	char begins[KA_CMDTRY_BEGINS_MAX + 1];  /* RUBBISH: of its first line; hostile text */
	bool is_listed[KA_DIAG_OFFERS_MAX];     /* FINE: it served this offer. Is not kept */
};

/**
 * ka_cmdtry_look() - run the program that f->cmd has looked at, or recall what was seen of it; into f->tried
 *
 * It runs where f->subject asks by hand and may ask; what comes of it is kept, whatever it is. Else what was kept of the same
 * line, program and user within KA_CMDTRY_AGE_SEC is recalled.
 *
 * Tokens of the key stand for the first offer of which all three are known; without one, such a line is not run.
 * Errors: KA_ERR_NOMEM. What could not be found out is KA_CMDTRY_UNKNOWN.
 */
KA_MUST_CHECK enum ka_err ka_cmdtry_look(struct ka_facts *f);

/** ka_cmdtry_read() - FINE or RUBBISH: is any line a key that sshd can read? @bytes may be changed. Errors: KA_ERR_NOMEM */
KA_MUST_CHECK enum ka_err ka_cmdtry_read(const struct ka_facts *f, uint8_t *bytes, size_t len, struct ka_cmdtry *out);

/** ka_cmdtry_end() - UNRUN, STATUS, SIGNAL; false, and nothing is said, for a good end. @status: as of waitpid(2). Pure */
bool ka_cmdtry_end(int status, int exec_errnum, struct ka_cmdtry *out);

#endif
