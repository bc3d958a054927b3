/* The rules of the user's key files, in the order in which sshd opens them; and of files that it does not open. */
#include "diag/rulefile.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "diag/filesys.h"
#include "diag/rulecert.h"
#include "diag/sepolicy.h"

#include "base/poison.h"

/* what one key file does to one key */
struct outcome {
	enum ka_reason reason; /* KA_REASON_NONE: sshd would take the key from it, or the key is not there */
	enum ka_class class;
	bool is_listed;        /* sshd would take it */
};

static bool is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '/' || (n > 0 && dir[n - 1] == '/'));
}

/* the policy says so itself; where it could not be asked, a type that the targeted policy closes to sshd is a sign */
static bool is_label_closed(const struct ka_userfile *f)
{
	return f->label_answer == KA_SEPOLICY_DENIED || (f->label_answer == KA_SEPOLICY_UNKNOWN && ka_filesys_label_is_closed(f->label));
}

/* a key file that could not be opened or is none; KA_REASON_NONE when it could, or when there is nothing */
static enum ka_reason closed_reason(const struct ka_userfile *f)
{
	if (f->errnum == ESTALE || ((f->errnum == EACCES || f->errnum == EPERM) && ka_filesys_is_network(f->fs_type)))
		return KA_REASON_FILE_NFS_DENIED;
	if ((f->errnum == 0 || f->errnum == EACCES) && is_label_closed(f))
		return KA_REASON_FILE_SELINUX_LABEL;
	if (f->errnum == 0)
		return f->own.path[0] != '\0' && !S_ISREG(f->own.mode) ? KA_REASON_FILE_NOT_REGULAR : KA_REASON_NONE;
	switch (f->errnum) {
	case ENOENT:
	case ENOTDIR:
		return KA_REASON_NONE;
	case ENOKEY:
		return KA_REASON_FILE_HOME_MISSING; /* encrypted, and its key is not there (fscrypt) */
	case ENXIO:
	case ENODEV:
		return KA_REASON_FILE_NOT_REGULAR; /* a socket, a device without a driver */
	case EACCES:
		return f->blocked.path[0] != '\0' ? KA_REASON_FILE_DIR_UNSEARCHABLE : KA_REASON_FILE_UNREADABLE;
	default:
		return KA_REASON_FILE_UNREADABLE;
	}
}

/* StrictModes: through a link the target's place is to blame, unless it is on the way of the name itself */
static enum ka_reason perm_reason(const struct ka_userfile *f)
{
	enum ka_reason why = (enum ka_reason)f->perm_reason;

	if (why == KA_REASON_PERM_GROUP_WRITABLE && f->acl_only_mask != 0 && strcmp(f->acl_open.path, f->perm.path) == 0)
		return KA_REASON_PERM_ACL; /* the group bit is the list's mask */
	if (why == KA_REASON_NONE || f->is_link == 0 || is_below(f->path, f->perm.path))
		return why;
	return KA_REASON_PERM_LINK_TARGET;
}

static struct outcome judge_file(const struct ka_userfile *f, const struct ka_keyscan_hit *hit)
{
	enum ka_reason closed = closed_reason(f), perm = perm_reason(f);

	if (closed != KA_REASON_NONE)
		return (struct outcome){ closed, KA_CLASS_BLOCKED, false };
	if (f->is_read == 0)
		return (struct outcome){ KA_REASON_NONE, KA_CLASS_ABSENT, false };
	if (hit == NULL || hit->fit == KA_KEYSCAN_OTHER)
		return (struct outcome){ perm, KA_CLASS_BLOCKED, false };
	if (perm != KA_REASON_NONE)
		return (struct outcome){ perm, KA_CLASS_LOST, false };
	return (struct outcome){ (enum ka_reason)hit->reason, KA_CLASS_LOST, hit->fit == KA_KEYSCAN_LISTED };
}

static void add_file(struct ka_primary *out, const struct ka_userfile *f, struct outcome o, int offer, const struct ka_keyscan_hit *hit)
{
	struct ka_primary_item *item = ka_primary_add(out, o.reason, offer, KA_STEP_FILES, o.class);

	if (item == NULL)
		return;
	item->place = f->entry == UINT32_MAX ? KA_DIAG_FILES_MAX : f->entry;
	item->file = f;
	item->hit = hit;
}

/*
 * The key is listed with a from= and we do not know the client's address. Once sshd has gone on to the command it
 * did not take the key from here, so from= is what is left; before any login it is a warning.
 */
static struct outcome judge_from(const struct ka_facts *facts, size_t i, const struct ka_keyscan_hit *hit, struct outcome o)
{
	enum ka_offer_said said = facts->subject->offers[i].said;

	if (!o.is_listed || hit->what != KA_KEYSCAN_FROM_UNJUDGED || said == KA_OFFER_SERVED)
		return o;
	o.reason = KA_REASON_OPTION_FROM_MISMATCH;
	o.is_listed = said == KA_OFFER_UNKNOWN;
	o.class = o.is_listed ? KA_CLASS_SECONDARY : KA_CLASS_LOST;
	return o;
}

