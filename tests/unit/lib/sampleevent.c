/* The sample event of the unit tests. */
#include "tests/unit/lib/sampleevent.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/eventmethod.h"

#include "base/poison.h"

void sample_set(char *field, size_t size, const char *text)
{
	size_t n = strnlen(text, size - 1);

	memset(field, 0, size);
	memcpy(field, text, n);
}

static void fill_finding(struct ka_finding *f)
{
	f->reason = KA_REASON_PERM_GROUP_WRITABLE;
	f->offer = 1;
	f->decided = true;
	SAMPLE_SET(f->evidence.path, "/home/alice/.ssh/authorized_keys");
	f->evidence.has_stat = true;
	f->evidence.mode = S_IFREG | 0664;
	SAMPLE_SET(f->evidence.owner, "alice");
	SAMPLE_SET(f->evidence.group, "staff");
	f->fix.as_user = true;
	f->fix.commands = 1;
	SAMPLE_SET(f->fix.command[0], "runuser -u alice -- chmod go-w /home/alice/.ssh/authorized_keys");
}

static void fill_offers(struct ka_offer *o)
{
	SAMPLE_SET(o[0].type, "ssh-ed25519");
	SAMPLE_SET(o[0].fp, SAMPLE_FP_OTHER);
	o[0].verdict = KA_REASON_KEY_NOT_LISTED;
	SAMPLE_SET(o[1].type, "ssh-ed25519");
	SAMPLE_SET(o[1].fp, SAMPLE_FP);
	o[1].verdict = KA_REASON_PERM_GROUP_WRITABLE;
}

struct sample *sample_new(void)
{
	struct sample *s = calloc(1, sizeof(*s));
	struct ka_event *e = &s->e;

	if (s == NULL)
		abort();
	SAMPLE_SET(s->h.name, "web01");
	SAMPLE_SET(s->h.machine_id, "0a1b2c3d4e5f60718293a4b5c6d7e8f9");
	SAMPLE_SET(s->h.boot_id, "6f1c2d3e4b5a49788796a5b4c3d2e1f0");
	fill_finding(&s->finding);
	fill_offers(s->offers);
	*e = (struct ka_event){
		.action = KA_EVENT_KEY_REFUSED, .at_us = 1787480142123456, .provider = "keyaudit-collect",
		.conn = { 4240, 8123771 }, .has_conn = true, .trust = KA_TRUST_SEEN, .phase = "end", .basis = "inspected",
		.method = "publickey", .methods = KA_METHOD_PUBLICKEY, .user = "alice", .has_uid = true, .uid = 1001, .source_ip = "203.0.113.7",
		.source_port = 50514, .source_from = "socket", .destination_ip = "198.51.100.5", .destination_port = 22,
		.reason = KA_REASON_PERM_GROUP_WRITABLE, .finding = &s->finding, .offers = s->offers, .offers_count = 2,
		.key = &s->offers[1], .level = KA_LEVEL_NOTICE,
	};
	return s;
}
