/*
 * The diagnosis: why was this key refused, with evidence and a fix. Facts are
 * gathered once (all the I/O, user files with the user's rights), rules are pure,
 * the primary reason follows one order. Doctor, recorder and collector call the
 * same function; sinks and the terminal only render what stands here.
 */
#ifndef KA_DIAG_DIAGNOSIS_H
#define KA_DIAG_DIAGNOSIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/rights.h"
#include "conf/conf.h"
#include "diag/ban.h"
#include "diag/fixop.h"
#include "diag/keyrow.h"
#include "diag/said.h"
#include "diag/unjudged.h"
#include "diag/wayline.h"
#include "reason/reason.h"

/* what the command said about a key */
enum ka_offer_said { KA_OFFER_UNKNOWN, KA_OFFER_SERVED, KA_OFFER_REFUSED, KA_OFFER_NONE };

struct ka_offer {
	char type[KA_TYPE_NAME_MAX];
	char fp[KA_FPR_TEXT_MAX];            /* "SHA256:..", of the plain key */
	char key[KA_RECORD_KEY_MAX + 1];     /* base64 of the blob, "" when unknown, or when long_key has it */
	const char *long_key;                /* of a certificate that no record holds, up to KA_OFFER_KEY_MAX; borrowed; NULL */
	enum ka_offer_said said;
	unsigned runs;                       /* attempt records; 2 served ones = query and signature */
	enum ka_reason reasons[KA_VERDICT_REASONS_MAX]; /* from the records: vetting, sources, conf */
	size_t reasons_count;
	char src[KA_RECORD_SRC_MAX];         /* what the sources said, as the first record with its last verdict has it */
	int64_t took_us;                     /* how long the command took to say so; 0: not recorded */
	char label[KA_LABEL_MAX + 1];        /* what a store calls it, from the same record; hostile text, "" unknown */
	unsigned ca_line;                    /* a certificate without its text: where its authority stood as an ordinary key; 0 */
	enum ka_reason verdict;              /* set by the diagnosis: this key's own reason */
};

/** ka_offer_key() - base64 of the blob, wherever it stands; "" when unknown */
static inline const char *ka_offer_key(const struct ka_offer *o)
{
	return o->long_key != NULL ? o->long_key : o->key;
}

/* what the trail has of the user's last refusal, when nobody has logged in since */
struct ka_recorded {
	enum ka_reason reason;                      /* of the event; KA_REASON_NONE when it has none that we know */
	enum ka_reason offers[KA_DIAG_OFFERS_MAX];  /* of each offered key, in the order of the subject's */
	const char *at, *why;                       /* its time, what it says in words: hostile text */
	const char *path;                           /* the file that was to blame: hostile text; "" or NULL: none */
	unsigned line;                              /* in it; 0 */
};

/* what is asked */
struct ka_diag_subject {
	const struct ka_recorded *recorded;  /* NULL: none, or nobody asks about it */
	const struct ka_recorded *dropped;   /* by_hand: connections that sshd's listener dropped just now, and nobody knows whose; NULL: none */
	char user[KA_USER_NAME_MAX];
	char address[64];                    /* client address, "" when unknown */
	int64_t now_sec;
	struct ka_offer *offers;             /* in the order offered; the diagnosis sets .verdict */
	size_t offers_count;
	bool offers_overflowed;
	const struct ka_said *said;          /* borrowed: what sshd's log says of this connection, in its order */
	size_t said_count;
	int64_t lasted_ms;                   /* how long the monitor lived; 0: nobody knows */
	bool is_unanswered;                  /* sshd's command began to look for a key, and left no word of it */
	enum ka_step reached;                /* sshd is known to have come as far as this step: what lies before it did not refuse */
	bool records_only;                   /* no look at the user's files or sshd's configuration */
	bool by_hand;                        /* a person asks: what follows the proof (PAM) and the sshd that listens are looked at too */
	ka_ban_look *look_ban;               /* by_hand: asks the packet filter; NULL: nobody does */
	bool may_ask;                        /* run programs and go to stores; else sources of those types say what the records have */
	bool is_general;                     /* nobody logged in: the doctor asks what keeps keys of this user out */
	const struct ka_conf *conf;          /* our own: which sshd, which rule; NULL when it could not be loaded */
	const char *conf_path;               /* -c FILE of the doctor; NULL: what sshd gives its command */
};


