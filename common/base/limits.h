/*
 * Every limit of the project, in one place. A limit is a promise: input beyond
 * it is refused or cut by name, never by accident. Sizes in bytes.
 */
#ifndef KA_BASE_LIMITS_H
#define KA_BASE_LIMITS_H

/* key lines and blobs (common/key) */
#define KA_LINE_MAX (16 * 1024)         /* one served line, without its newline (line.too-long) */
#define KA_BLOB_MAX (12 * 1024)         /* one decoded key blob; 16 KiB of base64 is 12 KiB */
#define KA_TYPE_NAME_MAX 64             /* a key type word */
#define KA_FPR_TEXT_MAX 52              /* "SHA256:" + 43 + NUL, rounded up */
#define KA_OPTS_MAX 64                  /* options on one line that we look at one by one */
#define KA_OPT_NAME_SHOWN_MAX 48         /* of an option's name that nobody knows, escaped, where it is told to people */
#define KA_OPT_WHAT_MAX 128             /* what is said of an option that is refused; evidence has room for it */
#define KA_OPT_PERMIT_MAX 4096          /* permitopen / permitlisten entries, as sshd */
#define KA_OPT_ENV_MAX 1024             /* environment entries, as sshd */
#define KA_CERT_PRINCIPALS_MAX 256      /* as sshd (SSHKEY_CERT_MAX_PRINCIPALS) */
#define KA_RSA_BITS_HARD_MAX 16384      /* nothing is computed on a larger modulus */
#define KA_SK_APPLICATION_MAX 255

/* sources of type file */
#define KA_SOURCE_FILE_MAX (4 * 1024 * 1024)
#define KA_SOURCE_FILES_MAX 256         /* files that one source may name */
#define KA_FDLINES_ROOM (32 * 1024)     /* of a file that is looked through by lines: what a processor keeps near */
#define KA_SOURCES_MAX 16               /* sources in one configuration */
#define KA_SOURCE_PATHS_MAX 16          /* entries of one path list */
#define KA_SOURCE_COMMAND_WORDS_MAX 32  /* a program and its arguments */
#define KA_SOURCE_COMMAND_TEXT_MAX (64 * 1024) /* all of them, expanded */
#define KA_SOURCE_NAME_MAX 32
#define KA_PATH_MAX 4096                /* as PATH_MAX, with the NUL */
#define KA_PATH_DEPTH_MAX 64            /* directories on the way to a file */
#define KA_PATH_TRUSTED_MAX 1024        /* with the NUL: a path that is walked, links resolved */
#define KA_PATH_LINKS_MAX 8             /* links followed on the way to a trusted file */
#define KA_USER_NAME_MAX 257            /* with the NUL; grammar of base/username.h: 255 and a $ */

/* configuration */
#define KA_CONF_FILE_MAX (64 * 1024)
#define KA_CONF_LINE_MAX (8 * 1024)
#define KA_CONF_FILES_MAX 64            /* keyaudit.conf and conf.d together */
#define KA_CONF_LIST_MAX 64             /* words of one list value */
#define KA_CONF_SEVERITIES_MAX 64       /* severity.<id> and level.<id> entries */
#define KA_CONF_ERROR_MAX 512           /* text of one configuration error */
#define KA_CONF_ERRORS_MAX 100          /* errors of one load; then the rest is not looked at */

/* verdicts */
#define KA_VET_DETAIL_MAX 320           /* what is said beside one reason of a verdict */
#define KA_VERDICT_REASONS_MAX 12       /* reasons kept for one key */
#define KA_KEYS_MAX 10000               /* lines judged of one source in one run */

/* revocation by the site's own files */
#define KA_REVOCATION_FILES_MAX 8
#define KA_REVOCATION_FILE_MAX (64 * 1024 * 1024)
#define KA_REVOCATION_TEXT_MAX 512      /* what is wrong with one */
#define KA_REVOCATION_LOOKS_MAX 3       /* at a file that changes while it is read */
#define KA_KRL_BITMAP_MAX 2049          /* bytes of a bitmap of serials, as ssh's mpints */
#define KA_KRL_RSA_BITS_MIN 1024         /* sshd takes no shorter key, and no list that has one as an authority */

/* key stores */
#define KA_STORE_BODY_MAX (256 * 1024)  /* one user's document */
#define KA_ENTRY_HEAD_MAX 4096          /* first line of a cache entry, with its newline */
#define KA_STORE_BULK_MAX (4 * 1024 * 1024) /* a list for many: the revoked list, the index */
#define KA_ENTRY_MAX (KA_ENTRY_HEAD_MAX + KA_STORE_BODY_MAX)
#define KA_ENTRY_BULK_MAX (KA_ENTRY_HEAD_MAX + KA_STORE_BULK_MAX)
#define KA_ENTRY_ETAG_MAX 256
#define KA_ENTRY_DATE_MAX 64            /* Last-Modified as the store wrote it */
#define KA_ENTRY_TIME_MAX 253402300799  /* the last second of the year 9999 */
#define KA_STORE_KEYS_MAX 1000          /* key lines of one user's document */
#define KA_SOURCE_FETCH_ARGS_MAX 13     /* of authkeys-fetch, with the NULL */
#define KA_SOURCE_FETCH_GRACE_MS 200    /* behind the deadline, for the fetcher to say that it passed */
#define KA_FETCH_OFF_MAX_SEC (3600 + 900) /* the longest that an entry stays off the network: a Retry-After, and chance */
#define KA_LASTTRY_MAX 192              /* a failure's line, with its newline */
#define KA_LABEL_MAX 128                /* what a store calls a key, in bytes of its own; longer: cut */
#define KA_LABEL_WORD_MAX (3 * KA_LABEL_MAX + 1) /* the same as one word with %XX, with the NUL */

