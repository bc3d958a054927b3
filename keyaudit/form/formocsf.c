/* The form OCSF. What the trail does not know is left out, but for what the schema demands; nothing is guessed. */
#include "keyaudit/form/formocsf.h"

#include <string.h>

#include "audit/jsonout.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/text.h"
#include "keyaudit/form/formtext.h"
#include "keyaudit/form/formview.h"

#include "base/poison.h"

static const struct level {
	uint64_t ours, theirs;
	const char *name;
} levels[] = { { 2, 1, "Informational" }, { 4, 2, "Low" }, { 6, 3, "Medium" }, { 9, 5, "Critical" } };

static const struct status {
	const char *ours, *theirs;
	uint64_t id;
} statuses[] = { { "success", "Success", 1 }, { "failure", "Failure", 2 } };

static void put_text(struct ka_buf *b, const char *key, const char *text)
{
	if (text[0] == '\0')
		return;
	if (ka_text_is_plain(ka_span_of(text)))
		ka_jsonout_plain(b, key, text);
	else
		ka_jsonout_text(b, key, ka_span_of(text), KA_JSONOUT_TEXT_MAX - 1);
}

static void put_field(struct ka_buf *b, const char *key, const json_t *event, const char *path)
{
	put_text(b, key, ka_formview_text(event, path));
}

static void put_number(struct ka_buf *b, const char *key, const json_t *event, const char *path, uint64_t max)
{
	uint64_t n;

	if (ka_formview_number(event, path, max, &n))
		ka_jsonout_u64(b, key, n);
}

static void put_metadata(const json_t *event, struct ka_buf *b)
{
	ka_jsonout_object(b, "metadata");
	ka_jsonout_plain(b, "version", "1.8.0");
	ka_jsonout_object(b, "product");
	ka_jsonout_plain(b, "name", "keyaudit");
	ka_jsonout_plain(b, "vendor_name", "keyaudit project");
	ka_jsonout_plain(b, "version", KA_VERSION);
	ka_jsonout_object_end(b);
	ka_jsonout_array(b, "profiles");
	ka_jsonout_plain(b, NULL, "host");
	ka_jsonout_array_end(b);
	put_field(b, "event_code", event, "event.code");
	put_field(b, "log_name", event, "event.dataset");
	put_field(b, "log_provider", event, "event.provider");
	put_field(b, "original_time", event, "@timestamp");
	put_field(b, "uid", event, "event.id");
	put_number(b, "sequence", event, "keyaudit.seq", INT64_MAX);
	ka_jsonout_object_end(b);
}

static bool is_login(const json_t *event)
{
	const char *category = json_string_value(json_array_get(ka_formview_at(event, "event.category"), 0));

	return category != NULL && strcmp(category, "authentication") == 0;
}

static void put_class(const json_t *event, bool login, struct ka_buf *b)
{
	ka_jsonout_u64(b, "category_uid", login ? 3 : 0);
	if (login)
		ka_jsonout_plain(b, "category_name", "Identity & Access Management");
	ka_jsonout_u64(b, "class_uid", login ? 3002 : 0);
	ka_jsonout_plain(b, "class_name", login ? "Authentication" : "Base Event");
	ka_jsonout_u64(b, "activity_id", login ? 1 : 99);
	if (login)
		ka_jsonout_plain(b, "activity_name", "Logon");
	else
		put_field(b, "activity_name", event, "event.action");
	ka_jsonout_u64(b, "type_uid", login ? 300201 : 99);
}

static void put_occurrence(const json_t *event, struct ka_buf *b)
{
	const char *outcome = ka_formview_text(event, "event.outcome");
	const struct status *s = NULL;
	const struct level *l = NULL;
	uint64_t severity;
	int64_t ms = 0;

	(void)ka_formview_ms(event, &ms);
	ka_jsonout_i64(b, "time", ms);
	ka_jsonout_i64(b, "timezone_offset", 0);
	(void)ka_formview_number(event, "event.severity", 10, &severity);
	for (size_t i = 0; i < KA_ARRAY_LEN(levels); i++)
		if (levels[i].ours == severity)
			l = &levels[i];
	ka_jsonout_u64(b, "severity_id", l != NULL ? l->theirs : 0);
	ka_jsonout_plain(b, "severity", l != NULL ? l->name : "Unknown");
	for (size_t i = 0; i < KA_ARRAY_LEN(statuses); i++)
		if (strcmp(statuses[i].ours, outcome) == 0)
			s = &statuses[i];
	ka_jsonout_u64(b, "status_id", s != NULL ? s->id : 0);
	ka_jsonout_plain(b, "status", s != NULL ? s->theirs : "Unknown");
	put_field(b, "status_code", event, "event.code");
	put_field(b, "status_detail", event, "event.reason");
	put_field(b, "message", event, "message");
	put_number(b, "count", event, "keyaudit.count", INT32_MAX);
}

static void put_endpoint(struct ka_buf *b, const char *key, const json_t *event, const char *ip_path, const char *port_path,
			 bool is_us)
{
	char ip[64];
	bool has_ip = ka_formview_ip(event, ip_path, ip);

	if (!has_ip && !is_us)
		return;
	ka_jsonout_object(b, key);
	if (is_us)
		put_field(b, "hostname", event, "host.name");
	if (has_ip)
		ka_jsonout_plain(b, "ip", ip);
	put_number(b, "port", event, port_path, 65535);
	if (is_us)
		ka_jsonout_plain(b, "svc_name", "ssh");
	ka_jsonout_object_end(b);
}

