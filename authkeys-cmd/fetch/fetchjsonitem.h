/* One item of a store's JSON answer: its conditions, its expiry, its key or keys. Half of fetchjson. */
#ifndef KA_FETCHJSONITEM_H
#define KA_FETCHJSONITEM_H

#include <jansson.h>
#include <stdint.h>

#include "authkeys-cmd/fetch/fetchjsonwalk.h"
#include "base/buf.h"
#include "base/limits.h"
#include "conf/conf.h"
#include "reason/reason.h"

/* what all items of one document share; too large for a stack frame */
struct ka_fetchjsonitem {
	const struct ka_conf_source *source;
	const json_t *root;
	int64_t now;
	struct ka_buf *out;
	int64_t serial; /* the highest of all items; 0 without a path to one */
	const json_t *keys[KA_STORE_KEYS_MAX];
	uint8_t decoded[KA_STORE_BODY_MAX];
};

/**
 * ka_fetchjsonitem() - write the lines of one item
 *
 * Answers: KA_REASON_NONE, also for an item that the configuration leaves out and for a null instead of a key;
 * store.bad-answer, store.too-large.
 */
enum ka_reason ka_fetchjsonitem(struct ka_fetchjsonitem *all, const json_t *item);

#endif