/* spool and phase records */
#define KA_RECORD_MAX 4096              /* one attempt record with its newline: one write(2) */
#define KA_RECORD_KEY_MAX 2048          /* base64 of a key inside a record; longer: "-" */
#define KA_RECORD_SRC_MAX 640           /* what all sources said, with the NUL; an entry that does not fit is left out */
#define KA_RECORD_NET_MAX_MS 600000      /* net= of one record; what a connection has waited is counted up to here */
#define KA_RECORD_TOOK_MAX_US 3600000000 /* took= of one record */
#define KA_RECORDS_SAME_MAX 4           /* per (type, fingerprint, verdict) */
#define KA_RECORDS_ALL_MAX 64           /* per connection, then one overflow line */
#define KA_SPOOL_FILE_MAX ((KA_RECORDS_ALL_MAX + 1) * KA_RECORD_MAX)
#define KA_PHASE_INFO_MAX (24 * 1024)   /* SSH_AUTH_INFO_0 kept in a phase record */
#define KA_PHASE_TEXT_MAX 1024          /* each other text of a phase record; longer than any user name that passes */
#define KA_PHASE_RECORD_MAX (96 * 1024) /* one phase record (%XX may triple what it escapes) */
#define KA_PHASE_RECORDS_MAX 32         /* phase records of one connection */
#define KA_PHASE_FILE_MAX (KA_PHASE_RECORDS_MAX * 8 * 1024 + KA_PHASE_RECORD_MAX)
#define KA_SPOOL_FREE_MIN_PERCENT 25    /* of the tmpfs and of its inodes; below, nothing is written */
#define KA_SPOOL_INODES_MIN_PERCENT 12  /* free ones of the tmpfs; below, names that nobody vouches for go ... */
#define KA_SPOOL_INODES_GOAL_PERCENT 50 /* ... until so many are free: each event needs some */
#define KA_SPOOL_ROOM_STEPS_MAX 8192    /* names looked at for that in one attempt */
#define KA_CONN_NAME_MAX 48             /* "M.START" with the NUL */
#define KA_LOOK_BACKLOG 64              /* commands that wait for the collector's look at once; more do not wait */
#define KA_LOOK_SERVED_MS 20            /* the longest wait of a command that served a key */
#define KA_LOOK_REFUSED_MS 500          /* and of one that did not: the connection may end with it */
#define KA_REJECTED_MAX 32              /* spool files kept aside as evidence */
#define KA_REJECTED_BLOCKS_MAX 128      /* of 512 bytes: what holds more memory than that is not kept */
#define KA_REMOVAL_STEPS_MAX 8192       /* entries of a hostile folder looked at per attempt */
#define KA_CLAIM_TRIES_MAX 2            /* diagnoses of one claim before records-only */
#define KA_DONE_KEEP_SEC 60             /* done-markers after the monitor's end */
#define KA_SAID_FILE_MAX (64 * 1024)    /* what sshd's log said about one connection */
#define KA_SAID_RECORD_MAX (3 * KA_SAID_MESSAGE_MAX + 128) /* one line of that, each byte escaped */
#define KA_SAID_LIFE_SEC 180            /* LoginGraceTime and more: so long lines belong to a monitor whose end nobody saw */
#define KA_SAID_GRAIN_SEC 2             /* a line and its process by their clocks: syslog writes whole seconds */
#define KA_SAID_WAIT_MS 1500            /* at most, at a monitor's end, for what its log says at last: a busy journal is late */
#define KA_RULELIMIT_LATE_MS 1500       /* a monitor's end is noticed that late at most, or LoginGraceTime is not taken for its cause */
#define KA_SAID_SESSION_MS 3000         /* the same at a session's end: why it ended at once, or that it is over */
#define KA_SAID_OPEN_MS 1500            /* after `Accepted`, for the session's own witness */
#define KA_RECORD_SAID_MS 500           /* before a session's event: what failed behind the module is said by then */
#define KA_RECORD_SAID_STEP_MS 20
#define KA_DROPS_FILE_MAX (256 * 1024)  /* lines of sshd's listener that are not yet counted */
#define KA_DROPS_ADDRESSES 4            /* of the last ones, in its event */
#define KA_DROPS_GATHER_MS 2000         /* from the first of them to that event */
#define KA_DROPS_SAY_MS 60000           /* one such event per reason in that time */
#define KA_WATCHEAR_AGAIN_MS 2000       /* between two starts of the collector's ear */
#define KA_WATCHEAR_TRIES_MAX 20        /* of recording one line, when there is no room */
#define KA_WATCHEAR_TRY_MS 50
#define KA_WATCHEAR_DRAIN_MS 10000      /* by hand: the whole log behind the kept position */
#define KA_CASE_SAID_MAX 32             /* lines of one connection that its event rests on */

/* diagnosis */
#define KA_SAID_MESSAGE_MAX 1536          /* one line of sshd's log: sshd cuts at 1023 or 500, and syslog may put its own text before it */
#define KA_SSHDSAY_LINE_MAX 500           /* where sshd cuts on its way to syslog, "error: " included; `sshd -E` gets 1023 */
#define KA_KEYFRONT_MAX 1152              /* bytes at the front of a key that is cut off: as much as such a line can hold */
#define KA_ARGUMENT_MAX (128 * 1024)      /* execve(2): MAX_ARG_STRLEN, its NUL included */
#define KA_OFFER_KEY_MAX KA_LINE_MAX    /* base64 of an offered certificate that somebody shows us; sshd takes 256 names of any length */
#define KA_DIAG_OFFERS_MAX 64           /* distinct keys of one connection */
#define KA_DIAG_ASKED_MAX 8             /* offered keys that a program is run for */
#define KA_DIAG_FILES_MAX 16            /* key files looked at */
#define KA_DIAG_ROWS_MAX 200             /* lines of key files that are shown one by one, of all files of a user */
#define KA_KEYROW_COMMENT_MAX 64         /* of the comment behind a key */
#define KA_KEYROW_KEYS_MAX (256 * 1024)  /* the keys of these lines: 200 of RSA with 8,192 bits */
#define KA_ROWJUDGE_MS 5000              /* for all of them: a key of 8,192 bits takes a tenth of a second */
#define KA_ALLUSERS_MAX (1024 * 1024)    /* accounts of one machine */
#define KA_ALLUSERS_WORKERS_MAX 8
#define KA_ALLUSERS_PATH_MAX 192         /* of what an account's reason is about; the end of a longer one */
#define KA_ALLSHOW_LINE_MAX 3072
#define KA_LASTREFUSAL_EARLIER_MAX 4     /* refusals that are shown beside the last one */
#define KA_TELL_MAX 512                 /* what is told to the user */
#define KA_WAY_LINES_MAX 40              /* of the way in: the places of way.c and every key file */
#define KA_WAY_WHAT_MAX 128
#define KA_WAY_TEXT_MAX 512
#define KA_DIAG_FINDINGS_MAX 64
#define KA_CERTVIEW_ID_MAX 40           /* bytes of a certificate's id that are shown ... */
#define KA_CERTVIEW_NAMES_MAX 48        /* ... and of its names */
#define KA_SSHDREVOKED_FILES_MAX 4      /* files that RevokedKeys names */
#define KA_SSHDREVOKED_ASK_MS 2000      /* ssh-keygen -Q, one key */
#define KA_SSHDREVOKED_OUTPUT_MAX 8192  /* what it says */
#define KA_RULECERT_FAULTS_MAX 8        /* what can speak against one certificate at one place */
#define KA_FIX_TEMPLATE_WORDS_MAX 8      /* words of one command in reason.def */
#define KA_FIX_TEMPLATE_WORD_MAX 128     /* bytes of one that is no placeholder */
#define KA_DIAG_ITEMS_MAX 2048          /* candidates for the primary reason: files x offers */
#define KA_DIAG_FILE_MAX (16 * 1024 * 1024) /* bytes streamed of one key file */
#define KA_DIAG_HITS_MAX 80             /* lines remembered of one key file: one per offer, and some damaged ones */
#define KA_DIAG_WRAP_LINES_MAX 400      /* lines that one broken key or armoured block may span */
#define KA_DIAG_AHEAD_LINES_MAX (1024 * 1024) /* looks at a next line for the rest of a wrapped key, in one file */
#define KA_DIAG_NEAR_MAX 8              /* files with a similar name that are searched for the key */
#define KA_DIAG_ENTRIES_MAX 4096        /* directory entries looked at */
#define KA_DIAG_CHILD_MS 1000           /* the child with the user's rights */
#define KA_SSHDCONF_TEXT_MAX (64 * 1024) /* of what sshd -T prints; each user and group of a list has a line */
#define KA_DIAG_SSHD_T_MAX (256 * 1024) /* output of sshd -T */
#define KA_DIAG_SSHD_T_MS 5000
#define KA_DIAG_SSHD_T_AGE_SEC 60       /* an answer of sshd -T older than that is asked for again */
#define KA_DIAG_SSHD_T_KEPT_MAX 256     /* answers kept at once */
#define KA_CMDTRY_MS 5000               /* another program that is sshd's command, run by a person's doctor */
#define KA_CMDTRY_OUTPUT_MAX (1024 * 1024) /* what it prints */
#define KA_CMDTRY_BEGINS_MAX 24         /* of that what is shown */
#define KA_CMDTRY_AGE_SEC 600           /* for so long events may rest on what was seen */
#define KA_DIAG_SSHD_FILES_MAX 64       /* configuration files with their includes */
#define KA_ACCOUNT_ENTRY_MAX (64 * 1024) /* an entry of shadow */
#define KA_ACCOUNT_HASH_MIN 13          /* characters of the shortest hash of crypt(5) */
#define KA_ACCOUNT_PASSWD_MAX (4 * 1024 * 1024) /* of /etc/passwd, searched for names that are nearly the one */
#define KA_ACCOUNT_NEAR_MAX 3           /* of such names */
#define KA_ACCOUNT_TWO_SLIPS_MIN 6      /* a shorter name may be one slip away, no more */
#define KA_ACCOUNT_TEXT_MAX 128         /* of what a nologin file says */
#define KA_PAMACCESS_PARTS_MAX 8        /* EXCEPT in one list of access.conf */
#define KA_PAMACCESS_LINE_MAX 8191       /* pam_access reads BUFSIZ - 1 bytes at once, the newline among them */
#define KA_PAMMODULE_FOLDER_LEN_MAX 128
#define KA_PAMMODULE_FOLDERS_MAX 16     /* that may hold PAM modules */
#define KA_PERMACL_BYTES_MAX 2048       /* of an access list: 255 entries */
#define KA_PERMACL_WRITERS_MAX 4        /* of them that are named */
#define KA_PERMACL_WHO_MAX 256
#define KA_MOUNTLOOK_LABEL_MAX 128      /* a security label of a file */
#define KA_PAMLINE_MAX 96               /* account and session lines of one PAM stack */
#define KA_PAMLINE_CONTROL_MAX 256
#define KA_PAMLINE_ARGUMENTS_MAX 256
#define KA_PAMLINE_LEVELS_MAX 10        /* substacks within substacks: KA_PAMASK_DEPTH_MAX and the stack itself */
#define KA_USERGROUPS_MAX 512           /* groups of one user */
#define KA_USERGROUPS_NAME_MAX 128      /* with the NUL */

