/*
 * What is derived from an event's fields: names, ids, the level and the address that may be said. Pure; it must
 * never draw a random number (a repeat of a write has the same id) and never let a mere claim become an alert.
 */
#include "audit/event.h"

#include <arpa/inet.h>
#include <string.h>

#include <sodium.h>

#include "base/cursor.h"
#include "base/text.h"

#include "base/poison.h"

#define ID_BYTES 16 /* BLAKE2b-128 */

static const char *const action_texts[KA_EVENT_COUNT] = {
	[KA_EVENT_LOGIN_ACCEPTED] = "ssh-login-accepted",
	[KA_EVENT_LOGIN_DENIED] = "ssh-login-denied",
	[KA_EVENT_KEY_OFFERED] = "ssh-key-offered",
	[KA_EVENT_KEY_REFUSED] = "ssh-key-refused",
	[KA_EVENT_KEY_SUMMARY] = "ssh-key-refused-summary",
	[KA_EVENT_SPOOL_TAMPERED] = "spool-tampered",
	[KA_EVENT_TRAIL_GAP] = "trail-gap",
	[KA_EVENT_DIAG_FAILED] = "diagnosis-failed",
	[KA_EVENT_SSHD_UNAVAILABLE] = "sshd-unavailable",
	[KA_EVENT_CONFIG_UNSAFE] = "config-unsafe",
	[KA_EVENT_SERIAL_FORGOTTEN] = "serial-forgotten",
	[KA_EVENT_SINK_FAILING] = "sink-failing",
	[KA_EVENT_SINK_WORKS] = "sink-works",
	[KA_EVENT_STORE_DEGRADED] = "store-degraded",
	[KA_EVENT_STORE_REJECTED] = "store-rejected",
	[KA_EVENT_STORE_RECOVERED] = "store-recovered",
	[KA_EVENT_CONFIG_CHANGED] = "config-changed",
	[KA_EVENT_DATA_UNUSABLE] = "data-unusable",
	[KA_EVENT_DATA_USABLE] = "data-usable",
	[KA_EVENT_TRAIL_SEAL] = "trail-seal",
};

const char *ka_event_action_text(enum ka_action_event a)
{
	return (unsigned)a < KA_EVENT_COUNT ? action_texts[a] : "-";
}

static void put_le(struct ka_buf *b, uint64_t v, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		ka_buf_char(b, (char)(v >> (8 * i) & 0xff));
}

/* domain NUL machine-id boot-id le32(M) le64(start) tail: lengths are fixed but for the last, so nothing can slide */
static void derive(const char *domain, const char *machine_id, const char *boot_id, const struct ka_conn *conn,
		   const char *tail, uint8_t out[static ID_BYTES])
{
	char body[160];
	struct ka_buf b;

	ka_buf_init_array(&b, body);
	ka_buf_put(&b, domain, strlen(domain) + 1);
	ka_buf_put(&b, machine_id, 32);
	ka_buf_put(&b, boot_id, 32);
	put_le(&b, (uint32_t)conn->m, 4);
	put_le(&b, conn->start, 8);
	ka_buf_text(&b, tail);
	crypto_generichash(out, ID_BYTES, (const unsigned char *)b.p, b.len, NULL, 0);
}

void ka_event_id(const char machine_id[static 33], const char boot_id[static 33], const struct ka_conn *conn,
		 enum ka_action_event action, char out[static KA_EVENT_ID_MAX])
{
	uint8_t hash[ID_BYTES];

	derive("keyaudit-event/1", machine_id, boot_id, conn, ka_event_action_text(action), hash);
	ka_text_base32(hash, sizeof(hash), out, KA_EVENT_ID_MAX);
}

void ka_event_id_of(const struct ka_event *e, const char machine_id[static 33], const char boot_id[static 33],
		    char out[static KA_EVENT_ID_MAX])
{
	struct ka_conn none = { .m = 0, .start = (uint64_t)e->at_us };

	ka_event_id(machine_id, boot_id, e->has_conn ? &e->conn : &none, e->action, out);
}

void ka_event_ref(const char machine_id[static 33], const char boot_id[static 33], const struct ka_conn *conn,
		  char out[static KA_REF_MAX])
{
	uint8_t hash[ID_BYTES];
	char text[KA_EVENT_ID_MAX];

	derive("keyaudit-conn/1", machine_id, boot_id, conn, "", hash);
	ka_text_base32(hash, sizeof(hash), text, sizeof(text));
	memcpy(out, text, KA_REF_MAX - 1);
	out[KA_REF_MAX - 1] = '\0';
}

enum ka_level ka_event_level(const struct ka_event *e)
{
	if (e->level <= KA_LEVEL_INFO)
		return KA_LEVEL_INFO;
	if (e->level >= KA_LEVEL_ALERT)
		return e->trust == KA_TRUST_SEEN && !e->is_unvouched ? KA_LEVEL_ALERT : KA_LEVEL_WARNING;
	return e->level == KA_LEVEL_NOTICE ? KA_LEVEL_NOTICE : KA_LEVEL_WARNING;
}

bool ka_event_address(const char *text, char ip[static 64])
{
	struct ka_span whole = ka_span_of(text);
	struct ka_span bare = ka_span_sub(whole, 0, ka_span_find(whole, '%'));
	unsigned char raw[sizeof(struct in6_addr)];
	int family = ka_span_find(bare, ':') < bare.len ? AF_INET6 : AF_INET;
	char copy[64];

	ip[0] = '\0';
	return ka_span_copy(bare, copy, sizeof(copy)) && inet_pton(family, copy, raw) == 1 &&
	       inet_ntop(family, raw, ip, 64) != NULL;
}

bool ka_event_source(const struct ka_event *e, char ip[static 64])
{
	ip[0] = '\0';
	if (e->trust == KA_TRUST_CLAIMED)
		return false;
	if (e->trust == KA_TRUST_LOG_UNVERIFIED && e->source_from == NULL)
		return false;
	return ka_event_address(e->source_ip, ip);
}
