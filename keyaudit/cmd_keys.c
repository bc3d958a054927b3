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
#include "base/rights.h"
#include "base/text.h"
#include "base/username.h"
#include "base/zone.h"
#include "conf/confprofile.h"
#include "diag/commandconf.h"
#include "judge/judge.h"
#include "key/keyfpr.h"
#include "key/keyline.h"
#include "keyaudit/cmd.h"
#include "keyaudit/screen/out_text.h"
#include "keyaudit/screen/out_wrap.h"
#include "keyaudit/screen/usage.h"
#include "keyaudit/vet/vetscan.h"
#include "source/commandwhy.h"
#include "source/confwhy.h"
#include "source/sourceask.h"
#include "source/sourcelines.h"
#include "spool/recordsrc.h"
#include "vet/vetconf.h"
#include "vet/vetnote.h"

#include "base/poison.h"

static const char usage[] =
	"usage: keyaudit keys [--json] [-c FILE] [-P PROFILE] USER\n\n"
	"Shows which keys authkeys-cmd would serve for USER, from which source, and why\n"
	"the others are not served. A line with cert-authority is served for certificates\n"
	"of that authority only; a certificate that is listed lets nobody in.\n"
	"-P is the one of sshd's AuthorizedKeysCommand line.\n"
	"Exit status: 0 at least one key would be served, 1 none, or none for anybody,\n"
	"3 could not decide, 4 no such user.\n\n"
	"examples:\n  sudo keyaudit keys alice\n  sudo keyaudit keys --json alice\n";

/* whom a served line lets in */
enum use { FOR_KEY, FOR_CERTIFICATES, FOR_NOBODY, USES };

static const struct {
	const char *json, *note;
} uses[USES] = {
	[FOR_KEY] = { "key", "" },
	[FOR_CERTIFICATES] = { "certificate", "only for a certificate that this authority has signed; the key itself lets nobody in" },
	[FOR_NOBODY] = { "nobody", "sshd matches no certificate that is listed; list its plain key, or its authority with cert-authority" },
};

