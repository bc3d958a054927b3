/*
 * Limits that may strike at any step. Every key that sshd refuses is a failure; behind MaxAuthTries of them it hangs up, and
 * the key that is listed may never have been offered.
 */
#include "diag/rulelimit.h"

#include <string.h>

#include "base/text.h"
#include "diag/rulesaid.h"
#include "diag/rulesource.h"
#include "diag/sshdplace.h"

#include "base/poison.h"

enum { GRAIN_MS = 50 }; /* of a process's start */

static uint64_t number_of(const struct ka_facts *f, const char *keyword)
{
	uint64_t n = 0;

	return f->sshd.is_known && ka_text_to_u64(ka_sshdconf_value(&f->sshd, keyword), UINT32_MAX, &n) ? n : 0;
}

static bool has_listed_key(const struct ka_facts *f)
{
	size_t usable = f->asks_us ? f->sources.keys + f->sources.unasked : 0;

	for (size_t i = 0; i < f->files.count && f->has_files; i++)
		if (f->files.files[i].entry != UINT32_MAX)
			usable += f->files.files[i].scan.usable;
	return usable > 0;
}

static bool is_any_listed(const struct ka_facts *f)
{
	for (size_t i = 0; i < f->offers_count; i++) {
		if (f->sources.key[i].is_listed || f->subject->offers[i].said == KA_OFFER_SERVED)
			return true;
		for (size_t n = 0; n < f->files.count && f->has_files; n++)
			if (f->files.files[n].entry != UINT32_MAX && ka_keyscan_hit(&f->files.files[n].scan, i) != NULL)
				return true;
	}
	return false;
}

static void explain_tries(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	struct ka_buf b;

	(void)item;
	(void)fix;
	ka_buf_init_array(&b, e->note);
	if (f->offers_count > 0) {
		ka_buf_u64(&b, f->offers_count);
		ka_buf_text(&b, f->subject->offers_overflowed ? " keys and more were offered" : f->offers_count == 1 ? " key was offered" :
																   " keys were offered");
	}
	if (has_listed_key(f) && !is_any_listed(f)) {
		ka_buf_text(&b, b.len > 0 ? ", " : "");
		ka_buf_text(&b, "a listed one was not among them");
	}
	if (number_of(f, "maxauthtries") > 0)
		ka_sshdplace_evidence(f, "MaxAuthTries", e);
}

static void explain_grace(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	(void)fix;
	if (number_of(f, "logingracetime") > 0)
		ka_sshdplace_evidence(f, "LoginGraceTime", e);
	if (item->said != NULL && e->detail[0] == '\0')
		(void)ka_span_copy(ka_span_of(item->said->message), e->detail, sizeof(e->detail));
}

static void add(struct ka_primary *out, enum ka_reason reason, enum ka_class class, const struct ka_said *said, ka_primary_explain *explain)
{
	struct ka_primary_item *item = ka_primary_add(out, reason, KA_PRIMARY_ALL, KA_STEP_LIMIT, class);

	if (item == NULL)
		return;
	item->said = said;
	item->explain = explain;
}

/* offers that count as failures: all that sshd did not go on with; before a login all in front of the first that it would accept */
static size_t failures(const struct ka_facts *f, const struct ka_primary *p, bool *is_settled_behind)
{
	size_t n = 0;

	*is_settled_behind = false;
	for (size_t i = 0; i < f->offers_count; i++) {
		*is_settled_behind = p->settled[i];
		if (p->settled[i] && f->subject->offers[i].said == KA_OFFER_UNKNOWN)
			return n;
		n += !p->settled[i];
	}
	return n;
}

/*
 * Would fewer keys have helped? Not when a key was found and lost, or a place is closed: with that mended it is let in, whatever
 * the number. And not when nothing is listed at all.
 */
static bool is_better_known(const struct ka_facts *f, const struct ka_primary *p)
{
	if (!has_listed_key(f))
		return true;
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].class == KA_CLASS_LOST || p->items[i].class == KA_CLASS_BLOCKED)
			return true;
	return false;
}

static void rule_tries(const struct ka_facts *f, struct ka_primary *out, bool *would_login)
{
	const struct ka_said *said = ka_rulesaid_cause(f, KA_REASON_CONN_MAX_TRIES);
	uint64_t most = number_of(f, "maxauthtries");
	bool is_settled_behind, is_late;
	size_t failed = failures(f, out, &is_settled_behind);

	if (said != NULL) {
		add(out, KA_REASON_CONN_MAX_TRIES, KA_CLASS_ALONE, said, explain_tries);
		return;
	}
	if (most == 0 || failed < most)
		return;
	is_late = is_settled_behind && !ka_rulesource_has_records(f);
	add(out, KA_REASON_CONN_MAX_TRIES, is_late || !is_better_known(f, out) ? KA_CLASS_ALONE : KA_CLASS_SECONDARY, NULL, explain_tries);
	*would_login = *would_login && !is_late;
}

uint64_t ka_rulelimit_grace_ms(const struct ka_facts *f)
{
	return number_of(f, "logingracetime") * 1000;
}

bool ka_rulelimit_is_late(const struct ka_facts *f)
{
	int64_t most = (int64_t)ka_rulelimit_grace_ms(f), lasted = f->subject->lasted_ms;

	if (ka_rulesaid_cause(f, KA_REASON_CONN_GRACE_TIMEOUT) != NULL)
		return true;
	return most > 0 && lasted >= most - GRAIN_MS && lasted <= most + KA_RULELIMIT_LATE_MS &&
	       ka_rulesaid_find(f, KA_SSHDSAY_CLOSED, NULL) == NULL && ka_rulesaid_find(f, KA_SSHDSAY_ACCEPTED, NULL) == NULL;
}

/* the signature that never came was waited for until the time was over */
static void rule_late(const struct ka_facts *f, struct ka_primary *out)
{
	if (!ka_rulelimit_is_late(f))
		return;
	for (size_t i = 0; i < out->count; i++)
		if (out->items[i].reason == KA_REASON_SIG_MISSING)
			out->items[i].class = KA_CLASS_SECONDARY;
	add(out, KA_REASON_CONN_GRACE_TIMEOUT, KA_CLASS_ALONE, ka_rulesaid_cause(f, KA_REASON_CONN_GRACE_TIMEOUT), explain_grace);
}

void ka_rulelimit_run(const struct ka_facts *f, struct ka_primary *out, bool *would_login)
{
	rule_tries(f, out, would_login);
	rule_late(f, out);
}
