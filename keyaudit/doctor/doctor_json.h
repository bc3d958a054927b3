/* The doctor's findings as JSON: one object on one line, shapes in docs/json.md. */
#ifndef KA_DOCTOR_JSON_H
#define KA_DOCTOR_JSON_H

#include "diag/diagnosis.h"
#include "keyaudit/doctor/install_check.h"
#include "keyaudit/doctor/lastrefusal.h"

/** ka_doctor_json_user() - schema keyaudit.doctor/1 */
void ka_doctor_json_user(const struct ka_diag_subject *s, const struct ka_diagnosis *d, const struct ka_lastrefusal *last);

/** ka_doctor_json_install() - schema keyaudit.install/1 */
void ka_doctor_json_install(const struct ka_install *list);

#endif