/* only a class 3002 knows these */
static void put_login(const json_t *event, struct ka_buf *b)
{
	const char *name = ka_formview_text(event, "user.name"), *method = ka_formview_text(event, "keyaudit.method");
	char protocol[64];
	struct ka_buf p;

	ka_jsonout_object(b, "user");
	put_text(b, "name", name[0] != '\0' ? name : "-");
	put_field(b, "uid", event, "user.id");
	ka_jsonout_u64(b, "type_id", name[0] != '\0' ? 1 : 0);
	ka_jsonout_object_end(b);
	ka_buf_init_array(&p, protocol);
	ka_buf_text(&p, "SSH ");
	ka_formtext_safe(&p, method[0] != '\0' ? method : "publickey", 32);
	ka_jsonout_u64(b, "auth_protocol_id", 99);
	ka_jsonout_plain(b, "auth_protocol", protocol);
	ka_jsonout_u64(b, "logon_type_id", 3);
	ka_jsonout_plain(b, "logon_type", "Network");
	ka_jsonout_bool(b, "is_remote", true);
	ka_jsonout_object(b, "service");
	ka_jsonout_plain(b, "name", "sshd");
	ka_jsonout_object_end(b);
	put_endpoint(b, "src_endpoint", event, "source.ip", "source.port", false);
	put_endpoint(b, "dst_endpoint", event, "destination.ip", "destination.port", true);
}

/* the profile host */
static void put_host(const json_t *event, struct ka_buf *b)
{
	uint64_t pid;

	ka_jsonout_object(b, "device");
	put_field(b, "hostname", event, "host.name");
	ka_jsonout_u64(b, "type_id", 1);
	put_field(b, "uid", event, "host.id");
	ka_jsonout_object_end(b);
	if (!ka_formview_number(event, "process.pid", INT32_MAX, &pid))
		return;
	ka_jsonout_object(b, "actor");
	ka_jsonout_object(b, "process");
	put_field(b, "name", event, "process.name");
	ka_jsonout_u64(b, "pid", pid);
	ka_jsonout_object_end(b);
	ka_jsonout_object_end(b);
}

static bool is_name(const char *key)
{
	struct ka_span s = ka_span_of(key);

	for (size_t i = 0; i < s.len; i++)
		if (!ka_text_is_lower(s.p[i]) && !ka_text_is_digit(s.p[i]) && s.p[i] != '_')
			return false;
	return s.len > 0 && s.len <= KA_FORM_NAME_MAX;
}

/* Strings, numbers and yes or no, in lists and objects of a few floors: what the trail has, and nothing else. */
static void put_copy(struct ka_buf *b, const char *key, const json_t *v, unsigned floors)
{
	const char *name;
	const json_t *part;
	size_t i;

	if (json_is_string(v)) {
		put_text(b, key, json_string_value(v));
	} else if (json_is_integer(v)) {
		ka_jsonout_i64(b, key, json_integer_value(v));
	} else if (json_is_boolean(v)) {
		ka_jsonout_bool(b, key, json_is_true(v));
	} else if (json_is_array(v) && floors > 0) {
		ka_jsonout_array(b, key);
		for (i = 0; i < json_array_size(v); i++)
			put_copy(b, NULL, json_array_get(v, i), floors - 1);
		ka_jsonout_array_end(b);
	} else if (json_is_object(v) && floors > 0) {
		union { const json_t *from; json_t *to; } o = { .from = v }; /* the macro wants a plain pointer, and changes nothing */
		json_t *value;

		ka_jsonout_object(b, key);
		json_object_foreach(o.to, name, value) {
			part = value;
			if (is_name(name))
				put_copy(b, name, part, floors - 1);
		}
		ka_jsonout_object_end(b);
	}
}

void ka_formocsf_write(const json_t *event, struct ka_buf *out)
{
	static const char *const beside[] = { "file", "host", "related" };
	bool login = is_login(event);
	struct ka_buf own;

	/* a writer of its own, since commas are found out from what stands before */
	ka_buf_init(&own, out->p + out->len, out->size - out->len);
	ka_jsonout_object(&own, NULL);
	put_metadata(event, &own);
	put_class(event, login, &own);
	put_occurrence(event, &own);
	if (login)
		put_login(event, &own);
	put_host(event, &own);
	ka_jsonout_object(&own, "unmapped");
	put_copy(&own, "keyaudit", ka_formview_at(event, "keyaudit"), KA_FORM_FLOORS_MAX);
	for (size_t i = 0; i < KA_ARRAY_LEN(beside); i++)
		if (ka_formview_at(event, beside[i]) != NULL)
			put_copy(&own, beside[i], ka_formview_at(event, beside[i]), KA_FORM_FLOORS_MAX);
	ka_jsonout_object_end(&own);
	ka_jsonout_object_end(&own);
	out->len += own.len;
	out->overflow = out->overflow || own.overflow;
}
