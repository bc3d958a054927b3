/* Changes for people. */
#include "keyaudit/mend/fixtell.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

const char *ka_fixtell_why(const struct ka_fixturn *t)
{
	switch (t->state) {
	case KA_FIXTURN_BY_HAND:
		return t->answer != KA_FIXPLAN_FINE ? ka_fixplan_why(t->answer) : "no change of modes, owners or one line: a person decides";
	case KA_FIXTURN_NOTHING:
		return "it is so already";
	case KA_FIXTURN_DECLINED:
		return "you said no";
	case KA_FIXTURN_UNTRUSTED:
		return "somebody else could have written the keys above: look through them, then add --trust-content";
	case KA_FIXTURN_FAILED:
		return t->why;
	case KA_FIXTURN_READY:
	case KA_FIXTURN_DONE:
		break;
	}
	return "";
}

static void say_time(const struct ka_out *o, int64_t ns)
{
	char text[KA_CLOCK_TEXT_MAX];

	ka_clock_text(ns / 1000, text);
	if (strlen(text) > 20)
		memcpy(text + 19, "Z", 2); /* seconds are enough */
	fputs(text, o->to);
}

/* one file with its keys; @lead begins each line */
static void show_file(const struct ka_out *o, const struct ka_fixturn_file *f, const char *lead)
{
	const struct ka_fixkeys *k = &f->look.keys;

	fputs(lead, o->to);
	ka_out_escaped(o, KA_OUT_PLAIN, f->path, KA_TEXT_PATH_MAX);
	fputs(" was written at ", o->to);
	say_time(o, f->walk.it.mtime_ns);
	fprintf(o->to, " and has %u key%s%s\n", k->keys, k->keys == 1 ? "" : "s", k->keys == 0 ? "" : ":");
	for (size_t i = 0; i < k->keys && i < KA_FIXKEYS_MAX; i++) {
		fprintf(o->to, "%s  line %-3u ", lead, k->row[i].line);
		ka_out_escaped(o, KA_OUT_PLAIN, k->row[i].type, KA_TYPE_NAME_MAX);
		fputs("  ", o->to);
		ka_out_escaped(o, KA_OUT_STRONG, k->row[i].fp, KA_FPR_TEXT_MAX);
		fputs("  ", o->to);
		ka_out_escaped(o, KA_OUT_PLAIN, k->row[i].comment, (size_t)4 * KA_FIXKEYS_COMMENT_MAX);
		fputc('\n', o->to);
	}
	if (k->odd > 0)
		fprintf(o->to, "%s  and %u line%s that cannot be read as a key, the first is line %u\n", lead, k->odd, k->odd == 1 ? "" : "s",
			k->odd_line);
}

static void show_files(const struct ka_out *o, const struct ka_fixturn *t, const char *lead)
{
	if (!t->needs_trust)
		return;
	fprintf(o->to, "%sSomebody else could have written this:\n", lead);
	for (size_t i = 0; i < t->files_count; i++)
		show_file(o, t->file[i], lead);
}

static void show_subject(const struct ka_out *o, const struct ka_fixturn *t)
{
	ka_out_text(o, KA_OUT_STRONG, ka_reason_id(t->finding->reason));
	if (t->finding->evidence.path[0] == '\0')
		return;
	fputs("  ", o->to);
	ka_out_escaped(o, KA_OUT_PLAIN, t->finding->evidence.path, KA_TEXT_PATH_MAX);
}

void ka_fixtell_turn(const struct ka_out *o, const struct ka_fixturn *t, size_t number)
{
	const struct ka_fix *fix = &t->finding->fix;
	bool is_ours = t->state == KA_FIXTURN_READY;

	fprintf(o->to, " %zu  ", number);
	show_subject(o, t);
	fputc('\n', o->to);
	for (size_t i = 0; i < fix->commands; i++)
		fprintf(o->to, "    %s  %s\n", is_ours ? "run    " : "by hand", fix->command[i]);
	if (fix->advice[0] != '\0')
		fprintf(o->to, "    %s  %s\n", fix->commands > 0 ? "or     " : "by hand", fix->advice);
	if (!is_ours && fix->commands > 0)
		fprintf(o->to, "             because %s\n", ka_fixtell_why(t));
	if (is_ours)
		show_files(o, t, "    ");
}

void ka_fixtell_result(const struct ka_out *o, const struct ka_fixturn *t)
{
	fputs("    ", o->to);
	ka_out_mark(o, t->state == KA_FIXTURN_DONE ? KA_OUT_GOOD : t->state == KA_FIXTURN_FAILED ? KA_OUT_BAD : KA_OUT_WARN);
	if (t->state == KA_FIXTURN_DONE) {
		fputs(" done\n", o->to);
		return;
	}
	fprintf(o->to, " not done: %s", ka_fixtell_why(t));
	if (t->state == KA_FIXTURN_FAILED && t->errnum != 0)
		fprintf(o->to, " (%s)", strerrorname_np(t->errnum) != NULL ? strerrorname_np(t->errnum) : "unknown error");
	fputc('\n', o->to);
}

void ka_fixtell_script_head(const struct ka_out *o, const char *user)
{
	fputs("#!/bin/sh\n# What `keyaudit doctor --fix` would do for ", o->to);
	ka_out_escaped(o, KA_OUT_PLAIN, user, KA_TEXT_USER_MAX);
	fputs(", as commands for root. Nothing has been changed.\n# shellcheck disable=SC2016\nset -eu\n", o->to);
}

void ka_fixtell_script(const struct ka_out *o, const struct ka_fixturn *t, bool trust)
{
	const struct ka_fix *fix = &t->finding->fix;
	bool is_ours = t->state == KA_FIXTURN_READY, is_held = is_ours && t->needs_trust && !trust;

	fputs("\n# ", o->to);
	show_subject(o, t);
	fprintf(o->to, ": %s\n", ka_reason_meaning(t->finding->reason));
	if (!is_ours && fix->commands > 0)
		fprintf(o->to, "# by hand, because %s\n", ka_fixtell_why(t));
	if (is_ours)
		show_files(o, t, "# ");
	if (is_held)
		fputs("# Is each of these keys right? Then take the sign from these lines, or ask again with --trust-content:\n", o->to);
	for (size_t i = 0; i < fix->commands; i++)
		fprintf(o->to, "%s%s\n", is_ours && !is_held ? "" : "#   ", fix->command[i]);
	if (fix->advice[0] != '\0')
		fprintf(o->to, "# %s%s\n", fix->commands > 0 ? "or: " : "by hand: ", fix->advice);
}
