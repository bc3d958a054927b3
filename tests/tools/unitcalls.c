/*
 * Runs a command under a list of allowed system calls, as systemd does for SystemCallFilter=.
 * usage: unitcalls kill|ERRNO-NUMBER CALL... -- COMMAND [ARGUMENT...]
 *
 * Every call that is not named ends the process (SIGSYS), or fails with that errno: SystemCallErrorNumber=. Names that this
 * machine does not have are left out, as systemd does. libseccomp is asked by dlopen(3), so that no header of it is needed.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/text.h"

#include "base/poison.h"

#define ACT_ALLOW 0x7fff0000u
#define ACT_KILL  0x80000000u
#define ACT_ERRNO 0x00050000u

/* seccomp(3): the four functions of it that are needed */
struct library {
	void *(*init)(uint32_t action);
	int (*resolve)(const char *name);
	int (*allow)(void *filter, uint32_t action, int call, unsigned arguments, const void *none);
	int (*load)(const void *filter);
};

static void *need(void *handle, const char *name)
{
	void *found = dlsym(handle, name);

	if (found == NULL)
		_exit(125);
	return found;
}

static void open_library(struct library *l)
{
	void *handle = dlopen("libseccomp.so.2", RTLD_NOW);

	if (handle == NULL) {
		fputs("unitcalls: there is no libseccomp.so.2\n", stderr);
		_exit(125);
	}
	/* POSIX: a pointer of dlsym() may be taken for one to a function; ISO C has no cast for it */
	*(void **)(void *)&l->init = need(handle, "seccomp_init");
	*(void **)(void *)&l->resolve = need(handle, "seccomp_syscall_resolve_name");
	*(void **)(void *)&l->allow = need(handle, "seccomp_rule_add_array");
	*(void **)(void *)&l->load = need(handle, "seccomp_load");
}

int main(int argc, char **argv)
{
	struct library l;
	uint64_t number = 0;
	void *filter;
	int at = 2;

	if (argc < 5 || (strcmp(argv[1], "kill") != 0 && !ka_text_to_u64(ka_span_of(argv[1]), 4095, &number))) {
		fputs("usage: unitcalls kill|ERRNO-NUMBER CALL... -- COMMAND [ARGUMENT...]\n", stderr);
		return 2;
	}
	open_library(&l);
	filter = l.init(number > 0 ? ACT_ERRNO | (uint32_t)number : ACT_KILL);
	for (; at < argc && strcmp(argv[at], "--") != 0; at++) {
		int call = l.resolve(argv[at]);

		if (call >= 0 && l.allow(filter, ACT_ALLOW, call, 0, NULL) != 0)
			return 125;
	}
	if (at + 1 >= argc || l.load(filter) != 0) {
		fputs("unitcalls: no command, or the kernel does not take the filter\n", stderr);
		return 125;
	}
	execvp(argv[at + 1], argv + at + 1);
	return 127;
}
