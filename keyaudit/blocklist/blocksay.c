#include "keyaudit/blocklist/blocksay.h"

#include <stdio.h>

#include "base/limits.h"
#include "keyaudit/screen/out_text.h"

#include "base/poison.h"

int ka_blocksay(const char *what, const char *why, int status)
{
	struct ka_out err;

	ka_out_init(&err, stderr, KA_OUT_AUTO);
	fputs("keyaudit blocklist: ", stderr);
	ka_out_escaped(&err, KA_OUT_PLAIN, what, KA_TEXT_PATH_MAX);
	fprintf(stderr, ": %s\n", why);
	return status;
}
