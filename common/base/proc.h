/*
 * What /proc says about a process: the facts that name a connection. A
 * connection is sshd's monitor (M), named by its pid and its start time in
 * clock ticks since boot (field 22 of /proc/PID/stat, see proc(5)).
 */
#ifndef KA_BASE_PROC_H
#define KA_BASE_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"


struct ka_proc_stat {
	pid_t pid;
	pid_t ppid;
	char comm[KA_PROC_COMM_MAX];
	char state;
	uint64_t start; /* clock ticks since boot */
};

/** ka_proc_parse_stat() - read one /proc/PID/stat line; false when it is not one. The name may hold anything, also ") ". Pure */
bool ka_proc_parse_stat(struct ka_span line, struct ka_proc_stat *out);

/**
 * ka_proc_stat() - look at process @pid
 *
 * Answers: false when there is no such process, or /proc hides it (hidepid).
 */
bool ka_proc_stat(pid_t pid, struct ka_proc_stat *out);

/** ka_proc_boot_id() - 32 hex digits of this boot without dashes; false when unreadable. @out holds 33 bytes */
bool ka_proc_boot_id(char out[static 33]);

/** ka_proc_machine_id() - 32 hex digits of machine-id(5); zeros and false when there is none */
bool ka_proc_machine_id(char out[static 33]);

#endif
