/*
 * Finding and trusting the configuration: keyaudit.conf, then conf.d/ (*.conf) in
 * byte order, every file and parent root's and not writable by others. A missing
 * or unsafe configuration is an answer that opens no door.
 */
#ifndef KA_SOURCE_CONFLOAD_H
#define KA_SOURCE_CONFLOAD_H

#include "conf/conf.h"
#include "perm/permwalk.h"

struct ka_confload {
	enum ka_reason reason; /* KA_REASON_NONE, conf.invalid, conf.unsafe, conf.disabled */
	char text[KA_CONF_ERROR_MAX]; /* what, where and how to mend it; escaped */
	size_t files;          /* files read */
};

/**
 * ka_confload() - load and check everything
 * @path: KA_PATH_CONF, or another absolute path (-c FILE); its conf.d lies beside it, the kill switch too
 * @errors: may be NULL; set errors->each to see every error
 */
KA_MUST_CHECK enum ka_err ka_confload(const char *path, struct ka_conf *conf, struct ka_confload *out,
				      struct ka_conf_errors *errors);

#endif
