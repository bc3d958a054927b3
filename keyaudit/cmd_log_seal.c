/* keyaudit log seal: end an epoch of the trail. The one program that opens the sealing key. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/paths.h"
#include "keyaudit/cmd.h"
#include "keyaudit/health/healthseal.h"
#include "keyaudit/screen/usage.h"
#include "keyaudit/seal/sealanchor.h"
#include "keyaudit/seal/sealplace.h"
#include "keyaudit/seal/sealrun.h"
#include "source/confload.h"

#include "base/poison.h"

#define VERB "log seal"

static const char usage[] =
	"usage: keyaudit log seal [--init] [-c FILE]\n\n"
	"Seals what the trail holds now and forgets the key: nobody can make this seal\n"
	"again, not even root. Run by keyaudit-seal.timer every 15 minutes, by\n"
	"keyaudit-seal.path after 256 records, and by a rotation.\n"
	"  --init   make the first key, and show K0, with which `keyaudit verify` tells\n"
	"           who made the seals. It is shown once and stored nowhere: keep it\n"
	"           where this host's root cannot read it\n"
	"  -c FILE  another configuration file\n\n"
	"examples:\n"
	"  sudo keyaudit log seal --init\n"
	"  sudo keyaudit log seal\n";

/* NULL when there is no usable one; it has been said then */
static struct ka_conf *load(const char *path)
{
	KA_AUTOFREE struct ka_confload *l = calloc(1, sizeof(*l));
	KA_AUTOFREE struct ka_conf *conf = calloc(1, sizeof(*conf));

	if (l == NULL || conf == NULL || ka_confload(path, conf, l, NULL) != KA_ERR_OK) {
		fputs("keyaudit log seal: the configuration could not be looked at\n", stderr);
		return NULL;
	}
	if (l->reason != KA_REASON_NONE && l->reason != KA_REASON_CONF_DISABLED) {
		fprintf(stderr, "keyaudit log seal: no usable configuration: %s\n", l->text);
		return NULL;
	}
	return ka_steal_ptr(&conf);
}

static int complain(enum ka_err err)
{
	if (err == KA_ERR_SYS && (errno == EACCES || errno == EPERM)) {
		fputs("keyaudit log seal: trail, seals or key are not ours, or others may write them; it runs as root\n", stderr);
		return KA_EXIT_NOPERM;
	}
	if (err == KA_ERR_SYNTAX || err == KA_ERR_LIMIT) {
		fputs("keyaudit log seal: " KA_SEALPLACE_KEY " holds no key that fits the seals; see keyaudit(8), log seal\n", stderr);
		return KA_EXIT_UNDECIDED;
	}
	fputs(err == KA_ERR_TIMEOUT ? "keyaudit log seal: somebody holds the trail's lock; it is tried again by the timer\n" :
				      "keyaudit log seal: trail, seals or key cannot be read or written (is the disk full?)\n", stderr);
	return KA_EXIT_TEMPORARY;
}

static int begin(const struct ka_sealjob *job, const char *conf)
{
	char text[KA_SEALKEY_TEXT_MAX];
	struct ka_sealkey k0;
	enum ka_err err = ka_sealrun_begin(job, &k0);
	struct ka_buf b;
	int status = KA_EXIT_FINE;

	if (err == KA_ERR_SYS && errno == EEXIST) {
		fputs("keyaudit log seal: sealing has begun already: " KA_SEALPLACE_KEY " or the seals beside the trail are there.\n"
		      "To begin anew move both away, and keep the seals: the old K0 still checks them.\n", stderr);
		return KA_EXIT_FINDINGS;
	}
	if (err != KA_ERR_OK)
		return complain(err);
	ka_buf_init_array(&b, text);
	ka_sealkey_show(&k0, &b);
	fprintf(stderr, "K0, shown once and stored nowhere. Keep it where this host's root cannot read it:\n");
	if (printf("%s\n", text) < 0 || fflush(stdout) != 0) {
		unlink(job->key); /* a key whose K0 nobody has seen is worth nothing */
		fputs("keyaudit log seal: K0 could not be shown, and nothing was begun\n", stderr);
		status = KA_EXIT_UNDECIDED;
	} else {
		fputs("\nNext: set [audit] anchor, so that somebody else holds the seals, and\n"
		      "  systemctl enable --now keyaudit-seal.timer keyaudit-seal.path\n", stderr);
		ka_healthseal_tell(VERB, conf, KA_HEALTHSEAL_BEGUN, NULL);
	}
	sodium_memzero(text, sizeof(text));
	ka_sealkey_wipe(&k0);
	return status;
}

