/* What the admin can send to the user whose key does not work: no path, no name of anybody else, no secret of the server. */
#ifndef KA_DOCTOR_TELL_H
#define KA_DOCTOR_TELL_H

#include "base/buf.h"
#include "diag/diagnosis.h"

/** ka_doctor_tell() - one or two sentences of our own, plain ASCII; nothing when there is nothing to tell. Pure */
void ka_doctor_tell(const struct ka_diag_subject *s, const struct ka_diagnosis *d, struct ka_buf *out);

#endif
