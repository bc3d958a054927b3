/* keyaudit: the admin's tool. Dispatches to one verb; knows nothing else. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/near.h"
#include "keyaudit/cmd.h"
#include "keyaudit/screen/out_text.h"

#include "base/poison.h"

struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *group; /* as people think; NULL: the group above goes on */
	const char *what;
};

static const struct verb verbs[] = {
	{ "doctor", ka_cmd_doctor, "why", "what keeps USER from logging in with a key, and how to mend it" },
	{ "explain", ka_cmd_explain, NULL, "what a reason id means" },
	{ "log", ka_cmd_log, NULL, "the audit trail as a table or JSON" },
	{ "report", ka_cmd_report, NULL, "the audit trail as one page to read in a browser" },
	{ "verify", ka_cmd_verify, NULL, "whether the audit trail is what was written" },
	{ "metrics", ka_cmd_metrics, NULL, "counters of the audit trail for Prometheus" },
	{ "keys", ka_cmd_keys, "what", "which keys would be served for USER, and why not the others" },
	{ "vet", ka_cmd_vet, NULL, "judge the keys of a file" },
	{ "blocklist", ka_cmd_blocklist, NULL, "lists of keys whose private half is known" },
	{ "cache", ka_cmd_cache, NULL, "what key stores have answered, and how old it is" },
	{ "sign", ka_cmd_sign, "trust", "sign documents with keys for a key store" },
	{ "publish", ka_cmd_publish, NULL, "make a key store of signed documents from a folder of key files" },
	{ "config", ka_cmd_config, "setup", "check or show the configuration" },
	{ "refresh", ka_cmd_refresh, NULL, "ask the key stores now for what is no longer fresh" },
	{ "version", ka_cmd_version, NULL, "versions of keyaudit and what it found here" },
	{ "record", ka_cmd_record, "plumbing", "for pam_keyaudit.so" },
	{ "collect", ka_cmd_collect, NULL, "write events for connections that have ended (--watch: as a service)" },
};

static void help(FILE *to)
{
	fprintf(to, "keyaudit - vetted keys in, refused keys explained\n\nusage: keyaudit [--color=auto|always|never] VERB [ARGUMENTS]\n       keyaudit VERB --help\n");
	for (size_t i = 0; i < KA_ARRAY_LEN(verbs); i++) {
		if (verbs[i].group != NULL)
			fprintf(to, "\n%s\n", verbs[i].group);
		fprintf(to, "  %-9s %s\n", verbs[i].name, verbs[i].what);
	}
	fprintf(to, "\nexamples:\n  sudo keyaudit doctor alice --from 203.0.113.7\n  keyaudit vet ~/.ssh/authorized_keys\n");
}

/* --color=WHEN may stand anywhere and is no verb's business; false when WHEN is none */
static bool take_colour(int *argc, char **argv)
{
	static const char option[] = "--color=";
	int kept = 0;

	for (int i = 0; i < *argc; i++) {
		enum ka_out_when when;

		if (strncmp(argv[i], option, sizeof(option) - 1) != 0) {
			argv[kept++] = argv[i];
			continue;
		}
		if (!ka_out_when_parse(argv[i] + sizeof(option) - 1, &when))
			return false;
		ka_out_choose(when);
	}
	*argc = kept;
	argv[kept] = NULL;
	return true;
}

static void unknown(const char *word)
{
	struct ka_near near;
	struct ka_out err;

	ka_near_init(&near, ka_span_of(word));
	for (size_t i = 0; i < KA_ARRAY_LEN(verbs); i++)
		ka_near_try(&near, verbs[i].name);
	ka_out_init(&err, stderr, KA_OUT_AUTO);
	fputs("keyaudit: no verb \"", stderr);
	ka_out_escaped(&err, KA_OUT_PLAIN, word, 100);
	fputs("\"", stderr);
	if (near.best != NULL)
		fprintf(stderr, "; did you mean \"%s\"?", near.best);
	fputs(" (keyaudit --help shows them all)\n", stderr);
}

int main(int argc, char **argv)
{
	const char *name;

	signal(SIGPIPE, SIG_IGN);
	unsetenv("TZ"); /* an expiry-time is the machine's local time, as for sshd, wherever the admin sits */
	if (ka_fd_reserve_std() != KA_ERR_OK)
		return KA_EXIT_UNDECIDED;
	if (!take_colour(&argc, argv)) {
		fputs("keyaudit: --color wants auto, always or never\n", stderr);
		return KA_EXIT_USAGE;
	}
	name = argc > 1 ? argv[1] : "";
	for (size_t i = 0; i < KA_ARRAY_LEN(verbs); i++)
		if (strcmp(name, verbs[i].name) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
		return ka_cmd_version(argc - 1, argv + 1);
	if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
		help(stdout);
		return KA_EXIT_FINE;
	}
	if (argc > 1) {
		unknown(name);
		return KA_EXIT_USAGE;
	}
	help(stderr);
	return KA_EXIT_USAGE;
}
