/*
 * keyaudit vet: judge the keys of files as the command would, list every reason, and say what only all keys together
 * show. Reads regular files, directories of them and standard input, whatever their size.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/zone.h"
#include "conf/confprofile.h"
#include "keyaudit/cmd.h"
#include "keyaudit/screen/usage.h"
#include "keyaudit/screen/words.h"
#include "keyaudit/vet/toolpolicy.h"
#include "keyaudit/vet/toolwho.h"
#include "keyaudit/vet/vetrun.h"
#include "keyaudit/vet/vetwalk.h"
#include "vet/vetselftest.h"

#include "base/poison.h"

#define HOST_KEYS "/etc/ssh/ssh_host_*_key.pub"

struct options {
	const char *conf, *user, *profile_name;
	enum ka_conf_profile profile;
	bool json, strict, dump, all, summary, help;
	char **files; /* of argv, moved together */
	size_t count;
};

/* everything that is too large for a stack frame */
struct work {
	struct options opt;
	struct ka_toolpolicy policy;
	struct ka_vetwalk walk;
	struct ka_vetrun run;
	size_t complaints;
};

static const char help[] =
	"usage: keyaudit vet FILE|DIRECTORY|- ... [--all] [--dump] [--summary] [--json]\n"
	"       [--strict] [--user NAME] [-P PROFILE] [-c CONFIGURATION]\n\n"
	"Judges every key of authorized_keys files. One line per key:\n"
	"  FILE:LINE: accept|warn|reject TYPE BITS FINGERPRINT REASONS\n"
	"The policy is that of CONFIGURATION, else of the installed configuration, else\n"
	"the default. Keys that are wrapped over lines, joined in one line or commented\n"
	"out are named as such. Of all files together it finds keys that several accounts\n"
	"or this host use (policy.key-reused), and RSA keys that share a prime\n"
	"(key.rsa-shared-prime, said at the end).\n\n"
	"In a DIRECTORY the files authorized_keys*, *.keys and *.pub are read, at any\n"
	"depth; whose they are is told by their names: USER/.ssh/FILE, USER.keys, USER.\n\n"
	"  --all      every file of a DIRECTORY, but for names that begin with a dot\n"
	"  --dump     each FILE holds keys of many: lines ACCOUNT<TAB>KEY, or JSON Lines\n"
	"             with \"account\" and \"line\"\n"
	"  --summary  only keys with a finding, and at last how many there are of what\n"
	"  --json     one JSON object per key (schema " KA_VETSHOW_SCHEMA ")\n"
	"  --strict   warnings count as refusals in the exit status\n"
	"  --user NAME, -P PROFILE  with the profile of this user, and this one besides\n"
	"exit status: 0 all accepted, 1 a key is refused, 2 usage, 3 something cannot be\n"
	"read or compared\n\n"
	"examples:\n"
	"  keyaudit vet ~/.ssh/authorized_keys\n"
	"  keyaudit vet --strict --summary keys/\n"
	"  curl -s https://keys.example.com/alice.keys | keyaudit vet - --json --strict\n";

static void complain(const char *what, const char *about)
{
	char shown[KA_TEXT_PATH_MAX + 1];
	struct ka_buf b;

	ka_buf_init_array(&b, shown);
	ka_text_escape(&b, ka_span_of(about), 0, KA_TEXT_PATH_MAX);
	fprintf(stderr, "keyaudit vet: %s%s%s\n", shown, about[0] != '\0' ? ": " : "", what);
}

/* the first ones one by one: a fleet has thousands of files */
static void complain_some(void *ctx, const char *what, const char *name)
{
	struct work *w = ctx;

	ka_progress_clear(&w->run.bar);
	if (w->complaints++ < KA_VET_COMPLAINTS_MAX)
		complain(what, name);
	else if (w->complaints == KA_VET_COMPLAINTS_MAX + 1)
		complain("more that cannot be read is only counted", "");
}

static bool take_flag(struct options *o, const char *arg)
{
	const struct { const char *name; bool *flag; } flags[] = {
		{ "--json", &o->json }, { "--strict", &o->strict }, { "--dump", &o->dump }, { "--all", &o->all },
		{ "--summary", &o->summary }, { "--help", &o->help }, { "-h", &o->help },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(flags); i++)
		if (strcmp(arg, flags[i].name) == 0) {
			*flags[i].flag = true;
			return true;
		}
	return false;
}

