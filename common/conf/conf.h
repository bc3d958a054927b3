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


enum ka_conf_section {
	KA_CONF_SECTION_LOOKUP,
	KA_CONF_SECTION_SOURCE, /* [source NAME] */
	KA_CONF_SECTION_POLICY,
	KA_CONF_SECTION_AUDIT,
	KA_CONF_SECTION_SSHD,
	KA_CONF_SECTION_COUNT
};

enum ka_conf_key {
#define K(sym, ...) KA_CONF_KEY_##sym,
#include "conf/conf.def"
#undef K
	KA_CONF_KEY_COUNT
};

enum ka_conf_kind { KA_CONF_KIND_FILE, KA_CONF_KIND_COMMAND, KA_CONF_KIND_HTTP };
enum ka_conf_owner { KA_CONF_OWNER_ROOT, KA_CONF_OWNER_USER };
enum ka_conf_strict { KA_CONF_STRICT_AUTO, KA_CONF_STRICT_UPSTREAM, KA_CONF_STRICT_DEBIAN };
enum ka_conf_format { KA_CONF_FORMAT_SIGNED, KA_CONF_FORMAT_LINES, KA_CONF_FORMAT_JSON };
enum ka_conf_fetch { KA_CONF_FETCH_ON_MISS, KA_CONF_FETCH_TIMER };
enum ka_conf_tls { KA_CONF_TLS_1_2, KA_CONF_TLS_1_3 };
enum ka_conf_absent { KA_CONF_ABSENT_BAD_ANSWER, KA_CONF_ABSENT_NO_KEYS }; /* what a missing path in JSON means */
enum ka_conf_decode { KA_CONF_DECODE_NONE, KA_CONF_DECODE_BASE64 };
enum ka_conf_unit { KA_CONF_UNIT_RFC3339, KA_CONF_UNIT_DATE, KA_CONF_UNIT_UNIX, KA_CONF_UNIT_UNIX_US };
enum ka_conf_form { KA_CONF_FORM_ECS, KA_CONF_FORM_OCSF, KA_CONF_FORM_CEF, KA_CONF_FORM_KV };
/* what a profile demands: vet/vetprofile.h */
enum ka_conf_profile {
	KA_CONF_PROFILE_NONE, /* not in [policy] */
	KA_CONF_PROFILE_DEFAULT,
	KA_CONF_PROFILE_STRICT,
	KA_CONF_PROFILE_BSI,
	KA_CONF_PROFILE_FIPS,
	KA_CONF_PROFILE_SK_ONLY,
};
enum ka_conf_log { KA_CONF_LOG_JOURNAL, KA_CONF_LOG_FILE, KA_CONF_LOG_NONE };

/* where a value was set; line 0: it is the default */
struct ka_conf_at {
	uint32_t line;
	uint32_t file; /* index for ka_conf_file() */
};

/* the rows of [source NAME] stand together, before those of [policy] */
#define KA_CONF_SOURCE_KEYS (KA_CONF_KEY_PROFILE - KA_CONF_KEY_SOURCE_TYPE)

/*
 * Texts are "" when not set, those of another type as well; never NULL behind ka_conf_finish(). Numbers of another
 * type are 0. What each key means stands in conf.def and confhttp.def.
 */
struct ka_conf_source {
	char name[KA_SOURCE_NAME_MAX];
	enum ka_conf_kind kind;
	struct ka_conf_at at; /* its [source NAME] line */

	/* what its lines must be besides [policy]; lists that are not set here are those of [policy], pointer and place */
	enum ka_conf_profile profile;
	const char *options, *force_options, *require_options;

	/* file */
	enum ka_conf_owner owner;
	const char *path;     /* blank-separated list with %u %U %h */

	/* command */
	const char *command;  /* blank-separated words with %u %U %h %t %k %f %%; the first is an absolute path */
	unsigned deadline_ms;

	/* http: what is asked */
	enum ka_conf_format format;
	const char *url;      /* blank-separated mirrors with %u %n %f %k %% */
	const char *mirrors_order; /* "order" or "random" */
	const char *method;   /* "GET" or "POST" */
	const char *headers;  /* "Name: value | Name: value" with %u %n %f %k %% */
	const char *body;     /* with %u %n %f %k %% %b(TEXT) */
	const char *accept;   /* "" = by the format */
	const char *host_id;  /* "" = the node name */
	const char *token_file, *token_header; /* token_header: "NAME" or "NAME: WORD"; "" = "Authorization: Bearer" */
	const char *ca_file, *client_cert, *client_key;
	const char *pins;     /* blank-separated "sha256//BASE64", none or at least two */
	const char *proxy, *unix_socket;
	enum ka_conf_tls tls_min;
	unsigned timeout_ms;  /* of one request by the timer */

