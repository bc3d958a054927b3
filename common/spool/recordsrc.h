/*
 * What each source said, as it stands in the field src of an attempt record:
 *
 *   src      = entry *( "," entry )
 *   entry    = NAME ":" ANSWER ":" ID [ ":" evidence ]       ID is "-" without a reason
 *   evidence = word "=" value *( "/" word "=" value )        each at most once
 *   word     = age, status, mirror, serial, served: a number; cause: an ID
 *
 * Written by the command, read by root as hostile bytes: what is not exactly this ends the list. Pure.
 */
#ifndef KA_SPOOL_RECORDSRC_H
#define KA_SPOOL_RECORDSRC_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/limits.h"
#include "reason/answer.h"
#include "reason/reason.h"

struct ka_recordsrc {
	char name[KA_SOURCE_NAME_MAX];
	enum ka_source_answer answer;
	enum ka_reason reason;
	struct ka_source_evidence evidence;
};

/** ka_recordsrc_write() - append one entry, with a comma before it unless it is the first; nothing when it does not fit */
void ka_recordsrc_write(const struct ka_recordsrc *r, struct ka_buf *out);

/** ka_recordsrc_evidence() - append the evidence alone, @between its words: "age=5/status=200" */
void ka_recordsrc_evidence(const struct ka_source_evidence *e, char between, struct ka_buf *out);

/** ka_recordsrc_next() - the next entry, cut off the front of @rest; false at the end and at what is none */
bool ka_recordsrc_next(struct ka_span *rest, struct ka_recordsrc *out);

#endif
