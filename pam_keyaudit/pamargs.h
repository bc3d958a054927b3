/*
 * The arguments of a pam_keyaudit line in a service file. Pure.
 *
 *   debug quiet services=NAME,.. final enforce enforce=soft notice deadline_ms=N
 *
 * What is not understood is reported and left out; only an enforce=WORD that is not
 * known counts as the strict form, because a gate must not open through a slip of the pen.
 */
#ifndef KA_PAM_PAMARGS_H
#define KA_PAM_PAMARGS_H

#include <stdbool.h>

enum ka_pamargs_enforce { KA_PAMARGS_ENFORCE_NO, KA_PAMARGS_ENFORCE_SOFT, KA_PAMARGS_ENFORCE_HARD };

struct ka_pamargs {
	bool debug;
	bool quiet;
	bool final;
	bool notice;
	enum ka_pamargs_enforce enforce;
	int deadline_ms;
	const char *services; /* comma separated; borrowed from argv */
	const char *bad;      /* the first argument that was not understood, or NULL; borrowed */
	unsigned bad_count;
};

/** ka_pamargs_parse() - read them; later ones win. A NULL among them is bad, never a crash */
void ka_pamargs_parse(int argc, const char *const *argv, struct ka_pamargs *out);

/** ka_pamargs_has_service() - whether @service stands in the list, whole and byte for byte */
bool ka_pamargs_has_service(const struct ka_pamargs *args, const char *service);

#endif
