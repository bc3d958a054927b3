/*
 * keyaudit log export: the trail in another form, one line an event, for programs that have no parser for it. stdout is
 * data, stderr is talk; what is no event is left out and counted.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "keyaudit/cmd.h"
#include "keyaudit/form/form.h"
#include "keyaudit/log/logargs.h"
#include "keyaudit/log/trailread.h"
#include "keyaudit/screen/usage.h"
#include "keyaudit/screen/words.h"
#include "source/confload.h"

#include "base/poison.h"

#define VERB "log export"

static const char usage[] =
	"usage: keyaudit log export [--format=ecs|ocsf|cef|kv] [--user USER]\n"
	"                           [--from ADDRESS|NETWORK] [--key FINGERPRINT]\n"
	"                           [--source NAME] [--reason ID] [--outcome WORD]\n"
	"                           [--since WHEN] [--until WHEN]\n"
	"                           [--trail FILE | -c FILE]\n\n"
	"Prints the events of the audit trail for another program, one line each.\n"
	"  --format F   ecs: as they stand in the trail (Elastic Common Schema 9.4);\n"
	"               ocsf: Open Cybersecurity Schema Framework 1.8, class 3002;\n"
	"               cef: Common Event Format; kv: the text line of syslog.\n"
	"               Without it that of [audit] format, which is ecs by default\n"
	"The others choose events as with keyaudit log.\n"
	"  --trail FILE this file and no other, which may be compressed; else the trail\n"
	"               of the configuration, with what was rotated away\n"
	"  -c FILE      another configuration file\n\n"
	"examples:\n"
	"  sudo keyaudit log export --format=ocsf --since 1h | curl -T- https://siem/in\n"
	"  sudo keyaudit log export --format=cef --reason revoked\n";

struct options {
	struct ka_logargs args;
	enum ka_form form;
	bool has_form;
};

static int take_option(struct options *o, int argc, char **argv, int *i)
{
	bool missing;
	const char *value = ka_words_value(argc, argv, i, "--format", &missing);
	int status;

	if (missing)
		return ka_usage_error(VERB, "a value is missing behind", argv[*i]);
	if (value != NULL) {
		o->has_form = true;
		return ka_form_parse(value, &o->form) ? KA_EXIT_FINE : ka_usage_error(VERB, "a format is ecs, ocsf, cef or kv, not", value);
	}
	status = ka_logargs_take(&o->args, VERB, argc, argv, i);
	return status == KA_LOGARGS_OTHER ? ka_usage_stray(VERB, argv[*i]) : status;
}

/* -1: go on; else the exit status */
static int read_options(struct options *o, int argc, char **argv)
{
	*o = (struct options){ .form = KA_FORM_ECS };
	ka_logargs_init(&o->args);
	for (int i = 1; i < argc; i++) {
		int status;

		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			fputs(usage, stdout);
			return KA_EXIT_FINE;
		}
		status = take_option(o, argc, argv, &i);
		if (status != KA_EXIT_FINE)
			return status;
	}
	return -1;
}

/* [audit] format; what is wrong with a configuration is said where the trail is looked for */
static enum ka_form form_of(const char *conf_path)
{
	KA_AUTOFREE struct ka_conf *conf = calloc(1, sizeof(*conf));
	KA_AUTOFREE struct ka_confload *load = calloc(1, sizeof(*load));

	if (conf == NULL || load == NULL || ka_confload(conf_path, conf, load, NULL) != KA_ERR_OK ||
	    (load->reason != KA_REASON_NONE && load->reason != KA_REASON_CONF_DISABLED))
		return KA_FORM_ECS;
	return (enum ka_form)conf->format; /* the same words in the same order */
}

/* how many are no events of ours */
static unsigned long print_all(const struct options *o, struct ka_trailread *t, char *line)
{
	unsigned long strange = 0;
	struct ka_span raw;
	json_t *event;

	while (ferror(stdout) == 0 && ka_trailread_next(t, &raw, &event)) {
		struct ka_buf b;

		ka_buf_init(&b, line, KA_FORM_LINE_MAX);
		if (ka_form_write(o->form, raw, event, &b) == KA_ERR_OK)
			fwrite(b.p, 1, b.len, stdout);
		else
			strange++;
		json_decref(event);
	}
	return strange;
}

int ka_cmd_log_export(int argc, char **argv)
{
	struct options o;
	struct ka_trailread *t;
	KA_AUTOFREE char *line = malloc(KA_FORM_LINE_MAX);
	unsigned long strange;
	int status = read_options(&o, argc, argv);

	if (status >= 0)
		return status;
	if (line == NULL)
		return KA_EXIT_UNDECIDED;
	if (!o.has_form)
		o.form = form_of(o.args.conf);
	status = ka_trailread_begin(VERB, o.args.trail, o.args.conf, &o.args.query, &t);
	if (status != KA_EXIT_FINE)
		return status;
	strange = print_all(&o, t, line);
	status = ka_trailread_end(t, false);
	ka_trailread_free(&t);
	if (strange > 0)
		fprintf(stderr, "keyaudit log export: %lu %s not to be written in this form\n", strange, strange == 1 ? "event is" : "events are");
	if (fflush(stdout) != 0 && errno != EPIPE) {
		fputs("keyaudit log export: the output could not be written\n", stderr);
		return KA_EXIT_UNDECIDED;
	}
	return status;
}
