/*
 * sshd's command. What is wrong with it keeps out every key that no file holds, and since it does not run it leaves no record:
 * the log and a look at the program are the witnesses. When it ran and failed, sshd believes nothing that it printed.
 */
#include "diag/rulecmd.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/paths.h"
#include "base/text.h"
#include "diag/fix.h"
#include "diag/rulelimit.h"
#include "diag/rulesaid.h"
#include "diag/rulesource.h"
#include "diag/sshdplace.h"
#include "key/keyfront.h"
#include "perm/permjudge.h"

#include "base/poison.h"

/* the first token that this release does not know, as it is written; "" when there is none. sshd dies of it at login time */
static void bad_token(const struct ka_facts *f, char out[static 3])
{
	const char *known = ka_sshdconf_release(f->version) >= 904 || f->version[0] == '\0' ? "%CDfhktUu" : "%fhktUu";
	const char *p = strchr(f->sshd.command, ' '); /* the program's own path has no tokens */

	memset(out, 0, 3);
	for (p = p != NULL ? strchr(p, '%') : NULL; p != NULL; p = strchr(p + 2, '%')) {
		if (p[1] != '\0' && strchr(known, p[1]) != NULL)
			continue;
		out[0] = '%';
		out[1] = p[1];
		return;
	}
}

/* which element of the way sshd refuses */
static enum ka_reason judge_way(const struct ka_facts *f, size_t *at)
{
	return ka_permjudge_chain(f->cmd.way.facts, f->cmd.way.count, 0, f->is_debian ? KA_PERM_RULE_DEBIAN : KA_PERM_RULE_UPSTREAM, at);
}

enum ka_reason ka_rulecmd_reason(const struct ka_facts *f)
{
	char token[3];
	size_t at;

	if (!f->sshd.is_known || f->sshd.command[0] == '\0')
		return KA_REASON_NONE;
	if (f->sshd.command_user[0] == '\0')
		return KA_REASON_CMD_USER_UNSET;
	if (f->cmd.is_user_missing)
		return KA_REASON_CMD_USER_MISSING;
	bad_token(f, token);
	if (token[0] != '\0')
		return KA_REASON_CMD_BAD_TOKEN;
	if (!f->cmd.is_looked)
		return KA_REASON_NONE;
	if (f->cmd.errnum != 0)
		return KA_REASON_CMD_MISSING;
	if (f->cmd.has_way && judge_way(f, &at) != KA_REASON_NONE)
		return KA_REASON_CMD_UNSAFE_PATH;
	return f->cmd.is_executable ? KA_REASON_NONE : KA_REASON_CMD_NOT_EXECUTABLE;
}

static void put_note(struct ka_evidence *e, const char *ours, const char *theirs)
{
	struct ka_buf b;

	ka_buf_init_array(&b, e->note);
	ka_buf_text(&b, ours);
	ka_text_escape(&b, ka_span_of(theirs), 0, 100);
}

static void put_stat(struct ka_evidence *e, mode_t mode, uid_t uid, gid_t gid)
{
	e->has_stat = mode != 0;
	e->mode = mode;
	e->uid = uid;
	e->gid = gid;
}

static void explain_user(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	if (item->reason == KA_REASON_CMD_USER_UNSET) {
		put_note(e, "AuthorizedKeysCommandUser is not set", "");
		ka_sshdplace_evidence(f, "AuthorizedKeysCommand", e);
		return;
	}
	put_note(e, "there is no user ", f->sshd.command_user);
	ka_sshdplace_evidence(f, "AuthorizedKeysCommandUser", e);
	if (strcmp(f->sshd.command_user, KA_COMMAND_USER) != 0)
		ka_fix_advice(fix, "Create the user, or let AuthorizedKeysCommandUser name one that exists and reload sshd");
}

static void explain_token(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	char token[3];

	(void)item;
	(void)fix;
	bad_token(f, token);
	put_note(e, "this sshd does not know ", token);
	ka_sshdplace_evidence(f, "AuthorizedKeysCommand", e);
}

