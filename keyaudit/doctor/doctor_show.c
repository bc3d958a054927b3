/* The doctor's screen. Colour is never the only carrier; nothing is printed that was not escaped or is not our own. */
#include "keyaudit/doctor/doctor_show.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit/eventsay.h"
#include "base/paths.h"
#include "base/text.h"
#include "diag/commandconf.h"
#include "diag/keyscan.h"
#include "keyaudit/doctor/doctor_way.h"
#include "keyaudit/doctor/tell.h"
#include "keyaudit/screen/out_text.h"
#include "keyaudit/screen/out_wrap.h"

#include "base/poison.h"

#define LABEL_AT 5 /* columns before a label ... */
#define WHAT_COLUMNS 15 /* of the name of a check */
#define TEXT_AT 11 /* ... and before what stands behind it */

/* "     label text": the label, and a line that is continued below its text */
static void line_start(struct ka_wrap *w, const struct ka_out *o, const char *label)
{
	fputs("     ", o->to);
	ka_out_text(o, KA_OUT_DIM, label);
	ka_wrap_begin(w, o, LABEL_AT + (unsigned)strlen(label), TEXT_AT);
}

static void show_why(struct ka_wrap *w, const struct ka_finding *f)
{
	static const struct ka_event none;
	struct ka_event e = none;
	char text[KA_EVENTSAY_MAX];
	struct ka_buf b;

	e.reason = f->reason;
	e.finding = f;
	ka_buf_init_array(&b, text);
	ka_eventsay_cause(&e, &b); /* the evidence stands below */
	ka_wrap_text(w, KA_OUT_PLAIN, text[0] != '\0' ? text : ka_reason_meaning(f->reason));
}

/* FILE[:LINE[:COLUMN]] in one piece */
static void put_place(struct ka_wrap *w, const struct ka_evidence *e)
{
	char text[KA_TEXT_PATH_MAX + 32];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_text_escape(&b, ka_span_of(e->path), 0, KA_TEXT_PATH_MAX);
	if (e->line > 0) {
		ka_buf_char(&b, ':');
		ka_buf_u64(&b, e->line);
	}
	if (e->line > 0 && e->column > 0) {
		ka_buf_char(&b, ':');
		ka_buf_u64(&b, e->column);
	}
	ka_wrap_solid(w, KA_OUT_PLAIN, text);
}

static void put_stat(struct ka_wrap *w, const struct ka_evidence *e)
{
	char text[4 * (sizeof(e->owner) + sizeof(e->group))];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "  mode ");
	ka_buf_octal(&b, (unsigned)e->mode & 07777, 4);
	ka_wrap_solid(w, KA_OUT_PLAIN, text);
	ka_buf_init_array(&b, text);
	ka_buf_char(&b, ' ');
	ka_text_escape(&b, ka_span_of(e->owner), 0, sizeof(e->owner));
	ka_buf_char(&b, ':');
	ka_text_escape(&b, ka_span_of(e->group), 0, sizeof(e->group));
	ka_wrap_solid(w, KA_OUT_PLAIN, text);
}

/* a stranger's words, at most @max bytes of them escaped; a fingerprint or a path among them is not broken */
static void show_words(const struct ka_out *o, const char *label, const char *raw, size_t max)
{
	char text[2 * KA_TEXT_PATH_MAX];
	struct ka_wrap w;
	struct ka_buf b;

	if (raw[0] == '\0')
		return;
	ka_buf_init_array(&b, text);
	ka_text_escape(&b, ka_span_of(raw), 0, max < sizeof(text) - 8 ? max : sizeof(text) - 8);
	line_start(&w, o, label);
	ka_wrap_text(&w, KA_OUT_PLAIN, text);
	ka_wrap_end(&w);
}

/* is the second path the one where sshd looks, and no link's target? */
static bool is_name_wanted(enum ka_reason reason)
{
	return reason == KA_REASON_FILE_WRONG_NAME || reason == KA_REASON_SSHD_KEYS_FILE_ELSEWHERE;
}

static void show_evidence(const struct ka_out *o, const struct ka_finding *f)
{
	const struct ka_evidence *e = &f->evidence;
	struct ka_wrap w;

	if (e->path[0] != '\0') {
		line_start(&w, o, "file  ");
		put_place(&w, e);
		if (e->has_stat)
			put_stat(&w, e);
		ka_wrap_end(&w);
	}
	if (e->target[0] != '\0') {
		line_start(&w, o, is_name_wanted(f->reason) ? "sshd reads " : "leads to ");
		ka_wrap_escaped(&w, KA_OUT_PLAIN, e->target, KA_TEXT_PATH_MAX);
		ka_wrap_end(&w);
	}
	show_words(o, "found ", e->detail, KA_TEXT_OPTION_MAX);
	show_words(o, "note  ", e->note, sizeof(e->note));
}

