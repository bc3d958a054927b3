/* The conditions. Every value is of a type that libnftables-json(5) names, or it is not known. */
#include "keyaudit/doctor/nftmatch.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

#define NO KA_NFTMATCH_NO
#define YES KA_NFTMATCH_YES
#define UNTOLD KA_NFTMATCH_UNTOLD

/* what a condition asks */
enum about { ABOUT_ADDRESS, ABOUT_PORT, ABOUT_STATE, ABOUT_PROTOCOL, ABOUT_FAMILY, ABOUT_DEVICE, ABOUT_NEVER, ABOUT_UNKNOWN };

static enum ka_nftmatch_answer holds(struct ka_nftmatch *m, enum about about, const json_t *value, unsigned depth);

static bool is(const json_t *object, const char *name, const char *value)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL && strcmp(text, value) == 0;
}

bool ka_nftmatch_init(struct ka_nftmatch *m, const char *address)
{
	static const uint8_t loop6[16] = { [15] = 1 };

	m->is_v6 = strchr(address, ':') != NULL;
	if (inet_pton(m->is_v6 ? AF_INET6 : AF_INET, address, m->address) != 1)
		return false;
	m->is_loop = m->is_v6 ? memcmp(m->address, loop6, sizeof(loop6)) == 0 : m->address[0] == 127;
	return true;
}

/* a field of the packet's headers; those of another protocol are not in it */
static enum about about_payload(const struct ka_nftmatch *m, const json_t *payload)
{
	bool is_own = is(payload, "protocol", m->is_v6 ? "ip6" : "ip");

	if (is_own && is(payload, "field", "saddr"))
		return ABOUT_ADDRESS;
	if (is_own && (is(payload, "field", "protocol") || is(payload, "field", "nexthdr")))
		return ABOUT_PROTOCOL;
	if (is(payload, "protocol", m->is_v6 ? "ip" : "ip6") || is(payload, "protocol", "udp") || is(payload, "protocol", "icmp") ||
	    is(payload, "protocol", "icmpv6"))
		return ABOUT_NEVER;
	if ((is(payload, "protocol", "tcp") || is(payload, "protocol", "th")) && is(payload, "field", "dport"))
		return ABOUT_PORT;
	return ABOUT_UNKNOWN;
}

static enum about about_of(const struct ka_nftmatch *m, const json_t *left)
{
	const json_t *meta = json_object_get(left, "meta"), *payload = json_object_get(left, "payload"), *ct = json_object_get(left, "ct");

	if (payload != NULL)
		return about_payload(m, payload);
	if (is(meta, "key", "l4proto"))
		return ABOUT_PROTOCOL;
	if (is(meta, "key", "nfproto"))
		return ABOUT_FAMILY;
	if (is(meta, "key", "iif") || is(meta, "key", "iifname"))
		return ABOUT_DEVICE;
	return is(ct, "key", "state") ? ABOUT_STATE : ABOUT_UNKNOWN;
}

static bool read_address(const struct ka_nftmatch *m, const char *text, uint8_t out[static 16])
{
	return text != NULL && inet_pton(m->is_v6 ? AF_INET6 : AF_INET, text, out) == 1;
}

static enum ka_nftmatch_answer in_prefix(struct ka_nftmatch *m, const json_t *prefix)
{
	json_int_t bits = json_integer_value(json_object_get(prefix, "len")), size = m->is_v6 ? 128 : 32;
	uint8_t net[16];

	if (!read_address(m, json_string_value(json_object_get(prefix, "addr")), net) || bits < 0 || bits > size)
		return UNTOLD;
	for (json_int_t i = 0; i < bits; i++)
		if (((net[i / 8] ^ m->address[i / 8]) & (0x80 >> i % 8)) != 0)
			return NO;
	return YES;
}

static enum ka_nftmatch_answer in_range(struct ka_nftmatch *m, enum about about, const json_t *range)
{
	const json_t *first = json_array_get(range, 0), *last = json_array_get(range, 1);
	size_t size = m->is_v6 ? 16 : 4;
	uint8_t from[16], to[16];

	if (about == ABOUT_PORT && json_is_integer(first) && json_is_integer(last))
		return json_integer_value(first) <= m->port && m->port <= json_integer_value(last) ? YES : NO;
	if (about != ABOUT_ADDRESS || !read_address(m, json_string_value(first), from) ||
	    !read_address(m, json_string_value(last), to))
		return UNTOLD;
	return memcmp(from, m->address, size) <= 0 && memcmp(m->address, to, size) <= 0 ? YES : NO;
}

static enum ka_nftmatch_answer is_address(struct ka_nftmatch *m, const char *text)
{
	uint8_t other[16];

	if (!read_address(m, text, other))
		return UNTOLD;
	if (memcmp(other, m->address, m->is_v6 ? 16 : 4) != 0)
		return NO;
	m->is_alone = true;
	return YES;
}

static enum ka_nftmatch_answer is_text(struct ka_nftmatch *m, enum about about, const char *text)
{
	bool is_lo = strcmp(text, "lo") == 0;

