/* The stack's verdict. Pure; it must never call a login refused because of a module that it does not know. */
#include "diag/pamview.h"

#include "base/text.h"

#include "base/poison.h"

struct question {
	const struct ka_facts *facts;
	enum ka_pamview_trouble trouble;
};

/* pam_unix(8), account: shadow's dates */
static enum ka_pamrun_code of_unix(enum ka_pamview_trouble trouble, const struct ka_pamline *line)
{
	bool looks_at_password = !ka_pamline_has(line, "no_pass_expiry");

	if (trouble == KA_PAMVIEW_EXPIRED)
		return KA_PAMRUN_ACCT_EXPIRED;
	if (trouble == KA_PAMVIEW_PASSWORD_OLD && looks_at_password)
		return KA_PAMRUN_NEW_AUTHTOK_REQD;
	if (trouble == KA_PAMVIEW_PASSWORD_DEAD && looks_at_password)
		return KA_PAMRUN_AUTHTOK_EXPIRED;
	return KA_PAMRUN_SUCCESS;
}

/* pam_nologin(8): with file= it looks elsewhere */
static enum ka_pamrun_code of_nologin(enum ka_pamview_trouble trouble, const struct ka_pamline *line)
{
	struct ka_span rest = ka_span_of(line->arguments), word;

	while (ka_text_word(&rest, &word))
		if (ka_span_starts(word, "file="))
			trouble = KA_PAMVIEW_NONE;
	return trouble == KA_PAMVIEW_NOLOGIN ? KA_PAMRUN_AUTH_ERR : KA_PAMRUN_IGNORE;
}

static enum ka_pamrun_code answer(const void *ctx, const struct ka_pamline *line)
{
	const struct question *q = ctx;
	bool is_account = line->phase == KA_PAMCONF_ACCOUNT;

	if (line->is_missing)
		return KA_PAMRUN_MODULE_UNKNOWN;
	if (ka_pamline_is(line, "pam_deny.so"))
		return is_account ? KA_PAMRUN_AUTH_ERR : KA_PAMRUN_SESSION_ERR;
	if (ka_pamline_is(line, "pam_keyaudit.so"))
		return KA_PAMRUN_IGNORE;
	if (is_account && ka_pamline_is(line, "pam_unix.so"))
		return of_unix(q->trouble, line);
	if (is_account && ka_pamline_is(line, "pam_access.so"))
		return q->facts->access.answer == KA_PAMACCESS_DENIED ? KA_PAMRUN_PERM_DENIED : KA_PAMRUN_SUCCESS;
	if (is_account && ka_pamline_is(line, "pam_nologin.so"))
		return of_nologin(q->trouble, line);
	return KA_PAMRUN_SUCCESS;
}

bool ka_pamview_is_known(const struct ka_facts *f)
{
	return f->sshd.is_known && f->sshd.use_pam && f->pam.is_known && !f->pam.lines.is_cut;
}

enum ka_pamrun_code ka_pamview_account(const struct ka_facts *f, enum ka_pamview_trouble trouble, size_t *decided)
{
	struct question q = { f, trouble };

	return ka_pamrun(&f->pam.lines, KA_PAMCONF_ACCOUNT, answer, &q, decided);
}

enum ka_pamrun_code ka_pamview_session(const struct ka_facts *f, size_t *decided)
{
	struct question q = { f, KA_PAMVIEW_NONE };

	return ka_pamrun(&f->pam.lines, KA_PAMCONF_SESSION, answer, &q, decided);
}

bool ka_pamview_refuses(enum ka_pamrun_code code)
{
	return code != KA_PAMRUN_SUCCESS && code != KA_PAMRUN_NEW_AUTHTOK_REQD;
}

void ka_pamview_line(const struct ka_facts *f, size_t i, struct ka_evidence *e)
{
	const struct ka_pamline *line;
	struct ka_buf b;

	if (i >= f->pam.lines.count)
		return;
	line = &f->pam.lines.lines[i];
	ka_span_copy(ka_span_of(f->pam.lines.files[line->file]), e->path, sizeof(e->path));
	e->line = line->line;
	ka_buf_init_array(&b, e->detail);
	ka_buf_text(&b, line->module);
	if (line->arguments[0] != '\0')
		ka_buf_char(&b, ' ');
	ka_buf_text(&b, line->arguments);
}
