/*
 * The events of a trail through the sink journal, for tests/diff/journal.py.
 *
 * usage: journalsend TRAIL      each line to the journald of this world; on stdout how many it took
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "base/err.h"
#include "base/limits.h"
#include "keyaudit/sink/sinkjournal.h"

#include "base/poison.h"

#define TRIES 1000 /* of 10 ms: it does not wait for a full socket, we do */

static bool sent(const char *bytes, size_t len)
{
	for (unsigned i = 0; i < TRIES; i++) {
		if (ka_sinkjournal_send(KA_SINKJOURNAL_SOCKET, bytes, len) == KA_ERR_OK)
			return true;
		usleep(10000);
	}
	return false;
}

int main(int argc, char **argv)
{
	FILE *trail = argc == 2 ? fopen(argv[1], "re") : NULL;
	char *line = NULL, *fields = malloc(KA_SINK_JOURNAL_MAX);
	unsigned n = 0;
	size_t room = 0;

	if (trail == NULL || fields == NULL) {
		fputs("usage: journalsend TRAIL\n", stderr);
		return 2;
	}
	while (getline(&line, &room, trail) > 0) {
		json_t *event = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
		struct ka_buf b;

		ka_buf_init(&b, fields, KA_SINK_JOURNAL_MAX);
		ka_sinkjournal_write(event, &b);
		if (event == NULL || b.overflow || !sent(b.p, b.len))
			return 1;
		json_decref(event);
		n++;
	}
	printf("%u\n", n);
	free(line);
	free(fields);
	return fclose(trail) == 0 ? 0 : 1;
}
