/* One session of several. MUST: take none for the failed one that another could be. */
#include "keyaudit/collect/saidsession.h"

#include <dirent.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "keyaudit/case/case.h"
#include "keyaudit/case/casesaid.h"

#include "base/poison.h"

static bool exists(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool has_begun_now(int dir, const char *name, int64_t at_us)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && llabs(st.st_mtim.tv_sec - at_us / 1000000) <= KA_SAID_GRAIN_SEC;
}

/* has it still something to say? In said/, where nothing but the log speaks, sshd must have let them in */
static bool may_speak(const struct ka_rundir *r, const struct ka_saidsession_query *q, const struct ka_conn *conn)
{
	struct ka_casesaid_glance said;

	if (!ka_casesaid_look(r, conn, &said))
		return !q->is_without_pam;
	return !said.is_closed && (!q->is_without_pam || said.is_accepted);
}

/* false only when the user is known not to have it */
static bool may_have_group(const char *user, gid_t gid)
{
	KA_AUTOFREE char *buffer = malloc(KA_ACCOUNT_ENTRY_MAX);
	struct passwd pw, *found = NULL;

	if (gid == 0 || user[0] == '\0' || buffer == NULL || getpwnam_r(user, &pw, buffer, KA_ACCOUNT_ENTRY_MAX, &found) != 0)
		return true;
	return found == NULL || pw.pw_gid == gid;
}

static bool may_be_of(const struct ka_rundir *r, const struct ka_saidsession_query *q, const struct ka_conn *conn)
{
	struct ka_case *c = ka_case_new(conn);
	bool may = true;

	if (c != NULL && ka_case_read_open(r, c) == KA_ERR_OK)
		may = (q->user.len == 0 || c->user[0] == '\0' || ka_span_is(q->user, c->user)) && may_have_group(c->user, q->gid);
	ka_case_free(&c);
	return may;
}

bool ka_saidsession_find(const struct ka_rundir *r, const struct ka_saidsession_query *q, struct ka_conn *out)
{
	int dir = q->is_without_pam ? r->said : r->phase, again = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	KA_AUTOCLOSEDIR DIR *d = again >= 0 ? fdopendir(again) : NULL;
	const struct dirent *e;
	struct ka_conn conn;
	size_t n = 0;

	while (d != NULL && n < 2 && (e = readdir(d)) != NULL) {
		if (!ka_conn_parse(ka_span_of(e->d_name), &conn) || !has_begun_now(dir, e->d_name, q->at_us) ||
		    exists(r->done, e->d_name) || !may_speak(r, q, &conn) || !may_be_of(r, q, &conn))
			continue;
		*out = conn;
		n++;
	}
	return n == 1;
}