/* audit trail */
#define KA_EVENT_LINE_MAX 4096          /* one trail line with its newline: one write(2) */
#define KA_CHAIN_TAIL_MAX 175           /* ,"seq":<20 digits>,"prev":"<64>","hash":"<64>" */
#define KA_EVENT_BARE_MAX (KA_EVENT_LINE_MAX - KA_CHAIN_TAIL_MAX) /* a line before it has its place in the chain */
#define KA_SYSLOG_LINE_MAX 1024
#define KA_EVENT_OFFERS_MAX 16
#define KA_TEXT_USER_MAX 256
#define KA_TEXT_PATH_MAX 1024
#define KA_TEXT_OPTION_MAX 256
#define KA_TEXT_LABEL_MAX 256           /* a label of KA_LABEL_MAX bytes, escaped */
#define KA_TRAIL_LOCK_MS 2000           /* waiting for the trail's lock file */
#define KA_EVENT_ID_MAX 27              /* 26 base32 characters and the NUL */
#define KA_REF_MAX 9                    /* 8 base32 characters and the NUL */
#define KA_TRAIL_NAME_MAX 256           /* a file in its folder, with the NUL */
#define KA_TRAILSELF_MAX 3072            /* a line of the trail about itself */
#define KA_TRAILHEAD_READ_MAX (8 * 1024) /* of its end, for the last line: two of them at least */
#define KA_TRAIL_BACK_MAX 4              /* files before this one in which an event may be looked for */
#define KA_TRAIL_SIBLINGS_MAX 65536     /* names looked at in its folder for the file before it */
#define KA_TRAIL_DATED_MAX 100          /* names tried for a file that is set aside in one second */

/* the module and the collector */
#define KA_PAM_DEADLINE_MS 1000
#define KA_PAM_DEADLINE_MIN_MS 10
#define KA_PAM_DEADLINE_MAX_MS 5000
#define KA_PAM_ANSWER_MAX 512
#define KA_RECORD_TURNS_MAX 4           /* diagnoses of the auth phase at once */
#define KA_COLLECT_WORKERS 2
#define KA_COLLECT_QUEUE_MAX 256
#define KA_COLLECT_WATCH_MAX 4096       /* connections watched at once */
#define KA_COLLECT_SCAN_STEP 256        /* directory entries between two looks at everything else */
#define KA_COLLECT_TAMPER_MS 10000      /* one spool.tampered event in that time, with a count */
#define KA_COLLECT_FULL_MS 1000         /* no new work after the trail could not be written; doubled each time */
#define KA_COLLECT_FULL_MAX_MS 30000
#define KA_COLLECT_SAY_MS 60000         /* that it cannot be written is said so often */
#define KA_COLLECT_STOP_MS 5000         /* for workers, when the collector is told to end */
#define KA_TRAIL_REPEAT_MAX (4L * 1024 * 1024) /* how far back from its end a repeat of our own events is looked for */
#define KA_COLLECT_FILES_MAX 8192       /* descriptors: one per living connection, and some */
#define KA_COLLECT_FILES_SPARE 16       /* of these for locks, directories, the trail, a look, a worker */
#define KA_COLLECT_WORKER_MS 15000

/* verdicts in detail */
#define KA_VETCONF_OPTION_NAME_MAX 32
#define KA_VETRSA_E_BITS_MAX 32      /* what verifiers in the field take; keeps verification cheap */
#define KA_VETRSA_POLY_BITS_MIN 500  /* below, chance makes light numbers */
#define KA_VETRSA_POLY_PERCENT 40
#define KA_VETRSA_PATTERN_BITS_MIN 1000
#define KA_POLICY_GLOBS_MAX 16
#define KA_POLICY_GLOB_MAX 64
#define KA_POLICY_FORCED_MAX 256

