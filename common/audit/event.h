/*
 * One event: plain fields, filled by the recorder, collector and tools; rendered
 * by the sinks (ECS JSON line, syslog text line). Nothing here is escaped yet:
 * the writers do that, for every field.
 */
#ifndef KA_AUDIT_EVENT_H
#define KA_AUDIT_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "diag/diagnosis.h"
#include "reason/reason.h"
#include "spool/conn.h"
#include "spool/recordsrc.h"

enum ka_action_event {
	KA_EVENT_LOGIN_ACCEPTED, /* ssh-login-accepted */
	KA_EVENT_LOGIN_DENIED,   /* ssh-login-denied */
	KA_EVENT_KEY_OFFERED,    /* ssh-key-offered */
	KA_EVENT_KEY_REFUSED,    /* ssh-key-refused */
	KA_EVENT_FINAL_COUNT,    /* those above are final events: one per connection */
	KA_EVENT_KEY_SUMMARY = KA_EVENT_FINAL_COUNT, /* ssh-key-refused-summary: a flood, counted */
	KA_EVENT_SPOOL_TAMPERED, /* spool-tampered */
	KA_EVENT_TRAIL_GAP,      /* trail-gap: what is unknown since the last start */
	KA_EVENT_DIAG_FAILED,    /* diagnosis-failed: a claim was written from its records alone */
	KA_EVENT_SSHD_UNAVAILABLE, /* sshd-unavailable: its listener dropped connections, or does not start; counted */
	KA_EVENT_CONFIG_UNSAFE,    /* config-unsafe: what lets in, or hides, more than its admin meant; seen by who looked */
	KA_EVENT_SERIAL_FORGOTTEN, /* serial-forgotten: an admin reset what is remembered of signed documents */
	KA_EVENT_SINK_FAILING, /* sink-failing: a sink does not take events; once until it does again */
	KA_EVENT_SINK_WORKS, /* sink-works */
	KA_EVENT_STORE_DEGRADED,  /* store-degraded: a key store cannot be asked, or lags behind; once until it changes, as all below */
	KA_EVENT_STORE_REJECTED,  /* store-rejected: what it answers is not taken */
	KA_EVENT_STORE_RECOVERED, /* store-recovered */
	KA_EVENT_CONFIG_CHANGED,  /* config-changed: a file of the configuration is another one, or is in force again */
	KA_EVENT_DATA_UNUSABLE,   /* data-unusable: a file that keys are judged by is not to be relied on, so every key is refused */
	KA_EVENT_DATA_USABLE,     /* data-usable */
	KA_EVENT_TRAIL_SEAL,      /* trail-seal: sealing begins; a seal or its anchor fails, or works again */
	KA_EVENT_COUNT
};

/* how a trail-gap begins that is about a trail that could not be written: others are about a boot */
#define KA_EVENT_SAYS_SHUT "the trail could not be written for "

enum ka_event_trust { KA_TRUST_SEEN, KA_TRUST_CLAIMED, KA_TRUST_LOG_UNVERIFIED };

struct ka_event {
	enum ka_action_event action;
	int64_t at_us;
	const char *provider;              /* "keyaudit-record", "keyaudit-collect" */
	struct ka_conn conn;
	bool has_conn;
	enum ka_event_trust trust;
	const char *phase;                 /* auth account session end */
	const char *basis;                 /* witnessed inspected inferred sshd-log records-only */
	const char *method;                /* publickey keyboard-interactive password, or NULL */
	char user[KA_USER_NAME_MAX];       /* "" = unknown */
	bool has_uid;
	uid_t uid;
	char source_ip[64];                /* parsed and printed again; "" = absent, never guessed */
	unsigned source_port;
	const char *source_from;           /* "socket", "pam", "command", "sshd-log", or NULL */
	char destination_ip[64];
	unsigned destination_port;
	enum ka_reason reason;             /* event.code; KA_REASON_NONE for a plain accepted login */
	const struct ka_finding *finding;  /* of the primary reason; may be NULL */
	enum ka_reason also[16];
	size_t also_count;
	const struct ka_offer *offers;
	size_t offers_count;
	const struct ka_recordsrc *sources; /* what each source said about that key, as the command recorded it */
	size_t sources_count;
	int64_t lookup_us;                 /* how long the command took to ask them; 0 = unknown */
	unsigned methods;                  /* set of enum ka_eventmethod that the client has tried; 0: nobody knows */
	const struct ka_offer *key;        /* the key of the primary reason or of the login; may be NULL */
	unsigned key_bits;                 /* of @key, 0 = unknown */
	const char *key_label;             /* what a store calls @key: strangers' text; NULL or "": nothing */
	unsigned long summary_count;       /* of those that are not final */
	bool is_failing;                   /* trail-seal: something went wrong; else it works */
	const char *file_sha256;           /* of the bytes of the finding's file, in hex; NULL: not said */
	bool is_repeatable;                /* of no connection, and its time is that of an earlier try: looked for before it is written */
	char text[256];                    /* further clause for the message ("moved aside as ..."), may be "" */
	bool is_unvouched;                 /* its address or its reason is the command's word alone: never an alert */
	int level;                         /* enum ka_level after [audit] level.<id> */
};

/** ka_event_action_text() - "ssh-key-refused" ... */
const char *ka_event_action_text(enum ka_action_event a);

/**
 * ka_event_id() - the derived id: base32 of BLAKE2b-128("keyaudit-event/1" NUL machine-id boot-id le32(M) le64(start) action)
 * @machine_id, @boot_id: 32 hex digits each
 */
void ka_event_id(const char machine_id[static 33], const char boot_id[static 33], const struct ka_conn *conn,
		 enum ka_action_event action, char out[static KA_EVENT_ID_MAX]);

/**
 * ka_event_id_of() - the id of @e
 *
 * An event without a connection (housekeeping, summaries) has process 0 and its own time as the start,
 * so that two of them never share an id.
 */
void ka_event_id_of(const struct ka_event *e, const char machine_id[static 33], const char boot_id[static 33],
		    char out[static KA_EVENT_ID_MAX]);

/** ka_event_level() - the level that sinks use: e->level, but never an alert unless root saw it (trust) and vouches for it */
enum ka_level ka_event_level(const struct ka_event *e);

/**
 * ka_event_source() - may the client's address be said, and which one
 * @ip: parsed and printed again, without a zone
 *
 * false (@ip = "") when it is unknown, is no address, or comes with a claim of the command's uid alone (KA_TRUST_CLAIMED).
 * What stands in a log that any local user can write is said with KA_TRUST_LOG_UNVERIFIED beside it, if source_from
 * names the witness. Never guessed.
 */
bool ka_event_source(const struct ka_event *e, char ip[static 64]);

/** ka_event_address() - parse @text as an address and print it again (the zone is dropped); false and "" when it is none */
bool ka_event_address(const char *text, char ip[static 64]);

/** ka_event_ref() - the reference that people see: 8 characters of the same hash over "keyaudit-conn/1", without action */
void ka_event_ref(const char machine_id[static 33], const char boot_id[static 33], const struct ka_conn *conn,
		  char out[static KA_REF_MAX]);

#endif
