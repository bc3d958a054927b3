/*
 * Looking at what a store's client needs. The first thing that is wrong is said: the others are of no use without it.
 */
#include "keyaudit/config/sourcecheckhttp.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/paths.h"
#include "base/rights.h"
#include "base/text.h"
#include "conf/confurl.h"
#include "keyaudit/config/sourcecheckfile.h"
#include "perm/permwalk.h"
#include "source/confwhy.h"
#include "store/signers.h"

#include "base/poison.h"

struct look {
	const struct ka_conf_source *s;
	struct ka_sourcecheck *c;
	struct ka_buf b;
	struct ka_permwalk_refusal why;
	struct ka_signers signers;
	char text[KA_SIGNERS_FILE_MAX + 1];
};

/* false, so that the caller stops here */
static bool wrong(struct look *l, enum ka_reason reason, const char *what)
{
	l->c->reason = reason;
	ka_buf_text(&l->b, what);
	return false;
}

static bool refused(struct look *l, const char *key)
{
	enum ka_reason reason = l->why.reason != KA_REASON_NONE ? l->why.reason : KA_REASON_CONF_INVALID;

	l->c->reason = reason;
	ka_buf_text(&l->b, key);
	ka_buf_text(&l->b, ": ");
	ka_confwhy_write(&l->why, false, &l->b);
	return false;
}

/* as the command does at every look-up; with its rights */
static bool look_at_signers(struct look *l, int64_t now)
{
	static const struct ka_permwalk_trust root = { .owner = 0 };
	KA_AUTOCLOSE int fd = -1;
	size_t len = 0, names;

	if (ka_permwalk_open(l->s->signers, &root, &fd, &l->why) != KA_ERR_OK)
		return wrong(l, KA_REASON_CONF_INVALID, "signers: the path is too long or too deep");
	if (fd < 0)
		return refused(l, "signers");
	if (ka_fd_read_all(fd, l->text, sizeof(l->text) - 1, &len) != KA_ERR_OK)
		return wrong(l, KA_REASON_CONF_INVALID, "signers: the file is too large, or cannot be read");
	if (!ka_signers_parse((struct ka_span){ (const uint8_t *)l->text, len }, &l->signers)) {
		ka_buf_text(&l->b, "signers: line ");
		ka_buf_u64(&l->b, l->signers.bad_line);
		ka_buf_text(&l->b, ": ");
		return wrong(l, KA_REASON_CONF_INVALID, l->signers.wrong);
	}
	names = ka_signers_names_at(&l->signers, now);
	if (names >= l->s->threshold)
		return true;
	ka_buf_text(&l->b, "signers: ");
	ka_buf_u64(&l->b, names);
	ka_buf_text(&l->b, " of those who are named may sign today, and the threshold is ");
	ka_buf_u64(&l->b, l->s->threshold);
	return wrong(l, KA_REASON_CONF_INVALID, "");
}

/* started by the command, it must become _keyfetch */
static bool look_at_fetcher(struct look *l)
{
	const struct passwd *pw = getpwnam(KA_FETCH_USER);
	struct stat st;

	if (pw == NULL)
		return wrong(l, KA_REASON_STORE_UNREACHABLE, "there is no user " KA_FETCH_USER "; mend: systemd-sysusers keyaudit.conf");
	if (stat(KA_PATH_FETCH, &st) != 0)
		return wrong(l, KA_REASON_STORE_UNREACHABLE, KA_PATH_FETCH " is not there; install keyaudit again");
	if (st.st_uid != pw->pw_uid || (st.st_mode & 07777) != 04750)
		return wrong(l, KA_REASON_STORE_UNREACHABLE, KA_PATH_FETCH " must be " KA_FETCH_USER "'s with mode 4750; "
							     "mend: systemd-tmpfiles --create keyaudit.conf");
	if (stat(KA_PATH_CACHE, &st) != 0 || !S_ISDIR(st.st_mode) || st.st_uid != pw->pw_uid)
		return wrong(l, KA_REASON_STORE_UNREACHABLE, KA_PATH_CACHE " must be a directory of " KA_FETCH_USER "'s; "
							     "mend: systemd-tmpfiles --create keyaudit.conf");
	return true;
}

/* the first one that is wrong; a certificate may hold its own key */
static enum ka_err look_at_files(struct look *l)
{
	const struct ka_conf_source *s = l->s;
	bool on_miss = s->fetch == KA_CONF_FETCH_ON_MISS;
	const struct ka_sourcecheckfile files[] = {
		{ "ca_file", s->ca_file, false, on_miss },
		{ "client_cert", s->client_cert, s->client_key[0] == '\0', on_miss },
		{ "client_key", s->client_key, true, on_miss },
		{ "token_file", s->token_file, true, on_miss },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(files) && l->c->reason == KA_REASON_NONE; i++) {
		enum ka_err err = ka_sourcecheckfile_look(&files[i], &l->c->reason, &l->b);

		if (err != KA_ERR_OK)
			return err;
	}
	return KA_ERR_OK;
}

static bool is_metadata(const char *urls)
{
	struct ka_span rest = ka_span_of(urls), word;
	struct ka_confurl url;

	while (ka_text_word(&rest, &word))
		if (ka_confurl_parse(word, &url) && url.is_metadata && !url.is_tls)
			return true;
	return false;
}

/* a list may be asked for elsewhere than the keys */
static bool asks_metadata(const struct ka_conf_source *s)
{
	return s->unix_socket[0] == '\0' && (is_metadata(s->url) || is_metadata(s->index_url) || is_metadata(s->revoked_url));
}

static void is_fine(struct look *l)
{
	l->c->is_warning = asks_metadata(l->s);
	ka_buf_text(&l->b, l->s->fetch == KA_CONF_FETCH_TIMER ? "all that it needs is here; the timer asks the store" :
								"all that it needs is here; the store itself was not asked");
	if (l->c->is_warning)
		ka_buf_text(&l->b, ". 169.254.169.254 is asked without TLS: right on a machine of that cloud; anywhere else anybody in "
				   "the same network segment can answer");
}

enum ka_err ka_sourcecheckhttp_look(const struct ka_conf_source *source, struct ka_sourcecheck *c)
{
	KA_AUTOFREE struct look *l = calloc(1, sizeof(*l));
	struct ka_rights rights;
	enum ka_err err;
	bool ok = true;

	if (l == NULL)
		return KA_ERR_NOMEM;
	l->s = source;
	l->c = c;
	ka_buf_init_array(&l->b, c->text);
	err = ka_rights_take(KA_COMMAND_USER, &rights);
	if (err != KA_ERR_OK)
		return err;
	if (source->format == KA_CONF_FORMAT_SIGNED)
		ok = look_at_signers(l, ka_clock_wall_us() / 1000000);
	ka_rights_give_back(&rights);
	if (!ok || !look_at_fetcher(l))
		return KA_ERR_OK;
	err = look_at_files(l);
	if (err == KA_ERR_OK && c->reason == KA_REASON_NONE)
		is_fine(l);
	return err;
}
