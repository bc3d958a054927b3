/* The flag file. It carries nothing: that it is there is all it says. */
#include "audit/sealflag.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/limits.h"

#include "base/poison.h"

void ka_sealflag_raise(const char *lock_path, uint64_t before, uint64_t seq)
{
	const char *slash = strrchr(lock_path, '/');
	char path[KA_CONF_TEXT_MAX];
	KA_AUTOCLOSE int fd = -1;
	struct ka_buf b;

	if (seq / KA_SEAL_RECORDS == before / KA_SEAL_RECORDS)
		return;
	ka_buf_init_array(&b, path);
	ka_buf_put(&b, lock_path, slash != NULL ? (size_t)(slash - lock_path) + 1 : 0);
	ka_buf_text(&b, "seal.wanted");
	if (!b.overflow)
		fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
}
