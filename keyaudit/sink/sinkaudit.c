/* The sink audit. A name must never end its field: audit's own rule for names of strangers. */
#include "keyaudit/sink/sinkaudit.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/paths.h"
#include "base/text.h"
#include "keyaudit/form/formview.h"
#include "keyaudit/sink/auditlink.h"

#include "base/poison.h"

#define USER_AUTH 1100 /* AUDIT_USER_AUTH of libaudit.h; linux/audit.h names the range only */

static const struct {
	const char *action, *op, *res;
} ops[] = {
	{ "ssh-login-accepted", "login-accepted", "success" },
	{ "ssh-login-denied", "login-denied", "failed" },
	{ "ssh-key-refused", "pubkey-refused", "failed" },
	{ "ssh-key-offered", "pubkey-offered", "failed" },
	{ "ssh-key-refused-summary", "pubkey-refused-summary", "failed" },
};

static bool is_tame(struct ka_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '"')
			return false;
	return true;
}

static void put_name(struct ka_buf *b, const char *name)
{
	static const char digits[] = "0123456789ABCDEF";
	struct ka_span s = ka_span_sub(ka_span_of(name), 0, KA_TEXT_USER_MAX);

	if (s.len == 0) {
		ka_buf_char(b, '?');
	} else if (is_tame(s)) {
		ka_buf_char(b, '"');
		ka_buf_span(b, s);
		ka_buf_char(b, '"');
	} else {
		for (size_t i = 0; i < s.len; i++) {
			ka_buf_char(b, digits[s.p[i] >> 4]);
			ka_buf_char(b, digits[s.p[i] & 15]);
		}
	}
}

static void put_word(struct ka_buf *b, const char *key, const json_t *event, const char *path)
{
	struct ka_span s = ka_span_sub(ka_span_of(ka_formview_text(event, path)), 0, KA_FPR_TEXT_MAX);

	ka_buf_text(b, key);
	if (s.len > 0)
		ka_text_percent(b, s);
	else
		ka_buf_char(b, '?');
}

bool ka_sinkaudit_write(const json_t *event, struct ka_buf *out)
{
	const char *action = ka_formview_text(event, "event.action");
	char ip[64];
	size_t i = 0;

	while (i < KA_ARRAY_LEN(ops) && strcmp(ops[i].action, action) != 0)
		i++;
	if (i == KA_ARRAY_LEN(ops))
		return false;
	ka_buf_text(out, "op=");
	ka_buf_text(out, ops[i].op);
	put_word(out, " reason=", event, "event.code");
	ka_buf_text(out, " acct=");
	put_name(out, ka_formview_text(event, "user.name"));
	ka_buf_text(out, " exe=\"" KA_PATH_KEYAUDIT "\" hostname=? addr=");
	ka_buf_text(out, ka_formview_ip(event, "source.ip", ip) ? ip : "?");
	ka_buf_text(out, " terminal=ssh res=");
	ka_buf_text(out, ops[i].res);
	put_word(out, " fp=", event, "keyaudit.key.fingerprint");
	put_word(out, " event=", event, "event.id");
	return true;
}

bool ka_sinkaudit_is_absent(int errnum)
{
	return errnum == EINVAL || errnum == EPROTONOSUPPORT || errnum == EAFNOSUPPORT;
}

/* the kernel's answer: NLMSG_ERROR with the number 0, or why not */
static enum ka_err judge(const void *answer, ssize_t got)
{
	struct nlmsghdr h;
	int error;

	if (got < 0)
		return KA_ERR_SYS;
	errno = EBADMSG;
	if ((size_t)got < NLMSG_HDRLEN + sizeof(error))
		return KA_ERR_SYS;
	memcpy(&h, answer, sizeof(h));
	memcpy(&error, (const char *)answer + NLMSG_HDRLEN, sizeof(error));
	if (h.nlmsg_type != NLMSG_ERROR)
		return KA_ERR_SYS;
	errno = error < 0 ? -error : 0;
	return error == 0 ? KA_ERR_OK : KA_ERR_SYS;
}

enum ka_err ka_sinkaudit_send(const char *text)
{
	char message[NLMSG_HDRLEN + KA_SINK_AUDIT_TEXT_MAX], answer[NLMSG_HDRLEN + sizeof(struct nlmsgerr) + sizeof(message)];
	struct nlmsghdr h = { .nlmsg_type = USER_AUTH, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK, .nlmsg_seq = 1 };
	KA_AUTOCLOSE int fd = -1;
	struct ka_buf b;

	ka_buf_init(&b, message, sizeof(message));
	h.nlmsg_len = (uint32_t)(NLMSG_HDRLEN + strlen(text) + 1);
	ka_buf_put(&b, &h, sizeof(h));
	ka_buf_put(&b, text, strlen(text) + 1);
	errno = EMSGSIZE;
	if (b.overflow)
		return KA_ERR_SYS;
	fd = ka_auditlink_open();
	if (fd < 0)
		return KA_ERR_SYS;
	return judge(answer, ka_auditlink_ask(fd, message, b.len, answer, sizeof(answer)));
}
