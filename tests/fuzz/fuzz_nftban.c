/* A rule set of nft -j, whoever wrote it: the walk ends, a ban has a rule that exists, and where there is none nothing is claimed. */
#include "keyaudit/doctor/nftban.h"

#include <string.h>

#include "base/limits.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

static void check(const json_t *ruleset, const char *address, const uint8_t *data, size_t size)
{
	static const struct ka_ban none;
	struct ka_ban ban, again;

	ka_nftban_judge(ruleset, address, 22, &ban);
	ka_nftban_judge(ruleset, address, 22, &again);
	MUST(memcmp(&ban, &again, sizeof(ban)) == 0);
	if (!ban.is_banned) {
		MUST(memcmp(&ban, &none, sizeof(ban)) == 0);
		return;
	}
	MUST(strcmp(ban.family, "inet") == 0 || strcmp(ban.family, strchr(address, ':') != NULL ? "ip6" : "ip") == 0);
	MUST(strlen(ban.table) < sizeof(ban.table) && strlen(ban.chain) < sizeof(ban.chain) && strlen(ban.set) < sizeof(ban.set));
	MUST(memmem(data, size, "filter", 6) != NULL || memchr(data, '\\', size) != NULL);
	MUST(!ban.is_alone || memmem(data, size, "saddr", 5) != NULL || memchr(data, '\\', size) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *ruleset = json_loadb((const char *)data, size, 0, NULL);

	if (ruleset == NULL)
		return 0;
	check(ruleset, "192.0.2.9", data, size);
	check(ruleset, "2001:db8::9", data, size);
	check(ruleset, "127.0.0.1", data, size);
	json_decref(ruleset);
	return 0;
}
