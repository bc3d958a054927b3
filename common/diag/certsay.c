/* Words about certificates. Commands of the authority run elsewhere, so all of them are advice. */
#include "diag/certsay.h"

#include <string.h>

#include "base/text.h"
#include "diag/certview.h"
#include "diag/fix.h"
#include "diag/mendline.h"
#include "key/keycert.h"

#include "base/poison.h"

static void put_array(const char *text, char *out, size_t size)
{
	if (!ka_span_copy(ka_span_of(text), out, size))
		out[0] = '\0';
}

/* the authority's file, or what is wrong with it */
static void of_trusted(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e)
{
	const struct ka_cafile *file = &f->trusted;

	put_array(file->path, e->path, sizeof(e->path));
	e->errnum = file->errnum;
	e->has_stat = file->mode != 0;
	e->mode = file->mode;
	e->uid = file->uid;
	e->gid = file->gid;
	e->line = item->reason == KA_REASON_CERT_CA_UNTRUSTED ? file->bad_line : item->offer >= 0 ? file->ca_line[item->offer] : 0;
}

/* the line of a key file */
static void of_line(const struct ka_primary_item *item, struct ka_evidence *e)
{
	const struct ka_userfile_stat *own = &item->file->own;

	put_array(item->file->path, e->path, sizeof(e->path));
	put_array(item->file->real, e->target, sizeof(e->target));
	e->line = item->hit->line;
	e->column = item->hit->column;
	e->has_stat = own->path[0] != '\0';
	e->mode = (mode_t)own->mode;
	e->uid = (uid_t)own->uid;
	e->gid = (gid_t)own->gid;
}

/* the file of names, or the program */
static void of_names(const struct ka_facts *f, struct ka_evidence *e)
{
	const struct ka_userfile *file = &f->files.names;

	put_array(f->files.has_names ? file->path : "", e->path, sizeof(e->path));
	e->errnum = (int)file->errnum;
	e->has_stat = file->own.path[0] != '\0';
	e->mode = (mode_t)file->own.mode;
	e->uid = (uid_t)file->own.uid;
	e->gid = (gid_t)file->own.gid;
}

static void note_names(const struct ka_facts *f, struct ka_buf *b)
{
	struct ka_span program = ka_sshdconf_value(&f->sshd, "authorizedprincipalscommand");
	const struct ka_keyscan *scan = &f->files.names.scan;

	if (ka_sshdconf_is_set(&f->sshd, "authorizedprincipalscommand")) {
		ka_buf_text(b, "not asked here: ");
		ka_text_escape(b, program, 0, 100);
		return;
	}
	if (f->files.names.errnum != 0 || scan->usable == 0) {
		ka_buf_text(b, f->files.names.errnum != 0 ? "the file of names could not be read" : "no name stands there");
		return;
	}
	ka_buf_text(b, "names that stand there: ");
	for (size_t i = 0; i < KA_ARRAY_LEN(scan->listed) && i < scan->usable; i++) {
		ka_buf_text(b, i > 0 ? "," : "");
		ka_text_escape(b, ka_span_of(scan->listed[i]), 0, 36);
	}
	ka_buf_text(b, scan->usable > KA_ARRAY_LEN(scan->listed) ? ",..." : "");
}

static void note_untrusted(const struct ka_facts *f, const struct ka_certview *v, struct ka_buf *b)
{
	const struct ka_cafile *file = &f->trusted;

	ka_text_escape(b, v->ca_type, 0, 40);
	if (file->path[0] == '\0') {
		ka_buf_text(b, " authority; TrustedUserCAKeys is not set, and no cert-authority line has it");
	} else if (file->errnum != 0) {
		ka_buf_text(b, " authority; the file of TrustedUserCAKeys could not be read");
	} else if (file->bad_line > 0) {
		ka_buf_text(b, " authority; sshd cannot read this line, and looks no further");
	} else {
		ka_buf_text(b, " authority; not among the ");
		ka_buf_u64(b, file->keys);
		ka_buf_text(b, file->keys == 1 ? " key there, nor in a cert-authority line" : " keys there, nor in a cert-authority line");
	}
}

