/* keyaudit cache: what key stores have answered; making it old, taking it away, and forgetting serials. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "base/username.h"
#include "keyaudit/cache/cacheedit.h"
#include "keyaudit/cache/cacheforget.h"
#include "keyaudit/cache/cachelist.h"
#include "keyaudit/cache/cacheshow.h"
#include "keyaudit/cache/cacheverdicts.h"
#include "keyaudit/cache/fetchuser.h"
#include "keyaudit/cmd.h"
#include "keyaudit/screen/usage.h"
#include "source/confload.h"
#include "store/question.h"

#include "base/poison.h"

static const char usage[] =
	"usage: keyaudit cache status [SOURCE [USER]] [--json] [-c FILE]\n"
	"       keyaudit cache expire [SOURCE [USER]] [--json]\n"
	"       keyaudit cache clear [SOURCE [USER]] [--json]\n"
	"       keyaudit cache forget-serial SOURCE [USER] [-c FILE]\n"
	"       keyaudit cache status | clear --verdicts [--json]\n\n"
	"status         each entry: fresh, swr (served while it is asked for again),\n"
	"               stale (served only while the store cannot be asked), dead (not\n"
	"               served), its age, its serial, the last failure\n"
	"expire         from now on the store is asked first; the entry still bridges its\n"
	"               absence\n"
	"clear          take entries away: while the store cannot be asked, nobody whose\n"
	"               entry is gone has keys from it\n"
	"forget-serial  after a signer was replaced: the next document counts, whatever\n"
	"               its serial. It stands in the trail\n\n"
	"USER is an account, or :index or :revoked for the lists of a source.\n"
	"  --verdicts  not the stores: what arithmetic said of listed keys, which is kept\n"
	"              so that it is not done at each offer. Without them every key is\n"
	"              judged again\n"
	"  --json      status: one object per entry (schema " KA_CACHESHOW_SCHEMA "); of\n"
	"              verdicts, and for expire and clear, one object\n"
	"  -c FILE     another configuration\n\n"
	"Exit status: 0 fine, 1 an entry is torn or foreign, or the verdicts' table is\n"
	"foreign, 2 usage, 3 could not decide, 4 nothing of that name, 75 somebody is\n"
	"asking for it, or the trail cannot be written, 77 no permission.\n\n"
	"examples:\n"
	"  sudo keyaudit cache status corp\n"
	"  sudo keyaudit cache expire corp alice && sudo keyaudit refresh\n";

struct cache {
	const char *verb;
	bool json, verdicts;
	const char *source, *user, *conf_path;
	int64_t now;
	int fd;
	uid_t owner;
	struct ka_out out;
};

static int open_cache(struct cache *c)
{
	switch (ka_cachelist_open(KA_PATH_CACHE, &c->fd, &c->owner)) {
	case KA_ERR_OK:
		return KA_EXIT_FINE;
	case KA_ERR_SYNTAX:
		fputs("keyaudit cache: others than its owner may write in " KA_PATH_CACHE "; mend: systemd-tmpfiles --create keyaudit.conf\n", stderr);
		return KA_EXIT_UNDECIDED;
	default:
		if (errno == EACCES) {
			fputs("keyaudit cache: permission denied: " KA_PATH_CACHE "\n", stderr);
			return KA_EXIT_NOPERM;
		}
		fprintf(stderr, "keyaudit cache: " KA_PATH_CACHE " cannot be opened (%s); mend: systemd-tmpfiles --create keyaudit.conf\n",
			strerrorname_np(errno));
		return KA_EXIT_UNDECIDED;
	}
}

/* NULL when it cannot be had, which is said: then nobody knows how long an entry may be bridged */
static struct ka_conf *load_conf(const struct cache *c)
{
	KA_AUTOFREE struct ka_conf *conf = calloc(1, sizeof(*conf));
	KA_AUTOFREE struct ka_confload *load = calloc(1, sizeof(*load));
	struct ka_conf_errors errors = { .count = 0 };

	if (conf == NULL || load == NULL || ka_confload(c->conf_path, conf, load, &errors) != KA_ERR_OK)
		return NULL;
	if (load->reason != KA_REASON_NONE && load->reason != KA_REASON_CONF_DISABLED) {
		fprintf(stderr, "keyaudit cache: without the configuration max_stale and formats are not known: %s\n", load->text);
		return NULL;
	}
	return ka_steal_ptr(&conf);
}

static int status(struct cache *c)
{
	KA_AUTOFREE struct ka_conf *conf = load_conf(c);
	struct ka_serialdir serials = { .fd = -1 };
	struct ka_cachelist_want want = { .source = c->source, .user = c->user, .conf = conf, .now = c->now };
	struct ka_cachelist list;
	int result = open_cache(c);

	if (result != KA_EXIT_FINE)
		return result;
	/* the command's own: root reads them, others go without */
	if (ka_serialdir_open(KA_PATH_SERIALS, &serials) == KA_ERR_OK)
		want.serials = &serials;
	if (ka_cachelist_read(c->fd, c->owner, &want, &list) != KA_ERR_OK)
		result = KA_EXIT_UNDECIDED;
	ka_serialdir_close(&serials);
	if (result == KA_EXIT_FINE && c->json)
		ka_cacheshow_json(&list, c->now);
	else if (result == KA_EXIT_FINE)
		ka_cacheshow_table(&c->out, &list, c->now);
	if (result == KA_EXIT_FINE && list.count == 0 && c->source != NULL)
		result = KA_EXIT_UNKNOWN;
	for (size_t i = 0; result == KA_EXIT_FINE && i < list.count; i++)
		if (list.rows[i].is_invalid)
			result = KA_EXIT_FINDINGS;
	ka_cachelist_free(&list);
	return result;
}

