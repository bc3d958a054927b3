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
#include "judge/vetask.h"
#include "keyaudit/cmd.h"
#include "keyaudit/config/confquestion.h"
#include "keyaudit/config/confshow.h"
#include "keyaudit/config/datacheck.h"
#include "keyaudit/config/policyshow.h"
#include "keyaudit/config/sourcecheck.h"
#include "keyaudit/screen/out_text.h"
#include "keyaudit/screen/out_wrap.h"
#include "keyaudit/screen/words.h"
#include "source/confload.h"
#include "vet/vetselftest.h"

#include "base/poison.h"

static const char usage[] =
	"usage: keyaudit config check [--json] [-c FILE | FILE]\n"
	"       keyaudit config show [--effective] [--json] [-c FILE | FILE]\n"
	"       keyaudit config show [--user NAME] [--source NAME] [-P PROFILE] [--json]\n"
	"                       [-c FILE | FILE]\n\n"
	"check  reads the configuration as sshd's command does, with its rights, and\n"
	"       names every error as FILE:LINE: text\n"
	"show   prints every value in force, with FILE:LINE of where it was set, or\n"
	"       \"default\"; with one of the next three the policy for such a question\n"
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
	enum ka_err selftest;
	bool vetter; /* authkeys-vet answers */
	enum ka_rights_answer rights;          /* whose rights `check` read it with */
	char closed[KA_CONF_ERROR_MAX];        /* a draft that the command could not read where it lies now, and why; or "" */
	size_t sources_wrong;
	struct ka_confquestion question;
	size_t width; /* of the longest origin */
	const char *section, *source;
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

/* what they need besides the configuration; only a configuration without errors names them */
static void each_source(struct config *k, void (*take)(void *ctx, const struct ka_sourcecheck *c))
{
	if (k->errors.count == 0 && ka_sourcecheck_each(&k->conf, take, k) != KA_ERR_OK)
		k->sources_wrong++;
}

/* the same for the files that keys are judged by */
static void each_file(struct config *k, void (*take)(void *ctx, const struct ka_datacheck *c))
{
	if (k->errors.count == 0 && ka_datacheck_each(&k->conf, take, k) != KA_ERR_OK)
		k->sources_wrong++;
}

static void count_file(void *ctx, const struct ka_datacheck *c)
{
	struct config *k = ctx;

	k->sources_wrong += c->reason != KA_REASON_NONE;
}

static void file_json(void *ctx, const struct ka_datacheck *c)
{
	struct config *k = ctx;

	ka_jsonout_object(&k->b, NULL);
	ka_jsonout_plain(&k->b, "key", c->key);
	ka_jsonout_plain(&k->b, "reason", ka_reason_id(c->reason));
	ka_jsonout_plain(&k->b, "text", c->text);
	ka_jsonout_object_end(&k->b);
}

static void file_text(void *ctx, const struct ka_datacheck *c)
{
	const struct config *k = ctx;

	ka_out_mark(&k->out, c->reason != KA_REASON_NONE ? KA_OUT_BAD : c->is_warning ? KA_OUT_WARN : KA_OUT_GOOD);
	printf(" %s: %s%s%s\n", c->key, c->reason != KA_REASON_NONE ? ka_reason_id(c->reason) : "", c->reason != KA_REASON_NONE ? ": " : "", c->text);
}

static void count_source(void *ctx, const struct ka_sourcecheck *c)
{
	struct config *k = ctx;

	k->sources_wrong += c->reason != KA_REASON_NONE;
}

