/*
 * Becoming the fetcher's user for good: what is done to the cache, and what asks a store, is done with no other rights. The
 * cache belongs to that user, so root has nothing to gain there and everything to lose.
 */
#ifndef KA_FETCHUSER_H
#define KA_FETCHUSER_H

#include <stdbool.h>

enum ka_fetchuser_answer {
	KA_FETCHUSER_IS,      /* we are that user now */
	KA_FETCHUSER_MAY_NOT, /* neither root nor that user */
	KA_FETCHUSER_NONE,    /* there is no such user */
	KA_FETCHUSER_FAILED,  /* the system does not let us */
};

/**
 * ka_fetchuser_become() - real, effective and saved uid and gid, and the list of groups
 * @with_command_group: also a member of the command's group, which reads the cache; for writing into it
 *
 * With KA_FETCHUSER_FAILED some of it may have happened: end.
 */
enum ka_fetchuser_answer ka_fetchuser_become(bool with_command_group);

/** ka_fetchuser_say() - one line on standard error about an answer that is not KA_FETCHUSER_IS; the exit status for it */
int ka_fetchuser_say(const char *verb, enum ka_fetchuser_answer a);

#endif
