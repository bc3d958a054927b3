/*
 * Where things are on an installed system. The build sets the roots
 * (SYSCONFDIR, RUNDIR, LOGDIR, CACHEDIR, STATEDIR, BINDIR, LIBEXECDIR); nothing is read from the environment.
 */
#ifndef KA_BASE_PATHS_H
#define KA_BASE_PATHS_H

#ifndef KA_SYSCONFDIR
#define KA_SYSCONFDIR "/etc"
#endif
#ifndef KA_RUNDIR
#define KA_RUNDIR "/run"
#endif
#ifndef KA_LOGDIR
#define KA_LOGDIR "/var/log"
#endif
#ifndef KA_CACHEDIR
#define KA_CACHEDIR "/var/cache"
#endif
#ifndef KA_STATEDIR
#define KA_STATEDIR "/var/lib"
#endif
#ifndef KA_BINDIR
#define KA_BINDIR "/usr/bin"
#endif
#ifndef KA_LIBEXECDIR
#define KA_LIBEXECDIR "/usr/libexec"
#endif

#define KA_PATH_CONF_DIR KA_SYSCONFDIR "/keyaudit"
#define KA_PATH_CONF KA_PATH_CONF_DIR "/keyaudit.conf"
#define KA_PATH_DISABLED KA_PATH_CONF_DIR "/disabled"
#define KA_PATH_RUN KA_RUNDIR "/keyaudit"
#define KA_PATH_SPOOL KA_PATH_RUN "/spool"       /* root:_keyaudit 0730 */
#define KA_PATH_PHASE KA_PATH_RUN "/phase"       /* root 0700, as all below */
#define KA_PATH_SAID KA_PATH_RUN "/said"
#define KA_PATH_CLAIMED KA_PATH_RUN "/claimed"
#define KA_PATH_DONE KA_PATH_RUN "/done"
#define KA_PATH_SEEN KA_PATH_RUN "/seen"
#define KA_PATH_REJECTED KA_PATH_RUN "/rejected"
#define KA_PATH_EYE KA_PATH_RUN "/eye"           /* root:_keyaudit 0710: where the command waits for the collector's look */
#define KA_PATH_LOOKING KA_PATH_RUN "/looking"   /* one lock per uid whose files are being looked at */
#define KA_PATH_SSHD_T KA_PATH_RUN "/sshd"       /* answers of sshd -T, for a minute */
#define KA_PATH_PIDNS KA_PATH_RUN "/pidns"       /* the pid namespace whose processes are named here */
#define KA_NAME_EAR "ear"
#define KA_PATH_EAR KA_PATH_RUN "/" KA_NAME_EAR  /* how far sshd's log has been read */
#define KA_PATH_LOCK KA_PATH_RUN "/lock"
#define KA_PATH_TRAIL_LOCK KA_PATH_RUN "/trail.lock"
#define KA_PATH_COLLECT_LOCK KA_PATH_RUN "/collect.lock"
#define KA_PATH_CACHE KA_CACHEDIR "/keyaudit"        /* _keyfetch:_keyaudit 2750: SOURCE/ENTRY */
#define KA_PATH_STATE KA_STATEDIR "/keyaudit"        /* root 0755 */
#define KA_PATH_SERIALS KA_PATH_STATE "/serials"     /* _keyaudit 0700: out of the fetcher's reach */
#define KA_PATH_VERDICTS KA_PATH_STATE "/verdicts"   /* _keyaudit 0700: what authkeys-vet said of listed keys */
#define KA_PATH_BLOCKLIST KA_PATH_STATE "/blocklist.dat" /* root 0644: where keyaudit blocklist update puts it */
#define KA_PATH_WANTED KA_PATH_STATE "/wanted"       /* _keyfetch:_keyaudit 0730: what a lookup missed */
#define KA_PATH_PRIVATE KA_PATH_STATE "/private"     /* root 0700: nobody else's business */
#define KA_PATH_UNDO KA_PATH_PRIVATE "/undo"         /* root 0700: what doctor --fix has changed */
#define KA_PATH_HEALTH KA_PATH_STATE "/health"       /* root 0700: what was told of changes */
#define KA_PATH_METRICS KA_PATH_STATE "/metrics"     /* root 0700: what was counted, and how far */
#define KA_PATH_FETCH KA_LIBEXECDIR "/keyaudit/authkeys-fetch"
#define KA_NAME_VET "authkeys-vet"
#define KA_PATH_VET KA_LIBEXECDIR "/keyaudit/" KA_NAME_VET
#define KA_FETCH_USER "_keyfetch"
#define KA_PATH_TRAIL KA_LOGDIR "/keyaudit/audit.jsonl"
#define KA_PATH_KEYAUDIT KA_BINDIR "/keyaudit"
#define KA_PATH_COMMAND KA_LIBEXECDIR "/keyaudit/authkeys-cmd"
#define KA_PATH_JOURNALCTL "/usr/bin/journalctl"
#define KA_PATH_KEYGEN "/usr/bin/ssh-keygen"
#define KA_PATH_GZIP "/usr/bin/gzip"
#define KA_PATH_XZ "/usr/bin/xz"
#define KA_COMMAND_USER "_keyaudit"

#endif