static void source_json(void *ctx, const struct ka_sourcecheck *c)
{
	struct config *k = ctx;

	ka_jsonout_object(&k->b, NULL);
	ka_jsonout_plain(&k->b, "source", c->source);
	ka_jsonout_plain(&k->b, "reason", ka_reason_id(c->reason));
	ka_jsonout_plain(&k->b, "text", c->text);
	ka_jsonout_object_end(&k->b);
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

static bool is_fine(const struct config *k)
{
	return k->errors.count == 0 && k->sources_wrong == 0 && k->selftest == KA_ERR_OK && k->vetter;
}

static void check_json_begin(struct config *k)
{
	ka_jsonout_object(&k->b, NULL);
	ka_jsonout_plain(&k->b, "schema", "keyaudit.config-check/1");
	ka_jsonout_text(&k->b, "file", ka_span_of(k->absolute), KA_TEXT_PATH_MAX);
	ka_jsonout_array(&k->b, "errors");
}

static void check_json_end(struct config *k)
{
	ka_jsonout_array_end(&k->b);
	ka_jsonout_bool(&k->b, "ok", is_fine(k));
	ka_jsonout_u64(&k->b, "files", k->load.files);
	ka_jsonout_plain(&k->b, "reason", ka_reason_id(k->load.reason));
	ka_jsonout_bool(&k->b, "selftest", k->selftest == KA_ERR_OK);
	ka_jsonout_bool(&k->b, "vetter", k->vetter);
	ka_jsonout_array(&k->b, "sources");
	each_source(k, source_json);
	ka_jsonout_array_end(&k->b);
	ka_jsonout_array(&k->b, "data");
	each_file(k, file_json);
	ka_jsonout_array_end(&k->b);
	if (unchecked(k)[0] != '\0')
		ka_jsonout_plain(&k->b, "unchecked", unchecked(k));
	ka_jsonout_object_end(&k->b);
	puts(k->text);
}

static void mark(const struct config *k, enum ka_out_colour c, const char *text)
{
	unsigned at = ka_out_mark(&k->out, c) + 1;
	struct ka_wrap w;

	fputc(' ', k->out.to);
	ka_wrap_begin(&w, &k->out, at, at);
	ka_wrap_text(&w, KA_OUT_PLAIN, text);
	ka_wrap_end(&w);
}

static void source_text(void *ctx, const struct ka_sourcecheck *c)
{
	const struct config *k = ctx;

	ka_out_mark(&k->out, c->reason != KA_REASON_NONE ? KA_OUT_BAD : c->is_warning ? KA_OUT_WARN : KA_OUT_GOOD);
	printf(" source %s: %s", c->source, c->reason != KA_REASON_NONE ? ka_reason_id(c->reason) : "");
	printf("%s%s\n", c->reason != KA_REASON_NONE ? ": " : "", c->text);
}

static bool has_vetter(void)
{
	KA_AUTOFREE struct ka_vetask *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return false;
	ka_vetask_init(a, NULL, KA_VET_FERMAT_ROUNDS);
	return ka_vetask_works(a);
}

static void check_text(struct config *k)
{
	if (k->errors.count == 0) {
		ka_out_mark(&k->out, KA_OUT_GOOD);
		fputs(" ", stdout);
		ka_out_escaped(&k->out, KA_OUT_PLAIN, k->absolute, KA_TEXT_PATH_MAX);
		printf(": no errors (%zu file%s)\n", k->load.files, k->load.files == 1 ? "" : "s");
	}
	if (k->selftest == KA_ERR_OK)
		mark(k, KA_OUT_GOOD, "crypto self-test: libsodium knows a good Ed25519 key from a bad one");
	else
		mark(k, KA_OUT_BAD, "internal.crypto-selftest: libsodium fails a known answer, so no Ed25519 key is served; "
				    "install a sound libsodium");
	if (k->vetter)
		mark(k, KA_OUT_GOOD, "authkeys-vet knows a good ECDSA key from a bad one");
	else
		mark(k, KA_OUT_BAD, "key.not-judged: authkeys-vet does not answer, so no RSA or ECDSA key is served; is " KA_PATH_VET
				    " there, for everybody to execute?");
	each_source(k, source_text);
	each_file(k, file_text);
	if (k->load.reason == KA_REASON_CONF_DISABLED)
		mark(k, KA_OUT_WARN, k->load.text);
	if (unchecked(k)[0] != '\0')
		mark(k, KA_OUT_WARN, unchecked(k));
	if (k->errors.count > 0)
		fprintf(stderr, "keyaudit config: %zu error%s; no key is served with this configuration\n", k->errors.count,
			k->errors.count == 1 ? "" : "s");
}

static void measure(void *ctx, const struct ka_confshow *s)
{
	struct config *k = ctx;
	size_t n = strlen(s->origin);

	k->width = n > k->width ? n : k->width;
}

static void show_section(const struct config *k, const struct ka_confshow *s)
{
	char text[2 * KA_TEXT_PATH_MAX];
	struct ka_buf b;

	printf("%s[%s", k->section != NULL ? "\n" : "", s->section);
	printf("%s%s]%s", s->source != NULL ? " " : "", s->source != NULL ? s->source : "",
	       s->source != NULL && !s->is_asked ? "   (not in [lookup] sources, so it is not asked)" : "");
	ka_buf_init_array(&b, text);
	ka_confquestion_write(&k->question, &b);
	puts(text);
}

static void show_text(void *ctx, const struct ka_confshow *s)
{
	struct config *k = ctx;

	if (s->section != k->section || s->source != k->source) {
		show_section(k, s);
		k->section = s->section;
		k->source = s->source;
	}
	ka_out_text(&k->out, s->at.line == 0 ? KA_OUT_DIM : KA_OUT_PLAIN, s->origin);
	printf("%*s%s = ", (int)(k->width - strlen(s->origin) + 2), "", s->key);
	ka_out_escaped(&k->out, KA_OUT_PLAIN, s->value, KA_CONF_TEXT_MAX * 4);
	putchar('\n');
}

static void question_json(struct config *k)
{
	const struct ka_confquestion *q = &k->question;
	const struct { const char *name, *value; } parts[] = { { "user", q->user }, { "source", q->source }, { "profile", q->profile } };

	ka_jsonout_object(&k->b, "for");
	for (size_t i = 0; i < KA_ARRAY_LEN(parts); i++)
		if (parts[i].value != NULL)
			ka_jsonout_text(&k->b, parts[i].name, ka_span_of(parts[i].value), KA_TEXT_USER_MAX);
	ka_jsonout_object_end(&k->b);
}

static void show_json(void *ctx, const struct ka_confshow *s)
{
	struct config *k = ctx;

	ka_buf_init_array(&k->b, k->text);
	ka_jsonout_object(&k->b, NULL);
	ka_jsonout_plain(&k->b, "schema", "keyaudit.config/1");
	ka_jsonout_plain(&k->b, "section", s->section);
	if (s->source != NULL) {
		ka_jsonout_plain(&k->b, "source", s->source);
		ka_jsonout_bool(&k->b, "asked", s->is_asked);
	}
	if (ka_confquestion_is(&k->question))
		question_json(k);
	ka_jsonout_plain(&k->b, "key", s->key);
	ka_jsonout_text(&k->b, "value", ka_span_of(s->value), KA_JSONOUT_TEXT_MAX - 1);
	ka_jsonout_bool(&k->b, "default", strcmp(s->origin, "default") == 0);
	ka_jsonout_plain(&k->b, "origin", s->origin);
	if (s->at.line != 0) {
		ka_jsonout_plain(&k->b, "file", ka_conf_file(&k->conf, s->at));
		ka_jsonout_u64(&k->b, "line", s->at.line);
	}
	ka_jsonout_object_end(&k->b);
	puts(k->text);
}

static void each_setting(struct config *k, void (*take)(void *ctx, const struct ka_confshow *s))
{
	if (ka_confquestion_is(&k->question))
		ka_policyshow_each(&k->conf, &k->question.who, true, take, k);
	else
		ka_confshow_each(&k->conf, take, k);
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
		each_setting(k, measure);
	each_setting(k, k->json ? show_json : show_text);
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
	if (k->is_check && k->json)
		check_json_begin(k);
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
	k->selftest = ka_vetselftest();
	k->vetter = has_vetter();
	each_source(k, count_source);
	each_file(k, count_file);
	if (k->json)
		check_json_end(k);
	else
		check_text(k);
	return is_fine(k) ? KA_EXIT_FINE : KA_EXIT_FINDINGS;
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