static void tell(const struct cache *c, const struct ka_cacheedit *e, const char *done)
{
	if (c->json)
		ka_cacheshow_edit_json(c->verb, e);
	else
		printf("%zu %s %s\n", e->done, e->done == 1 ? "entry" : "entries", done);
	if (e->busy > 0)
		fprintf(stderr, "keyaudit cache: %zu left alone: somebody is asking for them right now; try again\n", e->busy);
	if (e->failed > 0)
		fprintf(stderr, "keyaudit cache: %zu could not be written\n", e->failed);
}

static int edit(struct cache *c, enum ka_err (*act)(int cache, uid_t owner, struct ka_cacheedit *e), const char *done)
{
	struct ka_cacheedit e = { .source = c->source, .user = c->user, .now = c->now };
	enum ka_fetchuser_answer who = ka_fetchuser_become(true);
	int result;

	if (who != KA_FETCHUSER_IS)
		return ka_fetchuser_say("cache", who);
	result = open_cache(c);
	if (result != KA_EXIT_FINE)
		return result;
	if (c->owner != geteuid()) {
		fputs("keyaudit cache: " KA_PATH_CACHE " does not belong to " KA_FETCH_USER "; mend: systemd-tmpfiles --create keyaudit.conf\n", stderr);
		return KA_EXIT_UNDECIDED;
	}
	if (act(c->fd, c->owner, &e) != KA_ERR_OK)
		return KA_EXIT_UNDECIDED;
	tell(c, &e, done);
	if (e.failed > 0)
		return KA_EXIT_UNDECIDED;
	return e.busy > 0 ? KA_EXIT_TEMPORARY : KA_EXIT_FINE;
}

static int expire(struct cache *c)
{
	return edit(c, ka_cacheedit_expire, "made old");
}

static int clear(struct cache *c)
{
	return edit(c, ka_cacheedit_clear, "taken away");
}

static int no_verdicts(const char *dir, bool json)
{
	(void)dir;
	(void)json;
	return ka_usage_error("cache", "verdicts are only looked at (status) or taken away (clear)", NULL);
}

static int forget(struct cache *c)
{
	return c->source == NULL ? ka_usage_error("cache", "forget-serial wants a source", NULL) :
				   ka_cacheforget_run(c->conf_path, c->source, c->user);
}

static const struct verb {
	const char *name;
	int (*run)(struct cache *c);
	int (*verdicts)(const char *dir, bool json); /* with --verdicts */
} verbs[] = {
	{ "status", status, ka_cacheverdicts_status },
	{ "expire", expire, no_verdicts },
	{ "clear", clear, ka_cacheverdicts_clear },
	{ "forget-serial", forget, no_verdicts },
};

static bool is_user(const char *name)
{
	return ka_username_is_valid(ka_span_of(name)) || strcmp(name, KA_QUESTION_INDEX) == 0 || strcmp(name, KA_QUESTION_REVOKED) == 0;
}

static int take_word(struct cache *c, const char *word)
{
	if (c->verb == NULL) {
		c->verb = word;
	} else if (c->source == NULL) {
		c->source = word;
		if (!ka_cachelist_is_source(word))
			return ka_usage_error("cache", "no source can be called", word);
	} else if (c->user == NULL) {
		c->user = word;
		if (!is_user(word))
			return ka_usage_error("cache", "no user can be called", word);
	} else {
		return ka_usage_stray("cache", word);
	}
	return KA_EXIT_FINE;
}

int ka_cmd_cache(int argc, char **argv)
{
	struct cache c = { .conf_path = KA_PATH_CONF, .now = ka_clock_wall_us() / 1000000, .fd = -1 };
	int result = KA_EXIT_FINE;

	for (int i = 1; i < argc && result == KA_EXIT_FINE; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			fputs(usage, stdout);
			return KA_EXIT_FINE;
		}
		if (strcmp(argv[i], "--json") == 0)
			c.json = true;
		else if (strcmp(argv[i], "--verdicts") == 0)
			c.verdicts = true;
		else if (strcmp(argv[i], "-c") == 0 && i + 1 < argc)
			c.conf_path = argv[++i];
		else if (strcmp(argv[i], "-c") == 0)
			result = ka_usage_error("cache", "a value is missing behind", "-c");
		else if (argv[i][0] == '-')
			result = ka_usage_stray("cache", argv[i]);
		else
			result = take_word(&c, argv[i]);
	}
	if (result != KA_EXIT_FINE)
		return result;
	if (c.verdicts && c.source != NULL)
		return ka_usage_error("cache", "verdicts belong to no source", c.source);
	ka_out_init(&c.out, stdout, KA_OUT_AUTO);
	for (size_t i = 0; c.verb != NULL && i < KA_ARRAY_LEN(verbs); i++)
		if (strcmp(c.verb, verbs[i].name) == 0) {
			result = c.verdicts ? verbs[i].verdicts(KA_PATH_VERDICTS, c.json) : verbs[i].run(&c);
			if (c.fd >= 0)
				close(c.fd);
			return result;
		}
	return ka_usage_error("cache", "status, expire, clear or forget-serial?", c.verb);
}
