/*
 * The price of one program against another's, as sshd pays it: fork, exec with the
 * command's user, read the output to its end, wait. Both run in turn, A B B A, so that
 * a busy machine burdens both; each pair gives one ratio, and the median of the ratios
 * with its 95 % order-statistic interval is printed. Judges nothing but that A did its
 * work: output, status 0, and one record.
 *
 *   bench [--nothing] [--cold FOLDER] LABEL YARDSTICK PAIRS USER SPOOL|- -- A [ARG...] -- B [ARG...]
 *   bench --keys N          N well-formed ssh-ed25519 lines of nobody
 *
 * --nothing: the work of A is to print nothing.
 * --cold: after each run of A everything is waited for that it left behind in the background, and every file below FOLDER
 * is taken away.
 *
 * We name ourselves sshd, so that the command writes its record below SPOOL; the record
 * is taken away between runs, outside of what is timed.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAIRS_MAX 100000
#define WARM_UP 20

struct side {
	char **argv;
	double *us;       /* one per pair */
	size_t output;    /* bytes of the last run */
	long peak_kib;    /* greatest ru_maxrss */
};

struct bench {
	const struct passwd *user;
	char record[256]; /* our file in the spool, "" when none is looked for */
	const char *cold; /* NULL: nothing is taken away */
	bool is_silent;   /* A prints nothing, and that is right */
	size_t pairs;
	struct side a, b;
};

static void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void child(const struct bench *w, const struct side *s, const int pipe_fd[2])
{
	static char path[] = "PATH=/usr/bin:/bin", *envp[] = { path, NULL };
	int null = open("/dev/null", O_RDWR);

	if (setgid(w->user->pw_gid) != 0 || setuid(w->user->pw_uid) != 0 || dup2(null, 0) < 0 || dup2(pipe_fd[1], 1) < 0)
		_exit(126);
	close(null);
	close(pipe_fd[0]);
	close(pipe_fd[1]);
	execve(s->argv[0], s->argv, envp);
	_exit(127);
}

static double run(const struct bench *w, struct side *s)
{
	static char block[16384];
	struct rusage used;
	int pipe_fd[2], status;
	double begin = now_us();
	ssize_t n;
	pid_t pid;

	s->output = 0;
	if (pipe(pipe_fd) != 0)
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0)
		child(w, s, pipe_fd);
	close(pipe_fd[1]);
	while ((n = read(pipe_fd[0], block, sizeof(block))) > 0)
		s->output += (size_t)n;
	close(pipe_fd[0]);
	if (wait4(pid, &status, 0, &used) != pid)
		die("wait4");
	begin = now_us() - begin;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "bench: %s ended with wait status %d\n", s->argv[0], status);
		exit(1);
	}
	if (used.ru_maxrss > s->peak_kib)
		s->peak_kib = used.ru_maxrss;
	return begin;
}

static int take_away(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)where;
	return kind == FTW_F && unlink(path) != 0 ? -1 : 0;
}

/* what a run left behind is our child now */
static void cool(const struct bench *w)
{
	if (w->cold == NULL)
		return;
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	if (nftw(w->cold, take_away, 8, FTW_PHYS) != 0)
		die(w->cold);
}

/* was the whole work done? then make room for the next run */
static void settle(const struct bench *w)
{
	struct stat st;

	cool(w);
	if (w->record[0] == '\0')
		return;
	if (stat(w->record, &st) != 0)
		die(w->record);
	if (st.st_size == 0) {
		fprintf(stderr, "bench: %s: no record was written\n", w->record);
		exit(1);
	}
	if (truncate(w->record, 0) != 0)
		die(w->record);
}

static void find_record(struct bench *w, const char *spool)
{
	char text[1024], *p;
	int fd = open("/proc/self/stat", O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[n > 0 ? n : 0] = '\0';
	p = strrchr(text, ')');
	for (int field = 2; p != NULL && field < 22; field++)
		p = strchr(p + 1, ' ');
	if (p == NULL)
		die("/proc/self/stat");
	snprintf(w->record, sizeof(w->record), "%s/%d.%llu", spool, getpid(), strtoull(p, NULL, 10));
}

static int by_value(const void *x, const void *y)
{
	double a, b;

	memcpy(&a, x, sizeof(a));
	memcpy(&b, y, sizeof(b));
	return (a > b) - (a < b);
}

static double median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_value);
	return n % 2 != 0 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void measure(struct bench *w)
{
	cool(w);
	for (size_t i = 0; i < WARM_UP; i++) {
		run(w, &w->a);
		settle(w);
		run(w, &w->b);
		if (w->record[0] != '\0' && truncate(w->record, 0) != 0)
			die(w->record);
	}
	if ((w->a.output == 0) != w->is_silent) {
		fprintf(stderr, "bench: %s printed %s\n", w->a.argv[0], w->is_silent ? "something" : "no key");
		exit(1);
	}
	for (size_t i = 0; i < w->pairs; i++)
		for (int turn = 0; turn < 2; turn++) {
			bool is_a = (turn == 0) == (i % 2 == 0);

			if (is_a) {
				w->a.us[i] = run(w, &w->a);
				settle(w);
			} else {
				w->b.us[i] = run(w, &w->b);
				if (w->record[0] != '\0' && truncate(w->record, 0) != 0)
					die(w->record);
			}
		}
}

