/*
 * The policy is made once more, step by step, as vet/vetconf.c makes it; whoever changed a value last is its origin. What is shown
 * must be what the judges use: a test compares both.
 */
#include "keyaudit/config/policyshow.h"

#include <string.h>

#include "conf/confprofile.h"
#include "conf/confrow.h"
#include "vet/vetlist.h"
#include "vet/vetprofile.h"

#include "base/poison.h"

/* in this order; the lists of a source stand beside them, since no profile changes those */
enum step { STEP_DEFAULT, STEP_BASE, STEP_SET, STEP_SOURCE, STEP_USER, STEP_COMMAND };

struct steps {
	uint8_t types, min, max, action[KA_REASON_COUNT];
};

struct walk {
	const struct ka_conf *c;
	const struct ka_vetconf_who *who;
	void (*take)(void *ctx, const struct ka_confshow *s);
	void *ctx;
	struct ka_vetpolicy policy; /* in the end: the one in force */
	struct steps by;
	struct ka_span rule; /* of user_profiles */
	struct ka_confshow s;
};

bool ka_policyshow_is_one(enum ka_conf_key key)
{
	switch ((int)key) {
	case KA_CONF_KEY_TYPES:
	case KA_CONF_KEY_RSA_MIN_BITS:
	case KA_CONF_KEY_RSA_MAX_BITS:
	case KA_CONF_KEY_OPTIONS:
	case KA_CONF_KEY_FORCE_OPTIONS:
	case KA_CONF_KEY_REQUIRE_OPTIONS:
	case KA_CONF_KEY_SK_APPLICATION:
	case KA_CONF_KEY_SEVERITY:
		return true;
	default:
		return false;
	}
}

/* ---- which step made what ---- */

static void note(struct walk *w, const struct ka_vetpolicy *before, enum step step)
{
	const struct ka_vetpolicy *p = &w->policy;

	if (memcmp(before->type_allowed, p->type_allowed, sizeof(p->type_allowed)) != 0)
		w->by.types = (uint8_t)step;
	if (before->rsa_min_bits != p->rsa_min_bits)
		w->by.min = (uint8_t)step;
	if (before->rsa_max_bits != p->rsa_max_bits)
		w->by.max = (uint8_t)step;
	for (unsigned r = 0; r < KA_REASON_COUNT; r++)
		if (before->action[r] != p->action[r])
			w->by.action[r] = (uint8_t)step;
}

/* policies are large: frames of their own for their copies */
__attribute__((noinline)) static void tighten(struct walk *w, enum ka_conf_profile profile, enum step step)
{
	struct ka_vetpolicy before = w->policy;

	ka_vetprofile_tighten(&w->policy, profile);
	note(w, &before, step);
}

/* what is set stands as it is, also where the profile would have said the same */
static void note_set(struct walk *w)
{
	const struct ka_conf *c = w->c;

	if (c->at[KA_CONF_KEY_TYPES].line != 0)
		w->by.types = STEP_SET;
	if (c->at[KA_CONF_KEY_RSA_MIN_BITS].line != 0)
		w->by.min = STEP_SET;
	if (c->at[KA_CONF_KEY_RSA_MAX_BITS].line != 0)
		w->by.max = STEP_SET;
	for (size_t i = 0; i < c->severities_count; i++)
		w->by.action[c->severities[i].reason] = STEP_SET;
}

__attribute__((noinline)) static void make(struct walk *w)
{
	const struct ka_conf_source *source = w->who->source;
	struct ka_conf_errors errors = { .count = 0 };

	ka_vetpolicy_default(&w->policy);
	tighten(w, w->c->profile, STEP_BASE);
	note_set(w);
	ka_vetconf_make(w->c, &w->policy, &errors);
	if (source != NULL) {
		ka_vetlist_options(w->c, source, &w->policy, &errors);
		tighten(w, source->profile, STEP_SOURCE);
	}
	if (w->who->user != NULL)
		tighten(w, ka_confprofile_of_user(w->c, w->who->user, &w->rule), STEP_USER);
	tighten(w, w->who->profile, STEP_COMMAND);
}

/* ---- showing ---- */

