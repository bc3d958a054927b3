/*
 * What our policy says of the keys in the user's own files, line by line: the whole judge (judge/judge.h) over the key alone, as
 * authkeys-cmd would judge it, with the profiles of the user and of sshd's command line. Of sources it knows nothing: these lines
 * stand in none.
 *
 * MUST: run here and not in the child that read the lines, which has the user's rights and must end in time.
 */
#ifndef KA_DIAG_ROWJUDGE_H
#define KA_DIAG_ROWJUDGE_H

#include "base/err.h"
#include "conf/conf.h"
#include "diag/userfiles.h"

struct ka_rowjudge_query {
	const struct ka_conf *conf;   /* the command's */
	const char *user;
	enum ka_conf_profile profile; /* -P */
	int64_t now_sec;
	int ms;                       /* for all of them */
};

/**
 * ka_rowjudge_run() - set vet and is_rejected of every row that holds a key
 *
 * What nobody could judge is key.not-judged, and not called refused: keys that are too many to be kept or to be judged in time,
 * and all of them where files that the command may read are closed to who asks.
 * Waits:  @ms, and at most KA_VETASK_DEADLINE_MS for the last key begun in it.
 * Errors: KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_rowjudge_run(const struct ka_rowjudge_query *q, struct ka_userfiles *files);

#endif
