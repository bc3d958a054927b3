/*
 * One run of `keyaudit vet`: files in, a verdict for each line, and what only all of them together show: keys of several
 * accounts, keys of this host, RSA keys that share a prime. Memory is bounded: lines are judged as they come; of each key
 * a digest is kept (vetreuse.h), of each RSA key its place (vetshared.h).
 */
#ifndef KA_VETRUN_H
#define KA_VETRUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "keyaudit/screen/progress.h"
#include "keyaudit/vet/linestream.h"
#include "keyaudit/vet/toolpolicy.h"
#include "keyaudit/vet/vetahead.h"
#include "keyaudit/vet/vetca.h"
#include "keyaudit/vet/vetdump.h"
#include "keyaudit/vet/vetnames.h"
#include "keyaudit/vet/vetqueue.h"
#include "keyaudit/vet/vetreuse.h"
#include "keyaudit/vet/vetscan.h"
#include "keyaudit/vet/vetshared.h"
#include "keyaudit/vet/vetshow.h"
#include "keyaudit/vet/vettally.h"
#include "keyaudit/vet/vetwalk.h"

/* zeroed, with what stands above the line set, it is ready; large: allocated */
struct ka_vetrun {
	bool dump;                  /* files are dumps (vetdump.h) */
	bool only_findings;         /* keys that are accepted are not shown */
	const char *host_keys;      /* pattern of glob(3); NULL: none */
	struct ka_toolpolicy *policy; /* borrowed; its judge asks ahead from here on */
	struct ka_vet_when when;
	struct ka_vetshow show;     /* .out, .json, .with_account */
	void (*complain)(void *ctx, const char *what, const char *name);
	void *ctx;
	/* the answer */
	struct ka_vettally tally;
	/* private */
	struct ka_progress bar;
	uint64_t lines;
	uint32_t file;
	const char *name;           /* of the file in hand */
	struct ka_span account;     /* of the line in hand */
	char account_room[KA_VET_ACCOUNT_MAX];
	struct ka_linestream stream;
	struct ka_vetdump split;
	struct ka_vetscan scan;
	struct ka_vetqueue queue;
	struct ka_vetahead ahead;
	struct ka_vetreuse reuse;
	struct ka_vetnames names;
	struct ka_vetshared shared;
	struct ka_vetca authorities;
	struct ka_vet vet, glance;
	struct ka_keyline line;
	uint8_t storage[KA_BLOB_MAX];
	char plain[KA_BLOB_MAX + 1];
	char other[KA_TEXT_PATH_MAX + 64];
};

/** ka_vetrun_begin() - look at the keys of this host. Errors: KA_ERR_NOMEM */
KA_MUST_CHECK enum ka_err ka_vetrun_begin(struct ka_vetrun *r);

/**
 * ka_vetrun_file() - judge the lines of one file; a ka_vetwalk_take
 * @ctx: struct ka_vetrun
 *
 * The verdicts are shown later, in the order of files and lines. What cannot be read is complained about and counted.
 * Errors: KA_ERR_NOMEM; KA_ERR_SYS when the verdicts cannot be written.
 */
KA_MUST_CHECK enum ka_err ka_vetrun_file(void *ctx, const struct ka_vetwalk_file *f);

/** ka_vetrun_end() - what still waits is shown, then what only all keys together show. Errors as above */
KA_MUST_CHECK enum ka_err ka_vetrun_end(struct ka_vetrun *r);

/** ka_vetrun_free() - in any case, before the judge is closed */
void ka_vetrun_free(struct ka_vetrun *r);

#endif