static void explain_missing(const struct ka_facts *f, struct ka_evidence *e, struct ka_fix *fix)
{
	e->errnum = f->cmd.errnum;
	(void)ka_span_copy(ka_span_of(f->cmd.path), e->path, sizeof(e->path));
	if (f->cmd.blocked[0] == '\0')
		return;
	(void)ka_span_copy(ka_span_of(f->cmd.blocked), e->path, sizeof(e->path));
	put_stat(e, f->cmd.blocked_mode, f->cmd.blocked_uid, f->cmd.blocked_gid);
	ka_fix_command(fix, NULL, (const char *const[]){ "chmod", "755", "--", f->cmd.blocked, NULL });
}

static void explain_way(const struct ka_facts *f, struct ka_evidence *e, struct ka_fix *fix)
{
	size_t at = 0;

	(void)judge_way(f, &at);
	ka_permcollect_path(&f->cmd.way, at, e->path, sizeof(e->path));
	put_stat(e, f->cmd.way.facts[at].mode, f->cmd.way.facts[at].uid, f->cmd.way.facts[at].gid);
	if (at == 0 && !S_ISREG(e->mode))
		ka_fix_advice(fix, "Let AuthorizedKeysCommand name a program, and reload sshd");
}

/* of the program itself, and of what lies on its way */
static void explain_program(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	put_note(e, "it runs as ", f->sshd.command_user);
	(void)ka_span_copy(ka_span_of(f->sshd.command), e->detail, sizeof(e->detail));
	if (item->reason == KA_REASON_CMD_MISSING) {
		explain_missing(f, e, fix);
	} else if (item->reason == KA_REASON_CMD_UNSAFE_PATH) {
		explain_way(f, e, fix);
	} else {
		(void)ka_span_copy(ka_span_of(f->cmd.path), e->path, sizeof(e->path));
		if (f->cmd.has_way)
			put_stat(e, f->cmd.way.facts[0].mode, f->cmd.way.facts[0].uid, f->cmd.way.facts[0].gid);
	}
}

/* sshd has cut the line off inside of the arguments: how the command ended stands behind that */
static bool is_cut(const struct ka_said *said)
{
	size_t len = strlen(said->message);
	struct ka_sshdsay words;

	ka_said_words(said, &words);
	return len + 1 >= KA_SSHDSAY_LINE_MAX && words.text.p + words.text.len == (const uint8_t *)said->message + len;
}

/* bytes of the argument at whose front the line was cut off, when it is a key; 0 */
static size_t cut_argument(const struct ka_said *said)
{
	struct ka_sshdsay words;
	struct ka_span rest, word, last = { NULL, 0 };

	if (!is_cut(said))
		return 0;
	ka_said_words(said, &words);
	rest = words.text;
	while (ka_text_word(&rest, &word))
		last = word;
	return (ka_keyfront_least(last) + 2) / 3 * 4;
}

/* how it ended, in sshd's words */
static void explain_end(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	struct ka_span message = ka_span_of(item->said->message);
	size_t tail = message.len, blanks = 0;
	struct ka_buf b;

	(void)fix;
	(void)ka_span_copy(ka_span_of(f->cmd.path), e->path, sizeof(e->path));
	while (tail > 0 && (message.p[tail - 1] != ' ' || ++blanks < 2))
		tail--; /* "status 3", "signal 11" */
	(void)ka_span_copy(ka_span_sub(message, 0, sizeof(e->detail) - 1), e->detail, sizeof(e->detail));
	if (item->reason != KA_REASON_CMD_ARGUMENT_TOO_LONG) {
		put_note(e, "sshd ignored what it printed: ", is_cut(item->said) ? "the end of sshd's line is cut off" : (const char *)message.p + tail);
		return;
	}
	(void)ka_span_copy(ka_span_of(f->sshd.command), e->detail, sizeof(e->detail));
	ka_buf_init_array(&b, e->note);
	ka_buf_text(&b, "the certificate alone is an argument of at least ");
	ka_buf_u64(&b, cut_argument(item->said));
	ka_buf_text(&b, " bytes, and the kernel takes less than 131072");
}

static bool is_any_served(const struct ka_facts *f)
{
	for (size_t i = 0; i < f->offers_count; i++)
		if (f->subject->offers[i].said == KA_OFFER_SERVED)
			return true;
	return false;
}

