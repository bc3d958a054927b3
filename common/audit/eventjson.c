/*
 * The trail's line: ECS 9.4 names, one object, compact. Addresses are printed from parsed addresses, numbers from
 * integers, every text through the one escaping writer. It must never leave out the reason, the user, the connection
 * or the id, and never be longer than one write may be.
 */
#include "audit/eventjson.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "audit/eventown.h"
#include "audit/eventsay.h"
#include "audit/jsonout.h"
#include "base/clock.h"
#include "base/proc.h"
#include "base/text.h"

#include "base/poison.h"

#define HOST_NAME_SAID 64

void ka_eventjson_host(struct ka_event_host *h)
{
	struct utsname u;

	memset(h, 0, sizeof(*h));
	if (uname(&u) == 0)
		(void)ka_span_copy(ka_span_of(u.nodename), h->name, sizeof(h->name));
	(void)ka_proc_machine_id(h->machine_id);
	(void)ka_proc_boot_id(h->boot_id);
}

static void text(struct ka_buf *b, const char *key, const char *value, size_t max)
{
	ka_jsonout_text(b, key, ka_span_of(value), max);
}

static void one_string_array(struct ka_buf *b, const char *key, const char *value, size_t max)
{
	ka_jsonout_array(b, key);
	text(b, NULL, value, max);
	ka_jsonout_array_end(b);
}

static void put_message(const struct ka_eventown *l, struct ka_buf *b)
{
	char said[KA_EVENTSAY_MAX];
	struct ka_buf s;

	ka_buf_init_array(&s, said);
	ka_eventsay_message(l->e, l->drop >= KA_DROP_EVIDENCE, &s);
	ka_jsonout_plain(b, "message", s.p);
}

/* what depends on the action alone: ECS event.category, event.type, event.outcome */
static const struct shape {
	const char *category, *type, *outcome;
} shapes[KA_EVENT_COUNT] = {
	[KA_EVENT_LOGIN_ACCEPTED] = { "authentication", "start", "success" },
	[KA_EVENT_LOGIN_DENIED] = { "authentication", "start", "failure" },
	[KA_EVENT_KEY_OFFERED] = { "authentication", "info", "unknown" },
	[KA_EVENT_KEY_REFUSED] = { "authentication", "start", "failure" },
	[KA_EVENT_KEY_SUMMARY] = { "authentication", "info", "failure" },
	[KA_EVENT_SPOOL_TAMPERED] = { "host", "info", "failure" },
	[KA_EVENT_TRAIL_GAP] = { "host", "info", NULL },
	[KA_EVENT_DIAG_FAILED] = { "host", "info", "failure" },
	[KA_EVENT_SSHD_UNAVAILABLE] = { "host", "info", "failure" },
	[KA_EVENT_CONFIG_UNSAFE] = { "configuration", "info", "failure" },
	[KA_EVENT_SERIAL_FORGOTTEN] = { "host", "info", "success" },
	[KA_EVENT_SINK_FAILING] = { "host", "info", "failure" },
	[KA_EVENT_SINK_WORKS] = { "host", "info", "success" },
	[KA_EVENT_STORE_DEGRADED] = { "host", "info", "failure" },
	[KA_EVENT_STORE_REJECTED] = { "host", "info", "failure" },
	[KA_EVENT_STORE_RECOVERED] = { "host", "info", "success" },
	[KA_EVENT_CONFIG_CHANGED] = { "configuration", "change", "success" },
	[KA_EVENT_DATA_UNUSABLE] = { "configuration", "info", "failure" },
	[KA_EVENT_DATA_USABLE] = { "configuration", "info", "success" },
	[KA_EVENT_TRAIL_SEAL] = { "host", "info", "success" }, /* unless it is failing */
};

static unsigned severity(enum ka_level level)
{
	switch (level) {
	case KA_LEVEL_INFO:
		return 2;
	case KA_LEVEL_NOTICE:
		return 4;
	case KA_LEVEL_WARNING:
		return 6;
	case KA_LEVEL_ALERT:
	default:
		return 9;
	}
}

