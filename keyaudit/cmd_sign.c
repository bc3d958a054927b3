/* keyaudit sign: put an SSH signature behind a document with keys. ssh-keygen signs; this looks at what came of it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "base/text.h"
#include "base/username.h"
#include "keyaudit/cmd.h"
#include "keyaudit/screen/out_text.h"
#include "keyaudit/screen/usage.h"
#include "keyaudit/sign/plainfile.h"
#include "keyaudit/sign/signeragent.h"
#include "keyaudit/sign/signfile.h"
#include "keyaudit/sign/signtext.h"

#include "base/poison.h"

static const char usage[] =
	"usage: keyaudit sign [--key KEY]... [--signer-agent SOCKET] [--user USER]\n"
	"                     [--hosts GLOBS] [--serial N] [--expires WHEN]\n"
	"                     [--output FILE] FILE...\n\n"
	"Signs documents with keys (format `signed` of a key store): calls ssh-keygen -Y\n"
	"sign, verifies what came of it, and puts the signature behind the text. A file\n"
	"without headers needs --user; signatures of others stay while they hold, so that\n"
	"several people can sign one document one after the other.\n\n"
	"  --key KEY              a private key, or a public one whose private half an\n"
	"                         agent holds; more than one: all sign. Without it the\n"
	"                         agent's only Ed25519 key signs\n"
	"  --signer-agent SOCKET  another agent than SSH_AUTH_SOCK\n"
	"  --user USER            whose keys these are; with any of these four the\n"
	"                         headers are written anew\n"
	"  --hosts GLOBS          for which hosts: \"web* db*.example.com\" (\"*\" when it\n"
	"                         was never said)\n"
	"  --serial N             higher than every earlier one (the time of day in\n"
	"                         seconds)\n"
	"  --expires WHEN         7d, 12h, or 2026-11-29T10:00:00Z (7d)\n"
	"  --output FILE          write there, not over the file\n\n"
	"exit status: 0 signed, 1 not a document that hosts would take, 2 usage, 3 cannot\n"
	"be read, signed or written\n\n"
	"examples:\n"
	"  keyaudit sign --key ~/.ssh/ops_ed25519 --user alice --expires 30d alice.keys\n"
	"  keyaudit sign --key second_ed25519.pub alice.keys bob.keys\n";

/* large: allocated */
struct sign {
	bool help;
	const char *keys[KA_SIGNED_BLOCKS_MAX], *agent, *to;
	char agent_path[KA_PATH_TRUSTED_MAX];
	size_t keys_count, files_count;
	const char *files[KA_SIGN_FILES_MAX];
	struct ka_signfile_want want;
	struct ka_out out, err;
	struct ka_signerkey signers[KA_SIGNED_BLOCKS_MAX];
	struct ka_signwork_how how;
	struct ka_signwork work;
	struct ka_signfile file[KA_SIGN_FILES_MAX];
};

static int complain(const struct sign *s, const char *about, const char *what)
{
	fputs("keyaudit sign: ", stderr);
	ka_out_escaped(&s->err, KA_OUT_PLAIN, about, KA_TEXT_PATH_MAX);
	fprintf(stderr, "%s%s\n", about[0] != '\0' ? ": " : "", what);
	return KA_EXIT_UNDECIDED;
}

static int take_file(struct sign *s, const char *name)
{
	if (s->files_count == KA_SIGN_FILES_MAX)
		return ka_usage_error("sign", "too many files at once from", name);
	s->files[s->files_count++] = name;
	return KA_EXIT_FINE;
}

