/*
 * Facts, rules, order, evidence, fixes: the diagnosis is put together here and
 * nowhere else, so that doctor, recorder and collector say the same.
 */
#include "diag/diagnosis.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "diag/evidence.h"
#include "diag/facts.h"
#include "diag/mend.h"
#include "diag/rules.h"
#include "diag/ruletried.h"
#include "diag/way.h"

#include "base/poison.h"

#define NAME_BUFFER (64 * 1024)

static void put_id(char *out, size_t size, unsigned id)
{
	struct ka_buf b;

	ka_buf_init(&b, out, size);
	ka_buf_u64(&b, id);
}

/* how many names besides the user's stand in the group */
static void note_members(const struct ka_facts *f, const struct group *gr, struct ka_evidence *e)
{
	size_t others = 0;
	struct ka_buf b;

	for (char *const *m = gr->gr_mem; *m != NULL; m++)
		others += strcmp(*m, f->subject->user) != 0;
	ka_buf_init_array(&b, e->note);
	ka_buf_text(&b, "group ");
	ka_text_escape(&b, ka_span_of(gr->gr_name), 0, 64);
	if (others == 0) {
		ka_buf_text(&b, f->is_debian ? " is not the user's own" : " may write, whoever is in it");
		return;
	}
	ka_buf_text(&b, " has ");
	ka_buf_u64(&b, others);
	ka_buf_text(&b, others == 1 ? " other member" : " other members");
}

static void name_owner(uid_t uid, char *out, size_t size)
{
	KA_AUTOFREE char *buffer = malloc(NAME_BUFFER);
	struct passwd pw, *owner = NULL;

	put_id(out, size, uid);
	if (buffer != NULL && getpwuid_r(uid, &pw, buffer, NAME_BUFFER, &owner) == 0 && owner != NULL &&
	    !ka_span_copy(ka_span_of(owner->pw_name), out, size))
		put_id(out, size, uid);
}

static void name_group(gid_t gid, char *out, size_t size)
{
	KA_AUTOFREE char *buffer = malloc(NAME_BUFFER);
	struct group gr, *group = NULL;

	put_id(out, size, gid);
	if (buffer != NULL && getgrgid_r(gid, &gr, buffer, NAME_BUFFER, &group) == 0 && group != NULL &&
	    !ka_span_copy(ka_span_of(group->gr_name), out, size))
		put_id(out, size, gid);
}

/* names of owner and group, as people know them; numbers where there is no name */
static void name_owners(const struct ka_facts *f, enum ka_reason reason, struct ka_evidence *e)
{
	KA_AUTOFREE char *buffer = malloc(NAME_BUFFER);
	struct group gr, *group = NULL;

	if (!e->has_stat)
		return;
	name_owner(e->uid, e->owner, sizeof(e->owner));
	put_id(e->group, sizeof(e->group), e->gid);
	if (buffer == NULL || getgrgid_r(e->gid, &gr, buffer, NAME_BUFFER, &group) != 0 || group == NULL)
		return;
	if (!ka_span_copy(ka_span_of(group->gr_name), e->group, sizeof(e->group)))
		put_id(e->group, sizeof(e->group), e->gid);
	if (reason == KA_REASON_PERM_GROUP_WRITABLE)
		note_members(f, group, e);
}

/* the same thing said twice (one bad directory, several files or keys) */
static bool is_said(const struct ka_diagnosis *out, const struct ka_finding *finding)
{
	for (size_t i = 0; i < out->count; i++) {
		const struct ka_finding *other = &out->findings[i];

		if (other->reason == finding->reason && strcmp(other->evidence.path, finding->evidence.path) == 0 &&
		    other->evidence.line == finding->evidence.line)
			return true;
	}
	return false;
}

static void add(const struct ka_facts *f, const struct ka_primary_item *item, int offer, bool decided, struct ka_diagnosis *out)
{
	struct ka_finding *to;

	if (out->count == KA_DIAG_FINDINGS_MAX)
		return;
	to = &out->findings[out->count];
	to->reason = item->reason;
	to->offer = offer;
	to->decided = decided;
	memset(&to->evidence, 0, sizeof(to->evidence));
	memset(&to->fix, 0, sizeof(to->fix));
	if (item->explain != NULL)
		item->explain(f, item, &to->evidence, &to->fix);
	else
		ka_evidence_make(f, item, &to->evidence);
	if (is_said(out, to))
		return;
	name_owners(f, item->reason, &to->evidence);
	ka_mend_make(f, item, &to->evidence, &to->fix);
	out->count++;
}

