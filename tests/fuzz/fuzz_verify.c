/*
 * Seals, anchors and a trail, whoever wrote them: up to a line "--" seals, up to another one anchors, then the trail, in which
 * "--" begins the next file. The judges come to an end and say a place that exists; what they let pass was compared with all
 * points.
 */
#include "keyaudit/verify/verifychain.h"
#include "keyaudit/verify/verifyseals.h"

#include <string.h>

#include "base/err.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

enum part { SEALS, ANCHORS, TRAIL };

static struct ka_verifychain chain;

static void begin_trail(struct ka_verifypoints *points)
{
	ka_verifypoints_sort(points);
	ka_verifychain_begin(&chain, points);
	MUST(ka_verifychain_file(&chain));
}

static enum part next_part(enum part part, struct ka_verifypoints *points)
{
	if (part == ANCHORS)
		begin_trail(points);
	if (part == TRAIL)
		(void)ka_verifychain_file(&chain);
	return part == SEALS ? ANCHORS : TRAIL;
}

static void read_points(enum part part, struct ka_span line, struct ka_verifyseals *seals, struct ka_verifypoints *points)
{
	struct ka_seal s;

	if (part == SEALS)
		MUST(ka_verifyseals_line(seals, line, points) == KA_ERR_OK);
	else if (ka_sealline_anchor(line, &s))
		MUST(ka_verifypoints_add(points, &s, true, 1) == KA_ERR_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_verifypoints points = { 0 };
	struct ka_verifyseals seals;
	enum part part = SEALS;
	struct ka_cursor c;
	struct ka_span line;
	uint64_t lines = 0;
	bool ended;

	ka_verifyseals_begin(&seals, NULL);
	ka_cursor_init(&c, data, size);
	while ((part != TRAIL || chain.wrong.what == KA_VERIFY_NOTHING) && ka_cursor_line(&c, &line, &ended)) {
		lines++;
		if (ka_span_is(line, "--"))
			part = next_part(part, &points);
		else if (part == TRAIL)
			MUST(ka_verifychain_line(&chain, line, ended) == (chain.wrong.what == KA_VERIFY_NOTHING));
		else
			read_points(part, line, &seals, &points);
	}
	ka_verifyseals_end(&seals);
	MUST(seals.count <= lines && seals.count + points.anchors == points.count);
	if (part == TRAIL && chain.wrong.what == KA_VERIFY_NOTHING && ka_verifychain_end(&chain))
		MUST(chain.seen_points + chain.older_points == points.count && chain.records <= lines);
	if (part == TRAIL && chain.wrong.what != KA_VERIFY_NOTHING)
		MUST(chain.wrong.text != NULL && chain.wrong.line <= lines && chain.wrong.file < chain.files);
	ka_verifypoints_free(&points);
	return 0;
}
