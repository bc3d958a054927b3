/* Places that lose, and a daemon that has not read them. It must accuse no place of which it is not certain that it counts. */
#include "diag/ruleplace.h"

#include <string.h>

#include "base/text.h"
#include "diag/daemonjudge.h"
#include "diag/fix.h"

#include "base/poison.h"

/* which setting a reason is about */
static const struct { enum ka_reason reason; const char *keyword; } settings[] = {
	{ KA_REASON_SSHD_PUBKEY_DISABLED, "PubkeyAuthentication" },
	{ KA_REASON_SSHD_METHODS_EXCLUDE_KEY, "AuthenticationMethods" },
	{ KA_REASON_SSHD_METHODS_IMPOSSIBLE, "AuthenticationMethods" },
	{ KA_REASON_SSHD_MORE_METHODS_NEEDED, "AuthenticationMethods" },
	{ KA_REASON_SSHD_KEY_REUSED, "AuthenticationMethods" },
	{ KA_REASON_SSHD_USER_DENIED, "DenyUsers" },
	{ KA_REASON_SSHD_USER_NOT_ALLOWED, "AllowUsers" },
	{ KA_REASON_SSHD_GROUP_DENIED, "DenyGroups" },
	{ KA_REASON_SSHD_GROUP_NOT_ALLOWED, "AllowGroups" },
	{ KA_REASON_SSHD_ALGORITHM_NOT_ACCEPTED, "PubkeyAcceptedAlgorithms" },
	{ KA_REASON_SSHD_RSA_SHA1, "PubkeyAcceptedAlgorithms" },
	{ KA_REASON_SSHD_RSA_TOO_SHORT, "RequiredRSASize" },
	{ KA_REASON_SSHD_KEY_REVOKED, "RevokedKeys" },
	{ KA_REASON_SSHD_REVOKED_FILE_UNREADABLE, "RevokedKeys" },
	{ KA_REASON_SSHD_KEYS_FILE_ELSEWHERE, "AuthorizedKeysFile" },
	{ KA_REASON_SSHD_ROOT_LOGIN_NO, "PermitRootLogin" },
	{ KA_REASON_SSHD_ROOT_COMMAND_ONLY, "PermitRootLogin" },
	{ KA_REASON_SSHD_CHROOT_UNSAFE, "ChrootDirectory" },
	{ KA_REASON_CERT_CA_UNTRUSTED, "TrustedUserCAKeys" },
	{ KA_REASON_CERT_CA_REVOKED, "RevokedKeys" },
	{ KA_REASON_CERT_SIGNATURE_ALGORITHM, "CASignatureAlgorithms" },
	{ KA_REASON_CERT_PRINCIPALS_FILE, "AuthorizedPrincipalsFile" },
	{ KA_REASON_CMD_MISSING, "AuthorizedKeysCommand" },
	{ KA_REASON_CMD_UNSAFE_PATH, "AuthorizedKeysCommand" },
	{ KA_REASON_CMD_NOT_EXECUTABLE, "AuthorizedKeysCommand" },
	{ KA_REASON_CMD_BAD_TOKEN, "AuthorizedKeysCommand" },
	{ KA_REASON_CMD_BAD_OUTPUT, "AuthorizedKeysCommand" },
	{ KA_REASON_CMD_USER_MISSING, "AuthorizedKeysCommandUser" },
	{ KA_REASON_CMD_USER_UNSET, "AuthorizedKeysCommandUser" },
	{ KA_REASON_CONN_MAX_TRIES, "MaxAuthTries" },
	{ KA_REASON_CONN_GRACE_TIMEOUT, "LoginGraceTime" },
	{ KA_REASON_CONN_MAX_STARTUPS, "MaxStartups" },
	{ KA_REASON_CONN_REFUSED_BY_CONFIG, "RefuseConnection" },
};

bool ka_ruleplace_is_setting(enum ka_reason reason)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(settings); i++)
		if (settings[i].reason == reason)
			return true;
	return false;
}

