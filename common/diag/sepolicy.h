/*
 * What the loaded SELinux policy lets sshd do with a label, by the kernel's own word: nothing is concluded from names of
 * types. sshd reads key files in the domain of its process, or of sshd-session, which that one starts (OpenSSH 9.8).
 *
 * Sources: selinux(8), security_compute_av(3), security_compute_create(3), and the files of selinuxfs that they use:
 * "access" and "create" take "SOURCE TARGET CLASS" and answer in the same open file; class/NAME/index and
 * class/NAME/perms/PERMISSION hold decimal numbers.
 */
#ifndef KA_DIAG_SEPOLICY_H
#define KA_DIAG_SEPOLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/limits.h"
#include "diag/userfiles.h"

enum ka_sepolicy_answer {
	KA_SEPOLICY_UNKNOWN, /* no SELinux, or it is not to be asked */
	KA_SEPOLICY_ALLOWED, /* also where the domain is permissive: what is denied then is logged only */
	KA_SEPOLICY_DENIED,
};

/* how the kernel is reached; tests have their own */
struct ka_sepolicy_kernel {
	const char *fs;      /* where selinuxfs is mounted */
	/* writes @request into @path and reads the answer, ended by a NUL; false: it does not answer */
	bool (*ask)(const char *path, const char *request, char *answer, size_t size);
};

/** ka_sepolicy_kernel() - this machine's */
const struct ka_sepolicy_kernel *ka_sepolicy_kernel(void);

/**
 * ka_sepolicy_domain() - the context in which key files are opened
 * @sshd:    context of the listening sshd: /proc/PID/attr/current
 * @session: label of the program sshd-session, "": there is none
 *
 * Answers: false when it is not known.
 */
bool ka_sepolicy_domain(const struct ka_sepolicy_kernel *k, const char *sshd, const char *session, char out[static KA_MOUNTLOOK_LABEL_MAX]);

/** ka_sepolicy_may() - may @domain open and read a file (search a directory) of this label? Hostile labels are no question */
enum ka_sepolicy_answer ka_sepolicy_may(const struct ka_sepolicy_kernel *k, const char *domain, const char *label, bool is_dir);

/** ka_sepolicy_of_sshd() - the domain of the sshd that runs as @pid here; false when it is not known */
bool ka_sepolicy_of_sshd(pid_t pid, char out[static KA_MOUNTLOOK_LABEL_MAX]);

/** ka_sepolicy_judge() - label_answer, label_path and label of @f: its directory first, then the file. @domain "": not known */
void ka_sepolicy_judge(const struct ka_sepolicy_kernel *k, const char *domain, struct ka_userfile *f);

#endif
