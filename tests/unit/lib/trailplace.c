/* Places for a trail. Must leave nothing behind: teardown fails when a test left a file of another name. */
#include "tests/unit/lib/trailplace.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fd.h"

#include "base/poison.h"

void trailplace_id(unsigned writer, unsigned event, char out[static KA_EVENT_ID_MAX])
{
	snprintf(out, KA_EVENT_ID_MAX, "w%02uxxxxxxxxxxxxxxxxxxx%04u", writer % 100, event % 10000);
}

size_t trailplace_line(const char *id, size_t pad, char *out, size_t size)
{
	int n = snprintf(out, size, "{\"event\":{\"id\":\"%s\"},\"keyaudit\":{\"pad\":\"%0*d\"}}\n", id, (int)pad, 0);

	assert_true(n > 0 && (size_t)n < size);
	return (size_t)n;
}

enum ka_err trailplace_append(const struct trailplace *p, const char *id, size_t pad, int64_t since, enum ka_trail_answer *answer)
{
	const char *const ids[] = { id, NULL };
	static char line[KA_EVENT_LINE_MAX];
	struct ka_trail_job job = { .path = p->path, .lock_path = p->lock, .ids = ids, .since = since, .line = line };

	job.len = trailplace_line(id, pad, line, sizeof(line));
	return ka_trail_append(&job, answer);
}

void trailplace_append_ok(const struct trailplace *p, const char *id, enum ka_trail_answer want)
{
	enum ka_trail_answer answer;

	assert_int_equal(trailplace_append(p, id, 1, 0, &answer), KA_ERR_OK);
	assert_int_equal(answer, want);
}

char *trailplace_slurp(const char *path, size_t *len)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text;

	assert_true(fd >= 0);
	assert_int_equal(ka_fd_slurp(fd, 64 << 20, &text, len), KA_ERR_OK);
	return text;
}

/* A fragment and its recovery: @torn is what stands before the record, with its newline. */
static void check_recovery(struct ka_span torn, struct ka_span line)
{
	char hash[KA_CHAIN_HEX], want[160];

	assert_true(torn.len > 0 && torn.p[torn.len - 1] == '\n');
	torn.len--;
	assert_true(ka_chain_is_fragment(torn));
	ka_chain_fragment_hash(torn, hash);
	snprintf(want, sizeof(want), "\"fragment\":{\"bytes\":%zu,\"hash\":\"%s\"}}", torn.len, hash);
	assert_non_null(memmem(line.p, line.len, want, strlen(want)));
}

void trailplace_walk(const char *path, struct trailplace_walk *w)
{
	KA_AUTOFREE char *text = NULL;
	struct ka_chain_link link;
	struct ka_cursor c;
	struct ka_span line, torn = { NULL, 0 };
	bool ended, first = true;
	size_t len;

	text = trailplace_slurp(path, &len);
	ka_cursor_init(&c, text, len);
	for (; ka_cursor_line(&c, &line, &ended); first = false) {
		bool recovery = memmem(line.p, line.len, "\"action\":\"trail-recovery\"", 25) != NULL;

		assert_true(ended);
		if (!ka_chain_parse(line, &link)) {
			assert_false(first);
			torn = (struct ka_span){ torn.len > 0 ? torn.p : line.p, torn.len + line.len + 1 };
			continue;
		}
		assert_true(ka_chain_is_intact(line, &link));
		assert_true(ka_chain_follows(&link, w->seq, w->hash));
		assert_int_equal(first, memmem(line.p, line.len, "\"action\":\"trail-genesis\"", 24) != NULL);
		assert_int_equal(torn.len > 0, recovery);
		if (recovery)
			check_recovery(torn, line);
		w->recoveries += recovery ? 1 : 0;
		torn.len = 0;
		w->seq = link.seq;
		memcpy(w->hash, link.hash, sizeof(w->hash));
		assert_true(ka_span_copy(line, w->last, sizeof(w->last)));
	}
	assert_int_equal(torn.len, 0);
}

unsigned trailplace_whole(const struct trailplace *p)
{
	struct trailplace_walk w = { .hash = KA_CHAIN_ZEROS };

	trailplace_walk(p->path, &w);
	return w.recoveries;
}

void trailplace_put(const char *path, const char *text, mode_t mode)
{
	KA_AUTOCLOSE int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, mode);

	assert_true(fd >= 0 && fchmod(fd, mode) == 0);
	assert_int_equal(ka_fd_write_all(fd, text, strlen(text)), KA_ERR_OK);
}

int trailplace_setup(void **state)
{
	struct trailplace *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	snprintf(p->dir, sizeof(p->dir), "/tmp/ka-trail-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->folder, sizeof(p->folder), "%s/log", p->dir);
	snprintf(p->path, sizeof(p->path), "%s/audit.jsonl", p->folder);
	snprintf(p->lock, sizeof(p->lock), "%s/lock", p->dir);
	*state = p;
	return 0;
}

/* the trail's older files, and no others */
static void drop_siblings(const struct trailplace *p)
{
	KA_AUTOCLOSEDIR DIR *d = opendir(p->folder);
	const struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (strncmp(e->d_name, "audit.jsonl-", 12) == 0 || strcmp(e->d_name, "audit.jsonl.1") == 0)
			assert_int_equal(unlinkat(dirfd(d), e->d_name, 0), 0);
}

int trailplace_teardown(void **state)
{
	struct trailplace *p = *state;
	char old[160];

	drop_siblings(p);
	unlink(p->path);
	rmdir(p->path);
	unlink(p->lock);
	unlink(p->folder);
	rmdir(p->folder);
	snprintf(old, sizeof(old), "%s/seal.wanted", p->dir); /* of the writer that filled an epoch */
	unlink(old);
	snprintf(old, sizeof(old), "%s/other", p->dir);
	unlink(old);
	rmdir(old);
	assert_int_equal(rmdir(p->dir), 0);
	free(p);
	return 0;
}
