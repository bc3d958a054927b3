/* The users of a publication: those that have a file in --from, and those whose document lies in --to. */
#ifndef KA_PUBLIST_H
#define KA_PUBLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* what is done with a user's document */
enum ka_pubplan {
	KA_PUBPLAN_KEEP,       /* same keys, far from its end: not touched */
	KA_PUBPLAN_WRITE,
	KA_PUBPLAN_EMPTY,      /* no file any more: a signed document without keys takes its place */
	KA_PUBPLAN_KEEP_EMPTY, /* which stays until every earlier document has expired */
	KA_PUBPLAN_DROP,       /* and then goes */
	KA_PUBPLAN_ALIEN,      /* nothing of ours: left alone, and said */
	KA_PUBPLAN_COUNT
};

/* the document that is published now */
struct ka_pubold {
	bool is_there;
	bool is_document;      /* of this user, of the right form */
	bool is_ours;          /* and signed by every key that signs today */
	bool has_keys;
	uint64_t serial;
	int64_t issued, expires;
	uint8_t content[32];   /* ka_pubplan_content() of its hosts and lines */
	uint8_t sha256[32];    /* of the whole file */
};

struct ka_pubuser {
	char *name;
	char *source;          /* its file in --from; NULL when there is none */
	char *rival;           /* a second one of the same user */
	struct ka_pubold old;
	size_t keys;           /* to be published */
	uint8_t content[32];
	enum ka_pubplan plan;
	size_t number;         /* of its text in the work directory; 0: none */
	uint64_t serial;       /* of the document that there will be, and its file's hash */
	uint8_t sha256[32];
};

struct ka_publist {
	struct ka_pubuser *users; /* in byte order of their names */
	size_t count, room;
};

#define KA_PUBLIST_SUFFIX ".keys" /* of what is published */

/**
 * ka_publist_sources() - add the users of --from
 * @dir: dot files are left out; USER, USER.keys and USER.pub are the file of USER
 * @wrong: called for a name that no user can have
 *
 * Errors: KA_ERR_SYS, KA_ERR_NOMEM; KA_ERR_LIMIT - more than KA_PUBLISH_USERS_MAX.
 */
KA_MUST_CHECK enum ka_err ka_publist_sources(struct ka_publist *l, int dir, void (*wrong)(void *ctx, const char *file), void *ctx);

/** ka_publist_published() - add those of --to: USER.keys. Other files there are nobody's business */
KA_MUST_CHECK enum ka_err ka_publist_published(struct ka_publist *l, int dir);

/** ka_publist_merge() - sort, and make one of what was added twice; call it once, behind both */
void ka_publist_merge(struct ka_publist *l);

void ka_publist_free(struct ka_publist *l);

#endif
