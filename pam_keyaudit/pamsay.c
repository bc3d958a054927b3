/* The module's few words. Must never show the client anything that differs between accounts. */
#include "pam_keyaudit/pamsay.h"

#include <string.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <syslog.h>

#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"
#include "pam_keyaudit/pampoison.h"


void ka_pamsay_notice_text(const char *ref, char out[static KA_PAMSAY_NOTICE_MAX])
{
	struct ka_buf b;

	ka_buf_init(&b, out, KA_PAMSAY_NOTICE_MAX);
	ka_buf_text(&b, "Your key was not accepted. Ask your administrator");
	if (ref[0] != '\0') {
		ka_buf_text(&b, " and quote ");
		ka_buf_text(&b, ref);
	}
	ka_buf_char(&b, '.');
}

static void put_value(struct ka_buf *b, const char *text, char quote)
{
	ka_text_escape(b, (struct ka_span){ (const uint8_t *)text, strnlen(text, KA_PHASE_TEXT_MAX) }, quote, KA_SHOWN_TEXT_MAX);
}

void ka_pamsay_final_text(const struct ka_phase_record *r, struct ka_buf *out)
{
	ka_buf_text(out, "authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=");
	/* blanks are escaped too: a name must not add a field */
	put_value(out, r->rhost, ' ');
	ka_buf_text(out, "  user=");
	put_value(out, r->user, ' ');
}

void ka_pamsay_fields(const struct ka_phase_record *r, const struct ka_conn *conn, struct ka_buf *out)
{
	char name[KA_CONN_NAME_MAX];

	ka_conn_name(conn, name);
	ka_buf_text(out, "connection=");
	ka_buf_text(out, name);
	ka_buf_text(out, " phase=");
	ka_buf_text(out, ka_phase_text(r->phase));
	ka_buf_text(out, " user=\"");
	put_value(out, r->user, '"');
	ka_buf_text(out, "\" rhost=\"");
	put_value(out, r->rhost, '"');
	ka_buf_char(out, '"');
}

void ka_pamsay_bad_args(pam_handle_t *pamh, const struct ka_pamargs *args)
{
	char shown[KA_SHOWN_TEXT_MAX + 1];
	struct ka_buf b;

	if (args->bad_count == 0)
		return;
	ka_buf_init_array(&b, shown);
	ka_text_escape(&b, ka_span_of(args->bad), '"', 64);
	if (args->bad_count == 1)
		pam_syslog(pamh, LOG_ERR, "argument not understood: \"%s\"", shown);
	else
		pam_syslog(pamh, LOG_ERR, "%u arguments not understood, the first is \"%s\"", args->bad_count, shown);
}

static void log_with_fields(pam_handle_t *pamh, int priority, const char *what, const struct ka_phase_record *r,
			    const struct ka_conn *conn)
{
	char text[KA_PAMSAY_LOG_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, what);
	ka_buf_text(&b, ": ");
	ka_pamsay_fields(r, conn, &b);
	pam_syslog(pamh, priority, "%s", text);
}

void ka_pamsay_fault(pam_handle_t *pamh, const char *what, const struct ka_phase_record *r, const struct ka_conn *conn)
{
	log_with_fields(pamh, LOG_ERR, what, r, conn);
}

void ka_pamsay_denied(pam_handle_t *pamh, const struct ka_pamanswer *answer, const struct ka_phase_record *r,
		      const struct ka_conn *conn)
{
	char what[128];
	struct ka_buf b;

	ka_buf_init_array(&b, what);
	ka_buf_text(&b, "session refused, reason=");
	ka_buf_text(&b, answer->deny);
	ka_buf_text(&b, " ref=");
	ka_buf_text(&b, answer->ref);
	log_with_fields(pamh, LOG_NOTICE, what, r, conn);
}

void ka_pamsay_debug(pam_handle_t *pamh, const char *result, const struct ka_phase_record *r, const struct ka_conn *conn)
{
	log_with_fields(pamh, LOG_DEBUG, result, r, conn);
}

void ka_pamsay_final(pam_handle_t *pamh, const struct ka_phase_record *r)
{
	char text[KA_PAMSAY_LOG_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_pamsay_final_text(r, &b);
	pam_syslog(pamh, LOG_NOTICE, "%s", text);
}

void ka_pamsay_notice(pam_handle_t *pamh, const char *ref)
{
	char text[KA_PAMSAY_NOTICE_MAX];

	ka_pamsay_notice_text(ref, text);
	pam_error(pamh, "%s", text);
}