static void show_fix(const struct ka_out *o, const struct ka_fix *fix)
{
	struct ka_wrap w;

	for (size_t i = 0; i < fix->commands; i++) {
		line_start(&w, o, "fix   ");
		ka_wrap_solid(&w, KA_OUT_COMMAND, fix->command[i]);
		ka_wrap_end(&w);
	}
	if (fix->advice[0] != '\0') {
		bool is_command = fix->advice[0] >= 'a' && fix->advice[0] <= 'z'; /* as in reason.def */

		line_start(&w, o, "mend  ");
		if (is_command)
			ka_wrap_solid(&w, KA_OUT_PLAIN, fix->advice);
		else
			ka_wrap_text(&w, KA_OUT_PLAIN, fix->advice);
		ka_wrap_end(&w);
	}
}

/* the sign, and a line that is continued below its text */
static void line_mark(struct ka_wrap *w, const struct ka_out *o, enum ka_out_colour c)
{
	unsigned at;

	fputc(' ', o->to);
	at = 2 + ka_out_mark(o, c);
	fputc(' ', o->to);
	ka_wrap_begin(w, o, at, at);
}

static void show_finding(const struct ka_out *o, const struct ka_diag_subject *s, const struct ka_finding *f, bool primary)
{
	unsigned bits = f->offer >= 0 && (size_t)f->offer < s->offers_count ? ka_keyscan_bits(&s->offers[f->offer]) : 0;
	struct ka_wrap w;

	line_mark(&w, o, primary ? KA_OUT_BAD : KA_OUT_WARN);
	show_why(&w, f);
	ka_wrap_text(&w, KA_OUT_PLAIN, "  ");
	ka_wrap_solid(&w, KA_OUT_DIM, ka_reason_id(f->reason));
	ka_wrap_end(&w);
	if (f->offer >= 0 && (size_t)f->offer < s->offers_count) {
		line_start(&w, o, "key   ");
		ka_wrap_escaped(&w, KA_OUT_PLAIN, s->offers[f->offer].type, KA_TYPE_NAME_MAX);
		if (bits > 0) {
			char text[KA_TEXT_U64_MAX];

			ka_text_u64(bits, text);
			ka_wrap_text(&w, KA_OUT_PLAIN, " ");
			ka_wrap_solid(&w, KA_OUT_PLAIN, text);
		}
		ka_wrap_text(&w, KA_OUT_PLAIN, " ");
		ka_wrap_escaped(&w, KA_OUT_PLAIN, s->offers[f->offer].fp, KA_FPR_TEXT_MAX);
		ka_wrap_end(&w);
	}
	show_evidence(o, f);
	show_fix(o, &f->fix);
}

/* a sentence of ours below the labels */
static void show_remark(const struct ka_out *o, const char *text)
{
	struct ka_wrap w;

	fputs("     ", o->to);
	ka_wrap_begin(&w, o, LABEL_AT, LABEL_AT);
	ka_wrap_text(&w, KA_OUT_PLAIN, text);
	ka_wrap_end(&w);
}

/* what is not judged could turn the login away */
static bool is_in_doubt(const struct ka_diagnosis *d)
{
	static const enum ka_unjudged_kind kinds[] = {
		KA_UNJUDGED_LISTENER, KA_UNJUDGED_ENFORCE, KA_UNJUDGED_PAM, KA_UNJUDGED_WAY, KA_UNJUDGED_RELOAD, KA_UNJUDGED_KEYGEN,
		KA_UNJUDGED_REVOKED,
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(kinds); i++)
		if (d->unjudged.is[kinds[i]])
			return true;
	return false;
}

static void show_unjudged(const struct ka_out *o, const struct ka_unjudged *u)
{
	struct ka_wrap w;

	for (unsigned i = 0; i < KA_UNJUDGED_KINDS; i++) {
		if (!u->is[i])
			continue;
		line_start(&w, o, "not judged: ");
		ka_wrap_text(&w, KA_OUT_PLAIN, ka_unjudged_text((enum ka_unjudged_kind)i));
		if (u->about[i][0] != '\0') {
			ka_wrap_text(&w, KA_OUT_PLAIN, ": ");
			ka_wrap_escaped(&w, KA_OUT_PLAIN, u->about[i], KA_TEXT_PATH_MAX);
		}
		ka_wrap_end(&w);
	}
}