	/* http: how long an answer counts */
	enum ka_conf_fetch fetch;
	unsigned max_age_sec, max_stale_sec;
	bool stale_on_refused;
	const char *not_found; /* blank-separated statuses that mean "no such user" */
	const char *users;     /* "", "passwd", "index" or an absolute path: whose entries the timer keeps warm */

	/* http, format signed */
	bool sk_verify_required, require_revoked_list;
	unsigned threshold;
	const char *signers, *index_url, *revoked_url;

	/* http, format lines */
	const char *line_prefix; /* with %u */

	/* http, format json: paths of conf/jsonpath.h */
	const char *items, *key, *key_options, *expires, *label, *serial;
	const char *where;       /* conditions of conf/jsonwhere.h, joined by && */
	enum ka_conf_absent items_absent;
	enum ka_conf_decode decode;
	enum ka_conf_unit expires_unit;
	bool split_lines, next_link;
	unsigned max_pages;

	struct ka_conf_at key_at[KA_CONF_SOURCE_KEYS];
};

/* one setting by reason: severity.<id> (enum ka_action) or level.<id> (enum ka_level) */
struct ka_conf_by_reason {
	enum ka_reason reason;
	int value;
	struct ka_conf_at at;
};

/*
 * What every configuration sets stands first and close together, since on the hot path a page that is touched
 * costs more than a system call. A text points to its constant default, or into near or far: never NULL behind
 * ka_conf_default(), and a struct ka_conf is not to be copied.
 */
struct ka_conf {
	struct ka_conf_at at[KA_CONF_KEY_COUNT]; /* those of [source] and of reasons stand with them */
	size_t files_count;

	/*
	 * After ka_conf_finish() the first sources_count are those of [lookup] sources, in that order; behind
	 * them, up to sources_known, those that have a section and are not asked.
	 */
	size_t sources_count, sources_known;
	const char *lookup;
	unsigned deadline_ms; /* what one connection may wait for the network, all its runs together */

	/* [policy], raw lists; vet's policy is made from it by vet/vetconf.h */
	enum ka_conf_profile profile;
	const char *user_profiles; /* "GLOB:PROFILE GLOB:PROFILE": see conf/confprofile.h */
	const char *types, *options, *force_options, *require_options, *sk_application, *enforce_exempt;
	unsigned rsa_min_bits, rsa_max_bits, fermat_rounds;
	const char *shared_primes;
	const char *blocklist; /* blank-separated paths */
	bool blocklist_required;
	unsigned blocklist_max_age_sec; /* 0 = never stale */
	const char *revoked;    /* blank-separated files of revoked keys: revoke/revocation.h */
	bool certificates;      /* may be served at all */
	const char *trusted_ca; /* blank-separated files of authorities' keys: judge/trustedca.h */
	size_t severities_count, levels_count;

	/* [audit] */
	const char *trail;
	bool sink_trail, sink_syslog, sink_journal, sink_audit, sink_exec;
	enum ka_conf_form format;   /* of the lines for exec */
	const char *exec;           /* "": no program */
	unsigned exec_deadline_ms;
	const char *anchor;    /* "file PATH", "journal", "exec WORDS"; "" = nowhere */
	enum ka_conf_log sshd_log;
	const char *sshd_log_file; /* "" unless KA_CONF_LOG_FILE */
	unsigned flood_limit;  /* refusals per second from one /24 or /56 before they are summed up; 0 = never */
	bool sync_always;      /* each line of the trail goes to the disk before it counts as written */
	unsigned min_free_mib; /* the trail stops below this much free space */

	/* [sshd] */
	const char *sshd_config, *sshd_program;
	enum ka_conf_strict strict_modes;

	/* by count; what lies behind the count is never written, so that a small configuration touches few pages */
	size_t near_len, far_len;
	char near[KA_CONF_NEAR_MAX]; /* texts that were set: see conftext.h */
	const char *files[KA_CONF_FILES_MAX]; /* names, escaped */
	struct ka_conf_source sources[KA_SOURCES_MAX];
	struct ka_conf_by_reason severities[KA_CONF_SEVERITIES_MAX];
	struct ka_conf_by_reason levels[KA_CONF_SEVERITIES_MAX];
	char far[KA_CONF_FAR_MAX];
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
 * A value with an error changes nothing. Above KA_CONF_ERRORS_MAX errors the rest is not looked at.
 */
void ka_conf_read(struct ka_conf *c, const char *file, struct ka_span text, struct ka_conf_errors *errors);

/** ka_conf_finish() - checks that need all files: every source named in [lookup] has its section, at least one source ... */
void ka_conf_finish(struct ka_conf *c, struct ka_conf_errors *errors);

/** ka_conf_file() - escaped name of the file that @at points into; "default" when it is the default */
const char *ka_conf_file(const struct ka_conf *c, struct ka_conf_at at);

#endif
