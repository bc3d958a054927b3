/* Which fix belongs to which finding. Pure: it writes words, fix.c quotes them, nobody runs them from here. */
#include "diag/mend.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/paths.h"
#include "base/text.h"
#include "diag/evidence.h"
#include "diag/mendline.h"
#include "diag/mendplace.h"
#include "diag/sshdplace.h"
#include "vet/vetoption.h"

#include "base/poison.h"

#define argv(...) ((const char *const[]){ __VA_ARGS__, NULL })

static bool is_in_home(const struct ka_facts *f, const char *path)
{
	size_t n = strlen(f->home);

	return n > 1 && strncmp(path, f->home, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* "alice:" for chown: the user and the login group */
static bool owner_word(const struct ka_facts *f, char out[static KA_USER_NAME_MAX + 1])
{
	struct ka_buf b;

	ka_buf_init(&b, out, KA_USER_NAME_MAX + 1);
	ka_buf_text(&b, f->subject->user);
	ka_buf_char(&b, ':');
	return !b.overflow && strchr(f->subject->user, ':') == NULL;
}

static bool give_to_user(const struct ka_facts *f, const struct ka_primary_item *item, const char *path, struct ka_fix *out)
{
	char owner[KA_USER_NAME_MAX + 1];

	if (!owner_word(f, owner) || !ka_fix_command(out, NULL, argv("chown", "-h", "--", owner, path)))
		return false;
	ka_fixop_chown(&out->ops, path, strcmp(path, item->file->path) == 0);
	return true;
}

/* the same mode as a command and as an op */
static void change_mode(const char *user, const char *path, const char *word, struct ka_fix *out)
{
	bool is_go_w = strcmp(word, "go-w") == 0;

	if (ka_fix_command(out, user, argv("chmod", word, "--", path)))
		ka_fixop_chmod(&out->ops, path, user != NULL, is_go_w ? (mode_t)07755 : 0, is_go_w ? 0 : strcmp(word, "700") == 0 ? 0700 : 0600);
}

/* take the write bits away: as the user below the home, where root must not act through the user's paths */
static void close_path(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_evidence *e, struct ka_fix *out)
{
	if (!is_in_home(f, e->path)) {
		if ((e->mode & S_ISVTX) == 0)
			change_mode(NULL, e->path, "go-w", out);
		return;
	}
	if (e->uid != f->uid && !give_to_user(f, item, e->path, out))
		return;
	change_mode(f->subject->user, e->path, "go-w", out);
}

static void fix_above(const struct ka_evidence *e, struct ka_fix *out)
{
	if ((e->mode & S_ISVTX) != 0) {
		ka_fix_advice(out, "Keep key files out of directories that everybody may write to, such as /tmp");
		return;
	}
	if (e->uid != 0 && !ka_fix_command(out, NULL, argv("chown", "-h", "--", "root:root", e->path)))
		return;
	if ((e->mode & 022) != 0)
		change_mode(NULL, e->path, "go-w", out);
}

/* the file was made by another user: give it back and close it */
static void fix_closed(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_evidence *e, const char *mode, struct ka_fix *out)
{
	if (!e->has_stat || e->target[0] != '\0' || !is_in_home(f, e->path))
		return; /* a link, or somebody else's place: a decision */
	if (e->uid != f->uid && !give_to_user(f, item, e->path, out))
		return;
	change_mode(f->subject->user, e->path, mode, out);
}

/* the list goes, and with it what its mask showed as group rights */
static void drop_acl(const struct ka_facts *f, const struct ka_evidence *e, struct ka_fix *out)
{
	if (is_in_home(f, e->path) && e->uid == f->uid && ka_fix_command(out, f->subject->user, argv("setfacl", "-b", "--", e->path)))
		ka_fix_command(out, f->subject->user, argv("chmod", S_ISREG(e->mode) ? "600" : "go-w", "--", e->path));
}

static void fix_link(const struct ka_facts *f, const struct ka_evidence *e, struct ka_fix *out)
{
	if (is_in_home(f, e->path) && ka_fix_command(out, f->subject->user, argv("cp", "--remove-destination", "--", e->target, e->path)))
		ka_fix_command(out, f->subject->user, argv("chmod", "600", "--", e->path));
}

static void fix_name(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_evidence *e, struct ka_fix *out)
{
	if (item->file->expected_exists != 0)
		ka_fix_advice(out, "Copy the line of the key into the file that sshd reads: there is one already");
	else if (is_in_home(f, e->path) && is_in_home(f, e->target) &&
		 ka_fix_command(out, f->subject->user, argv("mv", "-n", "--", e->path, e->target)))
		ka_fixop_rename(&out->ops, e->path, e->target);
}

static void put_none(const struct ka_facts *f, struct ka_buf *b)
{
	struct ka_sshdplace at;

	ka_buf_text(b, "Take \"AuthorizedKeysFile none\"");
	if (ka_sshdplace_find(&f->places, "authorizedkeysfile", ka_span_of("none"), &at) && !at.is_command_line) {
		ka_buf_text(b, " out of line ");
		ka_buf_u64(b, at.line);
		ka_buf_text(b, " of ");
		ka_text_escape(b, ka_span_of(at.path), 0, KA_TEXT_PATH_MAX / 4);
	} else {
		ka_buf_text(b, " out of sshd's configuration");
	}
	ka_buf_text(b, " and reload sshd, or list the key where AuthorizedKeysCommand looks for it");
}

/* a copy of the whole file, where root alone decides what stands there; else the line, by hand */
static void fix_elsewhere(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_evidence *e, struct ka_fix *out)
{
	char text[sizeof(out->advice)];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	if (e->target[0] == '\0') {
		put_none(f, &b);
	} else if (item->file->expected_exists == 0 && item->file->expected_is_roots != 0 &&
		   ka_fix_copy(out, f->subject->user, e->path, e->target)) {
		ka_buf_text(&b, "Look through the file first: from then on sshd takes every key in the copy");
	} else {
		ka_buf_text(&b, "Copy the line of the key into ");
		ka_text_escape(&b, ka_span_of(e->target), 0, KA_TEXT_PATH_MAX / 4);
		ka_buf_text(&b, ", which AuthorizedKeysFile names, or change that and reload sshd");
	}
	if (!b.overflow)
		ka_fix_advice(out, text);
}

static void fix_from_template(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_evidence *e, struct ka_fix *out)
{
	const char *text = ka_reason_fix(item->reason);
	struct ka_fix_words words = { .user = f->subject->user[0] != '\0' ? f->subject->user : NULL,
				      .home = f->home[0] != '\0' ? f->home : NULL, .line = e->line,
				      .file = e->path[0] != '\0' ? e->path : NULL, .dir = e->path[0] != '\0' ? e->path : NULL };

	if (out->advice[0] != '\0')
		return;
	if (item->reason == KA_REASON_FILE_HOME_MISSING && (item->file != NULL || f->files.home.is_locked != 0)) {
		ka_fix_advice(out, "The home is encrypted and not open: keep the keys outside of it (AuthorizedKeysFile), or log in by password first");
		return;
	}
	if (item->reason == KA_REASON_FILE_HOME_MISSING)
		words.home = NULL; /* there it is the real one, which we do not know */
	if (text[0] >= 'A' && text[0] <= 'Z') {
		ka_fix_template(out, text, &words);
		return;
	}
	/* of files and sources the code above has thought about the command, and found none */
	if (item->explain == NULL || !ka_fix_template_command(out, text, &words))
		ka_fix_advice(out, "Mend what the evidence shows; the path cannot be written as a command");
}

/* what sshd's command may not read, in the configuration or in a source */
static void fix_unreadable(const struct ka_facts *f, const struct ka_evidence *e, struct ka_fix *out)
{
	bool is_dir = S_ISDIR(e->mode);
	mode_t need = is_dir ? 05 : 04;
	bool own = is_in_home(f, e->path);

	if (strcmp(e->note, KA_EVIDENCE_NOT_EXECUTABLE) == 0) {
		ka_fix_command(out, NULL, argv("chmod", "a+x", "--", e->path));
		return;
	}
	if ((e->mode & need) == need) {
		ka_fix_advice(out, "Its mode lets everybody read it: look for an access list (getfacl) or a security module that does not");
		return;
	}
	ka_fix_command(out, own ? f->subject->user : NULL, argv("chmod", is_dir ? "a+rx" : "a+r", "--", e->path));
	if (!own)
		ka_fix_advice(out, "Or let in nobody else: chgrp " KA_COMMAND_USER " and chmod g+r, for a directory g+rx");
}

static void fix_conf(const struct ka_evidence *e, enum ka_reason reason, struct ka_fix *out)
{
	if (reason == KA_REASON_CONF_UNSAFE && e->has_stat && e->path[0] == '/' && !S_ISLNK(e->mode)) {
		fix_above(e, out);
		return;
	}
	ka_fix_command(out, NULL, reason == KA_REASON_CONF_DISABLED ? argv("rm", "--", e->path[0] != '\0' ? e->path : KA_PATH_DISABLED) :
								      argv("keyaudit", "config", "check"));
}

static void fix_file(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_evidence *e, struct ka_fix *out)
{
	switch (item->reason) {
	case KA_REASON_PERM_GROUP_WRITABLE:
	case KA_REASON_PERM_WORLD_WRITABLE:
		close_path(f, item, e, out);
		break;
	case KA_REASON_FILE_SELINUX_LABEL:
		ka_fix_command(out, is_in_home(f, e->path) ? f->subject->user : NULL, item->file != NULL && strcmp(e->path, item->file->path) != 0 ?
			       argv("restorecon", "-R", "-v", "--", e->path) : argv("restorecon", "-v", "--", e->path));
		break;
	case KA_REASON_PERM_ACL:
		drop_acl(f, e, out);
		break;
	case KA_REASON_PERM_WRONG_OWNER:
		give_to_user(f, item, e->path, out);
		break;
	case KA_REASON_PERM_ABOVE_HOME:
		fix_above(e, out);
		break;
	case KA_REASON_PERM_LINK_TARGET:
		fix_link(f, e, out);
		break;
	case KA_REASON_FILE_UNREADABLE:
		fix_closed(f, item, e, "600", out);
		break;
	case KA_REASON_FILE_DIR_UNSEARCHABLE:
		fix_closed(f, item, e, "700", out);
		break;
	case KA_REASON_FILE_WRONG_NAME:
		fix_name(f, item, e, out);
		break;
	case KA_REASON_SSHD_KEYS_FILE_ELSEWHERE:
		fix_elsewhere(f, item, e, out);
		break;
	default:
		if (item->hit != NULL)
			ka_mendline_make(f, item, e, out);
		break;
	}
}

/* a line of one of our sources is an administrator's, and often made by a program: advice, no command */
static void fix_source(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_evidence *e, struct ka_fix *out)
{
	if (strcmp(e->note, KA_VETOPTION_FORCED_EXPIRED) == 0)
		ka_fix_advice(out, "Set a later expiry-time in force_options of the configuration, or none (keyaudit config check)");
	else if (item->key->path[0] == '\0')
		ka_fix_advice(out, "Mend the key where the source that the evidence names has it, or put the right one there");
	else if (item->hit != NULL && item->reason == (enum ka_reason)item->hit->reason)
		ka_mendline_make(f, item, e, out);
}

static void put_verb(struct ka_buf *b, const char *verb, const struct ka_facts *f)
{
	ka_buf_text(b, "keyaudit cache ");
	ka_buf_text(b, verb);
	ka_buf_char(b, ' ');
	ka_fix_quote(b, ka_span_of(f->sources.trouble_source));
	ka_buf_char(b, ' ');
	ka_fix_quote(b, ka_span_of(f->subject->user));
}

/* to take an older answer is a decision, so the commands stand in a sentence */
static void fix_serial(const struct ka_facts *f, struct ka_fix *out)
{
	char text[sizeof(out->advice)];
	struct ka_buf b;

	if (f->sources.trouble != KA_REASON_STORE_SERIAL_LOWER || f->sources.trouble_source[0] == '\0' || f->subject->user[0] == '\0')
		return; /* of a record: which source it was stands in the evidence */
	ka_buf_init_array(&b, text);
	if (f->sources.trouble_is_signed) {
		ka_buf_text(&b, "Publish the newest document again, with a higher serial. If the signer was replaced: ");
		put_verb(&b, "forget-serial", f);
		ka_buf_text(&b, " && ");
		put_verb(&b, "clear", f);
	} else {
		ka_buf_text(&b, "If the store was restored from a backup: ");
		put_verb(&b, "clear", f);
	}
	ka_buf_text(&b, ". Else look for an intruder");
	if (!b.overflow)
		ka_fix_advice(out, text);
}

void ka_mend_make(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_evidence *e, struct ka_fix *out)
{
	if (item->explain != NULL)
		; /* its rule has said what there is to say */
	else if (item->file != NULL)
		fix_file(f, item, e, out);
	else if (item->key != NULL)
		fix_source(f, item, e, out);
	else if (e->errnum == EACCES && e->has_stat)
		fix_unreadable(f, e, out);
	else if (item->reason == KA_REASON_CONF_UNSAFE || item->reason == KA_REASON_CONF_INVALID ||
		 item->reason == KA_REASON_CONF_DISABLED)
		fix_conf(e, item->reason, out);
	else if (item->reason == KA_REASON_STORE_SERIAL_LOWER)
		fix_serial(f, out);
	if (out->commands == 0 && out->advice[0] == '\0' && item->explain == NULL)
		ka_mendplace_make(f, item, e, out);
	if (out->commands == 0)
		fix_from_template(f, item, e, out);
	ka_fixop_settle(&out->ops, out->commands);
}
