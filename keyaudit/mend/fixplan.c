/* The rules of --fix, in the order in which they are asked. */
#include "keyaudit/mend/fixplan.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"

#include "base/poison.h"

static const struct { const char *id, *why; } texts[] = {
	[KA_FIXPLAN_FINE] = { "fine", "" },
	[KA_FIXPLAN_GONE] = { "gone", "it is not there any more, or cannot be looked at" },
	[KA_FIXPLAN_LINK] = { "link", "a symbolic link on the way to it is not root's" },
	[KA_FIXPLAN_KIND] = { "kind", "it is no regular file, or no directory where one must be" },
	[KA_FIXPLAN_SYSTEM] = { "system", "it, or the home, is a directory of the system" },
	[KA_FIXPLAN_HOME_OTHER] = { "home-of-another", "the home belongs to another account too" },
	[KA_FIXPLAN_HOME_OWNER] = { "home-owner", "the home is not the user's own; whose it is has to be decided first" },
	[KA_FIXPLAN_NOT_OURS] = { "not-a-key-file", "only ~/.ssh and key files below the home are given to a user" },
	[KA_FIXPLAN_LINKS] = { "hard-links", "it has more than one name (hard links): it may be another file of this system" },
	[KA_FIXPLAN_LOW_UID] = { "uid-min", "the uid is below UID_MIN of /etc/login.defs: not a person's account" },
	[KA_FIXPLAN_MOUNT] = { "mount", "something is mounted there" },
	[KA_FIXPLAN_SETID] = { "set-id", "it has a set-user-ID, set-group-ID or sticky bit" },
	[KA_FIXPLAN_FOREIGN] = { "foreign", "it is not the user's own, so the user may not do it, and root must not there" },
	[KA_FIXPLAN_OPEN_WAY] = { "open-way", "somebody other than root may write on the way to it" },
	[KA_FIXPLAN_SHARED_DIR] = { "shared-directory", "a directory that is not the user's alone: look through the files in it before you close it" },
	[KA_FIXPLAN_WIDER] = { "wider", "it would let more people in than a key file needs" },
	[KA_FIXPLAN_LARGE] = { "too-long", "the file is too long to be looked through" },
	[KA_FIXPLAN_OPEN_FILE] = { "open-file", "others may write to it: close it first, then ask again" },
	[KA_FIXPLAN_ACL] = { "acl", "it has an access list, which an edit would lose" },
	[KA_FIXPLAN_NOT_KEYS] = { "not-keys", "it is not the user's and holds more than key lines: giving it away could give away a secret" },
	[KA_FIXPLAN_NOTHING] = { "nothing", "it is so already" },
};

const char *ka_fixplan_why(enum ka_fixplan_answer answer)
{
	return answer < KA_FIXPLAN_ANSWERS ? texts[answer].why : "";
}

const char *ka_fixplan_id(enum ka_fixplan_answer answer)
{
	return answer < KA_FIXPLAN_ANSWERS ? texts[answer].id : "";
}

unsigned ka_fixplan_mode(const struct ka_fixop *op, unsigned mode)
{
	return ((mode & op->keep) | op->set) & 07777;
}

void ka_fixplan_after(const struct ka_fixop *op, const struct ka_fixworld *world, struct ka_fixstat *st)
{
	if (op->kind == KA_FIXOP_CHMOD)
		st->mode = (st->mode & (unsigned)S_IFMT) | ka_fixplan_mode(op, st->mode);
	if (op->kind != KA_FIXOP_CHOWN)
		return;
	st->uid = world->uid;
	st->gid = world->gid;
}

/* is the object what the home's owner calls ~/.ssh? */
static bool is_dot_ssh(const struct ka_fixwalk *walk, const struct ka_fixworld *world)
{
	return ka_fixstat_is_same(&walk->parent, &world->home_st) && strcmp(walk->name, ".ssh") == 0 && S_ISDIR(walk->it.mode);
}

/* what holds for every change */
static enum ka_fixplan_answer judge_place(const struct ka_fixwalk *walk, const struct ka_fixworld *world)
{
	const struct ka_fixstat *it = &walk->it;
	bool is_home = world->has_home && ka_fixstat_is_same(it, &world->home_st);

	if (walk->fd < 0)
		return walk->errnum == ELOOP ? KA_FIXPLAN_LINK : KA_FIXPLAN_GONE;
	if (S_ISLNK(it->mode))
		return KA_FIXPLAN_LINK;
	if (!S_ISREG(it->mode) && !S_ISDIR(it->mode))
		return KA_FIXPLAN_KIND;
	if (ka_fixworld_is_system(world, it) || ((is_home || walk->is_in_home) && world->is_system))
		return KA_FIXPLAN_SYSTEM;
	if ((is_home || walk->is_in_home) && world->other[0] != '\0')
		return KA_FIXPLAN_HOME_OTHER;
	if ((it->mode & 07000) != 0)
		return KA_FIXPLAN_SETID;
	return KA_FIXPLAN_FINE;
}

