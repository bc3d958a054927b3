/* Linux-PAM's way through a stack. Pure, and bounded by the number of lines: jumps go forward only. */
#include "diag/pamrun.h"

#include "base/text.h"

#include "base/poison.h"

enum impression { UNDEF, POSITIVE, NEGATIVE };

struct state {
	enum impression impression;
	enum ka_pamrun_code status;
	size_t decided;
};

struct run {
	const struct ka_pamlines *l;
	unsigned phase;
	struct state now, outside[KA_PAMLINE_LEVELS_MAX + 1]; /* as it was when a substack began */
};

static const char *const names[KA_PAMRUN_CODES] = {
	[KA_PAMRUN_SUCCESS] = "success",
	[KA_PAMRUN_IGNORE] = "ignore",
	[KA_PAMRUN_PERM_DENIED] = "perm_denied",
	[KA_PAMRUN_AUTH_ERR] = "auth_err",
	[KA_PAMRUN_ACCT_EXPIRED] = "acct_expired",
	[KA_PAMRUN_AUTHTOK_EXPIRED] = "authtok_expired",
	[KA_PAMRUN_NEW_AUTHTOK_REQD] = "new_authtok_reqd",
	[KA_PAMRUN_SESSION_ERR] = "session_err",
	[KA_PAMRUN_MODULE_UNKNOWN] = "module_unknown",
};

static unsigned level_of(const struct run *r, size_t i)
{
	unsigned level = r->l->lines[i].level;

	return level < KA_PAMLINE_LEVELS_MAX ? level : KA_PAMLINE_LEVELS_MAX;
}

/* the next line of the phase behind @i, or the count */
static size_t next_of(const struct run *r, size_t i)
{
	do
		i++;
	while (i < r->l->count && r->l->lines[i].phase != r->phase);
	return i < r->l->count ? i : r->l->count;
}

/* over @steps modules of the same level, substacks counted as one; the last line passed over, and what was left to jump */
static size_t jump(const struct run *r, size_t i, uint64_t *steps)
{
	unsigned level = level_of(r, i);
	size_t next = next_of(r, i);

	while (*steps > 0 && next < r->l->count && level_of(r, next) >= level) {
		do {
			i = next;
			next = next_of(r, i);
		} while (next < r->l->count && level_of(r, next) > level);
		--*steps;
	}
	return i;
}

/* the last line that belongs to the stack of @i */
static size_t end_of_level(const struct run *r, size_t i)
{
	unsigned level = level_of(r, i);

	for (size_t next = next_of(r, i); next < r->l->count && level_of(r, next) >= level; next = next_of(r, next))
		i = next;
	return i;
}

static void fail(struct run *r, enum ka_pamrun_code code, size_t i)
{
	if (r->now.impression == NEGATIVE)
		return;
	r->now.impression = NEGATIVE;
	r->now.status = code == KA_PAMRUN_IGNORE ? KA_PAMRUN_PERM_DENIED : code;
	r->now.decided = i;
}

static void please(struct run *r, enum ka_pamrun_code code, size_t i)
{
	if (r->now.impression == NEGATIVE || (r->now.impression == POSITIVE && r->now.status != KA_PAMRUN_SUCCESS))
		return;
	r->now.impression = POSITIVE;
	r->now.status = code;
	r->now.decided = i;
}

/* one module has answered; the last line that is dealt with */
static size_t take(struct run *r, size_t i, enum ka_pamrun_code code)
{
	struct ka_span action = ka_pamline_action(ka_span_of(r->l->lines[i].control), names[code]);
	uint64_t steps;

	if (ka_span_is(action, "ignore"))
		return i;
	if (ka_span_is(action, "reset")) {
		r->now = r->outside[level_of(r, i)];
		return i;
	}
	if (ka_span_is(action, "ok") || ka_span_is(action, "done")) {
		please(r, code, i);
		return ka_span_is(action, "done") && r->now.impression == POSITIVE ? end_of_level(r, i) : i;
	}
	if (ka_text_to_u64(action, KA_PAMLINE_MAX, &steps) && steps > 0) {
		size_t to = jump(r, i, &steps);

		if (steps > 0)
			fail(r, KA_PAMRUN_PERM_DENIED, i);
		return to;
	}
	fail(r, code, i);
	return ka_span_is(action, "die") ? end_of_level(r, i) : i;
}

enum ka_pamrun_code ka_pamrun(const struct ka_pamlines *l, unsigned phase, ka_pamrun_answer *answer, const void *ctx, size_t *decided)
{
	static const struct state begin = { UNDEF, KA_PAMRUN_PERM_DENIED, KA_PAMRUN_NO_LINE };
	struct run r = { .l = l, .phase = phase, .now = begin };
	unsigned level = 0;
	size_t i = 0;

	if (l->count > 0 && l->lines[0].phase != phase)
		i = next_of(&r, 0);
	if (decided != NULL)
		*decided = KA_PAMRUN_NO_LINE;
	if (i >= l->count)
		return KA_PAMRUN_SUCCESS;
	for (size_t n = 0; n <= KA_PAMLINE_LEVELS_MAX; n++)
		r.outside[n] = begin;
	for (; i < l->count; i = next_of(&r, i)) {
		if (level_of(&r, i) > level)
			r.outside[level_of(&r, i)] = r.now;
		level = level_of(&r, i);
		if (!l->lines[i].is_substack)
			i = take(&r, i, answer(ctx, &l->lines[i]));
	}
	if (r.now.impression != POSITIVE && r.now.status == KA_PAMRUN_SUCCESS)
		r.now.status = KA_PAMRUN_PERM_DENIED;
	if (decided != NULL && r.now.status != KA_PAMRUN_SUCCESS && r.now.status != KA_PAMRUN_NEW_AUTHTOK_REQD)
		*decided = r.now.decided;
	return r.now.status;
}
