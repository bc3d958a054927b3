/*
 * The serial of a publication. What has not changed keeps its own, so a publication that makes nothing needs none: one that is
 * used up stops only what is to be made.
 */
#ifndef KA_PUBSERIAL_H
#define KA_PUBSERIAL_H

#include <stdbool.h>

#include "keyaudit/publish/publish.h"

/**
 * ka_pubserial_choose() - set p->serial, by what is published, --serial and the time; 0: there is none left
 *
 * What others have signed is anybody's word: a serial of about now is taken into account all the same, for it may have been ours
 * before the signers were replaced; a far higher one could shut honest documents out for good.
 */
void ka_pubserial_choose(struct ka_publish *p);

/** ka_pubserial_may_make() - to be asked when something is to be made; false: why not has been said, and counts as a problem */
bool ka_pubserial_may_make(struct ka_publish *p);

#endif
