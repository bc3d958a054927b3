/*
 * The keys of one user, judged before they are published: by the policy, as `keyaudit vet` does, and against the list of
 * revoked keys. What comes of it are the lines of a document: keys only, no comments of the file, LF behind each.
 */
#ifndef KA_PUBLINT_H
#define KA_PUBLINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "keyaudit/publish/pubrevoked.h"
#include "keyaudit/sign/plainfile.h"
#include "keyaudit/vet/toolpolicy.h"
#include "keyaudit/vet/vetscan.h"
#include "keyaudit/vet/vetshow.h"
#include "store/signeddoc.h"
#include "vet/vet.h"

/* what a key that is refused does to the publication */
enum ka_publint_refused { KA_PUBLINT_STOP, KA_PUBLINT_LEAVE_OUT, KA_PUBLINT_PUBLISH };

/* zeroed, with what stands above the line set, it is ready; large: allocated */
struct ka_publint {
	struct ka_toolpolicy *policy;
	const struct ka_pubrevoked *revoked;
	enum ka_publint_refused refused_is;
	struct ka_vetshow show;      /* .out, .json */
	struct ka_vet_when when;
	/* so many keys of all files */
	size_t warned, refused, left_out;
	/* of the file in hand */
	const char *user;            /* whose it is, set by the caller: user_profiles; NULL: nobody's */
	struct ka_vetpolicy in_force;
	size_t keys;
	struct ka_buf *body;
	enum ka_err err;
	struct ka_vetscan scan;
	struct ka_vet vet;
	char plain[KA_BLOB_MAX + 1];
};

/**
 * ka_publint_file() - judge one file and append its keys to @body
 * @label: how the file is called in findings
 *
 * Findings, and only these, go to show.out. l->keys is how many lines were appended; overflow of @body, and more than
 * KA_SIGNED_LINES_MAX keys, are for the caller to see.
 *
 * Answers: what reading came to. Errors go to l->err: KA_ERR_SYS - the findings cannot be written; KA_ERR_NOMEM.
 */
enum ka_plainfile_answer ka_publint_file(struct ka_publint *l, int dir, const char *file, const char *label, struct ka_buf *body);

#endif
