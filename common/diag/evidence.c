/* Evidence: paths, modes, line numbers. Everything stays raw here; whoever shows it escapes it. */
#include "diag/evidence.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "diag/filesys.h"
#include "key/keyopts.h"
#include "spool/recordsrc.h"

#include "base/poison.h"

static void set_text(char *out, size_t size, const char *text)
{
	size_t n = strlen(text);

	if (n > size - 1)
		n = size - 1;
	memcpy(out, text, n);
	out[n] = '\0';
}
#define set_array(array, text) set_text((array), sizeof(array), (text))

static void set_stat(struct ka_evidence *out, const struct ka_userfile_stat *st)
{
	if (st->path[0] == '\0')
		return;
	out->has_stat = true;
	out->mode = (mode_t)st->mode;
	out->uid = (uid_t)st->uid;
	out->gid = (gid_t)st->gid;
}

static void of_perm(const struct ka_primary_item *item, struct ka_evidence *out)
{
	const struct ka_userfile *f = item->file;

	set_stat(out, &f->perm);
	if (item->reason == KA_REASON_PERM_LINK_TARGET) {
		set_array(out->detail, f->perm.path);
		return;
	}
	set_array(out->path, f->perm.path);
	out->target[0] = '\0';
	if (strcmp(f->perm.path, f->path) != 0 && strcmp(f->perm.path, f->real) != 0)
		set_array(out->detail, f->path); /* the key file that this directory leads to */
}

static void of_acl(const struct ka_primary_item *item, struct ka_evidence *out)
{
	const struct ka_userfile *f = item->file;

	out->has_stat = false;
	set_stat(out, &f->acl_open);
	set_array(out->path, f->acl_open.path);
	out->target[0] = '\0';
	set_array(out->detail, f->acl_who);
	set_array(out->note, "the access list lets them write (getfacl)");
}

static void of_file(const struct ka_primary_item *item, struct ka_evidence *out)
{
	const struct ka_userfile *f = item->file;

	set_array(out->path, f->path);
	set_array(out->target, f->real);
	set_stat(out, &f->own);
	switch (item->reason) {
	case KA_REASON_FILE_WRONG_NAME:
	case KA_REASON_SSHD_KEYS_FILE_ELSEWHERE:
		set_array(out->target, f->expected);
		break;
	case KA_REASON_FILE_DIR_UNSEARCHABLE:
		set_array(out->path, f->blocked.path);
		out->target[0] = '\0';
		set_array(out->detail, f->path);
		out->has_stat = false;
		set_stat(out, &f->blocked);
		out->errnum = (int)f->errnum;
		break;
	case KA_REASON_FILE_SELINUX_LABEL:
		set_array(out->detail, f->label);
		if (f->label_path[0] == '\0' || strcmp(f->label_path, f->path) == 0)
			break;
		set_array(out->path, f->label_path);
		out->target[0] = '\0';
		out->has_stat = false;
		break;
	case KA_REASON_PERM_ACL:
		of_acl(item, out);
		break;
	case KA_REASON_PERM_GROUP_WRITABLE:
	case KA_REASON_PERM_WORLD_WRITABLE:
	case KA_REASON_PERM_WRONG_OWNER:
	case KA_REASON_PERM_ABOVE_HOME:
	case KA_REASON_PERM_LINK_TARGET:
		of_perm(item, out);
		break;
	default:
		out->errnum = (int)f->errnum;
		if (item->reason == KA_REASON_FILE_NFS_DENIED && ka_filesys_name(f->fs_type) != NULL)
			set_array(out->detail, ka_filesys_name(f->fs_type));
		break;
	}
}

static void put_listed(const struct ka_userfile *f, struct ka_evidence *out)
{
	struct ka_buf b;

	ka_buf_init_array(&b, out->detail);
	for (size_t i = 0; i < KA_ARRAY_LEN(f->scan.listed) && f->scan.listed[i][0] != '\0'; i++) {
		if (i > 0)
			ka_buf_char(&b, ' ');
		ka_buf_text(&b, f->scan.listed[i]);
	}
}

