/* How files of the trail follow each other. It must never take a file that others may write for one of them. */
#include "audit/trailorigin.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "audit/trailopen.h"
#include "audit/trailscan.h"
#include "base/cleanup.h"
#include "base/text.h"

#include "base/poison.h"

bool ka_trailorigin_read(int fd, struct ka_trailorigin *out)
{
	struct ka_chain_link link;

	return ka_trailorigin_first(fd, out, &link);
}

bool ka_trailorigin_first(int fd, struct ka_trailorigin *out, struct ka_chain_link *link)
{
	char line[KA_TRAILSELF_MAX];
	ssize_t got;
	struct ka_span text;
	size_t n;

	memset(out, 0, sizeof(*out));
	do
		got = pread(fd, line, sizeof(line), 0);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		return false;
	text = (struct ka_span){ (const uint8_t *)line, (size_t)got };
	n = ka_span_find(text, '\n');
	text = ka_span_sub(text, 0, n);
	return n < (size_t)got && ka_trailself_origin(text, out) && ka_chain_parse(text, link);
}

/* is @a younger than @b? Names decide between files that were written at the same moment */
static bool is_younger(const struct stat *a, const char *a_name, const struct stat *b, const char *b_name)
{
	if (a->st_mtim.tv_sec != b->st_mtim.tv_sec)
		return a->st_mtim.tv_sec > b->st_mtim.tv_sec;
	if (a->st_mtim.tv_nsec != b->st_mtim.tv_nsec)
		return a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
	return strcmp(a_name, b_name) > 0;
}

/* audit.jsonl-20260823T101542Z and audit.jsonl.1 beside audit.jsonl */
static bool is_sibling(const char *entry, const char *name)
{
	size_t n = strlen(name);

	return strncmp(entry, name, n) == 0 && (entry[n] == '-' || entry[n] == '.') && strlen(entry) < KA_TRAIL_NAME_MAX;
}

/* the sibling that was written last, "" when there is none */
static enum ka_err find_youngest(int dirfd, const char *name, char out[static KA_TRAIL_NAME_MAX])
{
	int again = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	KA_AUTOCLOSEDIR DIR *d = again >= 0 ? fdopendir(again) : NULL;
	const struct dirent *e;
	struct stat st, best = { 0 };

	out[0] = '\0';
	if (d == NULL)
		return KA_ERR_SYS;
	for (unsigned looked = 0; looked < KA_TRAIL_SIBLINGS_MAX && (e = readdir(d)) != NULL; looked++) {
		if (!is_sibling(e->d_name, name) || fstatat(dirfd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_size == 0 ||
		    !ka_trailopen_is_ours(&st, 0022))
			continue;
		if (out[0] != '\0' && !is_younger(&st, e->d_name, &best, out))
			continue;
		best = st;
		(void)ka_span_copy(ka_span_of(e->d_name), out, KA_TRAIL_NAME_MAX);
	}
	return KA_ERR_OK;
}

static enum ka_err sum_up(int fd, char *block, struct ka_trailorigin *out)
{
	crypto_hash_sha256_state h;
	uint8_t sum[crypto_hash_sha256_BYTES];
	ssize_t got;

	crypto_hash_sha256_init(&h);
	for (out->bytes = 0;; out->bytes += got) {
		do
			got = pread(fd, block, KA_TRAILSCAN_BLOCK, (off_t)out->bytes);
		while (got < 0 && errno == EINTR);
		if (got < 0)
			return KA_ERR_SYS;
		if (got == 0)
			break;
		crypto_hash_sha256_update(&h, (const unsigned char *)block, (unsigned long long)got);
	}
	crypto_hash_sha256_final(&h, sum);
	ka_text_hex(sum, sizeof(sum), out->sha256, sizeof(out->sha256));
	return KA_ERR_OK;
}

enum ka_err ka_trailorigin_behind(int fd, const char *file, char *block, struct ka_trailorigin *out)
{
	struct ka_trailorigin its;
	struct ka_trailhead head;
	struct stat st;
	bool is_chained = ka_trailorigin_read(fd, &its);
	enum ka_err err = ka_trailhead_read(fd, block, &head);

	memset(out, 0, sizeof(*out));
	if (!ka_span_copy(ka_span_of(file), out->file, sizeof(out->file)))
		return KA_ERR_LIMIT;
	if (err != KA_ERR_OK)
		return err;
	if (fstat(fd, &st) < 0)
		return KA_ERR_SYS;
	out->base = its.base + (int64_t)st.st_size;
	if (!is_chained || !head.is_found) {
		out->begin = is_chained ? KA_TRAIL_DAMAGED : KA_TRAIL_UNCHAINED;
		return sum_up(fd, block, out);
	}
	out->begin = head.is_rotate && !head.fragment.is_there ? KA_TRAIL_ROTATED : KA_TRAIL_RENAMED;
	out->seq = head.seq;
	memcpy(out->hash, head.hash, sizeof(out->hash));
	memcpy(out->chain, its.chain, sizeof(out->chain));
	out->fragment = head.fragment;
	return KA_ERR_OK;
}

enum ka_err ka_trailorigin_youngest(int dirfd, const char *name, char *block, struct ka_trailorigin *out)
{
	KA_AUTOCLOSE int fd = -1;
	char file[KA_TRAIL_NAME_MAX];
	struct stat st;
	enum ka_err err = find_youngest(dirfd, name, file);

	memset(out, 0, sizeof(*out));
	out->begin = KA_TRAIL_FIRST;
	if (err != KA_ERR_OK || file[0] == '\0')
		return err;
	fd = openat(dirfd, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return KA_ERR_SYS;
	return ka_trailopen_is_ours(&st, 0022) ? ka_trailorigin_behind(fd, file, block, out) : ka_trailopen_refused();
}
