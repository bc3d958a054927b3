/*
 * append FOLDER: what an event costs at the end of a trail of its own in FOLDER, lock, chain and write: microseconds of
 * CPU, events per second with 1 and with 64 writers, and bytes per event. The event is an ordinary refusal's line.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit/trail.h"
#include "base/clock.h"

#include "base/poison.h"

#define EVENTS 5120u
#define WRITERS 64u
#define LINE 1500u

static char path[4096], lock_path[4096];

static void fail(const char *what)
{
	fprintf(stderr, "append: %s\n", what);
	_exit(1);
}

static double cpu_us(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

/* An id as events have them, 26 letters of base32, and a text that is not one letter over and over. */
static void make_up(char *out, size_t size, uint64_t seed)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";

	for (size_t i = 0; i + 1 < size; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		out[i] = letters[seed >> 59];
	}
	out[size - 1] = '\0';
}

static void write_events(unsigned writer, unsigned n)
{
	char line[LINE + 128], id[27], pad[LINE - 60];
	const char *const ids[] = { id, NULL };
	enum ka_trail_answer answer;

	for (unsigned i = 0; i < n; i++) {
		struct ka_trail_job job = { .path = path, .lock_path = lock_path, .ids = ids, .line = line };
		enum ka_err err;

		make_up(id, sizeof(id), (uint64_t)writer << 32 | i);
		make_up(pad, sizeof(pad), i);
		job.len = (size_t)snprintf(line, sizeof(line), "{\"event\":{\"id\":\"%s\"},\"keyaudit\":{\"pad\":\"%s\"}}\n", id, pad);
		job.since = ka_trail_offset(path);
		do
			err = ka_trail_append(&job, &answer);
		while (err == KA_ERR_TIMEOUT);
		if (err != KA_ERR_OK || answer != KA_TRAIL_WRITTEN) {
			fprintf(stderr, "append: error %d, answer %d, errno %d\n", (int)err, (int)answer, errno);
			fail("an event could not be written");
		}
	}
}

int main(int argc, char **argv)
{
	int64_t begin, alone_ms, many_ms, size;
	double cpu;

	if (argc != 2)
		fail("usage: append FOLDER");
	snprintf(path, sizeof(path), "%s/log/audit.jsonl", argv[1]);
	snprintf(lock_path, sizeof(lock_path), "%s/lock", argv[1]);
	write_events(WRITERS, 1);
	size = ka_trail_offset(path);
	cpu = cpu_us(RUSAGE_SELF);
	begin = ka_clock_boot_ms();
	write_events(WRITERS + 1, EVENTS);
	alone_ms = ka_clock_boot_ms() - begin;
	cpu = cpu_us(RUSAGE_SELF) - cpu;
	size = ka_trail_offset(path) - size;
	begin = ka_clock_boot_ms();
	for (unsigned w = 0; w < WRITERS; w++) {
		pid_t pid = fork();

		if (pid < 0)
			fail("no process to be had");
		if (pid == 0) {
			write_events(w, EVENTS / WRITERS);
			_exit(0);
		}
	}
	for (unsigned w = 0; w < WRITERS; w++) {
		int status;

		if (wait(&status) < 0 || status != 0)
			fail("a writer failed");
	}
	many_ms = ka_clock_boot_ms() - begin;
	printf("bench: trail: an event of %u bytes costs %.1f us of CPU, %.0f a second with 1 writer, %.0f with %u, %.0f bytes each on disk\n",
	       LINE, cpu / EVENTS, EVENTS * 1e3 / (double)(alone_ms > 0 ? alone_ms : 1),
	       (double)(EVENTS / WRITERS * WRITERS) * 1e3 / (double)(many_ms > 0 ? many_ms : 1), WRITERS, (double)size / EVENTS);
	return 0;
}
