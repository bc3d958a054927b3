/*
 * The configuration: strict INI, one table (conf.def) for names, types, ranges,
 * defaults and text. Pure over bytes; finding and trusting the files is
 * source/confload.h. An unknown or repeated key is an error with file and line.
 */
#ifndef KA_CONF_CONF_H
#define KA_CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"
#include "reason/reason.h"

#define KA_CONF_TEXT_MAX 1024 /* one string value */

enum ka_conf_owner { KA_CONF_OWNER_ROOT, KA_CONF_OWNER_USER };
enum ka_conf_strict { KA_CONF_STRICT_AUTO, KA_CONF_STRICT_UPSTREAM, KA_CONF_STRICT_DEBIAN };
enum ka_conf_log { KA_CONF_LOG_JOURNAL, KA_CONF_LOG_FILE, KA_CONF_LOG_NONE };

struct ka_conf_source {
	char name[KA_SOURCE_NAME_MAX];
	char path[KA_CONF_TEXT_MAX]; /* blank-separated list with %u %U %h */
	enum ka_conf_owner owner;
	bool is_defined;             /* a [source NAME] section exists (type = file is the only type yet) */
};

/* one setting by reason: severity.<id> (enum ka_action) or level.<id> (enum ka_level) */
struct ka_conf_by_reason {
	enum ka_reason reason;
	int value;
};

struct ka_conf {
	struct ka_conf_source sources[KA_SOURCES_MAX]; /* in the order of [lookup] sources */
	size_t sources_count;

	/* [policy], raw lists; vet's policy is made from it by vet/vetconf.h */
	char types[KA_CONF_TEXT_MAX], options[KA_CONF_TEXT_MAX], force_options[KA_CONF_TEXT_MAX];
	char require_options[KA_CONF_TEXT_MAX], sk_application[KA_CONF_TEXT_MAX], enforce_exempt[KA_CONF_TEXT_MAX];
	unsigned rsa_min_bits, rsa_max_bits;
	struct ka_conf_by_reason severities[KA_CONF_SEVERITIES_MAX];
	size_t severities_count;

	/* [audit] */
	char trail[KA_PATH_MAX / 4];
	bool sink_trail, sink_syslog;
	enum ka_conf_log sshd_log;
	char sshd_log_file[KA_PATH_MAX / 4];
	unsigned flood_limit;  /* refusals per second from one /24 or /56 before they are summed up; 0 = never */
	unsigned min_free_mib; /* the trail stops below this much free space */
	struct ka_conf_by_reason levels[KA_CONF_SEVERITIES_MAX];
	size_t levels_count;

	/* [sshd] */
	char sshd_config[KA_PATH_MAX / 4];
	char sshd_program[KA_PATH_MAX / 4];
	enum ka_conf_strict strict_modes;
};

/* errors of a whole load; texts are "FILE:LINE: what, and how to mend it", already escaped for people */
struct ka_conf_errors {
	size_t count;                  /* all of them */
	char first[KA_CONF_ERROR_MAX]; /* the first one: record and log */
	void (*each)(void *ctx, const char *text); /* may be NULL; `config check` prints every one */
	void *ctx;
};

/** ka_conf_default() - defaults of conf.def; no source */
void ka_conf_default(struct ka_conf *c);

/**
 * ka_conf_read() - add one file to @c; later files win over earlier ones, a repeat inside one file is an error
 * @file: its name, for messages
 * @text: its bytes; at most KA_CONF_FILE_MAX
 *
 * Errors are counted in @errors, never returned: the caller refuses to act when errors->count is not 0.
 */
void ka_conf_read(struct ka_conf *c, const char *file, struct ka_span text, struct ka_conf_errors *errors);

/** ka_conf_finish() - checks that need all files: every source named in [lookup] has its section, at least one source ... */
void ka_conf_finish(struct ka_conf *c, struct ka_conf_errors *errors);

#endif
