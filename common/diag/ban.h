/*
 * A packet filter that drops the client before sshd hears of it. The filter's answer is JSON, and nothing below keyaudit reads
 * JSON (the module lives in sshd, the command is one static file): who asks the question brings the looker along in the subject.
 */
#ifndef KA_DIAG_BAN_H
#define KA_DIAG_BAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

enum ka_ban_tool { KA_BAN_TOOL_NONE, KA_BAN_TOOL_FAIL2BAN, KA_BAN_TOOL_CROWDSEC };

/* names are raw bytes of whoever wrote the filter's rules */
struct ka_ban {
	bool is_banned;               /* certainly, by this rule: */
	char family[8], table[KA_BAN_NAME_MAX], chain[KA_BAN_NAME_MAX];
	uint64_t handle;              /* of the rule; 0: the chain's policy */
	char set[KA_BAN_NAME_MAX];    /* that the rule asks and that holds the address; "" when it names the address itself */
	bool is_alone;                /* the element of the set is this address alone, and no network */
	enum ka_ban_tool tool;        /* whose set or chain it is, by its name */
};

/**
 * ka_ban_look - is a new TCP connection from @address to @port dropped?
 * @out: zeroed before; stays so when it cannot be told
 */
typedef void ka_ban_look(const char *address, uint16_t port, struct ka_ban *out);

#endif
