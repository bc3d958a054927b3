/* Groups of a user, by name. It asks the name service and nothing else; it never judges. */
#include "diag/usergroups.h"

#include <grp.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

#include "base/poison.h"

#define GROUP_BUFFER (1024 * 1024) /* one group with its members */

static void take_name(gid_t gid, char *buffer, struct ka_usergroups *out)
{
	struct group gr, *found = NULL;

	if (getgrgid_r(gid, &gr, buffer, GROUP_BUFFER, &found) != 0) {
		out->is_cut = true;
		return;
	}
	if (found == NULL)
		return;
	if (ka_span_copy(ka_span_of(gr.gr_name), out->name[out->count], sizeof(out->name[0])))
		out->count++;
	else
		out->is_cut = true;
}

enum ka_err ka_usergroups_look(const char *user, gid_t gid, struct ka_span wanted, struct ka_usergroups *out)
{
	KA_AUTOFREE char *buffer = malloc(GROUP_BUFFER);
	KA_AUTOFREE gid_t *gids = calloc(KA_USERGROUPS_MAX, sizeof(*gids));
	char name[KA_USERGROUPS_NAME_MAX];
	struct group gr, *found = NULL;
	int n = KA_USERGROUPS_MAX;

	memset(out, 0, sizeof(*out));
	if (buffer == NULL || gids == NULL)
		return KA_ERR_NOMEM;
	out->is_cut = getgrouplist(user, gid, gids, &n) < 0;
	if (n > KA_USERGROUPS_MAX)
		n = KA_USERGROUPS_MAX;
	for (int i = 0; i < n; i++)
		take_name(gids[i], buffer, out);
	out->is_known = true;
	out->wanted_exists = wanted.len > 0 && ka_span_copy(wanted, name, sizeof(name)) &&
			     getgrnam_r(name, &gr, buffer, GROUP_BUFFER, &found) == 0 && found != NULL;
	return KA_ERR_OK;
}
