/* Following the trail for one event. It looks again twice a second: nobody who waits for a login notices that. */
#include "keyaudit/doctor/nextlogin.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/limits.h"
#include "keyaudit/log/logread.h"

#include "base/poison.h"

/* true: found. Everything that is written now is read; @counts: what is found there is wanted */
static bool drain(struct ka_logread *r, const char *user, bool counts, struct ka_lastrefusal *out)
{
	struct ka_span raw;
	json_t *event;
	bool found = false;

	while (!found && ka_logread_next(r, INT64_MAX, &raw, &event)) {
		memset(out, 0, sizeof(*out));
		found = counts && ka_lastrefusal_take(event, user, true, out);
		json_decref(event);
	}
	return found;
}

/* a trail that is not there yet is no fault: *r stays NULL */
static enum ka_err open_trail(const char *trail, struct ka_logread **r)
{
	enum ka_err err = ka_logread_new(trail, r);

	return err == KA_ERR_SYS && errno == ENOENT ? KA_ERR_OK : err;
}

enum ka_err ka_nextlogin_wait(const char *trail, const char *user, struct ka_lastrefusal *out)
{
	struct ka_logread *r = NULL;
	enum ka_err err = open_trail(trail, &r);
	bool found = false;

	memset(out, 0, sizeof(*out));
	if (r != NULL)
		(void)drain(r, user, false, out); /* what stands there already is not the next one */
	while (err == KA_ERR_OK && !found) {
		bool is_new = r == NULL || ka_logread_is_replaced(r, trail);
		struct ka_logread *next = NULL;

		found = r != NULL && drain(r, user, true, out);
		if (!found && is_new)
			err = open_trail(trail, &next);
		if (next != NULL) {
			ka_logread_free(&r);
			r = next;
			continue;
		}
		if (!found && err == KA_ERR_OK)
			poll(NULL, 0, KA_CMD_LOG_FOLLOW_MS);
	}
	ka_logread_free(&r);
	return err;
}
