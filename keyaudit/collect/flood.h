/*
 * The flood gate: above so many refusals per second from one /24 or /56 (and from
 * connections that nobody but the command's uid vouches for, together), single events
 * give way to one summary with a count. Pure; the clock comes in as an argument.
 */
#ifndef KA_FLOOD_H
#define KA_FLOOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "spool/conn.h"


struct ka_flood_net {
	char net[48];         /* "203.0.113.0/24", "2001:db8::/56", "unknown", "claimed" */
	int64_t second;       /* the second that `count` counts */
	unsigned count;
	size_t held;
	struct ka_conn conns[KA_FLOOD_HELD_MAX]; /* not yet finished: a crash brings them back */
	int64_t first_held_ms;
	bool sealed;          /* the summary's writer's: conns are claimed for it, and no other may be added */
	int64_t since;        /* when sealed: the trail's size before that */
};

struct ka_flood {
	unsigned limit;         /* per second from one net; 0: their gate is always open */
	unsigned claimed_limit; /* of those that are only claimed; never 0, for they cost their author nothing */
	struct ka_flood_net nets[KA_FLOOD_NETS_MAX];
};

/** ka_flood_net_of() - the /24 or /56 of an address; "unknown" for what is none; "claimed" for NULL */
void ka_flood_net_of(const char *address, char out[static 48]);

enum ka_flood_answer {
	KA_FLOOD_PASS, /* an event of its own */
	KA_FLOOD_HELD, /* counted with others of its net */
	KA_FLOOD_FULL, /* its net holds KA_FLOOD_HELD_MAX (the summary is due), or is sealed, or there is no place for its net: ask again */
};

/** ka_flood_take() - count one refusal from @address at @now_ms; NULL: of a connection that is only claimed */
enum ka_flood_answer ka_flood_take(struct ka_flood *f, const char *address, const struct ka_conn *conn, int64_t now_ms);

/** ka_flood_due() - a net whose summary is to be written now (a second old, or full), or NULL. The caller sets held to 0 and sealed to false when done */
struct ka_flood_net *ka_flood_due(struct ka_flood *f, int64_t now_ms, bool all);

#endif
