/*
 * A trail for tests/diff/forms.py: an event of every action with hostile text in everything that a client, a user or a store can
 * choose, made by the writer of the trail itself.
 *
 * usage: formmake TRAIL      and on stdout a line for each event: ACTION HEX, HEX the bytes that were put in
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/chain.h"
#include "audit/eventjson.h"
#include "audit/trailself.h"
#include "base/err.h"
#include "base/text.h"

#include "base/poison.h"

static const char *const hostile[] = {
	"alice", "a\nb", "a\r\nCEF:0|x|y|1|z|n|9|duser=root", "a\"b", "a' b", "a\" rhost=1.2.3.4 port=1 fp=x", "a\",\"event\":{\"outcome\":\"success\"},\"x\":\"",
	"\x1b[2J\x1b]0;t\x07", "\x9b" "31m", "\xff\xfe\xc0\x80", "%n%s%x%1000000d", "a|b|c|9|", "a=b src=1.2.3.4", "a\\", "\\x0a", "\\n", "\\", "\t\x01\x7f",
	"\xe2\x80\xae" "gpj.exe", "\xe2\x80\xa8" "line", "\xc2\x85", "\xf0\x9f\x98\x80", "\xed\xa0\x80", "-", " ", "a b", "'; DROP TABLE x; --", "<script>alert(1)</script>",
	"\nMESSAGE_ID=00000000000000000000000000000000\n_UID=0", "$(id)`id`", "\xef\xbb\xbf" "x", "a, b: {}", "\\u000a", "user=\"root\"", "=", "|", "\"",
};

static struct {
	struct ka_event e;
	struct ka_event_host h;
	struct ka_finding finding;
	struct ka_offer offers[2];
} w;

static struct {
	int fd;
	uint64_t seq;
	char hash[KA_CHAIN_HEX];
} trail = { .fd = -1, .hash = KA_CHAIN_ZEROS };

static void set(char *field, size_t size, const char *text)
{
	memset(field, 0, size);
	memcpy(field, text, strnlen(text, size - 1));
}

static void fill(enum ka_action_event action, const char *text, unsigned i)
{
	memset(&w, 0, sizeof(w));
	set(w.h.name, sizeof(w.h.name), "web01");
	set(w.h.machine_id, sizeof(w.h.machine_id), "0a1b2c3d4e5f60718293a4b5c6d7e8f9");
	set(w.h.boot_id, sizeof(w.h.boot_id), "6f1c2d3e4b5a49788796a5b4c3d2e1f0");
	w.e = (struct ka_event){ /* every field that one can have */
		.action = action, .at_us = 1787480142123456 + i, .provider = "keyaudit-collect", .conn = { 4240, i }, .has_conn = true,
		.phase = "end", .basis = "inspected", .method = "publickey", .has_uid = true, .uid = 1001, .source_port = 50514, .source_from = "socket",
		.destination_ip = "198.51.100.5", .destination_port = 22, .reason = KA_REASON_PERM_GROUP_WRITABLE, .finding = &w.finding,
		.offers = w.offers, .offers_count = 2, .key = &w.offers[1], .key_bits = 256, .key_label = text, .summary_count = 7, .level = KA_LEVEL_NOTICE,
	};
	set(w.e.user, sizeof(w.e.user), text);
	set(w.e.source_ip, sizeof(w.e.source_ip), i % 2 == 0 ? "203.0.113.7" : "2001:db8::7");
	set(w.e.text, sizeof(w.e.text), text);
	w.finding.reason = w.e.reason;
	set(w.finding.evidence.path, sizeof(w.finding.evidence.path), text);
	set(w.finding.evidence.detail, sizeof(w.finding.evidence.detail), text);
	set(w.finding.evidence.note, sizeof(w.finding.evidence.note), text);
	set(w.finding.evidence.owner, sizeof(w.finding.evidence.owner), text);
	set(w.finding.evidence.group, sizeof(w.finding.evidence.group), text);
	w.finding.evidence.has_stat = true;
	w.finding.evidence.mode = S_IFREG | 0664;
	set(w.finding.fix.advice, sizeof(w.finding.fix.advice), text);
	set(w.offers[0].type, sizeof(w.offers[0].type), text);
	set(w.offers[0].fp, sizeof(w.offers[0].fp), text);
	set(w.offers[1].type, sizeof(w.offers[1].type), text);
	set(w.offers[1].fp, sizeof(w.offers[1].fp), "SHA256:lPnmAAbrNMYg4YQtud9EaR2o2sWlA3V8Th96QOOebF8");
}

/* chained, as in a trail */
static void put(const struct ka_buf *line, const char *action, const char *text)
{
	char whole[KA_EVENT_LINE_MAX + 1], hex[512], prev[KA_CHAIN_HEX];
	struct ka_buf b;

	memcpy(prev, trail.hash, sizeof(prev));
	ka_buf_init_array(&b, whole);
	if (line->overflow || !ka_chain_put(&b, ka_buf_as_span(line), ++trail.seq, prev, trail.hash) || b.overflow ||
	    write(trail.fd, b.p, b.len) != (ssize_t)b.len)
		exit(1);
	ka_text_hex((const uint8_t *)text, strlen(text), hex, sizeof(hex));
	printf("%s %s\n", action, hex);
}

/* what the trail says about itself, with that name of a file */
static void put_self(const char *text)
{
	static const char chain[] = "00112233445566778899aabbccddeeff";
	struct ka_trailself s = { .host = &w.h, .chain = chain, .at_us = 1787480142123456 };
	struct ka_trailorigin o = { .base = 7, .seq = 41, .bytes = 5, .fragment = { .is_there = true, .bytes = 12 } };
	char line[KA_EVENT_LINE_MAX + 1];
	struct ka_buf b;

	set(o.file, sizeof(o.file), text);
	memset(o.hash, 'a', sizeof(o.hash) - 1);
	memset(o.sha256, 'b', sizeof(o.sha256) - 1);
	memset(o.fragment.hash, 'c', sizeof(o.fragment.hash) - 1);
	for (unsigned i = 0; i < KA_TRAIL_BEGIN_COUNT; i++) {
		o.begin = (enum ka_trailself_begin)i;
		s.seq = trail.seq + 1;
		ka_buf_init_array(&b, line);
		ka_trailself_genesis(&s, &o, &b);
		put(&b, "trail-genesis", text);
	}
	ka_buf_init_array(&b, line);
	ka_trailself_rotate(&s, o.file, &b);
	put(&b, "trail-rotate", text);
	ka_buf_init_array(&b, line);
	ka_trailself_recovery(&s, &o.fragment, &b);
	put(&b, "trail-recovery", text);
}

int main(int argc, char **argv)
{
	char line[KA_EVENT_LINE_MAX + 1];
	unsigned n = 0;

	trail.fd = argc == 2 ? open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
	if (trail.fd < 0) {
		fputs("usage: formmake TRAIL\n", stderr);
		return 2;
	}
	for (unsigned a = 0; a < KA_EVENT_COUNT; a++)
		for (size_t i = 0; i < KA_ARRAY_LEN(hostile); i++) {
			struct ka_buf b;

			fill((enum ka_action_event)a, hostile[i], n++);
			ka_buf_init_array(&b, line);
			ka_eventjson_write(&w.e, &w.h, &b);
			put(&b, ka_event_action_text((enum ka_action_event)a), hostile[i]);
		}
	for (size_t i = 0; i < KA_ARRAY_LEN(hostile); i++)
		put_self(hostile[i]);
	return close(trail.fd) == 0 ? 0 : 1;
}
