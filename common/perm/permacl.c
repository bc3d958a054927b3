/* Reading an access list. Pure; the bytes are a file system's, which may be a network's. */
#include "perm/permacl.h"

#include <string.h>

#include "base/poison.h"

enum { VERSION = 2, HEADER = 4, ENTRY = 8, WRITE = 2 };
enum { USER_OBJ = 1, USER = 2, GROUP_OBJ = 4, GROUP = 8, MASK = 0x10, OTHER = 0x20 };

static uint32_t number(const uint8_t *p, size_t n)
{
	uint32_t v = 0;

	while (n > 0)
		v = v << 8 | p[--n];
	return v;
}

static void add(struct ka_permacl *out, bool is_group, uint32_t id)
{
	if (out->count == KA_PERMACL_WRITERS_MAX)
		out->is_cut = true;
	else
		out->writers[out->count++] = (struct ka_permacl_entry){ is_group, id };
}

bool ka_permacl_parse(const uint8_t *bytes, size_t len, uid_t user, struct ka_permacl *out)
{
	bool has_mask = false, mask_writes = true, group_writes = false;

	memset(out, 0, sizeof(*out));
	if (len < HEADER || (len - HEADER) % ENTRY != 0 || number(bytes, HEADER) != VERSION)
		return false;
	for (size_t i = HEADER; i < len; i += ENTRY) {
		bool writes = (number(bytes + i + 2, 2) & WRITE) != 0;

		if (number(bytes + i, 2) == MASK) {
			has_mask = true;
			mask_writes = writes;
		} else if (number(bytes + i, 2) == GROUP_OBJ) {
			group_writes = writes;
		}
	}
	for (size_t i = HEADER; i < len; i += ENTRY) {
		uint32_t tag = number(bytes + i, 2), id = number(bytes + i + 4, 4);

		if (tag != USER && tag != GROUP)
			continue;
		out->is_list = true;
		if (mask_writes && (number(bytes + i + 2, 2) & WRITE) != 0 && (tag == GROUP || (id != 0 && id != user)))
			add(out, tag == GROUP, id);
	}
	out->is_list = out->is_list || has_mask;
	out->is_only_mask = has_mask && mask_writes && !group_writes;
	return true;
}
