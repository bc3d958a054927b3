/* keyaudit publish: from a folder of key files to a folder of signed documents that a web server serves. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/zone.h"
#include "keyaudit/cmd.h"
#include "keyaudit/publish/publish.h"
#include "keyaudit/screen/usage.h"
#include "keyaudit/sign/plainfile.h"
#include "keyaudit/sign/signtext.h"
#include "vet/vetselftest.h"

#include "base/poison.h"

static const char usage[] =
	"usage: keyaudit publish --from DIR --to DIR --key KEY [--hosts GLOBS]\n"
	"                        [--expires SPAN] [--revoked FILE]\n"
	"                        [--refused=stop|leave-out|publish] [--max-removed N]\n"
	"                        [--serial N] [--jobs N] [--signer-agent SOCKET]\n"
	"                        [--dry-run] [--json] [-c CONFIGURATION]\n\n"
	"Makes a key store for format `signed`: vets the keys of each file in --from\n"
	"(USER, USER.keys or USER.pub), signs a document USER.keys for each, and at last\n"
	"a signed index. What has not changed keeps its bytes, so that it keeps its ETag.\n"
	"Whenever it is interrupted, the folder is whole. Run it at least four times in a\n"
	"document's life.\n\n"
	"  --from DIR             key files, one per user\n"
	"  --to DIR               what the web server serves\n"
	"  --key KEY              as in keyaudit sign; more than one: all sign\n"
	"  --hosts GLOBS          for which hosts: \"web* db*.example.com\" (\"*\")\n"
	"  --expires SPAN         how long a document is good: 12h, 7d, 4w (7d)\n"
	"  --revoked FILE         fingerprints (SHA256:...), one a line: the signed list\n"
	"                         `revoked`\n"
	"  --refused=WHAT         when a key is refused: stop (default), leave-out the\n"
	"                         key, publish it all the same\n"
	"  --max-removed N        so many users may vanish at once (a tenth of them, or\n"
	"                         5)\n"
	"  --serial N             at least this serial\n"
	"  --jobs N               ssh-keygen processes at once\n"
	"  --signer-agent SOCKET  another agent than SSH_AUTH_SOCK\n"
	"  --dry-run              say what would be done\n"
	"  --json                 findings as in keyaudit vet, then one object (schema\n"
	"                         " KA_PUBSHOW_SCHEMA ")\n"
	"  -c CONFIGURATION       whose policy judges the keys; else the installed one,\n"
	"                         else the default\n\n"
	"exit status: 0 published, 1 nothing was: keys refused or files wrong, 2 usage,\n"
	"3 cannot be read, signed or written, 75 another publication is at work, 77 no\n"
	"permission\n\n"
	"examples:\n"
	"  keyaudit publish --from /srv/keys --to /var/www/keys --key ops_key --dry-run\n"
	"  keyaudit publish --from /srv/keys --to /var/www/keys --key ops_key \\\n"
	"    --revoked /srv/revoked --json\n";

/* large: allocated */
struct options {
	bool help;
	const char *keys[KA_SIGNED_BLOCKS_MAX], *revoked_path, *conf;
	size_t keys_count;
	char agent_path[KA_PATH_TRUSTED_MAX];
	struct ka_signerkey signers[KA_SIGNED_BLOCKS_MAX];
	struct ka_toolpolicy policy;
	struct ka_pubrevoked revoked;
	struct ka_publish run;
};

static int take_key(struct options *o, const char *value)
{
	if (o->keys_count == KA_SIGNED_BLOCKS_MAX)
		return ka_usage_error("publish", "too many keys from", value);
	o->keys[o->keys_count++] = value;
	return KA_EXIT_FINE;
}

static int take_from(struct options *o, const char *value)
{
	o->run.from_path = value;
	return KA_EXIT_FINE;
}

static int take_to(struct options *o, const char *value)
{
	o->run.to_path = value;
	return KA_EXIT_FINE;
}

static int take_hosts(struct options *o, const char *value)
{
	o->run.hosts = value;
	return ka_signtext_hosts(value)[0] == '\0' ? KA_EXIT_FINE : ka_usage_error("publish", ka_signtext_hosts(value), value);
}

static int take_expires(struct options *o, const char *value)
{
	if (!ka_signtext_span(value, &o->run.terms.life))
		return ka_usage_error("publish", "not a span such as 7d:", value);
	return o->run.terms.life >= KA_PUBLISH_LIFE_MIN_SEC ? KA_EXIT_FINE : ka_usage_error("publish", "too short a life (5m at least):", value);
}

static int take_revoked(struct options *o, const char *value)
{
	o->revoked_path = value;
	return KA_EXIT_FINE;
}

