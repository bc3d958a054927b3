/* Line, certificate, keys: one verdict. What one of them refuses no other can mend. */
#include "judge/certjudge.h"

#include "judge/vetauthority.h"
#include "key/keyb64.h"
#include "vet/vetnote.h"

#include "base/poison.h"

bool ka_certjudge_init(struct ka_certjudge *c, struct ka_span blob, const char *user)
{
	const struct ka_span any = { NULL, 0 };
	struct ka_buf b;

	c->reason = ka_keyblob_parse(blob, any, &c->own.key);
	c->own.reason = c->reason;
	c->own.options = (struct ka_keyopts){ .count = 0 };
	c->user = ka_span_of(user);
	ka_buf_init_array(&b, c->ca_text);
	if (!c->own.key.is_cert)
		return false;
	if (c->reason == KA_REASON_NONE)
		ka_keyb64_encode(&b, c->own.key.cert.ca);
	if (b.overflow)
		ka_buf_cut(&b, 0);
	return true;
}

bool ka_certjudge_is_authority(const struct ka_certjudge *c, const struct ka_keyline *line)
{
	return c->reason == KA_REASON_NONE && line->reason == KA_REASON_NONE && !line->key.is_cert &&
	       ka_span_equal(line->key.blob, c->own.key.cert.ca);
}

static void refuse(struct ka_vet *out, enum ka_reason reason)
{
	*out = (struct ka_vet){ .verdict = KA_VERDICT_REJECT, .reasons = { reason }, .count = 1 };
}

/* the options as sshd will read them: those of the line, and those that the policy puts behind them */
static bool read_served(struct ka_certjudge *c, const struct ka_keyline *line, const struct ka_vetpolicy *p)
{
	struct ka_buf b;

	ka_buf_init_array(&b, c->text);
	ka_keyopts_emit(&line->options, &b);
	if (b.len > 0 && p->force_options[0] != '\0')
		ka_buf_char(&b, ',');
	ka_buf_text(&b, p->force_options);
	ka_keyopts_parse(ka_buf_as_span(&b), 1, &c->served);
	return ka_buf_check(&b) == KA_ERR_OK && (b.len == 0 || c->served.reason == KA_REASON_NONE) && !c->served.truncated;
}

/* the line alone could be read, so it is what force_options adds that is too much */
static void refuse_served(const struct ka_certjudge *c, struct ka_vetnote *note)
{
	char what[KA_OPT_WHAT_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, what);
	ka_keyopts_what(&c->served, &b);
	if (b.len > 0)
		ka_vetnote_say(note, KA_REASON_OPTION_BAD_VALUE, what);
	ka_vetnote_refuse(note, KA_REASON_OPTION_BAD_VALUE, b.len > 0 ? NULL : "too many options, with those of force_options");
}

/* a warning about the one stands beside the other */
static void add_warnings(const struct ka_vet *from, const struct ka_vetpolicy *p, struct ka_vet *out)
{
	struct ka_vetnote note;

	ka_vetnote_resume(&note, p, true, out);
	for (size_t i = 0; i < from->count; i++)
		ka_vetnote_add(&note, from->reasons[i], from->details[i]);
}

static void judge_pair(struct ka_certjudge *c, const struct ka_keyline *line, const struct ka_vetpolicy *p, struct ka_vet *out)
{
	struct ka_vetnote note;

	ka_vetnote_resume(&note, p, false, out);
	if (ka_keyopts_find(&line->options, KA_KEYOPT_CERT_AUTHORITY) == NULL)
		ka_vetnote_add(&note, KA_REASON_CERT_CA_NOT_MARKED, NULL);
	else if (!read_served(c, line, p))
		refuse_served(c, &note);
	else
		ka_vetauthority_judge(&c->served, &c->own.key.cert, c->user, &note);
}

void ka_certjudge_line(struct ka_certjudge *c, struct ka_judge *j, const struct ka_keyline *line, const struct ka_vetpolicy *p,
		       const struct ka_vet_when *when, struct ka_vet *out)
{
	if (c->reason != KA_REASON_NONE) {
		refuse(out, c->reason);
		return;
	}
	ka_judge_line(j, line, p, when, out);
	if (out->verdict == KA_VERDICT_REJECT)
		return;
	judge_pair(c, line, p, out);
	if (out->verdict == KA_VERDICT_REJECT)
		return;
	/* options are the line's: what every line must have, it has */
	c->policy = *p;
	for (size_t i = 0; i < KA_KEYOPT_COUNT; i++)
		c->policy.option_required[i] = false;
	ka_judge_line(j, &c->own, &c->policy, when, &c->of_cert);
	if (c->of_cert.verdict == KA_VERDICT_REJECT)
		*out = c->of_cert;
	else
		add_warnings(&c->of_cert, p, out);
}

void ka_certjudge_trusted(struct ka_certjudge *c, struct ka_judge *j, const struct ka_conf *conf, const struct ka_vetpolicy *p,
			  const struct ka_vet_when *when, struct ka_keyline *line, uint8_t *storage, struct ka_vet *out)
{
	struct ka_vetnote note;
	struct ka_cursor name;
	struct ka_span type;
	struct ka_buf b;

	ka_vetnote_init(&note, p, false, out);
	ka_trustedca_open(conf, &c->trusted);
	ka_trustedca_judge(&c->trusted, &c->own.key, &note);
	if (c->reason != KA_REASON_NONE)
		refuse(out, c->reason);
	if (out->verdict == KA_VERDICT_REJECT)
		return;
	ka_buf_init_array(&b, c->line_text);
	ka_cursor_init(&name, c->own.key.cert.ca.p, c->own.key.cert.ca.len);
	ka_buf_text(&b, "cert-authority ");
	if (ka_cursor_string(&name, &type))
		ka_buf_span(&b, type);
	ka_buf_char(&b, ' ');
	ka_buf_text(&b, c->ca_text);
	ka_keyline_parse(ka_buf_as_span(&b), storage, line);
	if (ka_buf_check(&b) != KA_ERR_OK || line->reason != KA_REASON_NONE) {
		refuse(out, KA_REASON_INTERNAL_ERROR);
		return;
	}
	c->trusting = *p;
	c->trusting.option_allowed[KA_KEYOPT_CERT_AUTHORITY] = true; /* it is the administrator who says so */
	ka_certjudge_line(c, j, line, &c->trusting, when, out);
}
