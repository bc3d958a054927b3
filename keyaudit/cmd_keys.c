/* keyaudit keys USER: what the command would serve for a user, line by line, and why not the rest. Asks the same sources and judge. */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "audit/jsonout.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "base/text.h"
#include "base/username.h"
#include "key/keyfpr.h"
#include "key/keyline.h"
#include "keyaudit/cmd.h"
#include "keyaudit/out_text.h"
#include "keyaudit/usage.h"
#include "keyaudit/vetscan.h"
#include "source/confload.h"
#include "source/sourcefile.h"
#include "vet/vet.h"
#include "vet/vetconf.h"

#include "base/poison.h"

static const char usage[] =
	"usage: keyaudit keys [--json] [-c FILE] USER\n\n"
	"Shows which keys authkeys-cmd would serve for USER, from which source, and why the others are not served.\n"
	"Exit status: 0 at least one key would be served, 1 none, 3 could not decide, 4 no such user.\n\n"
	"examples:\n  sudo keyaudit keys alice\n  sudo keyaudit keys --json alice\n";

struct keys {
	bool json;
	struct ka_out out;
	const char *source;
	size_t served, refused;
	const char *path;
	unsigned line_number;
	struct ka_conf conf;
	struct ka_confload load;
	struct ka_conf_errors errors;
	struct ka_vetpolicy policy;
	struct ka_vet_when when;
	struct ka_vet vet;
	const struct ka_keyline *line;
	struct ka_vetscan scan;
	struct ka_sourcefile_out answer;
	enum ka_err err;
	char plain[KA_BLOB_MAX];
	char text[8192];
};

static void fingerprint(struct keys *k, char fp[static KA_FPR_TEXT_MAX])
{
	struct ka_buf b;

	fp[0] = '\0';
	if (k->line->key.type == NULL || k->line->reason != KA_REASON_NONE)
		return;
	ka_buf_init_array(&b, k->plain);
	ka_keyblob_plain(&k->line->key, &b);
	if (!b.overflow)
		ka_keyfpr_text(ka_buf_as_span(&b), fp);
}

static const char *type_of(const struct keys *k)
{
	return k->line->key.type != NULL ? ka_keyblob_name(&k->line->key) : "-";
}

static void show_json(struct keys *k, const char *path, const char *fp)
{
	struct ka_buf b;

	ka_buf_init_array(&b, k->text);
	ka_jsonout_object(&b, NULL);
	ka_jsonout_plain(&b, "schema", "keyaudit.keys/1");
	ka_jsonout_plain(&b, "source", k->source);
	ka_jsonout_text(&b, "file", ka_span_of(path), KA_TEXT_PATH_MAX);
	ka_jsonout_u64(&b, "line", k->line_number);
	ka_jsonout_bool(&b, "served", k->vet.verdict != KA_VERDICT_REJECT);
	ka_jsonout_plain(&b, "verdict", ka_vet_verdict_text(k->vet.verdict));
	ka_jsonout_plain(&b, "type", type_of(k));
	ka_jsonout_plain(&b, "fingerprint", fp[0] != '\0' ? fp : "-");
	ka_jsonout_array(&b, "reasons");
	for (size_t i = 0; i < k->vet.count; i++)
		ka_jsonout_plain(&b, NULL, ka_reason_id(k->vet.reasons[i]));
	ka_jsonout_array_end(&b);
	ka_jsonout_object_end(&b);
	puts(k->text);
}

static void show_text(struct keys *k, const char *path, const char *fp)
{
	enum ka_out_colour c = k->vet.verdict == KA_VERDICT_ACCEPT ? KA_OUT_GOOD :
			       k->vet.verdict == KA_VERDICT_WARN ? KA_OUT_WARN : KA_OUT_BAD;

	ka_out_mark(&k->out, c);
	printf(" %-7s ", k->vet.verdict == KA_VERDICT_REJECT ? "refused" : "served");
	ka_out_escaped(&k->out, KA_OUT_PLAIN, path, KA_TEXT_PATH_MAX);
	printf(":%u: %s %s", k->line_number, type_of(k), fp[0] != '\0' ? fp : "-");
	for (size_t i = 0; i < k->vet.count; i++)
		printf("%s%s", i == 0 ? "  " : " ", ka_reason_id(k->vet.reasons[i]));
	if (k->vet.count > 0)
		printf("\n          %s", ka_reason_meaning(k->vet.reasons[0]));
	putchar('\n');
}

static enum ka_err take_line(void *ctx, uint64_t number, const struct ka_keyline *line, enum ka_reason seen)
{
	struct keys *k = ctx;
	char fp[KA_FPR_TEXT_MAX];

	if (line->reason == KA_REASON_LINE_EMPTY && seen == KA_REASON_NONE)
		return KA_ERR_OK;
	k->line = line;
	k->line_number = (unsigned)number;
	k->when.seen = seen;
	ka_vet_line(line, &k->policy, &k->when, &k->vet);
	if (seen == KA_REASON_LINE_COMMENTED_OUT) {
		if (k->vet.count == 0)
			return KA_ERR_OK; /* severity.line.commented-out = off */
		k->vet.verdict = KA_VERDICT_REJECT; /* whatever the policy thinks of it, a comment is not served */
	}
	k->served += k->vet.verdict != KA_VERDICT_REJECT;
	k->refused += k->vet.verdict == KA_VERDICT_REJECT;
	fingerprint(k, fp);
	if (k->json)
		show_json(k, k->path, fp);
	else
		show_text(k, k->path, fp);
	return KA_ERR_OK;
}

