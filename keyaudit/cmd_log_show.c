/* keyaudit log show: everything the trail holds about one event, or about one connection by its reference. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "keyaudit/cmd.h"
#include "keyaudit/log/logargs.h"
#include "keyaudit/log/logshow.h"
#include "keyaudit/log/trailread.h"
#include "keyaudit/screen/usage.h"

#include "base/poison.h"

#define VERB "log show"

static const char usage[] =
	"usage: keyaudit log show EVENT [--json] [--color=auto|always|never]\n"
	"                         [--trail FILE | -c FILE]\n\n"
	"Shows everything the audit trail holds about EVENT: the id of an event, or the\n"
	"reference of a connection, which the table shows and people quote; a connection\n"
	"may have several events.\n"
	"  --json       the lines of the trail as they are\n"
	"  --trail FILE this file and no other, which may be compressed; else the trail\n"
	"               of the configuration, with what was rotated away\n"
	"  -c FILE      another configuration file\n\n"
	"examples:\n"
	"  sudo keyaudit log show asm6lelb\n"
	"  sudo keyaudit log show --json fi7vpgkfaann3oq7v2fa7tnhg4 | jq .keyaudit\n";

struct options {
	struct ka_logargs args;
	bool json;
};

/* -1: go on; else the exit status */
static int read_options(struct options *o, int argc, char **argv)
{
	memset(o, 0, sizeof(*o));
	ka_logargs_init(&o->args);
	for (int i = 1; i < argc; i++) {
		int status;

		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			fputs(usage, stdout);
			return KA_EXIT_FINE;
		}
		if (strcmp(argv[i], "--json") == 0) {
			o->json = true;
		} else if (argv[i][0] != '-' && o->args.query.event == NULL) {
			o->args.query.event = argv[i];
		} else {
			status = ka_logargs_take(&o->args, VERB, argc, argv, &i);
			if (status != KA_EXIT_FINE)
				return status == KA_LOGARGS_OTHER ? ka_usage_stray(VERB, argv[i]) : status;
		}
	}
	return o->args.query.event != NULL ? -1 : ka_usage_error(VERB, "which event? Its id, or the reference in the table", NULL);
}

/* how many there were */
static unsigned long show_all(const struct options *o, struct ka_trailread *t)
{
	struct ka_out out;
	struct ka_span raw;
	unsigned long shown = 0;
	json_t *event;

	ka_out_init(&out, stdout, o->args.colour);
	while (ferror(stdout) == 0 && ka_trailread_next(t, &raw, &event)) {
		if (o->json) {
			fwrite(raw.p, 1, raw.len, stdout);
			fputc('\n', stdout);
		} else {
			fputs(shown > 0 ? "\n" : "", stdout);
			ka_logshow_print(&out, event);
		}
		shown++;
		json_decref(event);
	}
	return shown;
}

int ka_cmd_log_show(int argc, char **argv)
{
	struct options o;
	struct ka_trailread *t;
	unsigned long shown;
	int status = read_options(&o, argc, argv);

	if (status >= 0)
		return status;
	status = ka_trailread_begin(VERB, o.args.trail, o.args.conf, &o.args.query, &t);
	if (status != KA_EXIT_FINE)
		return status;
	shown = show_all(&o, t);
	status = ka_trailread_end(t, shown > 0);
	ka_trailread_free(&t);
	if (fflush(stdout) != 0 && errno != EPIPE) {
		fputs("keyaudit " VERB ": the output could not be written\n", stderr);
		return KA_EXIT_UNDECIDED;
	}
	if (shown == 0)
		fprintf(stderr, "keyaudit " VERB ": %s no such event\n", status == KA_EXIT_FINE ? "this trail has" : "what was read of this trail has");
	return shown > 0 || status != KA_EXIT_FINE ? status : KA_EXIT_UNKNOWN;
}
