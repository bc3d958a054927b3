/* Attempt records, both ways. Pure; the reader takes exactly what the writer makes and nothing else. */
#include "spool/record.h"

#include <string.h>

#include "base/fields.h"
#include "base/label.h"
#include "base/text.h"

#include "base/poison.h"

static const char *const verdict_text[] = {
	[KA_RECORD_SERVED] = "served", [KA_RECORD_REFUSED] = "refused", [KA_RECORD_NONE] = "none",
};

/* what may be left out, in this order, until the line fits */
enum drop { DROP_NOTHING, DROP_LABEL, DROP_KEY, DROP_SRC, DROP_OPTS, DROP_COUNT };

static void write_attempt(const struct ka_record *r, enum drop drop, struct ka_buf *out)
{
	ka_fields_put_i64(out, "pp", r->pp);
	ka_fields_put_i64(out, "pid", r->pid);
	if (r->has_uid)
		ka_fields_put_i64(out, "uid", (int64_t)r->uid);
	else
		ka_fields_put_text(out, "uid", "");
	ka_fields_put_text(out, "user", r->user);
	ka_fields_put_text(out, "type", r->type);
	ka_fields_put_text(out, "fp", r->fp);
	ka_fields_put_text(out, "key", drop < DROP_KEY ? r->key : "");
	ka_fields_put_text(out, "c", r->c);
	ka_fields_put_text(out, "src", drop < DROP_SRC ? r->src : "");
	ka_fields_put_text(out, "verdict", verdict_text[r->verdict]);
	ka_fields_put_text(out, "reasons", r->reasons);
	ka_fields_put_text(out, "opts", drop < DROP_OPTS ? r->opts : "");
	if (r->net_ms > 0)
		ka_fields_put_i64(out, "net", r->net_ms);
	if (r->took_us > 0)
		ka_fields_put_i64(out, "took", r->took_us);
	if (r->label.len > 0 && drop < DROP_LABEL) {
		ka_buf_text(out, " label=");
		ka_buf_span(out, r->label);
	}
}

void ka_record_write(const struct ka_record *r, struct ka_buf *out)
{
	size_t begin = out->len;

	for (enum drop drop = DROP_NOTHING; drop < DROP_COUNT; drop++) {
		ka_buf_cut(out, begin);
		ka_buf_text(out, r->is_overflow ? "ka1 overflow" : "ka1 attempt");
		ka_fields_put_i64(out, "at", r->at_us);
		ka_fields_put_i64(out, "up", r->up_ms);
		if (!r->is_overflow)
			write_attempt(r, drop, out);
		ka_buf_char(out, '\n');
		if (!out->overflow && out->len - begin <= KA_RECORD_MAX)
			return;
	}
}

/* those that stand there only when there is something to say */
static void read_optional(struct ka_fields *f, struct ka_record *out)
{
	char any[KA_LABEL_MAX + 1];

	if (ka_span_starts(f->rest, " net="))
		out->net_ms = (int)ka_fields_i64(f, "net", KA_RECORD_NET_MAX_MS);
	if (ka_span_starts(f->rest, " took="))
		out->took_us = ka_fields_i64(f, "took", KA_RECORD_TOOK_MAX_US);
	if (f->failed || f->rest.len == 0)
		return;
	out->label = ka_fields_raw(f, "label");
	f->failed |= !ka_label_read(out->label, any);
}

bool ka_record_parse(struct ka_span line, struct ka_record *out)
{
	struct ka_fields f;
	struct ka_span uid;
	char verdict[16];
	uint64_t v = 0;

	memset(out, 0, sizeof(*out));
	if (line.len >= KA_RECORD_MAX)
		return false;
	out->is_overflow = ka_fields_init(&f, line, "ka1 overflow");
	if (!out->is_overflow && !ka_fields_init(&f, line, "ka1 attempt"))
		return false;
	out->at_us = ka_fields_i64(&f, "at", INT64_MAX);
	out->up_ms = ka_fields_i64(&f, "up", INT64_MAX);
	if (out->is_overflow)
		return ka_fields_end(&f);
	out->pp = (pid_t)ka_fields_i64(&f, "pp", INT32_MAX);
	out->pid = (pid_t)ka_fields_i64(&f, "pid", INT32_MAX);
	uid = ka_fields_raw(&f, "uid");
	out->has_uid = !f.failed && ka_text_to_u64(uid, UINT32_MAX - 1, &v);
	out->uid = (uid_t)v;
	if (!out->has_uid && !ka_span_is(uid, "-"))
		f.failed = true;
	ka_fields_text(&f, "user", out->user, sizeof(out->user));
	ka_fields_text(&f, "type", out->type, sizeof(out->type));
	ka_fields_text(&f, "fp", out->fp, sizeof(out->fp));
	ka_fields_text(&f, "key", out->key, sizeof(out->key));
	ka_fields_text(&f, "c", out->c, sizeof(out->c));
	ka_fields_text(&f, "src", out->src, sizeof(out->src));
	ka_fields_text(&f, "verdict", verdict, sizeof(verdict));
	ka_fields_text(&f, "reasons", out->reasons, sizeof(out->reasons));
	ka_fields_text(&f, "opts", out->opts, sizeof(out->opts));
	if (f.rest.len > 0)
		read_optional(&f, out);
	if (!ka_fields_end(&f))
		return false;
	for (unsigned i = 0; i < KA_ARRAY_LEN(verdict_text); i++)
		if (strcmp(verdict, verdict_text[i]) == 0) {
			out->verdict = (enum ka_record_verdict)i;
			return true;
		}
	return false;
}

/* an address of %C: hexadecimal digits, dots, colons and a zone; what it means is parsed again by whoever uses it */
static bool is_address(struct ka_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ka_text_is_alnum(s.p[i]) && strchr(".:%", s.p[i]) == NULL)
			return false;
	return s.len > 1;
}

bool ka_record_addresses(const char *c, unsigned server_port, char client[static 64], unsigned *client_port)
{
	struct ka_span rest = ka_span_of(c), word[4], extra;
	uint64_t port[2];
	int pick;

	client[0] = '\0';
	*client_port = 0;
	for (size_t i = 0; i < 4; i++)
		if (!ka_text_word(&rest, &word[i]))
			return false;
	if (ka_text_word(&rest, &extra) || !is_address(word[0]) || !is_address(word[2]) ||
	    !ka_text_to_u64(word[1], 65535, &port[0]) || !ka_text_to_u64(word[3], 65535, &port[1]))
		return false;
	pick = port[1] == server_port && port[0] != server_port ? 0 : 1;
	*client_port = (unsigned)port[pick];
	return ka_span_copy(word[2 * pick], client, 64);
}
