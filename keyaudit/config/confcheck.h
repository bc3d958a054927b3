/*
 * keyaudit config check behind the reading: what a configuration needs besides itself, and all of it in words or as JSON.
 * Nothing is run and nothing changed.
 */
#ifndef KA_CONFCHECK_H
#define KA_CONFCHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "conf/conf.h"
#include "keyaudit/screen/out_text.h"
#include "source/confload.h"

/* the pointers are borrowed */
struct ka_confcheck {
	const char *file; /* absolute */
	const struct ka_conf *conf;
	const struct ka_confload *load;
	const struct ka_conf_errors *errors;
	const char *unchecked; /* what is not vouched for, and why; "" */
	/* set by ka_confcheck_look() */
	bool is_crypto_sound; /* libsodium gives the known answers */
	bool has_vetter;      /* authkeys-vet answers */
	size_t wrong;         /* sources and files that are not as they must be */
	struct ka_buf *b;     /* of the JSON */
	const struct ka_out *out;
};

/** ka_confcheck_look() - libsodium, authkeys-vet, and what sources and files of a configuration without errors are worth */
void ka_confcheck_look(struct ka_confcheck *k);

/** ka_confcheck_is_fine() - is nothing wrong at all? Behind ka_confcheck_look() */
bool ka_confcheck_is_fine(const struct ka_confcheck *k);

/** ka_confcheck_text() - all but the errors, which were said while they were found; how many there are goes to standard error */
void ka_confcheck_text(struct ka_confcheck *k, const struct ka_out *out);

/**
 * ka_confcheck_json_begin() - the object up to the array of errors, into which the caller puts strings
 * @b: of KA_CMD_CONFIG_JSON_MAX bytes; borrowed until ka_confcheck_json_end(), which ends the object
 */
void ka_confcheck_json_begin(struct ka_confcheck *k, struct ka_buf *b);
void ka_confcheck_json_end(struct ka_confcheck *k);

#endif
