/* keyaudit config check|show: is the configuration right, and what is in force and where it was set. Changes nothing. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/jsonout.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/paths.h"
#include "base/rights.h"
#include "base/text.h"
#include "base/zone.h"
#include "diag/commandconf.h"
#include "keyaudit/cmd.h"
#include "keyaudit/config/confcheck.h"
#include "keyaudit/config/confprint.h"
#include "keyaudit/config/confquestion.h"
#include "keyaudit/screen/out_text.h"
#include "keyaudit/screen/words.h"
#include "source/confload.h"
#include "vet/vetconf.h"

#include "base/poison.h"

static const char usage[] =
	"usage: keyaudit config check [--json] [-c FILE | FILE]\n"
	"       keyaudit config show [--effective] [--json] [-c FILE | FILE]\n"
	"       keyaudit config show [--user NAME] [--source NAME] [-P PROFILE] [--json]\n"
	"                       [-c FILE | FILE]\n\n"
	"check  reads the configuration as sshd's command does, with its rights, and\n"
	"       names every error as FILE:LINE: text\n"
	"show   prints every value in force, with FILE:LINE of where it was set, or\n"
	"       \"default\", and what each source changes in [policy]; with one of the\n"
	"       next three the policy for such a question\n"
	"  --user NAME    with the profile that user_profiles has for this user\n"
	"  --source NAME  with the profile and the lists of this source\n"
	"  -P PROFILE     with the profile of sshd's command line\n"
	"  -c FILE      another file than " KA_PATH_CONF "; conf.d/\n"
	"               beside it is read too\n"
	"  --effective  the values in force, which is what show always prints\n"
	"  --json       JSON (schemas keyaudit.config-check/1 and keyaudit.config/1)\n\n"
	"Exit status: 0 fine, 1 errors, 2 usage, 3 could not decide.\n\n"
	"examples:\n  keyaudit config check\n  keyaudit config show -c /root/new/keyaudit.conf | grep rsa\n"
	"  keyaudit config show --user root --source corp -P strict\n";

struct config {
	bool json, is_check;
	const char *path; /* as given */
	struct ka_out out;
	struct ka_conf conf;
	struct ka_confload load;
	struct ka_conf_errors errors;
	struct ka_vetpolicy policy;
	enum ka_rights_answer rights;          /* whose rights `check` read it with */
	char closed[KA_CONF_ERROR_MAX];        /* a draft that the command could not read where it lies now, and why; or "" */
	struct ka_confcheck check;
	struct ka_confquestion question;
	char absolute[PATH_MAX];
	struct ka_buf b;
	char text[KA_CMD_CONFIG_JSON_MAX];
};

/* errors are data of `check`; of `show` they are why there is none */
static void each_error(void *ctx, const char *text)
{
	struct config *k = ctx;

	if (k->json && k->is_check)
		ka_jsonout_plain(&k->b, NULL, text);
	else
		fprintf(k->is_check ? stdout : stderr, "%s\n", text);
}

/* a relative path is what the admin sees from here; the programs themselves take absolute ones only */
static bool make_absolute(struct config *k)
{
	struct ka_buf b;

	ka_buf_init_array(&b, k->absolute);
	if (k->path[0] != '/') {
		if (getcwd(k->absolute, sizeof(k->absolute)) == NULL)
			return false;
		b.len = strlen(k->absolute);
		ka_buf_char(&b, '/');
		if (ka_span_starts(ka_span_of(k->path), "./"))
			k->path += 2;
	}
	ka_buf_text(&b, k->path);
	return ka_buf_check(&b) == KA_ERR_OK;
}

/* what the check does not vouch for, or "" */
static const char *unchecked(const struct config *k)
{
	return k->closed[0] != '\0' ? k->closed : ka_commandconf_unchecked(k->rights);
}

static int wrong_usage(const char *what, const char *word)
{
	struct ka_out err;

	ka_out_init(&err, stderr, KA_OUT_AUTO);
	fprintf(stderr, "keyaudit config: %s", what);
	if (word != NULL) {
		fputs(" \"", stderr);
		ka_out_escaped(&err, KA_OUT_PLAIN, word, 100);
		fputs("\"", stderr);
	}
	fprintf(stderr, "\n\n%s", usage);
	return KA_EXIT_USAGE;
}

static int show(struct config *k)
{
	if (k->errors.count > 0) {
		fprintf(stderr, "keyaudit config: %zu error%s; nothing of this configuration is in force\n", k->errors.count,
			k->errors.count == 1 ? "" : "s");
		return KA_EXIT_FINDINGS;
	}
	if (k->load.reason == KA_REASON_CONF_DISABLED)
		fprintf(stderr, "%s\n", k->load.text);
	if (!ka_confquestion_find(&k->question, &k->conf))
		return wrong_usage("no such source:", k->question.source);
	if (!k->json)
		ka_confprint_text(&k->conf, &k->question, &k->out);
	else if (ka_confprint_json(&k->conf, &k->question, &k->out) != KA_ERR_OK)
		return KA_EXIT_UNDECIDED;
	return KA_EXIT_FINE;
}

/* with the rights of sshd's command: what root can read besides is no answer. KA_ERR_SYS, KA_ERR_NOMEM as ka_confload() */
static enum ka_err load_as_command(struct config *k)
{
	struct ka_rights rights;
	enum ka_err err = ka_rights_take(KA_COMMAND_USER, &rights);

