/* The way in on the screen: each place with its sign, and the lines of the key files. */
#ifndef KA_DOCTOR_WAY_H
#define KA_DOCTOR_WAY_H

#include "diag/diagnosis.h"
#include "keyaudit/screen/out_text.h"

/** ka_doctor_way_show() - nothing when the diagnosis has no way (records only) */
void ka_doctor_way_show(const struct ka_out *o, const struct ka_diag_subject *s, const struct ka_diagnosis *d);

#endif
