/*
 * From a case to its event: diagnose, fill in the fields, write the sinks, exactly
 * once. The one path that record, collect and collect --watch share.
 */
#ifndef KA_CASEEVENT_H
#define KA_CASEEVENT_H

#include <stdbool.h>

#include "audit/event.h"
#include "audit/eventjson.h"
#include "conf/conf.h"
#include "keyaudit/case/case.h"
#include "keyaudit/case/claim.h"
#include "keyaudit/case/outcome.h"
#include "keyaudit/case/rundir.h"

/* what a process that writes events knows; loaded once per process, by the collector again when it is told to */
struct ka_writer {
	struct ka_rundir dirs;
	struct ka_event_host host;
	struct ka_conf conf;           /* defaults when it could not be loaded */
	enum ka_reason conf_reason;    /* KA_REASON_NONE, conf.invalid, conf.unsafe, conf.disabled */
	char conf_text[KA_CONF_ERROR_MAX];
	const char *provider;          /* "keyaudit-record" ... */
	const char *trail_lock;        /* KA_PATH_TRAIL_LOCK but in tests */
	const char *health;            /* KA_PATH_HEALTH but in tests; NULL: nobody looks after stores and configuration */
	int64_t ended_us;              /* when the monitor at hand was seen to end; 0: nobody saw it */
	const char *conf_path;         /* borrowed: each diagnosis reads the configuration again */
};

enum ka_case_answer {
	KA_CASE_WRITTEN, /* the event stands in the trail, the claim is finished */
	KA_CASE_BUSY,    /* another living process works on it */
	KA_CASE_NOTHING, /* nothing to do: done before, or no records */
	KA_CASE_LATER,   /* the trail's disk is full or its lock was not to be had: the claim waits */
};

/** ka_caseevent_open() - open the directories, load the configuration; @why says what, where and how to mend it on failure */
KA_MUST_CHECK enum ka_err ka_caseevent_open(struct ka_writer *w, const char *provider, const char *conf_path, char *why, size_t size);

/** ka_caseevent_is_broken() - the configuration was not to be used: the defaults are in force */
bool ka_caseevent_is_broken(const struct ka_writer *w);

/**
 * ka_caseevent_reload() - a writer with the configuration as it stands in its files now, in place of @w
 * @w:   replaced, and the old one freed, only when nothing is wrong
 * @why: "" when it was replaced; else what is wrong, with file and line
 *
 * Errors: KA_ERR_NOMEM, KA_ERR_SYS: it could not be read at all, and @w stays too.
 */
KA_MUST_CHECK enum ka_err ka_caseevent_reload(struct ka_writer **w, char why[static KA_CONF_ERROR_MAX]);

/**
 * ka_caseevent_finish() - claim a connection and write its one final event
 * @denied_by: reason by which `enforce` refused the login, else KA_REASON_NONE
 * @lives:     sshd's monitor still lives (session phase)
 */
KA_MUST_CHECK enum ka_err ka_caseevent_finish(struct ka_writer *w, const struct ka_conn *conn, enum ka_reason denied_by,
					      bool lives, enum ka_case_answer *answer);

/** ka_caseevent_say() - auth phase: one syslog line about the keys refused so far, no event; @c is diagnosed */
KA_MUST_CHECK enum ka_err ka_caseevent_say(struct ka_writer *w, struct ka_case *c);

/**
 * ka_caseevent_health() - an event of our own about the spool, the trail or a flood; @conn may be NULL
 *
 * Errors: KA_ERR_TIMEOUT also when the trail's disk is full: not written, try again later.
 */
KA_MUST_CHECK enum ka_err ka_caseevent_health(struct ka_writer *w, enum ka_action_event action, const struct ka_conn *conn,
					      unsigned long count, const char *text);

/**
 * ka_caseevent_summary() - one event for @count refusals from @net; its id comes of @first, one of them
 * @since: the trail's size before any of them was claimed for it: a repeat is looked for from there on
 *
 * Errors: as ka_caseevent_health().
 */
KA_MUST_CHECK enum ka_err ka_caseevent_summary(struct ka_writer *w, const struct ka_conn *first, size_t count, const char *net,
					       int64_t since);

/**
 * ka_caseevent_unavailable() - sshd's log says that its listener dropped @count connections, or that it does not start
 * @is_sure: only root can have written that
 *
 * Errors: as ka_caseevent_health().
 */
KA_MUST_CHECK enum ka_err ka_caseevent_unavailable(struct ka_writer *w, enum ka_reason reason, bool is_sure, unsigned long count,
						   const char *text);

/**
 * ka_caseevent_found() - root looked, and found what no connection can tell of
 * @finding: the reason and its evidence; borrowed
 * @count:   so often it was found; 1: it is not said
 *
 * Errors: as ka_caseevent_health().
 */
KA_MUST_CHECK enum ka_err ka_caseevent_found(struct ka_writer *w, enum ka_action_event action, const struct ka_finding *finding,
					     unsigned long count);

/* something is not as it was, and a try to say so may have been cut off (keyaudit/health); all borrowed */
struct ka_caseevent_change {
	enum ka_action_event action;
	int64_t at_us;    /* when the first try was begun: its id comes of it */
	int64_t since;    /* where the trail ended then */
	const struct ka_finding *finding; /* reason and evidence, or NULL */
	const struct ka_recordsrc *source; /* the key store, or NULL */
	const char *file_sha256;          /* of the finding's file, or NULL */
	const char *text;
	unsigned long count;
	bool is_failing;  /* trail-seal */
};

/**
 * ka_caseevent_change() - write it, unless the trail has it
 *
 * Errors: as ka_caseevent_health(): not known to be written, try again with the same at_us and since.
 */
KA_MUST_CHECK enum ka_err ka_caseevent_change(struct ka_writer *w, const struct ka_caseevent_change *c);

/**
 * ka_caseevent_has() - does the trail have the event of this change?
 * @boot_id: of the boot in which it was tried
 *
 * Only action, at_us and since of @c count. Errors: KA_ERR_SYS, KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_caseevent_has(const struct ka_writer *w, const struct ka_caseevent_change *c,
					   const char boot_id[static 33], bool *found);

#endif
