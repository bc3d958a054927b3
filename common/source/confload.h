/*
 * Finding and trusting the configuration: keyaudit.conf, then conf.d/ (*.conf) in
 * byte order, every file and parent root's and not writable by others. A missing
 * or unsafe configuration is an answer that opens no door.
 *
 * MUST: read nothing from a file that was not judged on its opened descriptor; take
 * nothing from the environment or the working directory; never fall back to defaults
 * or to an older configuration when this one is wrong.
 */
#ifndef KA_SOURCE_CONFLOAD_H
#define KA_SOURCE_CONFLOAD_H

#include "conf/conf.h"
#include "perm/permwalk.h"

struct ka_confload {
	enum ka_reason reason; /* KA_REASON_NONE, conf.invalid, conf.unsafe, conf.disabled */
	char text[KA_CONF_ERROR_MAX]; /* what, where and how to mend it; escaped */
	size_t files;          /* files read */
	struct ka_permwalk_refusal why; /* what could not be opened, or the kill switch; only errnum and path ("") when there is none */
};

/* scratch of one load, too large for a stack frame: used from the front, and what is not used is not touched */
struct ka_confload_work {
	struct ka_permwalk_refusal why;
	char dir[KA_PATH_TRUSTED_MAX];   /* of keyaudit.conf */
	char conf_d[KA_PATH_TRUSTED_MAX + KA_CONFLOAD_NAME_SIZE];
	uint8_t order[KA_CONF_FILES_MAX];
	size_t count;
	char shown[KA_PATH_TRUSTED_MAX + 2 * KA_CONFLOAD_NAME_SIZE];
	_Alignas(8) uint8_t text[KA_CONF_FILE_MAX]; /* the file in hand; before it conf.d's entries, struct dirent64 */
	char names[KA_CONF_FILES_MAX][KA_CONFLOAD_NAME_SIZE];
};

/* the kill switch that lies beside a configuration */
#define KA_CONFLOAD_SWITCH "disabled"

/**
 * ka_confload() - load and check everything
 * @path: KA_PATH_CONF, or another absolute path (-c FILE); its conf.d lies beside it, the kill switch too
 * @errors: may be NULL, else zeroed by the caller; set errors->each to see every error
 *
 * The kill switch is KA_PATH_DISABLED, wherever @path lies, and a file of that name beside @path: conf.disabled, and
 * only when nothing else is wrong, so that with conf.disabled @conf is whole: who serves keys stops, who watches goes on.
 * Whoever needs the policy calls ka_vetconf_make() next, with the same @errors.
 *
 * Answers: out; of several errors the first unsafe file, else the first. With conf.invalid or conf.unsafe @conf must not be used.
 * Errors:  KA_ERR_NOMEM; KA_ERR_SYS when the system fails (EIO, too many open files), not when a file is
 *          missing, unreadable or unsafe.
 * Shape:   one directory walk, then names inside that directory; one allocation.
 * Limits:  KA_CONF_FILE_MAX a file, KA_CONF_FILES_MAX files.
 */
KA_MUST_CHECK enum ka_err ka_confload(const char *path, struct ka_conf *conf, struct ka_confload *out,
				      struct ka_conf_errors *errors);

/**
 * ka_confload_keep() - the same without an allocation, and leaves the directory open, for walks to key files in it
 * @w: scratch; nothing in it outlives the call
 * @dir: its path borrows from @path; its fd is owned by the caller, -1 when the directory did not pass
 */
KA_MUST_CHECK enum ka_err ka_confload_keep(const char *path, struct ka_conf *conf, struct ka_confload *out,
					   struct ka_conf_errors *errors, struct ka_confload_work *w,
					   struct ka_permwalk_known *dir);

#endif
