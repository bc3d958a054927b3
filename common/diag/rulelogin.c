/* Behind the signature. sshd asks for further methods first, then whether root may come in, and goes to its new root last. */
#include "diag/rulelogin.h"

#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "diag/authmethods.h"
#include "diag/fix.h"
#include "diag/rulesaid.h"
#include "diag/sshdplace.h"

#include "base/poison.h"

enum { PLACE_MORE_METHODS, PLACE_ROOT };

static bool any_settled(const struct ka_facts *f, const struct ka_primary *p)
{
	for (size_t i = 0; i < f->offers_count; i++)
		if (p->settled[i])
			return true;
	return false;
}

/* does somebody come as far as this? nobody's key is asked for: whoever it is would */
static enum ka_class class_of(const struct ka_facts *f, const struct ka_primary *p)
{
	return f->offers_count == 0 || any_settled(f, p) ? KA_CLASS_ALONE : KA_CLASS_SECONDARY;
}

static void put_detail(struct ka_evidence *e, const char *keyword, struct ka_span value)
{
	struct ka_buf b;

	ka_buf_init_array(&b, e->detail);
	ka_buf_text(&b, keyword);
	ka_buf_char(&b, ' ');
	ka_buf_span(&b, ka_span_sub(value, 0, sizeof(e->detail) - b.len - 1));
}

static void explain_more(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	struct ka_authmethods m;
	struct ka_buf b;

	(void)item;
	(void)fix;
	ka_authmethods_read(&f->sshd, &m);
	ka_buf_init_array(&b, e->note);
	ka_buf_text(&b, "behind the key sshd asks for the rest of ");
	ka_text_escape(&b, m.more, 0, 100);
	ka_sshdplace_evidence(f, "authenticationmethods", e);
	put_detail(e, "AuthenticationMethods", m.lists);
}

/* has the log another word for what came of this key's signature? */
static bool is_said_to_fail(const struct ka_facts *f, size_t i)
{
	return ka_rulesaid_find(f, KA_SSHDSAY_FAILED, f->subject->offers[i].fp) != NULL;
}

/* a key that was accepted, and nothing of what comes behind it: the next method was asked for. Before a login it is a hint */
static void rule_more(const struct ka_facts *f, struct ka_primary *out)
{
	struct ka_primary_item *item = NULL;
	struct ka_authmethods m;

	ka_authmethods_read(&f->sshd, &m);
	if (m.with_key == 0 || m.key_alone > 0)
		return;
	for (size_t i = 0; i < f->offers_count && item == NULL; i++) {
		const struct ka_offer *o = &f->subject->offers[i];

		if (out->settled[i] && o->said == KA_OFFER_SERVED && o->runs >= 2 && f->subject->reached < KA_STEP_LOGIN &&
		    !is_said_to_fail(f, i))
			item = ka_primary_add(out, KA_REASON_SSHD_MORE_METHODS_NEEDED, (int)i, KA_STEP_LOGIN, KA_CLASS_ALONE);
	}
	if (item == NULL) {
		const struct ka_said *said = ka_rulesaid_cause(f, KA_REASON_SSHD_MORE_METHODS_NEEDED);

		item = ka_primary_add(out, KA_REASON_SSHD_MORE_METHODS_NEEDED, KA_PRIMARY_ALL, KA_STEP_LOGIN,
				      said != NULL ? KA_CLASS_ALONE : KA_CLASS_SECONDARY);
	}
	if (item == NULL)
		return;
	item->place = PLACE_MORE_METHODS;
	item->explain = explain_more;
}

/* the line that sshd takes the key from; what a store says has no line, and nobody knows its options here */
static const struct ka_keyscan_hit *line_of(const struct ka_facts *f, size_t i, const char **path)
{
	const struct ka_keysource_key *key = &f->sources.key[i];

	for (size_t n = 0; n < f->files.count && f->has_files; n++) {
		const struct ka_userfile *file = &f->files.files[n];
		const struct ka_keyscan_hit *hit = ka_keyscan_hit(&file->scan, i);

		if (file->entry == UINT32_MAX || file->perm_reason != KA_REASON_NONE || hit == NULL || hit->fit != KA_KEYSCAN_LISTED)
			continue;
		*path = file->path;
		return hit;
	}
	*path = key->path;
	return key->is_listed && key->path[0] != '\0' && key->hit.line > 0 ? &key->hit : NULL;
}

static bool is_command_forced(const struct ka_facts *f)
{
	const char *forced = f->command.conf.force_options;

	return forced != NULL && strstr(forced, "command=") != NULL;
}

static void explain_root(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	const struct ka_keyscan_hit *hit = NULL;
	const char *path = NULL;
	struct ka_buf b;

	(void)fix;
	if (item->reason == KA_REASON_SSHD_ROOT_LOGIN_NO)
		ka_sshdplace_evidence(f, "permitrootlogin", e);
	put_detail(e, "PermitRootLogin", ka_sshdconf_value(&f->sshd, "permitrootlogin"));
	if (item->reason == KA_REASON_SSHD_ROOT_LOGIN_NO)
		return;
	hit = item->offer >= 0 ? line_of(f, (size_t)item->offer, &path) : NULL;
	if (hit == NULL)
		return;
	(void)ka_span_copy(ka_span_of(path), e->path, sizeof(e->path));
	e->line = hit->line;
	e->column = hit->column;
	ka_buf_init_array(&b, e->note);
	ka_buf_text(&b, "the line has no command=");
}

