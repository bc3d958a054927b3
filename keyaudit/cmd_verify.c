/* keyaudit verify: is the trail what was written? Reads only; stdout is the answer, stderr is talk. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/paths.h"
#include "keyaudit/cmd.h"
#include "keyaudit/log/logtrail.h"
#include "keyaudit/screen/out_text.h"
#include "keyaudit/screen/usage.h"
#include "keyaudit/screen/words.h"
#include "keyaudit/seal/sealplace.h"
#include "keyaudit/trail/trailfiles.h"
#include "keyaudit/verify/verifyrun.h"
#include "keyaudit/verify/verifyshow.h"

#include "base/poison.h"

static const char usage[] =
	"usage: keyaudit verify [--anchor FILE] [--key FILE] [--strict] [--json]\n"
	"                       [--seals FILE] [-c FILE] [FILE...]\n\n"
	"Is the audit trail what was written? Says intact, broken (where, and what is\n"
	"wrong) or unanchored: a chain that holds in itself shows nothing against root,\n"
	"who can make it anew. An anchor does: what somebody else holds of it.\n"
	"  --anchor FILE  seals or anchors from somewhere else: a remote log, another\n"
	"                 host, a printout\n"
	"  --key FILE     K0, as `keyaudit log seal` has shown it once; - reads it from\n"
	"                 standard input. Without it nobody knows who made the seals\n"
	"  --strict       exit 3 whenever a record stands behind the last anchor\n"
	"  --json         one object\n"
	"  --seals FILE   other seals than those beside the trail\n"
	"  -c FILE        another configuration file\n"
	"  FILE...        the files of one trail, the oldest first, plain or from gzip;\n"
	"                 else the configured one with what was rotated away\n\n"
	"exit: 0 intact, or records behind the last anchor; 1 broken; 3 no anchor\n"
	"of what is here was given, or something could not be read\n\n"
	"examples:\n"
	"  ssh loghost cat anchors/$(hostname) > anchors\n"
	"  sudo keyaudit verify --anchor anchors\n"
	"  sudo keyaudit verify --anchor anchors --key - --strict < k0\n";

struct options {
	bool strict, json;
	const char *anchor, *key, *seals, *conf;
	const char *const *files;
	size_t files_count;
};

static int usage_error(const char *what, const char *arg)
{
	return ka_usage_error("verify", what, arg);
}

/* -1: go on; else the exit status */
static int take_value(struct options *o, int argc, char **argv, int *i)
{
	const struct ka_word words[] = {
		{ "--anchor", &o->anchor }, { "--key", &o->key }, { "--seals", &o->seals }, { "-c", &o->conf },
	};
	int status = ka_words_take("verify", words, KA_ARRAY_LEN(words), argc, argv, i);

	return status == KA_EXIT_FINE ? -1 : status;
}

/* -1: go on; else the exit status */
static int read_options(struct options *o, int argc, char **argv)
{
	int i, status = -1;

	*o = (struct options){ .conf = KA_PATH_CONF };
	for (i = 1; i < argc && status == -1 && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			fputs(usage, stdout);
			return KA_EXIT_FINE;
		}
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		if (strcmp(argv[i], "--strict") == 0)
			o->strict = true;
		else if (strcmp(argv[i], "--json") == 0)
			o->json = true;
		else
			status = take_value(o, argc, argv, &i);
	}
	o->files = (const char *const *)argv + i;
	o->files_count = (size_t)(argc - i);
	return status;
}

static int read_key(const char *path, struct ka_sealkey *k0)
{
	KA_AUTOCLOSE int opened = strcmp(path, "-") == 0 ? -1 : open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : opened;
	char text[KA_SEALKEY_FILE_MAX];
	size_t len = 0;
	bool ok;

	if (fd < 0) {
		fputs("keyaudit verify: the file of --key cannot be opened\n", stderr);
		return KA_EXIT_UNDECIDED;
	}
	ok = ka_fd_read_all(fd, text, sizeof(text), &len) == KA_ERR_OK &&
	     ka_sealkey_read((struct ka_span){ (const uint8_t *)text, len }, k0);
	sodium_memzero(text, sizeof(text));
	return ok ? -1 : usage_error("--key holds no K0 as `keyaudit log seal` has shown it: mistyped?", NULL);
}

static int complain(enum ka_err err, const struct ka_verifyrun *r)
{
	int e = errno;
	struct ka_out out;

	ka_out_init(&out, stderr, KA_OUT_AUTO);
	fputs("keyaudit verify: ", stderr);
	ka_out_escaped(&out, KA_OUT_PLAIN, r->failed != NULL ? r->failed : "the trail", KA_TEXT_PATH_MAX);
	if (err == KA_ERR_SYNTAX)
		fputs(": no anchor stands in it\n", stderr);
	else if (err == KA_ERR_SYS && e == EINVAL)
		fputs(": not a regular file\n", stderr);
	else if (err == KA_ERR_SYS && e == ENOTSUP)
		fputs(": it is compressed, and gzip cannot be run\n", stderr);
	else if (err == KA_ERR_SYS && e == ENOENT)
		fputs(": there is no such file\n", stderr);
	else
		fputs(err == KA_ERR_SYS ? ": cannot be read\n" : ": too much to be read\n", stderr);
	return err == KA_ERR_SYS && (e == EACCES || e == EPERM) ? KA_EXIT_NOPERM : KA_EXIT_UNDECIDED;
}

