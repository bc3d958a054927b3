/*
 * A file system root of the test's own, in which every directory is trusted: a
 * tmpfs, entered by chroot in a private mount namespace (as an ordinary user in a
 * user namespace too). Needed wherever paths are judged from / on, since /tmp never passes.
 */
#ifndef KA_TESTS_TRUSTROOT_H
#define KA_TESTS_TRUSTROOT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <cmocka.h>

/** trustroot_enter() - / is an empty tmpfs of ours, 0755, and the working directory; false (said on stderr): not here */
bool trustroot_enter(void);

/** trustroot_leave() - back to the real root, for what runs at exit */
void trustroot_leave(void);

/** trustroot_run() - as cmocka_run_group_tests(), inside such a root; 77, for main to return, where there is none */
#define trustroot_run(tests, setup) trustroot_run_group(#tests, tests, sizeof(tests) / sizeof((tests)[0]), setup)
int trustroot_run_group(const char *name, const struct CMUnitTest *tests, size_t count, CMFixtureFunction setup);

/** trustroot_has_uids() - whether files may be given to any uid (real root only) */
bool trustroot_has_uids(void);

/** trustroot_proc() - /proc is there as well; false where it may not be mounted (an ordinary user) */
bool trustroot_proc(void);

/** trustroot_dir(), trustroot_file() - make one with exactly these bits, owner and content; parents must be there */
void trustroot_dir(const char *path, mode_t mode, uid_t uid);
void trustroot_file(const char *path, mode_t mode, uid_t uid, const char *text);

#endif