static bool find(const struct ka_facts *f, const char *keyword, struct ka_sshdplace *winner, struct ka_sshdplace *loser)
{
	return ka_sshdplace_find(&f->places, keyword, ka_sshdconf_value(&f->sshd, keyword), winner) &&
	       ka_sshdplace_shadowed(&f->places, keyword, winner, loser);
}

static void put_place(struct ka_buf *b, const struct ka_sshdplace *at, size_t room)
{
	if (at->is_command_line) {
		ka_buf_text(b, "the command line");
		return;
	}
	ka_text_escape(b, ka_span_of(at->path), 0, room);
	ka_buf_text(b, " line ");
	ka_buf_u64(b, at->line);
}

static void explain_shadowed(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	const char *keyword = settings[item->index].keyword;
	struct ka_sshdplace winner, loser;
	char advice[512];
	struct ka_buf b;

	if (!find(f, keyword, &winner, &loser))
		return;
	ka_buf_init_array(&b, e->note);
	ka_buf_text(&b, "wins over ");
	put_place(&b, &loser, sizeof(e->note) / 3);
	ka_buf_text(&b, ": ");
	ka_text_escape(&b, ka_span_of(loser.value), 0, sizeof(e->note) / 3);
	ka_sshdplace_evidence(f, keyword, e);
	ka_buf_init_array(&b, advice);
	if (winner.is_command_line) {
		ka_buf_text(&b, "Take the option out of sshd's command line (ExecStart of its unit, SSHD_OPTS in /etc/default/ssh) and restart sshd");
	} else {
		ka_buf_text(&b, "Change or remove ");
		ka_buf_text(&b, keyword);
		ka_buf_text(&b, " in ");
		put_place(&b, &winner, sizeof(advice) / 2);
		ka_buf_text(&b, winner.in_match ? ", which a Match block gives, and reload sshd" : ", which comes first, and reload sshd");
	}
	ka_fix_advice(fix, advice);
}

/* the same keyword is said once, whatever it is to blame for */
static bool is_said(const struct ka_primary *out, const char *keyword)
{
	for (size_t i = 0; i < out->count; i++)
		if (out->items[i].reason == KA_REASON_SSHD_CONFIG_SHADOWED && strcmp(settings[out->items[i].index].keyword, keyword) == 0)
			return true;
	return false;
}

static void rule_shadowed(const struct ka_facts *f, enum ka_reason reason, struct ka_primary *out)
{
	struct ka_sshdplace winner, loser;
	struct ka_primary_item *item;

	for (size_t i = 0; i < KA_ARRAY_LEN(settings); i++) {
		if (settings[i].reason != reason || is_said(out, settings[i].keyword) || !find(f, settings[i].keyword, &winner, &loser))
			continue;
		item = ka_primary_add(out, KA_REASON_SSHD_CONFIG_SHADOWED, KA_PRIMARY_ALL, KA_STEP_NOWHERE, KA_CLASS_SECONDARY);
		if (item == NULL)
			return;
		item->explain = explain_shadowed;
		item->index = (unsigned)i;
	}
}

static void explain_stale(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	const struct ka_daemonjudge j = ka_ruleplace_judge(f);

	(void)item;
	ka_daemonjudge_explain_age(&j, e, fix);
}

struct ka_daemonjudge ka_ruleplace_judge(const struct ka_facts *f)
{
	return (struct ka_daemonjudge){ .daemon = &f->daemon, .conf = &f->sshd, .places = &f->places };
}

void ka_ruleplace_run(const struct ka_facts *f, struct ka_primary *out)
{
	const struct ka_daemonjudge j = ka_ruleplace_judge(f);
	size_t n = out->count, file;
	struct ka_primary_item *item;

	for (size_t i = 0; i < n && f->sshd.is_known; i++)
		rule_shadowed(f, out->items[i].reason, out);
	if (ka_daemonjudge_age(&j, &file) != KA_DAEMONJUDGE_STALE)
		return;
	item = ka_primary_add(out, KA_REASON_SSHD_CONFIG_STALE, KA_PRIMARY_ALL, KA_STEP_NOWHERE, KA_CLASS_SECONDARY);
	if (item != NULL)
		item->explain = explain_stale;
}
