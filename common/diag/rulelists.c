/*
 * Who may log in at all. sshd asks these lists in this order, behind the account and before any key, and the first that
 * says no decides; the others are the next to mend.
 */
#include "diag/rulelists.h"

#include "base/text.h"
#include "base/username.h"
#include "diag/fix.h"
#include "diag/sshdlist.h"
#include "diag/sshdplace.h"

#include "base/poison.h"

#define PLACE_LISTS 10 /* behind the account in the same step */

struct list {
	const char *keyword, *name;
	enum ka_reason reason;
	bool is_of_groups, allows;
};

static const struct list lists[] = {
	{ "denyusers", "DenyUsers", KA_REASON_SSHD_USER_DENIED, false, false },
	{ "allowusers", "AllowUsers", KA_REASON_SSHD_USER_NOT_ALLOWED, false, true },
	{ "denygroups", "DenyGroups", KA_REASON_SSHD_GROUP_DENIED, true, false },
	{ "allowgroups", "AllowGroups", KA_REASON_SSHD_GROUP_NOT_ALLOWED, true, true },
};

static enum ka_sshdlist_answer match_user(const struct ka_facts *f, struct ka_span pattern)
{
	const struct ka_sshdlist_who who = { f->subject->user, f->subject->address, f->sshd.use_dns };

	return ka_sshdlist_user(pattern, &who);
}

/* is one of the user's groups meant? @group: which */
static enum ka_sshdlist_answer match_groups(const struct ka_facts *f, struct ka_span pattern, size_t *group)
{
	for (*group = 0; *group < f->groups.count; (*group)++)
		if (ka_sshdlist_group(pattern, f->groups.name[*group]))
			return KA_SSHDLIST_YES;
	return f->groups.is_known && !f->groups.is_cut ? KA_SSHDLIST_NO : KA_SSHDLIST_UNKNOWN;
}

static enum ka_sshdlist_answer match(const struct ka_facts *f, const struct list *l, struct ka_span pattern)
{
	size_t group;

	return l->is_of_groups ? match_groups(f, pattern, &group) : match_user(f, pattern);
}

/* the first entry that matches. @entries: how many there are; UNKNOWN when none does and one might */
static enum ka_sshdlist_answer find(const struct ka_facts *f, const struct list *l, struct ka_span *entry, size_t *entries)
{
	enum ka_sshdlist_answer answer = f->sshd.is_text_cut ? KA_SSHDLIST_UNKNOWN : KA_SSHDLIST_NO;
	struct ka_span value;
	size_t at = 0;

	*entries = 0;
	while (ka_sshdconf_next(&f->sshd, l->keyword, &at, &value)) {
		enum ka_sshdlist_answer own = match(f, l, value);

		++*entries;
		if (own == KA_SSHDLIST_YES) {
			*entry = value;
			return own;
		}
		answer = own == KA_SSHDLIST_UNKNOWN ? own : answer;
	}
	return answer;
}

static void put_list(const struct ka_facts *f, const struct list *l, struct ka_buf *b)
{
	struct ka_span value;
	size_t at = 0;

	while (ka_sshdconf_next(&f->sshd, l->keyword, &at, &value)) {
		if (b->len + value.len + sizeof(" ...") > b->size) {
			ka_buf_text(b, " ...");
			return;
		}
		ka_buf_char(b, ' ');
		ka_buf_span(b, value);
	}
}

static void put_groups(const struct ka_facts *f, struct ka_buf *b)
{
	ka_buf_text(b, "the user's groups:");
	if (f->groups.count == 0)
		ka_buf_text(b, " none");
	for (size_t i = 0; i < f->groups.count; i++) {
		size_t len = b->len;

		ka_buf_char(b, ' ');
		ka_text_escape(b, ka_span_of(f->groups.name[i]), 0, KA_USERGROUPS_NAME_MAX);
		if (b->overflow || b->len + sizeof(" ...") > b->size) {
			ka_buf_cut(b, len);
			ka_buf_text(b, " ...");
			return;
		}
	}
}

