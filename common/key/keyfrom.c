/*
 * from=, as sshd decides it (match_host_and_ip): an entry that reads as an address
 * or a network is compared as one, everything else as a glob, first against the
 * address and then against the name; a "!" entry that matches ends it. No name is
 * ever looked up. A scope behind an IPv6 address (%eth0) is not understood.
 */
#include "key/keyfrom.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"


struct address {
	size_t bits; /* 32 or 128; 0 = none */
	uint8_t bytes[16];
};

/* the forms with fewer dots and with hexadecimal digits are addresses for sshd too */
static bool is_aton(const char *text)
{
	return text[0] != '\0' && strspn(text, "0123456789abcdefABCDEFxX.") == strlen(text);
}

static struct address address_of(struct ka_span s)
{
	struct address a = { .bits = 0 };
	char text[KA_KEYFROM_ADDRESS_TEXT_MAX];
	struct in_addr v4;

	if (!ka_span_copy(s, text, sizeof(text)))
		return a;
	if (inet_pton(AF_INET6, text, a.bytes) == 1) {
		a.bits = 128;
	} else if (is_aton(text) && inet_aton(text, &v4) != 0) {
		memcpy(a.bytes, &v4, sizeof(v4));
		a.bits = 32;
	}
	return a;
}

static bool same_network(const struct address *a, const struct address *b, size_t mask)
{
	size_t whole = mask / 8;
	uint8_t rest = (uint8_t)(0xff00 >> mask % 8);

	return a->bits == b->bits && memcmp(a->bytes, b->bytes, whole) == 0 &&
	       (mask % 8 == 0 || ((a->bytes[whole] ^ b->bytes[whole]) & rest) == 0);
}

static bool has_host_bits(const struct address *a, size_t mask)
{
	for (size_t bit = mask; bit < a->bits; bit++)
		if (a->bytes[bit / 8] & 0x80 >> bit % 8)
			return true;
	return false;
}

struct network {
	struct address address;
	size_t mask;
};

enum kind { PATTERN, NETWORK, INVALID };

static enum kind kind_of(struct ka_span entry, struct network *net)
{
	size_t slash = ka_span_find(entry, '/');
	uint64_t mask = 0;

	if (entry.len == 0)
		return INVALID;
	if (entry.len >= KA_KEYFROM_ADDRESS_TEXT_MAX)
		return PATTERN;
	if (slash < entry.len && !ka_text_to_u64(ka_span_sub(entry, slash + 1, entry.len), 128, &mask))
		return PATTERN;
	net->address = address_of(ka_span_sub(entry, 0, slash));
	if (net->address.bits == 0)
		return PATTERN;
	net->mask = slash < entry.len ? (size_t)mask : net->address.bits;
	return net->mask > net->address.bits || has_host_bits(&net->address, net->mask) ? INVALID : NETWORK;
}

/* the next entry, its "!" taken off */
static bool next_entry(struct ka_span *rest, struct ka_span *entry, bool *is_negated)
{
	if (!ka_text_split(rest, ',', entry))
		return false;
	*is_negated = entry->len > 0 && entry->p[0] == '!';
	if (*is_negated)
		*entry = ka_span_sub(*entry, 1, entry->len);
	return true;
}

static struct ka_span whole_list(struct ka_span list)
{
	static const uint8_t nothing[1];

	return list.p != NULL ? list : (struct ka_span){ nothing, 0 };
}

bool ka_keyfrom_is_valid(struct ka_span list)
{
	struct ka_span rest = whole_list(list), entry;
	struct network net;
	bool is_negated;

	while (next_entry(&rest, &entry, &is_negated))
		if (kind_of(entry, &net) == INVALID)
			return false;
	return true;
}

static void put_network(struct network *net, struct ka_buf *out)
{
	char text[INET6_ADDRSTRLEN];

	for (size_t bit = net->mask; bit < net->address.bits; bit++)
		net->address.bytes[bit / 8] &= (uint8_t)~(0x80 >> bit % 8);
	if (inet_ntop(net->address.bits == 32 ? AF_INET : AF_INET6, net->address.bytes, text, sizeof(text)) == NULL)
		return;
	ka_buf_text(out, text);
	ka_buf_char(out, '/');
	ka_buf_u64(out, net->mask);
}

bool ka_keyfrom_correct(struct ka_span list, struct ka_buf *out)
{
	struct ka_span rest = whole_list(list), entry;
	bool is_negated, is_first = true, any = false;
	struct network net;

	while (next_entry(&rest, &entry, &is_negated)) {
		bool is_wrong = kind_of(entry, &net) == INVALID;

		if (is_wrong && (entry.len == 0 || net.mask > net.address.bits))
			return false;
		ka_buf_text(out, is_first ? "" : ",");
		ka_buf_text(out, is_negated ? "!" : "");
		if (is_wrong)
			put_network(&net, out);
		else
			ka_buf_span(out, entry);
		any = any || is_wrong;
		is_first = false;
	}
	return any && !out->overflow;
}

/* 1 matched, 0 no match, -1 matched a "!" entry */
static int match_address(struct ka_span list, const char *text)
{
	struct address client = address_of(ka_span_of(text));
	struct ka_span rest = whole_list(list), entry;
	struct network net;
	bool is_negated, hit, any = false;

	if (client.bits == 0)
		return 0;
	while (next_entry(&rest, &entry, &is_negated)) {
		if (kind_of(entry, &net) == NETWORK)
			hit = same_network(&client, &net.address, net.mask);
		else
			hit = ka_text_glob(entry, ka_span_of(text));
		if (hit && is_negated)
			return -1;
		any = any || hit;
	}
	return any;
}

static struct ka_span lower(struct ka_span s, uint8_t *out)
{
	for (size_t i = 0; i < s.len; i++)
		out[i] = ka_text_lower(s.p[i]);
	return (struct ka_span){ out, s.len };
}

static int match_name(struct ka_span list, const char *text)
{
	uint8_t host_lower[KA_KEYFROM_HOST_MAX], entry_lower[KA_KEYFROM_PATTERN_MAX];
	struct ka_span host = ka_span_of(text), rest = whole_list(list), entry;
	bool is_negated, any = false;

	if (host.len > sizeof(host_lower))
		return 0;
	host = lower(host, host_lower);
	while (next_entry(&rest, &entry, &is_negated)) {
		if (entry.len >= KA_KEYFROM_PATTERN_MAX)
			return 0;
		if (!ka_text_glob(lower(entry, entry_lower), host))
			continue;
		if (is_negated)
			return -1;
		any = true;
	}
	return any;
}

int ka_keyfrom_matches(struct ka_span list, const char *host, const char *address)
{
	int by_address, by_name;

	if (!ka_keyfrom_is_valid(list))
		return -1;
	by_address = address != NULL ? match_address(list, address) : 0;
	by_name = host != NULL ? match_name(list, host) : 0;
	if (by_address < 0 || by_name < 0)
		return 0;
	return by_address > 0 || by_name > 0;
}
