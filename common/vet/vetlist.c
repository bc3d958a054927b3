/*
 * Words of [policy] and [source NAME] become parts of vet's policy. They must never allow what was not named: a word that
 * is not understood is an error, and a pattern never reaches the options that open a door.
 */
#include "vet/vetlist.h"

#include <string.h>

#include "base/limits.h"
#include "base/near.h"
#include "base/text.h"
#include "conf/conferr.h"

#include "base/poison.h"

/* one list while it is read: of [policy], or of the source that has its own */
struct list {
	const struct ka_conf *c;
	struct ka_vetpolicy *p;
	struct ka_conf_errors *errors;
	const struct ka_conf_source *source;
	struct ka_conf_at at;
	const char *name;
};

static void begin(const struct list *l, struct ka_conferr *e)
{
	ka_conferr_at(e, l->c, l->at);
	if (l->source != NULL) {
		ka_conferr_say(e, "[source ");
		ka_conferr_say(e, l->source->name);
		ka_conferr_say(e, "] ");
	}
	ka_conferr_say(e, l->name);
	ka_conferr_say(e, ": ");
}

static void refuse(const struct list *l, struct ka_span word, const char *what, const char *meant)
{
	struct ka_conferr e;

	begin(l, &e);
	ka_conferr_quoted(&e, word);
	ka_conferr_say(&e, what);
	ka_conferr_meant(&e, meant);
	ka_conferr_end(&e, l->errors);
}

static void unknown_type(const struct list *l, struct ka_span word)
{
	struct ka_near near;

	ka_near_init(&near, word);
	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++)
		if (ka_keytype_at(i)->kind != KA_KEYKIND_DSA)
			ka_near_try(&near, ka_keytype_at(i)->name);
	refuse(l, word, " is not a key type", near.best);
}

static void take_type(const struct list *l, struct ka_span word)
{
	bool is_cert = false;
	const struct ka_keytype *type = ka_keytype_find(word, &is_cert);

	if (type != NULL && is_cert) {
		refuse(l, word, " is a certificate; write the type of the key in it, and certificates = yes", NULL);
	} else if (type != NULL && type->kind == KA_KEYKIND_DSA) {
		refuse(l, word, " is withdrawn and never served", NULL);
	} else if (type == NULL && ka_keytype_is_signature_name(word)) {
		refuse(l, word, " is a signature algorithm, not a key type; for RSA keys write ssh-rsa", NULL);
	} else if (type == NULL) {
		unknown_type(l, word);
	} else {
		for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++)
			if (ka_keytype_at(i) == type)
				l->p->type_allowed[i] = true;
	}
}

/*
 * What runs programs, opens ports, names others, makes a CA of a key, or asks less of a security key is allowed by its
 * own name only.
 */
static bool is_only_by_name(enum ka_keyopt opt, bool is_no)
{
	switch (opt) {
	case KA_KEYOPT_TOUCH_REQUIRED:
	case KA_KEYOPT_VERIFY_REQUIRED:
		return is_no;
	case KA_KEYOPT_CERT_AUTHORITY:
	case KA_KEYOPT_COMMAND:
	case KA_KEYOPT_PRINCIPALS:
	case KA_KEYOPT_ENVIRONMENT:
	case KA_KEYOPT_PERMITOPEN:
	case KA_KEYOPT_PERMITLISTEN:
	case KA_KEYOPT_TUNNEL:
		return true;
	default:
		return false;
	}
}

static struct ka_span lower(struct ka_span s, char out[static KA_VETCONF_OPTION_NAME_MAX])
{
	size_t n = s.len < KA_VETCONF_OPTION_NAME_MAX ? s.len : KA_VETCONF_OPTION_NAME_MAX;

	for (size_t i = 0; i < n; i++)
		out[i] = (char)ka_text_lower(s.p[i]);
	return (struct ka_span){ (const uint8_t *)out, n };
}

static bool matches(struct ka_span pattern, enum ka_keyopt opt, bool is_no)
{
	char a[KA_VETCONF_OPTION_NAME_MAX], b[KA_VETCONF_OPTION_NAME_MAX];

	if ((is_no && !ka_keyopts_has_no(opt)) || is_only_by_name(opt, is_no) || pattern.len > KA_VETCONF_OPTION_NAME_MAX)
		return false;
	return ka_text_glob(lower(pattern, a), lower(ka_span_of(ka_keyopts_name(opt, is_no)), b));
}

