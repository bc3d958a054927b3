/* Signed documents on their way into the cache. */
#include "authkeys-cmd/fetch/fetchsigned.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "perm/permwalk.h"
#include "store/cachedir.h"
#include "store/question.h"
#include "store/signedcheck.h"
#include "store/signedindex.h"
#include "vet/vetselftest.h"

#include "base/poison.h"

/* allocated: a signer file and a block's bytes */
struct check {
	const struct ka_conf_source *source;
	enum ka_signeddoc_kind kind;
	const char *user, *host; /* user NULL for a list */
	int64_t now;
	char *text; /* of the signer file */
	struct ka_signers signers;
	struct ka_signeddoc doc;
	struct ka_signedcheck_out out;
	uint8_t storage[KA_SSHSIG_MAX];
};

static void cleanup_check(struct check **c)
{
	if (*c != NULL)
		free((*c)->text);
	free(*c);
}

#define AUTOCHECK __attribute__((cleanup(cleanup_check)))

static enum ka_reason read_signers(struct check *c)
{
	struct ka_permwalk_trust trust = { .owner = 0 };
	struct ka_permwalk_refusal why;
	KA_AUTOCLOSE int fd = -1;
	size_t len;

	if (ka_permwalk_open(c->source->signers, &trust, &fd, &why) != KA_ERR_OK || fd < 0)
		return why.reason == KA_REASON_CONF_UNSAFE ? why.reason : KA_REASON_CONF_INVALID;
	if (ka_fd_slurp(fd, KA_SIGNERS_FILE_MAX, &c->text, &len) != KA_ERR_OK ||
	    !ka_signers_parse((struct ka_span){ (const uint8_t *)c->text, len }, &c->signers))
		return KA_REASON_CONF_INVALID;
	return KA_REASON_NONE;
}

static enum ka_reason judge(struct check *c, struct ka_span body, const struct ka_serial_memory *memory)
{
	const struct ka_signedcheck_in in = {
		.signers = &c->signers, .threshold = c->source->threshold, .sk_verify_required = c->source->sk_verify_required,
		.user = c->user, .host_id = c->host, .now = c->now, .memory = memory, .ed25519 = ka_vetselftest_ed25519(),
		.storage = c->storage, .storage_size = sizeof(c->storage),
	};
	enum ka_reason reason = ka_signeddoc_parse(body, c->kind, &c->doc);

	if (reason != KA_REASON_NONE)
		return reason;
	ka_signedcheck(&c->doc, &in, &c->out);
	return c->out.reason;
}

/*
 * What lies in the cache is the only memory that there is here: a lower bound for the serial, if those who are signers today
 * have signed it. One whose signer was taken off the list bounds nothing.
 */
static void remember(struct check *c, struct ka_span body, struct ka_serial_memory *m)
{
	enum ka_reason reason = judge(c, body, NULL);

	m->known = reason == KA_REASON_NONE || reason == KA_REASON_STORE_EXPIRED;
	if (!m->known)
		return;
	m->serial = c->doc.head.serial;
	memcpy(m->sha512, c->out.sha512, sizeof(m->sha512));
}

enum ka_reason ka_fetchsigned_check(const struct ka_fetchask *ask, struct ka_span body, const struct ka_entry *have, int64_t now)
{
	static const enum ka_signeddoc_kind kinds[] = {
		[KA_FETCH_KEYS] = KA_SIGNEDDOC_KEYS, [KA_FETCH_REVOKED] = KA_SIGNEDDOC_REVOKED, [KA_FETCH_INDEX] = KA_SIGNEDDOC_INDEX,
	};
	AUTOCHECK struct check *c = calloc(1, sizeof(*c));
	struct ka_serial_memory memory = { .known = false };
	enum ka_reason reason;

	if (c == NULL)
		return KA_REASON_INTERNAL_ERROR;
	c->source = ask->source;
	c->kind = kinds[ask->what];
	c->user = ask->what == KA_FETCH_KEYS ? ask->user : NULL;
	c->host = ask->host;
	c->now = now;
	reason = read_signers(c);
	if (reason != KA_REASON_NONE)
		return reason;
	if (have != NULL && have->is_found)
		remember(c, have->body, &memory);
	reason = judge(c, body, &memory);
	/*
	 * Of two lists with one serial the one that the command accepted first counts, and nobody here knows which that was: to keep
	 * one of them would keep the other out until a higher serial comes. The command refuses the wrong one, and says so. For keys,
	 * where a good copy may have to bridge, it tells us which is wrong (--except).
	 */
	if (reason == KA_REASON_STORE_SERIAL_REUSED && c->kind != KA_SIGNEDDOC_KEYS)
		reason = judge(c, body, NULL);
	return reason;
}

static const char *host_of(const struct ka_conf_source *s, struct utsname *node)
{
	if (s->host_id[0] != '\0')
		return s->host_id;
	return uname(node) == 0 ? node->nodename : "";
}

static bool read_index(const char *cache, struct check *c, char *storage, size_t size, struct ka_entry *entry)
{
	const struct ka_conf_source *s = c->source;
	char name[KA_ENTRY_HEX], hash[KA_ENTRY_HEX];

	ka_entry_name(s->name, KA_QUESTION_INDEX, NULL, name);
	ka_question_hash(s, s->index_url, hash);
	return ka_cachedir_read(cache, s->name, KA_QUESTION_INDEX, name, hash, storage, size, entry) == KA_CACHEDIR_FOUND &&
	       read_signers(c) == KA_REASON_NONE && judge(c, entry->body, NULL) == KA_REASON_NONE;
}

bool ka_fetchsigned_index(const char *cache, const struct ka_conf_source *s, int64_t now, void (*take)(void *ctx, struct ka_span user), void *ctx)
{
	AUTOCHECK struct check *c = calloc(1, sizeof(*c));
	KA_AUTOFREE char *storage = malloc(KA_ENTRY_BULK_MAX + 1);
	KA_AUTOFREE struct ka_entry *entry = malloc(sizeof(*entry));
	struct ka_signedindex_entry line;
	enum ka_signedindex_answer got;
	struct ka_cursor lines;
	struct utsname node;

	if (c == NULL || storage == NULL || entry == NULL)
		return false;
	c->source = s;
	c->kind = KA_SIGNEDDOC_INDEX;
	c->host = host_of(s, &node);
	c->now = now;
	if (!read_index(cache, c, storage, KA_ENTRY_BULK_MAX + 1, entry))
		return false;
	ka_cursor_init(&lines, c->doc.body.p, c->doc.body.len);
	while ((got = ka_signedindex_next(&lines, &line)) == KA_SIGNEDINDEX_FOUND)
		take(ctx, line.user);
	return got == KA_SIGNEDINDEX_ABSENT;
}

struct search {
	const char *user;
	bool found;
};

static void look_at(void *ctx, struct ka_span user)
{
	struct search *s = ctx;

	s->found = s->found || ka_span_is(user, s->user);
}

bool ka_fetchsigned_index_lacks(const char *cache, const struct ka_conf_source *s, int64_t now, const char *user)
{
	struct search search = { .user = user };

	return s->index_url[0] != '\0' && ka_fetchsigned_index(cache, s, now, look_at, &search) && !search.found;
}