static void add(struct ka_primary *out, enum ka_reason reason, enum ka_class class, const struct ka_said *said, ka_primary_explain *explain)
{
	struct ka_primary_item *item = ka_primary_add(out, reason, KA_PRIMARY_ALL, KA_STEP_COMMAND, class);

	if (item == NULL)
		return;
	item->said = said;
	item->explain = explain;
}

static bool has_record(const struct ka_facts *f, enum ka_reason reason)
{
	for (size_t i = 0; i < f->offers_count; i++)
		for (size_t r = 0; r < f->subject->offers[i].reasons_count && r < KA_VERDICT_REASONS_MAX; r++)
			if (f->subject->offers[i].reasons[r] == reason)
				return true;
	return false;
}

static void explain_timeout(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	bool is_seen = f->sources.trouble == KA_REASON_STORE_TIMEOUT && f->sources.trouble_source[0] != '\0';

	(void)item;
	(void)fix;
	put_note(e, "the time for logging in runs out before there is an answer of ", is_seen ? f->sources.trouble_source : "a source");
	ka_sshdplace_evidence(f, "LoginGraceTime", e);
}

/* the source that did not answer just now is given as long as sshd waits for the whole login, or longer */
static bool outlasts_login(const struct ka_facts *f)
{
	const struct ka_conf *conf = &f->command.conf;
	uint64_t most = ka_rulelimit_grace_ms(f);

	if (!f->asks_us || most == 0 || f->sources.trouble != KA_REASON_STORE_TIMEOUT || ka_rulesource_has_records(f))
		return false;
	for (size_t i = 0; i < conf->sources_count; i++)
		if (strcmp(conf->sources[i].name, f->sources.trouble_source) == 0)
			return (conf->sources[i].kind == KA_CONF_KIND_COMMAND ? conf->sources[i].deadline_ms : conf->deadline_ms) >= most;
	return false;
}

/* nobody has tried yet, or nobody knows who it was: sshd will not wait for what the command would say of its source */
static void rule_hangs(const struct ka_facts *f, struct ka_primary *out)
{
	if (!outlasts_login(f))
		return;
	for (size_t i = 0; i < out->count; i++)
		if (out->items[i].reason == KA_REASON_STORE_TIMEOUT)
			out->items[i].class = KA_CLASS_SECONDARY;
	add(out, KA_REASON_CMD_TIMEOUT, KA_CLASS_BLOCKED, NULL, explain_timeout);
}

/* what it served counts for nothing: then this decides, and no signature was missing */
static void rule_end(const struct ka_facts *f, struct ka_primary *out)
{
	static const enum ka_reason ends[] = { KA_REASON_CMD_FAILED, KA_REASON_CMD_KILLED };
	enum ka_class class = is_any_served(f) ? KA_CLASS_ALONE : KA_CLASS_BLOCKED;

	for (size_t i = 0; i < KA_ARRAY_LEN(ends); i++) {
		const struct ka_said *said = ka_rulesaid_cause(f, ends[i]);

		/* what no program can be given was given to none: the shown front of the key says how long the rest is */
		if (said != NULL)
			add(out, cut_argument(said) >= KA_ARGUMENT_MAX ? KA_REASON_CMD_ARGUMENT_TOO_LONG : ends[i], class, said, explain_end);
	}
	if (ka_rulelimit_is_late(f) && (f->subject->is_unanswered || has_record(f, KA_REASON_STORE_TIMEOUT)))
		add(out, KA_REASON_CMD_TIMEOUT, KA_CLASS_ALONE, ka_rulesaid_cause(f, KA_REASON_CONN_GRACE_TIMEOUT), explain_timeout);
}

void ka_rulecmd_run(const struct ka_facts *f, struct ka_primary *out)
{
	enum ka_reason reason = ka_rulecmd_reason(f);
	bool is_of_user = reason == KA_REASON_CMD_USER_UNSET || reason == KA_REASON_CMD_USER_MISSING;

	rule_end(f, out);
	rule_hangs(f, out);
	if (f->account == KA_FACTS_ACCOUNT_KNOWN && reason != KA_REASON_NONE)
		add(out, reason, ka_rulesource_has_records(f) ? KA_CLASS_SECONDARY : KA_CLASS_BLOCKED, NULL,
		    is_of_user ? explain_user : reason == KA_REASON_CMD_BAD_TOKEN ? explain_token : explain_program);
}
