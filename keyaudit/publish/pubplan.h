/*
 * What is done with each document of a publication. Pure.
 *
 * A document with the same keys for the same hosts stays as it is, bytes and time, until a part of its life is over: between
 * two thirds and one third, for each user at another moment, so that not all hosts fetch all documents at once.
 *
 * A user whose file is gone gets a signed document without keys, which empties the caches of hosts that never look at the
 * index; the index lists them no more. It outlives every document with keys that was published for them, and then goes.
 */
#ifndef KA_PUBPLAN_H
#define KA_PUBPLAN_H

#include "base/cursor.h"
#include "keyaudit/publish/publist.h"

struct ka_pubplan_terms {
	int64_t now, life; /* UTC seconds; how long a document made now is good for */
};

/** ka_pubplan_of() - for a user whose old document and new content are known */
enum ka_pubplan ka_pubplan_of(const struct ka_pubuser *u, const struct ka_pubplan_terms *t);

/** ka_pubplan_is_due() - a list for all (revoked, index) that is old enough to be made anew */
bool ka_pubplan_is_due(int64_t expires, const struct ka_pubplan_terms *t);

/** ka_pubplan_expires() - until when a document made now is good: one without keys as long as any before it */
int64_t ka_pubplan_expires(const struct ka_pubuser *u, const struct ka_pubplan_terms *t);

/** ka_pubplan_content() - a hash of what matters of a document: for which hosts, and its lines */
void ka_pubplan_content(struct ka_span hosts, struct ka_span body, uint8_t out[static 32]);

/** ka_pubplan_serial() - the serial of everything that is made now: later than all there is. 0: there is none left */
uint64_t ka_pubplan_serial(uint64_t highest, uint64_t at_least, int64_t now);

/** ka_pubplan_removed_max() - of @published users so many may vanish in one run before it looks like a mistake */
size_t ka_pubplan_removed_max(size_t published);

#endif
