/* The sink journal. It must never wait, and never let a value bring a field of its own. */
#include "keyaudit/sink/sinkjournal.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/text.h"
#include "keyaudit/form/formkv.h"
#include "keyaudit/form/formtext.h"
#include "keyaudit/form/formview.h"

#include "base/poison.h"

/* drawn at random once; for ever. The first row whose word begins the action counts */
static const struct {
	char action[24], id[33];
} classes[] = {
	{ "ssh-login-accepted", "293f742ac8d14cc1b4178ceaf72a3c25" }, { "ssh-key-refused", "a28eb8a64d4b4f03a6a6e0048215b658" },
	{ "ssh-login-denied", "7b42b95ad25445aca71a875251d313f4" },   { "ssh-key-offered", "50482080db7d4887b9cba64bef9857cd" },
	{ "store-", "d37a35b158c54ae795e5d07a9e55f40b" },             { "trail-", "53a7f00b8e324c68b123ce10010508db" },
	{ "config-", "7af00115002a41dca9612d447b6734f7" },            { "sink-", "32ef450177b946b2969be73f82b174e0" },
	{ "", "1134682def1648e0942fe47b2fdb1188" },
};

enum kind { TEXT, NUMBER, ADDRESS };

static const struct row {
	const char *field, *path;
	enum kind kind;
} rows[] = {
	{ "KEYAUDIT_ACTION", "event.action", TEXT },
	{ "KEYAUDIT_OUTCOME", "event.outcome", TEXT },
	{ "KEYAUDIT_REASON", "event.code", TEXT },
	{ "KEYAUDIT_STAGE", "keyaudit.stage", TEXT },
	{ "KEYAUDIT_TRUST", "keyaudit.trust", TEXT },
	{ "KEYAUDIT_USER", "user.name", TEXT },
	{ "KEYAUDIT_RHOST", "source.ip", ADDRESS },
	{ "KEYAUDIT_RPORT", "source.port", NUMBER },
	{ "KEYAUDIT_KEY_TYPE", "keyaudit.key.type", TEXT },
	{ "KEYAUDIT_KEY_FP", "keyaudit.key.fingerprint", TEXT },
	{ "KEYAUDIT_KEY_LABEL", "keyaudit.key.label", TEXT },
	{ "KEYAUDIT_PATH", "file.path", TEXT },
	{ "KEYAUDIT_MODE", "file.mode", TEXT },
	{ "KEYAUDIT_SSHD_PID", "process.pid", NUMBER },
	{ "KEYAUDIT_EVENT_ID", "event.id", TEXT },
	{ "KEYAUDIT_REF", "keyaudit.ref", TEXT },
	{ "KEYAUDIT_COUNT", "keyaudit.count", NUMBER },
	{ "KEYAUDIT_SEQ", "keyaudit.seq", NUMBER },
	{ "KEYAUDIT_TEXT", "message", TEXT },
	{ "KEYAUDIT_FIX", "keyaudit.fix", TEXT },
};

const char *ka_sinkjournal_id(const char *action)
{
	size_t i = 0;

	while (!ka_span_starts(ka_span_of(action), classes[i].action))
		i++;
	return classes[i].id;
}

static unsigned priority(const json_t *event)
{
	uint64_t severity;

	(void)ka_formview_number(event, "event.severity", 10, &severity);
	return severity >= 9 ? 1 : severity >= 6 ? 4 : severity >= 4 ? 5 : 6;
}

static void put_ours(const json_t *event, struct ka_buf *b)
{
	ka_buf_text(b, "MESSAGE=");
	ka_formkv_write(event, b);
	ka_buf_text(b, "\nMESSAGE_ID=");
	ka_buf_text(b, ka_sinkjournal_id(ka_formview_text(event, "event.action")));
	ka_buf_text(b, "\nPRIORITY=");
	ka_buf_u64(b, priority(event));
	ka_buf_text(b, "\nSYSLOG_FACILITY=10\nSYSLOG_IDENTIFIER=keyaudit\nDOCUMENTATION=man:keyaudit-reasons(7)\n");
}

static void put_row(const json_t *event, const struct row *r, struct ka_buf *b)
{
	const char *text = ka_formview_text(event, r->path);
	size_t begin = b->len;
	uint64_t n;
	char ip[64];

	ka_buf_text(b, r->field);
	ka_buf_char(b, '=');
	if (r->kind == TEXT && text[0] != '\0')
		ka_formtext_safe(b, text, KA_FORM_TEXT_MAX);
	else if (r->kind == ADDRESS && ka_formview_ip(event, r->path, ip))
		ka_buf_text(b, ip);
	else if (r->kind == NUMBER && ka_formview_number(event, r->path, INT64_MAX, &n))
		ka_buf_u64(b, n);
	else
		b->overflow = true;
	ka_buf_char(b, '\n');
	if (b->overflow)
		ka_buf_cut(b, begin);
}

void ka_sinkjournal_write(const json_t *event, struct ka_buf *out)
{
	put_ours(event, out);
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		put_row(event, &rows[i], out);
}

enum ka_err ka_sinkjournal_send(const char *path, const void *bytes, size_t len)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	KA_AUTOCLOSE int fd = -1;

	errno = ENAMETOOLONG;
	if (!ka_span_copy(ka_span_of(path), to.sun_path, sizeof(to.sun_path)))
		return KA_ERR_SYS;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return KA_ERR_SYS;
	return sendto(fd, bytes, len, MSG_NOSIGNAL, (const struct sockaddr *)&to, sizeof(to)) == (ssize_t)len ? KA_ERR_OK : KA_ERR_SYS;
}
