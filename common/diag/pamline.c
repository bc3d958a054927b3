/* The lines of a PAM stack, kept. Pure; what does not fit is said, for a stack with a hole proves nothing. */
#include "diag/pamline.h"

#include <string.h>

#include "base/text.h"

#include "base/poison.h"

size_t ka_pamline_file(struct ka_pamlines *l, const char *path)
{
	size_t before = l->file_now;

	if (l->files_count == KA_ARRAY_LEN(l->files) || !ka_span_copy(ka_span_of(path), l->files[l->files_count], sizeof(l->files[0])))
		l->is_cut = true;
	else
		l->file_now = l->files_count++;
	return before;
}

void ka_pamline_back(struct ka_pamlines *l, size_t before)
{
	l->file_now = before;
}

/* pam.d(5): what the control words stand for */
static struct ka_span spelt_out(struct ka_span word)
{
	static const struct { const char *word, *list; } words[] = {
		{ "required", "success=ok new_authtok_reqd=ok ignore=ignore default=bad" },
		{ "requisite", "success=ok new_authtok_reqd=ok ignore=ignore default=die" },
		{ "sufficient", "success=done new_authtok_reqd=done default=ignore" },
		{ "optional", "success=ok new_authtok_reqd=ok default=ignore" },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(words); i++)
		if (ka_text_equal_nocase(word, ka_span_of(words[i].word)))
			return ka_span_of(words[i].list);
	return (struct ka_span){ NULL, 0 }; /* PAM takes the line for a module that must fail: so it is, with nothing but "bad" */
}

void ka_pamline_add(struct ka_pamlines *l, unsigned phase, unsigned line, struct ka_span control, bool is_list, struct ka_span module,
		    struct ka_span arguments)
{
	struct ka_pamline *to;

	if (l->count == KA_ARRAY_LEN(l->lines)) {
		l->is_cut = true;
		return;
	}
	to = &l->lines[l->count];
	*to = (struct ka_pamline){ .phase = phase, .line = line, .level = l->level_now, .file = l->file_now,
				   .is_substack = module.len == 0 };
	arguments = ka_text_trim(arguments);
	if (!ka_span_copy(is_list ? control : spelt_out(control), to->control, sizeof(to->control)) ||
	    !ka_span_copy(module, to->module, sizeof(to->module))) {
		l->is_cut = true;
		return;
	}
	ka_span_copy(ka_span_sub(arguments, 0, sizeof(to->arguments) - 1), to->arguments, sizeof(to->arguments));
	l->count++;
}

struct ka_span ka_pamline_action(struct ka_span control, const char *value)
{
	struct ka_span word, action = ka_span_of("bad");
	bool own = false;

	while (ka_text_word(&control, &word)) {
		size_t eq = ka_span_find(word, '=');
		struct ka_span name = ka_span_sub(word, 0, eq);

		if (eq == word.len || (!ka_span_is(name, value) && (own || !ka_span_is(name, "default"))))
			continue;
		action = ka_span_sub(word, eq + 1, word.len);
		own = own || ka_span_is(name, value);
	}
	return action;
}

bool ka_pamline_is(const struct ka_pamline *line, const char *module)
{
	const char *slash = strrchr(line->module, '/');

	return strcmp(slash != NULL ? slash + 1 : line->module, module) == 0;
}

bool ka_pamline_has(const struct ka_pamline *line, const char *word)
{
	struct ka_span rest = ka_span_of(line->arguments), one;

	while (ka_text_word(&rest, &one))
		if (ka_span_is(one, word))
			return true;
	return false;
}
