/* What is published now: read, and believed only as far as it is signed by those who sign today. */
#ifndef KA_PUBOLD_H
#define KA_PUBOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "keyaudit/publish/publist.h"
#include "keyaudit/sign/signblock.h"
#include "keyaudit/sign/signerkey.h"
#include "store/signeddoc.h"

/* reading; large: allocated */
struct ka_pubold_work {
	int dir; /* --to */
	const struct ka_signerkey *keys;
	size_t keys_count;
	uint64_t highest;         /* serial of all that is ours */
	uint64_t highest_foreign; /* and of what has the form, but other signers */
	struct ka_signeddoc doc;
	struct ka_signblock room;
};

/* a list for all: the index, the revoked list */
struct ka_pubold_list {
	bool is_there, is_ours;
	int64_t expires;
	uint8_t content[32]; /* ka_pubplan_content() */
	size_t lines;
	char *bytes;         /* the whole file while it is_ours; the caller's to free() */
	struct ka_span body; /* its lines */
};

/** ka_pubold_user() - fill u->old. Errors: KA_ERR_SYS - there is something and it cannot be read; KA_ERR_NOMEM */
KA_MUST_CHECK enum ka_err ka_pubold_user(struct ka_pubold_work *w, struct ka_pubuser *u);

/** ka_pubold_list() - the same for a list of that name */
KA_MUST_CHECK enum ka_err ka_pubold_list(struct ka_pubold_work *w, const char *name, enum ka_signeddoc_kind kind,
					 struct ka_pubold_list *out);

/** ka_pubold_name() - "USER.keys"; "" when it is too long for a file */
void ka_pubold_name(const char *user, char out[static KA_PUBLISH_NAME_MAX]);

#endif
