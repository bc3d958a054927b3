/*
 * keyaudit/caseevent without its body, for verbs that end before there is an event: stands before the one in the archive.
 * ka_caseevent_open() is the test's own. Each test program includes it once.
 */
#ifndef KA_TESTS_NOCASEEVENT_H
#define KA_TESTS_NOCASEEVENT_H

#include <unistd.h>

#include "keyaudit/case/caseevent.h"

bool ka_caseevent_is_broken(const struct ka_writer *w)
{
	return w->conf_reason == KA_REASON_CONF_INVALID;
}

enum ka_err ka_caseevent_reload(struct ka_writer **w, char why[static KA_CONF_ERROR_MAX])
{
	(void)w;
	(void)why;
	_exit(97);
}

enum ka_err ka_caseevent_finish(struct ka_writer *w, const struct ka_conn *conn, enum ka_reason denied_by, bool lives,
				enum ka_case_answer *answer)
{
	(void)w;
	(void)conn;
	(void)denied_by;
	(void)lives;
	(void)answer;
	_exit(97);
}

enum ka_err ka_caseevent_say(struct ka_writer *w, struct ka_case *c)
{
	(void)w;
	(void)c;
	_exit(97);
}

enum ka_err ka_caseevent_health(struct ka_writer *w, enum ka_action_event action, const struct ka_conn *conn, unsigned long count,
				const char *text)
{
	(void)w;
	(void)action;
	(void)conn;
	(void)count;
	(void)text;
	_exit(97);
}

enum ka_err ka_caseevent_summary(struct ka_writer *w, const struct ka_conn *first, size_t count, const char *net, int64_t since)
{
	(void)w;
	(void)first;
	(void)count;
	(void)net;
	(void)since;
	_exit(97);
}

enum ka_err ka_caseevent_unavailable(struct ka_writer *w, enum ka_reason reason, bool is_sure, unsigned long count, const char *text)
{
	(void)w;
	(void)reason;
	(void)is_sure;
	(void)count;
	(void)text;
	_exit(97);
}

enum ka_err ka_caseevent_found(struct ka_writer *w, enum ka_action_event action, const struct ka_finding *finding, unsigned long count)
{
	(void)w;
	(void)action;
	(void)finding;
	(void)count;
	_exit(97);
}

enum ka_err ka_caseevent_change(struct ka_writer *w, const struct ka_caseevent_change *c)
{
	(void)w;
	(void)c;
	_exit(97);
}

enum ka_err ka_caseevent_has(const struct ka_writer *w, const struct ka_caseevent_change *c, const char boot_id[static 33], bool *found)
{
	(void)w;
	(void)c;
	(void)boot_id;
	(void)found;
	_exit(97);
}

#endif
