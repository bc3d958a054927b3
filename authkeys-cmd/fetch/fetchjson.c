/* A JSON document becomes lines: all items, or nothing. */
#include "authkeys-cmd/fetch/fetchjson.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>

#include "authkeys-cmd/fetch/fetchjsonitem.h"
#include "authkeys-cmd/fetch/fetchjsonwalk.h"
#include "base/cleanup.h"
#include "base/limits.h"

#include "base/poison.h"

struct work {
	struct ka_fetchjsonitem each;
	const json_t *items[KA_STORE_KEYS_MAX];
};

static void cleanup_json(json_t **root)
{
	json_decref(*root);
}

static enum ka_reason map_items(struct work *w, size_t count)
{
	const size_t before = w->each.out->len;

	for (size_t i = 0; i < count; i++) {
		enum ka_reason reason = ka_fetchjsonitem(&w->each, w->items[i]);

		if (reason != KA_REASON_NONE)
			return reason;
	}
	return w->each.out->len > before ? KA_REASON_NONE : KA_REASON_STORE_NO_KEYS;
}

/* depth as text, since jansson's own limit is two thousand levels of its recursion */
static bool is_shallow(struct ka_span body)
{
	bool quoted = false;
	size_t depth = 0;

	for (size_t i = 0; i < body.len; i++) {
		if (quoted && body.p[i] == '\\')
			i++;
		else if (body.p[i] == '"')
			quoted = !quoted;
		else if (!quoted && (body.p[i] == '[' || body.p[i] == '{') && ++depth > KA_FETCH_JSON_DEPTH_MAX)
			return false;
		else if (!quoted && (body.p[i] == ']' || body.p[i] == '}') && depth > 0)
			depth--;
	}
	return true;
}

static json_t *load(struct ka_span body)
{
	json_error_t error;

	return is_shallow(body) ? json_loadb((const char *)body.p, body.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error) : NULL;
}

/* a store that says what went wrong has not said that there are no keys */
static bool is_error(const json_t *root)
{
	const json_t *error = json_object_get(root, "error"), *errors = json_object_get(root, "errors");

	return (error != NULL && !json_is_null(error)) || (errors != NULL && !json_is_null(errors));
}

static enum ka_reason judge_absent(const struct ka_conf_source *s, const json_t *root)
{
	return s->items_absent == KA_CONF_ABSENT_NO_KEYS && !is_error(root) ? KA_REASON_STORE_NO_KEYS : KA_REASON_STORE_BAD_ANSWER;
}

enum ka_reason ka_fetchjson_map(const struct ka_conf_source *s, struct ka_span body, int64_t now, struct ka_buf *out, int64_t *serial)
{
	__attribute__((cleanup(cleanup_json))) json_t *root = load(body);
	KA_AUTOFREE struct work *w = malloc(sizeof(*w));
	enum ka_reason reason = KA_REASON_STORE_BAD_ANSWER;
	struct ka_fetchjsonwalk_list items;

	if (w == NULL)
		return KA_REASON_INTERNAL_ERROR;
	if (root == NULL)
		return KA_REASON_STORE_BAD_ANSWER;
	w->each.source = s;
	w->each.root = root;
	w->each.now = now;
	w->each.out = out;
	w->each.serial = *serial;
	items = (struct ka_fetchjsonwalk_list){ .list = w->items, .room = KA_ARRAY_LEN(w->items) };
	switch (ka_fetchjsonwalk(root, root, ka_span_of(s->items), &items)) {
	case KA_FETCHJSONWALK_OK:
		reason = map_items(w, items.count);
		break;
	case KA_FETCHJSONWALK_ABSENT:
	case KA_FETCHJSONWALK_NULL:
		reason = judge_absent(s, root);
		break;
	case KA_FETCHJSONWALK_TOO_MANY:
		reason = KA_REASON_STORE_TOO_LARGE;
		break;
	case KA_FETCHJSONWALK_BAD:
		break;
	}
	*serial = w->each.serial;
	return reason;
}
