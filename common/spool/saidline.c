/* Said records, both ways. What cannot be written whole is taken back: a torn line would swallow the next one. */
#include "spool/saidline.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fields.h"
#include "base/text.h"
#include "spool/ownfile.h"

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

enum ka_err ka_saidline_append(int dir, const struct ka_conn *conn, const struct ka_saidline *l)
{
	KA_AUTOFREE char *line = malloc(KA_SAID_RECORD_MAX);
	char name[KA_CONN_NAME_MAX];
	struct ka_buf b;
	enum ka_err err;

	if (line == NULL)
		return KA_ERR_NOMEM;
	ka_buf_init(&b, line, KA_SAID_RECORD_MAX);
	ka_saidline_write(l, &b);
	err = ka_buf_check(&b);
	ka_conn_name(conn, name);
	return err == KA_ERR_OK ? ka_ownfile_append(dir, name, ka_buf_as_span(&b), KA_SAID_FILE_MAX) : err;
}