struct keys {
	bool json;
	struct ka_out out;
	const char *source;
	size_t served, refused;
	size_t count[USES]; /* of the served ones */
	enum use use;       /* of the line in hand, if it is served */
	const char *path;
	unsigned line_number;
	char over_path[KA_TEXT_PATH_MAX]; /* where it has more lines than are judged; "" while it has not */
	unsigned over_line;               /* the first of them */
	struct ka_sourcelines lines;      /* of the source in hand */
	struct ka_commandconf command;
	struct ka_vetpolicy policy, room;
	const struct ka_vetpolicy *in_force; /* of the source in hand */
	enum ka_conf_profile profile;        /* -P */
	struct ka_judge judge;
	struct ka_vet_when when;
	struct ka_vet vet;
	const struct ka_keyline *line;
	struct ka_vetscan scan;
	struct ka_sourceask *ask;
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

#define TEXT_AT 10 /* columns before what is continued */

static void detail_of_first(const struct keys *k, char out[static KA_VET_DETAIL_MAX])
{
	struct ka_buf b;

	ka_buf_init(&b, out, KA_VET_DETAIL_MAX);
	if (k->vet.count > 0)
		ka_vet_detail(&k->vet, 0, &b);
}

static void show_json(struct keys *k, const char *path, const char *fp)
{
	char detail[KA_VET_DETAIL_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, k->text);
	ka_jsonout_object(&b, NULL);
	ka_jsonout_plain(&b, "schema", "keyaudit.keys/1");
	ka_jsonout_plain(&b, "source", k->source);
	if (path[0] != '\0')
		ka_jsonout_text(&b, "file", ka_span_of(path), KA_TEXT_PATH_MAX);
	ka_jsonout_u64(&b, "line", k->line_number);
	ka_jsonout_bool(&b, "served", k->vet.verdict != KA_VERDICT_REJECT);
	if (k->vet.verdict != KA_VERDICT_REJECT)
		ka_jsonout_plain(&b, "served_for", uses[k->use].json);
	ka_jsonout_plain(&b, "verdict", ka_vet_verdict_text(k->vet.verdict));
	ka_jsonout_plain(&b, "type", type_of(k));
	if (fp[0] != '\0' && k->line->key.bits > 0)
		ka_jsonout_u64(&b, "bits", k->line->key.bits);
	ka_jsonout_plain(&b, "fingerprint", fp[0] != '\0' ? fp : "-");
	ka_jsonout_array(&b, "reasons");
	for (size_t i = 0; i < k->vet.count; i++)
		ka_jsonout_plain(&b, NULL, ka_reason_id(k->vet.reasons[i]));
	ka_jsonout_array_end(&b);
	detail_of_first(k, detail);
	if (detail[0] != '\0')
		ka_jsonout_plain(&b, "detail", detail);
	ka_jsonout_object_end(&b);
	puts(k->text);
}

static void show_text(struct keys *k, const char *path, const char *fp)
{
	enum ka_out_colour c = k->vet.verdict == KA_VERDICT_ACCEPT ? KA_OUT_GOOD :
			       k->vet.verdict == KA_VERDICT_WARN ? KA_OUT_WARN : KA_OUT_BAD;
	char detail[KA_VET_DETAIL_MAX], place[KA_TEXT_PATH_MAX + 32];
	unsigned mark;
	struct ka_wrap w;
	struct ka_buf b;

	mark = ka_out_mark(&k->out, c);
	printf(" %-7s ", k->vet.verdict == KA_VERDICT_REJECT ? "refused" : "served");
	ka_wrap_begin(&w, &k->out, mark + 9, TEXT_AT);
	ka_buf_init_array(&b, place);
	ka_text_escape(&b, ka_span_of(path[0] != '\0' ? path : k->source), 0, KA_TEXT_PATH_MAX);
	ka_buf_char(&b, ':');
	ka_buf_u64(&b, k->line_number);
	ka_buf_char(&b, ':');
	ka_wrap_solid(&w, KA_OUT_PLAIN, place);
	ka_wrap_text(&w, KA_OUT_PLAIN, " ");
	ka_wrap_solid(&w, KA_OUT_PLAIN, type_of(k));
	ka_wrap_text(&w, KA_OUT_PLAIN, " ");
	ka_wrap_solid(&w, KA_OUT_PLAIN, fp[0] != '\0' ? fp : "-");
	for (size_t i = 0; i < k->vet.count; i++) {
		ka_wrap_text(&w, KA_OUT_PLAIN, i == 0 ? "  " : " ");
		ka_wrap_solid(&w, KA_OUT_PLAIN, ka_reason_id(k->vet.reasons[i]));
	}
	ka_wrap_end(&w);
	if (k->vet.verdict != KA_VERDICT_REJECT && uses[k->use].note[0] != '\0') {
		printf("%*s", TEXT_AT, "");
		ka_wrap_begin(&w, &k->out, TEXT_AT, TEXT_AT);
		ka_wrap_text(&w, KA_OUT_PLAIN, uses[k->use].note);
		ka_wrap_end(&w);
	}
	if (k->vet.count == 0)
		return;
	detail_of_first(k, detail);
	printf("%*s", TEXT_AT, "");
	ka_wrap_begin(&w, &k->out, TEXT_AT, TEXT_AT);
	ka_wrap_text(&w, KA_OUT_PLAIN, ka_reason_meaning(k->vet.reasons[0]));
	if (detail[0] != '\0') {
		ka_wrap_text(&w, KA_OUT_PLAIN, " (");
		ka_wrap_text(&w, KA_OUT_PLAIN, detail);
		ka_wrap_text(&w, KA_OUT_PLAIN, ")");
	}
	ka_wrap_end(&w);
}

static void note_over(struct keys *k, uint64_t number)
{
	if (!ka_sourcelines_is_over(&k->lines) || k->over_path[0] != '\0')
		return;
	k->over_line = (unsigned)number;
	ka_span_copy(ka_span_of(k->path), k->over_path, sizeof(k->over_path));
}

/* by the signed list of any store: beats whatever the line is worth */
static void judge_revoked(struct keys *k, const char *fp)
{
	enum ka_reason reason = fp[0] != '\0' ? ka_sourceask_revoked(k->ask, fp) : KA_REASON_NONE;

	if (reason != KA_REASON_NONE && k->vet.verdict != KA_VERDICT_REJECT)
		k->vet = (struct ka_vet){ .verdict = KA_VERDICT_REJECT, .reasons = { reason }, .count = 1 };
}

/* as authkeys-cmd: an authority's line is for certificates, and without certificates for nobody */
static void judge_authority(struct keys *k)
{
	struct ka_vetnote note;

	if (k->vet.verdict == KA_VERDICT_REJECT || ka_keyopts_find(&k->line->options, KA_KEYOPT_CERT_AUTHORITY) == NULL)
		return;
	k->use = FOR_CERTIFICATES;
	if (k->in_force->certificates)
		return;
	ka_vetnote_resume(&note, k->in_force, false, &k->vet);
	ka_vetnote_refuse(&note, KA_REASON_OPTION_CERT_AUTHORITY, ka_keyopts_name(KA_KEYOPT_CERT_AUTHORITY, false));
}

static enum ka_err take_line(void *ctx, uint64_t number, const struct ka_keyline *line, enum ka_reason seen)
{
	struct keys *k = ctx;
	char fp[KA_FPR_TEXT_MAX];

