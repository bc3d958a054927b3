/*
 * The rules, one function each, run over facts only. The order of sshd: the
 * user's files one by one, then the command with our sources, then the signature.
 */
#include "diag/rules.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/username.h"
#include "diag/filesys.h"
#include "diag/ruleaccount.h"
#include "diag/rulecert.h"
#include "diag/rulecmd.h"
#include "diag/rulegate.h"
#include "diag/rulelimit.h"
#include "diag/rulelists.h"
#include "diag/rulelogin.h"
#include "diag/rulemethod.h"
#include "diag/rulepam.h"
#include "diag/rulerevoked.h"
#include "diag/rulelistener.h"
#include "diag/ruleplace.h"
#include "diag/rulerecorded.h"
#include "diag/rulesaid.h"
#include "diag/rulesig.h"

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

/* a key file that could not be opened or is none; KA_REASON_NONE when it could, or when there is nothing */
static enum ka_reason closed_reason(const struct ka_userfile *f)
{
	if (f->errnum == ESTALE || ((f->errnum == EACCES || f->errnum == EPERM) && ka_filesys_is_network(f->fs_type)))
		return KA_REASON_FILE_NFS_DENIED;
	if ((f->errnum == 0 || f->errnum == EACCES) && ka_filesys_label_is_closed(f->label))
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

/* is there a record of any key? then what the configuration says now is for the tools only */
static bool has_records(const struct ka_facts *facts)
{
	for (size_t i = 0; i < facts->offers_count; i++)
		if (facts->subject->offers[i].said != KA_OFFER_UNKNOWN)
			return true;
	return false;
}

/* nobody asks for a key, and a certificate needs none here */
static bool trusts_authorities(const struct ka_facts *facts)
{
	return facts->offers_count == 0 && facts->trusted.keys > 0 && facts->trusted.errnum == 0;
}

/* the key is nowhere: why not? */
static void rule_absent(const struct ka_facts *facts, struct ka_primary *out)
{
	const struct ka_userfile *first = NULL, *unusable = NULL;
	bool sources = facts->asks_us && (facts->sources.keys > 0 || facts->sources.unasked > 0), exists = false;
	uint32_t usable = 0;
	struct ka_primary_item *item;
	enum ka_reason why = KA_REASON_KEY_NOT_LISTED;
	enum ka_step step = KA_STEP_COMMAND;

	for (size_t i = 0; i < facts->files.count && facts->has_files; i++) {
		const struct ka_userfile *f = &facts->files.files[i];

		if (f->entry == UINT32_MAX)
			continue;
		first = first == NULL ? f : first;
		exists = exists || (f->errnum != ENOENT && f->errnum != ENOTDIR);
		usable += f->scan.usable;
		unusable = unusable == NULL && f->is_read != 0 ? f : unusable;
	}
	if (!sources && first != NULL && !exists)
		why = KA_REASON_FILE_MISSING;
	else if (!sources && unusable != NULL && usable == 0)
		why = KA_REASON_FILE_NO_USABLE_LINE;
	else if (!sources && first == NULL && facts->has_files && facts->sources.is_asked && facts->asks_us)
		why = KA_REASON_STORE_NO_KEYS;
	if (facts->unjudged.is[KA_UNJUDGED_PATTERN]) { /* it may stand in a file that was not looked at; sshd has looked */
		why = KA_REASON_KEY_NOT_LISTED;
		if (!has_records(facts))
			return;
	}
	if (why == KA_REASON_FILE_MISSING || why == KA_REASON_FILE_NO_USABLE_LINE)
		step = KA_STEP_FILES;
	if (why == KA_REASON_KEY_NOT_LISTED && facts->offers_count == 0)
		return; /* no key was asked for */
	item = ka_primary_add(out, why, KA_PRIMARY_ALL, step, trusts_authorities(facts) ? KA_CLASS_SECONDARY : KA_CLASS_ABSENT);
	if (item != NULL && why != KA_REASON_STORE_NO_KEYS)
		item->file = why == KA_REASON_FILE_MISSING ? first : unusable;
}

static void add_key(struct ka_primary *out, enum ka_reason reason, size_t i, enum ka_class class, const struct ka_keysource_key *key)
{
	struct ka_primary_item *item = ka_primary_add(out, reason, (int)i, KA_STEP_COMMAND, class);

	if (item != NULL) {
		item->key = key;
		item->hit = key != NULL && (key->is_listed || key->is_damaged) ? &key->hit : NULL;
	}
}

/* the line that we serve has options that sshd judges after us: from=, principals= */
static bool rule_source_options(size_t i, const struct ka_keysource_key *key, struct ka_primary *out)
{
	if (!key->is_listed || key->vet.verdict == KA_VERDICT_REJECT)
		return false;
	if (key->hit.what == KA_KEYSCAN_FROM_UNJUDGED)
		add_key(out, KA_REASON_OPTION_FROM_MISMATCH, i, KA_CLASS_SECONDARY, key);
	add_key(out, (enum ka_reason)key->hit.reason, i, KA_CLASS_LOST, key);
	return key->hit.reason != KA_REASON_NONE;
}

/* what stands in our sources now; with a record only what the command could not find there: other spellings and remains */
static void rule_source_line(const struct ka_facts *facts, size_t i, struct ka_primary *out, bool *served)
{
	const struct ka_keysource_key *key = &facts->sources.key[i];
	bool has_record = facts->subject->offers[i].said != KA_OFFER_UNKNOWN, lost;

	if (!facts->asks_us || facts->command.load.reason != KA_REASON_NONE)
		return;
	if (key->is_damaged && (key->hit.fit <= KA_KEYSCAN_REMAINS || !key->is_elsewhere))
		add_key(out, (enum ka_reason)key->hit.reason, i, KA_CLASS_LOST, key);
	if (!key->is_listed || (has_record && key->vet.verdict != KA_VERDICT_REJECT))
		return;
	lost = key->vet.verdict == KA_VERDICT_REJECT || facts->offers[i].is_cert; /* a line never matches a certificate */
	for (size_t r = 0; r < key->vet.count && r < KA_VERDICT_REASONS_MAX; r++)
		add_key(out, key->vet.reasons[r], i, lost && r == 0 ? KA_CLASS_LOST : KA_CLASS_SECONDARY, key);
	if (!lost)
		*served = !rule_source_options(i, key, out);
}

/* conf.* and store.* are about the configuration or a whole source, wherever the key stands */
static bool is_about_line(enum ka_reason reason)
{
	return ka_reason_class(reason) != KA_CLASS_BLOCKED;
}

/* what our own records or sources say about one key */
static void rule_command(const struct ka_facts *facts, size_t i, struct ka_primary *out, bool *served)
{
	const struct ka_offer *offer = &facts->subject->offers[i];
	const struct ka_keysource_key *key = &facts->sources.key[i];
	bool is_served = offer->said == KA_OFFER_SERVED, is_refused = offer->said == KA_OFFER_REFUSED;

	if (is_served && facts->offers[i].is_cert) {
		is_served = false; /* no policy serves one, and sshd could not match the line */
		is_refused = true;
	}
	if (is_served && offer->runs < 2 && rule_source_options(i, key, out))
		return;
	if (is_served) {
		out->settled[i] = true; /* by us; without a second run it ends as sig.missing */
		if (offer->runs < 2)
			ka_primary_add(out, KA_REASON_SIG_MISSING, (int)i, KA_STEP_SIGNATURE, KA_CLASS_ALONE);
		return;
	}
	/* the command looks at one line, the content pass at the file: it knows better what a damaged line was */
	if (!is_refused || key->is_damaged)
		rule_source_line(facts, i, out, served);
	for (size_t r = 0; r < offer->reasons_count && r < KA_VERDICT_REASONS_MAX; r++) {
		enum ka_class class = ka_reason_class(offer->reasons[r]);

		if (class == KA_CLASS_ABSENT || class == KA_CLASS_ALONE)
			continue; /* store.no-keys: said by rule_absent() with more knowledge */
		if (class == KA_CLASS_LOST && !is_refused)
			class = KA_CLASS_SECONDARY;
		if (!key->is_damaged || offer->reasons[r] != (enum ka_reason)key->hit.reason)
			add_key(out, offer->reasons[r], i, r == 0 ? class : KA_CLASS_SECONDARY,
				is_about_line(offer->reasons[r]) && (key->is_listed || key->is_damaged) ? key : NULL);
	}
	if (key->is_elsewhere)
		add_key(out, KA_REASON_KEY_OTHER_USER, i, KA_CLASS_LOST, key);
}

/* our own configuration and sources, as they are now */
static void rule_sources(const struct ka_facts *facts, struct ka_primary *out)
{
	enum ka_class class = has_records(facts) ? KA_CLASS_SECONDARY : KA_CLASS_BLOCKED;

	if (!facts->asks_us)
		return;
	ka_primary_add(out, facts->command.load.reason, KA_PRIMARY_ALL, KA_STEP_COMMAND, class);
	if (facts->subject->user[0] != '\0' && !ka_username_is_valid(ka_span_of(facts->subject->user)))
		ka_primary_add(out, KA_REASON_POLICY_USER_NAME, KA_PRIMARY_ALL, KA_STEP_COMMAND, class);
	ka_primary_add(out, facts->sources.trouble, KA_PRIMARY_ALL, KA_STEP_COMMAND,
		       facts->sources.is_harmless ? KA_CLASS_SECONDARY : class);
}

/* keys that came further than the files: what is wrong with files is no cause for them */
static void calm(struct ka_primary *out, size_t i)
{
	for (size_t n = 0; n < out->count; n++)
		if (out->items[n].offer == (int)i && out->items[n].class != KA_CLASS_ALONE)
			out->items[n].class = KA_CLASS_SECONDARY;
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

/* what sshd asks before it looks for a key; without a record it is the end of this one */
static bool is_stopped(const struct ka_facts *f, const struct ka_primary *p, size_t i)
{
	for (size_t n = 0; n < p->count && f->subject->offers[i].said == KA_OFFER_UNKNOWN; n++)
		if (p->items[n].offer == (int)i && p->items[n].class != KA_CLASS_SECONDARY && p->items[n].step < KA_STEP_FILES)
			return true;
	return false;
}

/* the key files and our sources, in sshd's order */
static void rule_places(const struct ka_facts *f, struct ka_primary *out, bool *would_login)
{
	bool listed[KA_DIAG_OFFERS_MAX] = { false };

	for (size_t i = 0; i < f->files.count && f->has_files; i++)
		if (f->files.files[i].entry != UINT32_MAX)
			rule_file(f, &f->files.files[i], out, listed);
		else
			rule_near(f, &f->files.files[i], out);
	calm_files(f, out);
	rule_home(f, out);
	ka_rulecert_run(f, out, listed);
	for (size_t i = 0; i < f->offers_count; i++) {
		bool served = false;

		rule_command(f, i, out, &served);
		if (is_stopped(f, out, i))
			listed[i] = served = false;
		if (f->subject->offers[i].said == KA_OFFER_UNKNOWN && ka_rulecmd_reason(f) != KA_REASON_NONE)
			served = false; /* it would be, by a command that sshd cannot run */
		*would_login = *would_login || listed[i] || served;
		out->settled[i] = out->settled[i] || listed[i] || served;
		if (out->settled[i])
			calm(out, i);
	}
	ka_rulelogin_run(f, out, would_login);
	ka_rulegate_run(f, out, would_login);
	rule_sources(f, out);
	rule_absent(f, out);
}

/*
 * What sshd is known to have passed did not refuse, whatever its configuration says now. A record of a key proves the steps
 * before the files, for that key and for what concerns every key.
 */
static void pass_over(const struct ka_facts *f, struct ka_primary *out)
{
	enum ka_step all = f->subject->reached > KA_STEP_FILES || !has_records(f) ? f->subject->reached : KA_STEP_FILES;
	size_t kept = 0;

	for (size_t i = 0; i < out->count; i++) {
		struct ka_primary_item *item = &out->items[i];
		bool has_record = item->offer == KA_PRIMARY_ALL || f->subject->offers[item->offer].said != KA_OFFER_UNKNOWN;
		enum ka_step passed = has_record ? all : f->subject->reached;
		bool is_over = item->step < passed && (item->said == NULL || f->subject->reached > item->step);

		if (is_over && item->class == KA_CLASS_ABSENT)
			continue;
		if (is_over)
			item->class = KA_CLASS_SECONDARY;
		out->items[kept++] = *item;
	}
	out->count = kept;
}

static bool decides_alone(const struct ka_primary *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].class == KA_CLASS_ALONE && p->items[i].offer == KA_PRIMARY_ALL)
			return true;
	return false;
}

