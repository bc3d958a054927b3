/* Landlock without a library: three system calls. */
#include "authkeys-cmd/fetch/fetchsandbox.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/paths.h"

#if __has_include(<linux/landlock.h>)
#include <linux/landlock.h>

#include "base/poison.h"

#define READ_FILE (LANDLOCK_ACCESS_FS_READ_FILE)
#define READ_TREE (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_TREE                                                                                                    \
	(READ_TREE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |    \
	 LANDLOCK_ACCESS_FS_MAKE_DIR)
/* what the first version of Landlock knows: whatever is named here is forbidden unless a rule allows it */
#define HANDLED                                                                                                       \
	(WRITE_TREE | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_CHAR |                       \
	 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |                 \
	 LANDLOCK_ACCESS_FS_MAKE_SYM)

static bool allow(int ruleset, const char *path, uint64_t access)
{
	KA_AUTOCLOSE int fd = open(path, O_PATH | O_CLOEXEC);
	struct landlock_path_beneath_attr rule = { .allowed_access = access, .parent_fd = fd };

	/* what does not exist needs no rule */
	return fd < 0 || syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

/* what the configuration names may lie anywhere */
static bool allow_files(int ruleset, const struct ka_conf *c)
{
	for (size_t i = 0; i < c->sources_count; i++) {
		const struct ka_conf_source *s = &c->sources[i];
		const char *const files[] = { s->ca_file, s->client_cert, s->client_key, s->token_file, s->signers, s->users };

		for (size_t j = 0; j < KA_ARRAY_LEN(files); j++)
			if (files[j][0] == '/' && !allow(ruleset, files[j], READ_FILE))
				return false;
	}
	return true;
}

bool ka_fetchsandbox(const struct ka_conf *c)
{
	static const struct { const char *path; uint64_t access; } rules[] = {
		{ "/etc", READ_TREE }, /* resolv.conf, nsswitch.conf, certificates, our own configuration, tokens */
		{ "/usr", READ_TREE }, { "/lib", READ_TREE }, { "/lib64", READ_TREE }, /* name service modules: read, never run */
		{ "/etc/resolv.conf", READ_FILE }, { "/var/lib/ca-certificates", READ_TREE }, /* where their links lead to */
		{ "/run/systemd/resolve", READ_TREE }, { "/run/nscd", READ_TREE }, { "/run/NetworkManager", READ_TREE },
		{ "/dev/urandom", READ_FILE }, { "/dev/null", READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE },
		{ "/proc/sys", READ_TREE },
		{ KA_PATH_CACHE, WRITE_TREE }, { KA_PATH_WANTED, WRITE_TREE },
	};
	const struct landlock_ruleset_attr what = { .handled_access_fs = HANDLED };
	KA_AUTOCLOSE int ruleset = (int)syscall(SYS_landlock_create_ruleset, &what, sizeof(what), 0);
	bool good = ruleset >= 0;

	for (size_t i = 0; good && i < KA_ARRAY_LEN(rules); i++)
		good = allow(ruleset, rules[i].path, rules[i].access);
	return good && allow_files(ruleset, c) && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
}

#else

bool ka_fetchsandbox(const struct ka_conf *c)
{
	(void)c;
	return false;
}

#endif