/* forms of keys and options (common/key) */
#define KA_KEYFROM_ADDRESS_TEXT_MAX 64 /* sshd reads no longer text as an address */
#define KA_KEYFROM_PATTERN_MAX 1023    /* from here on sshd gives up on names */
#define KA_KEYFROM_HOST_MAX 1025
#define KA_KEYOPTVAL_PERMIT_HOST_MAX 1024         /* sshd: below NI_MAXHOST */
#define KA_KEYOPTVAL_TUNNEL_MAX 2147483645        /* sshd: SSH_TUNID_MAX */
#define KA_KEYOPTVAL_SERVICE_NAME_MAX 32

/* sources in detail */
#define KA_CONFWHY_PATH_SHOWN_MAX 150
#define KA_CONFLOAD_NAME_SIZE 256 /* a directory entry with its NUL, NAME_MAX + 1 */

/* walks in detail */
#define KA_PERMCOLLECT_FACTS_MAX (KA_PATH_DEPTH_MAX + 1)

/* events in words */
#define KA_JSONOUT_TEXT_MAX 2048 /* one string, before JSON's own escapes */
#define KA_TRAIL_REOPEN_MAX 8 /* how often the trail may be renamed under our hands before we give up */
#define KA_EVENTSAY_SHORT_MAX 64 /* of a name in a short sentence */
#define KA_EVENTSAY_PATH_MAX_SAID 512
#define KA_EVENTSAY_MAX 2048 /* room that always holds a full sentence */

/* other forms of events, and where they go (keyaudit/form, keyaudit/sink) */
#define KA_SYSLOG_HEADER_MAX 128 /* for priority, time, host name and "keyaudit[pid]: " in front of a line */
#define KA_KV_PATH_MIN 64        /* of a path, however long the fields beside it are */
#define KA_FORM_TEXT_MAX 2048    /* one text: no line of the trail has a longer one */
#define KA_FORM_LINE_MAX (32 * 1024) /* one event in any form, all of its escapes doubled */
#define KA_FORM_NAME_MAX 32      /* of a field that is copied as it is */
#define KA_FORM_FLOORS_MAX 3     /* lists and objects in each other */
#define KA_SINKS_MAX 4           /* besides the trail */
#define KA_SINK_WHY_MAX 160      /* why one of them fails */
#define KA_SINK_JOURNAL_MAX (16 * 1024) /* one datagram */
#define KA_SINK_AUDIT_TEXT_MAX 1024
#define KA_SINK_AUDIT_MS 200     /* for the kernel's answer */
#define KA_SINK_EXEC_OUTPUT_MAX 4096
#define KA_SINK_EXEC_REST_SEC 30 /* a program that has failed is left alone */

/* looking at files in detail */
#define KA_KEYVIEW_INNER_TYPE_MAX 60 /* name bytes decoded */
#define KA_KEYVIEW_INNER_TEXT_MAX 88 /* base64 characters that hold them and the length */
#define KA_SSHDWALK_FILE_MAX (1024 * 1024)
#define KA_SSHDWALK_DEPTH_MAX 16        /* Include in Include in ..., as sshd (SERVCONF_MAX_DEPTH) */
#define KA_SSHDPLACE_LINES_MAX 512      /* lines of sshd's configuration whose places are remembered */
#define KA_SSHDPLACE_TEXT_MAX (48 * 1024) /* their text together */
#define KA_SSHDPLACE_VALUE_MAX 2048     /* one line's value, compared */
#define KA_USERFILES_MAX (KA_DIAG_FILES_MAX + KA_DIAG_NEAR_MAX)
#define KA_KEYSCAN_OTHERS_MAX 8 /* hits of KA_KEYSCAN_OTHER that are kept */
#define KA_SSHDCACHE_NAME_MAX 65
#define KA_USERFILES_GROUPS_MAX 1024
#define KA_USERFILES_CHILD_FILES_MAX 64
#define KA_USERFILES_REAP_MS 200
#define KA_MENDLINE_SCRIPT_MAX 256
#define KA_NEARNAME_LEN_MAX 64
#define KA_NEARNAME_SLIPS_MAX 2
#define KA_FIX_ARGV_MAX 12
#define KA_FIXOP_MAX 2                  /* changes that one fix is made of */
#define KA_FIXOP_WORD_MAX 256           /* what an edit takes out, or puts in, with its NUL */
#define KA_FIX_COMMAND_WORDS_MAX (KA_FIX_ARGV_MAX + 4)

/* signed documents (common/store); keyaudit-keys(5) names those that a publisher meets */
#define KA_SIGNED_DOC_MAX (256 * 1024)  /* one user's document */
#define KA_SIGNED_BULK_MAX (4 * 1024 * 1024) /* a revoked list or an index */
#define KA_SIGNED_LINES_MAX 1000        /* key lines of one document */
#define KA_SIGNED_BLOCKS_MAX 16         /* signatures */
#define KA_SIGNED_HOSTS_MAX 64          /* globs of the hosts header */
#define KA_SIGNED_GLOB_MAX 255          /* characters of one glob, and of a host id */
#define KA_SIGNED_EARLY_SEC 300         /* a publisher's clock may be so much ahead of ours */
#define KA_SSHSIG_LINE_MAX 76           /* base64 characters of one line of a signature */
#define KA_SSHSIG_MAX (12 * 1024)       /* one signature, decoded */
#define KA_SIGNERS_FILE_MAX (64 * 1024)
#define KA_SIGNERS_MAX 64               /* signers of one file */
#define KA_SIGNERS_BLOB_MAX (80 + KA_SK_APPLICATION_MAX) /* the longest key that signs: sk-ssh-ed25519 */
#define KA_SIGNERS_NAME_MAX 128
#define KA_SIGNERS_WARNINGS_MAX 32      /* kept with their lines */
#define KA_SERIAL_NAME_MAX 128          /* a file in the directory of serials, with its NUL */
#define KA_SERIAL_FILE_MAX 256          /* one memory */
#define KA_SERIAL_LOCK_MS 250           /* the longest wait for others who write there */
#define KA_SERIAL_LOCK_PAUSE_MS 2
#define KA_REVOKED_HEAD_MAX 320         /* first line of an accepted revoked list */
#define KA_REVOKED_READ_MAX 3072        /* read at once; about 60 entries */
#define KA_REVOKED_BLOCK_MAX 32         /* entries of one step of the search in a longer list */
#define KA_REVOKED_STEPS_MAX 24         /* steps, at most */
#define KA_REVOKED_ENTRIES_MAX 200000   /* in force at once */

