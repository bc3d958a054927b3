/*
 * The text line for syslog: fixed fields in fixed order, so that filters can be anchored at both ends. What strangers
 * chose stands in double quotes with the quote itself as \x22: with \" a user name could end its field and bring a
 * source address of its own. It must never be longer than an old relay passes on.
 */
#include "audit/eventtext.h"

#include <sys/stat.h>

#include "audit/eventsay.h"
#include "base/text.h"

#include "base/poison.h"

static void put_quoted(struct ka_buf *b, const char *key, const char *value, size_t max)
{
	ka_buf_text(b, key);
	if (value[0] == '\0') {
		ka_buf_char(b, '-'); /* without quotes: nobody can be called that */
		return;
	}
	ka_buf_char(b, '"');
	ka_text_escape(b, ka_span_of(value), '"', max);
	ka_buf_char(b, '"');
}

static void put_word(struct ka_buf *b, const char *key, const char *value)
{
	ka_buf_text(b, key);
	ka_text_percent(b, ka_span_of(value));
}

static void put_number(struct ka_buf *b, const char *key, unsigned long v)
{
	ka_buf_text(b, key);
	if (v > 0)
		ka_buf_u64(b, v);
	else
		ka_buf_char(b, '-');
}

static void put_front(const struct ka_event *e, struct ka_buf *b)
{
	char ip[64];
	bool has_ip = ka_event_source(e, ip);

	ka_buf_text(b, ka_eventsay_title(e->action));
	ka_buf_text(b, ": reason=");
	ka_buf_text(b, ka_reason_id(e->reason));
	put_quoted(b, " user=", e->user, KA_TEXT_USER_MAX);
	ka_buf_text(b, " rhost=");
	ka_buf_text(b, has_ip ? ip : "-");
	put_number(b, " port=", has_ip && e->source_port <= 65535 ? e->source_port : 0);
	put_word(b, " fp=", e->key != NULL ? e->key->fp : "");
}

static void put_back(const struct ka_event *e, const struct ka_event_host *h, struct ka_buf *b)
{
	const struct ka_evidence *ev = e->finding != NULL ? &e->finding->evidence : NULL;
	char id[KA_EVENT_ID_MAX], ref[KA_REF_MAX] = "-";

	ka_buf_text(b, " mode=");
	if (ev != NULL && ev->path[0] != '\0' && ev->has_stat)
		ka_buf_octal(b, (unsigned)ev->mode & 07777, 4);
	else
		ka_buf_char(b, '-');
	ka_event_id_of(e, h->machine_id, h->boot_id, id);
	ka_buf_text(b, " event=");
	ka_buf_text(b, id);
	if (e->has_conn)
		ka_event_ref(h->machine_id, h->boot_id, &e->conn, ref);
	ka_buf_text(b, " ref=");
	ka_buf_text(b, ref);
	if (e->action >= KA_EVENT_FINAL_COUNT)
		put_number(b, " count=", e->summary_count);
	if (e->action >= KA_EVENT_FINAL_COUNT && e->sources_count > 0)
		put_word(b, " source=", e->sources[0].name);
}

void ka_eventtext_write(const struct ka_event *e, const struct ka_event_host *h, struct ka_buf *out)
{
	const struct ka_evidence *ev = e->finding != NULL ? &e->finding->evidence : NULL;
	char line[KA_SYSLOG_LINE_MAX - KA_SYSLOG_HEADER_MAX], back[256];
	struct ka_buf l, b;
	size_t room;

	ka_buf_init_array(&l, line);
	ka_buf_init_array(&b, back);
	put_front(e, &l);
	put_back(e, h, &b);
	room = sizeof(line) - 1 - l.len - b.len - 8; /* 8: the name of the field and its quotes */
	put_quoted(&l, " path=", ev != NULL ? ev->path : "", room < KA_TEXT_PATH_MAX ? room : KA_TEXT_PATH_MAX);
	ka_buf_span(&l, ka_buf_as_span(&b));
	ka_buf_span(out, ka_buf_as_span(&l));
}
