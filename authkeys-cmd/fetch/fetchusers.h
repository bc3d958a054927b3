/*
 * For whom a refresh asks: the list that `users` names, and always those whose entry lies in the cache already.
 */
#ifndef KA_FETCHUSERS_H
#define KA_FETCHUSERS_H

#include <stddef.h>

#include "base/err.h"
#include "conf/conf.h"

struct ka_fetchusers {
	char **names; /* each once, in byte order; the lists (":index") are not among them */
	size_t count, room;
	size_t left_out; /* beyond KA_FETCH_USERS_MAX */
};

/**
 * ka_fetchusers_list() - collect them
 * @cache: KA_PATH_CACHE
 * @s: users = FILE (one name a line), passwd (getpwent(3)), index (the verified index in the cache), or nothing
 *
 * Names outside the grammar of base/username.h are left out silently: nobody may be asked for by such a name.
 * Errors: KA_ERR_NOMEM; KA_ERR_SYS - the list cannot be read (what lies in the cache is there all the same).
 */
KA_MUST_CHECK enum ka_err ka_fetchusers_list(const char *cache, const struct ka_conf_source *s, struct ka_fetchusers *out);

void ka_fetchusers_free(struct ka_fetchusers *u);

#endif
