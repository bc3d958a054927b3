/*
 * Everything the rules may know, gathered once: all the input and output of a
 * diagnosis is behind this header. It must never judge.
 */
#ifndef KA_DIAG_FACTS_H
#define KA_DIAG_FACTS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "diag/account.h"
#include "diag/cafile.h"
#include "diag/chroot.h"
#include "diag/cmdhealth.h"
#include "diag/cmdtry.h"
#include "diag/commandconf.h"
#include "diag/daemon.h"
#include "diag/diagnosis.h"
#include "diag/diskroom.h"
#include "diag/gateview.h"
#include "diag/keysource.h"
#include "diag/pamaccess.h"
#include "diag/pamconf.h"
#include "diag/sshdconf.h"
#include "diag/sshdrevoked.h"
#include "diag/sshdplace.h"
#include "diag/userfiles.h"
#include "diag/wrappers.h"
#include "diag/usergroups.h"

enum ka_facts_account { KA_FACTS_ACCOUNT_UNASKED, KA_FACTS_ACCOUNT_KNOWN, KA_FACTS_ACCOUNT_UNKNOWN };

struct ka_facts {
	const struct ka_diag_subject *subject;
	struct ka_sshdconf sshd;
	struct ka_daemon daemon;          /* the sshd that runs */
	struct ka_wrappers wrappers;      /* whether libwrap refuses the client, when a person asks */
	struct ka_ban ban;                /* whether a packet filter drops the client, when a person asks */
	struct ka_sshdplaces places;      /* where its settings stand; empty when nobody looked */
	char version[64];
	bool is_debian;                   /* which StrictModes rule */
	enum ka_facts_account account;
	uid_t uid;
	gid_t gid;
	char home[KA_TEXT_PATH_MAX];
	struct ka_account who;            /* the rest of the account */
	struct ka_usergroups groups;      /* asked when a list of sshd's needs them */
	struct ka_chroot chroot;
	bool has_files;                   /* the key files were looked at */
	bool asks_us;                     /* as far as we know sshd's command is ours */
	struct ka_userfiles files;
	struct ka_sshdrevoked revoked;    /* RevokedKeys */
	struct ka_cafile trusted;         /* TrustedUserCAKeys; looked at when a certificate is offered, or nobody says which key */
	struct ka_cmdhealth cmd;          /* sshd's command, as sshd finds it */
	struct ka_cmdtry tried;           /* what it printed, where it is another program; after the rules have run once */
	struct ka_commandconf command;    /* the configuration of sshd's command; its load.reason is NONE when it was not looked at */
	struct ka_keysource sources;
	struct ka_pamconf pam;            /* sshd's PAM stack, when sshd uses it; it says nothing otherwise */
	struct ka_pamaccess access;       /* what the rules that its pam_access follows say */
	struct ka_diskroom disks;
	struct ka_gateview gate;          /* what its enforce would say */
	struct ka_unjudged unjudged;
	struct ka_keyscan_offer offers[KA_DIAG_OFFERS_MAX];
	size_t offers_count;
};

/**
 * ka_facts_gather() - ask sshd, passwd, the user's files and our sources
 * @out: large (about 2 MiB): allocate it
 *
 * Errors: KA_ERR_SYS, KA_ERR_NOMEM. What could not be found out is said in @out.
 */
KA_MUST_CHECK enum ka_err ka_facts_gather(const struct ka_diag_subject *subject, struct ka_facts *out);

#endif
