/* keyaudit version: what this is, what it was built with, what it found here. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/paths.h"
#include "base/spawn.h"
#include "keyaudit/cmd.h"
#include "keyaudit/screen/usage.h"
#include "reason/reason.h"

#include "base/poison.h"

static const char usage[] =
	"usage: keyaudit version\n\nPrints the version, the libraries and the paths compiled in.\n\n"
	"examples:\n  keyaudit version\n  keyaudit --version\n";

int ka_cmd_version(int argc, char **argv)
{
	size_t live = 0;

	if (argc > 1) {
		if (strcmp(argv[1], "--help") != 0)
			return ka_usage_stray("version", argv[1]);
		fputs(usage, stdout);
		return KA_EXIT_FINE;
	}
	for (int r = KA_REASON_NONE + 1; r < KA_REASON_COUNT; r++)
		live += ka_reason_is_live((enum ka_reason)r);
	printf("keyaudit " KA_VERSION "\n");
	printf("libsodium  %s\n", sodium_version_string());
	printf("reasons    %d known, %zu produced by this release\n", KA_REASON_COUNT - 1, live);
	printf("config     " KA_PATH_CONF "\ncommand    " KA_PATH_COMMAND "\nrecords    " KA_PATH_RUN "\ntrail      " KA_PATH_TRAIL "\n");
	return KA_EXIT_FINE;
}
