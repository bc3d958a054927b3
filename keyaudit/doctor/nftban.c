/* Following nftables' rules for one packet. It must claim no ban that it is not sure of. */
#include "keyaudit/doctor/nftban.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/spawn.h"
#include "base/text.h"
#include "keyaudit/doctor/nftmatch.h"

#include "base/poison.h"

/* what becomes of the packet in a chain */
enum fate { FALLS, ACCEPTED, DROPPED, UNTOLD };

struct walk {
	struct ka_nftmatch match;    /* of one rule */
	const json_t *chain;         /* that is followed */
	unsigned depth;
	struct ka_ban *out;
};

static enum fate follow(struct walk *w, const char *chain);

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

static bool is_tools(const char *name, enum ka_ban_tool *tool)
{
	static const struct {
		const char *begins;
		enum ka_ban_tool tool;
	} known[] = {
		{ "f2b-", KA_BAN_TOOL_FAIL2BAN }, { "addr-set-", KA_BAN_TOOL_FAIL2BAN }, { "addr6-set-", KA_BAN_TOOL_FAIL2BAN },
		{ "crowdsec", KA_BAN_TOOL_CROWDSEC },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(known); i++)
		if (strncmp(name, known[i].begins, strlen(known[i].begins)) == 0) {
			*tool = known[i].tool;
			return true;
		}
	return false;
}

/* this rule, or the policy of the chain, drops it */
static enum fate drop(struct walk *w, const char *chain, uint64_t handle)
{
	struct ka_ban *out = w->out;

	if (!ka_span_copy(ka_span_of(w->match.family), out->family, sizeof(out->family)) ||
	    !ka_span_copy(ka_span_of(w->match.table), out->table, sizeof(out->table)) ||
	    !ka_span_copy(ka_span_of(chain), out->chain, sizeof(out->chain)) ||
	    !ka_span_copy(ka_span_of(w->match.set), out->set, sizeof(out->set)))
		return UNTOLD;
	out->handle = handle;
	out->is_alone = w->match.is_alone;
	if (!is_tools(out->set, &out->tool) && !is_tools(out->chain, &out->tool))
		out->tool = KA_BAN_TOOL_NONE;
	return DROPPED;
}

static enum fate jump(struct walk *w, const char *target)
{
	enum fate fate;

	if (w->depth == KA_BAN_DEPTH_MAX)
		return UNTOLD;
	w->depth++;
	fate = follow(w, target);
	w->depth--;
	return fate;
}

/* a rule's end: what it does to the packet; @is_over when the chain is left with it */
static enum fate verdict(struct walk *w, const json_t *s, const char *chain, uint64_t handle, bool *is_over)
{
	const json_t *to = json_object_get(s, "jump"), *away = json_object_get(s, "goto");
	enum fate fate;

	*is_over = true;
	if (json_object_get(s, "drop") != NULL || json_object_get(s, "reject") != NULL)
		return drop(w, chain, handle);
	if (json_object_get(s, "accept") != NULL)
		return ACCEPTED;
	if (json_object_get(s, "return") != NULL)
		return FALLS;
	if (to == NULL && away == NULL) {
		*is_over = json_object_get(s, "continue") == NULL;
		return *is_over ? UNTOLD : FALLS; /* a queue, or something newer than we */
	}
	fate = jump(w, text_of(to != NULL ? to : away, "target"));
	*is_over = fate != FALLS || away != NULL;
	return fate;
}

static bool is_verdict(const json_t *s)
{
	static const char *const names[] = { "drop", "reject", "accept", "return", "jump", "goto", "continue", "queue" };

	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++)
		if (json_object_get(s, names[i]) != NULL)
			return true;
	return false;
}

/* what stands in a rule and decides nothing */
static bool is_idle(const json_t *s)
{
	static const char *const names[] = { "counter", "log", "set", "map", "mangle", "notrack", "comment" };

	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++)
		if (json_object_get(s, names[i]) != NULL)
			return true;
	return false;
}

/* what one rule does; @is_sure: all its conditions hold, not only perhaps */
static enum fate apply(struct walk *w, const json_t *s, const json_t *rule, bool is_sure, bool *is_over)
{
	uint64_t handle = (uint64_t)json_integer_value(json_object_get(rule, "handle"));
	const char *chain = text_of(rule, "chain");
	enum fate fate;

	fate = verdict(w, s, chain, handle, is_over);
	if (is_sure)
		return fate;
	if (fate == DROPPED) { /* perhaps: no proof */
		if (w->match.is_address && w->out->tool != KA_BAN_TOOL_NONE)
			return DROPPED;
		*is_over = false;
		return FALLS;
	}
	if (fate == FALLS && !*is_over)
		return FALLS;
	*is_over = true;
	return UNTOLD;
}

/* a verdict map: the entry that holds the packet's address or port */
static enum fate ask_map(struct walk *w, const json_t *vmap, const json_t *rule, bool is_sure, bool *is_over)
{
	const json_t *s = NULL;
	enum ka_nftmatch_answer answer = ka_nftmatch_map(&w->match, json_object_get(vmap, "key"), json_object_get(vmap, "data"), &s);

