/*
 * The configuration, looked at again and again by root: that a file of it is another one (config-changed), that it or what it
 * names is refused (config-unsafe), and that it is in force again. Each once per change.
 *
 * What was edited just now is looked at a moment later, so that half a file of an editor is nobody's event. The very
 * first look takes the files as they are and tells of refusals alone.
 */
#ifndef KA_HEALTHCONF_H
#define KA_HEALTHCONF_H

#include "base/err.h"
#include "keyaudit/health/health.h"
#include "perm/permwalk.h"

struct ka_healthconf_file {
	char path[KA_PATH_TRUSTED_MAX];
	char sha256[65]; /* "": it is there, and was not read, since it is refused */
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

struct ka_healthconf_source {
	char name[KA_SOURCE_NAME_MAX];
	enum ka_reason reason; /* KA_REASON_NONE, conf.unsafe, conf.invalid */
	char text[KA_CONF_ERROR_MAX];
};

/* one look; about 70 KiB: allocate it */
struct ka_healthconf {
	enum ka_reason reason; /* KA_REASON_NONE, conf.unsafe, conf.invalid, conf.disabled */
	char text[KA_CONF_ERROR_MAX];
	struct ka_permwalk_refusal why;
	bool is_listed;  /* the files are all there are */
	bool is_editing; /* one of them changed just now: nothing is told of this look */
	size_t files;
	struct ka_healthconf_file file[KA_CONF_FILES_MAX];
	size_t sources;  /* of those that are asked and need something; none while the configuration is refused */
	struct ka_healthconf_source source[KA_SOURCES_MAX];
};

/** ka_healthconf_tell() - what is another than at the look before. Errors: as ka_health_tell() */
KA_MUST_CHECK enum ka_err ka_healthconf_tell(struct ka_health *h, const struct ka_healthconf *seen);

#endif
