/*
 * The command stays until root has looked. What M is, and with whom it talks, can be seen while M lives, and M lives
 * while its command does (sshd waits for it: sshd_config(5) AuthorizedKeysCommand). So the command, when all its work
 * is done, connects to the collector's socket and waits until that connection is closed; the collector closes it when
 * it has looked at every name that stood in the spool before. Nothing is sent in either direction.
 */
#ifndef KA_SPOOL_LOOK_H
#define KA_SPOOL_LOOK_H

/**
 * ka_look_wait() - the command's side; returns at once when no collector listens at @path
 * @ms: the longest wait
 *
 * There is no error: whatever goes wrong, the command has done its work and ends.
 */
void ka_look_wait(const char *path, int ms);

/**
 * ka_look_listen() - the collector's side: a listening socket in the folder @dir, named KA_LOOK_NAME
 *
 * Answers: a non-blocking descriptor, owned by the caller; -1 when it cannot be had (then no command waits). An older
 * socket of that name gives way: its listener has gone, or lost its place.
 */
int ka_look_listen(int dir);

#define KA_LOOK_NAME "socket"

#endif