static void note(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_certview *v, struct ka_buf *b)
{
	struct ka_span value = { NULL, 0 };

	switch (item->reason) {
	case KA_REASON_CERT_CA_UNTRUSTED:
		note_untrusted(f, v, b);
		break;
	case KA_REASON_CERT_SIGNATURE_ALGORITHM:
		ka_buf_text(b, "signed with ");
		ka_text_escape(b, v->algorithm, 0, 40);
		ka_buf_text(b, ", which CASignatureAlgorithms does not name");
		break;
	case KA_REASON_CERT_NOT_YET_VALID:
	case KA_REASON_CERT_EXPIRED:
		ka_buf_text(b, "the clock of this host says ");
		ka_certview_time(f->subject->now_sec > 0 ? (uint64_t)f->subject->now_sec : 0, b);
		break;
	case KA_REASON_CERT_PRINCIPAL_MISMATCH:
		ka_buf_text(b, "the name that it must hold is ");
		ka_text_escape(b, ka_span_of(f->subject->user), 0, 64);
		break;
	case KA_REASON_CERT_CRITICAL_UNKNOWN:
		(void)ka_certview_unknown(&v->key.cert, &value);
		ka_buf_text(b, "the option is ");
		ka_text_escape(b, value, 0, 80);
		break;
	case KA_REASON_CERT_SOURCE_ADDRESS:
		(void)ka_keycert_critical(&v->key.cert, "source-address", &value);
		ka_buf_text(b, "allowed from ");
		ka_text_escape(b, value, 0, 64);
		ka_buf_text(b, f->subject->address[0] != '\0' ? "; the client came from " : "; the client's address is not known");
		ka_text_escape(b, ka_span_of(f->subject->address), 0, 64);
		break;
	case KA_REASON_CERT_PRINCIPALS_FILE:
		note_names(f, b);
		break;
	case KA_REASON_CERT_CA_NOT_MARKED:
		ka_buf_text(b, "the line has the key of the authority, as a key that logs in itself");
		break;
	case KA_REASON_CERT_PRINCIPAL_NOT_ALLOWED:
		ka_buf_text(b, "the line asks for one of ");
		ka_text_escape(b, ka_span_of(item->hit != NULL ? item->hit->detail : ""), 0, 120);
		break;
	case KA_REASON_CERT_OPTION_CONFLICT:
		(void)ka_keycert_critical(&v->key.cert, "force-command", &value);
		ka_buf_text(b, "the certificate forces ");
		ka_text_escape(b, value, 0, 50);
		ka_buf_text(b, ", and the line ");
		ka_text_escape(b, ka_span_of(item->hit != NULL ? item->hit->detail : ""), 0, 50);
		break;
	default:
		break;
	}
}

/* a word of the command, or what stands for it where it must not be shown as one */
static void put_word(struct ka_buf *b, struct ka_span word, const char *instead)
{
	if (word.len == 0 || word.len > 100 || !ka_text_is_plain(word))
		ka_buf_text(b, instead);
	else
		ka_fix_quote(b, word);
}

/* the names that the new certificate needs: those it has, or the user's where these are the fault */
static void put_names(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_certview *v, struct ka_buf *b)
{
	char names[128];
	struct ka_buf list;

	ka_buf_init_array(&list, names);
	if (item->reason == KA_REASON_CERT_PRINCIPAL_MISMATCH || v->key.cert.principals_count == 0)
		ka_buf_text(&list, f->subject->user);
	else
		ka_certview_put_principals(&v->key.cert, sizeof(names) - 8, &list);
	put_word(b, list.overflow ? (struct ka_span){ NULL, 0 } : ka_buf_as_span(&list), "NAMES");
}

/* "Issue it again: ssh-keygen ...", with what is known of the values */
static void issue_again(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_certview *v, const char *before,
			struct ka_fix *fix)
{
	char text[sizeof(fix->advice)], list[200];
	struct ka_span value = { NULL, 0 };
	struct ka_buf b, from;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, before);
	ka_buf_text(&b, "ssh-keygen -s CA -I ");
	put_word(&b, v->key.cert.id, "ID");
	ka_buf_text(&b, " -n ");
	put_names(f, item, v, &b);
	ka_buf_text(&b, " -V +52w ");
	if (item->reason == KA_REASON_CERT_SOURCE_ADDRESS && ka_keycert_critical(&v->key.cert, "source-address", &value)) {
		ka_buf_init_array(&from, list);
		ka_buf_text(&from, "source-address=");
		ka_buf_span(&from, value);
		ka_buf_char(&from, ',');
		ka_buf_text(&from, f->subject->address[0] != '\0' ? f->subject->address : "ADDRESS");
		ka_buf_text(&b, "-O ");
		put_word(&b, from.overflow ? (struct ka_span){ NULL, 0 } : ka_buf_as_span(&from), "source-address=ADDRESS");
		ka_buf_char(&b, ' ');
	}
	ka_buf_text(&b, "KEY.pub");
	if (!b.overflow)
		ka_fix_advice(fix, text);
}