	if (seen != KA_REASON_LINE_COMMENTED_OUT && !ka_sourcelines_take(&k->lines, line->reason))
		note_over(k, number);
	if (ka_sourcelines_is_over(&k->lines) || (line->reason == KA_REASON_LINE_EMPTY && seen == KA_REASON_NONE))
		return KA_ERR_OK;
	k->line = line;
	k->line_number = (unsigned)number;
	k->when.seen = seen;
	ka_judge_line(&k->judge, line, k->in_force, &k->when, &k->vet);
	if (seen == KA_REASON_LINE_COMMENTED_OUT) {
		if (k->vet.count == 0)
			return KA_ERR_OK; /* severity.line.commented-out = off */
		k->vet.verdict = KA_VERDICT_REJECT; /* whatever the policy thinks of it, a comment is not served */
	}
	fingerprint(k, fp);
	judge_revoked(k, fp);
	k->use = line->key.type != NULL && line->key.is_cert ? FOR_NOBODY : FOR_KEY;
	judge_authority(k);
	if (k->vet.verdict == KA_VERDICT_REJECT) {
		k->refused++;
	} else {
		k->served++;
		k->count[k->use]++;
	}
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
	while (k->err == KA_ERR_OK && !ka_sourcelines_is_over(&k->lines) && ka_cursor_line(&c, &text, NULL))
		k->err = ka_vetscan_line(&k->scan, ++number, text);
	if (k->err == KA_ERR_OK)
		k->err = ka_vetscan_end(&k->scan);
}

/* why it has no more; strangers' text escaped */
static void write_why(const struct keys *k, const struct ka_conf_source *source, struct ka_buf *b)
{
	const struct ka_permwalk_refusal *why = &k->ask->out.why;

	if (source->kind == KA_CONF_KIND_COMMAND) {
		ka_commandwhy_write(source, &k->ask->out, &k->ask->evidence, b);
	} else if (source->kind == KA_CONF_KIND_HTTP) {
		ka_buf_text(b, ka_reason_meaning(k->ask->out.reason));
		ka_buf_text(b, "; ");
		ka_recordsrc_evidence(&k->ask->evidence, ' ', b);
	} else if (why->errnum != 0 || why->reason == KA_REASON_CONF_UNSAFE) {
		ka_confwhy_write(why, false, b);
	} else {
		ka_buf_text(b, why->path[0] != '\0' ? "" : "there is none of ");
		ka_text_escape(b, ka_span_of(why->path[0] != '\0' ? why->path : source->path), 0, KA_CONF_ERROR_MAX / 2);
	}
}

/* what a source could not or must not give */
static void say_source(struct keys *k, const struct ka_conf_source *source)
{
	char text[KA_CONF_ERROR_MAX];
	struct ka_buf b;

	fflush(stdout); /* both may go to one place */
	if (k->over_path[0] != '\0') {
		ka_buf_init_array(&b, text);
		ka_text_escape(&b, ka_span_of(k->over_path), 0, sizeof(text) - 1);
		fprintf(stderr, "source %s: %s: %s: more than %d lines; who asks for all keys gets those before line %u\n", k->source,
			ka_reason_id(KA_REASON_STORE_TOO_LARGE), text, KA_KEYS_MAX, k->over_line);
	}
	if (k->ask->is_unasked) {
		fprintf(stderr, "source %s: not asked: it is told of the offered key (%%k, %%t or %%f), and here is none; keyaudit doctor --key asks it\n",
			k->source);
		return;
	}
	if (k->ask->out.answer == KA_SOURCE_FOUND && k->ask->out.reason == KA_REASON_NONE)
		return;
	fprintf(stderr, "source %s: %s", k->source, ka_answer_text(k->ask->out.answer));
	if (k->ask->out.reason != KA_REASON_NONE) {
		ka_buf_init_array(&b, text);
		write_why(k, source, &b);
		fprintf(stderr, " (%s: %s)", ka_reason_id(k->ask->out.reason), text);
	}
	fputc('\n', stderr);
}

/* one source, as the command reads it; false: a fault */
static bool read_source(struct keys *k, size_t i, const struct ka_source_query *query)
{
	const struct ka_conf_source *source = &k->command.conf.sources[i];
	struct ka_rights rights;
	enum ka_err err;

	k->source = source->name;
	k->in_force = ka_vetconf_policy(&k->command.conf, &(const struct ka_vetconf_who){ source, query->user, k->profile }, &k->policy, &k->room);
	k->lines.count = 0;
	k->over_path[0] = '\0';
	if (ka_rights_take(KA_COMMAND_USER, &rights) != KA_ERR_OK)
		return false;
	err = ka_sourceask_read(k->ask, source, query, take_file, k);
	ka_rights_give_back(&rights);
	return err == KA_ERR_OK && k->err == KA_ERR_OK;
}

/* the lists that are about all of them */
static bool open_sources(struct keys *k)
{
	struct ka_rights rights;

	k->ask->may_ask = true;
	k->ask->now_sec = k->when.now_sec;
	if (ka_rights_take(KA_COMMAND_USER, &rights) != KA_ERR_OK)
		return false;
	ka_sourceask_open(&k->command.conf, k->ask);
	ka_rights_give_back(&rights);
	return true;
}

static void say_sum(const struct keys *k)
{
	printf("%zu would be served, ", k->served);
	if (k->count[FOR_CERTIFICATES] > 0)
		printf("%zu of them for certificates only, ", k->count[FOR_CERTIFICATES]);
	if (k->count[FOR_NOBODY] > 0)
		printf("%zu of them for nobody, ", k->count[FOR_NOBODY]);
	printf("%zu refused\n", k->refused);
}

static int ask(struct keys *k, const char *user)
{
	const struct passwd *pw = getpwnam(user);
	struct ka_source_query query = { .user = user };
	time_t now = time(NULL);
	char uid[KA_TEXT_U64_MAX];

	if (pw == NULL)
		return KA_EXIT_UNKNOWN;
	ka_text_u64(pw->pw_uid, uid);
	query.uid = uid;
	query.uid_number = pw->pw_uid;
	query.home = pw->pw_dir;
	k->when = (struct ka_vet_when){ .now_sec = now, .local_offset_sec = ka_zone_offset_sec(now), .whole = true };
	if (!open_sources(k))
		return KA_EXIT_UNDECIDED;
	for (size_t i = 0; i < k->command.conf.sources_count; i++) {
		if (!read_source(k, i, &query))
			return KA_EXIT_UNDECIDED;
		say_source(k, &k->command.conf.sources[i]);
	}
	if (!k->json)
		say_sum(k);
	return k->served > k->count[FOR_NOBODY] ? KA_EXIT_FINE : KA_EXIT_FINDINGS;
}

static int wrong_conf(const struct keys *k)
{
	const struct ka_confload *load = &k->command.load;

	fprintf(stderr, "keyaudit keys: nothing is served: %s: %s\n", ka_reason_id(load->reason), load->text);
	return load->reason == KA_REASON_CONF_DISABLED ? KA_EXIT_FINDINGS : KA_EXIT_UNDECIDED;
}

/* a file that only root can read lets nobody pass either */
static bool open_judge(struct keys *k)
{
	struct ka_rights rights;

	if (ka_rights_take(KA_COMMAND_USER, &rights) != KA_ERR_OK)
		return false;
	ka_judge_open(&k->command.conf, &k->judge);
	ka_rights_give_back(&rights);
	return true;
}

int ka_cmd_keys(int argc, char **argv)
{
	KA_AUTOFREE struct keys *k = calloc(1, sizeof(*k));
	KA_AUTOFREE struct ka_sourceask *asked = calloc(1, sizeof(*asked));
	const char *user = NULL, *conf = KA_PATH_CONF;
	struct ka_conf_errors errors = { .count = 0 };
	int status;

	if (k == NULL || asked == NULL)
		return KA_EXIT_UNDECIDED;
	k->ask = asked;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			k->json = true;
		} else if (strcmp(argv[i], "-c") == 0 && i + 1 < argc) {
			conf = argv[++i];
		} else if (strcmp(argv[i], "-P") == 0 && i + 1 < argc) {
			if (!ka_confprofile_find(ka_span_of(argv[++i]), &k->profile))
				return ka_usage_error("keys", "no such profile (default, strict, bsi, fips, sk-only):", argv[i]);
		} else if (argv[i][0] != '-' && user == NULL) {
			user = argv[i];
		} else {
			if (strcmp(argv[i], "--help") != 0)
				return strcmp(argv[i], "-c") == 0 || strcmp(argv[i], "-P") == 0 ?
					       ka_usage_error("keys", "a value is missing behind", argv[i]) : ka_usage_stray("keys", argv[i]);
			fputs(usage, stdout);
			return KA_EXIT_FINE;
		}
	}
	if (user == NULL)
		return ka_usage_error("keys", "which user?", NULL);
	ka_out_init(&k->out, stdout, KA_OUT_AUTO);
	if (ka_commandconf_load(conf, &k->command) != KA_ERR_OK)
		return KA_EXIT_UNDECIDED;
	if (ka_commandconf_unchecked(k->command.rights)[0] != '\0')
		fprintf(stderr, "keyaudit keys: %s\n", ka_commandconf_unchecked(k->command.rights));
	if (k->command.load.reason != KA_REASON_NONE)
		return wrong_conf(k);
	ka_vetconf_make(&k->command.conf, &k->policy, &errors); /* it has been made before, without an error */
	if (!ka_username_is_valid(ka_span_of(user))) {
		fprintf(stderr, "keyaudit keys: policy.user-name: %s\n", ka_reason_meaning(KA_REASON_POLICY_USER_NAME));
		return KA_EXIT_FINDINGS;
	}
	if (!open_judge(k))
		return KA_EXIT_UNDECIDED;
	status = ask(k, user);
	ka_judge_close(&k->judge);
	ka_sourceask_close(asked);
	if (status == KA_EXIT_UNKNOWN)
		fprintf(stderr, "keyaudit keys: no user \"%s\" here (getent passwd)\n", user);
	return status;
}
