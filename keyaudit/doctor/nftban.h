/* Would nftables drop a client? Its rules are followed as the kernel does, as far as they can be told from address and port. */
#ifndef KA_NFTBAN_H
#define KA_NFTBAN_H

#include <jansson.h>

#include "diag/ban.h"

/**
 * ka_nftban_judge() - what a rule set says of a new TCP connection
 * @ruleset: of `nft -j list ruleset`; any JSON
 *
 * Only filter chains of tables of the address's family and "inet" at the hooks prerouting and input. A condition that needs
 * more than address and port (a device, a rate, an xt match of iptables) is not known: a rule with one is no proof, and behind
 * one that may accept nothing is claimed of its chain. Sets and chains of fail2ban and CrowdSec, known by their names, ban also
 * where a condition beside the address is not known: they have no other use.
 *
 * Safe: at most KA_BAN_STEPS_MAX objects are looked at, KA_BAN_DEPTH_MAX jumps deep; then it cannot be told. Pure.
 * Source: libnftables-json(5), nft(8).
 */
void ka_nftban_judge(const json_t *ruleset, const char *address, uint16_t port, struct ka_ban *out);

/** ka_nftban_look() - the same of this machine (a ka_ban_look): runs nft with a deadline, as root, where it is installed */
void ka_nftban_look(const char *address, uint16_t port, struct ka_ban *out);

#endif
