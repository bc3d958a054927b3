/* Revocation. What is revoked was withdrawn on purpose: no fix here takes it back. */
#include "diag/rulerevoked.h"

#include <string.h>

#include "diag/certview.h"
#include "diag/fix.h"
#include "diag/said.h"

#include "base/poison.h"

static void of_file(const struct ka_cafile *file, struct ka_evidence *e)
{
	if (!ka_span_copy(ka_span_of(file->path), e->path, sizeof(e->path)))
		e->path[0] = '\0';
	e->errnum = file->errnum;
	e->has_stat = file->mode != 0;
	e->mode = file->mode;
	e->uid = file->uid;
	e->gid = file->gid;
}

static void put_note(struct ka_evidence *e, const char *text)
{
	struct ka_buf b;

	ka_buf_init_array(&b, e->note);
	ka_buf_text(&b, text);
}

static void explain_unreadable(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	const struct ka_sshdrevoked_file *from = &f->revoked.files[item->index];

	of_file(&from->file, e);
	e->line = from->file.bad_line;
	if (from->file.bad_line > 0) {
		put_note(e, "sshd cannot read this line as a key, and refuses every key for it");
		ka_fix_advice(fix, "Mend or remove that line: one public key on each line, without options; sshd reads the file at each login");
	} else {
		put_note(e, from->is_broken ? "a binary list (KRL) that ssh-keygen -Q cannot read either" :
					      "sshd refuses every key of every user while it cannot read it");
	}
}

static void explain_revoked(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	const struct ka_sshdrevoked_file *from = &f->revoked.files[item->index];
	bool is_ca = item->reason == KA_REASON_CERT_CA_REVOKED;
	size_t i = (size_t)item->offer;
	struct ka_certview v;
	struct ka_buf b;

	(void)fix;
	of_file(&from->file, e);
	e->line = is_ca ? from->file.ca_line[i] : from->file.key_line[i];
	ka_buf_init_array(&b, e->detail);
	if (ka_certview_read(&f->offers[i], &v))
		ka_certview_put(&v, &b);
	else
		ka_buf_text(&b, f->offers[i].fp);
	if (is_ca && e->line == 0 && !from->file.is_krl)
		put_note(e, "sshd refused the certificate for it, and its own key does not stand there: so its authority does");
	else if (from->file.is_krl)
		put_note(e, is_ca ? "the binary list (KRL) has the authority" : "the binary list (KRL) has it");
	else
		put_note(e, is_ca ? "the key of the authority stands on that line" : "the key stands on that line");
}

/*
 * The command is not run for a revoked certificate, so no more is known of it than sshd's line: its plain key. When that does
 * not stand in the list, its authority does; a binary list may also have its serial or its ID.
 */
static bool is_by_authority(const struct ka_facts *f, const struct ka_sshdrevoked_file *from, size_t i)
{
	const struct ka_keyscan_offer *o = &f->offers[i];
	struct ka_sshdsay words;

	if (!o->is_cert || o->cert_len > 0 || from->key[i] || !from->file.is_read || from->file.is_krl || from->file.bad_line > 0)
		return false;
	for (size_t n = 0; n < f->subject->said_count; n++) {
		ka_said_words(&f->subject->said[n], &words);
		if (words.reason == KA_REASON_SSHD_KEY_REVOKED && ka_span_is(words.fp, o->fp) && ka_span_is(words.path, from->file.path))
			return true;
	}
	return false;
}

static void add(struct ka_primary *out, enum ka_reason reason, int offer, size_t file, ka_primary_explain *explain)
{
	bool is_all = offer == KA_PRIMARY_ALL;
	struct ka_primary_item *item = ka_primary_add(out, reason, offer, KA_STEP_REVOKED, is_all ? KA_CLASS_ALONE : KA_CLASS_LOST);

	if (item == NULL)
		return;
	item->place = item->index = (unsigned)file;
	item->explain = explain;
}

void ka_rulerevoked_run(const struct ka_facts *f, struct ka_primary *out)
{
	for (size_t n = 0; n < f->revoked.count; n++) {
		const struct ka_sshdrevoked_file *from = &f->revoked.files[n];

		for (size_t i = 0; i < f->offers_count; i++) {
			if (from->key[i])
				add(out, KA_REASON_SSHD_KEY_REVOKED, (int)i, n, explain_revoked);
			else if (from->ca[i] || is_by_authority(f, from, i))
				add(out, KA_REASON_CERT_CA_REVOKED, (int)i, n, explain_revoked);
		}
		if (from->file.errnum != 0 || from->file.bad_line > 0 || from->is_broken)
			add(out, KA_REASON_SSHD_REVOKED_FILE_UNREADABLE, KA_PRIMARY_ALL, n, explain_unreadable);
	}
}
