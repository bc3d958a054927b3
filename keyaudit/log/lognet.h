/* An address or a network that events are asked for by: 203.0.113.7, 203.0.113.0/24, 2001:db8::/32. Pure. */
#ifndef KA_LOGNET_H
#define KA_LOGNET_H

#include <stdbool.h>
#include <stdint.h>

struct ka_lognet {
	uint8_t address[16]; /* IPv4 as ::ffff:0:0/96 */
	unsigned bits;       /* of it that count; 0: no network was asked for */
};

/** ka_lognet_parse() - read ADDRESS or ADDRESS/BITS; bits behind the mask are ignored; ::/0 and 0.0.0.0/0 are "any" of that family */
bool ka_lognet_parse(const char *text, struct ka_lognet *out);

/** ka_lognet_has() - does the address (as the trail writes it; a zone behind % is ignored) lie in it? No address lies nowhere */
bool ka_lognet_has(const struct ka_lognet *net, const char *address);

#endif
