/*
 * The sshd that runs, beside the one that its files describe: who listens and where, when it read its configuration, and
 * what `sshd -t` has to say when sshd does not tell its configuration. Looks only; judges nothing.
 *
 * When a daemon has read its files: at its start, and again at every SIGHUP, for which sshd executes itself anew; its process id
 * and its start time stay what they were. It then writes its PidFile anew, so where that file names the listener, its mtime is the time
 * of the last reading (a few milliseconds behind it). Without such a file (PidFile none) only the start is known, and a
 * file that is younger may have been read by a reload or not.
 */
#ifndef KA_DIAG_DAEMON_H
#define KA_DIAG_DAEMON_H

#include <stdbool.h>
#include <stdint.h>

#include "diag/listener.h"
#include "diag/ports.h"
#include "diag/sshdconf.h"

#define KA_DAEMON_KEYS 3 /* rsa, ecdsa, ed25519 */

struct ka_daemon {
	struct ka_listener listener;
	int64_t loaded_us;               /* when it last read its configuration, wall clock; 0: not known */
	struct ka_ports ports;           /* when a person asks */
	const char *unit;                /* the name of sshd's systemd unit: "ssh" or "sshd" */
	bool is_tested;                  /* sshd -t was run, because sshd -T did not answer */
	int test_status;                 /* its exit status; -1: it was killed or could not be run */
	char test[KA_DAEMON_TEST_MAX];   /* what it said; raw bytes */
	bool is_open[KA_DAEMON_KEYS];    /* then: others may read this one of sshd's usual host keys, of which sshd -t says nothing */
};

/** ka_daemon_key() - the path of one of sshd's usual host keys; static */
static inline const char *ka_daemon_key(unsigned i)
{
	static const char *const keys[KA_DAEMON_KEYS] = { "/etc/ssh/ssh_host_rsa_key", "/etc/ssh/ssh_host_ecdsa_key",
							  "/etc/ssh/ssh_host_ed25519_key" };

	return i < KA_DAEMON_KEYS ? keys[i] : "";
}

/** ka_daemon_find() - who listens with @config? Cheap where sshd's usual PidFile names it */
void ka_daemon_find(const char *config, struct ka_daemon *out);

/** ka_daemon_loaded() - when the listener that was found has read its configuration; @conf names its PidFile */
void ka_daemon_loaded(const struct ka_sshdconf *conf, struct ka_daemon *d);

/** ka_daemon_examine() - for a person who asks: its ports, its unit, and, as root and where @conf is not known, sshd -t */
void ka_daemon_examine(const char *program, const char *config, const struct ka_sshdconf *conf, struct ka_daemon *d);

#endif
