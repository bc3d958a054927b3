/*
 * Writing one configuration error: "FILE:LINE: what". Begin, say, end. Whatever
 * comes from a file goes through _quoted(), so that no terminal or log sees a
 * stranger's bytes.
 */
#ifndef KA_CONF_CONFERR_H
#define KA_CONF_CONFERR_H

#include "base/buf.h"
#include "base/limits.h"
#include "conf/conf.h"


struct ka_conferr {
	char text[KA_CONF_ERROR_MAX];
	struct ka_buf b;
};

/** ka_conferr_begin() - "FILE:LINE: "; @file is escaped already */
void ka_conferr_begin(struct ka_conferr *e, const char *file, uint32_t line);

/** ka_conferr_at() - the same for a place in @c; a default is blamed on the first file */
void ka_conferr_at(struct ka_conferr *e, const struct ka_conf *c, struct ka_conf_at at);

/** ka_conferr_say() - our own words */
void ka_conferr_say(struct ka_conferr *e, const char *text);

/** ka_conferr_number() - a decimal number */
void ka_conferr_number(struct ka_conferr *e, uint64_t n);

/** ka_conferr_quoted() - hostile bytes, escaped and cut, between double quotes */
void ka_conferr_quoted(struct ka_conferr *e, struct ka_span s);

/** ka_conferr_meant() - `; did you mean "..."?`, or nothing when @best is NULL */
void ka_conferr_meant(struct ka_conferr *e, const char *best);

/** ka_conferr_end() - count it, keep the first, hand it to errors->each */
void ka_conferr_end(struct ka_conferr *e, struct ka_conf_errors *errors);

#endif
