/* Key files as text, the keys that are in them, and what diag/keyscan found; for its tests. */
#ifndef KA_TESTS_KEYSCANSAMPLE_H
#define KA_TESTS_KEYSCANSAMPLE_H

#include <stddef.h>

#include "diag/keyscan.h"

/* four keys: the base64 of each, and its line without a comment; A64 in two parts as well */
#define A64 "AAAAC3NzaC1lZDI1NTE5AAAAIH5o6oOJv2e/nXMrxcsqmLT1EqRGkU7CtG7sA7DzTGQu"
#define A64_HEAD "AAAAC3NzaC1lZDI1NTE5AAAAIH5o6oOJv2e/nXMrxcsq" /* 44 characters: 33 bytes */
#define A64_TAIL "mLT1EqRGkU7CtG7sA7DzTGQu"
#define A "ssh-ed25519 " A64
#define B64 "AAAAC3NzaC1lZDI1NTE5AAAAIEC+qX3YGwATnN1XyNfyN5SSUQvF/fmlt/TT8UnGLAwK"
#define B "ssh-ed25519 " B64
#define E64 "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBG/CqmcRF8Bk32Vi3KMOrKh1319sg9BVClvsGwjwjWZPLd7GhR+j877M5i26l9jj50rmfugLjFZ5D0Q2b8Zagmg="
#define E "ecdsa-sha2-nistp256 " E64
#define R64_1 "AAAAB3NzaC1yc2EAAAADAQABAAABAQCmvYb8E8+p+zrJOyS48AARSBm/I+Z3"
#define R64_2 "VcpBFkxYA0SBvQZglDupcQV6OvDV+AekJ64Snj/SM4ZLkO9tz66qDR8VW4shjQ3Dij/2KnngbsjFSc7pbz+X+iD2yh45cds2aq7m5kNa2/4D" \
	      "0ypeQ1yvpWslHlVPC36mjQtV25pT2xzbmnmKkCsCMVvkcnTr1tc4hP9ztnV0aWWyNB589t7t8rHyuObEe3er6kkrZJVW2dIS11qXnXXqHlAP" \
	      "XjJlMkSn6UDoWGtsfh/Q0fNs0TlD+GXlNrEb2WrGJRChsy6iOTUglM4xH3PiiiAjTRjA3hqVjN+DDKRyhDBxc8bH+hqrW5Zv"
#define R "ssh-rsa " R64_1 R64_2
#define BOM "\xef\xbb\xbf"
#define NBSP "\xc2\xa0"

struct keyscansample {
	struct ka_keyscan scan; /* of the last run */
	struct ka_keyscan_work work;
	struct ka_keyscan_offer offers[4];
	size_t offers_count;
	const char *address;
};

extern struct keyscansample keyscansample;

/* a file, and what must be found there for the first offered key */
struct keyscansample_row {
	const char *text;
	size_t len; /* 0: strlen */
	enum ka_reason reason;
	enum ka_keyscan_fit fit;
	unsigned line, column; /* column 0: not looked at */
};

#define NO_HIT ((enum ka_keyscan_fit)99)
#define T(text, reason, fit, line, column) { text, sizeof(text) - 1, KA_REASON_##reason, KA_KEYSCAN_##fit, line, column }
#define NOTHING(text) { text, sizeof(text) - 1, KA_REASON_NONE, NO_HIT, 0, 0 }

/** keyscansample_begin() - no key is offered */
void keyscansample_begin(void);

/** keyscansample_take(), keyscansample_offer() - one more offered key */
void keyscansample_take(const struct ka_offer *o);
void keyscansample_offer(const char *type, const char *base64);

/** keyscansample_alice(), keyscansample_rsa() - only A is offered; only R is (setup functions) */
int keyscansample_alice(void **state);
int keyscansample_rsa(void **state);

/** keyscansample_run() - scan these bytes, in memory of their own so that reading beyond them is seen */
void keyscansample_run(const void *bytes, size_t len);

/** keyscansample_hit() - what the last run found for that offer, or NULL */
const struct ka_keyscan_hit *keyscansample_hit(size_t offer);

/** keyscansample_check() - run every row; the test fails at the first that differs */
void keyscansample_check(const struct keyscansample_row *rows, size_t n);

#endif