static void put_place(struct walk *w, struct ka_conf_at at, struct ka_buf *b)
{
	w->s.at = at;
	ka_buf_text(b, ka_conf_file(w->c, at));
	if (at.line == 0)
		return;
	ka_buf_char(b, ':');
	ka_buf_u64(b, at.line);
}

static void put_profile(const char *before, enum ka_conf_profile profile, struct ka_buf *b)
{
	ka_buf_text(b, before);
	ka_buf_text(b, "profile ");
	ka_buf_text(b, ka_confprofile_name(profile));
	ka_buf_char(b, ')');
}

/* @set: where the key stands that STEP_SET means */
static void put_origin(struct walk *w, enum step step, struct ka_conf_at set)
{
	const struct ka_conf_source *source = w->who->source;
	struct ka_buf b;

	ka_buf_init_array(&b, w->s.origin);
	w->s.at = (struct ka_conf_at){ 0 };
	switch (step) {
	case STEP_DEFAULT:
		ka_buf_text(&b, "default");
		break;
	case STEP_BASE:
		put_place(w, w->c->at[KA_CONF_KEY_PROFILE], &b);
		put_profile(" (", w->c->profile, &b);
		break;
	case STEP_SET:
		put_place(w, set, &b);
		break;
	case STEP_SOURCE:
		put_place(w, source->key_at[KA_CONF_KEY_SOURCE_PROFILE - KA_CONF_KEY_SOURCE_TYPE], &b);
		ka_buf_text(&b, " (source ");
		ka_buf_text(&b, source->name);
		put_profile(": ", source->profile, &b);
		break;
	case STEP_USER:
		put_place(w, w->c->at[KA_CONF_KEY_USER_PROFILES], &b);
		ka_buf_text(&b, " (user_profiles ");
		ka_buf_span(&b, w->rule);
		ka_buf_char(&b, ')');
		break;
	case STEP_COMMAND:
		ka_buf_text(&b, "-P ");
		ka_buf_text(&b, ka_confprofile_name(w->who->profile));
		break;
	}
}

static void give(struct walk *w, enum ka_conf_key key, const char *behind)
{
	struct ka_buf b;

	w->s.section = ka_confrow_section(KA_CONF_SECTION_POLICY);
	ka_buf_init_array(&b, w->s.key);
	ka_buf_text(&b, ka_confrow_name(ka_confrow_at(key)));
	ka_buf_text(&b, behind);
	w->take(w->ctx, &w->s);
}

static void give_types(struct walk *w)
{
	struct ka_buf b;

	ka_buf_init_array(&b, w->s.value);
	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++) {
		if (!w->policy.type_allowed[i])
			continue;
		ka_buf_text(&b, b.len > 0 ? " " : "");
		ka_buf_text(&b, ka_keytype_at(i)->name);
	}
	put_origin(w, (enum step)w->by.types, w->c->at[KA_CONF_KEY_TYPES]);
	give(w, KA_CONF_KEY_TYPES, "");
}

static void give_number(struct walk *w, enum ka_conf_key key, unsigned value, enum step step)
{
	struct ka_buf b;

	ka_buf_init_array(&b, w->s.value);
	ka_buf_u64(&b, value);
	put_origin(w, step, w->c->at[key]);
	give(w, key, "");
}

static const char *text_of(const void *base, enum ka_conf_key key)
{
	const char *text;

	memcpy(&text, (const char *)base + ka_confrow_at(key)->offset, sizeof(text));
	return text;
}

/* as it is written; of the source that has its own, else of [policy] */
static void give_list(struct walk *w, enum ka_conf_key key, enum ka_conf_key of_source)
{
	const struct ka_conf_source *source = w->who->source;
	const char *of_policy = text_of(w->c, key), *text = of_policy;
	struct ka_conf_at at = w->c->at[key];
	struct ka_buf b;

	if (source != NULL && of_source != key) {
		text = text_of(source, of_source);
		at = source->key_at[of_source - KA_CONF_KEY_SOURCE_TYPE];
	}
	ka_buf_init_array(&b, w->s.value);
	ka_buf_text(&b, text);
	put_origin(w, STEP_SET, at);
	if (text != of_policy) {
		ka_buf_init_array(&b, w->s.origin);
		put_place(w, at, &b);
		ka_buf_text(&b, " (source ");
		ka_buf_text(&b, source->name);
		ka_buf_char(&b, ')');
	}
	give(w, key, "");
}

