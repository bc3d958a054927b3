/* What the listener says, counted. The file's lines are a stranger's text where they name hosts: escaped before they are shown. */
#include "keyaudit/collect/drops.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"
#include "diag/sshdsay.h"

#include "base/poison.h"

#define DROPS "drops"
#define WORK "drops.work" /* being counted: what comes meanwhile goes to a new file */

static const enum ka_reason told[] = { KA_REASON_CONN_MAX_STARTUPS, KA_REASON_CONN_SOURCE_PENALTY, KA_REASON_CONN_NOT_RUNNING };

bool ka_drops_is(enum ka_reason reason)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(told); i++)
		if (told[i] == reason)
			return true;
	return false;
}

enum ka_err ka_drops_add(const struct ka_rundir *r, const struct ka_saidline *line)
{
	KA_AUTOCLOSE int fd = openat(r->run, DROPS, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	KA_AUTOFREE char *text = malloc(KA_SAID_RECORD_MAX);
	struct stat st;
	struct ka_buf b;

	if (fd < 0 || text == NULL || fstat(fd, &st) != 0)
		return KA_ERR_SYS;
	ka_buf_init(&b, text, KA_SAID_RECORD_MAX);
	ka_saidline_write(line, &b);
	if (ka_buf_check(&b) != KA_ERR_OK || st.st_size + (off_t)b.len > KA_DROPS_FILE_MAX)
		return KA_ERR_LIMIT;
	if (write(fd, b.p, b.len) == (ssize_t)b.len)
		return KA_ERR_OK;
	return ftruncate(fd, st.st_size) < 0 ? KA_ERR_LIMIT : KA_ERR_SYS;
}

bool ka_drops_are_there(const struct ka_rundir *r)
{
	return faccessat(r->run, WORK, F_OK, AT_SYMLINK_NOFOLLOW) == 0 || faccessat(r->run, DROPS, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* what is said of one reason */
struct sum {
	unsigned long count, others;
	bool is_sure;
	char last[KA_DROPS_ADDRESSES][64]; /* the last addresses, one place after the other */
	char message[160];                 /* the last line that names no address */
};

static void take(struct sum *s, const struct ka_saidline *l, const struct ka_sshdsay *w)
{
	char address[64];
	size_t n = 0;

	s->is_sure |= l->is_sure;
	if (!ka_span_copy(w->address, address, sizeof(address)) || address[0] == '\0') {
		s->others++; /* "beginning MaxStartups throttling" is no connection */
		ka_span_copy(ka_span_sub(ka_span_of(l->message), 0, sizeof(s->message) - 1), s->message, sizeof(s->message));
		return;
	}
	s->count++;
	while (n < KA_DROPS_ADDRESSES && s->last[n][0] != '\0' && !ka_span_is(w->address, s->last[n]))
		n++;
	if (n == KA_DROPS_ADDRESSES) {
		memmove(s->last[0], s->last[1], sizeof(s->last) - sizeof(s->last[0]));
		n--;
	}
	memcpy(s->last[n], address, sizeof(address));
}

static enum ka_err say(struct ka_writer *w, enum ka_reason reason, const struct sum *s)
{
	char text[KA_TEXT_OPTION_MAX];
	struct ka_buf b;

	if (s->count == 0 && s->others == 0)
		return KA_ERR_OK;
	ka_buf_init_array(&b, text);
	for (size_t i = 0; i < KA_DROPS_ADDRESSES && s->last[i][0] != '\0'; i++) {
		ka_buf_text(&b, i == 0 ? "last from " : ", ");
		ka_buf_text(&b, s->last[i]);
	}
	if (b.len == 0)
		ka_buf_text(&b, s->message);
	return ka_caseevent_unavailable(w, reason, s->is_sure, s->count > 0 ? s->count : s->others, text);
}

enum ka_err ka_drops_say(struct ka_writer *w)
{
	KA_AUTOFREE struct sum *sums = calloc(KA_ARRAY_LEN(told), sizeof(*sums));
	KA_AUTOFREE char *text = NULL;
	KA_AUTOCLOSE int fd = -1;
	struct ka_saidline l;
	struct ka_sshdsay words;
	struct ka_cursor c;
	struct ka_span line;
	enum ka_err err;
	size_t len;

	/* what somebody began and did not end goes first */
	if (faccessat(w->dirs.run, WORK, F_OK, AT_SYMLINK_NOFOLLOW) != 0 && renameat(w->dirs.run, DROPS, w->dirs.run, WORK) != 0)
		return KA_ERR_OK;
	fd = openat(w->dirs.run, WORK, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (sums == NULL || fd < 0 || ka_fd_slurp(fd, 2 * KA_DROPS_FILE_MAX, &text, &len) != KA_ERR_OK)
		return KA_ERR_SYS;
	ka_cursor_init(&c, text, len);
	while (ka_cursor_line(&c, &line, NULL))
		if (ka_saidline_parse(line, &l) && ka_sshdsay_read(ka_span_of(l.message), &words))
			for (size_t i = 0; i < KA_ARRAY_LEN(told); i++)
				if (told[i] == words.reason)
					take(&sums[i], &l, &words);
	for (size_t i = 0; i < KA_ARRAY_LEN(told); i++) {
		err = say(w, told[i], &sums[i]);
		if (err != KA_ERR_OK)
			return err;
	}
	unlinkat(w->dirs.run, WORK, 0);
	return KA_ERR_OK;
}
