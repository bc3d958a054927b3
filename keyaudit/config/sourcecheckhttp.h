/* What a source of type http needs on this host: signers, the fetcher, its directories and its files. No store is asked. */
#ifndef KA_SOURCECHECKHTTP_H
#define KA_SOURCECHECKHTTP_H

#include "keyaudit/config/sourcecheck.h"

/** ka_sourcecheckhttp_look() - fill in reason and text; takes the command's rights for what the command reads itself */
KA_MUST_CHECK enum ka_err ka_sourcecheckhttp_look(const struct ka_conf_source *source, struct ka_sourcecheck *c);

#endif