static struct ka_conf_at severity_at(const struct ka_conf *c, enum ka_reason reason)
{
	for (size_t i = 0; i < c->severities_count; i++)
		if (c->severities[i].reason == reason)
			return c->severities[i].at;
	return (struct ka_conf_at){ 0 };
}

static bool is_any(enum step step)
{
	(void)step;
	return true;
}

static bool is_changed(enum step step)
{
	return step != STEP_DEFAULT;
}

static bool is_of_source(enum step step)
{
	return step == STEP_SOURCE;
}

static bool has_severity(enum ka_reason reason)
{
	enum ka_action was = ka_reason_action(reason);

	return was != KA_ACTION_NONE && was != KA_ACTION_LOCKED && ka_reason_is_live(reason);
}

static void give_severities(struct walk *w, bool (*is_shown)(enum step step))
{
	struct ka_buf b;

	for (unsigned r = 1; r < KA_REASON_COUNT; r++) {
		enum ka_reason reason = (enum ka_reason)r;
		enum step step = (enum step)w->by.action[r];

		if (!has_severity(reason) || !is_shown(step))
			continue;
		ka_buf_init_array(&b, w->s.value);
		ka_buf_text(&b, ka_reason_action_name((enum ka_action)w->policy.action[r]));
		put_origin(w, step, severity_at(w->c, reason));
		give(w, KA_CONF_KEY_SEVERITY, ka_reason_id(reason));
	}
}

static const struct list { enum ka_conf_key of_policy, of_source; } lists[] = {
	{ KA_CONF_KEY_OPTIONS, KA_CONF_KEY_SOURCE_OPTIONS },
	{ KA_CONF_KEY_FORCE_OPTIONS, KA_CONF_KEY_SOURCE_FORCE_OPTIONS },
	{ KA_CONF_KEY_REQUIRE_OPTIONS, KA_CONF_KEY_SOURCE_REQUIRE_OPTIONS },
};

void ka_policyshow_each(const struct ka_conf *c, const struct ka_vetconf_who *who, bool whole,
			void (*take)(void *ctx, const struct ka_confshow *s), void *ctx)
{
	struct walk w = { .c = c, .who = who, .take = take, .ctx = ctx };

	make(&w);
	give_types(&w);
	give_number(&w, KA_CONF_KEY_RSA_MIN_BITS, w.policy.rsa_min_bits, (enum step)w.by.min);
	give_number(&w, KA_CONF_KEY_RSA_MAX_BITS, w.policy.rsa_max_bits, (enum step)w.by.max);
	for (size_t i = 0; i < KA_ARRAY_LEN(lists); i++)
		give_list(&w, lists[i].of_policy, lists[i].of_source);
	give_list(&w, KA_CONF_KEY_SK_APPLICATION, KA_CONF_KEY_SK_APPLICATION);
	give_severities(&w, whole ? is_any : is_changed);
}

void ka_policyshow_source(const struct ka_conf *c, const struct ka_conf_source *source, void (*take)(void *ctx, const struct ka_confshow *s),
			  void *ctx)
{
	const struct ka_vetconf_who who = { .source = source };
	struct walk w = { .c = c, .who = &who, .take = take, .ctx = ctx };

	if (ka_vetconf_is_base(c, &who))
		return;
	make(&w);
	w.s.of = source->name;
	if (w.by.types == STEP_SOURCE)
		give_types(&w);
	if (w.by.min == STEP_SOURCE)
		give_number(&w, KA_CONF_KEY_RSA_MIN_BITS, w.policy.rsa_min_bits, STEP_SOURCE);
	if (w.by.max == STEP_SOURCE)
		give_number(&w, KA_CONF_KEY_RSA_MAX_BITS, w.policy.rsa_max_bits, STEP_SOURCE);
	for (size_t i = 0; i < KA_ARRAY_LEN(lists); i++)
		if (text_of(source, lists[i].of_source) != text_of(c, lists[i].of_policy))
			give_list(&w, lists[i].of_policy, lists[i].of_source);
	give_severities(&w, is_of_source);
}
