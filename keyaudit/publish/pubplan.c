/* Decisions of a publication. */
#include "keyaudit/publish/pubplan.h"

#include <sodium.h>
#include <string.h>

#include "base/limits.h"

#include "base/poison.h"

void ka_pubplan_content(struct ka_span hosts, struct ka_span body, uint8_t out[static 32])
{
	static const uint8_t end[1];
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, hosts.p, hosts.len);
	crypto_hash_sha256_update(&state, end, sizeof(end));
	crypto_hash_sha256_update(&state, body.p, body.len);
	crypto_hash_sha256_final(&state, out);
}

/* 0 to 255, always the same for a user */
static int64_t share_of(const struct ka_pubuser *u)
{
	uint8_t hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, (const uint8_t *)u->name, strlen(u->name));
	return hash[0];
}

static bool is_due(const struct ka_pubuser *u, const struct ka_pubplan_terms *t)
{
	int64_t left = u->old.expires - t->now, third = t->life / 3;

	/* made for longer than documents are to be good for now */
	if (u->old.has_keys && left > t->life)
		return true;
	return left < third + third * share_of(u) / 256;
}

enum ka_pubplan ka_pubplan_of(const struct ka_pubuser *u, const struct ka_pubplan_terms *t)
{
	const struct ka_pubold *old = &u->old;

	if (u->source != NULL) {
		bool same = old->is_ours && memcmp(old->content, u->content, sizeof(u->content)) == 0;

		return same && !is_due(u, t) ? KA_PUBPLAN_KEEP : KA_PUBPLAN_WRITE;
	}
	if (!old->is_document)
		return KA_PUBPLAN_ALIEN;
	/* nobody takes it any more; a day for clocks that are wrong */
	if (old->expires < t->now - KA_PUBLISH_CLOCK_SEC)
		return KA_PUBPLAN_DROP;
	return old->has_keys || !old->is_ours ? KA_PUBPLAN_EMPTY : KA_PUBPLAN_KEEP_EMPTY;
}

bool ka_pubplan_is_due(int64_t expires, const struct ka_pubplan_terms *t)
{
	int64_t left = expires - t->now;

	return left > t->life || left < t->life / 2;
}

int64_t ka_pubplan_expires(const struct ka_pubuser *u, const struct ka_pubplan_terms *t)
{
	int64_t at = t->now + t->life;

	return u->keys == 0 && u->old.is_document && u->old.expires > at ? u->old.expires : at;
}

uint64_t ka_pubplan_serial(uint64_t highest, uint64_t at_least, int64_t now)
{
	uint64_t s = (uint64_t)now;

	if (highest >= INT64_MAX || at_least > INT64_MAX)
		return 0;
	if (s <= highest)
		s = highest + 1;
	return s < at_least ? at_least : s;
}

size_t ka_pubplan_removed_max(size_t published)
{
	size_t part = published / 100 * KA_PUBLISH_REMOVED_PERCENT + published % 100 * KA_PUBLISH_REMOVED_PERCENT / 100;

	return part > KA_PUBLISH_REMOVED_FEW ? part : KA_PUBLISH_REMOVED_FEW;
}