static int take_refused(struct options *o, const char *value)
{
	static const char *const words[] = {
		[KA_PUBLINT_STOP] = "stop", [KA_PUBLINT_LEAVE_OUT] = "leave-out", [KA_PUBLINT_PUBLISH] = "publish",
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(words); i++)
		if (strcmp(value, words[i]) == 0) {
			o->run.lint.refused_is = (enum ka_publint_refused)i;
			return KA_EXIT_FINE;
		}
	return ka_usage_error("publish", "--refused wants stop, leave-out or publish, not", value);
}

static int take_removed(struct options *o, const char *value)
{
	uint64_t n;

	if (!ka_text_to_u64(ka_span_of(value), KA_PUBLISH_USERS_MAX, &n))
		return ka_usage_error("publish", "not a number of users:", value);
	o->run.removed_max = (size_t)n;
	return KA_EXIT_FINE;
}

static int take_serial(struct options *o, const char *value)
{
	return ka_signedhead_serial(ka_span_of(value), &o->run.serial_min) ? KA_EXIT_FINE : ka_usage_error("publish", "not a serial:", value);
}

static int take_jobs(struct options *o, const char *value)
{
	uint64_t n;

	if (!ka_text_to_u64(ka_span_of(value), KA_PUBLISH_JOBS_MAX, &n) || n == 0)
		return ka_usage_error("publish", "--jobs wants 1 to 16, not", value);
	o->run.how.jobs = (unsigned)n;
	return KA_EXIT_FINE;
}

static int take_agent(struct options *o, const char *value)
{
	o->run.how.agent = o->agent_path;
	return ka_signerkey_absolute(value, o->agent_path) == KA_ERR_OK ? KA_EXIT_FINE : ka_usage_error("publish", "too long a path:", value);
}

static int take_conf(struct options *o, const char *value)
{
	o->conf = value;
	return KA_EXIT_FINE;
}

static int take_json(struct options *o, const char *value)
{
	(void)value;
	o->run.show.json = o->run.lint.show.json = true;
	return KA_EXIT_FINE;
}

static int take_dry_run(struct options *o, const char *value)
{
	(void)value;
	o->run.dry_run = true;
	return KA_EXIT_FINE;
}

static int take_help(struct options *o, const char *value)
{
	(void)value;
	o->help = true;
	return KA_EXIT_FINE;
}

static const struct option {
	const char *name;
	int (*take)(struct options *o, const char *value);
	enum { NO_VALUE, NEXT_WORD, BEHIND_EQUALS } value;
} table[] = {
	{ "--from", take_from, NEXT_WORD }, { "--to", take_to, NEXT_WORD }, { "--key", take_key, NEXT_WORD },
	{ "--hosts", take_hosts, NEXT_WORD }, { "--expires", take_expires, NEXT_WORD }, { "--revoked", take_revoked, NEXT_WORD },
	{ "--refused=", take_refused, BEHIND_EQUALS }, { "--max-removed", take_removed, NEXT_WORD },
	{ "--serial", take_serial, NEXT_WORD }, { "--jobs", take_jobs, NEXT_WORD }, { "--signer-agent", take_agent, NEXT_WORD },
	{ "-c", take_conf, NEXT_WORD }, { "--json", take_json, NO_VALUE }, { "--dry-run", take_dry_run, NO_VALUE },
	{ "--help", take_help, NO_VALUE }, { "-h", take_help, NO_VALUE },
};

static const struct option *find(const char *word)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(table); i++)
		if (table[i].value == BEHIND_EQUALS ? strncmp(word, table[i].name, strlen(table[i].name)) == 0 : strcmp(word, table[i].name) == 0)
			return &table[i];
	return NULL;
}

static int parse(struct options *o, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const struct option *option = find(argv[i]);
		const char *value = argv[i];
		int status;

		if (option == NULL)
			return ka_usage_stray("publish", argv[i]);
		if (option->value == BEHIND_EQUALS)
			value += strlen(option->name);
		if (option->value == NEXT_WORD) {
			if (i + 1 == argc)
				return ka_usage_error("publish", "a value is missing behind", argv[i]);
			value = argv[++i];
		}
		status = option->take(o, value);
		if (status != KA_EXIT_FINE || o->help)
			return status;
	}
	if (o->run.from_path == NULL || o->run.to_path == NULL || o->keys_count == 0)
		return ka_usage_error("publish", "--from, --to and --key are needed", NULL);
	return KA_EXIT_FINE;
}

static int complain(struct options *o, const char *about, const char *what)
{
	ka_pubshow_note(&o->run, about, what);
	return KA_EXIT_UNDECIDED;
}

static int read_keys(struct options *o)
{
	struct ka_signwork_how *how = &o->run.how;

	for (size_t i = 0; i < o->keys_count; i++) {
		if (ka_signerkey_read(o->keys[i], &o->signers[i]) != KA_ERR_OK)
			return complain(o, o->keys[i], "cannot be read");
		if (o->signers[i].wrong != NULL)
			return complain(o, o->keys[i], o->signers[i].wrong);
	}
	how->keys = o->signers;
	how->keys_count = o->keys_count;
	/* who is asked something on the terminal must be able to read it */
	how->progress = ka_pubshow_done;
	how->ctx = &o->run.show;
	for (size_t i = 0; i < o->keys_count; i++)
		if (o->signers[i].is_sk || o->signers[i].is_encrypted)
			how->progress = NULL;
	return KA_EXIT_FINE;
}