	switch (about) {
	case ABOUT_ADDRESS:
		return is_address(m, text);
	case ABOUT_STATE:
		return strcmp(text, "new") == 0 ? YES : NO;
	case ABOUT_PROTOCOL:
		return strcmp(text, "tcp") == 0 ? YES : NO;
	case ABOUT_FAMILY:
		return strcmp(text, m->is_v6 ? "ipv6" : "ipv4") == 0 ? YES : NO;
	case ABOUT_DEVICE: /* of the others nobody knows which it is */
		return is_lo == m->is_loop ? (is_lo ? YES : UNTOLD) : NO;
	default:
		return UNTOLD;
	}
}

static enum ka_nftmatch_answer in_list(struct ka_nftmatch *m, enum about about, const json_t *list, unsigned depth)
{
	enum ka_nftmatch_answer answer = NO;
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one) {
		enum ka_nftmatch_answer this = holds(m, about, one, depth + 1);

		if (this == YES)
			return YES;
		answer = this == UNTOLD ? UNTOLD : answer;
	}
	return answer;
}

/* a set or map of the rule's table, or NULL */
static const json_t *find(struct ka_nftmatch *m, const char *kind, const char *name)
{
	const json_t *one;
	size_t i;

	json_array_foreach(m->objects, i, one) {
		const json_t *set = json_object_get(one, kind);

		if (m->steps++ >= KA_BAN_STEPS_MAX)
			return NULL;
		if (set != NULL && is(set, "name", name) && is(set, "family", m->family) && is(set, "table", m->table))
			return set;
	}
	return NULL;
}

static enum ka_nftmatch_answer in_set(struct ka_nftmatch *m, enum about about, const char *name, unsigned depth)
{
	const json_t *set = find(m, "set", name);
	enum ka_nftmatch_answer answer = set != NULL ? in_list(m, about, json_object_get(set, "elem"), depth) : UNTOLD;

	if (answer == YES && about == ABOUT_ADDRESS)
		m->set = name;
	return answer;
}

static enum ka_nftmatch_answer holds(struct ka_nftmatch *m, enum about about, const json_t *value, unsigned depth)
{
	const json_t *elem = json_object_get(value, "elem"), *set = json_object_get(value, "set");
	const char *text = json_string_value(value);

	if (depth > KA_BAN_DEPTH_MAX || m->steps++ >= KA_BAN_STEPS_MAX)
		return UNTOLD;
	if (text != NULL)
		return text[0] == '@' ? in_set(m, about, text + 1, depth) : is_text(m, about, text);
	if (json_is_array(value))
		return in_list(m, about, value, depth);
	if (about == ABOUT_PORT && json_is_integer(value))
		return json_integer_value(value) == m->port ? YES : NO;
	if (elem != NULL)
		return holds(m, about, json_object_get(elem, "val"), depth + 1);
	if (set != NULL)
		return holds(m, about, set, depth + 1);
	if (json_object_get(value, "range") != NULL)
		return in_range(m, about, json_object_get(value, "range"));
	return about == ABOUT_ADDRESS && json_object_get(value, "prefix") != NULL ? in_prefix(m, json_object_get(value, "prefix")) : UNTOLD;
}

enum ka_nftmatch_answer ka_nftmatch(struct ka_nftmatch *m, const json_t *match)
{
	enum about about = about_of(m, json_object_get(match, "left"));
	bool is_not = is(match, "op", "!=");
	enum ka_nftmatch_answer answer;

	if (about == ABOUT_NEVER)
		return NO;
	if (about == ABOUT_UNKNOWN || (!is_not && !is(match, "op", "==") && !is(match, "op", "in")))
		return UNTOLD;
	answer = holds(m, about, json_object_get(match, "right"), 0);
	if (is_not && answer != UNTOLD) {
		answer = answer == YES ? NO : YES;
		m->set = "";
		m->is_alone = false;
	}
	m->is_address = m->is_address || (about == ABOUT_ADDRESS && answer == YES);
	return answer;
}

/* what a map holds: pairs; NULL when it is not there */
static const json_t *entries_of(struct ka_nftmatch *m, const json_t *data)
{
	const char *name = json_string_value(data);

	if (name == NULL)
		return json_object_get(data, "set");
	return name[0] == '@' ? json_object_get(find(m, "map", name + 1), "elem") : NULL;
}

enum ka_nftmatch_answer ka_nftmatch_map(struct ka_nftmatch *m, const json_t *key, const json_t *data, const json_t **verdict)
{
	enum about about = about_of(m, key);
	const json_t *entries = entries_of(m, data), *one;
	size_t i;

	if (about == ABOUT_NEVER)
		return NO;
	if (about == ABOUT_UNKNOWN || !json_is_array(entries))
		return UNTOLD;
	json_array_foreach(entries, i, one) {
		enum ka_nftmatch_answer answer = holds(m, about, json_array_get(one, 0), 0);

		if (answer == NO)
			continue;
		*verdict = json_array_get(one, 1);
		m->is_address = m->is_address || (about == ABOUT_ADDRESS && answer == YES);
		m->is_alone = false; /* what takes something out of a set does not of a map */
		return answer;
	}
	return NO;
}
