/* Showing on a terminal what the doctor found. Renders and decides nothing; every text of strangers is escaped on its way out. */
#ifndef KA_DOCTOR_SHOW_H
#define KA_DOCTOR_SHOW_H

#include "diag/diagnosis.h"
#include "keyaudit/doctor/install_check.h"
#include "keyaudit/doctor/lastrefusal.h"

/** ka_doctor_show_user() - one sentence of verdict, the evidence, the command; then what else was seen, the last refusal, words for the user */
void ka_doctor_show_user(const struct ka_diag_subject *s, const struct ka_diagnosis *d, const struct ka_lastrefusal *last);

/** ka_doctor_show_install() - the list of checks */
void ka_doctor_show_install(const struct ka_install *list);

#endif
