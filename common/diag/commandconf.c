/* Reading the configuration in the place of sshd's command. It must never read it with more rights than that has. */
#include "diag/commandconf.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "base/text.h"
#include "base/zone.h"
#include "conf/confprofile.h"
#include "vet/vetconf.h"

#include "base/poison.h"

/* the next word of a command line, without the quotes around it */
static bool next_word(struct ka_span *rest, struct ka_span *word)
{
	struct ka_span from = *rest;
	size_t end;

	while (from.len > 0 && (from.p[0] == ' ' || from.p[0] == '\t'))
		from = ka_span_sub(from, 1, from.len);
	if (from.len == 0 || from.p[0] != '"') {
		*rest = from;
		return ka_text_word(rest, word);
	}
	from = ka_span_sub(from, 1, from.len);
	end = ka_span_find(from, '"');
	*word = ka_span_sub(from, 0, end);
	*rest = ka_span_sub(from, end < from.len ? end + 1 : end, from.len);
	return true;
}

/* the word behind @option; p is NULL when it is not there */
static struct ka_span value_of(const char *command, const char *option)
{
	struct ka_span rest = ka_span_of(command), word, given = { NULL, 0 };

	while (next_word(&rest, &word))
		if (ka_span_is(word, option) && next_word(&rest, &word))
			given = word;
	return given;
}

bool ka_commandconf_path(const char *command, char out[static KA_PATH_TRUSTED_MAX])
{
	struct ka_span given = value_of(command, "-c");

	if (given.len > 0 && ka_span_copy(given, out, KA_PATH_TRUSTED_MAX))
		return true;
	ka_span_copy(ka_span_of(KA_PATH_CONF), out, KA_PATH_TRUSTED_MAX);
	return given.len == 0;
}

void ka_commandconf_profile(const char *command, struct ka_commandconf *c)
{
	struct ka_span given = value_of(command, "-P");
	struct ka_buf b;

	c->profile = KA_CONF_PROFILE_NONE;
	if (given.p == NULL || ka_confprofile_find(given, &c->profile) || c->load.reason != KA_REASON_NONE)
		return;
	c->load.reason = KA_REASON_CONF_INVALID;
	ka_buf_init_array(&b, c->load.text);
	ka_buf_text(&b, "AuthorizedKeysCommand: -P ");
	ka_text_escape(&b, given, 0, KA_CONF_ERROR_MAX / 4);
	ka_buf_text(&b, " is no profile (default, strict, bsi, fips, sk-only)");
}

enum ka_err ka_commandconf_load(const char *path, struct ka_commandconf *out)
{
	struct ka_conf_errors errors = { .count = 0 };
	KA_AUTOFREE struct ka_vetpolicy *policy = malloc(sizeof(*policy));
	struct ka_vet_when when = { .now_sec = 0 };
	struct ka_rights rights;
	enum ka_err err;

	if (policy == NULL)
		return KA_ERR_NOMEM;
	err = ka_rights_take(KA_COMMAND_USER, &rights);
	if (err != KA_ERR_OK)
		return err;
	out->rights = rights.answer;
	err = ka_confload(path, &out->conf, &out->load, &errors);
	ka_rights_give_back(&rights);
	if (err == KA_ERR_SYS)
		out->load.reason = KA_REASON_INTERNAL_ERROR;
	else if (err != KA_ERR_OK)
		return err;
	out->expired[0] = '\0';
	out->profile = KA_CONF_PROFILE_NONE;
	if (out->path != path && !ka_span_copy(ka_span_of(path), out->path, sizeof(out->path)))
		out->path[0] = '\0';
	if (out->load.reason != KA_REASON_NONE)
		return KA_ERR_OK;
	ka_vetconf_make(&out->conf, policy, &errors);
	if (errors.count > 0) {
		out->load.reason = KA_REASON_CONF_INVALID;
		ka_span_copy(ka_span_of(errors.first), out->load.text, sizeof(out->load.text));
		return KA_ERR_OK;
	}
	when.now_sec = ka_clock_wall_us() / 1000000;
	when.local_offset_sec = ka_zone_offset_sec(when.now_sec);
	ka_vetconf_check_time(&out->conf, policy, &when, &errors);
	ka_span_copy(ka_span_of(errors.first), out->expired, sizeof(out->expired));
	return KA_ERR_OK;
}

const char *ka_commandconf_unchecked(enum ka_rights_answer rights)
{
	switch (rights) {
	case KA_RIGHTS_NO_USER:
		return "not checked as " KA_COMMAND_USER ": there is no such user (systemd-sysusers keyaudit.conf)";
	case KA_RIGHTS_REFUSED:
		return "not checked as " KA_COMMAND_USER ": the system does not let us take its rights";
	case KA_RIGHTS_OWN:
	case KA_RIGHTS_TAKEN:
	default:
		return "";
	}
}
