/*
 * Faults. A fault means that work could not be done; it is negative, travels
 * upwards unchanged and is never switched on. What was found out when the work
 * *was* done is an answer (enum ka_reason, or a module's own enum) and never a
 * fault: a bad key line is an answer, a failing read is a fault.
 */
#ifndef KA_BASE_ERR_H
#define KA_BASE_ERR_H

enum ka_err {
	KA_ERR_OK = 0,
	KA_ERR_SYS = -1,     /* a system call failed; errno says which way */
	KA_ERR_NOMEM = -2,   /* no memory */
	KA_ERR_LIMIT = -3,   /* more than a named limit of base/limits.h */
	KA_ERR_SYNTAX = -4,  /* bytes that are not what they should be */
	KA_ERR_TIMEOUT = -5, /* a deadline passed */
	KA_ERR_CRYPTO = -6,  /* the crypto library failed its self-test or refused */
	KA_ERR_BUG = -7,     /* a broken promise between our own functions */
};

#define KA_MUST_CHECK __attribute__((warn_unused_result))
#define KA_NONNULL __attribute__((nonnull))
#define KA_PRINTF(f, a) __attribute__((format(printf, f, a)))

/*
 * KA_BUG_IF(cond): a broken promise. Aborts in tests and fuzzing
 * (KA_BUG_ABORTS) and makes the function return KA_ERR_BUG in a release,
 * because nothing of ours may abort inside sshd.
 */
#ifdef KA_BUG_ABORTS
#define KA_BUG_IF(cond) do { if (cond) __builtin_trap(); } while (0)
#else
#define KA_BUG_IF(cond) do { if (cond) return KA_ERR_BUG; } while (0)
#endif

#define KA_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
