/* In front of the one in the archive: what this machine's logrotate does to a trail is nothing to a test. For one program each. */
#ifndef KA_TESTS_NOLOGROTATE_H
#define KA_TESTS_NOLOGROTATE_H

#include "keyaudit/doctor/installrotate.h"

void ka_installrotate_check(const char *root, const char *trail, struct ka_install *out)
{
	(void)root;
	(void)trail;
	(void)out;
}

#endif
