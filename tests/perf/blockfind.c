/*
 * blockfind FILE: what it costs to look a hash up in a blocklist: warm, with every page in memory; and cold, with none of the
 * file's, opening it included.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "blocklist/blockfile.h"

#include "base/poison.h"

#define WARM 200000u
#define COLD 200u

static void fail(const char *what)
{
	fprintf(stderr, "blockfind: %s\n", what);
	_exit(1);
}

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void look_up(const struct ka_blockfile *f, uint32_t n)
{
	uint8_t hash[32], list;

	crypto_generichash(hash, sizeof(hash), (const uint8_t *)&n, sizeof(n), NULL, 0);
	if (ka_blockfile_find(f, hash, &list) == KA_BLOCKFILE_DAMAGED)
		fail("the file is damaged");
}

static void warm(const char *path)
{
	struct ka_blockfile f;
	double begin, took;

	ka_blockfile_open(path, &f);
	if (f.state != KA_BLOCKFILE_OPEN)
		fail("no such list");
	for (uint32_t i = 0; i < WARM; i++)
		look_up(&f, i);
	begin = now_us();
	for (uint32_t i = 0; i < WARM; i++)
		look_up(&f, i);
	took = (now_us() - begin) / WARM;
	printf("blocklist of %zu records: warm %.2f us a look-up, the hash of its question included\n", f.count, took);
	ka_blockfile_close(&f);
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void cold(const char *path)
{
	static double took[COLD];
	struct rusage was, is;
	struct ka_blockfile f;
	long faults = 0;
	int fd;

	for (uint32_t i = 0; i < COLD; i++) {
		double begin;

		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || fdatasync(fd) != 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0)
			fail("its pages cannot be sent away");
		close(fd);
		getrusage(RUSAGE_SELF, &was);
		begin = now_us();
		ka_blockfile_open(path, &f);
		look_up(&f, 1000000 + i);
		took[i] = now_us() - begin;
		getrusage(RUSAGE_SELF, &is);
		faults += is.ru_majflt + is.ru_minflt - was.ru_majflt - was.ru_minflt;
		ka_blockfile_close(&f);
	}
	qsort(took, COLD, sizeof(took[0]), by_size);
	printf("blocklist, cold (of a file in memory it is not): %.0f us, 90 of 100 below %.0f us, %.1f page faults, with opening it\n", took[COLD / 2], took[COLD * 9 / 10], (double)faults / COLD);
}

int main(int argc, char **argv)
{
	if (argc != 2 || sodium_init() < 0)
		fail("usage: blockfind FILE");
	warm(argv[1]);
	cold(argv[1]);
	return 0;
}
