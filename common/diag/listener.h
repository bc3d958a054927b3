/*
 * The arguments of the sshd that listens: what stands on its command line beats its
 * files, and `sshd -T` does not know of it.
 */
#ifndef KA_DIAG_LISTENER_H
#define KA_DIAG_LISTENER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cursor.h"

/**
 * ka_listener_parse() - is this the command line of a listening sshd with options of its own?
 * @cmdline: bytes of /proc/PID/cmdline: sshd's title ("sshd: ARGUMENTS [listener] ..."), or arguments with NULs between
 * @config:  the configuration file that is asked about
 * @out:     then the options that beat or replace it, -o and a -f of another file, from the first one on; raw bytes
 *
 * In a title the arguments stand with blanks between them, so where a value ends cannot be told: the rest is given whole.
 * Safe: pure; any bytes. Source: sshd(8) -f, -o.
 */
bool ka_listener_parse(struct ka_span cmdline, const char *config, char *out, size_t size);

/**
 * ka_listener_look() - the options of the first such listener of this pid namespace; false when there is none
 *
 * Looks at processes named sshd whose real user is root, at most KA_LISTENER_PROCESSES_MAX entries of /proc.
 */
bool ka_listener_look(const char *config, char *out, size_t size);

#endif
