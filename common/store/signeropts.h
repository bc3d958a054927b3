/* The options of one line of a signer file, as sshsigopt_parse() of OpenSSH reads them; times only with Z. Pure. */
#ifndef KA_STORE_SIGNEROPTS_H
#define KA_STORE_SIGNEROPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"

struct ka_signeropts {
	bool is_ca;          /* cert-authority */
	bool has_namespaces;
	bool is_for_us;      /* no namespaces, or they admit "keyaudit" */
	int64_t valid_after, valid_before; /* UTC seconds; INT64_MIN and INT64_MAX when there is none */
	const char *wrong;   /* static text, NULL when nothing is */
};

/** ka_signeropts_looks_so() - is this first word of a line behind the name an option, and no key type? */
bool ka_signeropts_looks_so(struct ka_span word);

/** ka_signeropts_word() - the list at the front of @text: up to the first blank outside quotes */
struct ka_span ka_signeropts_word(struct ka_span text);

/**
 * ka_signeropts_parse() - read the list; an empty span is no option at all
 *
 * Answers: false - an option that is unknown, twice there or without its value, a time without Z or that is none, a window
 *          that ends before it begins. Then out->wrong says so.
 */
bool ka_signeropts_parse(struct ka_span list, struct ka_signeropts *out);

#endif
