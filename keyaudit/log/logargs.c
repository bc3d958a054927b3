/* A table of the shared options. What they hold are arguments; nothing here reads a file. */
#include "keyaudit/log/logargs.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/paths.h"
#include "keyaudit/screen/usage.h"
#include "keyaudit/screen/words.h"
#include "reason/reason.h"

#include "base/poison.h"

void ka_logargs_init(struct ka_logargs *a)
{
	*a = (struct ka_logargs){ .colour = KA_OUT_AUTO, .conf = KA_PATH_CONF };
}

static int take_user(struct ka_logargs *a, const char *verb, const char *value)
{
	(void)verb;
	a->query.user = value;
	return KA_EXIT_FINE;
}

static int take_source(struct ka_logargs *a, const char *verb, const char *value)
{
	(void)verb;
	a->query.source = value;
	return KA_EXIT_FINE;
}

static int take_from(struct ka_logargs *a, const char *verb, const char *value)
{
	return ka_lognet_parse(value, &a->query.from) ?
		       KA_EXIT_FINE : ka_usage_error(verb, "no address or network (203.0.113.7, 2001:db8::/32):", value);
}

static int take_key(struct ka_logargs *a, const char *verb, const char *value)
{
	a->query.key = ka_logquery_key(value);
	return a->query.key != NULL ?
		       KA_EXIT_FINE : ka_usage_error(verb, "no fingerprint (SHA256:..., or at least its first eight characters):", value);
}

static int take_outcome(struct ka_logargs *a, const char *verb, const char *value)
{
	a->query.outcome = value;
	return ka_logquery_is_outcome(value) ? KA_EXIT_FINE : ka_usage_error(verb, "an outcome is success, failure or unknown, not", value);
}

static int take_reason(struct ka_logargs *a, const char *verb, const char *value)
{
	enum ka_reason near;

	a->query.reason = value;
	if (ka_logquery_is_reason(value))
		return KA_EXIT_FINE;
	(void)ka_usage_error(verb, "no reason or family of reasons", value);
	near = ka_reason_nearest(value, strlen(value));
	if (near != KA_REASON_NONE)
		fprintf(stderr, "keyaudit %s: did you mean \"%s\"?\n", verb, ka_reason_id(near));
	return KA_EXIT_UNKNOWN;
}

static int take_time(char out[static KA_CLOCK_TEXT_MAX], const char *verb, const char *value)
{
	return ka_logquery_since(value, ka_clock_wall_us(), out) ?
		       KA_EXIT_FINE : ka_usage_error(verb, "not a time (2h, 7d, 2026-08-23T10:15:00):", value);
}

static int take_since(struct ka_logargs *a, const char *verb, const char *value)
{
	return take_time(a->query.since, verb, value);
}

static int take_until(struct ka_logargs *a, const char *verb, const char *value)
{
	return take_time(a->query.until, verb, value);
}

static int take_colour(struct ka_logargs *a, const char *verb, const char *value)
{
	return ka_out_when_parse(value, &a->colour) ? KA_EXIT_FINE : ka_usage_error(verb, "colour is auto, always or never, not", value);
}

static int take_trail(struct ka_logargs *a, const char *verb, const char *value)
{
	(void)verb;
	a->trail = value;
	return KA_EXIT_FINE;
}

static int take_conf(struct ka_logargs *a, const char *verb, const char *value)
{
	(void)verb;
	a->conf = value;
	return KA_EXIT_FINE;
}

static const struct option {
	const char *name;
	int (*take)(struct ka_logargs *a, const char *verb, const char *value);
} options[] = {
	{ "--user", take_user },     { "--from", take_from },       { "--key", take_key },     { "--source", take_source },
	{ "--reason", take_reason }, { "--outcome", take_outcome }, { "--since", take_since }, { "--until", take_until },
	{ "--color", take_colour },  { "--trail", take_trail },     { "-c", take_conf },
};

int ka_logargs_take(struct ka_logargs *a, const char *verb, int argc, char **argv, int *i)
{
	for (size_t k = 0; k < KA_ARRAY_LEN(options); k++) {
		bool missing;
		const char *value = ka_words_value(argc, argv, i, options[k].name, &missing);

		if (missing)
			return ka_usage_error(verb, "a value is missing behind", argv[*i]);
		if (value != NULL)
			return options[k].take(a, verb, value);
	}
	return KA_LOGARGS_OTHER;
}
