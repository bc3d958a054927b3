/*
 * keyaudit log rotate: begin a new file of the trail. A timer or cron calls it; what it renames is logrotate's to compress
 * and expire.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/trailrotate.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/paths.h"
#include "base/text.h"
#include "keyaudit/cmd.h"
#include "keyaudit/health/healthseal.h"
#include "keyaudit/log/logquery.h"
#include "keyaudit/screen/out_text.h"
#include "keyaudit/screen/usage.h"
#include "keyaudit/screen/words.h"
#include "keyaudit/seal/sealanchor.h"
#include "keyaudit/seal/sealplace.h"
#include "keyaudit/seal/sealrun.h"
#include "source/confload.h"

#include "base/poison.h"

#define VERB "log rotate"

static const char usage[] =
	"usage: keyaudit log rotate [--if-older AGE] [--if-larger SIZE] [-c FILE]\n\n"
	"Ends the audit trail with a last record and a seal, renames it to a name with\n"
	"date and time, and begins a new file that goes on with its numbers and hashes.\n"
	"Needs root.\n"
	"  --if-older AGE    only when its first line is older: 12h, 7d\n"
	"  --if-larger SIZE  only when it has at least so many bytes: 64M, 1G; with both,\n"
	"                    either will do\n"
	"  -c FILE           another configuration file\n\n"
	"example:\n"
	"  sudo keyaudit log rotate --if-older 7d --if-larger 256M\n";

struct options {
	bool has_older;
	char older[KA_CLOCK_TEXT_MAX];
	int64_t larger;
	const char *conf;
};

static bool parse_size(const char *text, int64_t *out)
{
	static const struct { char unit; unsigned shift; } units[] = { { 'K', 10 }, { 'M', 20 }, { 'G', 30 } };
	struct ka_span s = ka_span_of(text);
	unsigned shift = 0;
	uint64_t v;

	for (size_t i = 0; i < KA_ARRAY_LEN(units); i++)
		if (s.len > 1 && s.p[s.len - 1] == units[i].unit)
			shift = units[i].shift;
	if (!ka_text_to_u64(ka_span_sub(s, 0, s.len - (shift > 0 ? 1 : 0)), INT64_MAX >> shift, &v) || v == 0)
		return false;
	*out = (int64_t)(v << shift);
	return true;
}

/* -1: go on; else the exit status */
static int read_options(struct options *o, int argc, char **argv)
{
	const char *older = NULL, *larger = NULL;
	const struct ka_word words[] = { { "--if-older", &older }, { "--if-larger", &larger }, { "-c", &o->conf } };
	int status;

	*o = (struct options){ .conf = KA_PATH_CONF };
	status = ka_words_read(VERB, usage, words, KA_ARRAY_LEN(words), argc, argv);
	if (status >= 0)
		return status;
	o->has_older = older != NULL;
	if (o->has_older && !ka_logquery_since(older, ka_clock_wall_us(), o->older))
		return ka_usage_error(VERB, "not an age (12h, 7d):", older);
	if (larger != NULL && !parse_size(larger, &o->larger))
		return ka_usage_error(VERB, "not a size (64M, 1G):", larger);
	return -1;
}

static int complain(const char *trail, const char *what)
{
	struct ka_out err;

	ka_out_init(&err, stderr, KA_OUT_AUTO);
	fputs("keyaudit " VERB ": ", stderr);
	ka_out_escaped(&err, KA_OUT_PLAIN, trail, KA_TEXT_PATH_MAX);
	fprintf(stderr, ": %s\n", what);
	return KA_EXIT_UNDECIDED;
}

static int say_fault(const char *trail, enum ka_err err)
{
	int e = errno;

	if (err == KA_ERR_TIMEOUT) {
		(void)complain(trail, "others are writing into it all the time; nothing was changed, try again");
		return KA_EXIT_TEMPORARY;
	}
	if (err == KA_ERR_SYS && (e == EPERM || e == EACCES)) {
		(void)complain(trail, geteuid() == 0 ? "it or its folder is not root's own, or others may write there" : "this needs root");
		return KA_EXIT_NOPERM;
	}
	return complain(trail, err == KA_ERR_SYS && strerrorname_np(e) != NULL ? strerrorname_np(e) : "it could not be rotated");
}

