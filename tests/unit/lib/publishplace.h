/*
 * A publication in a verbplace: folder `from` with three users, folder `to`, two signers. Has what stands before libc's and
 * the archive's, so it is for one file of a program only.
 */
#ifndef KA_TESTS_PUBLISHPLACE_H
#define KA_TESTS_PUBLISHPLACE_H

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "keyaudit/cmd.h"
#include "keyaudit/vet/toolpolicy.h"
#include "store/signedindex.h"
#include "tests/unit/lib/verbplace.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP4c0dsOHq5vBNwtKeroAvBjRTyCtcz7jgy5OCu3feNl"
/* one ssh-keygen at a time: for three documents two cost more */
#define PUBLISH(...) VERBPLACE(ka_cmd_publish, "--from", "from", "--to", "to", "--key", "ops", "--jobs", "1", __VA_ARGS__)

/* stands before the one in the archive: no configuration of this machine may decide a test */
enum ka_err ka_toolpolicy_load(const char *path, struct ka_toolpolicy *out)
{
	memset(out, 0, sizeof(*out));
	ka_vetpolicy_default(&out->policy);
	ka_judge_open(NULL, &out->judge);
	return path == NULL ? KA_ERR_OK : KA_ERR_SYNTAX;
}

/* so does this: the time of day stands still, or a test says how far ahead it is; no second ends between two looks */
static int64_t began_sec, ahead_sec;

int clock_gettime(clockid_t id, struct timespec *ts)
{
	long rc = syscall(SYS_clock_gettime, id, ts);

	if (id != CLOCK_REALTIME || rc != 0)
		return (int)rc;
	if (began_sec == 0)
		began_sec = ts->tv_sec;
	*ts = (struct timespec){ .tv_sec = began_sec + ahead_sec };
	return 0;
}

/* and this: ssh-keygen is done in a few milliseconds, and publications are many here */
int poll(struct pollfd *fds, nfds_t count, int ms)
{
	const struct timespec soon = { .tv_nsec = 1000000 };

	if (count == 0 && ms > 1)
		return (int)syscall(SYS_ppoll, NULL, 0, &soon, NULL, 0);
	return (int)syscall(SYS_poll, fds, count, ms);
}

static struct ka_signeddoc doc;
static struct stat seen;

static inline int setup(void **state)
{
	(void)state;
	verbplace_clear();
	ahead_sec = 0;
	verbplace_signer("ops");
	verbplace_signer("ops-new");
	verbplace_put("from/alice", KEY " alice@laptop\n");
	verbplace_put("from/bob.keys", "# bob\n\n" KEY " one\r\n" KEY " two\r\n");
	verbplace_put("from/carol.pub", KEY);
	return 0;
}

static inline const struct ka_signeddoc *document(const char *path, enum ka_signeddoc_kind kind)
{
	size_t len;
	const char *bytes = verbplace_get(path, &len);

	assert_non_null(bytes);
	assert_int_equal(ka_signeddoc_parse((struct ka_span){ (const uint8_t *)bytes, len }, kind, &doc), KA_REASON_NONE);
	return &doc;
}

#define KEYS(user) document("to/" user ".keys", KA_SIGNEDDOC_KEYS)

/* the index lists @user with the document that is there */
static inline bool is_listed(const char *user)
{
	static char index[1 << 16], path[512];
	static struct ka_signeddoc list;
	struct ka_signedindex_entry entry;
	uint8_t sha256[32];
	const char *bytes;
	size_t len;

	bytes = verbplace_get("to/index", &len);
	assert_true(bytes != NULL && len < sizeof(index));
	memcpy(index, bytes, len);
	assert_int_equal(ka_signeddoc_parse((struct ka_span){ (const uint8_t *)index, len }, KA_SIGNEDDOC_INDEX, &list), KA_REASON_NONE);
	if (ka_signedindex_find(&list, user, &entry) != KA_SIGNEDINDEX_FOUND)
		return false;
	assert_true(snprintf(path, sizeof(path), "to/%s.keys", user) > 0);
	assert_int_equal(document(path, KA_SIGNEDDOC_KEYS)->head.serial, entry.serial);
	bytes = verbplace_get(path, &len);
	crypto_hash_sha256(sha256, (const uint8_t *)bytes, len);
	assert_memory_equal(sha256, entry.sha256, sizeof(sha256));
	return true;
}

static inline void look(const char *path)
{
	assert_int_equal(stat(path, &seen), 0);
}

/* untouched since look(): the same file, not one with the same bytes */
static inline bool is_untouched(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_ino == seen.st_ino && st.st_mtim.tv_sec == seen.st_mtim.tv_sec && st.st_mtim.tv_nsec == seen.st_mtim.tv_nsec;
}

#endif
