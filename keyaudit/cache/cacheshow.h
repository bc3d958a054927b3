/* The cache as a table for people, or one JSON object per entry (schema keyaudit.cache/1). */
#ifndef KA_CACHESHOW_H
#define KA_CACHESHOW_H

#include "keyaudit/cache/cacheedit.h"
#include "keyaudit/cache/cachelist.h"
#include "keyaudit/screen/out_text.h"

#define KA_CACHESHOW_SCHEMA "keyaudit.cache/1"

/** ka_cacheshow_state() - "fresh", "swr", "stale", "dead", "invalid", "none" (only a failure is known) */
const char *ka_cacheshow_state(const struct ka_cachelist_row *r);

/** ka_cacheshow_age() - "12s", "5m", "3h", "2d"; "-" for a time that is to come */
#define KA_CACHESHOW_AGE 24
void ka_cacheshow_age(int64_t sec, char out[static KA_CACHESHOW_AGE]);

/** ka_cacheshow_table() - a head line, one line an entry, and how many there are of each state */
void ka_cacheshow_table(const struct ka_out *o, const struct ka_cachelist *l, int64_t now);

/** ka_cacheshow_json() - one object a line */
void ka_cacheshow_json(const struct ka_cachelist *l, int64_t now);

/** ka_cacheshow_edit_json() - what became of @action, one object (schema keyaudit.cache-edit/1) */
void ka_cacheshow_edit_json(const char *action, const struct ka_cacheedit *e);

#endif