static void put_event(const struct ka_eventown *l, struct ka_buf *b)
{
	const struct ka_event *e = l->e;
	const struct shape *s = &shapes[(unsigned)e->action < KA_EVENT_COUNT ? e->action : KA_EVENT_TRAIL_GAP];
	enum ka_level level = ka_event_level(e);
	char id[KA_EVENT_ID_MAX];

	ka_jsonout_object(b, "event");
	ka_jsonout_plain(b, "kind", level == KA_LEVEL_ALERT ? "alert" : "event");
	one_string_array(b, "category", s->category, SIZE_MAX);
	one_string_array(b, "type", s->type, SIZE_MAX);
	ka_jsonout_plain(b, "action", ka_event_action_text(e->action));
	if (s->outcome != NULL)
		ka_jsonout_plain(b, "outcome", e->is_failing ? "failure" : s->outcome);
	if (e->reason != KA_REASON_NONE) {
		ka_jsonout_plain(b, "code", ka_reason_id(e->reason));
		ka_jsonout_plain(b, "reason", ka_reason_meaning(e->reason));
	}
	ka_jsonout_plain(b, "module", "keyaudit");
	ka_jsonout_plain(b, "dataset", "keyaudit.audit");
	ka_jsonout_plain(b, "provider", e->provider != NULL ? e->provider : "keyaudit");
	ka_event_id_of(e, l->h->machine_id, l->h->boot_id, id);
	ka_jsonout_plain(b, "id", id);
	ka_jsonout_u64(b, "severity", severity(level));
	ka_jsonout_object_end(b);
}

static void put_user(const struct ka_event *e, struct ka_buf *b)
{
	char id[KA_TEXT_U64_MAX];

	if (e->user[0] == '\0' && !e->has_uid)
		return;
	ka_jsonout_object(b, "user");
	if (e->user[0] != '\0')
		text(b, "name", e->user, KA_TEXT_USER_MAX);
	if (e->has_uid) {
		ka_text_u64(e->uid, id);
		ka_jsonout_plain(b, "id", id);
	}
	ka_jsonout_object_end(b);
}

static void put_endpoint(struct ka_buf *b, const char *key, const char *ip, unsigned port)
{
	if (ip[0] == '\0')
		return;
	ka_jsonout_object(b, key);
	ka_jsonout_plain(b, "ip", ip);
	if (port > 0 && port <= 65535)
		ka_jsonout_u64(b, "port", port);
	ka_jsonout_object_end(b);
}

static bool is_zeros(const char *id)
{
	return id[strspn(id, "0")] == '\0';
}

/* boot.id with dashes, as /proc/sys/kernel/random/boot_id shows it */
static void put_boot(const struct ka_event_host *h, struct ka_buf *b)
{
	char dashed[40];
	struct ka_buf d;

	if (is_zeros(h->boot_id))
		return;
	ka_buf_init_array(&d, dashed);
	for (size_t i = 0; i < 32; i++) {
		if (i == 8 || i == 12 || i == 16 || i == 20)
			ka_buf_char(&d, '-');
		ka_buf_char(&d, h->boot_id[i]);
	}
	ka_jsonout_object(b, "boot");
	ka_jsonout_plain(b, "id", dashed);
	ka_jsonout_object_end(b);
}

void ka_eventjson_put_host(const struct ka_event_host *h, struct ka_buf *b)
{
	ka_jsonout_object(b, "host");
	if (h->name[0] != '\0')
		text(b, "name", h->name, HOST_NAME_SAID);
	if (!is_zeros(h->machine_id))
		ka_jsonout_plain(b, "id", h->machine_id);
	put_boot(h, b);
	ka_jsonout_object_end(b);
}

static void put_places(const struct ka_eventown *l, struct ka_buf *b)
{
	const struct ka_event *e = l->e;
	char ip[64];

	put_endpoint(b, "source", l->ip, e->source_port);
	if (ka_event_address(e->destination_ip, ip))
		put_endpoint(b, "destination", ip, e->destination_port);
	if (e->action <= KA_EVENT_KEY_SUMMARY) {
		ka_jsonout_object(b, "network");
		ka_jsonout_plain(b, "protocol", "ssh");
		ka_jsonout_plain(b, "transport", "tcp");
		ka_jsonout_object_end(b);
	}
	ka_eventjson_put_host(l->h, b);
}

