/* keyaudit doctor's words: the help, reading them, and which of them go together. Nothing is looked at here but the words. */
#include "keyaudit/doctor/doctorargs.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "keyaudit/screen/usage.h"

#include "base/poison.h"

static const char usage[] =
	"usage: keyaudit doctor [--json] [-c FILE]\n"
	"       keyaudit doctor USER [--key FILE|FINGERPRINT] [--from IP] [--json]\n"
	"                            [-c FILE] [--fix [--yes] [--trust-content]]\n"
	"                            [--dry-run | --watch]\n"
	"       keyaudit doctor --undo [ID] [--yes] [--json]\n"
	"       keyaudit doctor --all-users [--strict] [--from IP] [--json] [-c FILE]\n\n"
	"Without USER: is keyaudit installed well, and does sshd ask it?\n"
	"With USER: what keeps USER from logging in with a key, the evidence, and the\n"
	"command that mends it.\n"
	"  --key      the key in question: a public key file, or SHA256:...; without it\n"
	"             the keys of the last refusal\n"
	"  --from IP  as a client with this address (from= options, Match blocks)\n"
	"  --json     one JSON object (schema keyaudit.doctor/1)\n"
	"  --all-users  every account: which have keys, and what would keep them out; as\n"
	"             JSON one object per account, then the sum\n"
	"  --strict   with --all-users: a warning is a finding too\n"
	"  -c FILE    another configuration file than the one that sshd's command reads\n"
	"  --fix      mend it: modes, owners and single lines, each after a question\n"
	"  --yes      no questions\n"
	"  --trust-content  with --yes: the keys of a file that others could have written\n"
	"             were looked through and are right\n"
	"  --dry-run  what --fix would do, as a shell script; nothing is changed\n"
	"  --watch    wait for the user's next attempt, and explain that\n"
	"  --undo ID  put back what --fix changed; without ID a list\n"
	"Exit status: 0 nothing found, 1 findings, 2 usage, 3 could not decide,\n"
	"4 no such user or note, 77 not root.\n\n"
	"examples:\n  sudo keyaudit doctor alice --from 203.0.113.7\n"
	"  sudo keyaudit doctor alice --key /tmp/alice.pub --json\n"
	"  sudo keyaudit doctor alice --fix\n"
	"  sudo keyaudit doctor --all-users --json | jq 'select(.state == \"fail\")'\n";

static bool is_address(const char *text)
{
	uint8_t bytes[16];

	return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static int take_words(int argc, char **argv, struct ka_doctorargs *a)
{
	for (int i = 1; i < argc; i++) {
		const char **value = strcmp(argv[i], "--key") == 0 ? &a->key : strcmp(argv[i], "--from") == 0 ? &a->from :
				     strcmp(argv[i], "-c") == 0 ? &a->conf_path : NULL;

		if (value != NULL && i + 1 == argc)
			return ka_usage_error("doctor", "a value is missing behind", argv[i]);
		if (value != NULL)
			*value = argv[++i];
		else if (strcmp(argv[i], "--json") == 0)
			a->json = true;
		else if (strcmp(argv[i], "--fix") == 0)
			a->fix = true;
		else if (strcmp(argv[i], "--dry-run") == 0)
			a->fix = a->dry_run = true;
		else if (strcmp(argv[i], "--yes") == 0)
			a->yes = true;
		else if (strcmp(argv[i], "--trust-content") == 0)
			a->trust = true;
		else if (strcmp(argv[i], "--undo") == 0)
			a->undo = i + 1 < argc && argv[i + 1][0] != '-' ? argv[++i] : "";
		else if (strcmp(argv[i], "--watch") == 0)
			a->watch = true;
		else if (strcmp(argv[i], "--all-users") == 0)
			a->all_users = true;
		else if (strcmp(argv[i], "--strict") == 0)
			a->strict = true;
		else if (argv[i][0] != '-' && a->user == NULL)
			a->user = argv[i];
		else
			return ka_usage_stray("doctor", argv[i]);
	}
	return KA_EXIT_FINE;
}

/* --fix and what belongs to it; KA_EXIT_FINE: go on */
static int check_fix_args(const struct ka_doctorargs *a)
{
	if (a->undo != NULL && (a->user != NULL || a->all_users || a->fix || a->trust))
		return ka_usage_error("doctor", "--undo stands without USER, --all-users, --fix, --dry-run and --trust-content", NULL);
	if (a->undo == NULL && a->user == NULL && a->fix)
		return ka_usage_error("doctor", "which user? --fix and --dry-run are about one", NULL);
	if (a->undo == NULL && !a->fix && (a->yes || a->trust))
		return ka_usage_error("doctor", "--yes and --trust-content belong to --fix", NULL);
	if (a->watch && (a->user == NULL || a->fix || a->key != NULL || a->from != NULL))
		return ka_usage_error("doctor", "--watch is about one user's next attempt: USER, without --key, --from and --fix", NULL);
	if (a->dry_run && a->json)
		return ka_usage_error("doctor", "--dry-run prints a script: not with --json", NULL);
	return KA_EXIT_FINE;
}

/* which of the modes, and what goes with it; KA_EXIT_FINE: go on */
static int check_mode(const struct ka_doctorargs *a)
{
	if (a->all_users && (a->user != NULL || a->key != NULL))
		return ka_usage_error("doctor", "--all-users is about every account: no USER and no --key beside it", NULL);
	if (a->strict && !a->all_users)
		return ka_usage_error("doctor", "--strict goes with --all-users", NULL);
	if (a->user == NULL && !a->all_users && (a->key != NULL || a->from != NULL))
		return ka_usage_error("doctor", "which user? --key and --from are about one", NULL);
	return check_fix_args(a);
}

/* what the values are; KA_EXIT_FINE: go on */
static int check_values(const struct ka_doctorargs *a)
{
	if (a->user != NULL && strlen(a->user) >= KA_USER_NAME_MAX)
		return ka_usage_error("doctor", "too long for a user name:", a->user);
	if (a->from != NULL && !is_address(a->from))
		return ka_usage_error("doctor", "--from: not an IPv4 or IPv6 address:", a->from);
	return KA_EXIT_FINE;
}

int ka_doctorargs_read(int argc, char **argv, struct ka_doctorargs *out)
{
	int status = take_words(argc, argv, out);

	if (status == KA_EXIT_FINE)
		status = check_mode(out);
	return status == KA_EXIT_FINE ? check_values(out) : status;
}

void ka_doctorargs_help(void)
{
	fputs(usage, stdout);
}