static void fix_untrusted(const struct ka_facts *f, const struct ka_certview *v, struct ka_fix *fix)
{
	const struct ka_cafile *file = &f->trusted;
	char text[sizeof(fix->advice)];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	if (file->path[0] == '\0') {
		ka_buf_text(&b, "If users with certificates of this authority are to log in here: name a file with its key in TrustedUserCAKeys, "
				"and reload sshd; or put its key, with cert-authority in front, into the user's key file. It is ");
	} else if (file->errnum != 0) {
		ka_buf_text(&b, "Put the file of TrustedUserCAKeys in its place again, with the key of the authority: ");
	} else if (file->bad_line > 0) {
		ka_buf_text(&b, "Mend or remove that line: one key on each line, and no options. The authority is ");
	} else {
		ka_buf_text(&b, "If this authority is to be trusted, add its key to that file (sshd reads it at each login): ");
	}
	ka_buf_text(&b, v->ca_fp);
	if (!b.overflow)
		ka_fix_advice(fix, text);
}

/* which names would do */
static void fix_names(const struct ka_facts *f, const struct ka_certview *v, struct ka_fix *fix)
{
	char text[sizeof(fix->advice)];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	if (ka_sshdconf_is_set(&f->sshd, "authorizedprincipalscommand"))
		ka_buf_text(&b, "Let AuthorizedPrincipalsCommand print one of the certificate's names for this user: ");
	else
		ka_buf_text(&b, "Put one of the certificate's names on a line of its own into that file (sshd reads it at each login): ");
	ka_certview_put_principals(&v->key.cert, 200, &b);
	if (!b.overflow)
		ka_fix_advice(fix, text);
}

static void put_fix(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_certview *v, const struct ka_evidence *e,
		    struct ka_fix *fix)
{
	switch (item->reason) {
	case KA_REASON_CERT_CA_UNTRUSTED:
		fix_untrusted(f, v, fix);
		break;
	case KA_REASON_CERT_PRINCIPALS_FILE:
		fix_names(f, v, fix);
		break;
	case KA_REASON_CERT_HOST_TYPE:
		issue_again(f, item, v, "Issue it again without -h: ", fix);
		break;
	case KA_REASON_CERT_NOT_YET_VALID:
		issue_again(f, item, v, "Check the clock (timedatectl), or issue it again: ", fix);
		break;
	case KA_REASON_CERT_CRITICAL_UNKNOWN:
		issue_again(f, item, v, "Issue it again without that option: ", fix);
		break;
	case KA_REASON_CERT_EXPIRED:
	case KA_REASON_CERT_NO_PRINCIPALS:
	case KA_REASON_CERT_PRINCIPAL_MISMATCH:
	case KA_REASON_CERT_SOURCE_ADDRESS:
		issue_again(f, item, v, "Issue it again: ", fix);
		break;
	case KA_REASON_CERT_CA_NOT_MARKED:
		ka_mendline_make(f, item, e, fix);
		break;
	default:
		break; /* the template of the reason */
	}
}

void ka_certsay_explain(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	struct ka_certview v;
	struct ka_buf b;

	if (item->file != NULL && item->hit != NULL)
		of_line(item, e);
	else if (item->reason == KA_REASON_CERT_PRINCIPALS_FILE)
		of_names(f, e);
	else if (item->step == KA_STEP_CA)
		of_trusted(f, item, e);
	if (item->offer < 0 || !ka_certview_read(&f->offers[item->offer], &v))
		return;
	ka_buf_init_array(&b, e->detail);
	ka_certview_put(&v, &b);
	ka_buf_init_array(&b, e->note);
	note(f, item, &v, &b);
	put_fix(f, item, &v, e, fix);
}