static void put_process(const struct ka_event *e, struct ka_buf *b)
{
	ka_jsonout_object(b, "service");
	ka_jsonout_plain(b, "name", "sshd");
	ka_jsonout_plain(b, "type", "ssh");
	ka_jsonout_object_end(b);
	if (!e->has_conn)
		return;
	ka_jsonout_object(b, "process");
	ka_jsonout_plain(b, "name", "sshd");
	ka_jsonout_i64(b, "pid", e->conn.m);
	ka_jsonout_object_end(b);
}

static const char *file_type(mode_t mode)
{
	if (S_ISREG(mode))
		return "file";
	if (S_ISDIR(mode))
		return "dir";
	return S_ISLNK(mode) ? "symlink" : NULL;
}

static void put_file(const struct ka_eventown *l, struct ka_buf *b)
{
	const struct ka_evidence *ev = l->e->finding != NULL ? &l->e->finding->evidence : NULL;

	if (ev == NULL || ev->path[0] == '\0' || l->drop >= KA_DROP_FILE)
		return;
	ka_jsonout_object(b, "file");
	text(b, "path", ev->path, KA_TEXT_PATH_MAX);
	if (ev->has_stat) {
		ka_jsonout_mode(b, "mode", (unsigned)ev->mode);
		text(b, "owner", ev->owner, sizeof(ev->owner));
		text(b, "group", ev->group, sizeof(ev->group));
		if (file_type(ev->mode) != NULL)
			ka_jsonout_plain(b, "type", file_type(ev->mode));
	}
	if (l->e->file_sha256 != NULL) {
		ka_jsonout_object(b, "hash");
		ka_jsonout_plain(b, "sha256", l->e->file_sha256);
		ka_jsonout_object_end(b);
	}
	ka_jsonout_object_end(b);
}

static void put_related(const struct ka_eventown *l, struct ka_buf *b)
{
	ka_jsonout_object(b, "related");
	if (l->e->user[0] != '\0')
		one_string_array(b, "user", l->e->user, KA_TEXT_USER_MAX);
	if (l->ip[0] != '\0')
		one_string_array(b, "ip", l->ip, sizeof(l->ip));
	if (l->h->name[0] != '\0')
		one_string_array(b, "hosts", l->h->name, HOST_NAME_SAID);
	ka_eventown_hashes(l, b);
	ka_jsonout_object_end(b);
}

static void put_line(const struct ka_eventown *l, struct ka_buf *b)
{
	char at[KA_CLOCK_TEXT_MAX];

	ka_clock_text(l->e->at_us, at);
	ka_jsonout_object(b, NULL);
	ka_jsonout_plain(b, "@timestamp", at);
	ka_jsonout_object(b, "ecs");
	ka_jsonout_plain(b, "version", "9.4.0");
	ka_jsonout_object_end(b);
	put_message(l, b);
	put_event(l, b);
	put_user(l->e, b);
	put_places(l, b);
	put_process(l->e, b);
	put_file(l, b);
	put_related(l, b);
	ka_eventown_put(l, b);
	ka_jsonout_object_end(b);
	ka_buf_char(b, '\n');
}

void ka_eventjson_write(const struct ka_event *e, const struct ka_event_host *h, struct ka_buf *out)
{
	struct ka_eventown l = { .e = e, .h = h };
	size_t begin = out->len;

	if (out->overflow)
		return;
	(void)ka_event_source(e, l.ip);
	for (l.drop = KA_DROP_NOTHING; l.drop < KA_DROP_COUNT; l.drop++) {
		ka_buf_cut(out, begin);
		put_line(&l, out);
		if (!out->overflow && out->len - begin <= KA_EVENT_BARE_MAX)
			return;
	}
	out->overflow = true; /* cannot happen in KA_EVENT_BARE_MAX + 1 bytes: every text that stays is bounded */
}
