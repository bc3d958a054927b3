/* Resetting serials. MUST: change nothing that is not in the trail; let no revoked key back in. */
#include "keyaudit/cache/cacheforget.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/paths.h"
#include "base/text.h"
#include "keyaudit/case/caseevent.h"
#include "keyaudit/screen/exit.h"
#include "store/question.h"
#include "store/revokedkeep.h"
#include "store/serial.h"

#include "base/poison.h"

struct what {
	const char *source, *user;
	char name[KA_ENTRY_HEX]; /* of one user's memory */
	size_t there;            /* memories that will go */
};

static int complain(const char *what)
{
	const char *why = strerrorname_np(errno);

	fprintf(stderr, "keyaudit cache: %s%s%s%s\n", what, errno != 0 ? " (" : "", errno != 0 && why != NULL ? why : "", errno != 0 ? ")" : "");
	return KA_EXIT_UNDECIDED;
}

/* its file stays, for the entries; one that cannot be read may have a serial, and is complained about later */
static bool has_list_serial(const struct ka_serialdir *d, const char *source)
{
	struct ka_revoked r;
	bool has = ka_revoked_open(d, source, &r) != KA_ERR_OK || r.state == KA_REVOKED_BROKEN || r.memory.known;

	ka_revoked_close(&r);
	return has;
}

static size_t count(const struct ka_serialdir *d, const struct what *w)
{
	KA_AUTOCLOSE int fd = openat(d->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	KA_AUTOCLOSEDIR DIR *all = fd >= 0 ? fdopendir(fd) : NULL;
	char one[KA_SERIAL_NAME_MAX];
	const struct dirent *e;
	size_t n = 0;

	if (all == NULL)
		return 0;
	ka_steal_fd(&fd);
	if (w->user != NULL && !ka_serialdir_name(w->source, w->name, one))
		return 0;
	while ((e = readdir(all)) != NULL) {
		if (w->user != NULL ? strcmp(e->d_name, one) != 0 : !ka_serialdir_is_of(e->d_name, w->source))
			continue;
		if (strcmp(strrchr(e->d_name, '.') + 1, KA_SERIALDIR_REVOKED) == 0)
			n += has_list_serial(d, w->source);
		else
			n += strcmp(strrchr(e->d_name, '.') + 1, KA_SERIALDIR_BEGUN) != 0;
	}
	return n;
}

/* who sits behind sudo; nobody, for a service */
static void put_admin(struct ka_buf *out)
{
	KA_AUTOCLOSE int fd = open("/proc/self/loginuid", O_RDONLY | O_CLOEXEC);
	char text[32];
	uint64_t uid;
	size_t len;

	if (fd < 0 || ka_fd_read_all(fd, text, sizeof(text), &len) != KA_ERR_OK ||
	    !ka_text_to_u64((struct ka_span){ (const uint8_t *)text, len }, UINT32_MAX - 1, &uid))
		return;
	ka_buf_text(out, ", by login uid ");
	ka_buf_u64(out, uid);
}

static int say_in_trail(const char *conf, const struct what *w)
{
	KA_AUTOFREE struct ka_writer *writer = calloc(1, sizeof(*writer));
	char why[512], text[256];
	struct ka_buf b;

	if (writer == NULL)
		return KA_EXIT_UNDECIDED;
	if (ka_caseevent_open(writer, "keyaudit-cache", conf, why, sizeof(why)) != KA_ERR_OK) {
		fprintf(stderr, "keyaudit cache: %s\n", why);
		return KA_EXIT_UNDECIDED;
	}
	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "source ");
	ka_buf_text(&b, w->source);
	ka_buf_text(&b, w->user != NULL ? ", user " : ", all users");
	ka_buf_span(&b, ka_span_sub(ka_span_of(w->user != NULL ? w->user : ""), 0, 128));
	put_admin(&b);
	errno = 0;
	if (ka_caseevent_health(writer, KA_EVENT_SERIAL_FORGOTTEN, NULL, w->there, text) == KA_ERR_OK)
		return KA_EXIT_FINE;
	fputs("keyaudit cache: the trail cannot be written, so nothing was forgotten\n", stderr);
	return KA_EXIT_TEMPORARY;
}

static enum ka_err forget(const struct ka_serialdir *d, const struct what *w)
{
	bool was_there;
	size_t n;
	enum ka_err err;

	if (w->user != NULL && strcmp(w->user, KA_QUESTION_REVOKED) == 0)
		return ka_revokedkeep_forget_serial(d, w->source, &was_there);
	if (w->user != NULL)
		return ka_serial_forget(d, w->source, w->name, &was_there);
	err = ka_serial_forget_source(d, w->source, &n);
	return err == KA_ERR_OK ? ka_revokedkeep_forget_serial(d, w->source, &was_there) : err;
}

int ka_cacheforget_run(const char *conf, const char *source, const char *user)
{
	struct what w = { .source = source, .user = user };
	struct ka_serialdir d = { .fd = -1 };
	char name[KA_SERIAL_NAME_MAX];
	int status = KA_EXIT_FINE;
	enum ka_err err;

	errno = 0;
	if (geteuid() != 0) {
		fputs("keyaudit cache: only root forgets serials\n", stderr);
		return KA_EXIT_NOPERM;
	}
	if (user != NULL && strcmp(user, KA_QUESTION_INDEX) == 0)
		ka_span_copy(ka_span_of(KA_SERIALDIR_INDEX), w.name, sizeof(w.name));
	else if (user != NULL && strcmp(user, KA_QUESTION_REVOKED) == 0)
		ka_span_copy(ka_span_of(KA_SERIALDIR_REVOKED), w.name, sizeof(w.name));
	else if (user != NULL)
		ka_entry_name(source, user, NULL, w.name);
	if (!ka_serialdir_name(source, KA_SERIALDIR_INDEX, name)) {
		fputs("keyaudit cache: no source can be called so\n", stderr);
		return KA_EXIT_USAGE;
	}
	if (ka_serialdir_open(KA_PATH_SERIALS, &d) != KA_ERR_OK)
		return complain(KA_PATH_SERIALS " cannot be opened; mend: systemd-tmpfiles --create keyaudit.conf");
	w.there = count(&d, &w);
	if (w.there == 0) {
		fputs("keyaudit cache: 0 serials forgotten: nothing is remembered of that\n", stderr);
		status = KA_EXIT_UNKNOWN;
	} else {
		status = say_in_trail(conf, &w);
	}
	err = status == KA_EXIT_FINE ? forget(&d, &w) : KA_ERR_OK;
	ka_serialdir_close(&d);
	if (err != KA_ERR_OK)
		return complain("it is in the trail, and could not be done; try again");
	if (status == KA_EXIT_FINE)
		printf("%zu %s forgotten; the next document counts, whatever its serial\n", w.there, w.there == 1 ? "serial" : "serials");
	return status;
}