/* signing and publishing documents (keyaudit) */
#define KA_SIGNERKEY_FILE_MAX (16 * 1024) /* a file with a signing key */
#define KA_SIGN_HOSTS_MAX 3072          /* a hosts header that we write, with its NUL */
#define KA_SIGN_SPAN_MAX_SEC (10LL * 366 * 86400) /* the longest time that a document is made for */
#define KA_SIGN_EXPIRES_SEC (7 * 86400) /* and when nobody says otherwise */
#define KA_SIGN_FILES_MAX 1000          /* documents of one `keyaudit sign` */
#define KA_SIGNWORK_PATH_MAX 32        /* a directory of our own below /tmp */
#define KA_SIGN_ROOM (64 * 1024)        /* beside the lines of a file: headers, line ends */
#define KA_SIGNERAGENT_MAX (256 * 1024) /* list of identities */
#define KA_SIGNERAGENT_SEC 5
#define KA_PUBLISH_USERS_MAX 100000     /* the index would be too large long before */
#define KA_PUBLISH_JOBS_MAX 16
#define KA_PUBLISH_JOBS_OWN 4           /* when nobody says how many */
#define KA_PUBLISH_CLOCK_SEC 86400      /* so long an expired document of nobody's stays */
#define KA_PUBLISH_REMOVED_PERCENT 10   /* of the users; more vanish only when it is said */
#define KA_PUBLISH_REMOVED_FEW 5        /* or so many, whatever the percentage */
#define KA_PUBLISH_HEAD_MAX (4 * 1024)  /* headers of a document */
#define KA_PUBLISH_BLOCK_MAX 1024       /* a signature of ours with its two lines */
#define KA_PUBLISH_ROOM (KA_SIGNED_BULK_MAX + 512 * 1024) /* the largest document, and one that is too large by a little */
#define KA_PUBLISH_NAME_MAX 256         /* a file name with its NUL */
#define KA_PUBLISH_LIFE_MIN_SEC 300     /* of a document: hosts allow for clocks that differ so much */
#define KA_PROGRESS_STEP_MS 100         /* between two pictures of the progress */
#define KA_CACHELIST_ROWS_MAX 200000    /* entries shown at once */
#define KA_CACHELIST_STEPS_MAX 2000000  /* names looked at in the cache's folders */
#define KA_CACHESHOW_USER_MAX 32       /* width of that column */
#define KA_CACHEEDIT_LOCK_MS 3000       /* waiting for whoever asks for that very entry */
#define KA_KEYGEN_FILES_MAX 10000       /* signed by one ssh-keygen: its arguments must fit */
#define KA_KEYGEN_SIG_MAX (16 * 1024)   /* one signature as ssh-keygen writes it */
#define KA_KEYGEN_STEP_MS 20            /* between two looks at how far it is */

/* the vocabulary */
#define KA_REASON_ID_MAX 48     /* an id with its NUL; reason.c does not compile with a longer one */

/* configuration in detail */
#define KA_CONFERR_QUOTED_MAX 72 /* bytes of one quoted word, quotes not counted */
#define KA_CONF_TEXT_MAX 1024 /* one string value, with its NUL */
#define KA_CONF_NEAR_MAX 1024 /* texts of a small configuration, close to what else it sets */
#define KA_CONF_FAR_MAX (128 * 1024) /* texts of a large one */
#define KA_MIRRORS_MAX 8                /* URLs of one source */
#define KA_JSONPATH_STEPS_MAX 16
#define KA_JSONWHERE_MAX 8 /* conditions of one source */
#define KA_CONF_NAME_MAX 160  /* a file name in messages, escaped */

/* children, /proc, words */
#define KA_CLOSE_LOOP_MAX 8192 /* Linux before 5.9: descriptors closed one by one, as many as a collector may have */
#define KA_SPAWN_ENV_MAX 8 /* of a program, besides PATH and LC_ALL */
#define KA_REAP_STEP_MS 3
#define KA_LOCK_PAUSE_MS 2     /* between two tries for a lock */
#define KA_REAP_KILLED_MS 1000 /* for SIGKILL to do its work; what hangs in the kernel then is left alone */
#define KA_PROC_COMM_MAX 64 /* of a kernel thread; a program has 15 */
#define KA_NEAR_WORD_MAX 63 /* longer words are near nothing */
#define KA_NEAR_SLIPS_MAX 3 /* for words of 7 letters and more; shorter words forgive less */
#define KA_RIGHTS_GROUPS_MAX 1024

/* the doctor's changes (keyaudit/mend) */
#define KA_FIXSTAT_ACL_MAX 1024         /* an access list; a longer one counts as one that lets others write */
#define KA_FIXWALK_NAME_MAX 256         /* one name on the way, with its NUL */
#define KA_FIX_FILE_MAX (1024 * 1024)   /* a key file that is listed or edited; a longer one is by hand */
#define KA_FIXKEYS_MAX 256              /* keys that a person is asked to look through */
#define KA_FIXKEYS_COMMENT_MAX 128
#define KA_FIXHAND_MS 10000             /* one change with the user's rights */
#define KA_FIXHAND_FDS_MAX 4
#define KA_FIXWORLD_DEFS_MAX (64 * 1024) /* /etc/login.defs */
#define KA_FIXWORLD_UID_MIN 1000        /* where login.defs does not say one */
#define KA_FIXWORLD_SYSTEMS_MAX 48
#define KA_FIX_ROUNDS_MAX 8             /* how often the doctor is asked again while changes are made */
#define KA_FIXNOTE_OPS_MAX 128
#define KA_FIXNOTE_MAX (8 * 1024 * 1024)
#define KA_FIXNOTE_ID_MAX 9             /* 8 base32 characters and the NUL */
#define KA_FIXNOTE_LIST_MAX 1000        /* notes shown */
#define KA_FIXUNDO_WHY_MAX 160
#define KA_FIX_ANSWER_MAX 16             /* bytes of an answer to a question */

