/* The doctor's screen. Colour is never the only carrier; nothing is printed that was not escaped or is not our own. */
#include "keyaudit/doctor_show.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit/eventsay.h"
#include "base/paths.h"
#include "base/text.h"
#include "diag/commandconf.h"
#include "diag/keyscan.h"
#include "keyaudit/out_text.h"

#include "base/poison.h"

static void line_start(const struct ka_out *o, const char *label)
{
	fputs("     ", o->to);
	ka_out_text(o, KA_OUT_DIM, label);
}

static void show_why(const struct ka_out *o, const struct ka_finding *f)
{
	static const struct ka_event none;
	struct ka_event e = none;
	char text[KA_EVENTSAY_MAX];
	struct ka_buf b;

	e.reason = f->reason;
	e.finding = f;
	ka_buf_init_array(&b, text);
	ka_eventsay_why(&e, false, &b);
	fputs(text[0] != '\0' ? text : ka_reason_meaning(f->reason), o->to);
}

static void show_evidence(const struct ka_out *o, const struct ka_finding *f)
{
	const struct ka_evidence *e = &f->evidence;

	if (e->path[0] != '\0') {
		line_start(o, "file  ");
		ka_out_escaped(o, KA_OUT_PLAIN, e->path, KA_TEXT_PATH_MAX);
		if (e->line > 0)
			fprintf(o->to, ":%u", e->line);
		if (e->line > 0 && e->column > 0)
			fprintf(o->to, ":%u", e->column);
		if (e->has_stat) {
			fprintf(o->to, "  mode %04o ", (unsigned)e->mode & 07777);
			ka_out_escaped(o, KA_OUT_PLAIN, e->owner, sizeof(e->owner));
			fputc(':', o->to);
			ka_out_escaped(o, KA_OUT_PLAIN, e->group, sizeof(e->group));
		}
		fputc('\n', o->to);
	}
	if (e->target[0] != '\0') {
		line_start(o, "leads to ");
		ka_out_escaped(o, KA_OUT_PLAIN, e->target, KA_TEXT_PATH_MAX);
		fputc('\n', o->to);
	}
	if (e->detail[0] != '\0') {
		line_start(o, "found ");
		ka_out_escaped(o, KA_OUT_PLAIN, e->detail, KA_TEXT_OPTION_MAX);
		fputc('\n', o->to);
	}
	if (e->note[0] != '\0') {
		line_start(o, "note  ");
		ka_out_escaped(o, KA_OUT_PLAIN, e->note, sizeof(e->note));
		fputc('\n', o->to);
	}
}

static void show_fix(const struct ka_out *o, const struct ka_fix *fix)
{
	for (size_t i = 0; i < fix->commands; i++) {
		line_start(o, "fix   ");
		ka_out_text(o, KA_OUT_STRONG, fix->command[i]);
		fputc('\n', o->to);
	}
	if (fix->advice[0] != '\0') {
		line_start(o, "mend  ");
		ka_out_text(o, KA_OUT_PLAIN, fix->advice);
		fputc('\n', o->to);
	}
}

static void show_finding(const struct ka_out *o, const struct ka_diag_subject *s, const struct ka_finding *f, bool primary)
{
	unsigned bits = f->offer >= 0 && (size_t)f->offer < s->offers_count ? ka_keyscan_bits(&s->offers[f->offer]) : 0;

	fputc(' ', o->to);
	ka_out_mark(o, primary ? KA_OUT_BAD : KA_OUT_WARN);
	fputc(' ', o->to);
	show_why(o, f);
	fputs("  ", o->to);
	ka_out_text(o, KA_OUT_DIM, ka_reason_id(f->reason));
	fputc('\n', o->to);
	if (f->offer >= 0 && (size_t)f->offer < s->offers_count) {
		line_start(o, "key   ");
		ka_out_escaped(o, KA_OUT_PLAIN, s->offers[f->offer].type, KA_TYPE_NAME_MAX);
		if (bits > 0)
			fprintf(o->to, " %u", bits);
		fputc(' ', o->to);
		ka_out_escaped(o, KA_OUT_PLAIN, s->offers[f->offer].fp, KA_FPR_TEXT_MAX);
		fputc('\n', o->to);
	}
	show_evidence(o, f);
	show_fix(o, &f->fix);
}

