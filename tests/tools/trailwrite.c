/*
 * trailwrite PATH LOCK COUNT: appends COUNT lines of random length to a trail, as the recorder and the collector do; 0: until it
 * is killed. Prints how many were written. A full disk is waited for no longer than a moment.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/trail.h"
#include "base/buf.h"
#include "base/clock.h"

static void make_line(struct ka_buf *b, unsigned long n)
{
	char at[KA_CLOCK_TEXT_MAX];
	size_t pad = 20 + (size_t)random() % 2500;

	ka_clock_text(ka_clock_wall_us(), at);
	ka_buf_text(b, "{\"@timestamp\":\"");
	ka_buf_text(b, at);
	ka_buf_text(b, "\",\"event\":{\"action\":\"ssh-key-refused\",\"id\":\"w");
	ka_buf_u64(b, (uint64_t)getpid());
	ka_buf_char(b, '-');
	ka_buf_u64(b, n);
	ka_buf_text(b, "\"},\"keyaudit\":{\"schema\":1,\"pad\":\"");
	while (pad-- > 0)
		ka_buf_char(b, 'x');
	ka_buf_text(b, "\"}}\n");
}

int main(int argc, char **argv)
{
	unsigned long count, written = 0;

	if (argc != 4)
		return 2;
	count = strtoul(argv[3], NULL, 10);
	srandom((unsigned)getpid());
	for (unsigned long n = 0; count == 0 || n < count; n++) {
		enum ka_trail_answer answer;
		char text[KA_EVENT_LINE_MAX];
		struct ka_buf b;
		struct ka_trail_job job = { .path = argv[1], .lock_path = argv[2], .line = text };

		ka_buf_init_array(&b, text);
		make_line(&b, n);
		job.len = b.len;
		if (ka_trail_append(&job, &answer) == KA_ERR_OK && answer == KA_TRAIL_WRITTEN)
			written++;
		else
			usleep(2000);
	}
	printf("%lu\n", written);
	return 0;
}