static int read_revoked(struct options *o)
{
	KA_AUTOFREE char *text = NULL;
	enum ka_plainfile_answer got;
	size_t len;

	if (o->revoked_path == NULL)
		return KA_EXIT_FINE;
	got = ka_plainfile_read(AT_FDCWD, o->revoked_path, true, KA_SIGNED_BULK_MAX, &text, &len, NULL);
	if (got != KA_PLAINFILE_READ)
		return complain(o, o->revoked_path, ka_plainfile_text(got));
	if (ka_pubrevoked_read((struct ka_span){ (const uint8_t *)text, len }, &o->revoked) != KA_ERR_OK)
		return complain(o, "", "no memory");
	if (o->revoked.bad_line > 0) {
		char about[KA_TEXT_PATH_MAX];
		struct ka_buf b;

		ka_buf_init_array(&b, about);
		ka_buf_text(&b, o->revoked_path);
		ka_buf_char(&b, ':');
		ka_buf_u64(&b, o->revoked.bad_line);
		complain(o, about, "no fingerprint (SHA256:..., as ssh-keygen -l prints it); nothing was published");
		return KA_EXIT_FINDINGS;
	}
	o->run.revoked = &o->revoked;
	return KA_EXIT_FINE;
}

static int read_policy(struct options *o)
{
	struct ka_publint *l = &o->run.lint;

	if (ka_toolpolicy_load(o->conf, &o->policy) != KA_ERR_OK)
		return complain(o, "", o->policy.wrong[0] != '\0' ? o->policy.wrong : "the configuration cannot be read");
	l->policy = &o->policy;
	l->revoked = &o->revoked;
	ka_out_init(&l->show.out, stdout, KA_OUT_AUTO);
	l->when.now_sec = o->run.terms.now;
	l->when.local_offset_sec = ka_zone_offset_sec(o->run.terms.now);
	l->when.whole = true;
	l->when.ed25519 = ka_vetselftest_ed25519();
	return KA_EXIT_FINE;
}

static int open_folder(struct options *o, const char *path, int *fd)
{
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd >= 0 ? KA_EXIT_FINE : complain(o, path, errno == ENOENT ? "no such folder" : "is no folder, or cannot be opened");
}

static int open_folders(struct options *o)
{
	struct ka_publish *p = &o->run;
	int status = open_folder(o, p->from_path, &p->from);

	if (status != KA_EXIT_FINE)
		return status;
	if (access(p->to_path, F_OK) != 0 && errno == ENOENT) {
		if (p->dry_run)
			return KA_EXIT_FINE;
		if (mkdir(p->to_path, 0755) != 0)
			return complain(o, p->to_path, "cannot be made");
	}
	return open_folder(o, p->to_path, &p->to);
}

static int jobs_of_this_machine(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > KA_PUBLISH_JOBS_OWN ? KA_PUBLISH_JOBS_OWN : (int)n;
}

static int run(struct options *o)
{
	struct ka_publish *p = &o->run;
	int status;

	ka_pubshow_begin(&p->show);
	status = read_keys(o);
	if (status == KA_EXIT_FINE)
		status = read_revoked(o);
	if (status == KA_EXIT_FINE)
		status = read_policy(o);
	if (status == KA_EXIT_FINE)
		status = open_folders(o);
	if (status != KA_EXIT_FINE)
		return status;
	status = ka_publish_run(p);
	ka_pubshow_sum(p, status);
	ka_publish_free(p);
	return fflush(stdout) == 0 || status != KA_EXIT_FINE ? status : KA_EXIT_UNDECIDED;
}

int ka_cmd_publish(int argc, char **argv)
{
	KA_AUTOFREE struct options *o = calloc(1, sizeof(*o));
	int status;

	if (o == NULL)
		return KA_EXIT_UNDECIDED;
	o->run.hosts = "*";
	o->run.from = o->run.to = o->run.work.dir = -1;
	o->run.terms = (struct ka_pubplan_terms){ .now = ka_clock_wall_us() / 1000000, .life = KA_SIGN_EXPIRES_SEC };
	o->run.removed_max = SIZE_MAX;
	o->run.how.jobs = (unsigned)jobs_of_this_machine();
	status = parse(o, argc, argv);
	if (status != KA_EXIT_FINE)
		return status;
	if (o->help) {
		fputs(usage, stdout);
		return KA_EXIT_FINE;
	}
	status = run(o);
	ka_pubrevoked_free(&o->revoked);
	ka_judge_close(&o->policy.judge);
	if (o->run.from >= 0)
		close(o->run.from);
	if (o->run.to >= 0)
		close(o->run.to);
	return status;
}
