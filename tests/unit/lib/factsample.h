/* Invented facts for the rules: alice, one key offered, two key files as sshd's defaults name them, none of them there. */
#ifndef KA_TESTS_FACTSAMPLE_H
#define KA_TESTS_FACTSAMPLE_H

#include "diag/evidence.h"
#include "diag/facts.h"
#include "diag/mend.h"
#include "diag/primary.h"

#define FILE1 "/home/alice/.ssh/authorized_keys"
#define FILE2 "/home/alice/.ssh/authorized_keys2"

struct factsample {
	struct ka_facts facts;
	struct ka_diag_subject subject;
	struct ka_offer offers[3];
	struct ka_primary out;       /* set by factsample_primary(), as all below */
	struct ka_evidence evidence; /* of the primary reason */
	struct ka_fix fix;
	bool would_login;
};

extern struct factsample factsample;

#define put(array, text) assert_true(ka_span_copy(ka_span_of(text), (array), sizeof(array)))

/** factsample_plain() - begin again (a setup function) */
int factsample_plain(void **state);

/** factsample_there() - key file @i is there, sound and read */
struct ka_userfile *factsample_there(size_t i);

/** factsample_hit() - an offered key in that file, on line 3 */
void factsample_hit(struct ka_userfile *f, uint32_t offer, enum ka_reason reason, enum ka_keyscan_fit fit);

/** factsample_line() - all is sound but one thing in the offered key's line; runs the rules, which must name @reason */
void factsample_line(enum ka_reason reason, enum ka_keyscan_what what, unsigned column, const char *detail, const char *near);

/** factsample_bad_perm() - StrictModes refuses it */
void factsample_bad_perm(struct ka_userfile *f, enum ka_reason reason, const char *path, unsigned mode);

/** factsample_near() - a file that sshd does not look at lists the key */
struct ka_userfile *factsample_near(const char *path);

/** factsample_pam() - sshd asks PAM, and this is its stack */
void factsample_pam(const char *text);

/** factsample_sshd() - what `sshd -T` says, lines; besides "pubkeyauthentication yes" */
void factsample_sshd(const char *lines);

/** factsample_primary() - run the rules; the primary reason, its evidence and fix */
enum ka_reason factsample_primary(void);

/** factsample_has() - is the reason among the candidates of the last run? */
bool factsample_has(enum ka_reason reason);

#endif