static int say_answer(const char *trail, enum ka_trailrotate_answer answer, const struct ka_trailrotate_result *r)
{
	struct ka_out out;

	if (answer == KA_TRAILROTATE_FULL) {
		(void)complain(trail, "less free space than [audit] min_free; nothing was renamed");
		return KA_EXIT_TEMPORARY;
	}
	if (answer == KA_TRAILROTATE_NOTHING || answer == KA_TRAILROTATE_EARLY) {
		puts(answer == KA_TRAILROTATE_NOTHING ? "nothing to rotate: no event in it" : "not yet: neither large nor old enough");
		return KA_EXIT_FINE;
	}
	ka_out_init(&out, stdout, KA_OUT_AUTO);
	fputs("rotated: what was written up to now stands in ", stdout);
	ka_out_escaped(&out, KA_OUT_PLAIN, r->file, KA_TRAIL_NAME_MAX);
	printf(", up to number %llu\n", (unsigned long long)r->last);
	return KA_EXIT_FINE;
}

/* the seal over a file's last line, and what is to be left elsewhere */
struct sealed {
	const char *trail;
	enum ka_sealrun_answer answer;
	enum ka_err err;
	char text[KA_SEAL_LINE_MAX];
	struct ka_buf line;
};

static bool seal(void *ctx, const char *chain, uint64_t seq, const char *hash)
{
	struct sealed *s = ctx;
	const struct ka_sealjob job = { .trail = s->trail, .lock = KA_PATH_TRAIL_LOCK, .key = KA_SEALPLACE_KEY, .why = "rotate" };

	(void)chain; /* it reads them from the trail itself, as always */
	(void)seq;
	(void)hash;
	ka_buf_init_array(&s->line, s->text);
	s->err = ka_sealrun_locked(&job, &s->answer, &s->line);
	return s->err == KA_ERR_OK && s->answer == KA_SEALRUN_SEALED;
}

/* A rotation goes on without its seal: the next epoch's vouches for that file as well. */
static void leave_seal(const struct sealed *s, const struct ka_trailrotate_result *r, const char *conf, const char *anchor)
{
	if (s->err != KA_ERR_OK)
		fputs("keyaudit " VERB ": the old file was not sealed; keyaudit log seal says why\n", stderr);
	if (r->is_sealed)
		ka_healthseal_tell(VERB, conf, KA_HEALTHSEAL_ANCHOR, ka_sealanchor_leave(anchor, ka_buf_as_span(&s->line)));
}

int ka_cmd_log_rotate(int argc, char **argv)
{
	KA_AUTOFREE struct ka_conf *conf = calloc(1, sizeof(*conf));
	KA_AUTOFREE struct ka_confload *load = calloc(1, sizeof(*load));
	KA_AUTOFREE struct sealed *sealed = calloc(1, sizeof(*sealed));
	struct ka_trailrotate_job job = { .lock_path = KA_PATH_TRAIL_LOCK };
	struct ka_trailrotate_result result;
	enum ka_trailrotate_answer answer;
	struct options o;
	int status = read_options(&o, argc, argv);
	enum ka_err err;

	if (status >= 0)
		return status;
	if (conf == NULL || load == NULL || sealed == NULL || ka_confload(o.conf, conf, load, NULL) != KA_ERR_OK ||
	    (load->reason != KA_REASON_NONE && load->reason != KA_REASON_CONF_DISABLED)) {
		fprintf(stderr, "keyaudit " VERB ": no usable configuration (%s), nothing was renamed\n",
			load != NULL && load->text[0] != '\0' ? load->text : "it cannot be read");
		return KA_EXIT_UNDECIDED;
	}
	sealed->trail = conf->trail;
	job.seal = seal;
	job.ctx = sealed;
	job.path = conf->trail;
	job.min_free_mib = conf->min_free_mib;
	job.larger = o.larger;
	job.older = o.has_older ? o.older : NULL;
	err = ka_trailrotate(&job, &answer, &result);
	if (err == KA_ERR_OK && answer == KA_TRAILROTATE_DONE)
		leave_seal(sealed, &result, o.conf, conf->anchor);
	return err != KA_ERR_OK ? say_fault(conf->trail, err) : say_answer(conf->trail, answer, &result);
}
