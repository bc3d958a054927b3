/* Names of connections. Pure. File names are made from numbers only, never from text. */
#include "spool/conn.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#include "base/poison.h"

void ka_conn_name(const struct ka_conn *c, char out[static KA_CONN_NAME_MAX])
{
	struct ka_buf b;

	ka_buf_init(&b, out, KA_CONN_NAME_MAX);
	ka_buf_i64(&b, c->m);
	ka_buf_char(&b, '.');
	ka_buf_u64(&b, c->start);
}

bool ka_conn_parse(struct ka_span name, struct ka_conn *out)
{
	struct ka_span rest = name, m;
	char again[KA_CONN_NAME_MAX];
	uint64_t pid, start;

	memset(out, 0, sizeof(*out));
	if (!ka_text_split(&rest, '.', &m) || rest.p == NULL)
		return false;
	if (!ka_text_to_u64(m, INT32_MAX, &pid) || pid <= 1 || !ka_text_to_u64(rest, UINT64_MAX, &start))
		return false;
	*out = (struct ka_conn){ (pid_t)pid, start };
	ka_conn_name(out, again);
	if (!ka_span_is(name, again)) {
		memset(out, 0, sizeof(*out));
		return false;
	}
	return true;
}

bool ka_conn_is_sshd(const char *comm)
{
	return strcmp(comm, "sshd") == 0 || strcmp(comm, "sshd-session") == 0;
}
