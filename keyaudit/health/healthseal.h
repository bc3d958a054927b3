/*
 * What sealing tells in the trail (trail-seal), once per change: that it begins; that the trail cannot be sealed, or is again;
 * that an anchor cannot be left, or can again. A seal itself is no record: an epoch in which nothing happened stays empty.
 */
#ifndef KA_HEALTHSEAL_H
#define KA_HEALTHSEAL_H

#include "keyaudit/health/health.h"

enum ka_healthseal {
	KA_HEALTHSEAL_BEGUN,  /* a first key was made */
	KA_HEALTHSEAL_SEAL,   /* a seal was made, or could not be */
	KA_HEALTHSEAL_ANCHOR, /* the same of leaving it elsewhere */
	KA_HEALTHSEAL_COUNT
};

/**
 * ka_healthseal_tell() - tell it, when it is news
 * @verb:  who says it, on standard error too: "log seal"
 * @conf:  the configuration's path
 * @wrong: NULL: it works; else why it does not
 *
 * That it could not be told in the trail is said on standard error; the next seal tries again.
 */
void ka_healthseal_tell(const char *verb, const char *conf, enum ka_healthseal what, const char *wrong);

/** ka_healthseal_tell_in() - the same with an open book. Errors: as ka_health_tell() */
KA_MUST_CHECK enum ka_err ka_healthseal_tell_in(struct ka_health *h, const char *verb, enum ka_healthseal what, const char *wrong);

#endif
