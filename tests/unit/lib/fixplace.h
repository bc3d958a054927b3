/* A root of the test's own (trustroot.h) with alice, bob, a home with a key file, and a place for undo notes. */
#ifndef KA_TESTS_FIXPLACE_H
#define KA_TESTS_FIXPLACE_H

#include "diag/diagnosis.h"
#include "keyaudit/mend/fixact.h"

#define FIXPLACE_HOME "/home/alice"
#define FIXPLACE_SSH FIXPLACE_HOME "/.ssh"
#define FIXPLACE_FILE FIXPLACE_SSH "/authorized_keys"
#define FIXPLACE_STATE "/var/lib/keyaudit"
#define FIXPLACE_KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPUTpPFuSUZwvBvsVZS0hQSVjIZPKBxuLFnUQCfy0CJ4"

enum { ALICE = 1001, BOB = 1002 };

struct fixplace {
	struct ka_fixworld world;
	struct ka_diagnosis d;    /* of one finding, with the ops that a test puts there */
	struct ka_fixturn turn;
	struct ka_fixact_log log;
};

extern struct fixplace fixplace;

/** fixplace_group() - once, inside trustroot_run(): what never changes */
int fixplace_group(void **state);

/** fixplace_setup(), _teardown() - a fresh home and no notes; what the test has left open is closed. Skips where files cannot be given away */
int fixplace_setup(void **state);
int fixplace_teardown(void **state);
#define FIXPLACE_TEST(f) cmocka_unit_test_setup_teardown(f, fixplace_setup, fixplace_teardown)

/** fixplace_file() - alice's key file: @text with @mode, of @uid */
void fixplace_file(const char *text, mode_t mode, uid_t uid);

/** fixplace_ops() - the finding has these; begun anew */
struct ka_fixops *fixplace_ops(void);

/** fixplace_plan() - take the world and plan the turn anew */
enum ka_fixturn_state fixplace_plan(void);

/** fixplace_act() - do it; with a note */
enum ka_fixturn_state fixplace_act(void);

/** fixplace_given() - a key file of bob's that all may write, given back to alice and closed, with a note: two ops */
void fixplace_given(void);

/** fixplace_mode() - type and mode of a path, not following; 0: nothing is there. fixplace_owner() - its uid */
mode_t fixplace_mode(const char *path);
uid_t fixplace_owner(const char *path);

/** fixplace_text() - the content of a file; static storage, "" when it cannot be read */
const char *fixplace_text(const char *path);

#endif