/* the verdict, and what it means for the status */
static int verify(const struct options *o, const struct ka_verifyjob *job, struct ka_verifyrun *r)
{
	struct ka_progress bar;
	enum ka_err err;
	int status;

	ka_progress_begin(&bar);
	err = ka_verifyrun_trail(job, &bar, r);
	if (err != KA_ERR_OK)
		return complain(err, r);
	(o->json ? ka_verifyshow_json : ka_verifyshow_text)(stdout, job, r);
	status = ka_verifyrun_status(r, o->strict);
	return fflush(stdout) != 0 && errno != EPIPE ? KA_EXIT_UNDECIDED : status;
}

/* The seals beside the trail, NULL when there are none: who took them away does not keep the trail from being judged. */
static const char *find_seals(const struct options *o, const char *trail, char *room, size_t size)
{
	if (o->seals != NULL)
		return o->seals;
	if (!ka_sealplace_seals(trail, room, size) || (access(room, F_OK) != 0 && errno == ENOENT))
		return NULL;
	return room;
}

/*
 * The configured trail and what lies beside it; -1: go on. The trail itself may be missing, when a rotation was killed between two
 * names: then the files beside it are what there is.
 */
static int find_files(const char *trail, struct ka_trailfiles *found)
{
	if (ka_trailfiles_find(trail, KA_TRAILFILES_COPIES, found) != KA_ERR_OK)
		return ka_logtrail_complain("verify", trail);
	if (found->foreign > 0)
		fprintf(stderr, "keyaudit verify: %zu compressed files beside the trail are not looked at; uncompress and name them\n",
			found->foreign);
	return -1;
}

/* What may be of this trail and could not be looked into: it is not broken, but nobody can say that it is not. */
static int say_unread(const struct ka_trailfiles *found, int status)
{
	struct ka_out out;

	if (found->unread == 0)
		return status;
	ka_out_init(&out, stderr, KA_OUT_AUTO);
	fputs("keyaudit verify: ", stderr);
	ka_out_escaped(&out, KA_OUT_PLAIN, found->unread_name != NULL ? found->unread_name : "a file beside the trail", KA_TEXT_PATH_MAX);
	fprintf(stderr, " was not looked into: %s%s\n", ka_trailbytes_why(found->unread_why),
		found->unread > 1 ? "; and it is not the only one" : "");
	return status == KA_EXIT_FINE ? KA_EXIT_UNDECIDED : status;
}

/* their names, the caller's to free(); NULL without memory */
static const char **names_of(const struct ka_trailfiles *found)
{
	const char **names = calloc(found->count + 1, sizeof(*names));

	for (size_t i = 0; names != NULL && i < found->count; i++)
		names[i] = found->file[i].name;
	return names;
}

/* Those of the configuration, found when the witnesses have been read already, or those that were named. */
static int verify_files(const struct options *o, const char *trail, struct ka_verifyjob *job, struct ka_verifyrun *r)
{
	struct ka_trailfiles found = { 0 };
	KA_AUTOFREE const char **names = NULL;
	int status = -1;

	if (o->files_count > 0)
		return verify(o, job, r);
	status = find_files(trail, &found);
	if (status == -1) {
		names = names_of(&found);
		job->files = names;
		job->files_count = found.count;
		job->open = &found;
		status = names != NULL ? say_unread(&found, verify(o, job, r)) : KA_EXIT_UNDECIDED;
	}
	ka_trailfiles_free(&found);
	return status;
}

static int run(const struct options *o, const struct ka_sealkey *k0)
{
	KA_AUTOFREE struct ka_verifyrun *r = calloc(1, sizeof(*r));
	struct ka_verifyjob job = { .files = o->files, .files_count = o->files_count, .anchors = o->anchor, .k0 = k0 };
	char seals[KA_CONF_TEXT_MAX], configured[KA_CONF_TEXT_MAX]; /* [audit] trail is no longer */
	const char *trail = configured;
	enum ka_err err;
	int status;

	if (r == NULL) {
		fputs("keyaudit verify: no memory\n", stderr);
		return KA_EXIT_UNDECIDED;
	}
	if (o->files_count > 0)
		trail = o->files[o->files_count - 1];
	else
		ka_logtrail_find("verify", o->conf, configured, sizeof(configured));
	if (o->files_count == 0 && access(trail, R_OK) != 0 && errno != ENOENT)
		return ka_logtrail_complain("verify", trail);
	job.seals = find_seals(o, trail, seals, sizeof(seals));
	err = ka_verifyrun_witnesses(&job, r);
	status = err == KA_ERR_OK ? verify_files(o, trail, &job, r) : complain(err, r);
	ka_verifyrun_end(r);
	return status;
}

int ka_cmd_verify(int argc, char **argv)
{
	struct ka_sealkey k0;
	struct options o;
	int status = read_options(&o, argc, argv);

	if (status == -1 && o.key != NULL)
		status = read_key(o.key, &k0);
	if (status == -1)
		status = run(&o, o.key != NULL ? &k0 : NULL);
	if (o.key != NULL)
		ka_sealkey_wipe(&k0);
	return status;
}
