/* The collector's table. Bounded: what has no place is found again later, and nothing here waits. */
#include "keyaudit/collect/watchstate.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "keyaudit/case/sweep.h"

#include "base/poison.h"

struct ka_watch_slot *ka_watchstate_find(struct ka_watchstate *k, const struct ka_conn *conn)
{
	for (size_t i = 0; i < k->slots; i++)
		if (k->slot[i].state != KA_SLOT_FREE && k->slot[i].conn.m == conn->m && k->slot[i].conn.start == conn->start)
			return &k->slot[i];
	return NULL;
}

static size_t queued_hearsay(const struct ka_watchstate *k)
{
	size_t n = 0;

	for (size_t i = 0; i < k->slots; i++)
		n += k->slot[i].state == KA_SLOT_QUEUED && !k->slot[i].seen;
	return n;
}

struct ka_watch_slot *ka_watchstate_next(struct ka_watchstate *k, bool seen, int64_t now_ms)
{
	struct ka_watch_slot *best = NULL;

	for (size_t i = 0; i < k->slots; i++) {
		struct ka_watch_slot *s = &k->slot[i];

		if (s->state == KA_SLOT_QUEUED && s->due_ms <= now_ms && s->seen == seen && (best == NULL || s->turn < best->turn))
			best = s;
	}
	return best;
}

struct ka_watch_slot *ka_watchstate_add(struct ka_watchstate *k, const struct ka_conn *conn, enum ka_watch_slot_state state, bool seen)
{
	if (state == KA_SLOT_QUEUED && (k->queued >= KA_COLLECT_QUEUE_MAX ||
					(!seen && queued_hearsay(k) >= KA_COLLECT_QUEUE_MAX / 4 * 3))) {
		k->overfull = true;
		return NULL;
	}
	for (size_t i = 0; i < KA_COLLECT_WATCH_MAX; i++) {
		struct ka_watch_slot *s = &k->slot[i];

		if (s->state != KA_SLOT_FREE)
			continue;
		memset(s, 0, sizeof(*s));
		s->conn = *conn;
		s->fd = -1;
		s->state = state;
		s->seen = seen;
		s->turn = k->turns++;
		k->queued += state == KA_SLOT_QUEUED;
		if (i >= k->slots)
			k->slots = i + 1;
		return s;
	}
	k->overfull = true;
	return NULL;
}

bool ka_watchstate_has_worker(const struct ka_watchstate *k, bool seen)
{
	return k->workers < KA_COLLECT_WORKERS && (seen || k->once || k->hearsay_workers + 1 < KA_COLLECT_WORKERS);
}

void ka_watchstate_drop(struct ka_watchstate *k, struct ka_watch_slot *s)
{
	if (s->state == KA_SLOT_QUEUED)
		k->queued--;
	if (s->state == KA_SLOT_WORKING) {
		k->workers--;
		k->hearsay_workers -= !s->seen;
	}
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->state = KA_SLOT_FREE;
	while (k->slots > 0 && k->slot[k->slots - 1].state == KA_SLOT_FREE)
		k->slots--;
}

void ka_watchstate_queue(struct ka_watchstate *k, struct ka_watch_slot *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->state = KA_SLOT_QUEUED;
	s->due_ms = 0;
	s->turn = k->turns++;
	k->queued++;
}

void ka_watchstate_count(struct ka_watchstate *k, int dir, const char *name, const char *what)
{
	struct stat st;
	struct ka_buf b;

	k->tampered++;
	ka_buf_init_array(&b, k->tampered_text);
	ka_buf_text(&b, what);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return;
	ka_buf_text(&b, ": ");
	ka_buf_put(&b, name, strnlen(name, 48));
	ka_buf_text(&b, " mode=");
	ka_buf_octal(&b, st.st_mode, 6);
	ka_buf_text(&b, " uid=");
	ka_buf_u64(&b, st.st_uid);
	ka_buf_text(&b, " links=");
	ka_buf_u64(&b, st.st_nlink);
	ka_buf_text(&b, " size=");
	ka_buf_i64(&b, st.st_size);
}

void ka_watchstate_tampered(struct ka_watchstate *k, int dir, const char *name, const char *what)
{
	ka_watchstate_count(k, dir, name, what);
	ka_sweep_reject(&k->w->dirs, dir, name);
}

void ka_watchstate_say_tampered(struct ka_watchstate *k, bool now)
{
	int64_t clock = ka_clock_boot_ms();

	if (k->tampered == 0 || (!now && clock < k->tampered_ms))
		return;
	/* a full disk: they are aside in any case, and the count goes on */
	if (ka_caseevent_health(k->w, KA_EVENT_SPOOL_TAMPERED, NULL, k->tampered, k->tampered_text) == KA_ERR_OK)
		k->tampered = 0;
	k->tampered_ms = clock + KA_COLLECT_TAMPER_MS;
}
