/*
 * keyaudit metrics: counters for Prometheus' textfile collector. What was counted is remembered, so that a trail that was
 * rotated away still counts. It writes two files and changes nothing else.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/paths.h"
#include "diag/sshdask.h"
#include "keyaudit/cmd.h"
#include "keyaudit/log/logtrail.h"
#include "keyaudit/metrics/metricscount.h"
#include "keyaudit/metrics/metricsfile.h"
#include "keyaudit/metrics/metricsgauge.h"
#include "keyaudit/metrics/metricsread.h"
#include "keyaudit/metrics/metricsstate.h"
#include "keyaudit/metrics/metricstext.h"
#include "keyaudit/screen/out_text.h"
#include "keyaudit/screen/usage.h"
#include "keyaudit/screen/words.h"
#include "source/confload.h"

#include "base/poison.h"

static const char usage[] =
	"usage: keyaudit metrics --textfile FILE [--state FILE] [--trail FILE] [-c FILE]\n\n"
	"Counts the audit trail for Prometheus and writes FILE, which the node exporter's\n"
	"textfile collector reads.\n"
	"  --textfile FILE  replaced whole; its name must end in .prom. \"-\": print, and\n"
	"                   remember nothing\n"
	"  --state FILE     what was counted, so that counters only grow\n"
	"                   (" KA_PATH_METRICS "/counters)\n"
	"  --trail FILE     another trail than the configured one, with what was rotated\n"
	"                   away from it: counters go on over rotations\n"
	"  -c FILE          another configuration file\n\n"
	"examples:\n"
	"  cd /var/lib/prometheus/node-exporter\n"
	"  sudo keyaudit metrics --textfile keyaudit.prom\n"
	"  sudo keyaudit metrics --textfile - | promtool check metrics\n";

struct options {
	const char *textfile, *state, *trail, *conf;
};

static bool is_prom(const char *name)
{
	struct ka_span s = ka_span_of(name);

	return s.len > 5 && ka_span_is(ka_span_sub(s, s.len - 5, 5), ".prom");
}

/* -1: go on; else the exit status */
static int read_options(struct options *o, int argc, char **argv)
{
	const struct ka_word words[] = {
		{ "--textfile", &o->textfile }, { "--state", &o->state }, { "--trail", &o->trail }, { "-c", &o->conf },
	};
	int status;

	*o = (struct options){ .state = KA_PATH_METRICS "/counters", .conf = KA_PATH_CONF };
	status = ka_words_read("metrics", usage, words, KA_ARRAY_LEN(words), argc, argv);
	if (status >= 0)
		return status;
	if (o->textfile == NULL)
		return ka_usage_error("metrics", "where to? --textfile is missing", NULL);
	if (strcmp(o->textfile, "-") != 0 && !is_prom(o->textfile))
		return ka_usage_error("metrics", "the collector reads only names that end in .prom:", o->textfile);
	return -1;
}

static int complain(const char *path, const char *what)
{
	const char *name = errno != 0 ? strerrorname_np(errno) : NULL;
	bool is_right = errno == EACCES || errno == EPERM;
	struct ka_out err;

	ka_out_init(&err, stderr, KA_OUT_AUTO);
	fputs("keyaudit metrics: ", stderr);
	ka_out_escaped(&err, KA_OUT_PLAIN, path, KA_PATH_MAX);
	fprintf(stderr, ": %s%s%s\n", what, name != NULL ? ": " : "", name != NULL ? name : "");
	return is_right ? KA_EXIT_NOPERM : KA_EXIT_UNDECIDED;
}

/* The counters as they were left; a state that is none is said, and they begin with zero: Prometheus knows such resets. */
static int load(const char *path, struct ka_metricscount *c)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	KA_AUTOFREE char *text = NULL;
	size_t len;

	if (fd < 0 && errno == ENOENT)
		return KA_EXIT_FINE;
	if (fd < 0 || ka_fd_slurp(fd, KA_METRICS_STATE_MAX, &text, &len) != KA_ERR_OK)
		return complain(path, "cannot be read");
	if (!ka_metricsstate_parse((struct ka_span){ .p = (const unsigned char *)text, .len = len }, c)) {
		errno = 0;
		(void)complain(path, "holds no counters; they begin with zero");
	}
	return KA_EXIT_FINE;
}

static int count(const char *trail, struct ka_metricscount *c)
{
	struct ka_metricscount *now = malloc(sizeof(*now));
	enum ka_err err;
	int e;

	if (now == NULL)
		return KA_EXIT_UNDECIDED;
	*now = *c;
	err = ka_metricsread(trail, now);
	e = errno;
	if (err == KA_ERR_OK)
		*c = *now;
	free(now);
	errno = e;
	/* no trail, nothing new; what was counted before is still true */
	if (err == KA_ERR_OK || (err == KA_ERR_SYS && e == ENOENT))
		return KA_EXIT_FINE;
	if (err == KA_ERR_SYS)
		return ka_logtrail_complain("metrics", trail);
	errno = 0;
	return complain(trail, "it could not be counted");
}

