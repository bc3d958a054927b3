/*
 * The gate before the workers. What root itself saw and that is no refusal always passes; refusals above the limit of
 * their network, and everything that only the command's uid says above one common limit, are counted together. The first
 * limit may be switched off, the second may not: whoever took over the command makes such connections for nothing.
 */
#include "keyaudit/collect/watchgate.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "keyaudit/case/case.h"
#include "keyaudit/case/outcome.h"
#include "keyaudit/collect/watchtrail.h"

#include "base/poison.h"

static void move_aside(struct ka_watchstate *k, const struct ka_case *c)
{
	static const char what[] = "a record file was not what the command writes";
	char name[KA_CONN_NAME_MAX];

	ka_conn_name(&c->conn, name);
	if (c->tampered)
		ka_watchstate_tampered(k, k->w->dirs.spool, name, what);
	ka_conn_name(&(struct ka_conn){ c->conn.m, 0 }, name);
	if (c->tampered_hidden)
		ka_watchstate_tampered(k, k->w->dirs.spool, name, what);
}

/* what would be an alert is not lost in a sum */
static bool is_alarming(const struct ka_case *c)
{
	for (size_t i = 0; i < c->offers_count; i++)
		for (size_t k = 0; k < c->offers[i].reasons_count; k++)
			if (ka_reason_level(c->offers[i].reasons[k]) == KA_LEVEL_ALERT)
				return true;
	return false;
}

/* by hand all that lies there counts as one moment: limits are for the run, and sums are written when full or at its end */
static int64_t clock_of(const struct ka_watchstate *k)
{
	return k->once ? 1000 : ka_clock_boot_ms();
}

static const char *address_of(const struct ka_watch_slot *s, const struct ka_case *c)
{
	if (s->net[0] != '\0')
		return s->net;
	return c->rhost[0] == '\0' && c->said_peer.seen && !c->said_peer_torn ? c->said_peer.client : c->rhost;
}

static enum ka_watchgate_answer judge(struct ka_watchstate *k, const struct ka_watch_slot *s, const struct ka_case *c)
{
	bool hearsay = ka_case_is_hearsay(c);
	struct ka_outcome o;

	if (ka_case_is_mute(c)) {
		ka_claim_drop(&k->w->dirs, &s->conn);
		return KA_GATE_ASIDE;
	}
	if (hearsay && (c->tampered || c->tampered_hidden) && c->attempts == 0) {
		move_aside(k, c);
		return KA_GATE_ASIDE;
	}
	if (!hearsay && (k->flood.limit == 0 || is_alarming(c)))
		return KA_GATE_PASS;
	ka_outcome_judge(c, KA_REASON_NONE, &o);
	if (!hearsay && o.action != KA_EVENT_KEY_REFUSED)
		return KA_GATE_PASS;
	switch (ka_flood_take(&k->flood, hearsay ? NULL : address_of(s, c), &s->conn, clock_of(k))) {
	case KA_FLOOD_PASS:
		return KA_GATE_PASS;
	case KA_FLOOD_HELD:
		return KA_GATE_HOLD;
	case KA_FLOOD_FULL:
		break;
	}
	return KA_GATE_LATER;
}

void ka_watchgate_limits(struct ka_watchstate *k)
{
	unsigned limit = k->w->conf.flood_limit;

	k->flood.limit = k->once ? 0 : limit;
	k->flood.claimed_limit = k->once ? KA_FLOOD_CLAIMED_RUN_MAX : limit != 0 ? limit : KA_FLOOD_CLAIMED_SEC_MAX;
}

enum ka_watchgate_answer ka_watchgate_judge(struct ka_watchstate *k, const struct ka_watch_slot *s)
{
	enum ka_watchgate_answer answer = KA_GATE_PASS;
	struct ka_case *c;

	/* a claim that was begun by somebody has passed the gate already */
	if (ka_claim_is_begun(&k->w->dirs, &s->conn) || !ka_claim_has_records(&k->w->dirs, &s->conn))
		return KA_GATE_PASS;
	c = ka_case_new(&s->conn);
	if (c != NULL && ka_case_read_open(&k->w->dirs, c) == KA_ERR_OK)
		answer = judge(k, s, c);
	ka_case_free(&c);
	return answer;
}

static void let_go(struct ka_watchstate *k, const struct ka_conn *conn)
{
	struct ka_watch_slot *s = ka_watchstate_find(k, conn);

	if (s != NULL)
		ka_watchstate_drop(k, s);
}

/*
 * Before a summary is written each of its connections is claimed and marked for it, and the first one that could be lends
 * it its name. From then on it counts these and no others, so whoever finds such a mark after a crash needs only to know
 * whether the summary stands in the trail. What could not be claimed is somebody else's, or is found by the next scan.
 */
static void seal(struct ka_watchstate *k, struct ka_flood_net *n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n->held; i++) {
		const struct ka_conn conn = n->conns[i], *sum = kept > 0 ? &n->conns[0] : &conn;
		enum ka_claim_answer answer = KA_CLAIM_BUSY;
		struct ka_claim claim;

		if (ka_claim_take_for(&k->w->dirs, &conn, sum, k->w->conf.trail, &answer, &claim) != KA_ERR_OK ||
		    answer != KA_CLAIM_TAKEN) {
			let_go(k, &conn);
			continue;
		}
		close(claim.dir);
		if (kept == 0)
			n->since = claim.offset;
		n->conns[kept++] = conn;
	}
	n->held = kept;
	n->sealed = true;
}

/* our own mark would keep the workers away as long as we live */
static void give_back(struct ka_watchstate *k, const struct ka_conn *conn)
{
	struct ka_claim claim = { .conn = *conn };
	char name[KA_CONN_NAME_MAX];

	ka_conn_name(conn, name);
	claim.dir = openat(k->w->dirs.claimed, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (claim.dir >= 0)
		ka_claim_release(&k->w->dirs, &claim);
}

static void finish_held(struct ka_watchstate *k, struct ka_flood_net *n, bool written)
{
	for (size_t i = 0; i < n->held; i++) {
		/* not finished: its claim lies there and is found by the next scan */
		if (written && ka_claim_finish(&k->w->dirs, &n->conns[i], false) == KA_ERR_OK)
			k->finished++;
		else
			give_back(k, &n->conns[i]);
		let_go(k, &n->conns[i]);
	}
	k->written += written && n->held > 0;
	k->waiting += written ? 0 : n->held;
	n->held = 0;
	n->sealed = false;
}

void ka_watchgate_write(struct ka_watchstate *k, bool all)
{
	struct ka_flood_net *n;

	if (!all && !ka_watchtrail_is_open(k, ka_clock_boot_ms()))
		return;
	while ((n = ka_flood_due(&k->flood, clock_of(k), all)) != NULL) {
		enum ka_err err = KA_ERR_OK;

		if (!n->sealed)
			seal(k, n);
		if (n->held > 0)
			err = ka_caseevent_summary(k->w, &n->conns[0], n->held, n->net, n->since);
		if (err != KA_ERR_OK)
			ka_watchtrail_failed(k, true);
		if (err != KA_ERR_OK && !all)
			return; /* they stay held, and the sum stays whole */
		finish_held(k, n, err == KA_ERR_OK);
	}
}
