/* Another program is sshd's command. sshd says nothing of what it cannot read; so what was seen when it ran is the only witness. */
#include "diag/ruletried.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "diag/fix.h"
#include "diag/rulecmd.h"
#include "diag/rulelimit.h"
#include "diag/sshdplace.h"

#include "base/poison.h"

/* sshd has turned them away before it comes to its command */
static bool is_stopped(const struct ka_primary *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].offer == KA_PRIMARY_ALL && p->items[i].class == KA_CLASS_ALONE && p->items[i].step < KA_STEP_COMMAND)
			return true;
	return false;
}

/* a file holds each of them */
static bool is_needless(const struct ka_facts *f, const struct ka_primary *p)
{
	for (size_t i = 0; i < f->offers_count; i++)
		if (!p->settled[i])
			return false;
	return f->offers_count > 0;
}

bool ka_ruletried_is_due(const struct ka_facts *f, const struct ka_primary *p)
{
	return !f->asks_us && f->sshd.is_known && f->sshd.command[0] != '\0' && f->cmd.is_looked && f->account == KA_FACTS_ACCOUNT_KNOWN &&
	       ka_rulecmd_reason(f) == KA_REASON_NONE && !is_stopped(p) && !is_needless(f, p);
}

bool ka_ruletried_serves(const struct ka_facts *f, size_t i)
{
	return f->tried.answer == KA_CMDTRY_FINE && f->tried.is_listed[i] && !f->offers[i].is_cert;
}

/* sshd says how its command ended: that was this connection, and this is another run */
static bool is_told(const struct ka_facts *f)
{
	for (size_t i = 0; i < f->subject->said_count; i++)
		if (strncmp(ka_reason_id(f->subject->said[i].reason), "cmd.", 4) == 0)
			return true;
	return false;
}

static enum ka_reason reason_of(const struct ka_facts *f)
{
	uint64_t most = ka_rulelimit_grace_ms(f);

	switch (f->tried.answer) {
	case KA_CMDTRY_RUBBISH:
		return KA_REASON_CMD_BAD_OUTPUT;
	case KA_CMDTRY_STATUS:
		return KA_REASON_CMD_FAILED;
	case KA_CMDTRY_SIGNAL:
		return KA_REASON_CMD_KILLED;
	case KA_CMDTRY_UNRUN:
		return KA_REASON_CMD_NOT_EXECUTABLE;
	case KA_CMDTRY_LATE: /* sshd may well wait longer than we did */
		return most > 0 && most <= KA_CMDTRY_MS ? KA_REASON_CMD_TIMEOUT : KA_REASON_NONE;
	case KA_CMDTRY_UNKNOWN:
	case KA_CMDTRY_FINE:
	default:
		return KA_REASON_NONE;
	}
}

static void put_number(const struct ka_facts *f, const char *what, struct ka_buf *b)
{
	ka_buf_text(b, what);
	ka_buf_u64(b, (uint64_t)f->tried.number);
}

static const char *why_unrun(int errnum)
{
	switch (errnum) {
	case ENOENT:
		return "it did not begin, what its first line names is not there";
	case ENOEXEC:
		return "it did not begin, it is no program and has no first line with #!";
	default:
		return "it did not begin, the kernel does not execute it";
	}
}

static void put_note(const struct ka_facts *f, enum ka_reason reason, struct ka_buf *b)
{
	char at[KA_CLOCK_TEXT_MAX];

	ka_buf_text(b, reason == KA_REASON_CMD_BAD_OUTPUT ? "what it printed" : "how it ended");
	if (f->tried.at_us != 0) {
		ka_clock_text(f->tried.at_us, at);
		ka_buf_text(b, " for keyaudit doctor at ");
		ka_buf_text(b, at);
	}
	ka_buf_text(b, reason == KA_REASON_CMD_BAD_OUTPUT ? " begins with: " : ": ");
	switch (f->tried.answer) {
	case KA_CMDTRY_RUBBISH:
		ka_text_escape(b, ka_span_of(f->tried.begins), 0, 2 * KA_CMDTRY_BEGINS_MAX);
		break;
	case KA_CMDTRY_STATUS:
		put_number(f, "status ", b);
		break;
	case KA_CMDTRY_SIGNAL:
		put_number(f, "signal ", b);
		break;
	case KA_CMDTRY_UNRUN:
		ka_buf_text(b, why_unrun(f->tried.number));
		break;
	case KA_CMDTRY_LATE:
		ka_buf_text(b, "not at all");
		break;
	case KA_CMDTRY_UNKNOWN:
	case KA_CMDTRY_FINE:
	default:
		break;
	}
}

static void explain(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	struct ka_buf b;

	if (f->tried.answer == KA_CMDTRY_UNRUN) /* its user may run it, so no mode is to blame */
		ka_fix_advice(fix, "Look at the program's first line and at what it names: the kernel cannot execute it");
	ka_buf_init_array(&b, e->note);
	put_note(f, item->reason, &b);
	if (item->reason == KA_REASON_CMD_BAD_OUTPUT) {
		ka_sshdplace_evidence(f, "AuthorizedKeysCommand", e);
		return;
	}
	(void)ka_span_copy(ka_span_of(f->cmd.path), e->path, sizeof(e->path));
	(void)ka_span_copy(ka_span_of(f->sshd.command), e->detail, sizeof(e->detail));
	e->errnum = f->tried.answer == KA_CMDTRY_UNRUN ? f->tried.number : 0;
}

void ka_ruletried_run(const struct ka_facts *f, struct ka_primary *out)
{
	struct ka_primary_item *item;

	if (is_told(f))
		return;
	item = ka_primary_add(out, reason_of(f), KA_PRIMARY_ALL, KA_STEP_COMMAND, KA_CLASS_BLOCKED);
	if (item != NULL)
		item->explain = explain;
}