/*
 * A fix: a list of commands, each an argv list (printed through one shell quoter, never executed from here),
 * or one sentence of advice. An operand with control or non-UTF-8 bytes yields advice and no command.
 */
struct ka_fix {
	bool as_user;                        /* below a home: runuser -u USER -- ... */
	size_t commands;                     /* 0: advice only */
	char command[3][KA_TEXT_PATH_MAX + 256]; /* rendered, ready to paste into a POSIX shell; may hold && of two argv lists */
	char advice[512];                    /* plain sentence, escaped; may be "" when there are commands */
	struct ka_fixops ops;                /* what the commands do, for who does it without a shell; none: it is not to be done so */
};

struct ka_evidence {
	char path[KA_TEXT_PATH_MAX];         /* raw bytes; render escaped */
	char target[KA_TEXT_PATH_MAX];       /* real path or link target; file.wrong-name: where it should be; "" when the same */
	bool has_stat;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	char owner[64], group[64];           /* names or decimal ids */
	int errnum;                          /* why it could not be opened, 0 */
	unsigned line, column;               /* 1-based, 0 = none */
	char detail[KA_TEXT_OPTION_MAX];     /* option value, list of names, address seen ...; raw, render escaped */
	char note[160];                      /* one plain clause of ours ("group staff has 4 other members") */
};

struct ka_finding {
	enum ka_reason reason;
	int offer;                           /* index into subject.offers, -1 = the whole connection or user */
	bool decided;                        /* false: secondary, would not have refused this key */
	struct ka_evidence evidence;
	struct ka_fix fix;
};

struct ka_diagnosis {
	size_t count;
	struct ka_finding findings[KA_DIAG_FINDINGS_MAX]; /* the primary one first, then by sshd's order */
	bool has_primary;                    /* findings[0] is the reason of a refusal */
	bool would_login;                    /* at least one offer stands in a file that sshd would take, with no finding against it */
	char sshd_version[64];               /* "OpenSSH_9.2p1 Debian-2+deb12u10", "" when unknown */
	bool strict_modes_debian;            /* rule applied */
	bool sshd_asked;                     /* false: sshd did not tell its configuration, defaults were taken */
	enum ka_rights_answer rights;        /* whose rights our configuration and sources were read with */
	bool hung;                           /* looking at the user's files hit its deadline */
	size_t usable_keys;                  /* keys of the user that sshd can read, in the files it reads and in our sources */
	struct ka_way way;                   /* by_hand only: each thing that sshd looks at, in its order */
	size_t rows_count, rows_left_out;    /* by_hand only: the lines of the key files, by way.line[].file; and those left out */
	struct ka_keyrow rows[KA_DIAG_ROWS_MAX];
	struct ka_unjudged unjudged;         /* what was seen and is not judged by this release */
	size_t key_files_count;
	char key_files[KA_DIAG_FILES_MAX][KA_TEXT_PATH_MAX]; /* that sshd reads for this user, raw bytes */
};

/**
 * ka_diagnosis_run() - gather facts and judge them
 * @out: large (about 700 KiB): allocate it
 *
 * Root: needs CAP_SETUID and friends to take the user's rights; without root it says what it could see.
 * Errors: KA_ERR_SYS, KA_ERR_NOMEM only; everything else is a finding (internal.error at worst).
 */
KA_MUST_CHECK enum ka_err ka_diagnosis_run(struct ka_diag_subject *subject, struct ka_diagnosis *out);

#endif
