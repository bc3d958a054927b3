/* Both streams in memory. Must put them back whatever was printed. */
#include "tests/unit/lib/caught.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cursor.h"
#include "base/fd.h"
#include "base/text.h"

#include "base/poison.h"

#define WORDS_MAX 16

char *caught_out, *caught_err;

static int kept[2] = { -1, -1 }, memory[2] = { -1, -1 };

void caught_begin(void)
{
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		kept[i] = dup(i + 1);
		memory[i] = memfd_create("caught", MFD_CLOEXEC);
		assert_true(kept[i] >= 0 && memory[i] >= 0);
	}
	for (int i = 0; i < 2; i++)
		dup2(memory[i], i + 1);
}

void caught_end(void)
{
	char **texts[] = { &caught_out, &caught_err };
	size_t len;

	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		dup2(kept[i], i + 1);
		close(kept[i]);
	}
	for (int i = 0; i < 2; i++) {
		free(*texts[i]);
		*texts[i] = NULL;
		assert_int_equal(lseek(memory[i], 0, SEEK_SET), 0);
		assert_int_equal(ka_fd_slurp(memory[i], 16 << 20, texts[i], &len), KA_ERR_OK);
		close(memory[i]);
	}
}

/* a verb may keep pointers into its words, and change none of them */
static int call(int (*verb)(int argc, char **argv), const char *name, const char *const *args)
{
	char *argv[WORDS_MAX + 2] = { strdup(name) };
	int argc = 1, status;

	for (; args[argc - 1] != NULL && argc <= WORDS_MAX; argc++)
		argv[argc] = strdup(args[argc - 1]);
	status = verb(argc, argv);
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	return status;
}

int caught_verb(int (*verb)(int argc, char **argv), const char *name, const char *const *args)
{
	int status;

	caught_begin();
	status = call(verb, name, args);
	caught_end();
	return status;
}

int caught_verb_of(bool (*before)(void), int (*verb)(int argc, char **argv), const char *name, const char *const *args)
{
	int status = 0;
	pid_t pid;

	caught_begin();
	pid = fork();
	if (pid == 0) {
		status = before() ? call(verb, name, args) : 99;
		fflush(NULL);
		_exit(status);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		;
	caught_end();
	assert_true(pid > 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool caught_as_nobody(void)
{
	return geteuid() != 0 || (setgid(65534) == 0 && setuid(65534) == 0);
}

bool caught_is_plain(const char *text)
{
	struct ka_cursor c;
	struct ka_span line;

	ka_cursor_init(&c, text, strlen(text));
	while (ka_cursor_line(&c, &line, NULL))
		if (!ka_text_is_plain(line))
			return false;
	return true;
}
