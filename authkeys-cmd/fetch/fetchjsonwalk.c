/* One recursion, as deep as the path has steps. */
#include "authkeys-cmd/fetch/fetchjsonwalk.h"

#include "base/err.h"
#include "conf/jsonpath.h"

#include "base/poison.h"

static enum ka_fetchjsonwalk walk(json_t *value, struct ka_jsonpath path, struct ka_fetchjsonwalk_list *out);

static enum ka_fetchjsonwalk walk_items(json_t *value, const struct ka_jsonpath *path, struct ka_fetchjsonwalk_list *out)
{
	enum ka_fetchjsonwalk found = KA_FETCHJSONWALK_OK;

	if (!json_is_array(value))
		return KA_FETCHJSONWALK_BAD;
	for (size_t i = 0; found == KA_FETCHJSONWALK_OK && i < json_array_size(value); i++)
		found = walk(json_array_get(value, i), *path, out);
	return found;
}

static enum ka_fetchjsonwalk walk_values(json_t *value, const struct ka_jsonpath *path, struct ka_fetchjsonwalk_list *out)
{
	enum ka_fetchjsonwalk found = KA_FETCHJSONWALK_OK;

	if (!json_is_object(value))
		return KA_FETCHJSONWALK_BAD;
	for (void *i = json_object_iter(value); found == KA_FETCHJSONWALK_OK && i != NULL; i = json_object_iter_next(value, i))
		found = walk(json_object_iter_value(i), *path, out);
	return found;
}

static enum ka_fetchjsonwalk walk_member(json_t *value, const struct ka_jsonpath_step *step, const struct ka_jsonpath *path,
					 struct ka_fetchjsonwalk_list *out)
{
	char name[KA_CONF_TEXT_MAX];
	json_t *next;

	if (!json_is_object(value))
		return KA_FETCHJSONWALK_BAD;
	next = ka_span_copy(step->name, name, sizeof(name)) ? json_object_get(value, name) : NULL;
	return next != NULL ? walk(next, *path, out) : KA_FETCHJSONWALK_ABSENT;
}

static enum ka_fetchjsonwalk walk_index(json_t *value, uint32_t index, const struct ka_jsonpath *path, struct ka_fetchjsonwalk_list *out)
{
	if (!json_is_array(value))
		return KA_FETCHJSONWALK_BAD;
	return index < json_array_size(value) ? walk(json_array_get(value, index), *path, out) : KA_FETCHJSONWALK_ABSENT;
}

static enum ka_fetchjsonwalk walk(json_t *value, struct ka_jsonpath path, struct ka_fetchjsonwalk_list *out)
{
	struct ka_jsonpath_step step;

	if (!ka_jsonpath_next(&path, &step)) {
		if (path.wrong != NULL)
			return KA_FETCHJSONWALK_BAD;
		if (out->count == out->room)
			return KA_FETCHJSONWALK_TOO_MANY;
		out->list[out->count++] = value;
		return KA_FETCHJSONWALK_OK;
	}
	if (json_is_null(value))
		return KA_FETCHJSONWALK_NULL;
	switch (step.kind) {
	case KA_JSONPATH_ITEMS:
		return walk_items(value, &path, out);
	case KA_JSONPATH_VALUES:
		return walk_values(value, &path, out);
	case KA_JSONPATH_NAME:
		return walk_member(value, &step, &path, out);
	case KA_JSONPATH_INDEX:
		return walk_index(value, step.index, &path, out);
	}
	return KA_FETCHJSONWALK_BAD;
}

/* jansson's functions for reading take values that they could write to; nothing here does */
static json_t *unconst(const json_t *value)
{
	union { const json_t *from; json_t *to; } u = { .from = value };

	return u.to;
}

enum ka_fetchjsonwalk ka_fetchjsonwalk(const json_t *root, const json_t *value, struct ka_span path, struct ka_fetchjsonwalk_list *out)
{
	struct ka_jsonpath p;

	ka_jsonpath_init(&p, path);
	return walk(unconst(p.from_root ? root : value), p, out);
}

bool ka_fetchjsonwalk_one(const json_t *root, const json_t *value, struct ka_span path, const json_t **out)
{
	const json_t *room[1];
	struct ka_fetchjsonwalk_list found = { .list = room, .room = KA_ARRAY_LEN(room) };

	*out = NULL;
	if (path.len == 0)
		return true;
	switch (ka_fetchjsonwalk(root, value, path, &found)) {
	case KA_FETCHJSONWALK_OK:
		break;
	case KA_FETCHJSONWALK_ABSENT:
	case KA_FETCHJSONWALK_NULL:
		return true;
	case KA_FETCHJSONWALK_BAD:
	case KA_FETCHJSONWALK_TOO_MANY:
		return false;
	}
	if (found.count == 1 && !json_is_null(room[0]))
		*out = room[0];
	return true;
}
