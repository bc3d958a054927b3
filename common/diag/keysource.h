/*
 * What our own sources hold: is an offered key listed there for the user, what
 * does vetting say to it, is there a damaged line that was meant for it, and does
 * it stand there under another name instead.
 * Reads only through the trusted walk of source/sourcefile.h, when root with the rights of the
 * command's user; homes are never searched.
 */
#ifndef KA_DIAG_KEYSOURCE_H
#define KA_DIAG_KEYSOURCE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/rights.h"
#include "conf/conf.h"
#include "diag/diagnosis.h"
#include "diag/keyscan.h"
#include "source/source.h"
#include "vet/vet.h"

/* one offered key */
struct ka_keysource_key {
	bool is_listed;                  /* a line of a source holds it; of a certificate: names its authority */
	bool by_authority;               /* a certificate, judged by that line or by trusted_ca */
	struct ka_vet vet;               /* the verdict on that line (the best of several) */
	char path[KA_TEXT_PATH_MAX];     /* "" when the source is no file */
	unsigned line, column;
	char source[KA_SOURCE_NAME_MAX]; /* which source it is from; "" with is_elsewhere */
	bool is_damaged;                 /* not listed, and the line of hit was meant for it */
	struct ka_keyscan_hit hit;       /* listed: as sshd sees the line, with from=; damaged: what is wrong with it */
	bool is_elsewhere;               /* listed for another user */
	char other_user[KA_USER_NAME_MAX];
};

struct ka_keysource {
	bool is_asked;              /* the configuration could be used */
	bool serves_certificates;   /* its certificates = yes */
	size_t keys;                /* well-formed keys for the user in all sources */
	enum ka_reason trouble;     /* conf.unsafe, store.*: the first source that could not be read, or KA_REASON_NONE */
	char trouble_path[KA_TEXT_PATH_MAX];
	mode_t trouble_mode;
	uid_t trouble_uid;
	gid_t trouble_gid;
	int trouble_errnum;         /* when it could not be opened */
	bool is_harmless;           /* the trouble keeps none of these keys out: more lines than are judged, where sshd names the key */
	enum ka_rights_answer rights; /* whose rights the sources were read with */
	char trouble_source[KA_SOURCE_NAME_MAX];
	enum ka_conf_kind trouble_kind;
	bool trouble_is_signed;     /* its format */
	struct ka_source_evidence trouble_evidence;
	size_t unasked;             /* sources of which nobody can say what they have: see source/sourceask.h */
	struct ka_keysource_key key[KA_DIAG_OFFERS_MAX];
};

struct ka_keysource_query {
	const struct ka_conf *conf; /* NULL: nothing is asked */
	const char *user;
	enum ka_conf_profile profile; /* -P of sshd's command line */
	const char *home;           /* NULL when the user is unknown */
	uid_t uid;
	bool has_uid;
	const struct ka_keyscan_offer *offers;
	const struct ka_offer *named;  /* the same keys as texts, for programs that are told about them */
	size_t offers_count;
	const char *address;        /* of the client; "" or NULL when unknown: from= is then not judged */
	int64_t now_sec, local_offset_sec;
	bool may_ask;               /* see struct ka_diag_subject */
	bool whole;                 /* sshd does not name the key: the limit of source/sourcelines.h is one for all lines */
};

/**
 * ka_keysource_look() - ask every source; keys not found there are looked for under other names
 * @out: large: allocate it
 *
 * Limits: KA_SOURCE_FILES_MAX other names. Errors: KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_keysource_look(const struct ka_keysource_query *query, struct ka_keysource *out);

#endif