static void show_verdict(const struct ka_out *o, const struct ka_diag_subject *s, const struct ka_diagnosis *d)
{
	const char *name = s->user;

	if (d->has_primary) {
		ka_out_escaped(o, KA_OUT_STRONG, name, KA_TEXT_USER_MAX);
		ka_out_text(o, KA_OUT_STRONG, s->offers_count > 0 ? " cannot log in with this key:" : " cannot log in with a key:");
		fputs("\n\n", o->to);
		return;
	}
	if (s->offers_count == 0)
		ka_out_text(o, KA_OUT_GOOD, "nothing stands in the way of ");
	else
		ka_out_text(o, KA_OUT_GOOD, d->would_login && !is_in_doubt(d) ? "this key would be taken for " : "nothing was found against this key for ");
	ka_out_escaped(o, KA_OUT_GOOD, name, KA_TEXT_USER_MAX);
	fputs("\n", o->to);
	if (s->offers_count == 0)
		show_remark(o, "say which key (--key FILE|SHA256:...) to have it looked for");
	if (d->count > 0)
		fputc('\n', o->to);
}

/* to the second; what is no time of ours stays as it is */
static void put_time(struct ka_wrap *w, const char *at)
{
	const char *dot = strchr(at, '.');
	size_t n = dot != NULL ? (size_t)(dot - at) : strlen(at);
	char text[2 * sizeof(((struct ka_lastrefusal *)0)->at)];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_text_escape(&b, (struct ka_span){ (const uint8_t *)at, n }, 0, sizeof(text) - 8);
	if (dot != NULL)
		ka_buf_char(&b, 'Z');
	ka_wrap_solid(w, KA_OUT_PLAIN, text);
}

/* "at  from address  2 keys  reason  ref x" */
static void show_refusal(const struct ka_out *o, const struct ka_lastrefusal_earlier *r)
{
	char text[64];
	struct ka_wrap w;
	struct ka_buf b;

	fputs("   ", o->to);
	ka_wrap_begin(&w, o, 3, LABEL_AT);
	put_time(&w, r->at);
	ka_wrap_text(&w, KA_OUT_PLAIN, "  from ");
	ka_wrap_escaped(&w, KA_OUT_PLAIN, r->address[0] != '\0' ? r->address : "-", sizeof(r->address));
	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "  ");
	ka_buf_u64(&b, r->offers_count);
	ka_buf_text(&b, r->offers_count == 1 ? " key  " : " keys  ");
	ka_wrap_text(&w, KA_OUT_PLAIN, text);
	ka_wrap_escaped(&w, KA_OUT_PLAIN, r->reason, sizeof(r->reason));
	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "  ref ");
	ka_text_escape(&b, ka_span_of(r->ref), 0, sizeof(r->ref));
	ka_wrap_solid(&w, KA_OUT_PLAIN, text);
	ka_wrap_end(&w);
}

static void show_last(const struct ka_out *o, const struct ka_lastrefusal *last)
{
	struct ka_lastrefusal_earlier first = { .offers_count = last->offers_count };

	if (last->at[0] == '\0')
		return;
	memcpy(first.at, last->at, sizeof(first.at));
	memcpy(first.address, last->address, sizeof(first.address));
	memcpy(first.reason, last->reason, sizeof(first.reason));
	memcpy(first.ref, last->ref, sizeof(first.ref));
	fputs("\n Last refusals\n", o->to);
	show_refusal(o, &first);
	for (size_t i = 0; i < last->earlier_count; i++)
		show_refusal(o, &last->earlier[i]);
}

static void show_head(const struct ka_out *o, const struct ka_diagnosis *d)
{
	char version[4 * sizeof(d->sshd_version)];
	struct ka_wrap w;
	struct ka_buf b;

	ka_buf_init_array(&b, version);
	ka_text_escape(&b, ka_span_of(d->sshd_version), 0, sizeof(version) - 1);
	ka_wrap_begin(&w, o, 0, LABEL_AT);
	ka_wrap_text(&w, KA_OUT_PLAIN, version[0] != '\0' ? "keyaudit " KA_VERSION ", " : "keyaudit " KA_VERSION);
	ka_wrap_text(&w, KA_OUT_PLAIN, version);
	ka_wrap_text(&w, KA_OUT_PLAIN, d->strict_modes_debian ? " (Debian StrictModes rules)" : " (upstream StrictModes rules)");
	ka_wrap_end(&w);
	fputc('\n', o->to);
}

