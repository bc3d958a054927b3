/* Words for diag/daemonjudge.h. What sshd said is escaped here. */
#include "keyaudit/doctor/installdaemon.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "keyaudit/doctor/installmend.h"

#include "base/poison.h"

static struct ka_install_item *add(struct ka_install *out, enum ka_install_state state, enum ka_reason reason, const char *what)
{
	struct ka_install_item *item;

	if (out->count < KA_INSTALL_CHECKS_MAX)
		out->count++;
	item = &out->items[out->count - 1];
	memset(item, 0, sizeof(*item));
	item->state = state;
	item->reason = reason;
	ka_span_copy(ka_span_of(what), item->what, sizeof(item->what));
	return item;
}

static void put(struct ka_buf *b, const char *between, const char *raw)
{
	if (raw[0] == '\0')
		return;
	ka_buf_text(b, b->len > 0 ? between : "");
	ka_text_escape(b, ka_span_of(raw), 0, 200);
}

/* path and line, what stands there, what there is to say beside it */
static void put_evidence(const struct ka_evidence *e, struct ka_install_item *item)
{
	struct ka_buf b;

	ka_buf_init_array(&b, item->text);
	put(&b, "", e->detail);
	put(&b, ": ", e->note);
	if (e->path[0] != '\0' && strstr(e->detail, e->path) == NULL) {
		put(&b, ": ", e->path);
		if (e->line > 0) {
			ka_buf_text(&b, " line ");
			ka_buf_u64(&b, e->line);
		}
	}
}

static void put_fix(const struct ka_fix *fix, const char *otherwise, struct ka_install_item *item)
{
	struct ka_buf b;

	ka_buf_init_array(&b, item->mend);
	for (size_t i = 0; i < fix->commands; i++) {
		ka_buf_text(&b, i > 0 ? " && " : "");
		ka_buf_text(&b, fix->command[i]);
	}
	if (fix->commands == 0 || b.overflow)
		ka_installmend_say(item, fix->advice[0] != '\0' ? fix->advice : otherwise);
}

static void say_runs(const struct ka_daemon *d, struct ka_install_item *item)
{
	bool any = false;
	struct ka_buf b;

	ka_buf_init_array(&b, item->text);
	ka_buf_text(&b, "pid ");
	ka_buf_i64(&b, d->listener.pid);
	for (size_t i = 0; i < d->ports.count; i++) {
		bool is_said = !d->ports.ports[i].is_sshds;

		for (size_t k = 0; k < i; k++)
			is_said |= d->ports.ports[k].is_sshds && d->ports.ports[k].number == d->ports.ports[i].number;
		if (is_said)
			continue;
		ka_buf_text(&b, any ? " " : ", port ");
		ka_buf_u64(&b, d->ports.ports[i].number);
		any = true;
	}
	if (d->listener.args.count > 0)
		put(&b, ", with ", d->listener.args.text);
}

static void check_runs(const struct ka_daemonjudge *j, struct ka_fix *fix, struct ka_install *out)
{
	enum ka_daemonjudge_state state = ka_daemonjudge_state(j);
	const struct ka_listener *l = &j->daemon->listener;
	struct ka_evidence e;

	memset(&e, 0, sizeof(e));
	if (state == KA_DAEMONJUDGE_RUNS && !l->args.is_ambiguous)
		say_runs(j->daemon, add(out, KA_INSTALL_OK, KA_REASON_NONE, "sshd runs"));
	if (state > KA_DAEMONJUDGE_RUNS) {
		struct ka_install_item *item = add(out, KA_INSTALL_FAIL, KA_REASON_CONN_NOT_RUNNING, "sshd runs");

		ka_daemonjudge_explain(j, state, &e, fix);
		put_evidence(&e, item);
		put_fix(fix, "sshd -t says why", item);
	}
	if (l->is_found ? l->args.is_ambiguous : l->has_other) {
		struct ka_install_item *item = add(out, KA_INSTALL_WARN, KA_REASON_NONE, "sshd runs");
		struct ka_buf b;

		ka_buf_init_array(&b, item->text);
		ka_buf_text(&b, "not judged: with options that beat what its files say: ");
		ka_text_escape(&b, ka_span_of(l->args.text), 0, sizeof(item->text) / 2);
	}
}

static void check_age(const struct ka_daemonjudge *j, struct ka_fix *fix, struct ka_install *out)
{
	enum ka_daemonjudge_age age;
	struct ka_install_item *item;
	struct ka_evidence e;
	struct ka_buf b;
	size_t file;

	memset(&e, 0, sizeof(e));
	memset(fix, 0, sizeof(*fix));
	age = ka_daemonjudge_age(j, &file);
	if (age == KA_DAEMONJUDGE_FRESH)
		return;
	item = add(out, KA_INSTALL_WARN, age == KA_DAEMONJUDGE_STALE ? KA_REASON_SSHD_CONFIG_STALE : KA_REASON_NONE, "sshd's files");
	if (age == KA_DAEMONJUDGE_STALE) {
		ka_daemonjudge_explain_age(j, &e, fix);
		put_evidence(&e, item);
		put_fix(fix, "reload sshd", item);
		return;
	}
	ka_buf_init_array(&b, item->text);
	ka_buf_text(&b, "not judged: changed after sshd had started, and without a PidFile it cannot be told whether it was reloaded since: ");
	ka_text_escape(&b, ka_span_of(j->places->text + j->places->files[file].path), 0, 200);
}

void ka_installdaemon_check(const struct ka_daemonjudge *j, struct ka_install *out)
{
	KA_AUTOFREE struct ka_fix *fix = calloc(1, sizeof(*fix)); /* large */

	if (fix == NULL)
		return;
	check_runs(j, fix, out);
	check_age(j, fix, out);
}
