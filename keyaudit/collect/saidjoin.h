/*
 * Three witnesses, one event: whose is a line of sshd's log? A line becomes a record of its connection in said/, or it says
 * something about the listener, or nothing that matters here.
 */
#ifndef KA_SAIDJOIN_H
#define KA_SAIDJOIN_H

#include "keyaudit/case/rundir.h"
#include "keyaudit/ear/ear.h"

enum ka_saidjoin_answer {
	KA_SAIDJOIN_KEPT,  /* recorded */
	KA_SAIDJOIN_OTHER, /* tells nothing of a login, is of no monitor of sshd, or of one whose event stands in the trail */
	KA_SAIDJOIN_LOST,  /* tells something, and nobody can say of which connection */
	KA_SAIDJOIN_LATER, /* there was no room, no descriptor: the same line again, soon */
};

/**
 * ka_saidjoin_take() - join one line with its connection, and record it
 *
 * With a process number: a living monitor is looked at; for one that is gone the names in @r decide (saidlife.h), and where
 * there are none a line that tells of a login begins a connection, its start made of the line's time. A number that belongs
 * to a living process which is no monitor (and no child of one) is not believed, nor is a line from before this boot. Of what a
 * session's process said that is gone see saidsession.h.
 * Without one (`sshd -E`): by the client's address and port, of a monitor that lives or was seen; a line without these only
 * while there is exactly one.
 * What the listener says about connections that it dropped goes to drops.h.
 */
enum ka_saidjoin_answer ka_saidjoin_take(const struct ka_rundir *r, const struct ka_earline *line);

#endif