/* to be sent to the user as it stands */
static void show_tell(const struct ka_out *o, const struct ka_diag_subject *s, const struct ka_diagnosis *d)
{
	char text[KA_TELL_MAX];
	struct ka_wrap w;
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_doctor_tell(s, d, &b);
	if (b.len == 0 || b.overflow)
		return;
	fputs("\n Tell ", o->to);
	ka_wrap_begin(&w, o, 6, LABEL_AT);
	ka_wrap_escaped(&w, KA_OUT_PLAIN, s->user, KA_TEXT_USER_MAX);
	ka_wrap_text(&w, KA_OUT_PLAIN, ": ");
	ka_wrap_text(&w, KA_OUT_PLAIN, text);
	ka_wrap_end(&w);
}

static void show_sum(const struct ka_out *o, const struct ka_diagnosis *d)
{
	size_t warnings = d->count - (d->has_primary ? 1 : 0);
	char text[160];
	struct ka_wrap w;
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, d->has_primary ? "1 error, " : "0 errors, ");
	ka_buf_u64(&b, warnings);
	ka_buf_text(&b, warnings == 1 ? " warning." : " warnings.");
	if (d->count > 0) {
		ka_buf_text(&b, " keyaudit explain ");
		ka_buf_text(&b, ka_reason_id(d->findings[0].reason));
		ka_buf_text(&b, " says more.");
	}
	fputs("\n ", o->to);
	ka_wrap_begin(&w, o, 1, 1);
	ka_wrap_text(&w, KA_OUT_PLAIN, text);
	ka_wrap_end(&w);
}

void ka_doctor_show_user(const struct ka_diag_subject *s, const struct ka_diagnosis *d, const struct ka_lastrefusal *last)
{
	struct ka_out o;

	ka_out_init(&o, stdout, KA_OUT_AUTO);
	show_head(&o, d);
	show_verdict(&o, s, d);
	for (size_t i = 0; i < d->count; i++)
		show_finding(&o, s, &d->findings[i], i == 0 && d->has_primary);
	if (d->hung)
		show_remark(&o, "looking at the user's files took too long and was given up (a hanging file system?)");
	if (!d->sshd_asked)
		show_remark(&o, geteuid() == 0 ? "sshd did not tell its configuration (sshd -t says why): its defaults were taken" :
						 "sshd did not tell its configuration (it does so for root only): its defaults were taken");
	if (ka_commandconf_unchecked(d->rights)[0] != '\0')
		show_remark(&o, ka_commandconf_unchecked(d->rights));
	show_unjudged(&o, &d->unjudged);
	if (geteuid() != 0)
		show_remark(&o, "not root: only what you may read yourself was looked at");
	ka_doctor_way_show(&o, s, d);
	show_last(&o, last);
	show_tell(&o, s, d);
	show_sum(&o, d);
}

void ka_doctor_show_install(const struct ka_install *list)
{
	static const enum ka_out_colour colour[] = { KA_OUT_GOOD, KA_OUT_WARN, KA_OUT_BAD };
	size_t n[3] = { 0, 0, 0 };
	struct ka_out o;

	ka_out_init(&o, stdout, KA_OUT_AUTO);
	printf("keyaudit " KA_VERSION "\n\n");
	for (size_t i = 0; i < list->count; i++) {
		const struct ka_install_item *item = &list->items[i];
		struct ka_wrap w;

		n[item->state]++;
		line_mark(&w, &o, colour[item->state]);
		printf("%-15s ", item->what);
		ka_wrap_begin(&w, &o, w.column + WHAT_COLUMNS + 1, w.column + WHAT_COLUMNS + 1);
		if (item->text[0] == '/') /* a path, a command */
			ka_wrap_solid(&w, KA_OUT_PLAIN, item->text);
		else
			ka_wrap_text(&w, KA_OUT_PLAIN, item->text);
		if (item->reason != KA_REASON_NONE) {
			ka_wrap_text(&w, KA_OUT_PLAIN, "  ");
			ka_wrap_solid(&w, KA_OUT_DIM, ka_reason_id(item->reason));
		}
		ka_wrap_end(&w);
		if (item->mend[0] == '\0')
			continue;
		line_start(&w, &o, "mend  ");
		if (item->is_prose)
			ka_wrap_text(&w, KA_OUT_PLAIN, item->mend);
		else
			ka_wrap_solid(&w, KA_OUT_PLAIN, item->mend);
		ka_wrap_end(&w);
	}
	printf("\n %zu ok, %zu warning%s, %zu error%s\n", n[0], n[1], n[1] == 1 ? "" : "s", n[2], n[2] == 1 ? "" : "s");
}
