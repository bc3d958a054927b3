/* A sorted file and a search that knows how hashes are spread. */
#include "blocklist/blockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"

#include "base/poison.h"

/* what is wrong with the opened file; NULL: nothing */
static const char *judge(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "it is no regular file";
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return "it is not root's";
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return "group or others may write to it";
	if (st->st_size <= 0)
		return "it is empty";
	if (st->st_size % KA_BLOCKFILE_RECORD != 0)
		return "its size is no multiple of 16";
	if (st->st_size / KA_BLOCKFILE_RECORD > KA_BLOCKFILE_RECORDS_MAX)
		return "it is too large";
	return NULL;
}

static const char *map(int fd, struct ka_blockfile *out)
{
	struct stat st;
	const char *wrong;
	void *bytes;

	if (fstat(fd, &st) != 0)
		return "it cannot be looked at";
	wrong = judge(&st);
	if (wrong != NULL)
		return wrong;
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return "it cannot be mapped";
	(void)madvise(bytes, (size_t)st.st_size, MADV_RANDOM); /* a neighbour's page is of no use */
	*out = (struct ka_blockfile){
		.state = KA_BLOCKFILE_OPEN, .records = bytes, .count = (size_t)st.st_size / KA_BLOCKFILE_RECORD, .written = st.st_mtim.tv_sec,
	};
	return NULL;
}

void ka_blockfile_open(const char *path, struct ka_blockfile *out)
{
	/* a fifo must not keep us waiting */
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	const char *wrong = NULL;

	*out = (struct ka_blockfile){ .state = KA_BLOCKFILE_MISSING };
	if (fd >= 0)
		wrong = map(fd, out);
	else if (errno == ELOOP)
		wrong = "it is a symbolic link";
	else if (errno != ENOENT && errno != ENOTDIR)
		wrong = "it cannot be opened";
	if (wrong != NULL)
		*out = (struct ka_blockfile){ .state = KA_BLOCKFILE_INVALID, .wrong = wrong };
}

void ka_blockfile_close(struct ka_blockfile *f)
{
	if (f->state == KA_BLOCKFILE_OPEN)
		munmap((void *)(uintptr_t)f->records, f->count * KA_BLOCKFILE_RECORD);
	*f = (struct ka_blockfile){ .state = KA_BLOCKFILE_MISSING };
}

static const uint8_t *at(const struct ka_blockfile *f, size_t i)
{
	return f->records + i * KA_BLOCKFILE_RECORD;
}

bool ka_blockfile_is_in_order(const struct ka_blockfile *f)
{
	for (size_t i = 1; i < f->count; i++)
		if (memcmp(at(f, i - 1), at(f, i), KA_BLOCKFILE_RECORD) >= 0)
			return false;
	return true;
}

/* the records before and behind it are where they must be */
static bool is_in_order(const struct ka_blockfile *f, size_t i)
{
	return (i == 0 || memcmp(at(f, i - 1), at(f, i), KA_BLOCKFILE_RECORD) < 0) &&
	       (i + 1 >= f->count || memcmp(at(f, i), at(f, i + 1), KA_BLOCKFILE_RECORD) < 0);
}

/* the first record that is not below the hash lies in [low, high] */
struct range {
	size_t low, high;
};

/* look at record @i, which is within the range; false: it is not below the hash */
static bool narrow(const struct ka_blockfile *f, const uint8_t *hash, size_t i, struct range *r)
{
	bool is_below = memcmp(at(f, i), hash, KA_BKHASH_LEN) < 0;

	if (is_below)
		r->low = i + 1;
	else
		r->high = i;
	return is_below;
}

/* away from the guess in steps that double, until the hash is passed */
static void gallop(const struct ka_blockfile *f, const uint8_t *hash, size_t guess, struct range *r)
{
	bool up = narrow(f, hash, guess, r);

	for (size_t step = 1; r->low < r->high; step *= 2) {
		size_t left = r->high - r->low, i = step < left ? step : left;

		if (narrow(f, hash, up ? r->low + i - 1 : r->high - i, r) != up)
			return;
	}
}

enum ka_blockfile_found ka_blockfile_find(const struct ka_blockfile *f, const uint8_t hash[static KA_BKHASH_LEN], uint8_t *list)
{
	uint64_t head = (uint64_t)hash[0] << 24 | (uint64_t)hash[1] << 16 | (uint64_t)hash[2] << 8 | hash[3];
	size_t guess = (size_t)((head * f->count) >> 32);
	struct range r = { 0, f->count };

	gallop(f, hash, guess, &r);
	while (r.low < r.high)
		narrow(f, hash, r.low + (r.high - r.low) / 2, &r);
	if (r.low < f->count && memcmp(at(f, r.low), hash, KA_BKHASH_LEN) == 0) {
		*list = at(f, r.low)[KA_BKHASH_LEN];
		return KA_BLOCKFILE_YES;
	}
	/* between two records that are not in order nothing is known of what lies elsewhere */
	if (!is_in_order(f, guess) || (r.low < f->count && !is_in_order(f, r.low)) || (r.low > 0 && !is_in_order(f, r.low - 1)))
		return KA_BLOCKFILE_DAMAGED;
	return KA_BLOCKFILE_NO;
}