static void note(struct ka_evidence *out, const char *before, uint32_t number, const char *after)
{
	struct ka_buf b;

	ka_buf_init_array(&b, out->note);
	ka_buf_text(&b, before);
	ka_buf_u64(&b, number);
	ka_buf_text(&b, after);
}

/* a value alone does not say whose it is; of a line of our sources the judge has said more */
static void name_option(const struct ka_keyscan_hit *hit, struct ka_evidence *out)
{
	enum ka_keyopt opt;
	struct ka_buf b;
	bool is_no;

	if (out->note[0] != '\0' || !ka_keyopts_lookup(ka_span_of(hit->near), &opt, &is_no))
		return;
	ka_buf_init_array(&b, out->note);
	ka_buf_text(&b, "of the option ");
	ka_buf_text(&b, ka_keyopts_name(opt, is_no));
}

/* a name that stands there already, as it is or in quotes, is not told twice */
static void drop_echo(struct ka_evidence *out)
{
	struct ka_span note = ka_span_of(out->note);

	if (note.len > 2 && note.p[0] == '"' && note.p[note.len - 1] == '"')
		note = ka_span_sub(note, 1, note.len - 2);
	if (ka_span_is(note, out->detail))
		out->note[0] = '\0';
}

static void of_hit(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *out)
{
	static const char *const notes[KA_KEYSCAN_WHAT_COUNT] = {
		[KA_KEYSCAN_BOM] = "a byte order mark stands in front of the key",
		[KA_KEYSCAN_UTF16_MARKED] = "the file is UTF-16",
		[KA_KEYSCAN_UTF16LE] = "the file is UTF-16 without a mark",
		[KA_KEYSCAN_UTF16BE] = "the file is UTF-16 without a mark",
		[KA_KEYSCAN_NBSP] = "a no-break space stands where a blank must be",
		[KA_KEYSCAN_BYTE] = "a byte outside ASCII stands in front of or in the key",
		[KA_KEYSCAN_OPEN_QUOTE] = "the quote at this column is never closed",
		[KA_KEYSCAN_BLANK] = "a blank splits the option list",
		[KA_KEYSCAN_TYPE_MISSING] = "the word for the key type is missing",
		[KA_KEYSCAN_TYPE_WORD] = "the word in front of the key is not its type",
		[KA_KEYSCAN_GLUED] = "a line end is missing between two keys",
		[KA_KEYSCAN_GLUED_OPTIONS] = "a line end is missing between two keys",
		[KA_KEYSCAN_PEM] = "a PEM block",
		[KA_KEYSCAN_RFC4716] = "an RFC 4716 block (---- BEGIN SSH2 PUBLIC KEY ----)",
		[KA_KEYSCAN_PUTTY] = "a PuTTY private key file",
	};
	const struct ka_keyscan_hit *hit = item->hit;

	out->line = hit->line;
	out->column = hit->column;
	set_array(out->detail, hit->detail);
	if (hit->what < KA_KEYSCAN_WHAT_COUNT && notes[hit->what] != NULL)
		set_array(out->note, notes[hit->what]);
	if (hit->what == KA_KEYSCAN_FROM_UNJUDGED)
		set_array(out->note, "not judged: the client's address, or its name with UseDNS, is not known");
	else if (item->reason == KA_REASON_OPTION_FROM_MISMATCH) {
		struct ka_buf b;

		ka_buf_init_array(&b, out->note);
		ka_buf_text(&b, "the client came from ");
		ka_text_escape(&b, ka_span_of(f->subject->address), 0, 64);
	}
	if (item->reason == KA_REASON_OPTION_BAD_VALUE)
		name_option(hit, out);
	drop_echo(out);
	if (hit->fit == KA_KEYSCAN_POSSIBLE)
		set_array(out->note, "unreadable, but no other line of the file can be meant");
}

