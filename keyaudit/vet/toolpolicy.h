/* The policy that a verb judges by: of the configuration named, of the installed one, or the default. */
#ifndef KA_TOOLPOLICY_H
#define KA_TOOLPOLICY_H

#include "base/err.h"
#include "conf/conf.h"
#include "judge/judge.h"
#include "vet/vetpolicy.h"

/* large: allocated */
struct ka_toolpolicy {
	struct ka_vetpolicy policy;
	struct ka_judge judge;        /* open behind any load: the caller's to ka_judge_close() */
	struct ka_conf conf;
	bool is_default;              /* no configuration was found or asked for */
	char wrong[KA_CONF_ERROR_MAX]; /* escaped; "" when all is well */
};

/**
 * ka_toolpolicy_load() - fill @out
 * @path: -c FILE (relative to the working directory is fine); NULL: the installed configuration when there is one, else defaults
 *
 * The kill switch is no obstacle: it stops the command, not the judge.
 *
 * Errors: KA_ERR_SYNTAX when the configuration cannot be used, with out->wrong; KA_ERR_NOMEM, KA_ERR_SYS.
 */
KA_MUST_CHECK enum ka_err ka_toolpolicy_load(const char *path, struct ka_toolpolicy *out);

#endif