/* an option with its value; -1: not one of ours */
static int take_option(struct sign *s, const char *option, const char *value)
{
	struct ka_signfile_want *w = &s->want;

	if (strcmp(option, "--key") == 0) {
		if (s->keys_count == KA_SIGNED_BLOCKS_MAX)
			return ka_usage_error("sign", "too many keys from", value);
		s->keys[s->keys_count++] = value;
	} else if (strcmp(option, "--signer-agent") == 0) {
		s->agent = s->agent_path;
		if (ka_signerkey_absolute(value, s->agent_path) != KA_ERR_OK)
			return ka_usage_error("sign", "too long a path:", value);
	} else if (strcmp(option, "--output") == 0) {
		s->to = value;
	} else if (strcmp(option, "--user") == 0) {
		w->user = value;
		if (!ka_username_is_valid(ka_span_of(value)))
			return ka_usage_error("sign", "no user can be called", value);
	} else if (strcmp(option, "--hosts") == 0) {
		w->hosts = value;
		if (ka_signtext_hosts(value)[0] != '\0')
			return ka_usage_error("sign", ka_signtext_hosts(value), value);
	} else if (strcmp(option, "--serial") == 0) {
		if (!ka_signedhead_serial(ka_span_of(value), &w->serial))
			return ka_usage_error("sign", "not a serial:", value);
	} else if (strcmp(option, "--expires") == 0) {
		if (!ka_signtext_expiry(value, w->now, &w->expires))
			return ka_usage_error("sign", "neither a time to come nor a span such as 7d:", value);
	} else {
		return -1;
	}
	return KA_EXIT_FINE;
}

static int parse(struct sign *s, int argc, char **argv)
{
	bool only_files = false;
	int status = KA_EXIT_FINE;

	for (int i = 1; i < argc && status == KA_EXIT_FINE; i++) {
		if (only_files || argv[i][0] != '-') {
			status = take_file(s, argv[i]);
		} else if (strcmp(argv[i], "--") == 0) {
			only_files = true;
		} else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			s->help = true;
			return KA_EXIT_FINE;
		} else {
			const char *value = i + 1 < argc ? argv[i + 1] : NULL;

			status = take_option(s, argv[i], value != NULL ? value : "");
			if (status == -1)
				return ka_usage_stray("sign", argv[i]);
			if (value == NULL)
				return ka_usage_error("sign", "a value is missing behind", argv[i]);
			i++;
		}
	}
	if (status != KA_EXIT_FINE)
		return status;
	if (s->files_count == 0)
		return ka_usage_error("sign", "which file?", NULL);
	if (s->to != NULL && s->files_count > 1)
		return ka_usage_error("sign", "--output is for one file", NULL);
	if ((s->want.user != NULL || s->want.serial != 0) && s->files_count > 1)
		return ka_usage_error("sign", "--user and --serial are for one file", NULL);
	return KA_EXIT_FINE;
}

/* the agent's key needs a file by which ssh-keygen finds it */
static int find_in_agent(struct sign *s)
{
	struct ka_signerkey *key = &s->signers[0];
	char line[2 * KA_SIGNERS_BLOB_MAX];
	struct ka_buf b;

	ka_signeragent_only(s->agent, key);
	if (key->wrong != NULL)
		return complain(s, "", key->wrong);
	ka_buf_init_array(&b, line);
	ka_signeragent_line(key, &b);
	if (ka_plainfile_write(s->work.dir, "key.pub", ka_buf_as_span(&b), 0600, false) != KA_ERR_OK)
		return complain(s, s->work.path, "cannot be written");
	ka_buf_init_array(&b, key->path);
	ka_buf_text(&b, s->work.path);
	ka_buf_text(&b, "/key.pub");
	s->how.keys_count = 1;
	return KA_EXIT_FINE;
}

static int find_keys(struct sign *s)
{
	s->how.keys = s->signers;
	s->how.agent = s->agent;
	s->how.jobs = 1;
	if (s->keys_count == 0)
		return find_in_agent(s);
	for (size_t i = 0; i < s->keys_count; i++) {
		if (ka_signerkey_read(s->keys[i], &s->signers[i]) != KA_ERR_OK)
			return complain(s, s->keys[i], "cannot be read");
		if (s->signers[i].wrong != NULL)
			return complain(s, s->keys[i], s->signers[i].wrong);
	}
	s->how.keys_count = s->keys_count;
	return KA_EXIT_FINE;
}

/* all of them before the first is signed: half a round of signatures helps nobody */
static int prepare(struct sign *s)
{
	int status = KA_EXIT_FINE;

	for (size_t i = 0; i < s->files_count; i++) {
		struct ka_signfile *f = &s->file[i];
		enum ka_err err = ka_signfile_prepare(f, s->files[i], &s->want, &s->how, &s->work.room);

		if (err == KA_ERR_OK && f->wrong[0] == '\0')
			continue;
		complain(s, s->files[i], f->wrong[0] != '\0' ? f->wrong : "no memory");
		if (err != KA_ERR_OK)
			status = KA_EXIT_UNDECIDED;
		else if (status == KA_EXIT_FINE)
			status = KA_EXIT_FINDINGS;
	}
	return status;
}

