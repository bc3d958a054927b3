/* The verdicts on the screen. It must never show a byte of the table. */
#include "keyaudit/cache/cacheverdicts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "audit/jsonout.h"
#include "keyaudit/cache/cacheshow.h"
#include "keyaudit/screen/exit.h"
#include "verdict/verdictlook.h"

#include "base/poison.h"

/* @dir is a path of ours */
static int complain(const char *dir)
{
	const char *why = strerrorname_np(errno);
	bool is_right = errno == EACCES;

	if (is_right)
		fprintf(stderr, "keyaudit cache: permission denied: %s\n", dir);
	else if (errno == EPERM)
		fprintf(stderr, "keyaudit cache: others than its owner may write in %s; mend: systemd-tmpfiles --create keyaudit.conf\n", dir);
	else
		fprintf(stderr, "keyaudit cache: %s: %s; mend: systemd-tmpfiles --create keyaudit.conf\n", dir, why != NULL ? why : "?");
	return is_right ? KA_EXIT_NOPERM : KA_EXIT_UNDECIDED;
}

static const char *state_word(enum ka_verdictlook_state state)
{
	static const char *const words[] = {
		[KA_VERDICTLOOK_NONE] = "none", [KA_VERDICTLOOK_TABLE] = "table", [KA_VERDICTLOOK_UNUSABLE] = "unusable",
	};

	return words[state];
}

static void show_json(const struct ka_verdictlook *l)
{
	char text[256];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_jsonout_object(&b, NULL);
	ka_jsonout_plain(&b, "schema", KA_CACHEVERDICTS_SCHEMA);
	ka_jsonout_plain(&b, "state", state_word(l->state));
	ka_jsonout_u64(&b, "kept", l->kept);
	ka_jsonout_u64(&b, "damaged", l->damaged);
	ka_jsonout_u64(&b, "room", KA_VERDICTLOOK_ROOM);
	ka_jsonout_object_end(&b);
	puts(text);
}

static void show_text(const struct ka_verdictlook *l)
{
	printf("%zu %s kept, with room for %zu", l->kept, l->kept == 1 ? "verdict" : "verdicts", KA_VERDICTLOOK_ROOM);
	if (l->damaged > 0)
		printf("; %zu damaged, which count for nothing", l->damaged);
	putchar('\n');
}

int ka_cacheverdicts_status(const char *dir, bool json)
{
	struct ka_verdictlook l;

	if (ka_verdictlook(dir, &l) != KA_ERR_OK)
		return complain(dir);
	if (json)
		show_json(&l);
	else
		show_text(&l);
	if (l.state != KA_VERDICTLOOK_UNUSABLE)
		return KA_EXIT_FINE;
	fprintf(stderr, "keyaudit cache: the table there is not its owner's alone, so it is not used; mend: keyaudit cache clear --verdicts\n");
	return KA_EXIT_FINDINGS;
}

int ka_cacheverdicts_clear(const char *dir, bool json)
{
	struct ka_cacheedit done = { .done = 0 };
	struct ka_verdictlook l;
	bool was_there;

	if (ka_verdictlook(dir, &l) != KA_ERR_OK || ka_verdictlook_clear(dir, &was_there) != KA_ERR_OK)
		return complain(dir);
	done.done = l.kept;
	if (json)
		ka_cacheshow_edit_json("clear", &done);
	else
		printf("%zu %s taken away\n", l.kept, l.kept == 1 ? "verdict" : "verdicts");
	return KA_EXIT_FINE;
}