/* the tool and the collector */
#define KA_LOGQUERY_SPAN_MAX_SEC ((uint64_t)100 * 366 * 86400)
#define KA_WATCH_TICK_MS 250
#define KA_WATCH_RETRY_MS 1000 /* when there is no process to be had */
#define KA_CMD_LOG_FOLLOW_MS 300
#define KA_LOGTABLE_CELL_MAX 288
#define KA_LOGTABLE_SAMPLE 10000        /* events that columns on a terminal are measured by; of more nobody waits for the last */
#define KA_LOGSIFT_NEEDLE_MAX 320    /* a text that a line must hold, with its quotes; longer ones are left to the parser */
#define KA_LOGSHOW_DEPTH_MAX 6          /* members within members of an event that is shown */
#define KA_LOGSHOW_NAME_MAX 256
#define KA_LOGSTATS_TEXT_MAX 264
#define KA_LOGSTATS_ROWS_MAX (16 * 1024) /* different users, clients or reasons that are counted one by one */
#define KA_LOGSTATS_TRIES_MAX 1024      /* places looked at for one */
#define KA_LOGHITS_MAX (64 * 1024)   /* places of events that are remembered between counting and printing */
#define KA_LOGPICK_PIECE (1024 * 1024)  /* of a file's end, in which the last events are looked for first */
#define KA_LOGPICK_GROWTH 8            /* the next piece is so much longer */
#define KA_REPORT_DAYS_MAX 92    /* bars of the chart; what is older is counted and not drawn */
#define KA_REPORT_SERIES_MAX 5   /* reasons with a colour of their own in it, the rest is "others" */
#define KA_REPORT_CAUSES_MAX 20  /* rows of the table of causes */
#define KA_REPORT_USERS_MAX 1024 /* users that wait, remembered; the rest is counted */
#define KA_REPORT_KEYS_MAX 512   /* keys to rotate, the same */
#define KA_REPORT_NAME_MAX 128   /* of a name, a label or a fingerprint, with the NUL */
#define KA_REPORT_TEXT_MAX 512   /* of a path or a fix */
#define KA_FLOOD_NETS_MAX 64
#define KA_FLOOD_HELD_MAX 256 /* connections summed up in one event */
#define KA_FLOOD_CLAIMED_SEC_MAX 10   /* events of connections that nobody but the command's uid vouches for; flood_limit = 0 */
#define KA_FLOOD_CLAIMED_RUN_MAX 1024 /* the same for one run of collect by hand, which has nobody's word for most */
#define KA_TRAIL_TAIL_MAX (4 * 1024 * 1024)
#define KA_TRAIL_FILES_MAX 4096          /* of one trail, each of them open while it is read */
#define KA_TRAIL_LOOKS_MAX 5             /* at a folder that changes meanwhile */
#define KA_TRAIL_LOOK_AGAIN_MS 20        /* for the trail's next file, in the moment between two */
#define KA_TRAIL_SKEW_SEC 3600           /* a clock may have been set back so far within a file that a query passes over */
#define KA_TRAIL_UNPACK_MS 30000         /* for gzip to say something, and to end */
#define KA_TRAIL_UNPACKED_MAX (INT64_C(64) << 30)
#define KA_GAP_TAIL_MAX (256 * 1024) /* recorders may have written sessions of this boot before the collector began */
#define KA_OUT_COLUMNS_MIN 40 /* a terminal below that is not wrapped for */
#define KA_VETSHOW_COMMENT_MAX 256
#define KA_EAR_BLOCK (64 * 1024)        /* of a log read at once, before everybody else has a turn */
#define KA_EAR_TURN_MAX 256             /* lines of it taken in a row */
#define KA_EAR_LINE_MAX (8 * 1024)      /* a line of a log file; longer ones are not looked at */
#define KA_EAR_JSON_MAX (64 * 1024)     /* one entry of the journal as JSON */
#define KA_EAR_MESSAGE_MAX 4096         /* a message in it: journalctl leaves out longer ones, and sshd's have 1024 bytes */
#define KA_EAR_CURSOR_MAX 512           /* a position in the journal, with its NUL */
#define KA_EAR_POSITION_MAX (16 * 1024) /* the file that keeps a position: a path may be tripled by %XX */
#define KA_EAR_MARK_MAX 256             /* bytes before the position, by which a file is known again */
#define KA_EAR_BACK_SEC 600             /* so much of the log is read when there is no position */
#define KA_EAR_BACK_MAX (4 * 1024 * 1024) /* of a file, at most */
#define KA_EAR_STALL_MS 3000            /* a journalctl that is to end and says nothing for so long is ended */
#define KA_EAR_PAUSE_MS 250             /* before journalctl is started again; doubled each time ... */
#define KA_EAR_PAUSE_MAX_MS 30000
#define KA_EAR_GOOD_MS 10000            /* ... unless it has lived so long, or said something */
#define KA_EAR_REAP_MS 100
#define KA_EAR_POLL_MS 1000             /* a file is looked at so often, whatever inotify says */
#define KA_EAR_NAMES_MAX 4096           /* names looked at in the file's folder for the one that was rotated away */
#define KA_EAR_NOTICE_BLOCKS_MAX 4      /* of inotify */
#define KA_PAM_SERVICE_MAX (64 * 1024)
#define KA_LISTENER_ARGUMENTS_MAX 1024  /* of sshd's command line */
#define KA_LISTENER_OPTIONS_MAX 8       /* options of it that change what sshd -T says */
#define KA_LISTENER_OPTION_MAX 256      /* one of them, with its NUL */
#define KA_DAEMONJUDGE_KEYS_MAX 6       /* host keys closed by one command */
#define KA_DAEMON_TEST_MAX 4096         /* of what sshd -t says */
#define KA_WRAPPERS_PATH_MAX 32
#define KA_WRAPPERS_FILE_MAX (256 * 1024)   /* hosts.allow, hosts.deny */
#define KA_WRAPPERS_PROGRAM_MAX (16 * 1024 * 1024) /* of sshd, in which its libraries are named */
#define KA_HEALTHNOTE_SEC 86400         /* what the doctor found is not noted again within a day */
#define KA_LASTDROP_SEC 900             /* so long the doctor says of dropped connections; the longest penalty is ten minutes */
#define KA_LOGROTATE_FILES_MAX 2        /* files of ours that are looked for in logrotate's configuration */
#define KA_LOGROTATE_FILES_READ_MAX 512 /* files of that configuration */
#define KA_LOGROTATE_FILE_MAX (256 * 1024)
#define KA_LOGROTATE_NAME_MAX 1024      /* a file's name, with its NUL */
#define KA_LOGROTATE_STARS_MAX 8        /* in a name: what fnmatch(3) does grows with them */
#define KA_LOGROTATE_DEPTH_MAX 4        /* includes within includes */
#define KA_BAN_NAME_MAX 256             /* of a table, chain or set of nftables (NFT_NAME_MAXLEN), with its NUL */
#define KA_BAN_RULESET_MAX (16 * 1024 * 1024) /* of what nft lists */
#define KA_BAN_NFT_MS 2000
#define KA_BAN_STEPS_MAX 2000000        /* objects of a rule set looked at for one packet */
#define KA_BAN_DEPTH_MAX 16             /* jumps within jumps, which is the kernel's own bound, and values within values */
#define KA_PORTS_MAX 256                /* TCP ports that something listens on */
#define KA_PORTS_BLOCK_MAX 2048         /* read at once of the kernel's table; a line has at most 200 */
#define KA_PORTS_FDS_MAX 64             /* descriptors of sshd's listener that are looked at */
#define KA_LISTENER_PROCESSES_MAX 65536 /* entries of /proc looked at for sshd's listener */
#define KA_PAMCONF_LINE_MAX 2048        /* a line of a PAM file with its continuations */
#define KA_PAMCONF_PATH_MAX 256
#define KA_PAMASK_FILES_MAX 32          /* files of one PAM stack */
#define KA_PAMASK_DEPTH_MAX 8           /* includes within includes */
#define KA_PEER_FDS_MAX 256
#define KA_WATCHLOOK_BLOCKS_MAX 64 /* of names that the collector's eye reads before it lets those go who wait */
#define KA_VETSCAN_LOOKS_MAX 16 /* places in one line where a key is looked for */
#define KA_PEER_SOCKETS_MAX 16
#define KA_CONFPRINT_JSON_MAX (16 * 1024) /* one setting: its value, place and file, with JSON's escapes */
#define KA_CMD_CONFIG_JSON_MAX (KA_CONF_ERRORS_MAX * 4 * KA_CONF_ERROR_MAX)
#define KA_DOCTOR_JSON_MAX (1024 * 1024)
#define KA_WATCHSCAN_RESCAN_MS 5000
#define KA_WATCHSCAN_ORPHAN_MS 300        /* a command whose monitor is gone may still be writing its record */
#define KA_WATCHSCAN_EVENT_BLOCKS_MAX 16  /* of inotify, before everybody else has a turn */
#define KA_CONFSHOW_ORIGIN_MAX (KA_CONF_NAME_MAX + KA_USER_NAME_MAX + 64) /* a place, and a rule of user_profiles */
#define KA_INSTALL_CHECKS_MAX (37 + KA_SOURCES_MAX + KA_REVOCATION_FILES_MAX + KA_BLOCKLIST_FILES_MAX + KA_TRUSTEDCA_FILES_MAX)

