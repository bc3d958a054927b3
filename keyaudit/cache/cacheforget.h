/*
 * The explicit reset of what this host remembers about the serials of a source, after its signer was replaced. It lets
 * documents back in that were refused, so it is said in the trail, and before it is done.
 */
#ifndef KA_CACHEFORGET_H
#define KA_CACHEFORGET_H

/**
 * ka_cacheforget_run() - forget; only root
 * @user: NULL: every user of the source, its index and the serial of its revoked list, whose entries stay in force
 *
 * Answers: an exit status; what was wrong has been said.
 */
int ka_cacheforget_run(const char *conf, const char *source, const char *user);

#endif
