/*
 * What authkeys-vet is asked: as many answers as whole lines, in their order, each the one that its line gets alone, and all of
 * them such as a judge reads.
 */
#include "authkeys-cmd/vet/vetlines.h"

#include <string.h>
#include "base/limits.h"
#include "tests/fuzz/throughfds.h"
#include "verdict/vetanswer.h"

#include "base/poison.h"

static struct ka_vetter vetter;
static uint8_t blob[KA_BLOB_MAX];

static void check_line(struct ka_span line, struct ka_span answer)
{
	uint8_t hash[KA_VETANSWER_SHA1_LEN];
	char text[KA_VET_ANSWER_MAX];
	struct ka_vetanswer a;
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_vetlines_one(&vetter, line, blob, &b);
	MUST(ka_buf_check(&b) == KA_ERR_OK && b.len == answer.len + 1 && memcmp(text, answer.p, answer.len) == 0);
	MUST(ka_vetanswer_parse(answer, &a) || (ka_span_starts(line, KA_VETANSWER_SHA1) && ka_vetanswer_parse_sha1(answer, hash)));
}

static enum ka_err loop(int in, int out)
{
	return ka_vetlines_run(&vetter, in, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const bool is_whole = size == 0 || data[size - 1] == '\n';
	struct ka_cursor lines, answers;
	struct ka_span line, answer;
	bool has_end;
	size_t len;

	if (vetter.ctx == NULL)
		MUST(ka_vetter_init(&vetter, 100) == KA_ERR_OK);
	if (size >= KA_VET_LINE_MAX)
		return 0;
	MUST(throughfds(loop, (struct ka_span){ data, size }, &len) == (is_whole ? KA_ERR_OK : KA_ERR_SYNTAX));
	ka_cursor_init(&lines, data, size);
	ka_cursor_init(&answers, (const uint8_t *)throughfds_said, len);
	while (ka_cursor_line(&lines, &line, &has_end) && has_end) {
		MUST(ka_cursor_line(&answers, &answer, &has_end) && has_end);
		check_line(line, answer);
	}
	MUST(ka_cursor_left(&answers) == 0);
	return 0;
}
