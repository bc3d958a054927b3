/* Group facts from NSS. It must start every enumeration afresh, and must not decide anything. */
#include "perm/permgroup.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "base/poison.h"

static bool is_asked(const struct ka_perm_fact *f)
{
	return (f->mode & S_IWGRP) != 0;
}

/* everything but the primary members */
static void look_up(struct ka_perm_fact *f)
{
	const struct group *gr = getgrgid(f->gid);
	const struct passwd *owner = getpwuid(f->uid);
	struct ka_perm_group *g = &f->group;

	*g = (struct ka_perm_group){ .exists = gr != NULL, .owner_unknown = owner == NULL };
	if (gr == NULL)
		return;
	while (gr->gr_mem[g->members] != NULL)
		g->members++;
	g->only_member_is_owner = g->members == 1 && owner != NULL && strcmp(gr->gr_mem[0], owner->pw_name) == 0;
}

void ka_permgroup_fill(struct ka_perm_fact *facts, size_t count, uid_t user)
{
	const struct passwd *pw;
	size_t asked = 0;

	for (size_t i = 0; i < count; i++)
		if (is_asked(&facts[i])) {
			look_up(&facts[i]);
			asked++;
		}
	if (asked == 0)
		return;
	setpwent();
	while ((pw = getpwent()) != NULL)
		for (size_t i = 0; i < count; i++)
			if (is_asked(&facts[i]) && pw->pw_gid == facts[i].gid) {
				facts[i].group.has_primary = true;
				if (pw->pw_uid != user)
					facts[i].group.foreign_primary = true;
			}
	endpwent();
}
