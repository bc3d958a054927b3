/* Open addressing; a table that is two thirds full is doubled. */
#include "keyaudit/vet/vetreuse.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/limits.h"

#include "base/poison.h"

#define ROOM_FIRST 1024

struct ka_vetreuse_entry {
	uint8_t digest[KA_VETREUSE_DIGEST];
	uint64_t account;
	struct ka_vetplace first;
	bool is_used, is_reused;
};

static uint64_t account_of(struct ka_span account)
{
	uint8_t hash[crypto_generichash_BYTES_MIN];
	uint64_t v;

	crypto_generichash(hash, sizeof(hash), account.p, account.len, NULL, 0);
	memcpy(&v, hash, sizeof(v));
	return v;
}

/* its entry, or the free one where it belongs */
static struct ka_vetreuse_entry *find(struct ka_vetreuse_entry *table, size_t room, const uint8_t *digest)
{
	uint64_t at;

	memcpy(&at, digest, sizeof(at));
	for (at &= room - 1; table[at].is_used && memcmp(table[at].digest, digest, KA_VETREUSE_DIGEST) != 0;)
		at = (at + 1) & (room - 1);
	return &table[at];
}

static enum ka_err grow(struct ka_vetreuse *r)
{
	size_t room = r->room == 0 ? ROOM_FIRST : 2 * r->room;
	struct ka_vetreuse_entry *table;

	if (r->room > 0 && r->count < r->room / 3 * 2)
		return KA_ERR_OK;
	table = calloc(room, sizeof(*table));
	if (table == NULL)
		return KA_ERR_NOMEM;
	for (size_t i = 0; i < r->room; i++)
		if (r->table[i].is_used)
			*find(table, room, r->table[i].digest) = r->table[i];
	free(r->table);
	r->table = table;
	r->room = room;
	return KA_ERR_OK;
}

enum ka_err ka_vetreuse_note(struct ka_vetreuse *r, struct ka_span blob, struct ka_span account, struct ka_vetplace where,
			     enum ka_vetreuse_what *what, struct ka_vetplace *first)
{
	uint8_t digest[crypto_hash_sha256_BYTES];
	uint64_t who = account_of(account);
	enum ka_err err = grow(r);
	struct ka_vetreuse_entry *e;

	if (err != KA_ERR_OK)
		return err;
	crypto_hash_sha256(digest, blob.p, blob.len);
	e = find(r->table, r->room, digest);
	if (!e->is_used) {
		*what = r->count < KA_VET_REUSE_KEYS_MAX ? KA_VETREUSE_NEW : KA_VETREUSE_UNKNOWN;
		if (*what == KA_VETREUSE_UNKNOWN)
			return KA_ERR_OK;
		*e = (struct ka_vetreuse_entry){ .account = who, .first = where, .is_used = true };
		memcpy(e->digest, digest, sizeof(e->digest));
		r->count++;
		return KA_ERR_OK;
	}
	*what = e->account == who ? KA_VETREUSE_SAME : KA_VETREUSE_OTHER;
	*first = e->first;
	r->reused += *what == KA_VETREUSE_OTHER && !e->is_reused;
	e->is_reused |= *what == KA_VETREUSE_OTHER;
	return KA_ERR_OK;
}

void ka_vetreuse_free(struct ka_vetreuse *r)
{
	free(r->table);
	memset(r, 0, sizeof(*r));
}
