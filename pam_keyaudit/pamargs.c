/* The module's arguments. Pure; says what it did not understand and goes on. */
#include "pam_keyaudit/pamargs.h"

#include <string.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"
#include "pam_keyaudit/pampoison.h"

static bool set_flag(struct ka_pamargs *out, const char *arg)
{
	if (strcmp(arg, "debug") == 0)
		out->debug = true;
	else if (strcmp(arg, "quiet") == 0)
		out->quiet = true;
	else if (strcmp(arg, "final") == 0)
		out->final = true;
	else if (strcmp(arg, "notice") == 0)
		out->notice = true;
	else if (strcmp(arg, "enforce") == 0)
		out->enforce = KA_PAMARGS_ENFORCE_HARD;
	else
		return false;
	return true;
}

static bool set_value(struct ka_pamargs *out, struct ka_span name, const char *value)
{
	uint64_t ms = 0;

	if (ka_span_is(name, "enforce")) {
		bool soft = strcmp(value, "soft") == 0;

		out->enforce = soft ? KA_PAMARGS_ENFORCE_SOFT : KA_PAMARGS_ENFORCE_HARD;
		return soft;
	}
	if (ka_span_is(name, "services") && value[0] != '\0') {
		out->services = value;
		return true;
	}
	if (ka_span_is(name, "deadline_ms") && ka_text_to_u64(ka_span_of(value), KA_PAM_DEADLINE_MAX_MS, &ms) &&
	    ms >= KA_PAM_DEADLINE_MIN_MS) {
		out->deadline_ms = (int)ms;
		return true;
	}
	return false;
}

void ka_pamargs_parse(int argc, const char *const *argv, struct ka_pamargs *out)
{
	*out = (struct ka_pamargs){ .deadline_ms = KA_PAM_DEADLINE_MS, .services = "sshd" };
	for (int i = 0; i < argc; i++) {
		const char *arg = argv[i] != NULL ? argv[i] : "";
		struct ka_span name = ka_span_of(arg);
		size_t eq = ka_span_find(name, '=');

		if (eq < name.len ? set_value(out, ka_span_sub(name, 0, eq), arg + eq + 1) : set_flag(out, arg))
			continue;
		if (out->bad_count++ == 0)
			out->bad = arg;
	}
}

bool ka_pamargs_has_service(const struct ka_pamargs *args, const char *service)
{
	struct ka_span rest = ka_span_of(args->services), name;

	while (ka_text_split(&rest, ',', &name))
		if (name.len > 0 && ka_span_is(name, service))
			return true;
	return false;
}
