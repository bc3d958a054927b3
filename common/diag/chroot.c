/* Walking to the ChrootDirectory. It looks and changes nothing. */
#include "diag/chroot.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/text.h"

#include "base/poison.h"

/* %h %u %U %%, as sshd knows them here; a tilde or a relative path is nothing that sshd would go to */
static bool expand(struct ka_span entry, const char *user, uid_t uid, const char *home, struct ka_buf *b)
{
	for (size_t i = 0; i < entry.len; i++) {
		if (entry.p[i] != '%') {
			ka_buf_char(b, (char)entry.p[i]);
			continue;
		}
		switch (++i < entry.len ? entry.p[i] : '\0') {
		case '%':
			ka_buf_char(b, '%');
			break;
		case 'h':
			ka_buf_text(b, home);
			break;
		case 'u':
			ka_buf_text(b, user);
			break;
		case 'U':
			ka_buf_u64(b, uid);
			break;
		default:
			return false;
		}
	}
	return !b->overflow && b->len > 0 && b->p[0] == '/';
}

/* one component; false when sshd stops here */
static bool look(const char *component, struct ka_chroot *out)
{
	struct stat st = { 0 };

	if (stat(component, &st) != 0)
		out->errnum = errno;
	else if (S_ISDIR(st.st_mode) && st.st_uid == 0 && (st.st_mode & 022) == 0)
		return true;
	(void)ka_span_copy(ka_span_of(component), out->wrong, sizeof(out->wrong)); /* no longer than the path */
	out->mode = st.st_mode;
	out->uid = st.st_uid;
	out->gid = st.st_gid;
	return false;
}

void ka_chroot_look(const struct ka_sshdconf *c, const char *user, uid_t uid, const char *home, struct ka_chroot *out)
{
	struct ka_span entry = ka_sshdconf_value(c, "chrootdirectory");
	struct ka_buf b;

	memset(out, 0, sizeof(*out));
	ka_buf_init_array(&b, out->path);
	if (entry.len == 0 || ka_text_equal_nocase(entry, ka_span_of("none")) || !expand(entry, user, uid, home, &b))
		return;
	out->is_set = true;
	/* "/", "/srv/", "/srv/jail": each with its slash but the last, as sshd does */
	for (size_t i = 0; i < b.len; i++) {
		char next = out->path[i + 1];
		bool is_good;

		if (out->path[i] != '/' && next != '\0')
			continue;
		out->path[i + 1] = '\0';
		is_good = look(out->path, out);
		out->path[i + 1] = next;
		if (!is_good)
			return;
	}
}
