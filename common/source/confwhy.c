/* Words for a refusal. Decides nothing; a command is only printed for a path that needs no quotes. */
#include "source/confwhy.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/paths.h"
#include "base/text.h"

#include "base/poison.h"


static bool is_simple(struct ka_span path)
{
	for (size_t i = 0; i < path.len; i++)
		if (!ka_text_is_alnum(path.p[i]) && (path.p[i] == '\0' || strchr("./_-+@:", path.p[i]) == NULL))
			return false;
	return path.len > 0 && path.len <= KA_CONFWHY_PATH_SHOWN_MAX && path.p[0] == '/';
}

void ka_confwhy_mend(struct ka_buf *out, const char *what, const char *advice, struct ka_span path)
{
	ka_buf_text(out, "; mend: ");
	ka_buf_text(out, is_simple(path) ? what : advice);
	if (is_simple(path))
		ka_buf_span(out, path);
}

static void write_unsafe(const struct ka_permwalk_refusal *why, bool is_dir, struct ka_span path, struct ka_buf *out)
{
	if (S_ISLNK(why->mode)) {
		ka_buf_text(out, "is a symbolic link, which is not followed here; put the thing itself in its place");
		return;
	}
	if (!S_ISDIR(why->mode) && (is_dir || !S_ISREG(why->mode))) {
		ka_buf_text(out, is_dir ? "is no directory" : "is no regular file");
		return;
	}
	if (S_ISDIR(why->mode) && !is_dir && why->uid == 0 && (why->mode & 022) == 0) {
		ka_buf_text(out, "is a directory, not a file");
		return;
	}
	ka_buf_text(out, "mode ");
	ka_buf_octal(out, (unsigned)why->mode & 07777u, 4);
	ka_buf_text(out, ", owner ");
	ka_buf_u64(out, why->uid);
	if (why->uid != 0) {
		ka_buf_text(out, ": must belong to root");
		ka_confwhy_mend(out, "chown root ", "make root its owner", path);
	} else if ((why->mode & 022) != 0) {
		ka_buf_text(out, ": others may write to it, so it is not believed");
		ka_confwhy_mend(out, "chmod go-w ", "take write permission from group and others", path);
	} else {
		ka_buf_text(out, ": others may read it");
		ka_confwhy_mend(out, "chmod go-rwx ", "take all permissions from group and others", path);
	}
}

/* readable for somebody is what it must be: for the user that sshd runs the command as */
static void write_closed(const struct ka_permwalk_refusal *why, struct ka_span path, struct ka_buf *out)
{
	bool is_dir = S_ISDIR(why->mode);
	unsigned need = is_dir ? 05 : 04;

	if (why->mode == 0 || !is_simple(path)) {
		ka_buf_text(out, "cannot be read: permission denied; the file and the directories above it must be readable "
				 "for the user that keyaudit's command runs as (chmod a+r FILE, a+rx DIRECTORIES)");
		return;
	}
	ka_buf_text(out, "mode ");
	ka_buf_octal(out, (unsigned)why->mode & 07777u, 4);
	ka_buf_text(out, ", owner ");
	ka_buf_u64(out, why->uid);
	ka_buf_text(out, ", group ");
	ka_buf_u64(out, why->gid);
	ka_buf_text(out, is_dir ? ": sshd's command may not look into it" : ": sshd's command may not read it");
	if ((why->mode & need) == need) {
		ka_buf_text(out, ", though its mode lets everybody; look for an access list or a security module");
		return;
	}
	ka_confwhy_mend(out, is_dir ? "chmod a+rx " : "chmod a+r ", "", path);
	ka_buf_text(out, is_dir ? " (or chgrp " KA_COMMAND_USER " and chmod g+rx)" : " (or chgrp " KA_COMMAND_USER " and chmod g+r)");
}

static void write_errno(int errnum, struct ka_buf *out)
{
	switch (errnum) {
	case EPERM:
		ka_buf_text(out, "cannot be read: operation not permitted");
		return;
	case ENOENT:
		ka_buf_text(out, "is not there");
		return;
	case ENOTDIR:
		ka_buf_text(out, "is no directory, or a file where a directory must be");
		return;
	case ELOOP:
		ka_buf_text(out, "leads through too many symbolic links");
		return;
	case ENAMETOOLONG:
		ka_buf_text(out, "has too long a name");
		return;
	case EINVAL:
		ka_buf_text(out, "is not an absolute path");
		return;
	default:
		ka_buf_text(out, "cannot be opened, error ");
		ka_buf_i64(out, errnum);
		return;
	}
}

void ka_confwhy_write(const struct ka_permwalk_refusal *why, bool is_dir, struct ka_buf *out)
{
	struct ka_span path = ka_span_of(why->path);

	if (path.len > KA_CONFWHY_PATH_SHOWN_MAX) {
		ka_buf_text(out, "...");
		ka_text_escape(out, ka_span_sub(path, path.len - KA_CONFWHY_PATH_SHOWN_MAX, path.len), 0, KA_CONFWHY_PATH_SHOWN_MAX + 8);
	} else {
		ka_text_escape(out, path, 0, KA_CONFWHY_PATH_SHOWN_MAX + 8);
	}
	ka_buf_text(out, ": ");
	if (why->reason != KA_REASON_NONE)
		write_unsafe(why, is_dir, path, out);
	else if (why->errnum == EACCES)
		write_closed(why, path, out);
	else
		write_errno(why->errnum, out);
}
