/* Looking at access lists. It must never say "nobody" where it could not read. */
#include "diag/aclook.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/xattr.h>

#include "base/buf.h"
#include "base/text.h"
#include "perm/permacl.h"

#include "base/poison.h"

static void put_who(struct ka_buf *b, const struct ka_permacl_entry *e)
{
	const struct passwd *pw = e->is_group ? NULL : getpwuid(e->id);
	const struct group *gr = e->is_group ? getgrgid(e->id) : NULL;
	const char *name = pw != NULL ? pw->pw_name : gr != NULL ? gr->gr_name : NULL;

	if (b->len > 0)
		ka_buf_char(b, ' ');
	ka_buf_text(b, e->is_group ? "group:" : "user:");
	if (name != NULL)
		ka_buf_text(b, name);
	else
		ka_buf_u64(b, e->id);
}

/* the list lets others write: its object and who they are */
static void take(const struct ka_perm_fact *fact, const char *path, const struct ka_permacl *acl, struct ka_userfile *f)
{
	struct ka_buf b;

	ka_span_copy(ka_span_of(path), f->acl_open.path, sizeof(f->acl_open.path));
	f->acl_open.mode = fact->mode;
	f->acl_open.uid = fact->uid;
	f->acl_open.gid = fact->gid;
	f->acl_only_mask = acl->is_only_mask;
	ka_buf_init_array(&b, f->acl_who);
	for (size_t i = 0; i < acl->count; i++)
		put_who(&b, &acl->writers[i]);
	if (acl->is_cut)
		ka_buf_text(&b, " ...");
}

void ka_aclook_run(const struct ka_permcollect *way, uid_t user, struct ka_userfile *f)
{
	for (size_t i = 0; i < way->count && way->facts[i].object != KA_PERM_ABOVE_HOME; i++) {
		uint8_t bytes[KA_PERMACL_BYTES_MAX];
		char path[KA_TEXT_PATH_MAX];
		struct ka_permacl acl;
		ssize_t n;

		ka_permcollect_path(way, i, path, sizeof(path));
		n = path[0] != '\0' ? getxattr(path, "system.posix_acl_access", bytes, sizeof(bytes)) : -1;
		if (n > 0 && ka_permacl_parse(bytes, (size_t)n, user, &acl)) {
			if (acl.count > 0 && f->acl_open.path[0] == '\0')
				take(&way->facts[i], path, &acl, f);
		} else if ((n >= 0 || errno == ERANGE || (path[0] != '\0' && getxattr(path, "system.nfs4_acl", NULL, 0) > 0)) && f->acl[0] == '\0') {
			ka_span_copy(ka_span_of(path), f->acl, sizeof(f->acl));
		}
	}
}
