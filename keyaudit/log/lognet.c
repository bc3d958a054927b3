/* Both families are compared as IPv6, so that ::ffff:203.0.113.7 and 203.0.113.7 are one client. */
#include "keyaudit/log/lognet.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/cursor.h"
#include "base/text.h"

#include "base/poison.h"

#define ALL_BITS 128
#define V4_BITS 32

/* the bits of its family, 0 when it is no address */
static unsigned read_address(struct ka_span s, uint8_t out[static 16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	char text[INET6_ADDRSTRLEN];

	if (!ka_span_copy(s, text, sizeof(text)))
		return 0;
	if (inet_pton(AF_INET, text, out + sizeof(mapped)) == 1) {
		memcpy(out, mapped, sizeof(mapped));
		return V4_BITS;
	}
	return inet_pton(AF_INET6, text, out) == 1 ? ALL_BITS : 0;
}

bool ka_lognet_parse(const char *text, struct ka_lognet *out)
{
	struct ka_span s = ka_span_of(text);
	size_t slash = ka_span_find(s, '/');
	unsigned family = read_address(ka_span_sub(s, 0, slash), out->address);
	uint64_t bits = family;

	out->bits = 0;
	if (family == 0 || (slash < s.len && !ka_text_to_u64(ka_span_sub(s, slash + 1, s.len), family, &bits)))
		return false;
	out->bits = ALL_BITS - family + (unsigned)bits;
	if (out->bits == 0)
		out->bits = ALL_BITS + 1; /* ::/0: whoever has an address */
	return true;
}

bool ka_lognet_has(const struct ka_lognet *net, const char *address)
{
	struct ka_span s = ka_span_of(address);
	size_t bytes = net->bits / 8, rest = net->bits % 8;
	uint8_t a[16];

	if (read_address(ka_span_sub(s, 0, ka_span_find(s, '%')), a) == 0)
		return false;
	if (net->bits > ALL_BITS)
		return true;
	if (memcmp(a, net->address, bytes) != 0)
		return false;
	return rest == 0 || (a[bytes] ^ net->address[bytes]) >> (8 - rest) == 0;
}