/* asking a store (authkeys-cmd/fetch) */
#define KA_FETCH_URL_MAX 2048           /* expanded */
#define KA_FETCH_HOST_MAX 256
#define KA_FETCH_BODY_MAX 4096
#define KA_FETCH_HEADER_MAX 2048        /* one configured header line, expanded */
#define KA_FETCH_HEADERS_MAX 8          /* configured ones */
#define KA_FETCH_TOKEN_MAX 4000
#define KA_FETCH_JSON_DEPTH_MAX 32      /* objects and arrays inside each other */
#define KA_FETCH_ROOM 4096              /* first memory for a response's body; doubled as needed */
#define KA_FETCH_FRESH_MIN_SEC 60       /* a store's max-age is clamped into this range */
#define KA_FETCH_FRESH_MAX_SEC 3600
#define KA_FETCH_NEGATIVE_SEC 60        /* how long "no keys" is believed */
#define KA_FETCH_DEADLINE_MS 2500       /* one fetch, when nobody says otherwise */
#define KA_FETCH_DEADLINE_MAX_MS 60000
#define KA_FETCH_REFRESH_TRIES 5        /* failures in a row before the timer leaves a store alone */
#define KA_FETCH_REST_STEP_MS 60000
#define KA_FETCH_USERS_MAX 1000000
#define KA_FETCH_USERS_FILE_MAX (64 * 1024 * 1024)
#define KA_FETCH_AHEAD_SEC 5           /* what is fresh for less is asked for by the timer: its next turn would come too late */
#define KA_FETCH_MOMENT_SEC 5          /* what somebody else brought so long ago is what who missed it wants */
#define KA_FETCH_DISCARD_MAX (64 * 1024) /* of the body of an answer of which only the status counts */
#define KA_FETCH_HEADS_MAX (64 * 1024)  /* all header lines of one answer */
#define KA_FETCH_FAIR_MS 500            /* a mirror that had less time is not to blame */
#define KA_FETCH_AFTER_SEC 10           /* behind the deadline, for the disk; then SIGALRM */
#define KA_FETCH_SWEEP_SEC 3600         /* age of a half-written file that nobody writes any more */
#define KA_FETCH_BREAKER_FAILURES 5
#define KA_FETCH_BREAKER_SEC 60         /* then one request tries */
#define KA_FETCH_CONNECT_MS 5000        /* until a name is resolved, and TCP and TLS are agreed on */
#define KA_FETCH_SLOW_BYTES 64          /* a second, below which ... */
#define KA_FETCH_SLOW_SEC 5             /* ... so many seconds are a timeout */
#define KA_FETCH_LOCK_STEP_MS 5
#define KA_FETCH_FILE_MAX (8 * 1024 * 1024) /* RLIMIT_FSIZE of the fetcher */
#define KA_FETCH_FDS_MAX 256
#define KA_FETCH_PIN_BASE64 44          /* SHA-256 in base64 */
#define KA_FETCH_DOWNLOAD_MS (15 * 60 * 1000) /* one file from one address, for keyaudit blocklist update */
#define KA_FETCH_DOWNLOAD_MAX (1024L * 1024 * 1024)

/* asking a store again (authkeys-cmd/fetch/fetchpace.h) */
#define KA_FETCH_OFF_MS 30000                     /* an entry stays off the network after a failure, at least */
#define KA_FETCH_BACKOFF_BASE_MS 2000             /* doubled with each failure in a row */
#define KA_FETCH_BACKOFF_CAP_MS (15 * 60 * 1000)
#define KA_FETCH_RETRY_AFTER_MAX_SEC 3600         /* of a wait that the store asks for */
#define KA_FETCH_NUDGE_MS 30000                   /* hosts that are told at once to refresh spread over that */

/* the trail's seals and its verification */
#define KA_SEALKEY_BYTES 32
#define KA_SEALKEY_TEXT_MAX 96           /* K0 as people keep it, with its NUL */
#define KA_SEALKEY_FILE_MAX 256
#define KA_SEAL_CHAIN_MAX 33             /* a chain id, 32 hex digits and a NUL */
#define KA_SEAL_HEX_MAX 65               /* a hash as text */
#define KA_SEAL_WHY_MAX 16
#define KA_SEAL_LINE_MAX 768
#define KA_SEAL_TAIL_MAX 8192            /* how far back the last seal is looked for */
#define KA_SEAL_HEAD_MAX (64 * 1024)     /* and the last record of the trail */
#define KA_SEAL_RECORDS 256              /* after so many a seal is asked for */
#define KA_SEAL_PERIOD_SEC 900           /* nor lasts longer: conf/systemd/keyaudit-seal.timer */
#define KA_SEAL_LATE_MS (4LL * KA_SEAL_PERIOD_SEC * 1000) /* so long without one while the host is up is said */
#define KA_SEAL_CATCH_UP_MAX 1000000     /* epochs that an older key is taken forward */
#define KA_SEAL_ANCHOR_MS 5000           /* for the program that takes an anchor */
#define KA_VERIFY_BLOCK (256 * 1024)
#define KA_VERIFY_POINTS_MAX 4000000     /* seals and anchors together */
#define KA_VERIFY_JSON_MAX 16384
#define KA_VERIFY_FRAGMENT_MAX (64 * 1024) /* bytes that one recovery record may name */

/* the module */
#define KA_ARGS_MAX 8
#define KA_PAMANSWER_DENY_MAX 64
#define KA_PAMSAY_NOTICE_MAX 128
#define KA_PAMSAY_LOG_MAX 900
#define KA_SHOWN_TEXT_MAX 256
#define KA_TITLE_MAX 2048

