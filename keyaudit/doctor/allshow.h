/* All accounts on the screen, or as JSON Lines. */
#ifndef KA_ALLSHOW_H
#define KA_ALLSHOW_H

#include <stdbool.h>

#include "keyaudit/doctor/allusers.h"

/** ka_allshow_text() - a table of the accounts that have something against them, and a sum */
void ka_allshow_text(const struct ka_allusers *all);

/** ka_allshow_json() - one object for each account (keyaudit.doctor-account/1), then one with the sum (keyaudit.doctor-accounts/1) */
void ka_allshow_json(const struct ka_allusers *all);

#endif