/* what is not judged could turn the login away */
static bool is_in_doubt(const struct ka_diagnosis *d)
{
	return d->unjudged.is[KA_UNJUDGED_LISTENER] || d->unjudged.is[KA_UNJUDGED_ENFORCE] || d->unjudged.is[KA_UNJUDGED_PAM];
}

static void show_unjudged(const struct ka_out *o, const struct ka_unjudged *u)
{
	for (unsigned i = 0; i < KA_UNJUDGED_KINDS; i++) {
		if (!u->is[i])
			continue;
		line_start(o, "not judged: ");
		ka_out_text(o, KA_OUT_PLAIN, ka_unjudged_text((enum ka_unjudged_kind)i));
		if (u->about[i][0] != '\0') {
			fputs(": ", o->to);
			ka_out_escaped(o, KA_OUT_PLAIN, u->about[i], KA_TEXT_PATH_MAX);
		}
		fputc('\n', o->to);
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
		fputs("     say which key (--key FILE|SHA256:...) to have it looked for\n", o->to);
	if (d->count > 0)
		fputc('\n', o->to);
}

static void show_last(const struct ka_out *o, const struct ka_lastrefusal *last)
{
	if (last->at[0] == '\0')
		return;
	fputs("\n last refusal  ", o->to);
	ka_out_escaped(o, KA_OUT_PLAIN, last->at, sizeof(last->at));
	fputs("  from ", o->to);
	ka_out_escaped(o, KA_OUT_PLAIN, last->address[0] != '\0' ? last->address : "-", sizeof(last->address));
	fprintf(o->to, "  %zu key%s  ", last->offers_count, last->offers_count == 1 ? "" : "s");
	ka_out_escaped(o, KA_OUT_PLAIN, last->reason, sizeof(last->reason));
	fputs("  ref ", o->to);
	ka_out_escaped(o, KA_OUT_PLAIN, last->ref, sizeof(last->ref));
	fputc('\n', o->to);
}

void ka_doctor_show_user(const struct ka_diag_subject *s, const struct ka_diagnosis *d, const struct ka_lastrefusal *last)
{
	size_t warnings = d->count - (d->has_primary ? 1 : 0);
	struct ka_out o;

	ka_out_init(&o, stdout, KA_OUT_AUTO);
	printf("keyaudit " KA_VERSION "%s%s (%s StrictModes rules)\n\n", d->sshd_version[0] != '\0' ? ", " : "", d->sshd_version,
	       d->strict_modes_debian ? "Debian" : "upstream");
	show_verdict(&o, s, d);
	for (size_t i = 0; i < d->count; i++)
		show_finding(&o, s, &d->findings[i], i == 0 && d->has_primary);
	if (d->hung)
		fputs("     looking at the user's files took too long and was given up (a hanging file system?)\n", stdout);
	if (!d->sshd_asked)
		printf("     sshd did not tell its configuration (%s): its defaults were taken\n",
		       geteuid() == 0 ? "sshd -t says why" : "it does so for root only");
	if (ka_commandconf_unchecked(d->rights)[0] != '\0')
		printf("     %s\n", ka_commandconf_unchecked(d->rights));
	show_unjudged(&o, &d->unjudged);
	if (geteuid() != 0)
		fputs("     not root: only what you may read yourself was looked at\n", stdout);
	show_last(&o, last);
	printf("\n %d error%s, %zu warning%s.", d->has_primary, d->has_primary ? "" : "s", warnings, warnings == 1 ? "" : "s");
	if (d->count > 0)
		printf(" keyaudit explain %s says more.", ka_reason_id(d->findings[0].reason));
	putchar('\n');
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

		n[item->state]++;
		fputc(' ', o.to);
		ka_out_mark(&o, colour[item->state]);
		printf(" %-15s %s", item->what, item->text);
		if (item->reason != KA_REASON_NONE) {
			fputs("  ", o.to);
			ka_out_text(&o, KA_OUT_DIM, ka_reason_id(item->reason));
		}
		fputc('\n', o.to);
		if (item->mend[0] != '\0') {
			line_start(&o, "mend  ");
			printf("%s\n", item->mend);
		}
	}
	printf("\n %zu ok, %zu warning%s, %zu error%s\n", n[0], n[1], n[1] == 1 ? "" : "s", n[2], n[2] == 1 ? "" : "s");
}
