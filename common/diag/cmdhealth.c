/* Looking at sshd's command with the rights of the user that it runs as. */
#include "diag/cmdhealth.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/rights.h"
#include "base/text.h"

#include "base/poison.h"

/* the first directory on the way that may not be searched; the rights are the user's */
static void find_blocked(struct ka_cmdhealth *out)
{
	for (size_t i = 0; out->path[i] != '\0'; i++) {
		char dir[KA_PATH_TRUSTED_MAX];

		if (out->path[i] != '/' || !ka_span_copy(ka_span_sub(ka_span_of(out->path), 0, i > 0 ? i : 1), dir, sizeof(dir)))
			continue;
		if (faccessat(AT_FDCWD, dir, X_OK, AT_EACCESS) == 0 || errno != EACCES)
			continue;
		memcpy(out->blocked, dir, sizeof(dir));
		return;
	}
}

static void look_as_user(struct ka_cmdhealth *out)
{
	struct stat st;

	out->is_looked = true;
	if (stat(out->path, &st) != 0)
		out->errnum = errno;
	else
		out->is_executable = faccessat(AT_FDCWD, out->path, X_OK, AT_EACCESS) == 0;
	if (out->errnum == EACCES)
		find_blocked(out);
}

enum ka_err ka_cmdhealth_look(const struct ka_sshdconf *c, struct ka_cmdhealth *out)
{
	struct ka_span rest = ka_span_of(c->command), word;
	struct ka_rights rights;
	struct stat st;
	enum ka_err err;

	memset(out, 0, sizeof(*out));
	if (!c->is_known || !ka_text_word(&rest, &word) || !ka_span_copy(word, out->path, sizeof(out->path)) || out->path[0] != '/' ||
	    c->command_user[0] == '\0' || strchr(c->command_user, '%') != NULL)
		return KA_ERR_OK;
	err = ka_rights_take(c->command_user, &rights);
	if (err != KA_ERR_OK)
		return err;
	out->is_user_missing = rights.answer == KA_RIGHTS_NO_USER;
	if (rights.answer == KA_RIGHTS_TAKEN)
		look_as_user(out);
	ka_rights_give_back(&rights);
	if (out->blocked[0] != '\0' && stat(out->blocked, &st) == 0) {
		out->blocked_mode = st.st_mode;
		out->blocked_uid = st.st_uid;
		out->blocked_gid = st.st_gid;
	}
	if (out->is_looked && out->errnum == 0) {
		err = ka_permcollect(out->path, "/", 0, &out->way);
		out->has_way = err == KA_ERR_OK;
	}
	return err == KA_ERR_NOMEM ? err : KA_ERR_OK;
}
