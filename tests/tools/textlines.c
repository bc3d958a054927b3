/*
 * Lines of syslog for filters, made by the writer of the text line itself: each reason that may ban with each user name below,
 * and the same with reasons and addresses that must not. The address of those that may ban is 203.0.113.7.
 *
 * usage: textlines ban|keep
 */
#include <stdio.h>
#include <string.h>

#include "audit/eventtext.h"
#include "base/err.h"

#include "base/poison.h"

static const char *const users[] = { "alice", "a\" rhost=1.2.3.4 port=1 fp=x", "evil rhost=1.2.3.4 port=1", "a\nb", "%n", "a\\\"b", "" };

static const enum ka_reason bans[] = { KA_REASON_SSHD_KEY_REVOKED, KA_REASON_KEY_KNOWN_COMPROMISED, KA_REASON_REVOKED_STORE,
				       KA_REASON_REVOKED_KRL, KA_REASON_REVOKED_LIST };

static void line(enum ka_reason reason, const char *user, const char *ip)
{
	static const struct ka_event_host host = { .machine_id = "0a1b2c3d4e5f60718293a4b5c6d7e8f9", .boot_id = "6f1c2d3e4b5a49788796a5b4c3d2e1f0" };
	struct ka_event e = { .action = KA_EVENT_KEY_REFUSED, .conn = { 4240, 7 }, .has_conn = true, .source_port = 50514, .source_from = "socket",
			      .reason = reason };
	char text[2048];
	struct ka_buf b;

	memcpy(e.user, user, strlen(user));
	memcpy(e.source_ip, ip, strlen(ip));
	ka_buf_init_array(&b, text);
	ka_eventtext_write(&e, &host, &b);
	printf("Aug 23 10:15:42 web01 keyaudit[4240]: %s\n", text);
}

int main(int argc, char **argv)
{
	bool is_ban = argc == 2 && strcmp(argv[1], "ban") == 0;

	for (size_t u = 0; u < KA_ARRAY_LEN(users); u++) {
		for (size_t i = 0; i < KA_ARRAY_LEN(bans); i++) /* without an address nobody can be banned */
			if (!is_ban || u < KA_ARRAY_LEN(users) - 1)
				line(bans[i], users[u], is_ban ? "203.0.113.7" : "");
		for (int r = 1; !is_ban && r < KA_REASON_COUNT; r++) {
			bool may = false;

			for (size_t i = 0; i < KA_ARRAY_LEN(bans); i++)
				may = may || bans[i] == (enum ka_reason)r;
			if (!may)
				line((enum ka_reason)r, users[u], "203.0.113.7");
		}
	}
	return 0;
}
