/* The ear: the journal or a file, and the position. */
#include "keyaudit/ear/ear.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "keyaudit/ear/earfile.h"
#include "keyaudit/ear/earjournal.h"
#include "keyaudit/ear/earkeep.h"

#include "base/poison.h"

struct ka_ear {
	bool is_file;
	int state_dir;
	struct ka_earposition kept; /* as it stands in the state folder, as far as we know */
	struct ka_earposition now;  /* as it is to stand there */
	union {
		struct ka_earjournal journal;
		struct ka_earfile file;
	} u;
};

/* KA_EAR_BACK_SEC ago, and not before this boot */
static int64_t recent_us(void)
{
	int64_t now = ka_clock_wall_us(), boot = now - ka_clock_boot_ms() * 1000, back = now - (int64_t)KA_EAR_BACK_SEC * 1000000;

	return back > boot ? back : boot;
}

enum ka_err ka_ear_open(const struct ka_conf *conf, int state_dir, bool follow, struct ka_ear **out)
{
	KA_AUTOFREE struct ka_ear *e = NULL;
	bool has_kept;

	*out = NULL;
	if (conf->sshd_log == KA_CONF_LOG_NONE)
		return KA_ERR_OK;
	e = calloc(1, sizeof(*e));
	if (e == NULL)
		return KA_ERR_NOMEM;
	e->is_file = conf->sshd_log == KA_CONF_LOG_FILE;
	e->state_dir = state_dir;
	has_kept = state_dir >= 0 && ka_earkeep_read(state_dir, &e->kept) && e->kept.is_file == e->is_file;
	if (e->is_file) {
		has_kept = has_kept && strcmp(e->kept.path, conf->sshd_log_file) == 0;
		ka_earfile_begin(&e->u.file, conf->sshd_log_file, follow, has_kept ? &e->kept : NULL, recent_us());
	} else {
		ka_earjournal_begin(&e->u.journal, follow, has_kept ? e->kept.cursor : "", has_kept ? e->kept.at_us : recent_us());
	}
	if (!has_kept)
		memset(&e->kept, 0, sizeof(e->kept));
	*out = ka_steal_ptr(&e);
	return KA_ERR_OK;
}

int ka_ear_fd(const struct ka_ear *e)
{
	return e->is_file ? e->u.file.notice.fd : e->u.journal.fd;
}

int ka_ear_patience_ms(const struct ka_ear *e)
{
	if (e->is_file)
		return e->u.file.is_idle ? KA_EAR_POLL_MS : 0;
	return ka_earjournal_patience_ms(&e->u.journal);
}

/* "debug1: ": what a developer asked sshd for */
static bool is_debug(struct ka_span message)
{
	return ka_span_starts(message, "debug") && message.len > 7 && message.p[6] == ':';
}

static bool next_line(struct ka_ear *e, struct ka_earline *out)
{
	const struct ka_earjson *entry = &e->u.journal.entry;

	if (e->is_file)
		return ka_earfile_next(&e->u.file, out);
	if (!ka_earjournal_next(&e->u.journal))
		return false;
	*out = (struct ka_earline){ .at_us = entry->at_us, .pid = entry->pid, .gid = entry->gid, .is_verified = entry->is_verified,
				    .message = { entry->message, entry->len } };
	return true;
}

bool ka_ear_next(struct ka_ear *e, struct ka_earline *out)
{
	for (int i = 0; i < KA_EAR_TURN_MAX && next_line(e, out); i++)
		if (!is_debug(out->message))
			return true;
	*out = (struct ka_earline){ .pid = 0 };
	return false;
}

bool ka_ear_is_drained(const struct ka_ear *e)
{
	if (!e->is_file)
		return ka_earjournal_is_drained(&e->u.journal);
	return e->u.file.follow ? e->u.file.is_idle : e->u.file.is_drained;
}

const char *ka_ear_trouble(const struct ka_ear *e)
{
	return e->is_file ? e->u.file.trouble : ka_earjournal_trouble(&e->u.journal);
}

/* false when there is none yet */
static bool take_position(const struct ka_ear *e, struct ka_earposition *out)
{
	memset(out, 0, sizeof(*out));
	if (e->is_file)
		return ka_earfile_position(&e->u.file, out);
	out->at_us = e->u.journal.cursor_us;
	return e->u.journal.cursor[0] != '\0' && ka_span_copy(ka_span_of(e->u.journal.cursor), out->cursor, sizeof(out->cursor));
}

enum ka_err ka_ear_keep(struct ka_ear *e)
{
	enum ka_err err;

	if (e->state_dir < 0 || !take_position(e, &e->now) || memcmp(&e->now, &e->kept, sizeof(e->now)) == 0)
		return KA_ERR_OK;
	err = ka_earkeep_write(e->state_dir, &e->now);
	if (err == KA_ERR_OK)
		e->kept = e->now;
	return err;
}

void ka_ear_close(struct ka_ear **e)
{
	if (*e == NULL)
		return;
	if ((*e)->is_file)
		ka_earfile_end(&(*e)->u.file);
	else
		ka_earjournal_stop(&(*e)->u.journal);
	free(*e);
	*e = NULL;
}
