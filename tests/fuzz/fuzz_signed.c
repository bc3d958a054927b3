/*
 * A signed document, of each kind: the parts lie where they must, and what is accepted has exactly the text that a listed
 * signer signed, with nothing between it and its first signature.
 */
#include "store/revokedlist.h"
#include "store/signedcheck.h"
#include "store/signedindex.h"
#include "store/sshsig.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

/* those of tests/cases/signed */
static const char signers_text[] =
	"ops ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0eAIJlzE7jick9NrbnTJkbtKdpYnvY7npbpBfzn5pk\n"
	"touch sk-ssh-ed25519@openssh.com "
	"AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIKCapfR6Z1mAL/lV+NwtKhSlyZ0jvpf4ZBJ/+Tg0VaTwAAAABHNzaDo=\n";

static struct ka_signers signers;
static uint8_t storage[KA_SSHSIG_MAX];

static int is_inside(struct ka_span part, struct ka_span whole)
{
	return part.p >= whole.p && part.len <= whole.len && (size_t)(part.p - whole.p) <= whole.len - part.len;
}

static void check_parts(const struct ka_signeddoc *d, struct ka_span bytes)
{
	struct ka_signedindex_entry entry;
	struct ka_span hash, rest;
	struct ka_cursor c;

	MUST(d->text.p == bytes.p && is_inside(d->text, bytes) && is_inside(d->body, d->text));
	MUST(d->body.p + d->body.len == d->text.p + d->text.len);
	MUST(d->text.p[d->text.len - 1] == '\n' && ka_span_find(d->text, '\0') == d->text.len && ka_span_find(d->text, '\r') == d->text.len);
	rest = ka_span_sub(bytes, d->text.len, bytes.len);
	MUST(ka_span_starts(rest, KA_SSHSIG_BEGIN "\n"));
	MUST(d->blocks > 0 && d->blocks <= KA_SIGNED_BLOCKS_MAX && is_inside(d->block[d->blocks - 1], rest));
	MUST(is_inside(d->head.hosts, d->text) && d->head.serial > 0 && d->head.issued < d->head.expires);
	ka_cursor_init(&c, d->body.p, d->body.len);
	while (ka_revokedlist_next(&c, &hash) != KA_REVOKEDLIST_END)
		MUST(hash.len == 0 || hash.len == KA_REVOKEDLIST_HASH_LEN);
	if (ka_signedindex_find(d, "alice", &entry) == KA_SIGNEDINDEX_FOUND)
		MUST(entry.serial > 0 && ka_span_is(entry.user, "alice"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_signedcheck_in in = { .signers = &signers, .host_id = "web1.example.com", .now = 1795435200, .user = "alice",
					.ed25519 = KA_VET_ED25519_SOUND, .storage = storage, .storage_size = sizeof(storage) };
	struct ka_span bytes = { data, size };
	struct ka_signedcheck_out out;
	struct ka_signeddoc d;

	MUST(ka_signers_parse(ka_span_of(signers_text), &signers) && signers.count == 2);
	for (int kind = KA_SIGNEDDOC_KEYS; kind <= KA_SIGNEDDOC_INDEX; kind++) {
		if (ka_signeddoc_parse(bytes, (enum ka_signeddoc_kind)kind, &d) != KA_REASON_NONE) {
			MUST(d.wrong != NULL);
			continue;
		}
		check_parts(&d, bytes);
		ka_signedcheck(&d, &in, &out);
		MUST(out.reason != KA_REASON_NONE || (out.verified > 0 && out.verified + out.ignored <= d.blocks));
		MUST(out.reason != KA_REASON_NONE || d.kind != KA_SIGNEDDOC_KEYS || ka_span_is(d.head.user, "alice"));
	}
	return 0;
}
