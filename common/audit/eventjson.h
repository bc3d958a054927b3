/* The trail's form of an event: one compact ECS 9.4 JSON line within KA_EVENT_BARE_MAX bytes, to which the chain adds its tail. */
#ifndef KA_AUDIT_EVENTJSON_H
#define KA_AUDIT_EVENTJSON_H

#include "audit/event.h"

/* who writes: constant for one process */
struct ka_event_host {
	char name[256];      /* node name */
	char machine_id[33];
	char boot_id[33];
};

/** ka_eventjson_host() - fill in this host */
void ka_eventjson_host(struct ka_event_host *h);

/** ka_eventjson_put_host() - write "host":{...}: what is known of it */
void ka_eventjson_put_host(const struct ka_event_host *h, struct ka_buf *b);

/**
 * ka_eventjson_write() - append one line with its newline
 *
 * If it would be longer than KA_EVENT_BARE_MAX, optional fields go: offers first, then sources, also, fix, file, the label; never
 * the reason, user, connection or id. Source: ECS 9.4 field list.
 */
void ka_eventjson_write(const struct ka_event *e, const struct ka_event_host *h, struct ka_buf *out);

#endif
