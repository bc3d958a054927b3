/* One act of keyaudit/cacheedit on the cache in the working directory. Each test program includes it once. */
#ifndef KA_TESTS_EDITPLACE_H
#define KA_TESTS_EDITPLACE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "keyaudit/cache/cacheedit.h"
#include "tests/unit/lib/cacheplace.h"

#define NOW CACHEPLACE_NOW

static int cache = -1; /* opened by the test's setup */
static uid_t owner;

typedef enum ka_err act(int dir, uid_t who, struct ka_cacheedit *e);

/* how many entries were done, were busy, and failed */
#define DID(e, d, b, f) \
	do { \
		const struct ka_cacheedit did = e; \
		assert_int_equal(did.done, d); \
		assert_int_equal(did.busy, b); \
		assert_int_equal(did.failed, f); \
	} while (0)

/* @user: NULL for all of them */
static struct ka_cacheedit run(act *what, const char *source, const char *user)
{
	struct ka_cacheedit e = { .source = source, .user = user, .now = NOW };

	assert_int_equal(what(cache, owner, &e), KA_ERR_OK);
	return e;
}

#endif
