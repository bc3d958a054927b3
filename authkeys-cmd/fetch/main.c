/*
 * authkeys-fetch: asks key stores over HTTP and keeps their answers in the cache. The only program that opens a network
 * connection, under a uid of its own, because one uid may rewrite whatever else runs under it.
 *
 * MUST: drop to that uid before anything else; believe nothing of whoever started it; say no secret anywhere.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authkeys-cmd/fetch/fetchargs.h"
#include "authkeys-cmd/fetch/fetchdownload.h"
#include "authkeys-cmd/fetch/fetchdrop.h"
#include "authkeys-cmd/fetch/fetchone.h"
#include "authkeys-cmd/fetch/fetchrefresh.h"
#include "authkeys-cmd/fetch/fetchsandbox.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/paths.h"
#include "source/confload.h"
#include "store/question.h"

#include "base/poison.h"

static const char help[] =
	"usage: authkeys-fetch [--deadline MS] [--fp FINGERPRINT [--key KEY]]\n"
	"                      [--except SHA256] [--background] SOURCE USER\n"
	"       authkeys-fetch --refresh [--now] [--source NAME]\n"
	"       authkeys-fetch --wanted\n"
	"       authkeys-fetch --download URL --max BYTES [--ca-file FILE] [--pins LIST]\n"
	"\n"
	"Asks the key stores of keyaudit.conf(5) and keeps their answers in\n"
	KA_PATH_CACHE ". authkeys-cmd runs the first form on a miss, a timer\n"
	"the second, a path unit the third; administrators use keyaudit refresh. It runs\n"
	"as " KA_FETCH_USER " only. The last form is for keyaudit blocklist update, and for\n"
	"root and " KA_FETCH_USER " alone.\n"
	"\n"
	"  SOURCE USER       print the entry, or one line that says why there is none\n"
	"  --deadline MS     the longest wait, 2500 when not given\n"
	"  --fp FINGERPRINT  the offered key, for stores that are asked by it\n"
	"  --key KEY         the same in base64, for stores that are asked by that\n"
	"  --except SHA256   take no document with this hash, nor measure others by it\n"
	"  --background      only if the cache needs it; print nothing\n"
	"  --refresh         everything that is no longer fresh\n"
	"  --now             also what is fresh, after a wait of up to 30 s\n"
	"  --source NAME     that source alone\n"
	"  --wanted          what lookups have missed\n"
	"  --download URL    print what lies there; it is neither looked at nor kept\n"
	"  --max BYTES       more than that is an error\n"
	"  --ca-file FILE    trust these certificate authorities and no others\n"
	"  --pins LIST       trust these public keys only, sha256//BASE64\n"
	"\n"
	"example: runuser -u " KA_FETCH_USER " -- authkeys-fetch corp alice\n";

static int complain(const char *what)
{
	fprintf(stderr, "authkeys-fetch: %s\n", what);
	return 2;
}

static const struct ka_conf_source *find(const struct ka_conf *c, const char *name)
{
	for (size_t i = 0; i < c->sources_count; i++)
		if (c->sources[i].kind == KA_CONF_KIND_HTTP && strcmp(c->sources[i].name, name) == 0)
			return &c->sources[i];
	return NULL;
}

static bool has_list(const struct ka_conf_source *s, const char *user)
{
	if (strcmp(user, KA_QUESTION_REVOKED) == 0)
		return s->revoked_url[0] != '\0';
	return strcmp(user, KA_QUESTION_INDEX) != 0 || s->index_url[0] != '\0';
}

static int fetch_one(const struct ka_conf *c, const struct ka_fetchargs *a)
{
	struct ka_fetchone one = {
		.cache = KA_PATH_CACHE, .source = find(c, a->source), .user = a->user, .fp = a->fp, .key = a->key, .except = a->except,
		.deadline_ms = a->deadline_ms,
		.when = a->background ? KA_FETCHONE_IF_NEEDED : KA_FETCHONE_ON_MISS, .out_fd = a->background ? -1 : STDOUT_FILENO,
	};
	struct ka_fetchhttp http;
	struct ka_lasttry why;

	if (one.source == NULL)
		return complain("[lookup] sources names no http source of that name");
	if (!has_list(one.source, one.user))
		return complain("that source has no such list");
	if (ka_fetchhttp_open(&http) != KA_ERR_OK)
		return complain("libcurl cannot begin");
	/* who reads no answer, and a disk or a name service that hangs, must not keep the entry's lock */
	alarm((unsigned)(a->deadline_ms + 999) / 1000 + KA_FETCH_AFTER_SEC);
	(void)ka_fetchone(&http, &one, &why); /* the answer was written */
	return 0;
}

/* another uid's cache would only be in the way: it could not be written, and what it holds would not be believed */
static bool owns_cache(void)
{
	struct stat st;

	return lstat(KA_PATH_CACHE, &st) != 0 || st.st_uid == geteuid();
}

static int work(const struct ka_fetchargs *a)
{
	KA_AUTOFREE struct ka_conf *c = calloc(1, sizeof(*c));
	struct ka_conf_errors errors = { .count = 0 };
	struct ka_confload load;

	if (!owns_cache())
		return complain("does not run as " KA_FETCH_USER ", the owner of " KA_PATH_CACHE
				" (its file is 4750 " KA_FETCH_USER ":_keyaudit; nosuid and no_new_privs switch that off)");
	if (c == NULL || ka_confload(KA_PATH_CONF, c, &load, &errors) != KA_ERR_OK)
		return complain("cannot read the configuration");
	if (load.reason != KA_REASON_NONE)
		return complain(load.text);
	(void)ka_fetchsandbox(c); /* a second wall, where the kernel has it */
	if (a->job == KA_FETCH_REFRESH)
		return ka_fetchrefresh_all(c, a->only_source, a->now);
	return a->job == KA_FETCH_WANTED ? ka_fetchrefresh_wanted(c) : fetch_one(c, a);
}

int main(int argc, char **argv)
{
	struct ka_fetchargs args;
	/* whoever may only start us would have the whole network otherwise */
	const bool may_download = getuid() == 0 || getuid() == geteuid();
	const char *wrong = ka_fetchdrop();

	ka_fetchargs_parse(argc, argv, &args);
	if (args.wrong == NULL && args.job == KA_FETCH_HELP)
		return fputs(help, stdout) >= 0 && fflush(stdout) == 0 ? 0 : 1;
	if (args.wrong == NULL && args.job == KA_FETCH_VERSION)
		return printf("authkeys-fetch " KA_VERSION "\n") > 0 && fflush(stdout) == 0 ? 0 : 1;
	if (wrong != NULL || args.wrong != NULL)
		return complain(wrong != NULL ? wrong : args.wrong);
	if (args.job == KA_FETCH_DOWNLOAD && !may_download)
		return complain("--download is for root and " KA_FETCH_USER " alone");
	if (args.job == KA_FETCH_DOWNLOAD)
		return ka_fetchdownload(&(struct ka_fetchdownload){ .url = args.url, .ca_file = args.ca_file, .pins = args.pins, .max = args.max },
					STDOUT_FILENO);
	return work(&args);
}