/* changes of state that are told once (keyaudit/health) */
#define KA_HEALTH_SUBJECT_MAX 320        /* "file /etc/keyaudit/conf.d/..." */
#define KA_HEALTH_VALUE_MAX 112          /* an id of a reason, a hash */
#define KA_HEALTH_ROWS_MAX 176           /* two for each source, one for each file of the configuration and of what keys are judged by */
#define KA_HEALTH_FILE_MAX (256 * 1024)
#define KA_HEALTH_LOCK_MS 2000           /* another one looks or tells */
#define KA_HEALTH_EDIT_US 400000         /* a file that was changed so lately may still be edited */
#define KA_HEALTH_LOOK_MS 500            /* between two looks */
#define KA_HEALTH_LOOK_SHARE 100         /* what may be large is left alone so many times as long as the look used a processor ... */
#define KA_HEALTH_WAIT_SHARE 10          /* ... and so many times as long as it lasted, which is also others' work ... */
#define KA_HEALTH_LOOK_MAX_MS 60000      /* ... but no longer than that */
#define KA_HEALTH_AGAIN_MS 5000          /* between two starts of the child that looks */
#define KA_HEALTH_TRY_SEC 86400          /* a store's failure that nobody repeated counts so long */
#define KA_HEALTH_QUIET_US 60000000      /* a store that comes and goes is degraded again after that */

/* keyaudit vet over many accounts */
#define KA_VET_ACCOUNT_MAX 256           /* an account's name in a dump */
#define KA_VET_REUSE_KEYS_MAX (4L << 20) /* different keys that are remembered: slots of 40 bytes, up to three for a key */
#define KA_VET_NAMES_BYTES_MAX (64L << 20) /* the names of all files */
#define KA_VET_WALK_NAMES_MAX (1L << 20) /* names in one directory */
#define KA_VET_HOST_KEYS_MAX 16          /* files of this host's keys */
#define KA_VET_COMPLAINTS_MAX 20         /* files and lines that cannot be read and are named; the rest is counted */
#define KA_VET_QUEUE_ROWS 256            /* lines that wait for their verdict, in their order */
#define KA_VET_WORKERS_MAX 8             /* authkeys-vet at work ahead of them */
#define KA_VET_AHEAD_BYTES_MAX (48 * 1024) /* questions that one of them has not answered: less than a pipe holds */
#define KA_VET_SHARED_QUIET_MS 1800000   /* for authkeys-vet --shared to say how far it is */

/* moduli that share a prime (authkeys-vet --shared) */
#define KA_GCD_BITS_MAX (1L << 27)       /* of all moduli together: 65,536 of 2,048 bits */
#define KA_GCD_PRODUCT_BITS_MAX (5L << 26) /* the reciprocal of their product, times a sum of about its length */
#define KA_GCD_MEMORY_MAX (1536UL * 1024 * 1024) /* of addresses: 17 levels of a tree, transforms of 2^24 digits */
#define KA_GCD_LINES_MAX (1L << 20)      /* keys, whatever they are; answers to more are "unjudged" */
#define KA_GCD_MATES_STEPS_MAX 100000    /* pairs that are tried one by one for who shares with whom */

/* authorities of certificates */
#define KA_TRUSTEDCA_MAX 256             /* keys of all files of trusted_ca */
#define KA_TRUSTEDCA_FILES_MAX 16
#define KA_TRUSTEDCA_FILE_MAX (256 * 1024)

/* authkeys-vet, and who asks it (judge/vetask.h) */
#define KA_VETASK_DEADLINE_MS 5000       /* for one key: 16,384 bits take a second where nothing else runs */
#define KA_VET_QUESTION_MAX (KA_LINE_MAX + 16) /* a word, a blob's base64, a newline */
#define KA_VET_ANSWER_MAX 64             /* the longest id, a factor, a newline */
#define KA_VET_LINE_MAX (64 * 1024)      /* what is read at a time; a line is shorter */
#define KA_VET_MEMORY_MAX (128UL * 1024 * 1024) /* of addresses, libraries included */
#define KA_RSAFACTOR_MAX 65537           /* the largest prime that is tried; badkeys goes as far, the CA/Browser Forum to 751 */
#define KA_RSAFACTOR_PRODUCTS_MAX 1600   /* products of them that fit into 64 bits: 1,577 */
#define KA_VET_FERMAT_ROUNDS 1000
#define KA_RSASHARED_BYTES_MAX (1024 * 1024) /* the product of shared primes; badkeys' have 79,000 and 768 */
#define KA_VET_FERMAT_ROUNDS_MIN 100     /* CA/Browser Forum */
#define KA_VET_FERMAT_ROUNDS_MAX 100000

/* the cache of verdicts (common/verdict): a table that never grows, KA_VERDICTS_BUCKETS * _WAYS * _ROW = 8 MiB at most */
#define KA_VERDICTS_BUCKETS 16384        /* the place of a key is one of a bucket's; a power of two */
#define KA_VERDICTS_WAYS 4
#define KA_VERDICTS_ROW 128              /* bytes; a bucket lies in one page, a row in one sector */
#define KA_VERDICTS_TEXT 64              /* of them the answer, ended by NUL */

/* lists of compromised keys (common/blocklist/blocklist.h) */
#define KA_BLOCKLIST_FILES_MAX 8         /* of one configuration */
#define KA_BLOCKLIST_SAID_MAX 32         /* names of lists that one run says */
#define KA_BLOCKFILE_RECORDS_MAX (64L * 1024 * 1024) /* 1 GiB; badkeys' list has about 4 million */
#define KA_BLOCKMETA_MAX (1024 * 1024)   /* badkeysdata.json */
#define KA_BLOCKMETA_DATE_MAX 48
#define KA_BLOCKMETA_NAMES_MAX 256
#define KA_BLOCKPUT_NAME_MAX 200         /* the file's own name, with its NUL */
#define KA_BLOCKPUT_LOCK_MS 2000         /* another update */
#define KA_BLOCKCHILD_END_MS 2000        /* behind the end of its output */
#define KA_BLOCKBRING_BLOCK 2048         /* copied at once */
#define KA_BLOCKLIST_DOWNLOAD_MAX (256L * 1024 * 1024) /* as it comes, packed */
#define KA_BLOCKLIST_SHRINK_PERCENT 90   /* of the records in use; with fewer it is not put in place */
#define KA_BLOCKSTATUS_JSON_MAX 2048
#define KA_BLOCKLOOKUP_JSON_MAX 3072
#define KA_BLOCKNAMES_FILE_MAX (16 * 1024)
#define KA_BLOCKNAMES_NAME_MAX 64        /* with its NUL */

/* metrics (keyaudit/metrics) */
#define KA_METRICS_TEXT_MAX (256 * 1024) /* what is printed; all reasons and stores fit */
#define KA_METRICS_STATE_MAX (64 * 1024)
#define KA_METRICS_SPOOL_MAX 100000      /* names counted in the spool */
#define KA_METRICS_TRIES_MAX 3           /* rotations while the trail is read */
#define KA_METRICS_LOCK_MS 10000         /* another one counts */
#define KA_METRICS_SOURCES_MAX (1 + 2 * KA_SOURCES_MAX) /* names that were once configured, and "other" */

#endif