void ka_rules_run(const struct ka_facts *f, struct ka_primary *out, bool *would_login)
{
	int offer;

	*would_login = false;
	if (f->account == KA_FACTS_ACCOUNT_UNKNOWN) {
		ka_ruleaccount_unknown(out);
		return;
	}
	ka_rulelistener_run(f, out);
	ka_ruleaccount_user(f, out);
	ka_rulelists_run(f, out);
	ka_rulemethod_run(f, out);
	ka_rulerevoked_run(f, out);
	if (f->offers_count > 0 || f->subject->is_general)
		rule_places(f, out, would_login);
	ka_rulelogin_said(f, out);
	ka_rulecmd_run(f, out);
	ka_rulesig_run(f, out);
	ka_ruleaccount_login(f, out);
	ka_rulepam_run(f, out);
	ka_rulelimit_run(f, out, would_login);
	ka_rulesaid_run(f, out); /* behind all others: it adds what they do not name */
	ka_ruleplace_run(f, out);
	ka_rulerecorded_run(f, out);
	pass_over(f, out);
	*would_login = *would_login && !decides_alone(out);
	if (f->offers_count == 0 && !f->subject->is_general && !f->subject->is_unanswered && ka_primary_choose(out, 0, &offer) == NULL)
		ka_primary_add(out, KA_REASON_CLIENT_KEY_NOT_OFFERED, KA_PRIMARY_ALL, KA_STEP_CLIENT, KA_CLASS_ALONE);
}
