/* Notes of what root saw, below seen/. Only root writes there; read back as carefully as anything else. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/fields.h"
#include "keyaudit/case/witnessnote.h"

#include "base/poison.h"

static bool write_note(const struct ka_witness *w, int fd)
{
	char text[320];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "ka1 seen");
	ka_fields_put_text(&b, "client", w->client);
	ka_fields_put_i64(&b, "cport", w->client_port);
	ka_fields_put_text(&b, "server", w->server);
	ka_fields_put_i64(&b, "sport", w->server_port);
	/* no room: that M was seen is said by the empty note as well */
	return ka_fd_write_all(fd, b.p, b.len) == KA_ERR_OK || ftruncate(fd, 0) == 0;
}

void ka_witness_note(const struct ka_rundir *r, const struct ka_conn *conn, const struct ka_witness *w)
{
	const int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
	KA_AUTOCLOSE int fd = -1;
	char name[KA_CONN_NAME_MAX], fresh[KA_CONN_NAME_MAX + 24];
	struct ka_witness before;
	struct ka_buf b;

	ka_conn_name(conn, name);
	fd = openat(r->seen, name, flags | O_EXCL, 0600);
	if (fd >= 0) {
		if (!write_note(w, fd))
			unlinkat(r->seen, name, 0);
		return;
	}
	/* the first address counts: a later look may find the socket closed */
	ka_witness_recall(r, conn, &before);
	if (w->client[0] == '\0' || !before.seen || before.client[0] != '\0')
		return;
	ka_buf_init_array(&b, fresh);
	ka_buf_text(&b, name);
	ka_buf_char(&b, '.');
	ka_buf_i64(&b, getpid());
	fd = openat(r->seen, fresh, flags | O_TRUNC, 0600);
	if (fd >= 0 && (!write_note(w, fd) || renameat(r->seen, fresh, r->seen, name) != 0))
		unlinkat(r->seen, fresh, 0);
}

void ka_witness_recall(const struct ka_rundir *r, const struct ka_conn *conn, struct ka_witness *w)
{
	KA_AUTOCLOSE int fd = -1;
	char name[KA_CONN_NAME_MAX], text[320];
	struct ka_fields f;
	size_t len;

	memset(w, 0, sizeof(*w));
	ka_conn_name(conn, name);
	fd = openat(r->seen, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || ka_fd_read_all(fd, text, sizeof(text), &len) != KA_ERR_OK)
		return;
	w->seen = true; /* the note's existence is root's word, also when it was cut short */
	ka_fields_init(&f, (struct ka_span){ (const uint8_t *)text, len }, "ka1 seen");
	ka_fields_text(&f, "client", w->client, sizeof(w->client));
	w->client_port = (unsigned)ka_fields_i64(&f, "cport", 65535);
	ka_fields_text(&f, "server", w->server, sizeof(w->server));
	w->server_port = (unsigned)ka_fields_i64(&f, "sport", 65535);
	if (!ka_fields_end(&f)) {
		memset(w, 0, sizeof(*w));
		w->seen = true;
	}
}
