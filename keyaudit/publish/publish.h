/*
 * Publishing: from a folder with one key file per user to a folder with signed documents that any web server can serve.
 *
 * MUST, whenever it is killed: every document, the revoked list and the index in the folder are whole and signed; a document
 * that the index lists is there, with that serial and that hash or with a higher serial. So everything is made and signed in
 * a directory of its own, then moved into place name by name, and the index goes last.
 */
#ifndef KA_PUBLISH_H
#define KA_PUBLISH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "keyaudit/publish/publint.h"
#include "keyaudit/publish/publist.h"
#include "keyaudit/publish/pubold.h"
#include "keyaudit/publish/pubplan.h"
#include "keyaudit/publish/pubrevoked.h"
#include "keyaudit/publish/pubshow.h"
#include "keyaudit/sign/signwork.h"

#define KA_PUBLISH_WORK ".keyaudit-publish" /* 0700, in --to: a web server cannot look into it */
#define KA_PUBLISH_INDEX "index"
#define KA_PUBLISH_REVOKED "revoked"

/* one run; large: allocated. What stands above the line is set by the caller */
struct ka_publish {
	const char *from_path, *to_path, *hosts;
	int from, to;
	struct ka_pubplan_terms terms;
	uint64_t serial_min;
	const struct ka_pubrevoked *revoked; /* NULL: the list that is there stays as it is */
	size_t removed_max;                  /* SIZE_MAX: ka_pubplan_removed_max() */
	bool dry_run;
	struct ka_signwork_how how;
	struct ka_publint lint;
	struct ka_pubshow show;

	struct ka_publist list;
	struct ka_pubold_work old;
	struct ka_pubold_list old_index, old_revoked;
	struct ka_signwork work;
	size_t problems;                     /* said on standard error; anything is published only without */
	uint64_t serial;                     /* of everything that is made in this run */
	size_t planned[KA_PUBPLAN_COUNT];
	size_t lost;                         /* fingerprints that are revoked no more */
	size_t revoked_number, index_number; /* of their texts in the work directory; 0: they stay */
	struct ka_buf text; /* over room */
	char *room;
};

/**
 * ka_publish_run() - all of it
 *
 * Answers: an exit status of keyaudit/cmd.h; what was wrong has been said.
 */
int ka_publish_run(struct ka_publish *p);

/** ka_publish_free() - what the run has allocated, its work directory too */
void ka_publish_free(struct ka_publish *p);

#endif