static enum ka_fixplan_answer judge_chown(const struct ka_fixop *op, const struct ka_fixwalk *walk, const struct ka_fixworld *world)
{
	const struct ka_fixstat *it = &walk->it;

	if (!walk->is_in_home || !world->has_home)
		return KA_FIXPLAN_NOT_OURS;
	if (world->uid < world->uid_min)
		return KA_FIXPLAN_LOW_UID;
	if (world->home_st.uid != world->uid)
		return KA_FIXPLAN_HOME_OWNER;
	if (!is_dot_ssh(walk, world) && !(op->is_key_file && S_ISREG(it->mode)))
		return KA_FIXPLAN_NOT_OURS;
	if (S_ISREG(it->mode) && it->links != 1)
		return KA_FIXPLAN_LINKS;
	if (it->dev != world->home_st.dev || it->mount != world->home_st.mount)
		return KA_FIXPLAN_MOUNT;
	if (S_ISREG(it->mode) && it->size > KA_FIX_FILE_MAX)
		return KA_FIXPLAN_LARGE;
	return KA_FIXPLAN_FINE;
}

/* who may do it: the owner, or root where nobody else can put another object there */
static enum ka_fixplan_answer judge_actor(const struct ka_fixwalk *walk, const struct ka_fixworld *world, bool as_user)
{
	const struct ka_fixstat *it = &walk->it;

	if (as_user)
		return it->uid == world->uid ? KA_FIXPLAN_FINE : KA_FIXPLAN_FOREIGN;
	if (!S_ISREG(it->mode))
		return KA_FIXPLAN_SHARED_DIR;
	if (!walk->is_roots)
		return KA_FIXPLAN_OPEN_WAY;
	if (it->uid != 0 && it->uid != world->uid)
		return KA_FIXPLAN_FOREIGN;
	return it->links == 1 ? KA_FIXPLAN_FINE : KA_FIXPLAN_LINKS;
}

static enum ka_fixplan_answer judge_chmod(const struct ka_fixop *op, const struct ka_fixwalk *walk, const struct ka_fixworld *world)
{
	unsigned old = walk->it.mode & 07777, new = ka_fixplan_mode(op, old);
	bool takes_away = (new & ~old) == 0;

	if (new == old)
		return KA_FIXPLAN_NOTHING;
	if (!takes_away && new != (S_ISDIR(walk->it.mode) ? 0700 : 0600) && (S_ISDIR(walk->it.mode) || new != 0644))
		return KA_FIXPLAN_WIDER;
	if (S_ISREG(walk->it.mode) && walk->it.size > KA_FIX_FILE_MAX)
		return KA_FIXPLAN_LARGE;
	return judge_actor(walk, world, op->as_user);
}

/* the content of a file, or its name */
static enum ka_fixplan_answer judge_file(const struct ka_fixop *op, const struct ka_fixwalk *walk, const struct ka_fixworld *world)
{
	if (!S_ISREG(walk->it.mode))
		return KA_FIXPLAN_KIND;
	if (!walk->is_in_home)
		return KA_FIXPLAN_NOT_OURS;
	if (walk->it.uid != world->uid)
		return KA_FIXPLAN_FOREIGN;
	if (walk->it.size > KA_FIX_FILE_MAX)
		return KA_FIXPLAN_LARGE;
	if (op->kind != KA_FIXOP_EDIT)
		return KA_FIXPLAN_FINE;
	if (walk->it.links != 1)
		return KA_FIXPLAN_LINKS;
	if (ka_fixstat_others(&walk->it, world->uid))
		return KA_FIXPLAN_OPEN_FILE;
	return walk->it.has_acl ? KA_FIXPLAN_ACL : KA_FIXPLAN_FINE;
}

static enum ka_fixplan_answer judge_kind(const struct ka_fixop *op, const struct ka_fixwalk *walk, const struct ka_fixworld *world)
{
	switch (op->kind) {
	case KA_FIXOP_CHOWN:
		return judge_chown(op, walk, world);
	case KA_FIXOP_CHMOD:
		return judge_chmod(op, walk, world);
	case KA_FIXOP_RENAME:
	case KA_FIXOP_EDIT:
		return judge_file(op, walk, world);
	case KA_FIXOP_KINDS:
		break;
	}
	return KA_FIXPLAN_NOT_OURS;
}

enum ka_fixplan_answer ka_fixplan_judge(const struct ka_fixop *op, const struct ka_fixwalk *walk, const struct ka_fixworld *world)
{
	enum ka_fixplan_answer answer = judge_place(walk, world);

	return answer == KA_FIXPLAN_FINE ? judge_kind(op, walk, world) : answer;
}

enum ka_fixplan_answer ka_fixplan_undo(const struct ka_fixop *op, const struct ka_fixwalk *walk, const struct ka_fixworld *world)
{
	enum ka_fixplan_answer answer = judge_place(walk, world);

	if (answer != KA_FIXPLAN_FINE)
		return answer;
	return op->kind == KA_FIXOP_CHMOD ? judge_actor(walk, world, op->as_user) : judge_kind(op, walk, world);
}
