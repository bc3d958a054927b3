/* An entry of the journal. MUST: believe of a client's own fields (those without _) the ident and the text, and nothing else. */
#include "keyaudit/ear/earjson.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "keyaudit/ear/logline.h"

#include "base/poison.h"

/* a field that was given once, as text; NULL when it is not there, or there twice */
static const char *text_of(const json_t *entry, const char *name)
{
	return json_string_value(json_object_get(entry, name));
}

static bool number_of(const json_t *entry, const char *name, uint64_t max, uint64_t *out)
{
	const char *text = text_of(entry, name);

	return text != NULL && ka_text_to_u64(ka_span_of(text), max, out);
}

/* "/usr/sbin/sshd", and "/usr/sbin/sshd (deleted)" after an upgrade */
static bool is_sshd_path(const char *path)
{
	static const char gone[] = " (deleted)";
	struct ka_span rest = ka_span_of(path), part;
	char name[32];

	if (rest.len > strlen(gone) && ka_span_is(ka_span_sub(rest, rest.len - strlen(gone), rest.len), gone))
		rest = ka_span_sub(rest, 0, rest.len - strlen(gone));
	for (part = rest; rest.p != NULL && ka_text_split(&rest, '/', &part);)
		continue;
	return ka_span_copy(part, name, sizeof(name)) && ka_logline_is_ident(name);
}

static bool is_sshd(const json_t *entry)
{
	const char *comm = text_of(entry, "_COMM"), *exe = text_of(entry, "_EXE"), *ident = text_of(entry, "SYSLOG_IDENTIFIER");
	uint64_t uid;

	return ident != NULL && ka_logline_is_ident(ident) && number_of(entry, "_UID", UINT32_MAX, &uid) && uid == 0 &&
	       (comm == NULL || ka_logline_is_ident(comm)) && (exe == NULL || is_sshd_path(exe));
}

/* bytes that are no UTF-8 come as an array of numbers */
static bool take_bytes(const json_t *bytes, struct ka_earjson *out)
{
	out->len = json_array_size(bytes);
	if (out->len > sizeof(out->message))
		return false;
	for (size_t i = 0; i < out->len; i++) {
		const json_t *one = json_array_get(bytes, i);
		json_int_t v = json_integer_value(one);

		if (!json_is_integer(one) || v < 0 || v > 255)
			return false;
		out->message[i] = (uint8_t)v;
	}
	return true;
}

static bool take_message(const json_t *entry, struct ka_earjson *out)
{
	const json_t *message = json_object_get(entry, "MESSAGE");

	if (json_is_array(message) && !take_bytes(message, out))
		return false;
	if (json_is_string(message)) {
		out->len = json_string_length(message);
		if (out->len > sizeof(out->message))
			return false;
		memcpy(out->message, json_string_value(message), out->len);
	}
	return out->len > 0 && memchr(out->message, '\n', out->len) == NULL;
}

static enum ka_earjson_answer take_entry(const json_t *entry, struct ka_earjson *out)
{
	const char *cursor = text_of(entry, "__CURSOR"), *transport = text_of(entry, "_TRANSPORT");
	uint64_t v;

	if (cursor == NULL || !ka_earjson_is_cursor(cursor) || !ka_span_copy(ka_span_of(cursor), out->cursor, sizeof(out->cursor)))
		return KA_EARJSON_BROKEN;
	if (number_of(entry, "_SOURCE_REALTIME_TIMESTAMP", INT64_MAX, &v) || number_of(entry, "__REALTIME_TIMESTAMP", INT64_MAX, &v))
		out->at_us = (int64_t)v;
	/* 0 is no process, and to whom lines are given it means that the log names none */
	if (!is_sshd(entry) || !number_of(entry, "_PID", INT32_MAX, &v) || v == 0 || !take_message(entry, out))
		return KA_EARJSON_OTHER;
	out->pid = (pid_t)v;
	if (number_of(entry, "_GID", UINT32_MAX - 1, &v))
		out->gid = (gid_t)v;
	out->is_verified = transport != NULL && strcmp(transport, "syslog") == 0;
	return KA_EARJSON_LINE;
}

bool ka_earjson_is_cursor(const char *text)
{
	size_t n = 0;

	for (; text[n] != '\0'; n++)
		if (!ka_text_is_alnum((uint8_t)text[n]) && text[n] != '=' && text[n] != ';' && text[n] != '-')
			return false;
	return n > 0 && n < KA_EAR_CURSOR_MAX;
}

enum ka_earjson_answer ka_earjson_read(struct ka_span line, struct ka_earjson *out)
{
	json_t *entry = line.len <= KA_EAR_JSON_MAX ? json_loadb((const char *)line.p, line.len, 0, NULL) : NULL;
	enum ka_earjson_answer answer;

	out->at_us = 0;
	out->pid = 0;
	out->gid = 0;
	out->len = 0;
	out->is_verified = false;
	answer = json_is_object(entry) ? take_entry(entry, out) : KA_EARJSON_BROKEN;
	json_decref(entry);
	return answer;
}
