/*
 * sshd's RevokedKeys: which of the offered keys and authorities stand there, and what is
 * wrong with a file that sshd cannot read: it refuses every key then. A text of keys is
 * read here; a binary list (KRL) by ssh-keygen -Q, as sshd's own code reads it.
 */
#ifndef KA_DIAG_SSHDREVOKED_H
#define KA_DIAG_SSHDREVOKED_H

#include <stdbool.h>

#include "base/err.h"
#include "base/limits.h"
#include "diag/cafile.h"
#include "diag/diagnosis.h"
#include "diag/keyscan.h"
#include "diag/sshdconf.h"

/* what came of asking ssh-keygen about a KRL */
enum ka_sshdrevoked_told {
	KA_SSHDREVOKED_TOLD,       /* or there was nothing to ask */
	KA_SSHDREVOKED_NO_PROGRAM, /* it cannot be executed */
	KA_SSHDREVOKED_NO_ANSWER   /* it did not end in time, or not as it does */
};

struct ka_sshdrevoked_file {
	struct ka_cafile file;         /* lines of a text */
	bool is_broken;                /* a KRL that ssh-keygen cannot read */
	enum ka_sshdrevoked_told told; /* when it is not TOLD, false below means "not known" */
	bool key[KA_DIAG_OFFERS_MAX];  /* the offered key is revoked, or the certificate by its serial or id */
	bool ca[KA_DIAG_OFFERS_MAX];   /* the authority of the offered certificate is */
};

struct ka_sshdrevoked {
	size_t count;                  /* OpenSSH 10.3 and later take several */
	struct ka_sshdrevoked_file files[KA_SSHDREVOKED_FILES_MAX];
};

/**
 * ka_sshdrevoked_look() - every file that RevokedKeys names
 * @named: the offers, with their text
 *
 * Limits: ssh-keygen is asked about KA_DIAG_ASKED_MAX offers, KA_SSHDREVOKED_ASK_MS each; nothing is known of the others. When
 *         it gives no answer once it is not asked again.
 * Errors: KA_ERR_NOMEM, KA_ERR_SYS (no process could be made).
 */
KA_MUST_CHECK enum ka_err ka_sshdrevoked_look(const struct ka_sshdconf *conf, const struct ka_offer *named,
					      const struct ka_keyscan_offer *offers, size_t count, struct ka_sshdrevoked *out);

#endif
