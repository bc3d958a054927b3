/*
 * The work of one run: ask the sources in order, judge lines, print what passed.
 * Only canonical re-serialised keys leave; never a byte of a source's line.
 */
#ifndef KA_CMDSERVE_H
#define KA_CMDSERVE_H

#include "authkeys-cmd/cmdargs.h"
#include "base/buf.h"
#include "base/err.h"
#include "conf/conf.h"
#include "judge/certjudge.h"
#include "judge/judge.h"
#include "key/keyline.h"
#include "source/sourcecommand.h"
#include "source/sourcefile.h"
#include "source/sourcehttp.h"
#include "source/sourcelines.h"
#include "source/sourcerevoked.h"
#include "spool/attempt.h"
#include "spool/record.h"

/* large, and far from everything that each run touches */
struct ka_cmdstore {
	struct ka_sourcehttp_env env;
	struct ka_sourcehttp http;
	struct ka_sourcerevoked revoked;
	bool label_is_of_served;     /* the label is that of a line that was served */
	char label[KA_LABEL_WORD_MAX]; /* what record->label borrows from */
	char plain[KA_BLOB_MAX + 1]; /* a key without the certificate around it */
	struct ka_vetpolicy policy;  /* for a source, user or -P that has one of its own; touched then only */
};

struct ka_cmdserve {
	/* set by the caller */
	const struct ka_cmdargs *args;
	const struct ka_conf *conf;
	const struct ka_vetpolicy *policy; /* the base: of ka_vetconf_make() */
	struct ka_judge *judge;
	struct ka_certjudge *certjudge;   /* scratch for an offered certificate; else nothing of it is touched */
	const struct ka_permwalk_known *known; /* for the walks to key files; may be NULL */
	struct ka_attempt *attempt;       /* what this connection did before; may be NULL without http */
	struct ka_cmdstore *store;        /* scratch for sources of type http and policies of their own; else nothing of it is touched */
	int out_fd;                       /* where keys go */
	/* results */
	struct ka_record *record;         /* src, verdict, reasons, opts, label are filled in */
	size_t served;                    /* lines printed */
	uint32_t later;                   /* bit I: source I is to be asked again behind the answer */
	/* scratch: too large for a stack frame */
	struct ka_span offered;           /* blob of -k, at the beginning of storage; decoded by us unless it is there */
	const char *needle;               /* what is searched for in lines: -k, or the key of its authority */
	bool is_cert;                     /* a certificate is judged */
	struct ka_keyline line;
	struct ka_vet vet;
	struct ka_vet_when when;
	const struct ka_vetpolicy *in_force; /* of the source in hand: @policy, or made tighter */
	struct ka_sourcelines lines;      /* of the source in hand */
	bool has_local_offset;
	bool is_labelled;                 /* the lines of the source in hand end in what a store calls them */
	struct ka_buf out, src, reasons, opts;
	struct ka_sourcefile_out answer;
	struct ka_source_evidence evidence;
	bool has_store;                   /* a source of type http is asked */
	uint8_t storage[2 * KA_BLOB_MAX]; /* the offered blob, and close behind it that of the line in hand */
	char out_text[KA_LINE_MAX * 3];
};

/** ka_cmdserve_run() - answer; what goes wrong inside ends in the record as internal.error, and nothing more is served */
void ka_cmdserve_run(struct ka_cmdserve *s);

/** ka_cmdserve_later() - start the refreshes that the run found due; when the answer is out and the record is written */
void ka_cmdserve_later(const struct ka_cmdserve *s);

/** ka_cmdserve_note() - add a reason to the record's list, once */
void ka_cmdserve_note(struct ka_cmdserve *s, enum ka_reason reason);

#endif
