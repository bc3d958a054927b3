/* gcd(product mod n, n). */
#include "authkeys-cmd/vet/rsashared.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"

#include "base/poison.h"

static const char *judge(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return "it is no regular file";
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return "it is not root's";
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return "group or others may write to it";
	return st.st_size > 0 && st.st_size <= KA_RSASHARED_BYTES_MAX ? NULL : "it is empty or too large";
}

const char *ka_rsashared_read(const char *path, BIGNUM **out)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	KA_AUTOFREE char *bytes = NULL;
	const char *wrong;
	size_t len;

	*out = NULL;
	if (fd < 0)
		return errno == ENOENT ? "it is not there" : errno == ELOOP ? "it is a symbolic link" : "it cannot be opened";
	wrong = judge(fd);
	if (wrong != NULL)
		return wrong;
	if (ka_fd_slurp(fd, KA_RSASHARED_BYTES_MAX, &bytes, &len) != KA_ERR_OK)
		return "it cannot be read";
	*out = BN_bin2bn((const unsigned char *)bytes, (int)len, NULL);
	if (*out == NULL)
		return "no memory";
	if (BN_is_odd(*out) && !BN_is_one(*out))
		return NULL;
	BN_free(*out);
	*out = NULL;
	return "it is no product of odd primes";
}

enum ka_vetfound ka_rsashared_look(const BIGNUM *product, const BIGNUM *n, BN_CTX *ctx)
{
	KA_BNFRAME(ctx);
	BIGNUM *rest = BN_CTX_get(ctx), *common = BN_CTX_get(ctx);

	if (common == NULL || !BN_mod(rest, product, n, ctx) || !BN_gcd(common, rest, n, ctx))
		return KA_VETFOUND_FAULT;
	/* n itself, when both of its primes are listed and the rest is 0 */
	return BN_is_one(common) ? KA_VETFOUND_NO : KA_VETFOUND_YES;
}
