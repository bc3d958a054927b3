/* The flood gate. Bounded memory: when every slot is in use the oldest net without held connections gives way. */
#include "keyaudit/collect/flood.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"

#include "base/poison.h"

void ka_flood_net_of(const char *address, char out[static 48])
{
	uint8_t raw[16] = { 0 };
	bool v4 = address != NULL && inet_pton(AF_INET, address, raw) == 1;
	bool v6 = address != NULL && !v4 && inet_pton(AF_INET6, address, raw) == 1;
	char text[INET6_ADDRSTRLEN];
	struct ka_buf b;

	ka_buf_init(&b, out, 48);
	if (!v4 && !v6) {
		ka_buf_text(&b, address != NULL ? "unknown" : "claimed");
		return;
	}
	memset(raw + (v4 ? 3 : 7), 0, v4 ? 1 : 9);
	if (inet_ntop(v4 ? AF_INET : AF_INET6, raw, text, sizeof(text)) == NULL)
		text[0] = '\0';
	ka_buf_text(&b, text);
	ka_buf_text(&b, v4 ? "/24" : "/56");
}

static struct ka_flood_net *slot_of(struct ka_flood *f, const char *net)
{
	struct ka_flood_net *free_slot = NULL;

	for (size_t i = 0; i < KA_FLOOD_NETS_MAX; i++) {
		struct ka_flood_net *n = &f->nets[i];

		if (strcmp(n->net, net) == 0)
			return n;
		if (n->held == 0 && (free_slot == NULL || n->second < free_slot->second))
			free_slot = n;
	}
	if (free_slot == NULL)
		return NULL;
	memset(free_slot, 0, sizeof(*free_slot));
	memcpy(free_slot->net, net, strlen(net) + 1);
	return free_slot;
}

enum ka_flood_answer ka_flood_take(struct ka_flood *f, const char *address, const struct ka_conn *conn, int64_t now_ms)
{
	unsigned limit = address != NULL ? f->limit : f->claimed_limit;
	char net[48];
	struct ka_flood_net *n;

	if (limit == 0)
		return KA_FLOOD_PASS;
	ka_flood_net_of(address, net);
	n = slot_of(f, net);
	if (n == NULL || n->sealed || n->held == KA_FLOOD_HELD_MAX)
		return KA_FLOOD_FULL;
	if (n->second != now_ms / 1000) {
		n->second = now_ms / 1000;
		n->count = 0;
	}
	if (++n->count <= limit)
		return KA_FLOOD_PASS;
	if (n->held == 0)
		n->first_held_ms = now_ms;
	n->conns[n->held++] = *conn;
	return KA_FLOOD_HELD;
}

struct ka_flood_net *ka_flood_due(struct ka_flood *f, int64_t now_ms, bool all)
{
	for (size_t i = 0; i < KA_FLOOD_NETS_MAX; i++) {
		struct ka_flood_net *n = &f->nets[i];

		if (n->held > 0 && (all || n->held == KA_FLOOD_HELD_MAX || now_ms - n->first_held_ms >= 1000))
			return n;
	}
	return NULL;
}