static int read_options(int argc, char **argv, struct options *o)
{
	const struct ka_word words[] = { { "-c", &o->conf }, { "--user", &o->user }, { "-P", &o->profile_name } };
	bool only_files = false;

	o->files = argv; /* the verb itself makes room for the first one */
	for (int i = 1; i < argc; i++) {
		int status;

		if (only_files || argv[i][0] != '-' || argv[i][1] == '\0') {
			o->files[o->count++] = argv[i];
			continue;
		}
		only_files = strcmp(argv[i], "--") == 0;
		if (only_files || take_flag(o, argv[i]))
			continue;
		status = ka_words_take("vet", words, KA_ARRAY_LEN(words), argc, argv, &i);
		if (status != KA_EXIT_FINE)
			return status;
	}
	if (o->profile_name != NULL && !ka_confprofile_find(ka_span_of(o->profile_name), &o->profile))
		return ka_usage_error("vet", "no such profile (default, strict, bsi, fips, sk-only):", o->profile_name);
	return o->help || o->count > 0 ? KA_EXIT_FINE : ka_usage_error("vet", "which file? (- is standard input)", NULL);
}

/* everything that was named, one after the other: none of them ends it */
static int judge_all(struct work *w)
{
	struct ka_vettally *t = &w->run.tally;
	enum ka_err err = ka_vetrun_begin(&w->run);

	for (size_t i = 0; err == KA_ERR_OK && i < w->opt.count; i++)
		err = ka_vetwalk_run(&w->walk, w->opt.files[i]);
	if (err == KA_ERR_OK)
		err = ka_vetrun_end(&w->run);
	t->unread += w->walk.failed;
	if (err == KA_ERR_OK && w->opt.summary)
		err = ka_vettally_show(t, &w->run.show.out, w->opt.json);
	ka_progress_clear(&w->run.bar);
	if (err != KA_ERR_OK || fflush(stdout) != 0 || ferror(stdout)) {
		if (err == KA_ERR_NOMEM)
			complain("out of memory", "");
		else if (errno != EPIPE)
			complain("cannot write the result", "");
		return KA_EXIT_UNDECIDED;
	}
	if (w->walk.passed_over > 0 && !w->opt.json)
		fprintf(stderr, "keyaudit vet: %zu file%s passed over, whose name is none of a key file; --all reads them\n",
			w->walk.passed_over, w->walk.passed_over == 1 ? "" : "s");
	if (t->by_verdict[KA_VERDICT_REJECT] > 0 || (w->opt.strict && t->by_verdict[KA_VERDICT_WARN] > 0))
		return KA_EXIT_FINDINGS;
	return t->unread + t->uncompared > 0 ? KA_EXIT_UNDECIDED : KA_EXIT_FINE;
}

static void prepare(struct work *w)
{
	struct ka_vetrun *r = &w->run;

	r->dump = w->opt.dump;
	r->only_findings = w->opt.summary;
	r->host_keys = HOST_KEYS;
	r->policy = &w->policy;
	r->show.json = w->opt.json;
	r->show.with_account = w->opt.dump;
	r->complain = w->walk.complain = complain_some;
	r->ctx = w->walk.ctx = w;
	ka_out_init(&r->show.out, stdout, KA_OUT_AUTO);
	ka_progress_begin(&r->bar);
	r->bar.is_live = r->bar.is_live && (w->opt.summary || isatty(STDOUT_FILENO) != 1);
	r->when.now_sec = ka_clock_wall_us() / 1000000;
	r->when.local_offset_sec = ka_zone_offset_sec(r->when.now_sec);
	r->when.whole = true;
	r->when.ed25519 = ka_vetselftest_ed25519();
	w->walk.all = w->opt.all;
}

static enum ka_err take_file(void *ctx, const struct ka_vetwalk_file *f)
{
	struct work *w = ctx;

	return ka_vetrun_file(&w->run, f);
}

int ka_cmd_vet(int argc, char **argv)
{
	KA_AUTOFREE struct work *w = calloc(1, sizeof(*w));
	enum ka_err err;
	int status;

	if (w == NULL)
		return KA_EXIT_UNDECIDED;
	status = read_options(argc, argv, &w->opt);
	if (status != KA_EXIT_FINE)
		return status;
	if (w->opt.help) {
		fputs(help, stdout);
		return KA_EXIT_FINE;
	}
	err = ka_toolpolicy_load(w->opt.conf, &w->policy);
	if (err != KA_ERR_OK) {
		complain(w->policy.wrong[0] != '\0' ? w->policy.wrong : "the configuration cannot be read", "");
		return KA_EXIT_UNDECIDED;
	}
	ka_toolwho_tighten(&w->policy.policy, &w->policy, w->opt.user, w->opt.profile);
	prepare(w);
	w->walk.take = take_file;
	status = judge_all(w);
	ka_vetrun_free(&w->run);
	ka_judge_close(&w->policy.judge);
	return status;
}
