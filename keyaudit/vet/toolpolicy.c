/* From a configuration to a policy. A configuration that is named or installed and cannot be used is never replaced by defaults. */
#include "keyaudit/vet/toolpolicy.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "source/confload.h"
#include "vet/vetconf.h"

#include "base/poison.h"

struct scratch {
	struct ka_confload load;
	struct ka_conf_errors errors;
	char path[KA_PATH_MAX];
};

static enum ka_err absolute(const char *path, char *out, size_t size)
{
	struct ka_buf b;

	ka_buf_init(&b, out, size);
	if (path[0] != '/') {
		char *cwd = getcwd(NULL, 0);

		if (cwd == NULL)
			return KA_ERR_SYS;
		ka_buf_text(&b, cwd);
		ka_buf_char(&b, '/');
		free(cwd);
	}
	ka_buf_text(&b, path);
	return ka_buf_check(&b);
}

static void say(struct ka_toolpolicy *out, const char *text)
{
	struct ka_buf b;

	ka_buf_init_array(&b, out->wrong);
	ka_buf_text(&b, text);
}

enum ka_err ka_toolpolicy_load(const char *path, struct ka_toolpolicy *out)
{
	KA_AUTOFREE struct scratch *s = calloc(1, sizeof(*s));
	enum ka_err err;

	memset(out, 0, sizeof(*out));
	ka_vetpolicy_default(&out->policy);
	ka_judge_open(NULL, &out->judge);
	if (s == NULL)
		return KA_ERR_NOMEM;
	if (path == NULL && access(KA_PATH_CONF, F_OK) != 0 && errno == ENOENT) {
		out->is_default = true;
		return KA_ERR_OK;
	}
	err = absolute(path != NULL ? path : KA_PATH_CONF, s->path, sizeof(s->path));
	if (err == KA_ERR_OK)
		err = ka_confload(s->path, &out->conf, &s->load, &s->errors);
	if (err != KA_ERR_OK)
		return err;
	if (s->load.reason != KA_REASON_NONE && s->load.reason != KA_REASON_CONF_DISABLED) {
		say(out, s->load.text);
		return KA_ERR_SYNTAX;
	}
	ka_vetconf_make(&out->conf, &out->policy, &s->errors);
	if (s->errors.count > 0) {
		say(out, s->errors.first);
		return KA_ERR_SYNTAX;
	}
	ka_judge_open(&out->conf, &out->judge);
	return KA_ERR_OK;
}