static void look(const char *trail, const struct ka_conf *conf, struct ka_metricsgauge *g)
{
	char version[64];
	int64_t now = ka_clock_wall_us() / 1000000;

	if (conf != NULL) {
		ka_metricsgauge_stores(g, KA_PATH_CACHE, conf, now);
		ka_sshdask_version(conf->sshd_program, version, sizeof(version));
		ka_metricsgauge_openssh(g, version);
	}
	ka_metricsgauge_spool(g, KA_PATH_SPOOL, now);
	ka_metricsgauge_verdicts(g, KA_PATH_VERDICTS);
	ka_metricsgauge_seal(g, trail);
}

static int save(const struct options *o, const struct ka_metricscount *c, struct ka_span text)
{
	KA_AUTOFREE char *bytes = malloc(KA_METRICS_STATE_MAX);
	struct ka_buf b;

	if (bytes == NULL)
		return KA_EXIT_UNDECIDED;
	ka_buf_init(&b, bytes, KA_METRICS_STATE_MAX);
	ka_metricsstate_write(c, &b);
	errno = 0;
	/* the state first: whoever is killed in between shows more the next time, never less */
	if (ka_buf_check(&b) != KA_ERR_OK || ka_metricsfile_put(o->state, ka_buf_as_span(&b), 0600) != KA_ERR_OK)
		return complain(o->state, "cannot be written");
	if (ka_metricsfile_put(o->textfile, text, 0644) != KA_ERR_OK)
		return complain(o->textfile, "cannot be written");
	return KA_EXIT_FINE;
}

/* The configuration, or NULL when it cannot be believed. */
static struct ka_conf *conf_new(const char *path)
{
	struct ka_conf *conf = calloc(1, sizeof(*conf));
	KA_AUTOFREE struct ka_confload *loaded = calloc(1, sizeof(*loaded));

	if (conf != NULL && loaded != NULL && ka_confload(path, conf, loaded, NULL) == KA_ERR_OK &&
	    (loaded->reason == KA_REASON_NONE || loaded->reason == KA_REASON_CONF_DISABLED))
		return conf;
	free(conf);
	return NULL;
}

static int run(const struct options *o, const char *trail, struct ka_metricscount *c, struct ka_metricsgauge *g)
{
	KA_AUTOFREE char *bytes = malloc(KA_METRICS_TEXT_MAX);
	KA_AUTOFREE struct ka_conf *conf = conf_new(o->conf);
	struct ka_buf b;
	int status;

	(void)ka_metricscount_source(c, ka_span_of(""), false); /* the others are always there */
	for (size_t i = 0; conf != NULL && i < conf->sources_count; i++)
		(void)ka_metricscount_source(c, ka_span_of(conf->sources[i].name), true);
	status = count(trail, c);
	if (status != KA_EXIT_FINE || bytes == NULL)
		return status != KA_EXIT_FINE ? status : KA_EXIT_UNDECIDED;
	look(trail, conf, g);
	ka_buf_init(&b, bytes, KA_METRICS_TEXT_MAX);
	ka_metricstext_write(c, g, &b);
	if (ka_buf_check(&b) != KA_ERR_OK)
		return KA_EXIT_UNDECIDED;
	if (strcmp(o->textfile, "-") != 0)
		return save(o, c, ka_buf_as_span(&b));
	fwrite(b.p, 1, b.len, stdout);
	return fflush(stdout) == 0 ? KA_EXIT_FINE : KA_EXIT_UNDECIDED;
}

/* -1: not to be had. Two that count at once would each forget what the other one counted. */
static int take_lock(const char *state)
{
	KA_AUTOCLOSE int fd = -1;
	char name[KA_PATH_TRUSTED_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, name);
	ka_buf_text(&b, state);
	ka_buf_text(&b, ".lock");
	if (ka_buf_check(&b) == KA_ERR_OK)
		fd = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || ka_fd_lock(fd, KA_METRICS_LOCK_MS) != KA_ERR_OK)
		return -1;
	return ka_steal_fd(&fd);
}

int ka_cmd_metrics(int argc, char **argv)
{
	KA_AUTOFREE struct ka_metricscount *c = calloc(1, sizeof(*c));
	KA_AUTOFREE struct ka_metricsgauge *g = calloc(1, sizeof(*g));
	KA_AUTOCLOSE int lock = -1;
	char configured[KA_TEXT_PATH_MAX];
	struct options o;
	int status = read_options(&o, argc, argv);

	if (status >= 0)
		return status;
	if (c == NULL || g == NULL)
		return KA_EXIT_UNDECIDED;
	if (strcmp(o.textfile, "-") != 0) {
		lock = take_lock(o.state);
		if (lock < 0)
			return complain(o.state, "its lock is not to be had");
	}
	status = load(o.state, c);
	if (status != KA_EXIT_FINE)
		return status;
	if (o.trail == NULL)
		ka_logtrail_find("metrics", o.conf, configured, sizeof(configured));
	return run(&o, o.trail != NULL ? o.trail : configured, c, g);
}
