/* The revoked list in force. It must never answer "not revoked" when it could not look. */
#include "store/revoked.h"

#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "base/cleanup.h"
#include "base/fields.h"
#include "base/text.h"
#include "key/keyfpr.h"

#include "base/poison.h"

#define HEAD "ka1 revoked"

_Static_assert(KA_REVOKED_READ_MAX >= KA_REVOKED_HEAD_MAX, "the first line is read at once");

void ka_revoked_head(struct ka_buf *out, const struct ka_serial_memory *memory, int64_t at, int64_t expires, size_t count)
{
	char hex[2 * sizeof(memory->sha512) + 1];

	ka_text_hex(memory->sha512, sizeof(memory->sha512), hex, sizeof(hex));
	ka_buf_text(out, HEAD);
	ka_fields_put_i64(out, "serial", memory->known ? (int64_t)memory->serial : 0);
	ka_fields_put_text(out, "sha512", hex);
	ka_fields_put_i64(out, "at", at);
	ka_fields_put_i64(out, "expires", expires);
	ka_fields_put_i64(out, "count", (int64_t)count);
	ka_buf_char(out, '\n');
}

static bool parse_head(struct ka_revoked *r)
{
	struct ka_span all = { r->bytes, r->len }, hex;
	struct ka_fields f;
	size_t len = 0;

	r->head = ka_span_find(all, '\n') + 1;
	if (r->head > all.len || r->head > KA_REVOKED_HEAD_MAX || !ka_fields_init(&f, ka_span_sub(all, 0, r->head - 1), HEAD))
		return false;
	r->memory.serial = (uint64_t)ka_fields_i64(&f, "serial", INT64_MAX);
	r->memory.known = r->memory.serial > 0;
	hex = ka_fields_raw(&f, "sha512");
	ka_fields_i64(&f, "at", INT64_MAX);
	r->expires = ka_fields_i64(&f, "expires", INT64_MAX);
	r->count = (size_t)ka_fields_i64(&f, "count", KA_REVOKED_ENTRIES_MAX);
	return ka_fields_end(&f) && hex.len == 2 * sizeof(r->memory.sha512) &&
	       sodium_hex2bin(r->memory.sha512, sizeof(r->memory.sha512), (const char *)hex.p, hex.len, NULL, &len, NULL) == 0 &&
	       len == sizeof(r->memory.sha512);
}

/* the opened file; KA_ERR_SYNTAX when it is no list */
static enum ka_err read_list(struct ka_revoked *r, int *fd, size_t size)
{
	enum ka_err err;

	r->len = size < sizeof(r->bytes) ? size : sizeof(r->bytes);
	err = ka_serialdir_bytes(*fd, 0, r->bytes, r->len);
	if (err != KA_ERR_OK)
		return err;
	if (!parse_head(r) || size != r->head + r->count * KA_REVOKED_ENTRY_LEN)
		return KA_ERR_SYNTAX;
	if (r->len < size)
		r->fd = ka_steal_fd(fd);
	r->state = KA_REVOKED_OPEN;
	return KA_ERR_OK;
}

enum ka_err ka_revoked_open(const struct ka_serialdir *d, const char *source, struct ka_revoked *out)
{
	char name[KA_SERIAL_NAME_MAX];
	KA_AUTOCLOSE int fd = -1;
	size_t size;
	bool is_ours;
	enum ka_err err;

	out->state = KA_REVOKED_BROKEN;
	out->fd = -1;
	out->memory = (struct ka_serial_memory){ .known = false };
	out->expires = 0;
	out->count = out->head = out->len = 0;
	if (!ka_serialdir_name(source, KA_SERIALDIR_REVOKED, name))
		return KA_ERR_LIMIT;
	err = ka_serialdir_file(d, name, &fd, &size, &is_ours);
	if (err != KA_ERR_OK)
		return err;
	if (fd < 0) {
		out->state = is_ours ? KA_REVOKED_MISSING : KA_REVOKED_BROKEN;
		return KA_ERR_OK;
	}
	err = read_list(out, &fd, size);
	return err == KA_ERR_SYNTAX ? KA_ERR_OK : err;
}

void ka_revoked_close(struct ka_revoked *r)
{
	if (r->fd >= 0)
		close(ka_steal_fd(&r->fd));
}

/* entries [from, from + n) of the file; false when they cannot be had */
static bool read_entries(const struct ka_revoked *r, size_t from, size_t n, uint8_t *out)
{
	size_t at = r->head + from * KA_REVOKED_ENTRY_LEN, len = n * KA_REVOKED_ENTRY_LEN;

	if (r->fd < 0)
		memcpy(out, r->bytes + at, len);
	else if (ka_serialdir_bytes(r->fd, at, out, len) != KA_ERR_OK)
		return false;
	for (size_t i = 1; i <= n; i++)
		if (out[i * KA_REVOKED_ENTRY_LEN - 1] != '\n')
			return false;
	return true;
}

enum ka_err ka_revoked_entries(const struct ka_revoked *r, uint8_t *out)
{
	if (r->count == 0)
		return KA_ERR_OK;
	return read_entries(r, 0, r->count, out) ? KA_ERR_OK : KA_ERR_SYNTAX;
}

/* <0, 0, >0: the hash is before the block, in it (then *hit says whether it is there), behind it */
static int look_in_block(const uint8_t *block, size_t n, struct ka_span hash, bool *hit)
{
	if (memcmp(hash.p, block, hash.len) < 0)
		return -1;
	if (memcmp(hash.p, block + (n - 1) * KA_REVOKED_ENTRY_LEN, hash.len) > 0)
		return 1;
	for (size_t i = 0; i < n && !*hit; i++)
		*hit = memcmp(hash.p, block + i * KA_REVOKED_ENTRY_LEN, hash.len) == 0;
	return 0;
}

/* false when nobody can tell */
static bool search(const struct ka_revoked *r, struct ka_span hash, bool *hit)
{
	uint8_t block[KA_REVOKED_BLOCK_MAX * KA_REVOKED_ENTRY_LEN];
	size_t low = 0, high = r->count; /* it can only be in [low, high) */

	*hit = false;
	for (unsigned step = 0; low < high; step++) {
		size_t n = high - low < KA_REVOKED_BLOCK_MAX ? high - low : KA_REVOKED_BLOCK_MAX;
		size_t from = low + (high - low - n) / 2;
		int side;

		if (step == KA_REVOKED_STEPS_MAX || !read_entries(r, from, n, block))
			return false;
		side = look_in_block(block, n, hash, hit);
		if (side == 0)
			return true;
		if (side < 0)
			high = from;
		else
			low = from + n;
	}
	return true;
}

enum ka_reason ka_revoked_judge(const struct ka_revoked *r, const char *fp)
{
	struct ka_span text = ka_span_of(fp);
	bool hit;

	if (r->state == KA_REVOKED_MISSING)
		return KA_REASON_NONE;
	if (r->state != KA_REVOKED_OPEN || !ka_keyfpr_is_valid(text))
		return KA_REASON_STORE_CACHE_INVALID;
	if (!search(r, ka_span_sub(text, strlen(KA_REVOKEDLIST_PREFIX), text.len), &hit))
		return KA_REASON_STORE_CACHE_INVALID;
	return hit ? KA_REASON_REVOKED_STORE : KA_REASON_NONE;
}

enum ka_reason ka_revoked_currency(const struct ka_revoked *r, int64_t now)
{
	return r->state == KA_REVOKED_OPEN && now < r->expires ? KA_REASON_NONE : KA_REASON_STORE_REVOKED_STALE;
}
