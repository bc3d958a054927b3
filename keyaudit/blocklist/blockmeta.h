/*
 * badkeysdata.json: what the publisher of a blocklist says about it. Hostile: it comes from a network. Pure.
 *
 * Source: badkeys, docs/BLOCKLISTFORMAT.md: bkformat 0, date, blocklist_url, blocklist_sha256 (of the unpacked file),
 * blocklists[] with id and name; "deprecated" when this address is to be left.
 */
#ifndef KA_BLOCKMETA_H
#define KA_BLOCKMETA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/limits.h"

struct ka_blockmeta {
	char url[KA_FETCH_URL_MAX]; /* of the data; "" when there is none */
	char sha256[65];            /* lower-case hex of the unpacked data; "" when there is none */
	char date[KA_BLOCKMETA_DATE_MAX]; /* a few plain characters; "" */
	bool is_deprecated;
	size_t count;               /* of names */
	struct ka_blockmeta_name {
		uint8_t id;
		char name[KA_BLOCKNAMES_NAME_MAX];
	} names[KA_BLOCKMETA_NAMES_MAX];
};

/** ka_blockmeta_read() - understand it. Answers: NULL, or what is wrong with it, static text. A list whose name is none is left out */
const char *ka_blockmeta_read(struct ka_span text, struct ka_blockmeta *out);

/** ka_blockmeta_names() - append the file of names (blocklist/blocknames.h) */
void ka_blockmeta_names(const struct ka_blockmeta *m, struct ka_buf *out);

#endif