/* half the width, in ranks, of the 95 % interval of a median: 0.98 * sqrt(n) */
static size_t half_width(size_t n)
{
	size_t k = 0;

	while (k * k < n)
		k++;
	k = k * 98 / 100;
	return k < n / 2 ? k : n / 2;
}

static void report(struct bench *w, const char *label, const char *yardstick)
{
	double *ratio = calloc(w->pairs, sizeof(*ratio)), mid;
	size_t half = half_width(w->pairs), centre = w->pairs / 2;

	if (ratio == NULL)
		die("memory");
	for (size_t i = 0; i < w->pairs; i++)
		ratio[i] = w->a.us[i] / w->b.us[i];
	mid = median(ratio, w->pairs);
	printf("bench: %s %.3fx [%.3f, %.3f] x %s (%zu pairs; %.0f us, %.0f us; peak %.1f MiB, %.1f MiB)\n", label, mid,
	       ratio[centre - half], ratio[centre + half < w->pairs ? centre + half : w->pairs - 1], yardstick, w->pairs,
	       median(w->a.us, w->pairs), median(w->b.us, w->pairs), (double)w->a.peak_kib / 1024,
	       (double)w->b.peak_kib / 1024);
	free(ratio);
}

static void put_base64(const uint8_t *p, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) /* 51 bytes: no padding */
		printf("%c%c%c%c", digits[p[i] >> 2], digits[(p[i] & 3) << 4 | p[i + 1] >> 4],
		       digits[(p[i + 1] & 15) << 2 | p[i + 2] >> 6], digits[p[i + 2] & 63]);
}

/* blobs of random bytes: never judged, because the offered key is another one */
static void print_keys(unsigned long n)
{
	uint8_t blob[51] = "\0\0\0\013ssh-ed25519\0\0\0\040";
	uint64_t x = 88172645463325252u;

	for (unsigned long i = 0; i < n; i++) {
		for (size_t k = 19; k < sizeof(blob); k++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			blob[k] = (uint8_t)(x >> 32);
		}
		printf("ssh-ed25519 ");
		put_base64(blob, sizeof(blob));
		printf(" key-%lu\n", i + 1);
	}
}

int main(int argc, char **argv)
{
	struct bench w;

	memset(&w, 0, sizeof(w));
	if (argc == 3 && strcmp(argv[1], "--keys") == 0) {
		print_keys(strtoul(argv[2], NULL, 10));
		return 0;
	}
	if (argc > 1 && strcmp(argv[1], "--nothing") == 0) {
		w.is_silent = true;
		argv++;
		argc--;
	}
	if (argc > 2 && strcmp(argv[1], "--cold") == 0) {
		w.cold = argv[2];
		argv += 2;
		argc -= 2;
	}
	for (int i = 7; i + 1 < argc; i++)
		if (strcmp(argv[i], "--") == 0) {
			argv[i] = NULL;
			w.b.argv = argv + i + 1;
			break;
		}
	if (argc < 9 || strcmp(argv[6], "--") != 0 || w.b.argv == NULL) {
		fputs("usage: bench [--nothing] [--cold FOLDER] LABEL YARDSTICK PAIRS USER SPOOL|- -- A [ARG...] -- B [ARG...]\n       bench --keys N\n", stderr);
		return 2;
	}
	w.a.argv = argv + 7;
	w.pairs = strtoul(argv[3], NULL, 10);
	w.user = getpwnam(argv[4]);
	if (w.pairs < 10 || w.pairs > PAIRS_MAX || w.user == NULL) {
		fprintf(stderr, "bench: 10 to %d pairs, and a user that exists\n", PAIRS_MAX);
		return 2;
	}
	w.a.us = calloc(w.pairs, sizeof(*w.a.us));
	w.b.us = calloc(w.pairs, sizeof(*w.b.us));
	if (w.a.us == NULL || w.b.us == NULL || setgroups(0, NULL) != 0 || prctl(PR_SET_NAME, "sshd") != 0 ||
	    (w.cold != NULL && prctl(PR_SET_CHILD_SUBREAPER, 1) != 0))
		die("cannot begin");
	if (strcmp(argv[5], "-") != 0)
		find_record(&w, argv[5]);
	measure(&w);
	report(&w, argv[1], argv[2]);
	if (w.record[0] != '\0')
		unlink(w.record);
	return 0;
}
