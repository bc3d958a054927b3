/* The account as passwd, shadow and the nologin files have it. The hash is looked at where libc has put it, and wiped. */
#include "diag/account.h"

#include <errno.h>
#include <fcntl.h>
#include <shadow.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/near.h"
#include "base/text.h"

#include "base/poison.h"

#define PASSWD_FILE "/etc/passwd"
#define DEFAULT_SHELL "/bin/sh" /* _PATH_BSHELL, which sshd takes too */

const char *ka_account_path(enum ka_account_nologin which)
{
	return which == KA_ACCOUNT_RUN ? KA_ACCOUNT_NOLOGIN_RUN : KA_ACCOUNT_NOLOGIN_ETC;
}

void ka_account_password(struct ka_span field, struct ka_account *out)
{
	out->is_locked = field.len > 0 && field.p[0] == '!';
	while (field.len > 0 && field.p[0] == '!')
		field = ka_span_sub(field, 1, field.len);
	/* "*" and "x" are no hashes of crypt(5), the shortest of which has 13 characters */
	out->has_hash = field.len >= KA_ACCOUNT_HASH_MIN && field.p[0] != '*';
}

static void ask_shell(const struct passwd *pw, struct ka_account *out)
{
	const char *shell = pw->pw_shell != NULL && pw->pw_shell[0] != '\0' ? pw->pw_shell : DEFAULT_SHELL;
	struct stat st;

	if (!ka_span_copy(ka_span_of(shell), out->shell, sizeof(out->shell)))
		return;
	if (stat(out->shell, &st) != 0) {
		out->shell_errnum = errno;
		return;
	}
	out->shell_mode = st.st_mode;
	out->shell_uid = st.st_uid;
	out->shell_gid = st.st_gid;
}

static enum ka_err ask_shadow(const struct passwd *pw, struct ka_account *out)
{
	KA_AUTOFREE char *buffer = malloc(KA_ACCOUNT_ENTRY_MAX);
	struct spwd sp, *found = NULL;

	if (buffer == NULL)
		return KA_ERR_NOMEM;
	if (getspnam_r(pw->pw_name, &sp, buffer, KA_ACCOUNT_ENTRY_MAX, &found) == 0 && found != NULL) {
		out->has_shadow = true;
		ka_account_password(ka_span_of(sp.sp_pwdp != NULL ? sp.sp_pwdp : ""), out);
		out->changed_day = sp.sp_lstchg;
		out->max_days = sp.sp_max;
		out->inactive_days = sp.sp_inact;
		out->expires_day = sp.sp_expire;
	}
	explicit_bzero(buffer, KA_ACCOUNT_ENTRY_MAX);
	return KA_ERR_OK;
}

void ka_account_look_closed(const char *path, struct ka_account_closed *out)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	char text[KA_ACCOUNT_TEXT_MAX];
	size_t len = 0;
	struct stat st;
	struct ka_span line;

	if (stat(path, &st) != 0)
		return;
	out->is_there = true;
	out->since_sec = st.st_mtime;
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return;
	if (ka_fd_read_all(fd, text, sizeof(text) - 1, &len) == KA_ERR_SYS)
		return;
	line = (struct ka_span){ (const uint8_t *)text, len };
	line = ka_span_sub(line, 0, ka_span_find(line, '\n'));
	ka_span_copy(ka_text_trim(line), out->text, sizeof(out->text));
}

static void clear(struct ka_account *out)
{
	memset(out, 0, sizeof(*out));
	out->changed_day = out->max_days = out->inactive_days = out->expires_day = -1;
}

enum ka_err ka_account_gather(const struct passwd *pw, struct ka_account *out)
{
	clear(out);
	out->is_asked = true;
	ask_shell(pw, out);
	for (unsigned i = 0; i < KA_ACCOUNT_NOLOGINS; i++)
		ka_account_look_closed(ka_account_path((enum ka_account_nologin)i), &out->closed[i]);
	return ask_shadow(pw, out);
}

void ka_account_near(struct ka_span passwd, const char *name, struct ka_account *out)
{
	struct ka_cursor c;
	struct ka_span line;

	ka_cursor_init(&c, passwd.p, passwd.len);
	while (out->near_count < KA_ACCOUNT_NEAR_MAX && ka_cursor_line(&c, &line, NULL)) {
		char *to = out->near[out->near_count];
		struct ka_near near;

		line = ka_span_sub(line, 0, ka_span_find(line, ':'));
		if (line.len == 0 || !ka_span_copy(line, to, KA_USER_NAME_MAX))
			continue;
		ka_near_init(&near, ka_span_of(name));
		ka_near_try(&near, to);
		if (near.best != NULL && near.slips > 0 && (near.slips == 1 || strlen(name) >= KA_ACCOUNT_TWO_SLIPS_MIN))
			out->near_count++;
	}
	if (out->near_count < KA_ACCOUNT_NEAR_MAX) /* what was tried last */
		out->near[out->near_count][0] = '\0';
}

enum ka_err ka_account_look_near(const char *name, struct ka_account *out)
{
	KA_AUTOCLOSE int fd = open(PASSWD_FILE, O_RDONLY | O_CLOEXEC);
	KA_AUTOFREE char *text = NULL;
	size_t len = 0;
	enum ka_err err = fd >= 0 ? ka_fd_slurp(fd, KA_ACCOUNT_PASSWD_MAX, &text, &len) : KA_ERR_SYS;

	clear(out);
	if (err == KA_ERR_OK)
		ka_account_near((struct ka_span){ (const uint8_t *)text, len }, name, out);
	return err == KA_ERR_NOMEM ? err : KA_ERR_OK;
}
