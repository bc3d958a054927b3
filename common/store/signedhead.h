/*
 * The headers of a signed document, and the hosts that it is for. Pure.
 *
 *   header = "# " name ": " value LF            name: letters, digits, "-", "_"
 *
 *   user      one account name, within the grammar of base/username.h          documents of keys only
 *   hosts     globs, one space between two; letters, digits, "-", ".", "_", "*" and "?"
 *   serial    1 to 9223372036854775807, decimal, no leading zero
 *   issued    YYYY-MM-DDThh:mm:ssZ, a date that there is
 *   expires   the same, later than issued
 *
 * Each exactly once, in any order. MUST: refuse a header that is unknown or repeated: a later version may take something
 * away with it.
 */
#ifndef KA_STORE_SIGNEDHEAD_H
#define KA_STORE_SIGNEDHEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "reason/reason.h"

/* the spans borrow from the document */
struct ka_signedhead {
	struct ka_span user;  /* empty where the kind has none */
	struct ka_span hosts;
	uint64_t serial;
	int64_t issued, expires; /* UTC seconds */
	unsigned seen;        /* which were there; for the reader */
};

/** ka_signedhead_init() - no header yet */
void ka_signedhead_init(struct ka_signedhead *out);

/** ka_signedhead_is_line() - has the line (without LF) the form of a header? The first that has not ends the headers */
bool ka_signedhead_is_line(struct ka_span line);

/**
 * ka_signedhead_take() - read one header line
 * @has_user: does this kind of document have an owner?
 * @wrong:    static text, set when the answer is not KA_REASON_NONE
 *
 * Answers: KA_REASON_NONE, store.bad-answer, store.too-large (more than KA_SIGNED_HOSTS_MAX globs).
 */
enum ka_reason ka_signedhead_take(struct ka_span line, bool has_user, struct ka_signedhead *out, const char **wrong);

/** ka_signedhead_wrong() - behind the last header: static text when one is missing or the times contradict, else NULL */
const char *ka_signedhead_wrong(const struct ka_signedhead *h, bool has_user);

/** ka_signedhead_is_for() - does one of the globs match this host's id? ASCII case ignored; "*" also matches dots */
bool ka_signedhead_is_for(const struct ka_signedhead *h, const char *host_id);

/** ka_signedhead_serial() - a serial as it is written: no sign, no leading zero, 1 to INT64_MAX */
bool ka_signedhead_serial(struct ka_span text, uint64_t *out);

/** ka_signedhead_time() - YYYY-MM-DDThh:mm:ssZ to UTC seconds; false for anything else, and for dates that never were */
bool ka_signedhead_time(struct ka_span text, int64_t *out);

#endif
