/* Before sshd looks for a key at all: the method, and whether it takes keys of this kind. */
#include "diag/rulemethod.h"

#include "base/text.h"
#include "diag/authmethods.h"
#include "diag/keyscan.h"
#include "diag/rulesaid.h"
#include "diag/sshdlist.h"
#include "diag/sshdplace.h"
#include "key/keytype.h"

#include "base/poison.h"

enum { PLACE_IMPOSSIBLE, PLACE_OFF, PLACE_EXCLUDED, PLACE_ALGORITHM, PLACE_LENGTH };

#define ALGORITHMS_PER_TYPE 3 /* that one type of key can sign with */

static struct ka_primary_item *add(struct ka_primary *out, enum ka_reason reason, int offer, unsigned place, ka_primary_explain *explain)
{
	struct ka_primary_item *item = ka_primary_add(out, reason, offer, KA_STEP_METHOD, KA_CLASS_ALONE);

	if (item != NULL) {
		item->place = place;
		item->explain = explain;
	}
	return item;
}

/* a long list shows its beginning */
static void put_cut(struct ka_buf *b, struct ka_span list)
{
	size_t room = b->size - b->len;

	if (list.len + 1 <= room) {
		ka_buf_span(b, list);
		return;
	}
	ka_buf_span(b, ka_span_sub(list, 0, room - sizeof(" ...")));
	ka_buf_text(b, " ...");
}

/* the lists of AuthenticationMethods, and what is off of them */
static void explain_methods(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	struct ka_authmethods m;
	struct ka_buf b;

	(void)fix;
	ka_authmethods_read(&f->sshd, &m);
	if (m.off.len > 0 && item->reason == KA_REASON_SSHD_METHODS_IMPOSSIBLE) {
		ka_buf_init_array(&b, e->note);
		ka_text_escape(&b, m.off, 0, 64);
		ka_buf_text(&b, " is switched off");
	}
	ka_sshdplace_evidence(f, "authenticationmethods", e);
	ka_buf_init_array(&b, e->detail);
	ka_buf_text(&b, "AuthenticationMethods ");
	put_cut(&b, m.lists);
}

static void explain_off(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	struct ka_buf b;

	(void)item;
	(void)fix;
	ka_sshdplace_evidence(f, "pubkeyauthentication", e);
	ka_buf_init_array(&b, e->detail);
	ka_buf_text(&b, "PubkeyAuthentication no");
}

/* what sshd demands of keys, and where that is set; the note stands already */
static void put_demand(const struct ka_facts *f, const char *keyword, const char *name, struct ka_span value, struct ka_evidence *e)
{
	struct ka_buf b;

	ka_sshdplace_evidence(f, keyword, e);
	ka_buf_init_array(&b, e->detail);
	ka_buf_text(&b, name);
	ka_buf_char(&b, ' ');
	put_cut(&b, value);
}

static struct ka_span accepted(const struct ka_facts *f)
{
	struct ka_span list = ka_sshdconf_value(&f->sshd, "pubkeyacceptedalgorithms");

	return list.len > 0 ? list : ka_sshdconf_value(&f->sshd, "pubkeyacceptedkeytypes"); /* 8.4 and older */
}

/* what a key of this type signs with; empty when nobody knows the type */
static size_t algorithms_of(const struct ka_keyscan_offer *o, const char *out[ALGORITHMS_PER_TYPE])
{
	static const char *const rsa[2][2] = {
		{ "rsa-sha2-512", "rsa-sha2-256" },
		{ "rsa-sha2-512-cert-v01@openssh.com", "rsa-sha2-256-cert-v01@openssh.com" },
	};
	const struct ka_keytype *type = ka_keytype_find(ka_span_of(o->type), NULL);
	size_t n = 0;

	if (type == NULL)
		return 0;
	for (size_t i = 0; i < 2 && type->kind == KA_KEYKIND_RSA; i++)
		out[n++] = rsa[o->is_cert][i];
	if (type->is_sk && type->kind == KA_KEYKIND_ECDSA && !o->is_cert)
		out[n++] = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com";
	out[n++] = o->is_cert ? type->cert_name : type->name;
	return n;
}

static bool is_accepted(const struct ka_facts *f, size_t i)
{
	const char *names[ALGORITHMS_PER_TYPE];
	size_t n = algorithms_of(&f->offers[i], names);

	if (n == 0)
		return ka_sshdlist_has(accepted(f), f->offers[i].type);
	for (size_t a = 0; a < n; a++)
		if (ka_sshdlist_has(accepted(f), names[a]))
			return true;
	return false;
}

/* types come and go with releases; only what is known for sure. 9.8 and 9.9 may be built with ssh-dss */
static bool is_unknown_here(const struct ka_facts *f, size_t i)
{
	const struct ka_keytype *type = ka_keytype_find(ka_span_of(f->offers[i].type), NULL);
	unsigned release = ka_sshdconf_release(f->version);

	if (type == NULL)
		return true;
	return (type->kind == KA_KEYKIND_DSA && release >= 1000) || (type->is_sk && release > 0 && release < 802);
}

