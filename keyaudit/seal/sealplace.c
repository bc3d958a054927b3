/* Where the things of sealing lie. */
#include "keyaudit/seal/sealplace.h"

#include <string.h>

#include "base/buf.h"

#include "base/poison.h"

bool ka_sealplace_seals(const char *trail, char *out, size_t size)
{
	const char *slash = strrchr(trail, '/');
	struct ka_buf b;

	ka_buf_init(&b, out, size);
	if (slash != NULL)
		ka_buf_put(&b, trail, (size_t)(slash - trail) + 1);
	ka_buf_text(&b, "seals.jsonl");
	return !b.overflow;
}
