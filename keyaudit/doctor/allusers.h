/*
 * Every account of the machine, one after the other, as the doctor sees it without a login: which accounts have keys, and
 * what would keep them out. Worked on by a few processes at once; what is kept of an account is one small record.
 */
#ifndef KA_ALLUSERS_H
#define KA_ALLUSERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/limits.h"
#include "diag/diagnosis.h"
#include "keyaudit/screen/progress.h"

enum ka_alluser_state {
	KA_ALLUSER_OK,      /* keys, and nothing against them */
	KA_ALLUSER_NONE,    /* no keys, and nothing that keeps some from being found */
	KA_ALLUSER_WARN,    /* keys, and something to look at */
	KA_ALLUSER_FAIL,    /* none of its keys would log in */
	KA_ALLUSER_UNKNOWN, /* could not be looked at */
	KA_ALLUSER_STATES
};

/* fixed width: it comes over a pipe from a worker */
struct ka_alluser {
	uint32_t index;                     /* of its name */
	uint32_t state, reason;             /* enum ka_alluser_state, enum ka_reason; none when there is nothing to say */
	uint32_t keys, warnings;
	uint32_t line;                      /* 0: none */
	char path[KA_ALLUSERS_PATH_MAX];    /* what the reason is about; raw, cut at the front; "" */
};

/* what passwd says of an account */
struct ka_allusers_passwd {
	uid_t uid;
	bool is_service; /* its shell lets nobody work (nologin, false): such an account often has no home */
};

struct ka_allusers {
	size_t count;
	char **name;              /* owned, as are the strings */
	struct ka_allusers_passwd *passwd; /* owned */
	struct ka_alluser *found; /* owned; one for each name */
	size_t sum[KA_ALLUSER_STATES];
};

/** ka_allusers_list() - the accounts that getpwent(3) names. Errors: KA_ERR_NOMEM, KA_ERR_LIMIT (more than KA_ALLUSERS_MAX) */
KA_MUST_CHECK enum ka_err ka_allusers_list(struct ka_allusers *out);

/**
 * ka_allusers_run() - look at each of them
 * @base:    what to ask; user and offers are set for each account
 * @workers: processes at once, 1 or more
 *
 * Errors: KA_ERR_NOMEM, KA_ERR_SYS (no process). A worker that ends early leaves its accounts as KA_ALLUSER_UNKNOWN.
 */
KA_MUST_CHECK enum ka_err ka_allusers_run(struct ka_allusers *all, const struct ka_diag_subject *base, unsigned workers, struct ka_progress *bar);

/** ka_allusers_judge() - what a diagnosis says of an account, without index. Pure */
void ka_allusers_judge(const struct ka_diagnosis *d, const struct ka_allusers_passwd *passwd, struct ka_alluser *out);

/** ka_allusers_free() - frees what is owned, and begins anew */
void ka_allusers_free(struct ka_allusers *all);

/** ka_alluser_state_text() - "ok", "none", "warn", "fail", "unknown" */
const char *ka_alluser_state_text(enum ka_alluser_state state);

#endif
