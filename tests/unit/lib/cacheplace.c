#include "tests/unit/lib/cacheplace.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"

#include "base/poison.h"

const char *cacheplace_file(const char *source, const char *user, const char *suffix)
{
	static char path[256];
	char name[KA_ENTRY_HEX];

	ka_entry_name(source, user, NULL, name);
	assert_true(snprintf(path, sizeof(path), "cache/%s/%s%s", source, name, suffix) > 0);
	return path;
}

void cacheplace_put_as(const char *path, const struct ka_entry *e)
{
	const size_t size = KA_ENTRY_HEAD_MAX + e->body.len;
	char *text = malloc(size);
	struct ka_buf b;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);

	assert_true(fd >= 0 && text != NULL);
	ka_buf_init(&b, text, size);
	ka_entry_write(e, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	assert_int_equal(ka_fd_write_all(fd, b.p, b.len), KA_ERR_OK);
	close(fd);
	free(text);
}

struct ka_entry cacheplace_entry(const char *source, const char *user, int64_t age, bool is_found)
{
	const int64_t at = CACHEPLACE_NOW - age;
	struct ka_entry e = {
		.body = is_found ? ka_span_of("# comment\n" CACHEPLACE_KEY CACHEPLACE_KEY) : (struct ka_span){ NULL, 0 }, .is_found = is_found,
		.status = is_found ? 200 : 404, .mirror = 1, .fetched = at, .confirmed = at, .fresh = at + 300, .swr = at + 600,
		.stale = at + 86400, .serial = 42,
	};

	assert_true(ka_span_copy(ka_span_of(source), e.source, sizeof(e.source)));
	assert_true(ka_span_copy(ka_span_of(user), e.user, sizeof(e.user)));
	return e;
}

void cacheplace_put(const char *user, int64_t age, bool is_found)
{
	struct ka_entry e = cacheplace_entry("corp", user, age, is_found);

	cacheplace_put_as(cacheplace_file("corp", user, ""), &e);
}
