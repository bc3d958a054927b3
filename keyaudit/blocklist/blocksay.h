/* Complaints of keyaudit blocklist: which file or address, and what is wrong with it. */
#ifndef KA_BLOCKSAY_H
#define KA_BLOCKSAY_H

/**
 * ka_blocksay() - one line on standard error
 * @what: a path or an address, a stranger's text: escaped
 * @why:  our own words
 * @status: handed back, so that a failure can be said and returned at once
 */
int ka_blocksay(const char *what, const char *why, int status);

#endif