/* one configured file; listed[i] is set for the keys that sshd would take from it */
static void rule_file(const struct ka_facts *facts, const struct ka_userfile *f, struct ka_primary *out, bool *listed)
{
	struct outcome o = judge_file(f, NULL);
	bool lost = false;

	for (size_t i = 0; i < facts->offers_count; i++) {
		const struct ka_keyscan_hit *hit = ka_keyscan_hit(&f->scan, i);
		struct outcome own = judge_file(f, hit);

		if (hit == NULL)
			continue;
		if (facts->offers[i].is_cert && perm_reason(f) == KA_REASON_NONE) {
			listed[i] = ka_rulecert_line(facts, i, f, hit, out) || listed[i];
			continue;
		}
		own = judge_from(facts, i, hit, own);
		listed[i] = listed[i] || own.is_listed;
		if (own.class == KA_CLASS_SECONDARY)
			add_file(out, f, own, (int)i, hit);
		if (own.class != KA_CLASS_LOST)
			continue;
		lost = true;
		add_file(out, f, own, (int)i, hit);
		if (perm_reason(f) != KA_REASON_NONE && hit->reason != KA_REASON_NONE) /* the next one to mend */
			add_file(out, f, (struct outcome){ (enum ka_reason)hit->reason, KA_CLASS_SECONDARY, false }, (int)i, hit);
	}
	if (f->acl_open.path[0] != '\0' && perm_reason(f) != KA_REASON_PERM_ACL)
		add_file(out, f, (struct outcome){ KA_REASON_PERM_ACL, KA_CLASS_SECONDARY, false }, KA_PRIMARY_ALL, NULL);
	if (lost && o.class == KA_CLASS_BLOCKED)
		return;
	add_file(out, f, o, KA_PRIMARY_ALL, NULL);
	for (size_t i = 0; i < f->scan.hits_count && facts->subject->is_general; i++)
		if (f->scan.hits[i].fit == KA_KEYSCAN_OTHER)
			add_file(out, f, (struct outcome){ (enum ka_reason)f->scan.hits[i].reason, KA_CLASS_SECONDARY, false },
				 KA_PRIMARY_ALL, &f->scan.hits[i]);
}

static bool is_configured(const struct ka_facts *facts, const char *path)
{
	for (size_t i = 0; i < facts->files.count; i++)
		if (facts->files.files[i].entry != UINT32_MAX && strcmp(facts->files.files[i].path, path) == 0)
			return true;
	return false;
}

/* a source has it: what becomes of it there is what counts */
static bool is_in_source(const struct ka_facts *facts, size_t i)
{
	return facts->asks_us && (facts->sources.key[i].is_listed || facts->sources.key[i].is_damaged ||
				  facts->subject->offers[i].said == KA_OFFER_REFUSED);
}

/* the key is in a file that sshd does not look at */
static void rule_near(const struct ka_facts *facts, const struct ka_userfile *f, struct ka_primary *out)
{
	char usual[KA_TEXT_PATH_MAX];
	struct ka_buf b;
	enum ka_reason why = KA_REASON_FILE_WRONG_NAME;

	ka_buf_init_array(&b, usual);
	ka_buf_text(&b, facts->home);
	ka_buf_text(&b, "/.ssh/authorized_keys");
	if (!b.overflow && strncmp(f->path, usual, b.len) == 0 && (f->path[b.len] == '\0' || strcmp(f->path + b.len, "2") == 0) &&
	    !is_configured(facts, usual))
		why = KA_REASON_SSHD_KEYS_FILE_ELSEWHERE;
	for (size_t i = 0; i < facts->offers_count; i++) {
		const struct ka_keyscan_hit *hit = ka_keyscan_hit(&f->scan, i);

		if (hit != NULL && hit->fit <= KA_KEYSCAN_WHOLE)
			add_file(out, f, (struct outcome){ why, is_in_source(facts, i) ? KA_CLASS_SECONDARY : KA_CLASS_LOST, false }, (int)i, hit);
	}
}

static void rule_home(const struct ka_facts *facts, struct ka_primary *out)
{
	uint32_t why = facts->files.home.errnum;

	if (!facts->files.has_home || (why != ENOENT && why != ENOTDIR && facts->files.home.is_locked == 0))
		return;
	for (size_t i = 0; i < facts->files.count; i++)
		if (is_below(facts->files.files[i].path, facts->home)) {
			ka_primary_add(out, KA_REASON_FILE_HOME_MISSING, KA_PRIMARY_ALL, KA_STEP_FILES, KA_CLASS_BLOCKED);
			return;
		}
}

static bool is_good(const struct ka_userfile *f)
{
	return f->entry != UINT32_MAX && f->is_read != 0 && f->scan.usable > 0 && closed_reason(f) == KA_REASON_NONE &&
	       perm_reason(f) == KA_REASON_NONE;
}

/* nobody asks for a key, and one of the files has some that sshd takes: what is wrong with another one keeps nobody out */
static void calm_files(const struct ka_facts *facts, struct ka_primary *out)
{
	bool any = false;

	for (size_t i = 0; i < facts->files.count && facts->has_files; i++)
		any = any || is_good(&facts->files.files[i]);
	for (size_t n = 0; n < out->count && any && facts->offers_count == 0; n++)
		if (out->items[n].file != NULL && out->items[n].class == KA_CLASS_BLOCKED)
			out->items[n].class = KA_CLASS_SECONDARY;
}

void ka_rulefile_run(const struct ka_facts *f, struct ka_primary *out, bool *listed)
{
	for (size_t i = 0; i < f->files.count && f->has_files; i++)
		if (f->files.files[i].entry != UINT32_MAX)
			rule_file(f, &f->files.files[i], out, listed);
		else
			rule_near(f, &f->files.files[i], out);
	calm_files(f, out);
	rule_home(f, out);
}
