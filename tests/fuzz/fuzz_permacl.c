/* The value of system.posix_acl_access: what is found in any bytes is what a second, slower reading finds. The first byte is the user. */
#include "perm/permacl.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

enum { HEADER = 4, ENTRY = 8 };

/* acl(5), one entry: may this one write, whatever the mask says? */
static bool names_writer(const uint8_t *e, uid_t user)
{
	uint32_t id = (uint32_t)e[4] | (uint32_t)e[5] << 8 | (uint32_t)e[6] << 16 | (uint32_t)e[7] << 24;

	if ((e[2] & 2) == 0 || e[1] != 0)
		return false;
	return e[0] == 8 || (e[0] == 2 && id != 0 && id != user);
}

/* the last entry of such a tag: -1 none, else whether it may write */
static int last_of(const uint8_t *p, size_t n, uint8_t tag)
{
	int found = -1;

	for (size_t i = 0; i < n; i++)
		if (p[HEADER + i * ENTRY] == tag && p[HEADER + i * ENTRY + 1] == 0)
			found = (p[HEADER + i * ENTRY + 2] & 2) != 0;
	return found;
}

static void check(const uint8_t *p, size_t n, uid_t user, const struct ka_permacl *acl)
{
	int mask = last_of(p, n, 0x10);
	size_t writers = 0;

	for (size_t i = 0; i < n && mask != 0; i++)
		writers += names_writer(p + HEADER + i * ENTRY, user);
	MUST(acl->count == (writers < KA_PERMACL_WRITERS_MAX ? writers : KA_PERMACL_WRITERS_MAX));
	MUST(acl->is_cut == (writers > KA_PERMACL_WRITERS_MAX));
	MUST(acl->is_list == (mask >= 0 || last_of(p, n, 2) >= 0 || last_of(p, n, 8) >= 0));
	MUST(acl->is_only_mask == (mask > 0 && last_of(p, n, 4) <= 0));
	for (size_t i = 0; i < acl->count; i++)
		MUST(acl->writers[i].is_group || (acl->writers[i].id != 0 && acl->writers[i].id != user));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *bytes = data + 1;
	struct ka_permacl acl;
	size_t len;
	bool is;

	if (size == 0)
		return 0;
	len = size - 1;
	is = ka_permacl_parse(bytes, len, data[0], &acl);
	MUST(is == (len >= HEADER && (len - HEADER) % ENTRY == 0 && memcmp(bytes, "\2\0\0\0", HEADER) == 0));
	if (is)
		check(bytes, (len - HEADER) / ENTRY, data[0], &acl);
	else
		MUST(acl.count == 0 && !acl.is_list && !acl.is_only_mask && !acl.is_cut);
	return 0;
}
