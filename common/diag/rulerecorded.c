/* The last refusal as a witness of its own cause. */
#include "diag/rulerecorded.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "diag/daemonjudge.h"
#include "diag/ruleplace.h"

#include "base/poison.h"

/* nobody can see these beforehand, or when they are over: they happen */
static bool happens(enum ka_reason reason)
{
	static const enum ka_reason these[] = {
		KA_REASON_CONN_MAX_TRIES, KA_REASON_CONN_GRACE_TIMEOUT, KA_REASON_CONN_TCP_WRAPPERS,
		KA_REASON_SSHD_ALGORITHM_NOT_ACCEPTED, KA_REASON_SSHD_ALGORITHM_UNKNOWN, KA_REASON_SSHD_RSA_TOO_SHORT,
		KA_REASON_SSHD_ROOT_COMMAND_ONLY, KA_REASON_SSHD_KEY_REUSED, KA_REASON_SSHD_RSA_SHA1,
		KA_REASON_SSHD_MORE_METHODS_NEEDED, KA_REASON_SSHD_KEY_MALFORMED,
		KA_REASON_CMD_FAILED, KA_REASON_CMD_KILLED, KA_REASON_CMD_TIMEOUT, KA_REASON_CMD_ARGUMENT_TOO_LONG,
		KA_REASON_SIG_INVALID, KA_REASON_SIG_MISSING, KA_REASON_SIG_NO_TOUCH, KA_REASON_SIG_NO_VERIFY,
		KA_REASON_PAM_ACCOUNT_DENIED, KA_REASON_PAM_SESSION_FAILED, KA_REASON_CLIENT_KEY_NOT_OFFERED,
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(these); i++)
		if (these[i] == reason)
			return true;
	return false;
}

/* what was said then, behind the file that it began with: that has a line of its own */
static struct ka_span words_of(const struct ka_recorded *r)
{
	struct ka_span why = ka_span_of(r->why != NULL ? r->why : "");
	size_t n = r->path != NULL ? strlen(r->path) : 0, end = n;

	if (n == 0 || !ka_span_starts(why, r->path))
		return why;
	while (end < why.len && why.p[end] != ';')
		end++;
	if (end > n && !ka_span_starts(ka_span_sub(why, n, why.len), " line "))
		return why; /* another file, whose name begins so */
	return end + 2 <= why.len ? ka_span_sub(why, end + 2, why.len) : ka_span_sub(why, why.len, why.len);
}

static void explain(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	const struct ka_recorded *r = f->subject->recorded;
	struct ka_buf b;

	(void)fix;
	if (r->why == NULL || strcmp(r->why, ka_reason_meaning(r->reason)) == 0 || /* that is said already */
	    !ka_span_copy(words_of(r), e->detail, sizeof(e->detail)))
		e->detail[0] = '\0';
	if (item->reason == r->reason && r->path != NULL && ka_span_copy(ka_span_of(r->path), e->path, sizeof(e->path)))
		e->line = r->line;
	ka_buf_init_array(&b, e->note);
	ka_buf_text(&b, "as it was when it was last tried");
	if (r->at != NULL && r->at[0] != '\0') {
		ka_buf_text(&b, ", ");
		ka_text_escape(&b, ka_span_of(r->at), 0, KA_TEXT_USER_MAX);
	}
	ka_buf_text(&b, "; nobody has logged in since");
}

static bool is_cert(enum ka_reason reason)
{
	return strncmp(ka_reason_id(reason), "cert.", 5) == 0;
}

/* the line with the authority's key, where it stood: it still stands there as an ordinary one */
static const struct ka_keyscan_hit *find_authority(const struct ka_facts *f, size_t i, const struct ka_userfile **file)
{
	const char *path = f->subject->recorded->path;

	for (size_t n = 0; n < f->files.count && path != NULL; n++) {
		const struct ka_userfile *at = &f->files.files[n];
		const struct ka_keyscan_hit *hit = ka_keyscan_hit(&at->scan, i);

		*file = at;
		if (hit != NULL && hit->reason == KA_REASON_CERT_CA_NOT_MARKED && at->entry != UINT32_MAX && strcmp(at->path, path) == 0)
			return hit;
	}
	return NULL;
}

/* the only line that has this fault and that nobody else claims */
static const struct ka_keyscan_hit *find_line(const struct ka_facts *f, enum ka_reason reason, const struct ka_userfile **file)
{
	const struct ka_keyscan_hit *found = NULL;

	for (size_t i = 0; i < f->files.count; i++) {
		const struct ka_userfile *at = &f->files.files[i];

		for (size_t k = 0; k < at->scan.hits_count && at->entry != UINT32_MAX; k++) {
			if (at->scan.hits[k].fit != KA_KEYSCAN_OTHER || at->scan.hits[k].reason != (uint32_t)reason)
				continue;
			if (found != NULL)
				return NULL; /* nobody knows which */
			found = &at->scan.hits[k];
			*file = at;
		}
	}
	return found;
}

/* a key of which only the fingerprint is left */
static void offer(const struct ka_facts *f, size_t i, struct ka_primary *out)
{
	enum ka_reason reason = f->subject->recorded->offers[i];
	const struct ka_primary_item *known = ka_primary_of(out, (int)i);
	const struct ka_userfile *file = NULL;
	const struct ka_keyscan_hit *hit;
	struct ka_primary_item *item;

	if (ka_offer_key(&f->subject->offers[i])[0] != '\0' || reason == KA_REASON_NONE ||
	    (known != NULL && (known->class == KA_CLASS_ALONE || known->class == KA_CLASS_LOST)))
		return;
	hit = reason == KA_REASON_CERT_CA_NOT_MARKED ? find_authority(f, i, &file) : find_line(f, reason, &file);
	if (hit == NULL && !is_cert(reason))
		return;
	item = ka_primary_add(out, reason, (int)i, hit != NULL ? KA_STEP_FILES : ka_reason_step(reason), KA_CLASS_LOST);
	if (item == NULL)
		return;
	item->hit = hit;
	item->file = file;
	if (hit == NULL)
		item->explain = explain;
	else
		item->place = file->entry;
}

/* the sshd that refused is the one that runs, and its files say something else since: what it read is to blame, not what they say */
static bool is_of_stale(const struct ka_facts *f, const struct ka_recorded *r)
{
	const struct ka_daemonjudge j = ka_ruleplace_judge(f);
	char loaded[KA_CLOCK_TEXT_MAX];
	size_t file;

	if (!ka_ruleplace_is_setting(r->reason) || ka_daemonjudge_age(&j, &file) != KA_DAEMONJUDGE_STALE || r->at == NULL)
		return false;
	ka_clock_text(f->daemon.loaded_us, loaded);
	return strncmp(r->at, loaded, sizeof("2026-01-01T00:00:00") - 1) >= 0; /* to the second */
}

void ka_rulerecorded_run(const struct ka_facts *f, struct ka_primary *out)
{
	const struct ka_recorded *r = f->subject->recorded;
	const struct ka_primary_item *best;
	struct ka_primary_item *item;
	int about;

	if (r == NULL)
		return;
	for (size_t i = 0; i < f->offers_count; i++)
		offer(f, i, out);
	best = ka_primary_choose(out, f->offers_count, &about);
	if ((!happens(r->reason) && !is_of_stale(f, r)) || (best != NULL && best->class != KA_CLASS_ABSENT))
		return;
	item = ka_primary_add(out, r->reason, KA_PRIMARY_ALL, ka_reason_step(r->reason), KA_CLASS_ALONE);
	if (item != NULL)
		item->explain = explain;
}
