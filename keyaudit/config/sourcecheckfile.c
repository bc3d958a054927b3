/* One file of a source, opened as those would open it who shall and who must not. Nothing is read. */
#include "keyaudit/config/sourcecheckfile.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/rights.h"
#include "base/text.h"
#include "perm/permwalk.h"
#include "source/confwhy.h"

#include "base/poison.h"

#define AS_IT_SHOULD_BE "it should be " KA_FETCH_USER "'s with mode 0400"

struct look {
	const struct ka_sourcecheckfile *f;
	struct ka_buf *out;
	enum ka_rights_answer rights; /* that the fetcher's look was made with */
	struct ka_permwalk_refusal why;
	bool is_open_to_command, is_found;
	mode_t mode; /* when it is found */
};

static enum ka_err look_as_command(struct look *l)
{
	struct ka_rights rights;
	enum ka_err err = ka_rights_take(KA_COMMAND_USER, &rights);
	KA_AUTOCLOSE int fd = -1;

	if (err != KA_ERR_OK)
		return err;
	if (rights.answer == KA_RIGHTS_TAKEN)
		fd = open(l->f->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	ka_rights_give_back(&rights);
	l->is_open_to_command = fd >= 0;
	return KA_ERR_OK;
}

static enum ka_err look_as_fetcher(struct look *l, uid_t uid)
{
	const struct ka_permwalk_trust trust = { .owner = uid };
	KA_AUTOCLOSE int fd = -1;
	struct ka_rights rights;
	struct stat st;
	enum ka_err err = ka_rights_take_as(KA_FETCH_USER, l->f->on_miss ? KA_COMMAND_USER : KA_FETCH_USER, &rights);

	if (err != KA_ERR_OK)
		return err;
	l->rights = rights.answer;
	err = ka_permwalk_open(l->f->path, &trust, &fd, &l->why);
	ka_rights_give_back(&rights);
	if (err == KA_ERR_LIMIT)
		l->why.errnum = ENAMETOOLONG;
	l->is_found = err == KA_ERR_OK && fd >= 0 && fstat(fd, &st) == 0;
	if (l->is_found)
		l->mode = st.st_mode;
	return KA_ERR_OK;
}

static enum ka_reason secret_is_open(struct look *l, const char *what)
{
	struct ka_span path = ka_span_of(l->f->path);

	ka_text_escape(l->out, path, 0, KA_CONFWHY_PATH_SHOWN_MAX);
	ka_buf_text(l->out, what);
	ka_buf_text(l->out, "; " AS_IT_SHOULD_BE);
	ka_confwhy_mend(l->out, "chmod 0400 ", "close it to everybody but its owner", path);
	return KA_REASON_CONF_UNSAFE;
}

static void put_place(const struct look *l)
{
	ka_text_escape(l->out, ka_span_of(l->why.path), 0, KA_CONFWHY_PATH_SHOWN_MAX);
	ka_buf_text(l->out, ": mode ");
	ka_buf_octal(l->out, (unsigned)l->why.mode & 07777u, 4);
	ka_buf_text(l->out, ", owner ");
	ka_buf_u64(l->out, l->why.uid);
	ka_buf_text(l->out, ", group ");
	ka_buf_u64(l->out, l->why.gid);
}

/* permission denied: whose groups the fetcher has is what surprises people */
static enum ka_reason cannot_be_read(struct look *l)
{
	bool is_dir = S_ISDIR(l->why.mode);
	struct ka_span path = ka_span_of(l->why.path);

	put_place(l);
	ka_buf_text(l->out, l->f->on_miss ? ": the fetcher that a login starts is " KA_FETCH_USER " with the groups of " KA_COMMAND_USER
					    ", and cannot " :
					    ": the timer's fetcher, " KA_FETCH_USER ", cannot ");
	ka_buf_text(l->out, is_dir ? "look into it" : "read it");
	if (is_dir) {
		ka_confwhy_mend(l->out, "chmod a+x ", "let it be searched", path);
	} else if (l->f->is_secret) {
		ka_buf_text(l->out, "; " AS_IT_SHOULD_BE);
		ka_confwhy_mend(l->out, "chown " KA_FETCH_USER " ", "give it to " KA_FETCH_USER, path);
	} else {
		ka_confwhy_mend(l->out, "chmod a+r ", "let everybody read it", path);
	}
	return KA_REASON_CONF_INVALID;
}

/* a secret's owner is another one than other files': "make it root's" would be the wrong advice */
static enum ka_reason belongs_to_another(struct look *l)
{
	put_place(l);
	ka_buf_text(l->out, ": whose it is can change it; " AS_IT_SHOULD_BE);
	ka_confwhy_mend(l->out, "chown " KA_FETCH_USER " ", "give it to " KA_FETCH_USER, ka_span_of(l->why.path));
	return KA_REASON_CONF_UNSAFE;
}

static enum ka_reason judge(struct look *l)
{
	const struct ka_permwalk_refusal *why = &l->why;

	ka_buf_text(l->out, l->f->key);
	ka_buf_text(l->out, ": ");
	if (l->is_found && (l->mode & 0007) != 0)
		return secret_is_open(l, ": others may read the secret in it");
	if (l->f->is_secret && l->is_open_to_command)
		return secret_is_open(l, ": sshd's command (" KA_COMMAND_USER ") may read the secret in it");
	if (!l->is_found && why->errnum == EACCES && why->mode != 0)
		return cannot_be_read(l);
	if (!l->is_found && l->f->is_secret && why->reason != KA_REASON_NONE && S_ISREG(why->mode))
		return (why->mode & 022) != 0 ? secret_is_open(l, ": others may change it") : belongs_to_another(l);
	ka_confwhy_write(why, false, l->out);
	return why->reason != KA_REASON_NONE ? why->reason : KA_REASON_CONF_INVALID;
}

enum ka_err ka_sourcecheckfile_look(const struct ka_sourcecheckfile *f, enum ka_reason *reason, struct ka_buf *out)
{
	const struct passwd *pw = getpwnam(KA_FETCH_USER);
	struct look l = { .f = f, .out = out };
	enum ka_err err;

	*reason = KA_REASON_NONE;
	if (f->path[0] == '\0')
		return KA_ERR_OK;
	err = look_as_command(&l);
	if (err == KA_ERR_OK)
		err = look_as_fetcher(&l, pw != NULL ? pw->pw_uid : 0);
	if (err != KA_ERR_OK)
		return err;
	if (!l.is_found && l.why.errnum == EACCES && l.rights != KA_RIGHTS_TAKEN)
		return KA_ERR_OK; /* nobody whose eyes count has looked */
	if (!l.is_found || (f->is_secret && (l.is_open_to_command || (l.mode & 0007) != 0)))
		*reason = judge(&l);
	return KA_ERR_OK;
}
