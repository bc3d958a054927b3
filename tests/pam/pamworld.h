/*
 * What the tests of the module in the real Linux-PAM share: a folder with service files, a recorder that is a script,
 * and what was said to the log and to the client. Everything lies below KA_TEST_PAM_DIR, where the test copy of the
 * module (mk/pam.mk) looks for its recorder and its run directory. Works unprivileged; one test at a time.
 */
#ifndef KA_TESTS_PAMWORLD_H
#define KA_TESTS_PAMWORLD_H

#define PAMWORLD_DIR KA_TEST_PAM_DIR
#define PAMWORLD_MODULE PAMWORLD_DIR "/pam_keyaudit.so"
#define PAMWORLD_RECORDER PAMWORLD_DIR "/bin/keyaudit"
#define PAMWORLD_PHASES PAMWORLD_DIR "/run/keyaudit/phase"

#define PAMWORLD_ALLOW "echo 'ka1 ref=asm6lelb deny=-'"
#define PAMWORLD_DENY "echo 'ka1 ref=asm6lelb deny=key.rsa-too-short'"
#define PAMWORLD_INFO "publickey ssh-ed25519 AAAAC3Nz\n"

/* what the module and libpam said since pamworld_set_up() */
struct pamworld_said {
	char log[8192];  /* syslog lines, each with a newline */
	char told[1024]; /* the last text to the client */
	int log_lines;
	int told_count;
	int told_style;
};
extern struct pamworld_said pamworld_said;

/** pamworld_set_up() - an empty world with a recorder that allows; a cmocka setup */
int pamworld_set_up(void **state);

/** pamworld_recorder() - the recorder: a shell script that notes its arguments in DIR/seen and goes on with @body */
void pamworld_recorder(const char *body);

/** pamworld_stack() - the service file of @service */
void pamworld_stack(const char *service, const char *lines);

/** pamworld_stack_of() - the service file of sshd: the module alone in auth, account and session */
void pamworld_stack_of(const char *control, const char *args);

enum pamworld_call { AUTH, CRED, ACCOUNT, OPEN, CLOSE, PASSWORD };

/** pamworld_run_as() - one libpam call with the items and variables that sshd sets; its code */
int pamworld_run_as(const char *service, const char *user, enum pamworld_call what, int flags);
int pamworld_run(enum pamworld_call what);

/** pamworld_noted() - the phase file that was written, "" when there is none; static storage */
char *pamworld_noted(void);

/** pamworld_slurp() - a small file, "" when there is none; static storage */
const char *pamworld_slurp(const char *path);

#endif