static bool is_about_line(const struct ka_primary_item *item)
{
	if (item->hit == NULL)
		return false;
	return (uint32_t)item->reason == item->hit->reason ||
	       (item->reason == KA_REASON_OPTION_FROM_MISMATCH && item->hit->what == KA_KEYSCAN_FROM_UNJUDGED);
}

/* what is not a file is named by its source */
static void put_source(const char *name, struct ka_evidence *out)
{
	struct ka_buf b;

	ka_buf_init_array(&b, out->detail);
	ka_buf_text(&b, "source ");
	ka_buf_text(&b, name);
}

/* what the command recorded of the source that had this to say: the only trace of a store that answers again */
static bool of_record(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *out)
{
	for (size_t i = 0; i < f->offers_count; i++) {
		struct ka_span rest = ka_span_of(f->subject->offers[i].src);
		struct ka_recordsrc src;
		struct ka_buf b;

		while ((item->offer < 0 || (size_t)item->offer == i) && ka_recordsrc_next(&rest, &src)) {
			if (src.reason != item->reason)
				continue;
			put_source(src.name, out);
			ka_buf_init_array(&b, out->note);
			ka_recordsrc_evidence(&src.evidence, ' ', &b);
			return true;
		}
	}
	return false;
}

static void of_key(const struct ka_primary_item *item, struct ka_evidence *out)
{
	struct ka_buf b;

	set_array(out->path, item->key->path);
	if (item->key->path[0] != '\0') {
		out->line = item->key->line;
		out->column = item->key->column;
	} else {
		put_source(item->key->source, out);
	}
	if (item->reason == KA_REASON_KEY_OTHER_USER)
		set_array(out->detail, item->key->other_user);
	for (size_t i = 0; i < item->key->vet.count && i < KA_VERDICT_REASONS_MAX; i++)
		if (item->key->vet.reasons[i] == item->reason) {
			ka_buf_init_array(&b, out->note);
			ka_vet_detail(&item->key->vet, i, &b);
		}
}

/* the command's configuration */
static void of_conf(const struct ka_confload *load, struct ka_evidence *out)
{
	set_array(out->path, load->why.path);
	set_array(out->detail, load->text);
	if (load->why.path[0] == '\0' || load->reason == KA_REASON_CONF_DISABLED)
		return;
	out->errnum = load->why.errnum;
	out->has_stat = load->reason == KA_REASON_CONF_UNSAFE || (out->errnum == EACCES && load->why.mode != 0);
	out->mode = load->why.mode;
	out->uid = load->why.uid;
	out->gid = load->why.gid;
}

/* what there is to say about a source that is no file */
static void of_trouble(const struct ka_keysource *s, struct ka_evidence *out)
{
	bool is_program = s->trouble_kind == KA_CONF_KIND_COMMAND;
	struct ka_buf b;

	if (is_program && s->trouble_errnum == EACCES && S_ISREG(s->trouble_mode) && (s->trouble_mode & 0444) == 0444) {
		set_array(out->note, KA_EVIDENCE_NOT_EXECUTABLE);
	} else if (is_program && s->trouble_evidence.status > 0) {
		note(out, "it ended with status ", (uint32_t)s->trouble_evidence.status, "");
	} else if (s->trouble_kind == KA_CONF_KIND_HTTP) {
		ka_buf_init_array(&b, out->note);
		ka_recordsrc_evidence(&s->trouble_evidence, ' ', &b);
	}
}

/* a home that is not there: what should have brought it */
static void of_home(const struct ka_facts *f, struct ka_evidence *out)
{
	const char *name = ka_filesys_name(f->files.home.fs_type);
	struct ka_buf b;

	if (f->files.home.is_locked != 0) {
		set_array(out->note, f->files.home.is_locked == KA_HOME_LOCKED_FSCRYPT ?
					     "it is encrypted (fscrypt) and not open: sshd cannot read keys in it before the user has logged in" :
					     "it is encrypted (ecryptfs) and not open: sshd cannot read keys in it before the user has logged in");
		return;
	}
	if (name == NULL)
		return;
	ka_buf_init_array(&b, out->note);
	ka_buf_text(&b, "its place is on ");
	ka_buf_text(&b, name);
}