static void take_pattern(const struct list *l, struct ka_span word)
{
	bool any = false;

	for (unsigned i = 0; i < KA_KEYOPT_COUNT; i++) {
		bool plain = matches(word, (enum ka_keyopt)i, false), no = matches(word, (enum ka_keyopt)i, true);

		l->p->option_allowed[i] |= plain;
		l->p->no_option_allowed[i] |= no;
		any |= plain || no;
	}
	if (!any)
		refuse(l, word, " matches no option that a pattern may allow", NULL);
}

static bool find_option(const struct list *l, struct ka_span word, enum ka_keyopt *opt, bool *is_no)
{
	struct ka_near near;

	if (ka_keyopts_lookup(word, opt, is_no))
		return true;
	/* never suggest the opposite: "no-" stays "no-" */
	*is_no = ka_span_starts(word, "no-");
	ka_near_init(&near, word);
	for (unsigned i = 0; i < KA_KEYOPT_COUNT; i++)
		if (!*is_no || ka_keyopts_has_no((enum ka_keyopt)i))
			ka_near_try(&near, ka_keyopts_name((enum ka_keyopt)i, *is_no));
	refuse(l, word, " is not a key option", near.best);
	return false;
}

static void take_option(const struct list *l, struct ka_span word)
{
	enum ka_keyopt opt;
	bool is_no = false;

	if (ka_span_find(word, '*') < word.len || ka_span_find(word, '?') < word.len)
		take_pattern(l, word);
	else if (find_option(l, word, &opt, &is_no))
		*(is_no ? &l->p->no_option_allowed[opt] : &l->p->option_allowed[opt]) = true;
}

static void take_required(const struct list *l, struct ka_span word)
{
	enum ka_keyopt opt;
	bool is_no = false;

	if (!find_option(l, word, &opt, &is_no))
		return;
	if (is_no)
		refuse(l, word, " cannot be required; require restrict, or put it into force_options", NULL);
	else
		l->p->option_required[opt] = true;
}

static void take_application(const struct list *l, struct ka_span word)
{
	struct ka_vetpolicy *p = l->p;

	if (word.len >= KA_POLICY_GLOB_MAX) {
		refuse(l, word, " is longer than 63 bytes", NULL);
		return;
	}
	for (size_t i = 0; i < word.len; i++)
		if (word.p[i] < 0x21 || word.p[i] > 0x7e) {
			refuse(l, word, " is not plain ASCII", NULL);
			return;
		}
	if (p->sk_application_count < KA_POLICY_GLOBS_MAX)
		(void)ka_span_copy(word, p->sk_application[p->sk_application_count++], KA_POLICY_GLOB_MAX);
}

static void each_word(struct list *l, struct ka_conf_at at, const char *name, const char *text,
		      void (*take)(const struct list *l, struct ka_span word))
{
	struct ka_span rest = ka_span_of(text), word;

	l->at = at;
	l->name = name;
	while (ka_text_word(&rest, &word))
		take(l, word);
}

static void say_bad_options(const struct list *l, const struct ka_keyopts *o)
{
	struct ka_conferr e;

	begin(l, &e);
	ka_conferr_say(&e, "column ");
	ka_conferr_number(&e, o->column);
	ka_conferr_say(&e, ": ");
	ka_conferr_say(&e, o->detail != NULL ? o->detail : ka_reason_meaning(o->reason));
	ka_conferr_say(&e, " ");
	ka_conferr_quoted(&e, o->culprit);
	ka_conferr_meant(&e, o->reason == KA_REASON_OPTION_UNKNOWN ? ka_keyopts_nearest(o->culprit) : NULL);
	ka_conferr_end(&e, l->errors);
}

/* @o: parsed force_options; left without an item when they are wrong */
static void make_forced(struct list *l, struct ka_conf_at at, const char *list, struct ka_keyopts *o)
{
	struct ka_span text = ka_span_of(list);
	struct ka_buf b;

	l->at = at;
	l->name = "force_options";
	ka_keyopts_parse(text, 1, o);
	if (text.len == 0) {
		o->count = 0;
		return;
	}
	ka_buf_init_array(&b, l->p->force_options);
	if (o->reason != KA_REASON_NONE)
		say_bad_options(l, o);
	else if (ka_keyopts_find(o, KA_KEYOPT_CERT_AUTHORITY) != NULL)
		refuse(l, ka_span_of("cert-authority"), " would make a CA of every key", NULL);
	else
		ka_keyopts_emit(o, &b);
	if (o->truncated || ka_buf_check(&b) != KA_ERR_OK) {
		ka_buf_cut(&b, 0);
		refuse(l, text, " is too long: 255 bytes and 64 options at most", NULL);
	}
	if (b.len == 0)
		o->count = 0;
	for (size_t i = 0; i < o->count; i++)
		l->p->option_forced[o->items[i].opt] |= !o->items[i].is_no;
}