static int sign_all(struct sign *s)
{
	enum ka_err err;

	for (size_t i = 0; i < s->files_count; i++) {
		struct ka_signfile *f = &s->file[i];

		if (f->is_done && s->to == NULL)
			continue;
		if (ka_signwork_add(&s->work, ka_buf_as_span(&f->text)) != KA_ERR_OK)
			return complain(s, s->work.path, "cannot be written");
		f->number = s->work.count;
	}
	if (s->work.count == 0)
		return KA_EXIT_FINE;
	err = ka_signwork_sign(&s->work, &s->how);
	if (err == KA_ERR_CRYPTO)
		return complain(s, "", "ssh-keygen did not sign; nothing was written");
	return err == KA_ERR_OK ? KA_EXIT_FINE : complain(s, KA_PATH_KEYGEN, "cannot be run; nothing was written");
}

static void tell(const struct sign *s, const struct ka_signfile *f)
{
	char until[KA_SIGNTEXT_TIME], user[KA_USER_NAME_MAX];

	ka_signtext_time(f->doc.head.expires, until);
	ka_out_mark(&s->out, KA_OUT_GOOD);
	putchar(' ');
	ka_out_escaped(&s->out, KA_OUT_PLAIN, s->to != NULL ? s->to : f->path, KA_TEXT_PATH_MAX);
	printf(": %s", f->number == 0 ? "has this signature already" : "signed");
	if (f->kind == KA_SIGNEDDOC_KEYS && ka_span_copy(f->doc.head.user, user, sizeof(user)))
		printf(", %s's %zu key%s", user, f->doc.lines, f->doc.lines == 1 ? "" : "s");
	printf(", serial %llu, until %s, by", (unsigned long long)f->doc.head.serial, until);
	for (size_t k = 0; k < s->how.keys_count; k++)
		printf(" %s", s->signers[k].fp);
	if (f->kept_count > 0)
		printf(" and %zu more", f->kept_count);
	putchar('\n');
	if (f->dropped > 0)
		fprintf(stderr, "keyaudit sign: %zu signature%s that the text does not have any more: left out\n", f->dropped,
			f->dropped == 1 ? "" : "s");
}

static int write_all(struct sign *s)
{
	for (size_t i = 0; i < s->files_count; i++) {
		struct ka_signfile *f = &s->file[i];
		enum ka_err err = f->number > 0 ? ka_signfile_finish(f, &s->work, &s->how, s->to) : KA_ERR_OK;

		if (err == KA_ERR_CRYPTO)
			return complain(s, f->path, "the signature does not hold; the file is as it was");
		if (err == KA_ERR_SYNTAX)
			return complain(s, f->path, f->wrong);
		if (err != KA_ERR_OK)
			return complain(s, s->to != NULL ? s->to : f->path, "cannot be written");
		tell(s, f);
	}
	return KA_EXIT_FINE;
}

static int run(struct sign *s)
{
	int status = KA_EXIT_FINE;

	if (ka_signwork_open(&s->work) != KA_ERR_OK)
		status = complain(s, "/tmp", "no directory can be made there");
	if (status == KA_EXIT_FINE)
		status = find_keys(s);
	if (status == KA_EXIT_FINE)
		status = prepare(s);
	if (status == KA_EXIT_FINE)
		status = sign_all(s);
	if (status == KA_EXIT_FINE)
		status = write_all(s);
	ka_signwork_close(&s->work);
	for (size_t i = 0; i < s->files_count; i++)
		ka_signfile_free(&s->file[i]);
	return status;
}

int ka_cmd_sign(int argc, char **argv)
{
	KA_AUTOFREE struct sign *s = calloc(1, sizeof(*s));
	int status;

	if (s == NULL)
		return KA_EXIT_UNDECIDED;
	s->want.now = ka_clock_wall_us() / 1000000;
	ka_out_init(&s->out, stdout, KA_OUT_AUTO);
	ka_out_init(&s->err, stderr, KA_OUT_AUTO);
	status = parse(s, argc, argv);
	if (status != KA_EXIT_FINE)
		return status;
	if (s->help) {
		fputs(usage, stdout);
		return KA_EXIT_FINE;
	}
	return run(s);
}
