/*
 * What the ear hears, printed for scripts.
 * usage: earcat [-f] [-n LINES] LOG [STATE]
 *   LOG     "journal", or the path of a file
 *   STATE   the folder of the position; each line printed is dealt with
 *   -f      go on at the end; -n: end after so many lines
 *
 *	journal|unverified|file AT-US PID MESSAGE       escaped as for people
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/text.h"
#include "keyaudit/ear/ear.h"

#include "base/poison.h"

static struct ka_conf conf;

static void print(const struct ka_earline *line)
{
	char text[4 * KA_EAR_LINE_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_text_escape(&b, line->message, 0, sizeof(text) - 1);
	printf("%s %lld %d %s\n", line->is_verified ? "journal" : line->is_from_file ? "file" : "unverified", (long long)line->at_us,
	       (int)line->pid, text);
	fflush(stdout);
}

/* at most @left lines (0: any number), each kept when it is out; how many */
static long listen_now(struct ka_ear *e, long left)
{
	struct ka_earline line;
	long n = 0;

	while ((left == 0 || n < left) && ka_ear_next(e, &line)) {
		print(&line);
		n++;
		if (ka_ear_keep(e) != KA_ERR_OK)
			fputs("earcat: the position is not kept\n", stderr);
	}
	return n;
}

int main(int argc, char **argv)
{
	bool follow = false;
	long lines = 0, n = 0;
	struct ka_ear *e;
	int i = 1, state = -1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "-f") == 0)
			follow = true;
		else if (strcmp(argv[i], "-n") == 0 && i + 1 < argc)
			lines = strtol(argv[++i], NULL, 10);
	}
	if (i >= argc || ka_fd_reserve_std() != KA_ERR_OK)
		return 2;
	ka_conf_default(&conf);
	if (strcmp(argv[i], "journal") != 0) {
		conf.sshd_log = KA_CONF_LOG_FILE;
		conf.sshd_log_file = argv[i];
	}
	if (i + 1 < argc)
		state = open(argv[i + 1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (ka_ear_open(&conf, state, follow, &e) != KA_ERR_OK || e == NULL)
		return 1;
	for (;;) {
		struct pollfd p = { .events = POLLIN };

		n += listen_now(e, lines > 0 ? lines - n : 0);
		if ((lines > 0 && n >= lines) || (!follow && ka_ear_is_drained(e)))
			break;
		p.fd = ka_ear_fd(e);
		poll(&p, 1, ka_ear_patience_ms(e));
	}
	if (ka_ear_trouble(e) != NULL)
		fprintf(stderr, "earcat: %s\n", ka_ear_trouble(e));
	ka_ear_close(&e);
	return 0;
}
