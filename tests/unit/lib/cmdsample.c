/* The command and its folder are root's; two objects are the whole way. */
#include "tests/unit/lib/cmdsample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/poison.h"

int cmdsample_begin(void **state)
{
	struct ka_facts *f = &factsample.facts;
	struct ka_cmdhealth *c = &f->cmd;
	int rc = factsample_plain(state);

	memset(c, 0, sizeof(*c));
	put(c->path, CMDSAMPLE);
	c->is_looked = c->is_executable = c->has_way = true;
	put(c->way.real, CMDSAMPLE);
	c->way.count = 2;
	c->way.path_len[0] = strlen(CMDSAMPLE);
	c->way.path_len[1] = strlen("/usr/libexec/keyaudit");
	c->way.facts[0] = (struct ka_perm_fact){ .object = KA_PERM_FILE, .mode = S_IFREG | 0755 };
	c->way.facts[1] = (struct ka_perm_fact){ .object = KA_PERM_DIR, .mode = S_IFDIR | 0755 };
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	f->sources.key[0].is_listed = true;
	put(f->sources.key[0].path, "/etc/keyaudit/keys.d/alice");
	put(f->version, "OpenSSH_9.2p1 Debian-2+deb12u10");
	return rc;
}

enum ka_reason cmdsample_with(const char *command)
{
	char text[512] = "authorizedkeyscommand ";

	assert_true(ka_span_copy(ka_span_of(command), text + strlen(text), sizeof(text) - strlen(text)));
	factsample_sshd(text);
	return factsample_primary();
}
