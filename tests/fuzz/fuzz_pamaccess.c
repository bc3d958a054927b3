/* Rules of access.conf: an answer has the rule that gave it, and a comment before them changes nothing but its number. */
#include "diag/pamaccess.h"

#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

static bool is_member(const void *ctx, struct ka_span name)
{
	(void)ctx;
	return ka_span_is(name, "staff");
}

static void check(const struct ka_pamaccess *a, struct ka_span text)
{
	MUST(a->answer == KA_PAMACCESS_ALLOWED || a->line > 0);
	MUST(a->line <= text.len + 1 && strlen(a->rule) < sizeof(a->rule));
	if (a->line == 0)
		MUST(a->rule[0] == '\0');
	else if (a->answer == KA_PAMACCESS_DENIED)
		MUST(memchr(a->rule, '-', strlen(a->rule)) != NULL || strlen(a->rule) == sizeof(a->rule) - 1);
}

static void judge(struct ka_span text, const char *address, bool new_groups_only)
{
	static const char comment[] = "# - : ALL : ALL\n";
	const struct ka_pamaccess_query q = { .user = "alice", .address = address, .new_groups_only = new_groups_only, .is_member = is_member };
	struct ka_pamaccess one = { .line = 0 }, two = { .line = 0 };
	size_t n = sizeof(comment) - 1;
	uint8_t *more = malloc(n + text.len);

	MUST(more != NULL);
	memcpy(more, comment, n);
	if (text.len > 0)
		memcpy(more + n, text.p, text.len);
	ka_pamaccess_judge(text, &q, &one);
	check(&one, text);
	ka_pamaccess_judge((struct ka_span){ more, n + text.len }, &q, &two);
	MUST(two.answer == one.answer && two.line == (one.line > 0 ? one.line + 1 : 0) && strcmp(two.rule, one.rule) == 0);
	free(more);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_span text = { data, size };

	judge(text, "192.0.2.7", false);
	judge(text, "2001:db8::7", true);
	judge(text, "", false);
	return 0;
}
