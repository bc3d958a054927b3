/*
 * A line of a fleet's dump: the account and the line are those of the text, whatever stood in the room before, and what was read
 * from either form is read again from the other one.
 */
#include "keyaudit/vet/vetdump.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/text.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

static struct ka_vetdump one, two;

static void is_same(void)
{
	MUST(ka_span_equal(one.account, two.account) && ka_span_equal(one.line, two.line));
}

static void check_tab(struct ka_span text)
{
	size_t n = one.account.len;

	MUST(n + 1 + one.line.len == text.len && text.p[n] == '\t');
	MUST(memcmp(one.account.p, text.p, n) == 0 && memcmp(one.line.p, text.p + n + 1, one.line.len) == 0);
	MUST(memchr(one.account.p, '\t', n) == NULL);
}

/* the same as a line of JSON; no text of UTF-8 has one, and what is cut there is cut in the other form only */
static void check_json(void)
{
	json_t *o = json_pack("{s:s%, s:s%}", "account", (const char *)one.account.p, one.account.len, "line",
			      one.line.len > 0 ? (const char *)one.line.p : "", one.line.len);
	char *text = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;

	json_decref(o);
	if (text == NULL)
		return;
	MUST(ka_vetdump_read(ka_span_of(text), &two) == KA_VETDUMP_KEY);
	if (one.line.len <= sizeof(two.line_room))
		is_same();
	free(text);
}

/* the input as an account's name: that one, or none */
static void check_name(struct ka_span name)
{
	json_t *o = json_pack("{s:s%, s:s}", "account", (const char *)name.p, name.len, "line", "x");
	char *text = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;
	enum ka_vetdump_what what;

	json_decref(o);
	if (text == NULL)
		return;
	what = ka_vetdump_read(ka_span_of(text), &two);
	MUST((what == KA_VETDUMP_KEY) == (name.len > 0 && name.len <= KA_VET_ACCOUNT_MAX));
	MUST(what == KA_VETDUMP_KEY ? ka_span_equal(two.account, name) : what == KA_VETDUMP_BROKEN);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ka_span text = { data, size };
	enum ka_vetdump_what what;

	memset(&one, 0xff, sizeof(one));
	memset(&two, 0, sizeof(two));
	what = ka_vetdump_read(text, &one);
	MUST(ka_vetdump_read(text, &two) == what);
	if (what == KA_VETDUMP_KEY)
		is_same();
	check_name(text);
	if (what != KA_VETDUMP_KEY)
		return 0;
	MUST(one.account.len > 0 && one.account.len <= KA_VET_ACCOUNT_MAX);
	if (one.account.p == data)
		check_tab(text);
	else
		MUST(one.line.len <= sizeof(one.line_room) && ka_text_trim(text).p[0] == '{');
	check_json();
	return 0;
}