/* sshd would take the key, and then finds no forced command; with a certificate it may be in there */
static void rule_command_only(const struct ka_facts *f, struct ka_primary *out)
{
	for (size_t i = 0; i < f->offers_count; i++) {
		const struct ka_keyscan_hit *hit;
		struct ka_primary_item *item;
		const char *path = NULL;

		hit = out->settled[i] && !f->offers[i].is_cert ? line_of(f, i, &path) : NULL;
		if (hit == NULL || hit->has_command != 0 || (path == f->sources.key[i].path && is_command_forced(f)))
			continue;
		item = ka_primary_add(out, KA_REASON_SSHD_ROOT_COMMAND_ONLY, (int)i, KA_STEP_LOGIN, KA_CLASS_ALONE);
		if (item == NULL)
			return;
		item->place = PLACE_ROOT;
		item->explain = explain_root;
		out->settled[i] = false;
	}
}

static void rule_root(const struct ka_facts *f, struct ka_primary *out)
{
	struct ka_primary_item *item;

	if (f->uid != 0)
		return;
	if (ka_sshdconf_is(&f->sshd, "permitrootlogin", "forced-commands-only"))
		rule_command_only(f, out);
	if (!ka_sshdconf_is(&f->sshd, "permitrootlogin", "no"))
		return;
	item = ka_primary_add(out, KA_REASON_SSHD_ROOT_LOGIN_NO, KA_PRIMARY_ALL, KA_STEP_LOGIN, class_of(f, out));
	if (item == NULL)
		return;
	item->place = PLACE_ROOT;
	item->explain = explain_root;
}

static void explain_chroot(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	const struct ka_chroot *c = &f->chroot;
	size_t len = strlen(c->wrong);
	struct ka_buf b;

	(void)item;
	put_detail(e, "ChrootDirectory", ka_span_of(c->path));
	(void)ka_span_copy(ka_span_of(c->wrong), e->path, sizeof(e->path));
	if (len > 1 && e->path[len - 1] == '/')
		e->path[len - 1] = '\0';
	e->errnum = c->errnum;
	e->has_stat = c->errnum == 0;
	e->mode = c->mode;
	e->uid = c->uid;
	e->gid = c->gid;
	ka_buf_init_array(&b, e->note);
	if (c->errnum != 0) {
		ka_buf_text(&b, "it cannot be gone to, so sshd ends the session");
		ka_fix_advice(fix, "Make the directory that ChrootDirectory names, root's and closed to others for writing");
	} else if (!S_ISDIR(c->mode)) {
		ka_buf_text(&b, "it is no directory, so sshd ends the session");
		ka_fix_advice(fix, "Let ChrootDirectory name a directory, and reload sshd");
	}
}

static void rule_chroot(const struct ka_facts *f, struct ka_primary *out)
{
	struct ka_primary_item *item;

	if (!f->chroot.is_set || f->chroot.wrong[0] == '\0')
		return;
	item = ka_primary_add(out, KA_REASON_SSHD_CHROOT_UNSAFE, KA_PRIMARY_ALL, KA_STEP_SESSION, class_of(f, out));
	if (item != NULL)
		item->explain = explain_chroot;
}

void ka_rulelogin_run(const struct ka_facts *f, struct ka_primary *out, bool *would_login)
{
	bool came_here = any_settled(f, out);

	if (!f->sshd.is_known || f->account != KA_FACTS_ACCOUNT_KNOWN)
		return;
	rule_more(f, out);
	rule_chroot(f, out); /* before a key is found to end at root: what comes behind is said of those that come as far */
	rule_root(f, out);
	if (came_here && !any_settled(f, out))
		*would_login = false;
}

void ka_rulelogin_said(const struct ka_facts *f, struct ka_primary *out)
{
	const struct ka_said *said = ka_rulesaid_cause(f, KA_REASON_SSHD_ROOT_COMMAND_ONLY);
	struct ka_primary_item *item;

	if (f->uid != 0 || !ka_sshdconf_is(&f->sshd, "permitrootlogin", "forced-commands-only"))
		return;
	for (size_t i = 0; i < out->count; i++)
		if (out->items[i].reason == KA_REASON_SSHD_ROOT_COMMAND_ONLY)
			return;
	item = said != NULL ? ka_primary_add(out, KA_REASON_SSHD_ROOT_COMMAND_ONLY, KA_PRIMARY_ALL, KA_STEP_LOGIN, KA_CLASS_ALONE) : NULL;
	if (item == NULL)
		return;
	item->said = said;
	item->place = PLACE_ROOT;
	item->explain = explain_root;
}
