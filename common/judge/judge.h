/*
 * The whole judgement of a key, for everybody who judges: the rules that are pure (vet.h), then what needs a file or
 * another program. One of these is opened for a run and used for all its keys.
 */
#ifndef KA_JUDGE_JUDGE_H
#define KA_JUDGE_JUDGE_H

#include "blocklist/blocklist.h"
#include "conf/conf.h"
#include "judge/recall.h"
#include "judge/vetask.h"
#include "revoke/revocation.h"
#include "vet/vet.h"

/* what every run writes stands together and first: a page that is touched costs more than a system call */
struct ka_judge {
	struct ka_recall recall; /* of answers of the arithmetic; ka_judge_remember() */
	struct ka_revocation revocation;
	struct ka_revocation_help help;
	bool has_blocklist; /* one is named; else what stands last is not touched */
	struct ka_vetask ask;
	char plain[KA_BLOB_MAX]; /* scratch: the key that is asked about */
	struct ka_blocklist blocklist;
};

/**
 * ka_judge_open() - read what the configuration names, start nothing
 * @c: may be NULL: the defaults. Borrowed while the judge lives
 * @j: large; nothing of it but its head is touched until it is needed. ka_judge_close() in any case
 */
void ka_judge_open(const struct ka_conf *c, struct ka_judge *j);

/**
 * ka_judge_obstacle() - what keeps every key out, whatever it is: data.missing, data.invalid of a file of revoked keys, these
 *                       and data.stale of a required blocklist, unless the policy makes less of them
 * @p:    the base: what belongs to one question is never milder
 * @text: what is wrong is appended, escaped; nothing for KA_REASON_NONE
 */
enum ka_reason ka_judge_obstacle(const struct ka_judge *j, const struct ka_vetpolicy *p, struct ka_buf *text);

/**
 * ka_judge_line() - ka_vet_line(), then whether the key is revoked or known to be compromised, and then what arithmetic says about
 * its numbers (of a
 * certificate both keys')
 *
 * Only a key that has passed everything else is asked about, so that nothing dear is done for one that is refused anyway.
 * Answers: out, whose details are borrowed from @j. What nobody could judge is key.not-judged, a reject.
 * Waits:   at most KA_VETASK_DEADLINE_MS for a key.
 */
void ka_judge_line(struct ka_judge *j, const struct ka_keyline *k, const struct ka_vetpolicy *p, const struct ka_vet_when *when,
		   struct ka_vet *out);

/** ka_judge_key() - the same for a key blob alone: ka_vet_key(), the files of revoked keys, and then the arithmetic */
void ka_judge_key(struct ka_judge *j, const struct ka_keyblob *key, const struct ka_vetpolicy *p, const struct ka_vet_when *when,
		  struct ka_vet *out);

/**
 * ka_judge_remember() - use the answers of the arithmetic that are kept, and keep more of them
 * @dir:      KA_PATH_VERDICTS; borrowed
 * @may_keep: the keys are such that a source listed
 *
 * For sshd's command alone. The other judges are root's, or people's, and believe nothing that the command's user wrote.
 */
void ka_judge_remember(struct ka_judge *j, const char *dir, bool may_keep);

/** ka_judge_close() - what was started is gone; any number of times is harmless */
void ka_judge_close(struct ka_judge *j);

#endif
