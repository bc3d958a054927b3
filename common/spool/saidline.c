/* Said records, both ways. What cannot be written whole is taken back: a torn line would swallow the next one. */
#include "spool/saidline.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fields.h"
#include "base/text.h"

#include "base/poison.h"

static const char *const by_text[] = {
	[KA_SAIDLINE_JOURNAL] = "journal", [KA_SAIDLINE_SYSLOG] = "syslog", [KA_SAIDLINE_FILE] = "file",
};

void ka_saidline_write(const struct ka_saidline *l, struct ka_buf *out)
{
	ka_buf_text(out, "ka1 said");
	ka_fields_put_i64(out, "at", l->at_us);
	ka_fields_put_text(out, "by", by_text[l->by]);
	ka_fields_put_i64(out, "sure", l->is_sure);
	ka_fields_put_text(out, "msg", l->message);
	ka_buf_char(out, '\n');
}

bool ka_saidline_parse(struct ka_span line, struct ka_saidline *out)
{
	struct ka_fields f;
	char by[16];

	memset(out, 0, sizeof(*out));
	if (!ka_fields_init(&f, line, "ka1 said"))
		return false;
	out->at_us = ka_fields_i64(&f, "at", INT64_MAX);
	ka_fields_text(&f, "by", by, sizeof(by));
	out->is_sure = ka_fields_i64(&f, "sure", 1) == 1;
	ka_fields_text(&f, "msg", out->message, sizeof(out->message));
	for (unsigned i = 0; ka_fields_end(&f) && i < KA_ARRAY_LEN(by_text); i++)
		if (strcmp(by, by_text[i]) == 0) {
			out->by = (enum ka_saidline_by)i;
			return true;
		}
	memset(out, 0, sizeof(*out));
	return false;
}

/* a plain file of our own with room for @more bytes; its length in @size */
static enum ka_err judge(int fd, size_t more, off_t *size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return KA_ERR_SYS;
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1 || st.st_uid != geteuid())
		return KA_ERR_SYNTAX;
	*size = st.st_size;
	return st.st_size + (off_t)more > KA_SAID_FILE_MAX ? KA_ERR_LIMIT : KA_ERR_OK;
}

enum ka_err ka_saidline_append(int dir, const struct ka_conn *conn, const struct ka_saidline *l)
{
	const int flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
	KA_AUTOFREE char *line = malloc(KA_SAID_RECORD_MAX);
	char name[KA_CONN_NAME_MAX];
	KA_AUTOCLOSE int fd = -1;
	bool is_new = false;
	struct ka_buf b;
	enum ka_err err;
	off_t size = 0;

	if (line == NULL)
		return KA_ERR_NOMEM;
	ka_buf_init(&b, line, KA_SAID_RECORD_MAX);
	ka_saidline_write(l, &b);
	err = ka_buf_check(&b);
	if (err != KA_ERR_OK)
		return err;
	ka_conn_name(conn, name);
	fd = openat(dir, name, flags);
	if (fd < 0) {
		fd = openat(dir, name, flags | O_CREAT | O_EXCL, 0600);
		is_new = fd >= 0;
	}
	if (fd < 0)
		return KA_ERR_SYS;
	err = judge(fd, b.len, &size);
	if (err != KA_ERR_OK)
		return err;
	if (write(fd, b.p, b.len) == (ssize_t)b.len)
		return KA_ERR_OK;
	if (is_new)
		unlinkat(dir, name, 0);
	else if (ftruncate(fd, size) < 0)
		return KA_ERR_LIMIT;
	return KA_ERR_SYS;
}