/* items without file or key: the reason says which fact it is about */
static void of_rest(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *out)
{
	enum ka_reason reason = item->reason;

	if (reason == KA_REASON_FILE_HOME_MISSING) {
		set_array(out->path, f->home);
		out->errnum = (int)f->files.home.errnum;
		of_home(f, out);
	} else if (reason == f->sources.trouble) {
		set_array(out->path, f->sources.trouble_path);
		set_array(out->detail, f->sources.trouble_source);
		out->errnum = f->sources.trouble_errnum;
		out->has_stat = reason == KA_REASON_CONF_UNSAFE || (out->errnum == EACCES && f->sources.trouble_mode != 0);
		out->mode = f->sources.trouble_mode;
		out->uid = f->sources.trouble_uid;
		out->gid = f->sources.trouble_gid;
		if (reason == KA_REASON_STORE_TOO_LARGE && f->sources.is_harmless)
			set_array(out->note, "only the first lines are served to who asks for the whole list; an offered key is found everywhere");
		else
			of_trouble(&f->sources, out);
	} else if (reason == f->command.load.reason) {
		of_conf(&f->command.load, out);
	} else {
		(void)of_record(f, item, out);
	}
}

/* what the gate says about a key that sshd accepts: where the key stands, and that it is too late there */
static void of_gate(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *out)
{
	static const char refused[] = "sshd accepts the key, and pam_keyaudit enforce refuses the session";
	const char *detail = item->offer >= 0 ? f->gate.detail[item->offer] : "";
	struct ka_buf b;

	if (item->hit != NULL) {
		out->line = item->hit->line;
		out->column = item->hit->column;
	}
	ka_buf_init_array(&b, out->note);
	ka_buf_text(&b, detail);
	ka_buf_text(&b, detail[0] != '\0' ? "; " : "");
	ka_buf_text(&b, refused);
	if (!b.overflow)
		return;
	ka_buf_cut(&b, 0); /* no room for both: what happens to the session is what counts */
	ka_buf_text(&b, refused);
}

/* what sshd reads instead */
static void put_setting(const struct ka_facts *f, struct ka_evidence *out)
{
	struct ka_span value = ka_sshdconf_value(&f->sshd, "authorizedkeysfile");
	struct ka_buf b;

	if (value.len == 0)
		return;
	ka_buf_init_array(&b, out->detail);
	ka_buf_text(&b, "AuthorizedKeysFile ");
	ka_buf_span(&b, ka_span_sub(value, 0, sizeof(out->detail) / 2));
}

void ka_evidence_make(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *out)
{
	memset(out, 0, sizeof(*out));
	if (item->file != NULL)
		of_file(item, out);
	else if (item->key != NULL)
		of_key(item, out);
	else if (!is_about_line(item))
		of_rest(f, item, out);
	if (item->step == KA_STEP_SESSION)
		of_gate(f, item, out);
	else if (is_about_line(item))
		of_hit(f, item, out);
	if (item->file != NULL && item->reason == KA_REASON_KEY_NOT_LISTED) {
		put_listed(item->file, out);
		note(out, "", item->file->scan.usable, item->file->scan.usable == 1 ? " other key is listed" : " other keys are listed");
	}
	if (item->file != NULL && item->reason == KA_REASON_FILE_NO_USABLE_LINE)
		note(out, "", item->file->scan.lines, item->file->scan.lines == 1 ? " line, no usable key" : " lines, no usable key");
	if (item->file != NULL && item->reason == KA_REASON_SSHD_KEYS_FILE_ELSEWHERE)
		put_setting(f, out);
	if (item->file != NULL && item->reason == KA_REASON_FILE_MISSING && item->file->is_link != 0)
		set_array(out->note, "it is a link that leads nowhere");
}
