/* Fetching and unpacking, each by a program with few rights; only bytes come back, and they are counted. */
#include "keyaudit/blocklist/blockbring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/paths.h"
#include "base/text.h"
#include "keyaudit/blocklist/blocksay.h"
#include "keyaudit/cache/fetchuser.h"
#include "keyaudit/screen/exit.h"
#include "keyaudit/screen/progress.h"

#include "base/poison.h"

bool ka_blockbring_is_url(const char *from)
{
	return ka_span_starts(ka_span_of(from), "https://") || ka_span_starts(ka_span_of(from), "http://");
}

/* all of @from into @to; false: it broke off, or is more than @max */
static bool copy(int from, int to, uint64_t max, uint64_t *sum)
{
	struct ka_progress bar;
	char block[KA_BLOCKBRING_BLOCK];
	ssize_t n;

	*sum = 0;
	ka_progress_begin(&bar);
	ka_progress_stage(&bar, "fetching", (size_t)max);
	for (;;) {
		n = read(from, block, sizeof(block));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || *sum + (uint64_t)n > max || ka_fd_write_all(to, block, (size_t)n) != KA_ERR_OK)
			break;
		*sum += (uint64_t)n;
		ka_progress_done(&bar, (size_t)*sum);
	}
	ka_progress_clear(&bar);
	return n == 0;
}

/* fewer words for what only root and the fetcher may do */
static bool may_ask(void)
{
	return geteuid() == 0;
}

static int bring_url(const char *url, const struct ka_blockbring_from *how, uint64_t max, int *fd)
{
	char most[KA_TEXT_U64_MAX];
	const char *argv[10] = { KA_PATH_FETCH, "--download", url, "--max", most };
	KA_AUTOCLOSE int to = memfd_create("blocklist", MFD_CLOEXEC);
	struct ka_blockchild child;
	size_t n = 5;
	uint64_t sum;
	bool came;
	int status;

	if (!may_ask())
		return ka_fetchuser_say("blocklist", KA_FETCHUSER_MAY_NOT);
	ka_text_u64(max, most);
	if (how->ca_file[0] != '\0') {
		argv[n++] = "--ca-file";
		argv[n++] = how->ca_file;
	}
	if (how->pins[0] != '\0') {
		argv[n++] = "--pins";
		argv[n++] = how->pins;
	}
	if (to < 0 || ka_blockchild_start(argv, -1, &child) != KA_ERR_OK)
		return ka_blocksay(url, "no program can be started", KA_EXIT_UNDECIDED);
	came = copy(child.fd, to, max, &sum);
	status = ka_blockchild_end(&child);
	if (status == 2) /* the fetcher has said what it does not like */
		return KA_EXIT_USAGE;
	if (!came || status != 0)
		return ka_blocksay(url, "it could not be fetched; nothing was changed", status == 126 || status == 127 ? KA_EXIT_UNDECIDED : KA_EXIT_TEMPORARY);
	if (lseek(to, 0, SEEK_SET) != 0)
		return ka_blocksay(url, "it cannot be read again", KA_EXIT_UNDECIDED);
	*fd = ka_steal_fd(&to);
	return KA_EXIT_FINE;
}

static int bring_file(const char *path, uint64_t max, int *fd)
{
	KA_AUTOCLOSE int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (file < 0)
		return ka_blocksay(path, strerrorname_np(errno), errno == EACCES ? KA_EXIT_NOPERM : KA_EXIT_UNDECIDED);
	if (fstat(file, &st) != 0 || !S_ISREG(st.st_mode))
		return ka_blocksay(path, "it is no regular file", KA_EXIT_UNDECIDED);
	if ((uint64_t)st.st_size > max)
		return ka_blocksay(path, "it is too large", KA_EXIT_UNDECIDED);
	*fd = ka_steal_fd(&file);
	return KA_EXIT_FINE;
}

int ka_blockbring(const char *from, const struct ka_blockbring_from *how, uint64_t max, int *fd)
{
	*fd = -1;
	return ka_blockbring_is_url(from) ? bring_url(from, how, max, fd) : bring_file(from, max, fd);
}

enum ka_err ka_blockbring_unpack(int raw, struct ka_blockbring_open *out)
{
	static const uint8_t magic[] = { 0xfd, '7', 'z', 'X', 'Z', 0 };
	static const char *const argv[] = { KA_PATH_XZ, "-dc", "--format=xz", "--memlimit-decompress=256MiB", NULL };
	uint8_t head[sizeof(magic)];

	*out = (struct ka_blockbring_open){ .fd = raw, .unpack = { .fd = -1 } };
	if (pread(raw, head, sizeof(head), 0) != sizeof(head) || memcmp(head, magic, sizeof(magic)) != 0)
		return KA_ERR_OK;
	if (ka_blockchild_start(argv, raw, &out->unpack) != KA_ERR_OK)
		return KA_ERR_SYS;
	out->fd = out->unpack.fd;
	return KA_ERR_OK;
}

bool ka_blockbring_end(struct ka_blockbring_open *o)
{
	bool is_packed = o->unpack.pid > 0;
	int status = ka_blockchild_end(&o->unpack);

	o->fd = -1;
	return !is_packed || status == 0;
}
