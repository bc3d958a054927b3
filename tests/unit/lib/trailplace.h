/* A folder of the test's own with a trail in it, and events to write there; for the tests of audit/trail. */
#ifndef KA_TESTS_TRAILPLACE_H
#define KA_TESTS_TRAILPLACE_H

#include <stdint.h>
#include <sys/types.h>

#include "audit/chain.h"
#include "audit/trail.h"

struct trailplace {
	char dir[64], folder[96], path[128], lock[128];
};

/** trailplace_setup(), trailplace_teardown() - a place in *@state, where only its own folder is there; and away with it */
int trailplace_setup(void **state);
int trailplace_teardown(void **state);

/** trailplace_id() - an id as long as a real one, of its own for each pair of numbers */
void trailplace_id(unsigned writer, unsigned event, char out[static KA_EVENT_ID_MAX]);

/** trailplace_line() - an event of that id in one line, @pad bytes longer than it must be; its length */
size_t trailplace_line(const char *id, size_t pad, char *out, size_t size);

/** trailplace_append() - append that event, after a look whether it stands behind the offset @since */
enum ka_err trailplace_append(const struct trailplace *p, const char *id, size_t pad, int64_t since,
			      enum ka_trail_answer *answer);

/** trailplace_append_ok() - append it; the test fails unless the answer is @want */
void trailplace_append_ok(const struct trailplace *p, const char *id, enum ka_trail_answer want);

/** trailplace_slurp() - a whole file, ended by NUL; the caller frees it */
char *trailplace_slurp(const char *path, size_t *len);

/* what trailplace_walk() has passed, and where it stands */
struct trailplace_walk {
	uint64_t seq;              /* 0: before the first line */
	char hash[KA_CHAIN_HEX];   /* zeros there */
	unsigned recoveries;
	char last[KA_EVENT_LINE_MAX]; /* the line passed last */
};

/** trailplace_walk() - the chain of one file, which @w comes to from the file before; the test fails at whatever is no chain */
void trailplace_walk(const char *path, struct trailplace_walk *w);

/** trailplace_whole() - the chain of the trail as the only file of it; how many recoveries */
unsigned trailplace_whole(const struct trailplace *p);

/** trailplace_put() - append text to a file, and give it exactly these bits */
void trailplace_put(const char *path, const char *text, mode_t mode);

#endif