/* an entry names the user, and only the place is another one */
static bool is_named_elsewhere(const struct ka_facts *f)
{
	struct ka_span value;
	size_t at = 0;

	while (ka_sshdconf_next(&f->sshd, "allowusers", &at, &value)) {
		size_t host = ka_span_find(value, '@');

		if (host < value.len && ka_text_glob(ka_span_sub(value, 0, host), ka_span_of(f->subject->user)))
			return true;
	}
	return false;
}

static void put_note(const struct ka_facts *f, const struct list *l, struct ka_buf *b)
{
	if (l->is_of_groups) {
		put_groups(f, b);
	} else if (l->allows && is_named_elsewhere(f)) {
		ka_buf_text(b, "the user may log in from other addresses than ");
		ka_text_escape(b, ka_span_of(f->subject->address), 0, 64);
	} else if (l->allows) {
		ka_buf_text(b, "no entry matches the user");
	}
}

/* sshd sees a new member at once; a group is given only where there is no choice to make */
static void fix_group(const struct ka_facts *f, struct ka_fix *fix)
{
	struct ka_span wanted = ka_sshdlist_wanted(&f->sshd);
	char group[KA_USERGROUPS_NAME_MAX];

	if (!f->groups.wanted_exists || !ka_span_copy(wanted, group, sizeof(group)) || group[0] == '-' ||
	    !ka_username_is_valid(ka_span_of(f->subject->user)))
		return;
	ka_fix_command(fix, NULL, (const char *const[]){ "usermod", "-aG", group, "--", f->subject->user, NULL });
}

static void explain(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	const struct list *l = &lists[item->index];
	struct ka_span entry;
	struct ka_buf b;
	size_t entries;

	ka_buf_init_array(&b, e->note);
	put_note(f, l, &b);
	if (!l->allows && find(f, l, &entry, &entries) == KA_SSHDLIST_YES)
		ka_sshdplace_evidence_of(f, l->keyword, entry, e);
	else if (ka_sshdconf_value(&f->sshd, l->keyword).len > 0)
		ka_sshdplace_evidence(f, l->keyword, e); /* the first line of several */
	ka_buf_init_array(&b, e->detail);
	if (ka_sshdconf_value(&f->sshd, l->keyword).len > 0)
		ka_buf_text(&b, l->name);
	if (l->allows) {
		put_list(f, l, &b);
	} else if (find(f, l, &entry, &entries) == KA_SSHDLIST_YES) {
		ka_buf_char(&b, ' ');
		ka_buf_span(&b, ka_span_sub(entry, 0, sizeof(e->detail) - b.len - 1));
	}
	if (item->reason == KA_REASON_SSHD_GROUP_NOT_ALLOWED)
		fix_group(f, fix);
}

/* somebody in no group at all passes neither list of groups, whatever stands there */
static bool has_no_group(const struct ka_facts *f, const struct list *l)
{
	return l->is_of_groups && l->allows && ka_sshdlist_asks_groups(&f->sshd) && f->groups.is_known && !f->groups.is_cut &&
	       f->groups.count == 0;
}

void ka_rulelists_run(const struct ka_facts *f, struct ka_primary *out)
{
	if (!f->sshd.is_known || f->account != KA_FACTS_ACCOUNT_KNOWN)
		return;
	for (unsigned i = 0; i < KA_ARRAY_LEN(lists); i++) {
		struct ka_primary_item *item;
		struct ka_span entry;
		size_t entries;
		enum ka_sshdlist_answer answer = find(f, &lists[i], &entry, &entries);

		if (!has_no_group(f, &lists[i]) && (entries == 0 || answer != (lists[i].allows ? KA_SSHDLIST_NO : KA_SSHDLIST_YES)))
			continue;
		item = ka_primary_add(out, lists[i].reason, KA_PRIMARY_ALL, KA_STEP_USER, KA_CLASS_ALONE);
		if (item == NULL)
			return;
		item->place = PLACE_LISTS + i;
		item->index = i;
		item->explain = explain;
	}
}