/* what was wrong is said, and a place that takes no anchors too: once, and once when it works again */
static const char *failure(enum ka_err err)
{
	if (err == KA_ERR_SYNTAX || err == KA_ERR_LIMIT)
		return "the key does not fit the seals";
	return err == KA_ERR_SYS && (errno == EACCES || errno == EPERM) ? "trail, seals or key are not root's alone" :
									  "trail, seals or key cannot be read or written";
}

static bool has_seals(const char *trail)
{
	char seals[KA_CONF_TEXT_MAX];
	struct stat st;

	return ka_sealplace_seals(trail, seals, sizeof(seals)) && lstat(seals, &st) == 0;
}

static int seal(const struct ka_sealjob *job, const char *conf, const char *anchor)
{
	char text[KA_SEAL_LINE_MAX];
	enum ka_sealrun_answer answer;
	struct ka_buf line;
	enum ka_err err;
	int status;

	(void)unlink(KA_SEALPLACE_FLAG); /* first: who fills another epoch meanwhile asks again */
	ka_buf_init_array(&line, text);
	err = ka_sealrun(job, &answer, &line);
	if (err != KA_ERR_OK) {
		const char *wrong = failure(err);

		status = complain(err);
		if (err != KA_ERR_TIMEOUT) /* that one is no state */
			ka_healthseal_tell(VERB, conf, KA_HEALTHSEAL_SEAL, wrong);
		return status;
	}
	if (answer == KA_SEALRUN_SEALED) {
		ka_healthseal_tell(VERB, conf, KA_HEALTHSEAL_SEAL, NULL);
		ka_healthseal_tell(VERB, conf, KA_HEALTHSEAL_ANCHOR, ka_sealanchor_leave(anchor, ka_buf_as_span(&line)));
	} else if (answer == KA_SEALRUN_NO_KEY && has_seals(job->trail)) {
		fputs("keyaudit log seal: " KA_SEALPLACE_KEY " is not there any more\n", stderr);
		ka_healthseal_tell(VERB, conf, KA_HEALTHSEAL_SEAL, "its key is gone");
		return KA_EXIT_UNDECIDED;
	} else {
		fputs(answer == KA_SEALRUN_NO_KEY ? "keyaudit log seal: nothing is sealed here; keyaudit log seal --init begins it\n" :
						    "keyaudit log seal: there is no trail to seal yet\n", stderr);
	}
	return KA_EXIT_FINE;
}

int ka_cmd_log_seal(int argc, char **argv)
{
	struct ka_sealjob job = { .lock = KA_PATH_TRAIL_LOCK, .key = KA_SEALPLACE_KEY, .why = "timer" };
	struct ka_conf *conf;
	const char *path = KA_PATH_CONF;
	bool init = false;
	int status;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			fputs(usage, stdout);
			return KA_EXIT_FINE;
		}
		if (strcmp(argv[i], "--init") == 0)
			init = true;
		else if (strcmp(argv[i], "-c") == 0 && i + 1 < argc)
			path = argv[++i];
		else
			return ka_usage_stray("log seal", argv[i]);
	}
	conf = load(path);
	if (conf == NULL)
		return KA_EXIT_UNDECIDED;
	job.trail = conf->trail;
	status = init ? begin(&job, path) : seal(&job, path, conf->anchor);
	free(conf);
	return status;
}
