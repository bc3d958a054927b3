/* Running sshd for its answers: absolute path, argv list, deadline, capped output. */
#include "diag/sshdask.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/paths.h"
#include "base/spawn.h"
#include "base/username.h"
#include "diag/sshdcache.h"

#include "base/poison.h"

static enum ka_err run(const char *const *argv, bool with_stderr, char **text, size_t *len)
{
	struct ka_spawn what = { .argv = argv, .output_max = KA_DIAG_SSHD_T_MAX, .deadline_ms = KA_DIAG_SSHD_T_MS,
				 .with_stderr = with_stderr };
	struct ka_spawn_out out;
	enum ka_err err = ka_spawn_run(&what, &out);

	*text = out.output;
	*len = out.len;
	return err;
}

static bool is_address(const char *text)
{
	uint8_t bytes[16];

	return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

/* only root keeps answers: the directory is root's, and so is what sshd -T may read */
static enum ka_err ask_or_recall(const struct ka_sshdask *ask, const char *kind, const char *const *argv, char **text, size_t *len)
{
	char name[KA_SSHDCACHE_NAME_MAX];
	bool may_keep = geteuid() == 0 && ka_sshdcache_name(ask, kind, name);
	enum ka_err err;

	if (may_keep && ka_sshdcache_get(KA_PATH_SSHD_T, name, KA_DIAG_SSHD_T_AGE_SEC, text, len))
		return KA_ERR_OK;
	err = run(argv, strcmp(kind, "version") == 0, text, len);
	if (err == KA_ERR_OK && may_keep && *len > 0)
		ka_sshdcache_put(KA_PATH_SSHD_T, name, *text, *len);
	return err;
}

/* the listener's options, one by one: what they say holds for every connection that it takes */
static void add_options(const struct ka_listener_args *args, char letters[static KA_LISTENER_OPTIONS_MAX][3], const char **argv)
{
	for (size_t i = 0; args != NULL && i < args->count; i++) {
		letters[i][0] = '-';
		letters[i][1] = args->options[i].letter;
		letters[i][2] = '\0';
		*argv++ = letters[i];
		*argv++ = args->options[i].value;
	}
}

enum ka_err ka_sshdask_conf(const struct ka_sshdask *ask, struct ka_sshdconf *out)
{
	char who[KA_USER_NAME_MAX + 160];
	const char *argv[6 + 2 * KA_LISTENER_OPTIONS_MAX + 1] = { ask->program, "-T", "-f", ask->config };
	char letters[KA_LISTENER_OPTIONS_MAX][3];
	bool has_user = ka_username_is_valid(ka_span_of(ask->user));
	KA_AUTOFREE char *text = NULL;
	struct ka_buf b;
	size_t len;
	enum ka_err err;

	ka_sshdconf_default(out);
	ka_buf_init_array(&b, who);
	if (has_user) {
		ka_buf_text(&b, "user=");
		ka_buf_text(&b, ask->user);
		if (is_address(ask->address)) {
			ka_buf_text(&b, ",host=");
			ka_buf_text(&b, ask->address);
			ka_buf_text(&b, ",addr=");
			ka_buf_text(&b, ask->address);
		}
		argv[4] = "-C";
		argv[5] = who;
	}
	if (b.overflow || ask->program[0] != '/')
		return KA_ERR_OK;
	add_options(ask->args, letters, argv + (has_user ? 6 : 4));
	err = ask_or_recall(ask, "T", argv, &text, &len);
	if (err == KA_ERR_OK)
		ka_sshdconf_parse((struct ka_span){ (const uint8_t *)text, len }, out);
	return err == KA_ERR_NOMEM ? err : KA_ERR_OK;
}

void ka_sshdask_version(const char *program, char *out, size_t size)
{
	/* an option that never existed: the usage message names the whole release, which -V (since 9.2) does not */
	const char *argv[] = { program, "-?", NULL };
	const struct ka_sshdask ask = { .program = program, .config = "", .user = "", .address = "" };
	KA_AUTOFREE char *text = NULL;
	size_t len;

	out[0] = '\0';
	if (program[0] == '/' && ask_or_recall(&ask, "version", argv, &text, &len) == KA_ERR_OK)
		ka_sshdconf_version((struct ka_span){ (const uint8_t *)text, len }, out, size);
}