	if (err != KA_ERR_OK)
		return err;
	k->rights = rights.answer;
	err = ka_confload(k->absolute, &k->conf, &k->load, &k->errors);
	ka_rights_give_back(&rights);
	return err;
}

static enum ka_err load(struct config *k)
{
	enum ka_err err;

	if (!k->is_check)
		return ka_confload(k->absolute, &k->conf, &k->load, &k->errors);
	if (strcmp(k->absolute, KA_PATH_CONF) == 0)
		return load_as_command(k);
	/* a draft may lie where only root looks: its errors count, and that the command cannot read it there is a word beside */
	k->errors.each = NULL;
	err = load_as_command(k);
	if (err == KA_ERR_OK && k->rights == KA_RIGHTS_TAKEN && k->load.why.errnum == EACCES)
		ka_span_copy(ka_span_of(k->load.text), k->closed, sizeof(k->closed));
	k->errors = (struct ka_conf_errors){ .each = each_error, .ctx = k };
	return err == KA_ERR_OK ? ka_confload(k->absolute, &k->conf, &k->load, &k->errors) : err;
}

static int run(struct config *k)
{
	struct ka_vet_when when = { .now_sec = 0 };

	if (!make_absolute(k)) {
		fputs("keyaudit config: the path is too long, or the working directory is gone\n", stderr);
		return KA_EXIT_UNDECIDED;
	}
	ka_out_init(&k->out, stdout, KA_OUT_AUTO);
	ka_buf_init_array(&k->b, k->text);
	k->errors.each = each_error;
	k->errors.ctx = k;
	k->check = (struct ka_confcheck){ .file = k->absolute, .conf = &k->conf, .load = &k->load, .errors = &k->errors };
	if (k->is_check && k->json)
		ka_confcheck_json_begin(&k->check, &k->b);
	if (load(k) != KA_ERR_OK) {
		perror("keyaudit config: cannot read the configuration");
		return KA_EXIT_UNDECIDED;
	}
	if (k->load.files > 0)
		ka_vetconf_make(&k->conf, &k->policy, &k->errors);
	if (!k->is_check)
		return show(k);
	if (k->load.files > 0 && k->errors.count == 0) {
		when.now_sec = ka_clock_wall_us() / 1000000;
		when.local_offset_sec = ka_zone_offset_sec(when.now_sec);
		ka_vetconf_check_time(&k->conf, &k->policy, &when, &k->errors);
	}
	ka_confcheck_look(&k->check);
	k->check.unchecked = unchecked(k);
	if (k->json) {
		ka_confcheck_json_end(&k->check);
		puts(k->text);
	} else {
		ka_confcheck_text(&k->check, &k->out);
	}
	return ka_confcheck_is_fine(&k->check) ? KA_EXIT_FINE : KA_EXIT_FINDINGS;
}

static bool is_of_question(const char *a)
{
	return strncmp(a, "--user", 6) == 0 || strncmp(a, "--source", 8) == 0 || strcmp(a, "-P") == 0;
}

/* KA_EXIT_FINE: go on */
static int parse(struct config *k, int argc, char **argv)
{
	const struct ka_word words[] = { { "--user", &k->question.user }, { "--source", &k->question.source }, { "-P", &k->question.profile } };
	int status;

	for (int i = 2; i < argc; i++) {
		const char *a = argv[i];

		if (!k->is_check && is_of_question(a)) {
			status = ka_words_take("config", words, KA_ARRAY_LEN(words), argc, argv, &i);
			if (status != KA_EXIT_FINE)
				return status;
		} else if (strcmp(a, "--json") == 0) {
			k->json = true;
		} else if (strcmp(a, "--effective") == 0 && !k->is_check) {
			continue;
		} else if (strcmp(a, "-c") == 0 || (a[0] != '-' && a[0] != '\0')) {
			i += strcmp(a, "-c") == 0;
			if (i == argc || argv[i][0] == '\0')
				return wrong_usage("-c needs a FILE", NULL);
			if (k->path != NULL)
				return wrong_usage("more than one FILE:", argv[i]);
			k->path = argv[i];
		} else {
			return wrong_usage("unknown argument", a);
		}
	}
	if (k->path == NULL)
		k->path = KA_PATH_CONF;
	if (!ka_confquestion_read(&k->question))
		return wrong_usage("no such profile (default, strict, bsi, fips, sk-only):", k->question.profile);
	return KA_EXIT_FINE;
}

int ka_cmd_config(int argc, char **argv)
{
	KA_AUTOFREE struct config *k = calloc(1, sizeof(*k));
	const char *verb = argc > 1 ? argv[1] : "";
	int status;

	if (k == NULL)
		return KA_EXIT_TEMPORARY;
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			fputs(usage, stdout);
			return KA_EXIT_FINE;
		}
	k->is_check = strcmp(verb, "check") == 0;
	if (!k->is_check && strcmp(verb, "show") != 0)
		return argc > 1 ? wrong_usage("neither check nor show:", verb) : wrong_usage("check or show?", NULL);
	status = parse(k, argc, argv);
	return status == KA_EXIT_FINE ? run(k) : status;
}
