/*
 * The sshd that listens: its process, the options on its command line, which beat its files and of which `sshd -T` does not
 * know, when it read its configuration, and where it listens.
 */
#ifndef KA_DIAG_LISTENER_H
#define KA_DIAG_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cursor.h"
#include "base/limits.h"

/* an option that changes what sshd -T would say */
struct ka_listener_option {
	char letter;                         /* o p h c g */
	char value[KA_LISTENER_OPTION_MAX];
};

/* what a command line says */
struct ka_listener_args {
	char config[KA_TEXT_PATH_MAX];       /* -f, or sshd's default */
	size_t count;
	struct ka_listener_option options[KA_LISTENER_OPTIONS_MAX];
	bool is_ambiguous;                   /* there are options that could not be told apart: count is 0 then */
	char text[KA_LISTENER_ARGUMENTS_MAX]; /* from the first such option on, else from -f on, for people; raw bytes */
};

struct ka_listener {
	bool is_asked;                       /* false: only root sees what listens */
	bool is_found;                       /* one with our configuration file */
	bool has_other;                      /* an sshd listens with another file (-f), which args then describes unless is_found */
	pid_t pid;
	int64_t started_us;                  /* wall clock, to 10 ms; 0: not known */
	struct ka_listener_args args;
};

/**
 * ka_listener_parse() - is this the command line of a listening sshd?
 * @cmdline: bytes of /proc/PID/cmdline: sshd's title ("sshd: ARGUMENTS [listener] ..."), or arguments with NULs between
 *
 * In a title the arguments stand with blanks between them. Where a value cannot have ended anywhere else (a next word that is
 * an option of sshd's with a value of the right kind) it is taken; else the whole is ambiguous.
 *
 * Answers: false for anything else, and for an sshd that is not to listen (-T, -t, -i, -R).
 * Safe: pure; any bytes. Source: sshd(8).
 */
bool ka_listener_parse(struct ka_span cmdline, struct ka_listener_args *out);

/**
 * ka_listener_look() - the sshd of this pid namespace that listens with @config
 * @hint: a process to look at first, 0 for none
 *
 * Looks at processes named sshd whose real user is root, at most KA_LISTENER_PROCESSES_MAX entries of /proc.
 */
void ka_listener_look(const char *config, pid_t hint, struct ka_listener *out);

#endif
