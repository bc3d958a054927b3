/*
 * What the module says. To the client: one constant sentence, never a reason, a path or anything that depends on
 * the account. To the log: bounded, strangers' bytes escaped, through pam_syslog(3).
 */
#ifndef KA_PAM_PAMSAY_H
#define KA_PAM_PAMSAY_H

#include <security/_pam_types.h>

#include "base/buf.h"
#include "base/limits.h"
#include "pam_keyaudit/pamargs.h"
#include "pam_keyaudit/pamspawn.h"
#include "spool/phase.h"


/** ka_pamsay_notice_text() - the sentence for the client; @ref is the reference, or "" when nobody gave one. Pure */
void ka_pamsay_notice_text(const char *ref, char out[static KA_PAMSAY_NOTICE_MAX]);

/** ka_pamsay_final_text() - the line that log watchers know from other modules. Pure */
void ka_pamsay_final_text(const struct ka_phase_record *r, struct ka_buf *out);

/** ka_pamsay_fields() - connection, phase, user and address as `name="value"`. Pure */
void ka_pamsay_fields(const struct ka_phase_record *r, const struct ka_conn *conn, struct ka_buf *out);

/** ka_pamsay_bad_args() - one LOG_ERR line when there were arguments that are not understood */
void ka_pamsay_bad_args(pam_handle_t *pamh, const struct ka_pamargs *args);

/** ka_pamsay_fault() - one LOG_ERR line: what failed, and what the recorder would have known */
void ka_pamsay_fault(pam_handle_t *pamh, const char *what, const struct ka_phase_record *r, const struct ka_conn *conn);

/** ka_pamsay_denied() - one LOG_NOTICE line when `enforce` closes a session */
void ka_pamsay_denied(pam_handle_t *pamh, const struct ka_pamanswer *answer, const struct ka_phase_record *r,
		      const struct ka_conn *conn);

/** ka_pamsay_debug() - one LOG_DEBUG line: what was done and with which result */
void ka_pamsay_debug(pam_handle_t *pamh, const char *result, const struct ka_phase_record *r, const struct ka_conn *conn);

/** ka_pamsay_final() - the classic line, LOG_NOTICE */
void ka_pamsay_final(pam_handle_t *pamh, const struct ka_phase_record *r);

/** ka_pamsay_notice() - the sentence to the client, as PAM_ERROR_MSG */
void ka_pamsay_notice(pam_handle_t *pamh, const char *ref);

#endif