	*is_over = answer == KA_NFTMATCH_UNTOLD;
	if (answer != KA_NFTMATCH_YES)
		return *is_over ? UNTOLD : FALLS;
	return apply(w, s, rule, is_sure, is_over);
}

static enum fate one_rule(struct walk *w, const json_t *rule, bool *is_over)
{
	const json_t *s;
	bool is_sure = true;
	size_t i;

	*is_over = false;
	w->match.set = "";
	w->match.is_alone = w->match.is_address = false;
	json_array_foreach(json_object_get(rule, "expr"), i, s) {
		const json_t *match = json_object_get(s, "match"), *vmap = json_object_get(s, "vmap");
		enum ka_nftmatch_answer answer;

		if (is_verdict(s))
			return apply(w, s, rule, is_sure, is_over);
		if (vmap != NULL) {
			enum fate fate = ask_map(w, vmap, rule, is_sure, is_over);

			if (fate != FALLS || *is_over)
				return fate;
			continue;
		}
		if (is_idle(s))
			continue;
		answer = match != NULL ? ka_nftmatch(&w->match, match) : KA_NFTMATCH_UNTOLD;
		if (answer == KA_NFTMATCH_NO)
			return FALLS;
		is_sure = is_sure && answer == KA_NFTMATCH_YES;
	}
	return FALLS;
}

static bool is_here(const struct walk *w, const json_t *object)
{
	return strcmp(text_of(object, "family"), w->match.family) == 0 && strcmp(text_of(object, "table"), w->match.table) == 0;
}

static enum fate follow(struct walk *w, const char *chain)
{
	const json_t *one;
	size_t i;

	json_array_foreach(w->match.objects, i, one) {
		const json_t *rule = json_object_get(one, "rule");
		bool is_over = false;
		enum fate fate;

		if (w->match.steps++ >= KA_BAN_STEPS_MAX)
			return UNTOLD;
		if (rule == NULL || !is_here(w, rule) || strcmp(text_of(rule, "chain"), chain) != 0)
			continue;
		fate = one_rule(w, rule, &is_over);
		if (fate != FALLS || is_over)
			return fate;
	}
	return FALLS;
}

/* a chain that the kernel enters for a packet of this family that is for us */
static bool is_entered(const struct walk *w, const json_t *chain)
{
	const char *hook = text_of(chain, "hook"), *family = text_of(chain, "family");

	return (strcmp(hook, "input") == 0 || strcmp(hook, "prerouting") == 0) && strcmp(text_of(chain, "type"), "filter") == 0 &&
	       (strcmp(family, "inet") == 0 || strcmp(family, w->match.is_v6 ? "ip6" : "ip") == 0);
}

/* a table that is switched off */
static bool is_dormant(struct walk *w)
{
	const json_t *one;
	size_t i;

	json_array_foreach(w->match.objects, i, one) {
		const json_t *table = json_object_get(one, "table");

		if (w->match.steps++ >= KA_BAN_STEPS_MAX)
			return true;
		if (table != NULL && strcmp(text_of(table, "family"), w->match.family) == 0 &&
		    strcmp(text_of(table, "name"), w->match.table) == 0)
			return json_object_get(table, "flags") != NULL;
	}
	return false;
}

void ka_nftban_judge(const json_t *ruleset, const char *address, uint16_t port, struct ka_ban *out)
{
	struct walk w = { .match = { .objects = json_object_get(ruleset, "nftables"), .port = port, .set = "" }, .out = out };
	const json_t *one;
	size_t i;

	memset(out, 0, sizeof(*out));
	if (!ka_nftmatch_init(&w.match, address))
		return;
	json_array_foreach(w.match.objects, i, one) {
		const json_t *chain = json_object_get(one, "chain");
		enum fate fate;

		if (w.match.steps++ >= KA_BAN_STEPS_MAX)
			return;
		if (chain == NULL || !is_entered(&w, chain))
			continue;
		w.match.family = text_of(chain, "family");
		w.match.table = text_of(chain, "table");
		w.match.set = "";
		if (is_dormant(&w))
			continue;
		fate = follow(&w, text_of(chain, "name"));
		if (fate == FALLS && strcmp(text_of(chain, "policy"), "drop") == 0)
			fate = drop(&w, text_of(chain, "name"), 0);
		out->is_banned = fate == DROPPED;
		if (out->is_banned)
			return;
		memset(out, 0, sizeof(*out));
	}
}

void ka_nftban_look(const char *address, uint16_t port, struct ka_ban *out)
{
	static const char *const argv[] = { "/usr/sbin/nft", "-j", "list", "ruleset", NULL };
	struct ka_spawn what = { .argv = argv, .output_max = KA_BAN_RULESET_MAX, .deadline_ms = KA_BAN_NFT_MS };
	struct ka_spawn_out got;
	KA_AUTOFREE char *text = NULL;
	json_t *ruleset;

	memset(out, 0, sizeof(*out));
	if (address[0] == '\0' || geteuid() != 0 || access(argv[0], X_OK) != 0)
		return;
	if (ka_spawn_run(&what, &got) != KA_ERR_OK)
		return;
	text = got.output;
	if (got.status != 0)
		return;
	ruleset = json_loadb(text, got.len, 0, NULL);
	ka_nftban_judge(ruleset, address, port, out);
	json_decref(ruleset);
}