/* did this item decide about a key of its own? what is absent is said once, as the primary reason or not at all */
static bool has_decided(const struct ka_primary *p, const struct ka_primary_item *item, size_t offers)
{
	if (item->class == KA_CLASS_SECONDARY)
		return false;
	for (size_t i = 0; i < offers; i++)
		if (ka_primary_of(p, (int)i) == item)
			return true;
	return offers == 0 && ka_primary_of(p, KA_PRIMARY_ALL) == item;
}

static void put_findings(const struct ka_facts *f, const struct ka_primary *p, struct ka_diagnosis *out)
{
	int offer;
	const struct ka_primary_item *best = ka_primary_choose(p, f->offers_count, &offer);

	if (best != NULL) {
		add(f, best, offer, true, out);
		out->has_primary = out->count == 1;
	}
	for (size_t i = 0; i < p->count; i++)
		if (&p->items[i] != best && p->items[i].class != KA_CLASS_ABSENT)
			add(f, &p->items[i], p->items[i].offer, has_decided(p, &p->items[i], f->offers_count), out);
}

/* a key that sshd would take, and a gate behind it of which we cannot tell what it says */
static void note_gate(const struct ka_facts *f, const struct ka_primary *p, struct ka_unjudged *out)
{
	for (size_t i = 0; i < f->offers_count && f->subject->by_hand; i++) {
		if (!p->settled[i])
			continue;
		if (f->gate.is_unknown[i])
			ka_unjudged_add(out, KA_UNJUDGED_ENFORCE, "");
		if (f->pam.is_closed || (f->pam.is_cut && f->pam.enforce == KA_PAMCONF_ENFORCE_NO))
			ka_unjudged_add(out, KA_UNJUDGED_PAM, f->pam.path);
	}
}

static void put_key_files(const struct ka_facts *f, struct ka_diagnosis *out)
{
	for (size_t i = 0; f->has_files && i < f->files.count && out->key_files_count < KA_ARRAY_LEN(out->key_files); i++)
		if (f->files.files[i].entry != UINT32_MAX)
			memcpy(out->key_files[out->key_files_count++], f->files.files[i].path, KA_TEXT_PATH_MAX);
}

static size_t count_usable(const struct ka_facts *f)
{
	size_t n = f->asks_us ? f->sources.keys : 0;

	for (size_t i = 0; i < f->files.count && f->has_files; i++)
		if (f->files.files[i].entry != UINT32_MAX)
			n += f->files.files[i].scan.usable;
	return n;
}

/* what a person sees besides the findings */
static void put_way(const struct ka_facts *f, const struct ka_primary *p, struct ka_diagnosis *out)
{
	ka_way_make(f, p, &out->way);
	for (size_t i = 0; i < out->way.count; i++) {
		struct ka_way_line *line = &out->way.line[i];

		if (!line->has_stat)
			continue;
		name_owner(line->uid, line->owner, sizeof(line->owner));
		name_group(line->gid, line->group, sizeof(line->group));
	}
	out->rows_count = f->files.rows_count;
	out->rows_left_out = f->files.rows_left_out;
	memcpy(out->rows, f->files.rows, f->files.rows_count * sizeof(out->rows[0]));
}

enum ka_err ka_diagnosis_run(struct ka_diag_subject *subject, struct ka_diagnosis *out)
{
	KA_AUTOFREE struct ka_facts *facts = calloc(1, sizeof(*facts));
	KA_AUTOFREE struct ka_primary *primary = calloc(1, sizeof(*primary));
	enum ka_err err;

	memset(out, 0, sizeof(*out));
	if (facts == NULL || primary == NULL)
		return KA_ERR_NOMEM;
	err = ka_facts_gather(subject, facts);
	if (err != KA_ERR_OK)
		return err;
	ka_rules_run(facts, primary, &out->would_login);
	if (ka_ruletried_is_due(facts, primary)) { /* as far as is known sshd comes to the other program: what does that say? */
		err = ka_cmdtry_look(facts);
		if (err != KA_ERR_OK)
			return err;
		memset(primary, 0, sizeof(*primary));
		ka_rules_run(facts, primary, &out->would_login);
	}
	ka_primary_sort(primary);
	memcpy(out->sshd_version, facts->version, sizeof(out->sshd_version));
	out->strict_modes_debian = facts->is_debian;
	out->sshd_asked = facts->sshd.is_known;
	out->hung = facts->files.hung;
	out->rights = facts->command.rights;
	out->unjudged = facts->unjudged;
	note_gate(facts, primary, &out->unjudged);
	for (size_t i = 0; i < facts->offers_count; i++) {
		const struct ka_primary_item *item = ka_primary_of(primary, (int)i);

		subject->offers[i].verdict = item != NULL ? item->reason : KA_REASON_NONE;
	}
	put_findings(facts, primary, out);
	out->usable_keys = count_usable(facts);
	put_key_files(facts, out);
	if (subject->by_hand)
		put_way(facts, primary, out);
	return KA_ERR_OK;
}