static void explain_algorithm(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	const char *names[ALGORITHMS_PER_TYPE];
	struct ka_buf b;
	size_t n = item->offer >= 0 ? algorithms_of(&f->offers[item->offer], names) : 0;
	struct ka_sshdsay words;

	(void)fix;
	ka_buf_init_array(&b, e->note);
	if (item->offer < 0) {
		ka_said_words(item->said, &words);
		ka_buf_text(&b, "sshd's log: the client offered ");
		ka_text_escape(&b, words.algorithm, 0, 96);
	} else {
		ka_buf_text(&b, "the key signs with ");
		for (size_t a = 0; a < n; a++) {
			ka_buf_text(&b, a > 0 ? ", " : "");
			ka_buf_text(&b, names[a]);
		}
		if (n == 0)
			ka_text_escape(&b, ka_span_of(f->offers[item->offer].type), 0, 96);
	}
	put_demand(f, "pubkeyacceptedalgorithms", "PubkeyAcceptedAlgorithms", accepted(f), e);
}

static uint64_t required_bits(const struct ka_facts *f)
{
	uint64_t bits = 0;

	return ka_text_to_u64(ka_sshdconf_value(&f->sshd, "requiredrsasize"), 65536, &bits) ? bits : 0;
}

static void explain_length(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	struct ka_buf b;

	(void)fix;
	ka_buf_init_array(&b, e->note);
	if (item->offer < 0) {
		ka_buf_text(&b, "sshd's log does not say which key it was");
	} else {
		ka_buf_text(&b, "the key has ");
		ka_buf_u64(&b, ka_keyscan_bits(&f->subject->offers[item->offer]));
		ka_buf_text(&b, " bits");
	}
	put_demand(f, "requiredrsasize", "RequiredRSASize", ka_sshdconf_value(&f->sshd, "requiredrsasize"), e);
}

static void rule_methods(const struct ka_facts *f, struct ka_primary *out)
{
	struct ka_authmethods m;

	ka_authmethods_read(&f->sshd, &m);
	if (m.is_set && m.usable == 0)
		add(out, KA_REASON_SSHD_METHODS_IMPOSSIBLE, KA_PRIMARY_ALL, PLACE_IMPOSSIBLE, explain_methods);
	if (!f->sshd.pubkey)
		add(out, KA_REASON_SSHD_PUBKEY_DISABLED, KA_PRIMARY_ALL, PLACE_OFF, explain_off);
	else if (m.usable > 0 && m.with_key == 0)
		add(out, KA_REASON_SSHD_METHODS_EXCLUDE_KEY, KA_PRIMARY_ALL, PLACE_EXCLUDED, explain_methods);
}

static void rule_offer(const struct ka_facts *f, size_t i, struct ka_primary *out)
{
	uint64_t required = required_bits(f);

	if (f->offers[i].type[0] == '\0')
		return; /* only its fingerprint is known */
	if (accepted(f).len > 0 && !is_accepted(f, i))
		add(out, is_unknown_here(f, i) ? KA_REASON_SSHD_ALGORITHM_UNKNOWN : KA_REASON_SSHD_ALGORITHM_NOT_ACCEPTED, (int)i,
		    PLACE_ALGORITHM, explain_algorithm);
	else if (required > 0 && ka_span_is(ka_span_of(f->offers[i].type), "ssh-rsa")) {
		unsigned bits = ka_keyscan_bits(&f->subject->offers[i]);

		if (bits > 0 && bits < required)
			add(out, KA_REASON_SSHD_RSA_TOO_SHORT, (int)i, PLACE_LENGTH, explain_length);
	}
}

static bool is_named(const struct ka_primary *p, enum ka_reason reason)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].reason == reason)
			return true;
	return false;
}

/* sshd's line names neither user nor key, so the command was not run for it; what sshd demands is in its configuration */
static void rule_said(const struct ka_facts *f, enum ka_reason reason, unsigned place, ka_primary_explain *explain, struct ka_primary *out)
{
	const struct ka_said *said = ka_rulesaid_cause(f, reason);
	struct ka_primary_item *item = said != NULL && !is_named(out, reason) ? add(out, reason, KA_PRIMARY_ALL, place, explain) : NULL;

	if (item != NULL)
		item->said = said;
}

void ka_rulemethod_run(const struct ka_facts *f, struct ka_primary *out)
{
	if (!f->sshd.is_known || f->sshd.is_text_cut || f->account != KA_FACTS_ACCOUNT_KNOWN)
		return;
	rule_methods(f, out);
	for (size_t i = 0; i < f->offers_count; i++)
		rule_offer(f, i, out);
	if (accepted(f).len > 0)
		rule_said(f, KA_REASON_SSHD_ALGORITHM_NOT_ACCEPTED, PLACE_ALGORITHM, explain_algorithm, out);
	if (required_bits(f) > 0)
		rule_said(f, KA_REASON_SSHD_RSA_TOO_SHORT, PLACE_LENGTH, explain_length, out);
}