/* a required option that no line may carry and that is not forced would refuse every key */
static void check_required(struct list *l, struct ka_conf_at at)
{
	l->at = at;
	l->name = "require_options";
	for (unsigned i = 0; i < KA_KEYOPT_COUNT; i++)
		if (l->p->option_required[i] && !l->p->option_allowed[i] && !l->p->option_forced[i])
			refuse(l, ka_span_of(ka_keyopts_name((enum ka_keyopt)i, false)),
			       " is required, but neither in options nor in force_options, so no key could pass", NULL);
}

/* the three lists about options, and where they stand */
struct options {
	const char *allowed, *forced, *required;
	struct ka_conf_at allowed_at, forced_at, required_at;
};

static struct options options_of_policy(const struct ka_conf *c)
{
	return (struct options){ c->options, c->force_options, c->require_options, c->at[KA_CONF_KEY_OPTIONS],
				 c->at[KA_CONF_KEY_FORCE_OPTIONS], c->at[KA_CONF_KEY_REQUIRE_OPTIONS] };
}

static struct ka_conf_at at_of(const struct ka_conf_source *source, enum ka_conf_key key)
{
	return source->key_at[key - KA_CONF_KEY_SOURCE_TYPE];
}

static struct options options_of_source(const struct ka_conf_source *s)
{
	return (struct options){ s->options, s->force_options, s->require_options, at_of(s, KA_CONF_KEY_SOURCE_OPTIONS),
				 at_of(s, KA_CONF_KEY_SOURCE_FORCE_OPTIONS), at_of(s, KA_CONF_KEY_SOURCE_REQUIRE_OPTIONS) };
}

/* a frame of its own: the parsed list is large */
__attribute__((noinline)) static void make_options(struct list *l, const struct options *from)
{
	struct ka_keyopts forced;

	each_word(l, from->allowed_at, "options", from->allowed, take_option);
	each_word(l, from->required_at, "require_options", from->required, take_required);
	make_forced(l, from->forced_at, from->forced, &forced);
	check_required(l, from->required_at);
}

bool ka_vetlist_has_own(const struct ka_conf *c, const struct ka_conf_source *s)
{
	if (s->options == NULL) /* not finished: it says nothing */
		return false;
	return s->options != c->options || s->force_options != c->force_options || s->require_options != c->require_options;
}

void ka_vetlist_options(const struct ka_conf *c, const struct ka_conf_source *source, struct ka_vetpolicy *p, struct ka_conf_errors *errors)
{
	struct options from = source != NULL ? options_of_source(source) : options_of_policy(c);
	struct list l = { .c = c, .p = p, .errors = errors, .source = source };

	memset(p->option_allowed, 0, sizeof(p->option_allowed));
	memset(p->no_option_allowed, 0, sizeof(p->no_option_allowed));
	memset(p->option_required, 0, sizeof(p->option_required));
	memset(p->option_forced, 0, sizeof(p->option_forced));
	p->force_options[0] = '\0';
	make_options(&l, &from);
}

void ka_vetlist_types(const struct ka_conf *c, struct ka_vetpolicy *p, struct ka_conf_errors *errors)
{
	struct list l = { .c = c, .p = p, .errors = errors };

	each_word(&l, c->at[KA_CONF_KEY_TYPES], "types", c->types, take_type);
}

void ka_vetlist_applications(const struct ka_conf *c, struct ka_vetpolicy *p, struct ka_conf_errors *errors)
{
	struct list l = { .c = c, .p = p, .errors = errors };

	each_word(&l, c->at[KA_CONF_KEY_SK_APPLICATION], "sk_application", c->sk_application, take_application);
}

void ka_vetlist_say_expired(const struct ka_conf *c, const struct ka_conf_source *source, struct ka_conf_errors *errors)
{
	struct list l = { .c = c, .source = source, .name = "force_options" };
	struct ka_conferr e;

	l.at = source != NULL ? options_of_source(source).forced_at : options_of_policy(c).forced_at;
	begin(&l, &e);
	ka_conferr_say(&e, source != NULL ? "its expiry-time has passed, so every key of this source is refused (option.expired)" :
					    "its expiry-time has passed, so every key is refused (option.expired)");
	ka_conferr_end(&e, errors);
}