static void take_file(void *ctx, const char *path, struct ka_span bytes)
{
	struct keys *k = ctx;
	struct ka_cursor c;
	struct ka_span text;
	uint64_t number = 0;

	memset(&k->scan, 0, sizeof(k->scan));
	k->scan.take = take_line;
	k->scan.ctx = k;
	k->path = path;
	ka_cursor_init(&c, bytes.p, bytes.len);
	while (k->err == KA_ERR_OK && ka_cursor_line(&c, &text, NULL))
		k->err = ka_vetscan_line(&k->scan, ++number, text);
	if (k->err == KA_ERR_OK)
		k->err = ka_vetscan_end(&k->scan);
}

/* @path: as the configuration has it */
static void say_source(struct keys *k, const char *path)
{
	if (k->answer.answer == KA_SOURCE_FOUND && k->answer.reason == KA_REASON_NONE)
		return;
	fprintf(stderr, "source %s: %s", k->source, ka_source_answer_text(k->answer.answer));
	if (k->answer.reason != KA_REASON_NONE) {
		struct ka_out err;

		ka_out_init(&err, stderr, KA_OUT_AUTO);
		fprintf(stderr, " (%s: ", ka_reason_id(k->answer.reason));
		if (k->answer.why.path[0] != '\0') {
			ka_out_escaped(&err, KA_OUT_PLAIN, k->answer.why.path, KA_TEXT_PATH_MAX);
			if (k->answer.why.mode != 0)
				fprintf(stderr, ", mode %04o, uid %lu", (unsigned)k->answer.why.mode & 07777,
					(unsigned long)k->answer.why.uid);
		} else {
			fputs("there is none of ", stderr);
			ka_out_escaped(&err, KA_OUT_PLAIN, path, KA_TEXT_PATH_MAX);
		}
		fputc(')', stderr);
	}
	fputc('\n', stderr);
}

static int ask(struct keys *k, const char *user)
{
	const struct passwd *pw = getpwnam(user);
	struct ka_source_query query = { .user = user };
	time_t now = time(NULL);
	char uid[24];
	struct ka_buf b;
	struct tm tm;

	if (pw == NULL)
		return KA_EXIT_UNKNOWN;
	ka_buf_init_array(&b, uid);
	ka_buf_u64(&b, pw->pw_uid);
	query.uid = uid;
	query.uid_number = pw->pw_uid;
	query.home = pw->pw_dir;
	k->when = (struct ka_vet_when){ .now_sec = now, .whole = true };
	if (localtime_r(&now, &tm) != NULL)
		k->when.local_offset_sec = tm.tm_gmtoff;
	for (size_t i = 0; i < k->conf.sources_count; i++) {
		k->source = k->conf.sources[i].name;
		if (ka_sourcefile_read(&k->conf.sources[i], &query, take_file, k, &k->answer) != KA_ERR_OK || k->err != KA_ERR_OK)
			return KA_EXIT_UNDECIDED;
		say_source(k, k->conf.sources[i].path);
	}
	if (!k->json)
		printf("%zu would be served, %zu refused\n", k->served, k->refused);
	return k->served > 0 ? KA_EXIT_FINE : KA_EXIT_FINDINGS;
}

static int wrong_conf(const struct keys *k)
{
	fprintf(stderr, "keyaudit keys: nothing is served: %s: %s\n", ka_reason_id(k->load.reason),
		k->load.reason != KA_REASON_NONE ? k->load.text : k->errors.first);
	return k->load.reason == KA_REASON_CONF_DISABLED ? KA_EXIT_FINDINGS : KA_EXIT_UNDECIDED;
}

int ka_cmd_keys(int argc, char **argv)
{
	KA_AUTOFREE struct keys *k = calloc(1, sizeof(*k));
	const char *user = NULL, *conf = KA_PATH_CONF;
	int status;

	if (k == NULL)
		return KA_EXIT_UNDECIDED;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			k->json = true;
		} else if (strcmp(argv[i], "-c") == 0 && i + 1 < argc) {
			conf = argv[++i];
		} else if (argv[i][0] != '-' && user == NULL) {
			user = argv[i];
		} else {
			if (strcmp(argv[i], "--help") != 0)
				return strcmp(argv[i], "-c") == 0 ? ka_usage_error("keys", "a value is missing behind", "-c") :
								    ka_usage_stray("keys", argv[i]);
			fputs(usage, stdout);
			return KA_EXIT_FINE;
		}
	}
	if (user == NULL)
		return ka_usage_error("keys", "which user?", NULL);
	ka_out_init(&k->out, stdout, KA_OUT_AUTO);
	if (ka_confload(conf, &k->conf, &k->load, &k->errors) != KA_ERR_OK)
		return KA_EXIT_UNDECIDED;
	if (k->load.reason == KA_REASON_NONE)
		ka_vetconf_make(&k->conf, &k->policy, &k->errors);
	if (k->load.reason != KA_REASON_NONE || k->errors.count > 0)
		return wrong_conf(k);
	if (!ka_username_is_valid(ka_span_of(user))) {
		fprintf(stderr, "keyaudit keys: policy.user-name: %s\n", ka_reason_meaning(KA_REASON_POLICY_USER_NAME));
		return KA_EXIT_FINDINGS;
	}
	status = ask(k, user);
	if (status == KA_EXIT_UNKNOWN)
		fprintf(stderr, "keyaudit keys: no user \"%s\" here (getent passwd)\n", user);
	return status;
}
