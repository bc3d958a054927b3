/* The judge of the seals. One seal for each epoch from 1 on; a second one, a missing one or another one is wrong. */
#include "keyaudit/verify/verifyseals.h"

#include <string.h>

#include "base/limits.h"

#include "base/poison.h"

static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";

void ka_verifyseals_begin(struct ka_verifyseals *v, const struct ka_sealkey *k0)
{
	memset(v, 0, sizeof(*v));
	v->has_key = k0 != NULL;
	if (k0 != NULL) {
		v->key = *k0;
		ka_sealkey_evolve(&v->key);
	}
}

static const char *order(const struct ka_seal *last, const struct ka_seal *s)
{
	if (s->epoch <= last->epoch)
		return "this epoch has a seal already";
	if (s->epoch != last->epoch + 1)
		return "a seal is missing before it";
	if (strcmp(s->prev, last->epoch == 0 ? zeros : last->mac) != 0)
		return "it is not bound to the seal before";
	if (s->seq < last->seq)
		return "it has seen less of the trail than the seal before";
	return NULL;
}

static void look_at_time(struct ka_verifyseals *v, const struct ka_seal *s)
{
	if (v->last.epoch == 0 || strcmp(s->boot_id, v->last.boot_id) != 0 || s->boot_ms < v->last.boot_ms ||
	    s->boot_ms - v->last.boot_ms <= KA_SEAL_LATE_MS)
		return;
	if (v->late++ == 0) {
		memcpy(v->late_from, v->last.at, sizeof(v->late_from));
		memcpy(v->late_until, s->at, sizeof(v->late_until));
	}
}

enum ka_err ka_verifyseals_line(struct ka_verifyseals *v, struct ka_span line, struct ka_verifypoints *points)
{
	struct ka_seal s;

	if (v->wrong != NULL)
		return KA_ERR_OK;
	v->line++;
	if (!ka_sealline_parse(line, &s)) {
		v->fragments++;
		return KA_ERR_OK;
	}
	v->wrong = order(&v->last, &s);
	if (v->wrong == NULL && v->has_key && !ka_sealline_is_made_with(line, &s, &v->key))
		v->wrong = v->last.epoch == 0 ? "it was not made with this key, or was changed" : "it was changed, or not made with the key of its epoch";
	if (v->wrong != NULL) {
		v->wrong_epoch = s.epoch;
		return KA_ERR_OK;
	}
	if (v->has_key)
		ka_sealkey_evolve(&v->key);
	look_at_time(v, &s);
	v->last = s;
	v->count++;
	return ka_verifypoints_add(points, &s, false, v->line);
}

void ka_verifyseals_end(struct ka_verifyseals *v)
{
	ka_sealkey_wipe(&v->key);
}
