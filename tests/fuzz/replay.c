/*
 * Gives files, and the files of folders, to a fuzz target: the corpus as a test,
 * with any compiler. usage: NAME FILE|FOLDER... ; prints how many there were.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

#define INPUT_MAX (16 * 1024 * 1024)

static unsigned inputs;

static int replay_file(int dirfd, const char *name)
{
	KA_AUTOCLOSE int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);
	KA_AUTOFREE char *bytes = NULL;
	KA_AUTOFREE uint8_t *exact = NULL; /* of exactly this size, for the address sanitizer */
	size_t len;

	if (fd < 0 || ka_fd_slurp(fd, INPUT_MAX, &bytes, &len) != KA_ERR_OK)
		return -1;
	exact = malloc(len > 0 ? len : 1);
	if (exact == NULL)
		return -1;
	if (len > 0)
		memcpy(exact, bytes, len);
	LLVMFuzzerTestOneInput(exact, len);
	inputs++;
	return 0;
}

static int replay(const char *path)
{
	KA_AUTOCLOSEDIR DIR *dir = opendir(path);
	struct dirent *entry;
	int status = 0;

	if (dir == NULL)
		return replay_file(AT_FDCWD, path);
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.' && replay_file(dirfd(dir), entry->d_name) != 0)
			status = -1;
	return status;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (replay(argv[i]) != 0) {
			fprintf(stderr, "%s: cannot read %s\n", argv[0], argv[i]);
			return 2;
		}
	printf("%u\n", inputs);
	return 0;
}
